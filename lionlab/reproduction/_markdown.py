"""Markdown that GitHub shows as meant: tables, escaped text, numbers."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

# Mathematics is full of characters that Markdown takes for its own: K*(λx) − K*(λx⁺) would come out in italics.
SPECIAL = str.maketrans({character: f"\\{character}" for character in "\\*_{}[]<>~#$|"})


def prose(text: str) -> str:
    """Text on one line with Markdown's characters escaped, apart from what stands between backticks."""
    parts = " ".join(str(text).split()).split("`")
    if len(parts) % 2 == 0:  # an odd backtick opens no code
        return "".join(parts).translate(SPECIAL)
    parts[0::2] = [part.translate(SPECIAL) for part in parts[0::2]]
    parts[1::2] = [part.replace("|", "\\|") for part in parts[1::2]]
    return "`".join(parts)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[str] = ()) -> str:
    """A table of cells that are Markdown already; the columns named in `right` hold numbers."""
    rule = ["---:" if column in right else "---" for column in columns]
    lines = [columns, rule, *rows]
    return "\n".join(f"| {' | '.join(cell or '–' for cell in line)} |" for line in lines)


def number(value: Any) -> str:
    """A stored number with four digits, whole numbers in full; ∞ and NaN by name."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return {"inf": "∞", "-inf": "−∞", "nan": "NaN"}.get(value, prose(value))
    if isinstance(value, (list, tuple)):
        return ", ".join(number(item) for item in value)
    if isinstance(value, int) or not math.isfinite(value):
        return str(value)
    return f"{value:.4g}"
