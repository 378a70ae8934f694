"""What a check says: a verdict, the number behind it with its bound, and where it was found."""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

VERDICTS = ("VIOLATED", "INVALID_INPUT", "INCONCLUSIVE", "CONSISTENT", "NOT_APPLICABLE")
"""The strongest objection first: the verdict on a K is the first of these among its checks."""

IN_UNITS = "worst violation over its rounding tolerance"
CLEAR = 1e3
"""A violation by this many tolerances needs no larger one beside it."""


@dataclass(frozen=True)
class Finding:
    """The outcome of one check.

    - `verdict`: CONSISTENT when `probes` probes show no violation, which is no proof; VIOLATED with a
      `counterexample` of plain numbers; INCONCLUSIVE when the probes decide nothing; NOT_APPLICABLE when the check asks
      for what K does not have or declare.
    - `measured` ≤ `bound` is what was checked, `observable` says of what; None where there is no number.
    - `outcome`: the same in a sentence.
    """

    check: str
    verdict: str
    outcome: str
    measured: float | None = None
    bound: float | None = None
    observable: str = ""
    probes: int = 0
    counterexample: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Inspection:
    """Everything found about one K, and the arrays for its picture.

    `warnings` are no violations, but worth knowing. `domain` holds what `lionlab.inspection` knows of dom K* and the
    unit set {K ≤ 1}; in the plane it can be drawn.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    seed: int
    findings: tuple[Finding, ...]
    warnings: tuple[str, ...] = ()
    domain: Mapping[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """The strongest objection of all checks; CONSISTENT only if some check applied."""
        found = {finding.verdict for finding in self.findings}
        return next(verdict for verdict in VERDICTS if verdict in found or verdict == "NOT_APPLICABLE")

    @property
    def violations(self) -> tuple[Finding, ...]:
        """The findings that are VIOLATED."""
        return tuple(finding for finding in self.findings if finding.verdict == "VIOLATED")

    def finding(self, check: str) -> Finding:
        """The finding of one check.

        **Raises:** `KeyError` when no check has this name.
        """
        for finding in self.findings:
            if finding.check == check:
                return finding
        raise KeyError(f"no check is called {check!r}; there are: {', '.join(f.check for f in self.findings)}.")

    def to_json(self) -> dict[str, Any]:
        """The verdict and the fields as plain values; infinite and NaN numbers become the strings "inf", "nan"."""
        fields = asdict(self)
        fields["domain"] = {key: value for key, value in self.domain.items() if np.size(value) <= 16}
        return {"verdict": self.verdict, **{key: plain(value) for key, value in fields.items()}}


def plain(value: Any) -> Any:
    """Numbers, lists and strings in place of arrays, tuples and infinite numbers."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def searched(
    check: str,
    ratios: np.ndarray,
    explain: Callable[[int], tuple[str, Mapping[str, Any]]],
    *,
    probes: int | None = None,
    observable: str = IN_UNITS,
    sizes: np.ndarray | None = None,
) -> Finding:
    """The finding of a search: `ratios` above 1 are violations, NaN is one. `explain(i)` tells the i-th in words.

    `sizes` of the points: of many clear violations one at ordinary numbers is told, with the worst ratio.
    """
    count = len(ratios) if probes is None else probes
    if len(ratios) == 0:
        return Finding(check, "INCONCLUSIVE", "no probe applied", None, 1.0, observable, count)
    judged = np.where(np.isnan(ratios), np.inf, ratios)
    worst = int(np.argmax(judged))
    measured = float(judged[worst])
    if measured <= 1:
        return Finding(check, "CONSISTENT", no_violation(count), max(measured, 0.0), 1.0, observable, count)
    if sizes is not None:
        clear = judged >= min(measured, CLEAR)
        worst = int(np.argmin(np.where(clear, np.abs(np.log10(np.maximum(sizes, 1e-300))), np.inf)))
    sentence, example = explain(worst)
    return Finding(check, "VIOLATED", sentence, measured, 1.0, observable, count, plain(example))


def no_violation(count: int) -> str:
    """How the absence of evidence is worded."""
    return f"no violation in {count} probe{'s' * (count != 1)}"


def violated(check: str, sentence: str, probes: int, **example: Any) -> Finding:
    """A finding whose evidence is no number."""
    return Finding(check, "VIOLATED", sentence, probes=probes, counterexample=plain(example))


def not_run(check: str, reason: str) -> Finding:
    """A check that does not apply, and why."""
    return Finding(check, "NOT_APPLICABLE", reason)
