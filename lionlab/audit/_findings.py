"""What a probe says: what it found, the numbers behind it, and how sure it is."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

CERTAINTIES = ("to rounding", "measured", "seen in samples", "reached, not bounded", "not known")
"""From the surest on: every probe agrees to rounding; a number with its error; no exception seen; so far something was
pushed, and nothing says that it cannot be pushed farther; nothing could be told, and the finding says why."""


@dataclass(frozen=True)
class Finding:
    """One property of an optimizer.

    - `aspect`: "decay", "direction", "momentum", ….   `found`: in words.
    - `evidence`: the probe used and its numbers.   `certainty`: one of `CERTAINTIES`.
    - `claimed`: what the optimizer was said to be; None without a claim.
    - `verdict`: CONSISTENT or VIOLATED for a claim, INCONCLUSIVE where nothing could be told; None without a claim.
    - `values`: the numbers, by name.
    """

    aspect: str
    found: str
    evidence: str
    certainty: str
    claimed: str | None = None
    verdict: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The fields as plain values."""
        return plain(asdict(self))


def plain(value: Any) -> Any:
    """Numbers, lists and strings in place of arrays and tuples; infinite and NaN numbers become "inf", "nan"."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
