"""What follows from what was found: the effective set by search and by theory, and the theory's claims on runs."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..convex import ConvexFunction, LpNorm, Scaled, TopKL1
from ._counterexample import Counterexample
from ._decay_kinds import kept_radius
from ._effective_set import EffectiveSet, find_effective_set
from ._findings import Finding
from ._fingerprint import SNAPPED, Fingerprint, readable
from ._held_against import Claimed, held_against
from ._held_out import Outcome
from ._model import ROUNDINGS, Model
from ._probe import Probe

NORMS = {
    "L1Norm": "linf",
    "Huber": "linf",
    "DeadzoneL1": "linf",
    "LogCosh": "linf",
    "PseudoHuber": "linf",
    "L2Norm": "l2",
    "LinfNorm": "l1",
    "NuclearNorm": "operator",
    "SpectralNorm": "nuclear",
}
"""K → the norm whose unit ball dom K* is."""


@dataclass(frozen=True)
class FoundSet:
    """The effective set with its finding; `theory`: the set that the fingerprint implies, None without.

    `described["is_bound"]`: whether the set follows from the Lion-K, or kind of decay, that explains every step; else
    its radius is only the farthest that a push has reached.
    """

    described: dict[str, Any] | None
    theory: dict[str, Any] | None
    search: EffectiveSet | None
    finding: Finding

    @property
    def is_contradicted(self) -> bool:
        """Whether search and theory disagree."""
        return self.finding.verdict == "INCONCLUSIVE"


def ball_of(K: ConvexFunction) -> tuple[str, float] | None:
    """(norm, radius) of the closure of dom K*; None where it is no ball of a norm that has a name here."""
    if isinstance(K, Scaled):
        inner = ball_of(K.function)
        return None if inner is None else (inner[0], inner[1] * float(K.factor))
    if isinstance(K, TopKL1):
        return f"top {K.k}", 1.0
    if isinstance(K, LpNorm) and 1 < K.p < np.inf:
        return f"l{K.p / (K.p - 1):.6g}", 1.0
    name = NORMS.get(type(K).__name__)
    return None if name is None else (name, 1.0)


def effective_set_of(probe: Probe, found: Fingerprint, outcome: Outcome, schedule: Any, is_quick: bool) -> FoundSet:
    """Searches the set, and holds it against what theory makes of the fingerprint."""
    theory = _by_theory(probe, outcome, schedule)
    rate = schedule if schedule is not None else probe.rate
    try:
        search = find_effective_set(
            probe.box,
            probe.shape,
            learning_rate=rate,
            theory=None if theory is None else theory["radius"],
            theory_norm=None if theory is None else theory["norm"],
            seed=probe.seed,
            is_quick=is_quick,
            dtype=probe.dtype,
        )
    except (ArithmeticError, ValueError, np.linalg.LinAlgError) as error:
        told = Finding("effective set", "not known", f"the search failed: {error}", "not known", verdict="INCONCLUSIVE")
        return FoundSet(theory, theory, None, told)
    # A point of rest is known to the rounding of a step over the share of x that the step takes off.
    share = probe.unit * outcome.fit.size * outcome.fit.weight_decay
    rounding = ROUNDINGS * probe.roundoff / share if share > 0 else 0.0
    return FoundSet(*_compared(theory, search, not found.direction.is_bounded, rounding))


def _by_theory(probe: Probe, outcome: Outcome, schedule: Any) -> dict[str, Any] | None:
    if not outcome.is_explained:
        return None
    fit = outcome.reference if outcome.is_lion_k and outcome.reference_departure is None else outcome.fit
    ball = ball_of(fit.K)
    rates = np.array([float(schedule(t)) for t in range(120)]) if schedule is not None else np.array([probe.unit])
    if ball is None or fit.weight_decay == 0 or (probe.unit * fit.size * fit.weight_decay > 1):
        return None
    weakest = fit.weight_decay  # so far as it is known
    if SNAPPED * fit.weight_decay < fit.decay_error < fit.weight_decay:
        weakest -= fit.decay_error
    radius = kept_radius(fit.decay, rates * fit.size, weakest, ball[1])
    return None if radius is None else {"norm": ball[0], "radius": radius, "is_bound": True}


def _compared(
    theory: dict[str, Any] | None, search: EffectiveSet, is_unbounded: bool, rounding: float
) -> tuple[dict[str, Any] | None, dict[str, Any] | None, EffectiveSet, Finding]:
    reached = search.to_json()
    found = None if reached is None else {**reached, "is_bound": False}
    said = "; ".join(search.evidence)
    if search.status != "set":
        words = {
            "no set": "none found: from every start tried, up to the farthest, x was pushed farther out",
            "not a number": "none: x becomes no number",
        }
        if theory is not None and search.status == "not found":
            told = f"{_in_words(theory)}, by theory alone"
            return (
                theory,
                theory,
                search,
                Finding("effective set", told, f"the search did not decide: {said}", "measured"),
            )
        is_odd = theory is not None
        told = words.get(search.status, "not known")
        verdict = "INCONCLUSIVE" if is_odd else None
        extra = f"; theory expects {_in_words(theory)}" if theory is not None else ""
        certainty = {"not found": "not known", "no set": "seen in samples"}.get(search.status, "measured")
        return None, theory, search, Finding("effective set", told, said + extra, certainty, verdict=verdict)
    if theory is None and is_unbounded:
        said = "the direction is longer for longer gradients, by a factor of up to a million at the largest tried"
        told = "none found: no bound on x was seen that holds for all gradients"
        return None, None, search, Finding("effective set", told, said, "seen in samples")
    if theory is None:
        told = f"x was pushed as far as the boundary of {_in_words(found)}; no bound was proved"
        told += "" if search.is_filled else ", nor does what was reached fill that ball"
        return found, None, search, Finding("effective set", told, said, "reached, not bounded")
    if search.agrees:
        theory = {**theory, "radius": _outward(theory, search, rounding)}
        agreed = Finding("effective set", _in_words(theory), f"theory and search agree: {said}", "measured")
        return theory, theory, search, agreed
    told = f"theory says {_in_words(theory)}, search {_in_words(found)}"
    return found, theory, search, Finding("effective set", told, said, "not known", verdict="INCONCLUSIVE")


def _outward(theory: dict[str, Any], search: EffectiveSet, rounding: float) -> float:
    """The radius, at least what was reached, beside rounding, so far as λ in float32 explains that: no smaller is kept.

    More than that is the search's own error, or that of a norm whose name has six digits.
    """
    radius, reached = theory["radius"], search.radius_in(theory["norm"])
    return float(reached) if rounding < reached / radius - 1 <= SNAPPED else float(radius)


def withdrawn(found_set: FoundSet, why: str) -> FoundSet:
    """The set without the theory that a run has contradicted: what was reached is left, and bounds nothing."""
    if found_set.described is None or not found_set.described["is_bound"]:
        return found_set
    reached = None if found_set.search is None else found_set.search.to_json()
    if found_set.search is not None and reached is None and found_set.search.status != "not found":
        return FoundSet(None, None, found_set.search, found_set.finding)
    described = {**(reached or found_set.described), "is_bound": False}
    told = f"x was pushed as far as the boundary of {_in_words(described)}; that bounds nothing: {why}"
    evidence = found_set.finding.evidence
    return FoundSet(described, None, found_set.search, Finding("effective set", told, evidence, "reached, not bounded"))


def _in_words(described: dict[str, Any] | None) -> str:
    return (
        "none" if described is None else f"the ball of radius {described['radius']:.6g} in the {described['norm']} norm"
    )


def held_findings(
    probe: Probe, outcome: Outcome, per_step: float, is_quick: bool
) -> tuple[list[Finding], Counterexample | None]:
    """Consequences of being a Lion-K, on whole runs; nothing where it is none, or where η is not known.

    With them the run that contradicts the first that fails, where one was kept.
    """
    fit = outcome.fit
    if not outcome.is_lion_k or not probe.knows_rate or probe.dtype != "float64" or fit.size != 1:
        return [], None
    if probe.unit * fit.weight_decay > 1 or fit.beta2 >= 1:
        return [], None
    kind = "implicit" if fit.decay == "implicit" else "explicit"
    # Energy and limit are held to float64's rounding, the set is kept whatever m is.
    is_quick = is_quick or probe.momentum_roundoff > probe.roundoff
    claimed = Claimed(fit.K, _weight_decay_at(probe, per_step, fit), probe.unit, fit.beta1, fit.beta2, kind)
    told: list[Finding] = []
    example = None
    for held in held_against(probe.box, claimed, probe.shape, probe.seed, is_quick):
        if held.verdict == "NOT_APPLICABLE":
            continue
        numbers = "" if held.measured is None else f"{held.observable} {held.measured:.3g} ≤ {held.bound:.3g}"
        words = "it holds" if held.verdict == "CONSISTENT" else held.outcome
        evidence = f"{held.outcome}; {numbers}" if numbers else held.outcome
        verdict = "VIOLATED" if held.verdict == "VIOLATED" else None
        example = example or (held.counterexample if verdict else None)
        told.append(Finding(held.check, words, evidence, "measured", "follows from being a Lion-K", verdict))
    return told, example


def _weight_decay_at(probe: Probe, per_step: float, fit: Model) -> float:
    """λ at the usual η: what keeps ηλ in float32 has another one, in the eighth digit, at every η."""
    share = per_step / (1 - per_step) if fit.decay == "implicit" else per_step
    return readable(share / probe.unit, fit.decay_error or None) if fit.weight_decay > 0 else 0.0
