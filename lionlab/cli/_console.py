"""Results on stdout, talk on stderr: tables, lines and one progress bar; plain text wherever nobody is watching."""

import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

WIDTH_IN_FILES = 140
VERDICT_STYLES = {
    "VIOLATED": "bold red",
    "INVALID_INPUT": "bold red",
    "INCONCLUSIVE": "yellow",
    "NOT_APPLICABLE": "dim",
}


def is_watched(stream: TextIO) -> bool:
    """Whether colour and moving bars make sense: a terminal, and no NO_COLOR (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def console(stream: TextIO) -> Any:
    """A rich console on the stream: without colour, and of a fixed width, where nobody is watching."""
    from rich.console import Console

    width = shutil.get_terminal_size((WIDTH_IN_FILES, 40)).columns if stream.isatty() else WIDTH_IN_FILES
    watched = is_watched(stream)
    return Console(
        file=stream,
        width=width,
        color_system="auto" if watched else None,
        force_terminal=watched,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=False,
    )


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[str] = ()) -> None:
    """A table on stdout; the columns named in `right` are numbers."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for index, column in enumerate(columns):
        wraps = column in ("statement", "meaning", "title", "wrong", "finding")
        table.add_column(
            column,
            justify="right" if column in right else "left",
            overflow="fold",
            no_wrap=not wraps and index > 0,
        )
    for row in rows:
        table.add_row(*(Text(cell, style=VERDICT_STYLES.get(cell, "")) for cell in row))
    stdout = console(sys.stdout)
    if title:
        stdout.print(Text(title, style="bold"))
    stdout.print(table)


def print_json(document: Mapping[str, Any]) -> None:
    """One JSON document on stdout."""
    from ..reproduction._store import json_ready

    print(json.dumps(json_ready(document), indent=1, ensure_ascii=False, allow_nan=False))


def number(value: Any) -> str:
    """A number as tables show it: four digits; "–" where there is none."""
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    return f"{value:.4g}"


@dataclass(frozen=True)
class Talk:
    """What the program says about itself, on stderr: nothing when quiet, details when verbose."""

    is_quiet: bool = False
    is_verbose: bool = False

    def say(self, message: str) -> None:
        """A line, unless quiet."""
        if not self.is_quiet:
            print(message, file=sys.stderr, flush=True)

    def detail(self, message: str) -> None:
        """A line when verbose."""
        if self.is_verbose:
            self.say(message)

    def progress(self, title: str, weights: Sequence[float]) -> "Progress":
        """A bar with the time left, for items expected to take `weights`; lines instead where nobody is watching."""
        return Progress(self, title, len(weights), sum(weights))


class Progress:
    """A bar on a terminal, else a line per finished item. Use as a context."""

    def __init__(self, talk: Talk, title: str, count: int, weight: float) -> None:
        self.talk, self.count, self.done = talk, count, 0
        self.bar: Any = None
        if not talk.is_quiet and is_watched(sys.stderr):
            from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Bar

            columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[items]}"))
            times = (TimeElapsedColumn(), TextColumn("{task.fields[left]}"))
            self.bar = Bar(*columns, *times, console=console(sys.stderr), transient=True)
            self.task = self.bar.add_task(title, total=weight, items=f"0/{count}", left="")

    def __enter__(self) -> "Progress":
        if self.bar is not None:
            self.bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self.bar is not None:
            self.bar.stop()

    def finish(self, line: str, weight: float) -> None:
        """One item is done; `line` says what came of it."""
        self.done += 1
        if self.bar is None:
            self.talk.say(f"[{self.done}/{self.count}] {line}")
            return
        self.bar.update(self.task, advance=weight, items=f"{self.done}/{self.count}", left=self._time_left())
        self.bar.console.print(line)

    def _time_left(self) -> str:
        task = self.bar.tasks[0]
        if not task.completed or not task.total or not task.elapsed:
            return ""
        seconds = task.elapsed * max(task.total - task.completed, 0.0) / task.completed
        return f"about {seconds:.0f} s left"
