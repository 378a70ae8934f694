"""Evidence: what a verified claim says, with its margin, and the words a verdict may use."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

VERDICTS = (
    "PROVED",  # for all, by two independent routes that agree with what was measured
    "CHECKED_EXACT",  # in exact arithmetic on the stated cases
    "CONSISTENT",  # in floating point on the stated cases, within a derived tolerance
    "VIOLATED",  # a counterexample is stored
    "INCONCLUSIVE",  # a planted wrong was not caught, or nothing finite was measured
    "NOT_APPLICABLE",  # a hypothesis fails on every case
    "INVALID_INPUT",  # the parameters make no sense
)
HOLDING = VERDICTS[:3]


@dataclass(frozen=True)
class Evidence:
    """The outcome of `verify`.

    - `verdict`: one of `VERDICTS`; only PROVED, CHECKED_EXACT and CONSISTENT are success.
    - `measured` ≤ `bound` is what was checked, `margin` = bound − measured, over `cases` cases. None where nothing ran.
    - `planted` wrongs of which `caught` were caught; `wrongs` gives each one's description, measured value and bound.
    - `not_applicable`: cases left out because a hypothesis fails there, with the first `reason`, which also tells what
      could not be measured on some of the others.
    - `counterexample`: what is needed to replay a violation, else None.
    - `proofs`: each route tried, with its outcome, domain, assumptions, what was planted in it and the smallest
      relative error of a coefficient that it caught; `proved_by` names the routes that count. Empty where parameters
      were given.
    - `artefacts`: file name → text that the proofs leave for others to check; in JSON only their SHA-256 stand, in
      `proofs`.   `criteria`: the version and SHA-256 of the criteria the claim is registered under, or "".
    """

    id: str
    verdict: str
    measured: float | None = None
    bound: float | None = None
    margin: float | None = None
    cases: int = 0
    planted: int = 0
    caught: int = 0
    seed: int = 0
    counterexample: Mapping[str, Any] | None = None
    not_applicable: int = 0
    reason: str = ""
    statement: str = ""
    source: str = ""
    observable: str = ""
    tolerance: str = ""
    hypotheses: tuple[str, ...] = ()
    wrongs: tuple[Mapping[str, Any], ...] = ()
    proofs: tuple[Mapping[str, Any], ...] = ()
    proved_by: tuple[str, ...] = ()
    artefacts: Mapping[str, str] = field(default_factory=dict)
    criteria: str = ""
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether the verdict is one of success."""
        return self.verdict in HOLDING

    def to_json(self) -> dict[str, Any]:
        """The fields as JSON-ready values; infinite and NaN numbers become the strings "inf", "-inf", "nan"."""
        fields = asdict(self)
        del fields["artefacts"]
        return _json_ready(fields)


def _json_ready(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _json_ready(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        return _json_ready(value.tolist())
    if isinstance(value, (list, tuple)):
        return [_json_ready(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
