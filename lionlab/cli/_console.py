"""Results on stdout, talk on stderr: tables, lines and one progress bar; plain text wherever nobody is watching."""

import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from ._table import Column, filled, laid_out, visible_width

WIDTH_IN_FILES = 140
WIDTH_OF_UNKNOWN_TERMINALS = 80
PROSE = ("domain", "statement", "meaning", "title", "source", "wrong", "finding")
# Escape codes of terminals (ECMA-48, SGR).
BOLD, BOLD_RED, YELLOW, DIM = "1", "1;31", "33", "2"
VERDICT_STYLES = {"VIOLATED": BOLD_RED, "INVALID_INPUT": BOLD_RED, "INCONCLUSIVE": YELLOW, "NOT_APPLICABLE": DIM}


def is_watched(stream: TextIO) -> bool:
    """Whether colour and moving bars make sense: a terminal, and no NO_COLOR (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def console(stream: TextIO) -> Any:
    """A rich console on the stream: without colour, and of a fixed width, where nobody is watching."""
    from rich.console import Console

    watched = is_watched(stream)
    return Console(
        file=stream,
        width=width_of(stream),
        color_system="auto" if watched else None,
        force_terminal=watched,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=False,
    )


def width_of(stream: TextIO) -> int:
    """How many columns there are: those of the terminal, or of a wide page."""
    import shutil

    return shutil.get_terminal_size((WIDTH_OF_UNKNOWN_TERMINALS, 40)).columns if stream.isatty() else WIDTH_IN_FILES


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[str] = ()) -> None:
    """A table on stdout, never wider than a terminal can show; the columns named in `right` are numbers."""
    kinds = [Column(column, column in right, column in PROSE) for column in columns]
    if title:
        print_prose(title, style=BOLD)
    for line in laid_out(kinds, [list(row) for row in rows], width_of(sys.stdout)):
        print(_with_verdicts_coloured(line))
    print()


def print_prose(text: str, indent: int = 0, style: str = "") -> None:
    """Text on stdout; where a terminal is too narrow for a line, paragraphs are filled again, between words."""
    lines = [(" " * indent + line).rstrip() for line in text.splitlines() or [""]]
    width = width_of(sys.stdout)
    if sys.stdout.isatty() and any(visible_width(line) > width for line in lines):
        lines = [line for paragraph in _paragraphs(lines) for line in _hanging(paragraph, width)]
    for line in lines:
        print(_styled(line, style))


def _paragraphs(lines: Iterable[str]) -> list[str]:
    """Lines that go on at the same depth, joined; a blank line, another depth or a dash begins the next."""
    paragraphs: list[str] = []
    for line in lines:
        last = paragraphs[-1] if paragraphs else ""
        if line and last and _depth(line) == _depth(last) and not line.lstrip().startswith("- "):
            paragraphs[-1] = f"{last} {line.lstrip()}"
        else:
            paragraphs.append(line)
    return paragraphs


def _hanging(line: str, width: int) -> list[str]:
    if visible_width(line) <= width:
        return [line]
    first, *rest = filled(line.split(), width - _depth(line) - 2)
    return [" " * _depth(line) + first, *(" " * (_depth(line) + 2) + more for more in rest)]


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _styled(text: str, style: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if style and is_watched(sys.stdout) else text


def _with_verdicts_coloured(line: str) -> str:
    words = "|".join(VERDICT_STYLES)
    return re.sub(rf"\b({words})\b", lambda found: _styled(found[0], VERDICT_STYLES[found[0]]), line)


def print_json(document: Mapping[str, Any]) -> None:
    """One JSON document on stdout."""
    import json

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

            # 48: the longest texts beside the bar, which is what gives way on a narrow terminal.
            bar = BarColumn(bar_width=min(40, max(4, width_of(sys.stderr) - 48)))
            columns = (TextColumn("{task.description}"), bar, TextColumn("{task.fields[items]}"))
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
        self.bar.console.print(line, soft_wrap=True)

    def _time_left(self) -> str:
        task = self.bar.tasks[0]
        if not task.completed or not task.total or not task.elapsed:
            return ""
        seconds = task.elapsed * max(task.total - task.completed, 0.0) / task.completed
        return f"about {seconds:.0f} s left"
