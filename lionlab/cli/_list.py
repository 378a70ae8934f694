"""`lionlab list`: what there is, by name."""

import sys
import textwrap
from typing import Any

import click

from ._console import print_json, print_table, width_of
from ._ending import HOLDS
from ._inventory import convex_functions, first_line, objectives
from ._options import read_request, takes
from ._table import GAP, LEAST_PROSE


@click.command("list")
@takes()
def list_command(**options: Any) -> int:
    """Claims, experiments, convex functions and objectives, by name."""
    request = read_request(**options)
    from ..reproduction import experiment_stems
    from ..theorems import claims

    found = {
        "claims": [{"name": claim.id, "statement": claim.statement, "source": claim.source} for claim in claims()],
        "experiments": [{"name": stem, "title": _title(stem)} for stem in experiment_stems()],
        "convex_functions": [{"name": name, "meaning": first_line(kind)} for name, kind in convex_functions().items()],
        "objectives": [{"name": name, "meaning": first_line(kind)} for name, kind in objectives().items()],
    }
    if request.as_json:
        print_json(found)
        return HOLDS
    for section, entries in found.items():
        title = f"{section.replace('_', ' ').capitalize()} ({len(entries)})"
        name, said = list(entries[0])[:2] if entries else ("name", "meaning")
        room = width_of(sys.stdout) - GAP - max((len(entry[name]) for entry in entries), default=0)
        print_table(title, (name, said), [[entry[name], _first_line(entry[said], room)] for entry in entries])
    return HOLDS


def _first_line(text: str, room: int) -> str:
    """As much of the text as fits beside the name; `describe` tells the rest, and the source."""
    return textwrap.shorten(text, max(room, LEAST_PROSE), placeholder=" …")


def _title(stem: str) -> str:
    from ..reproduction import load_experiment

    try:
        return load_experiment(stem).title
    except Exception as error:  # noqa: BLE001  # a script that does not load must not hide the others
        return f"(does not load: {error})"
