"""What an audit hands back: the verdict in plain words first, then every finding with its evidence."""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ._counterexample import Counterexample
from ._findings import Finding, plain

WIDTH = 118


@dataclass(frozen=True)
class AuditReport:
    """Everything an audit found about one optimizer.

    - `name`; `verdict`: CONSISTENT when it does what it claims, or without a claim when a Lion-K explains every step
      tried, which is no proof; VIOLATED when it does not do what it claims; NOT_APPLICABLE when nothing was claimed and
      no Lion-K explains it; INCONCLUSIVE when the probes decide nothing.
    - `sentence`: the verdict in plain words.
    - `fingerprint`: what was found, by name: "K", "beta1", "beta2", "decay", "weight_decay", …; under "tested" how far
      it was tried: "shape", "steps", "longest_run", "largest_x", "largest_gradient", "learning_rates", ….
    - `effective_set`: {"norm": "linf" | "l2" | …, "radius": number, "is_bound": …}, None without one. Where `is_bound`,
      it is kept: that follows from the method that explains every step. Else x was pushed that far, and no bound is
      known.
    - `findings`, `claims`; `counterexample`: a run that shows the violation, or that no Lion-K fits; None without one.
    - `settings`: what it was probed with.   `seconds`, `runs`: the effort.
    """

    name: str
    verdict: str
    sentence: str
    fingerprint: Mapping[str, Any]
    effective_set: dict[str, Any] | None
    findings: tuple[Finding, ...]
    claims: Mapping[str, Any] = field(default_factory=dict)
    counterexample: Counterexample | None = field(default=None, repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    runs: int = 0

    def finding(self, aspect: str) -> Finding:
        """The finding about one aspect.

        **Raises:** `KeyError` when there is none of this name.
        """
        for finding in self.findings:
            if finding.aspect == aspect:
                return finding
        raise KeyError(f"no finding about {aspect!r}; there are: {', '.join(f.aspect for f in self.findings)}.")

    @property
    def violations(self) -> tuple[Finding, ...]:
        """The findings that contradict a claim."""
        return tuple(finding for finding in self.findings if finding.verdict == "VIOLATED")

    def to_json(self) -> dict[str, Any]:
        """The report as plain values; the counterexample without its arrays, which its own file holds."""
        seen = None
        if self.counterexample is not None:
            short = ("optimizer", "sentence", "step", "dtype", "model")
            seen = {name: getattr(self.counterexample, name) for name in short}
        return plain(
            {
                "name": self.name,
                "verdict": self.verdict,
                "sentence": self.sentence,
                "claims": self.claims,
                "fingerprint": self.fingerprint,
                "effective_set": self.effective_set,
                "findings": [finding.to_json() for finding in self.findings],
                "counterexample": seen,
                "settings": self.settings,
                "seconds": self.seconds,
                "runs": self.runs,
            }
        )

    def save_counterexample(self, path: Any, **more: Any) -> Path | None:
        """Writes the counterexample, whole or not at all; None where there is none."""
        return None if self.counterexample is None else self.counterexample.save(path, **more)

    def __str__(self) -> str:
        lines = textwrap.wrap(f"{self.verdict}: {self.sentence}", WIDTH)
        label = max((len(finding.aspect) for finding in self.findings), default=0) + 2
        for finding in self.findings:
            mark = {"VIOLATED": "  [contradicts the claim]", "INCONCLUSIVE": "  [undecided]"}.get(
                finding.verdict or "", ""
            )
            claimed = f" (claimed: {finding.claimed})" if finding.claimed else ""
            text = f"{finding.found}{claimed}{mark}"
            lines += _hanging(finding.aspect, text, label)
            lines += _hanging("", f"{finding.certainty}: {finding.evidence}", label + 2)
        if self.counterexample is not None:
            lines += textwrap.wrap(f"counterexample: {self.counterexample.sentence}", WIDTH, subsequent_indent="  ")
        lines.append(f"{self.runs} runs in {self.seconds:.1f} s")
        return "\n".join(lines)


def _hanging(head: str, text: str, indent: int) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=head.ljust(indent), subsequent_indent=" " * indent)
