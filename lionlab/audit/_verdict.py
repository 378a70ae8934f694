"""The final word, given only after the unseen runs, with the run that carries it."""

from typing import Any

import numpy as np

from ._consequences import FoundSet
from ._counterexample import Counterexample
from ._findings import Finding
from ._fingerprint import SNAPPED, Claims, Fingerprint, readable
from ._held_out import Outcome
from ._probe import Probe
from ._words import is_independent


def concluded(
    probe: Probe,
    found: Fingerprint,
    outcome: Outcome,
    claims: Claims,
    findings: list[Finding],
    found_set: FoundSet,
    broken_run: Counterexample | None,
) -> tuple[str, str, dict[str, Any], Counterexample | None]:
    """(verdict, sentence, fingerprint, counterexample)."""
    values = _values(probe, found, outcome, claims, findings)
    name = probe.box.name
    example = outcome.counterexample(name) or _of_cycle(probe, found) or broken_run
    broken = [f for f in findings if f.verdict == "VIOLATED"]
    is_deterministic = values["is_deterministic"]
    holds = outcome.is_lion_k and outcome.reference_departure is None and not broken and is_deterministic
    if holds and found_set.is_contradicted:
        said = f"{name} looks like {_lion_k(outcome)}, but {found_set.finding.found}."
        return "INCONCLUSIVE", said, values, None
    kept = _kept(found_set, outcome)
    if holds and claims.are_made:
        return (
            "CONSISTENT",
            f"{name} does what it claims: it is {_lion_k(outcome)}{_tried(outcome)}. {kept}",
            values,
            None,
        )
    if holds:
        return "CONSISTENT", f"{name} behaves as {_lion_k(outcome)}{_tried(outcome)}. {kept}", values, None
    if claims.are_made and (broken or outcome.reference_departure is not None or not is_deterministic):
        first = _reason(broken, findings)
        said = f"{name} is not what it claims to be: {first}. {kept}"
        return "VIOLATED", said, values, example
    if claims.are_made:
        return "INCONCLUSIVE", f"{name}: no step contradicts the claim, but not every constant was found.", values, None
    return (
        "NOT_APPLICABLE",
        f"{name} is no Lion-K: {_reason(broken, findings, outcome, found)}. {kept}",
        values,
        example,
    )


def _reason(
    broken: list[Finding],
    findings: list[Finding],
    outcome: Outcome | None = None,
    found: Fingerprint | None = None,
) -> str:
    by_aspect = {f.aspect: f for f in broken if f.aspect != "unseen runs"}
    for aspect in ("decay", "momentum", "K"):
        if aspect in by_aspect:
            finding = by_aspect[aspect]
            return f"{aspect} is {finding.found} (claimed: {finding.claimed})"
    for finding in by_aspect.values():
        return f"{finding.aspect}: {finding.found}"
    every = {f.aspect: f for f in findings}
    if every["determinism"].found != "deterministic":
        return f"{every['determinism'].found}"
    if outcome is not None and found is not None:
        if found.direction.cycle is not None:
            return "its direction is the gradient of no convex function"
        if not found.direction.is_finite:
            return "a finite gradient makes its x no number"
        if outcome.is_explained:
            return f"its decay is {every['decay'].found}"
        if found.named is None:
            return "its direction is that of no K known here"
        if found.history.is_masked:
            return "entries whose gradient opposes their step stay"
        if found.momentum.beta1 is None or found.momentum.is_corrected:
            return f"its momentum is {every['momentum'].found}"
    return every["unseen runs"].evidence


def _lion_k(outcome: Outcome) -> str:
    fit = outcome.fit
    decay = "without weight decay" if fit.weight_decay == 0 else f"λ = {fit.weight_decay:.6g}"
    kind = " (implicit)" if fit.decay == "implicit" else ""
    name = "Lion" if fit.text == "L1Norm()" else f"Lion-K, K = {fit.text},"
    return f"{name} with β1 = {fit.beta1:.6g}, β2 = {fit.beta2:.6g}, {decay}{kind}"


def _tried(outcome: Outcome) -> str:
    at = "" if outcome.has_schedule else ", all at one learning rate"
    return f", in each of {outcome.steps} steps tried{at}"


def _kept(found_set: FoundSet, outcome: Outcome) -> str:
    if found_set.described is None:
        return f"Set that it keeps: {found_set.finding.found}."
    norm, radius = found_set.described["norm"], found_set.described["radius"]
    size = {"linf": "|x_i|", "l2": "‖x‖₂"}.get(norm, f"the {norm} norm of x")
    if not found_set.described["is_bound"]:
        return f"The farthest point found has {size} = {radius:.6g}; no bound was proved."
    digits = 6 if outcome.fit.decay_error <= SNAPPED * outcome.fit.weight_decay else 3
    return f"It keeps {size} ≤ {radius:.{digits}g}."


def _values(
    probe: Probe, found: Fingerprint, outcome: Outcome, claims: Claims, findings: list[Finding]
) -> dict[str, Any]:
    d, m = found.direction, found.momentum
    every = {f.aspect: f for f in findings}
    value = None if found.decay.weight_decay is None else outcome.fit.weight_decay
    return {
        "K": None if found.named is None else found.named.text,
        "beta1": None if m.beta1 is None else readable(m.beta1),
        "beta2": None if m.beta2 is None else readable(m.beta2),
        "is_bias_corrected": m.is_corrected or found.history.counts_steps,
        "is_cautious": found.history.is_masked,
        "decay": "independent" if is_independent(probe, found.decay, claims) else found.decay.kind,
        "is_decay_scale_known": found.decay.is_scaled_known or found.decay.kind in ("none", "coupled"),
        "weight_decay": value,
        "step_size": outcome.fit.size,
        "is_bounded": d.is_bounded,
        "is_homogeneous": d.is_homogeneous,
        "is_elementwise": d.is_elementwise,
        "is_monotone": d.cycle is None,
        "is_deterministic": every["determinism"].found == "deterministic",
        "is_explained": outcome.is_explained,
        "is_lion_k": outcome.is_lion_k,
        "dtypes": dict(every["dtypes"].values),
    }


def _of_cycle(probe: Probe, found: Fingerprint) -> Counterexample | None:
    """First steps that no convex function allows: the first of them as a run, and all of them beside it."""
    d = found.direction
    if d.cycle is None:
        return None
    points, values = d.points[list(d.cycle)], d.values[list(d.cycle)]
    gradients = np.zeros((1 + probe.delay, *probe.shape))
    gradients[0] = -points[0]
    said = (
        f"along {len(d.cycle)} first steps Σ⟨O(z), z − z′⟩ is below 0 by {d.excess:.3g} of its terms: O is no gradient"
    )
    rates = None if probe.rate is None else np.full(len(gradients), probe.rate)
    seen = probe.x(gradients)
    cycle = {"cycle_points": points.tolist(), "cycle_directions": values.tolist(), "excess": d.excess}
    dtype = probe.dtype
    return Counterexample(probe.box.name, said, dtype, np.zeros(probe.shape), gradients, rates, seen, 0, None, cycle)
