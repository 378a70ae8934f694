"""`lionlab list`: what there is, by name."""

from typing import Any

import click

from ._console import print_json, print_table
from ._ending import HOLDS
from ._inventory import convex_functions, first_line, objectives
from ._options import read_request, takes


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
        columns = list(entries[0]) if entries else ["name"]
        title = f"{section.replace('_', ' ').capitalize()} ({len(entries)})"
        print_table(title, columns, [[entry[column] for column in columns] for entry in entries])
    return HOLDS


def _title(stem: str) -> str:
    from ..reproduction import load_experiment

    try:
        return load_experiment(stem).title
    except Exception as error:  # noqa: BLE001  # a script that does not load must not hide the others
        return f"(does not load: {error})"
