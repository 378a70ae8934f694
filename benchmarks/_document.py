"""What a benchmark of named lines prints and keeps: one JSON document, or a line of text for each."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from _machine import RESULTS, kind, machine

Line = dict[str, Any]


def document(
    description: str, ending: str, measured: Callable[[bool], list[Line]], show: Callable[[Line], None]
) -> int:
    """Measures as the command line asks, and writes results/<machine>-`ending`.json unless it was only a try."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="print one JSON document and no table")
    parser.add_argument("--tiny", action="store_true", help="sizes that show that everything runs, not how fast")
    parser.add_argument(
        "--out", type=Path, help=f"where to write (default: benchmarks/results/<machine>-{ending}.json)"
    )
    options = parser.parse_args()
    facts = machine()
    lines = [
        {key: float(f"{value:.4g}") if isinstance(value, float) else value for key, value in line.items()}
        for line in measured(options.tiny)
    ]
    text = json.dumps({"machine": facts, "measurements": lines}, indent=1, ensure_ascii=False) + "\n"
    if options.json:
        print(text, end="")
    else:
        for line in lines:
            show(line)
    path = options.out or (None if options.tiny else RESULTS / f"{kind(facts)}-{ending}.json")
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0
