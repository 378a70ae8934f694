"""`lionlab report`: the pages written again from the stored results, running nothing."""

from typing import Any

import click

from ._console import print_json
from ._ending import HOLDS, USAGE, Ending
from ._options import read_request, takes
from ._paths import default_out, shown


@click.command("report")
@takes("out")
def report_command(**options: Any) -> int:
    """Writes paper_repro.md again from the stored results, running nothing."""
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
    if request.as_json:
        print_json({"report": shown(layout.report), "written": written})
    else:
        print(f"{shown(layout.report)}: {'written' if written else 'already says what the stored results say'}.")
    return HOLDS
