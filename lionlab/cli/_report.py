"""`lionlab report`: the pages written again from the stored results, running nothing; what is missing is said."""

from collections.abc import Collection
from typing import Any

import click

from ._console import print_json, print_prose
from ._ending import HOLDS, UNDECIDED, USAGE, VIOLATED, Ending, code_of
from ._evidence_table import tally
from ._options import read_request, takes
from ._paths import default_out, shown


@click.command("report")
@takes("out")
def report_command(**options: Any) -> int:
    """Writes paper_repro.md again from the stored results, running nothing.

    Results that are missing, unreadable or stale are named on stderr and in the report, which is written without them;
    the exit code is then 3, or 1 if a stored claim is violated.
    """
    request = read_request(**options)
    from ..reproduction._freshness import settings_of
    from ..reproduction._layout import Layout
    from ..reproduction._reproduction import Reproduction

    out = default_out(request, "reproduce")
    layout = Layout(out)
    if not layout.data_folder.is_dir():
        raise Ending(USAGE, f"{shown(layout.data_folder)} holds no results; `lionlab reproduce` makes them.")
    reproduction = Reproduction(out, *settings_of(layout))
    written = [shown(path) for path in reproduction.write_pages()]
    found = reproduction.results()
    code = code_of(one["verdict"] for one in found.evidence) if found.evidence else HOLDS
    document = {"report": shown(layout.report), "written": written, "not_reproduced": dict(found.not_reproduced)}
    if not request.as_json:
        state = "written" if written else "already says what the stored results say"
        print_prose(f"{shown(layout.report)}: {state}. {tally(found.evidence)}; {len(found.experiments)} figures.")
    if found.not_reproduced:
        for name, reason in found.not_reproduced.items():
            request.talk.say(f"{name}: {reason}")
        count = f"{len(found.not_reproduced)} of {len(reproduction.parts)} parts"
        message = f"{count} are missing or stale and stand in the report as not reproduced: "
        raise Ending(code if code == VIOLATED else UNDECIDED, message + _some(found.not_reproduced), document)
    if request.as_json:
        print_json(document)
    return code


def _some(names: Collection[str]) -> str:
    shown_names = list(names)[:3]
    return ", ".join(shown_names) + (f" and {len(names) - 3} more." if len(names) > 3 else ".")
