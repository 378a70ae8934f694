"""The final word, given only after the unseen runs, with the run that carries it."""

from typing import Any

from ._consequences import FoundSet
from ._counterexample import Counterexample
from ._findings import Finding
from ._fingerprint import Claims, Fingerprint, readable
from ._held_out import LION_K_DECAYS, Outcome
from ._numbers_probe import ROUNDED
from ._planted import Sensitivity, below_rounding, insensitive
from ._probe import Probe
from ._words import is_independent


def concluded(
    probe: Probe,
    found: Fingerprint,
    outcome: Outcome,
    claims: Claims,
    findings: list[Finding],
    found_set: FoundSet,
    example: Counterexample | None,
    sensitivity: Sensitivity | None = None,
) -> tuple[str, str, dict[str, Any], Counterexample | None]:
    """(verdict, sentence, fingerprint, counterexample)."""
    values = _values(probe, found, outcome, claims, findings)
    name = probe.box.name
    broken = [f for f in findings if f.verdict == "VIOLATED"]
    is_deterministic = values["is_deterministic"]
    holds = outcome.is_lion_k and outcome.reference_departure is None and not broken and is_deterministic
    if holds and sensitivity is not None and sensitivity.missed:
        said = f"{name} looks like {_lion_k(outcome)}, but {insensitive(probe, sensitivity)}."
        return "INCONCLUSIVE", said, values, None
    if holds and found_set.is_contradicted:
        told = found_set.finding
        what = "the set it keeps is not known" if told.found == "not known" else told.found
        said = f"{name} looks like {_lion_k(outcome)}, but {what}: {told.evidence}."
        return "INCONCLUSIVE", said, values, None
    kept = _kept(found_set)
    kept_in = found.momentum.kept_in
    digits = "" if kept_in is None else f", its momentum kept in {kept_in}"
    digits += ", computed in float32" if values["dtypes"].get("float64") == ROUNDED else ""
    if holds and claims.are_made:
        return (
            "CONSISTENT",
            f"{name} does what it claims: it is {_lion_k(outcome)}{digits}{_tried(outcome)}. {kept}",
            values,
            None,
        )
    if holds:
        return "CONSISTENT", f"{name} behaves as {_lion_k(outcome)}{digits}{_tried(outcome)}. {kept}", values, None
    if claims.are_made and (broken or outcome.reference_departure is not None or not is_deterministic):
        first = _reason(broken, findings)
        said = f"{name} is not what it claims to be: {first}. {kept}"
        return "VIOLATED", said, values, example
    if claims.are_made:
        said = (
            f"{name}: no step contradicts the claim, but not everything was found: {_missing(probe, found, outcome)}."
        )
        return "INCONCLUSIVE", said, values, None
    if found.decay.is_below_rounding and outcome.reference_departure is None and not broken and is_deterministic:
        said = f"{name}: a Lion-K explains every step, but not everything was found: {_missing(probe, found, outcome)}."
        return "INCONCLUSIVE", said, values, None
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
    every = {f.aspect: f for f in findings}
    if every["determinism"].found == "two runs differ":
        return "two runs with the same gradients differ"
    for aspect in ("decay", "momentum", "K"):
        if aspect in by_aspect:
            finding = by_aspect[aspect]
            return f"{aspect} is {finding.found} (claimed: {finding.claimed})"
    for finding in by_aspect.values():
        return f"{finding.aspect}: {finding.found}"
    if every["determinism"].found != "deterministic":
        return every["determinism"].found
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
        if found.decay.kind == "unknown" and outcome.fit_departure is None:
            return f"its decay is {every['decay'].found}"
    return every["unseen runs"].evidence


def _missing(probe: Probe, found: Fingerprint, outcome: Outcome) -> str:
    """What of a Lion-K was not found, or was found to be something else."""
    told = []
    if found.decay.is_below_rounding:
        told.append(f"its decay is too weak to be told from rounding; {below_rounding(probe)}")
    elif found.decay.kind not in LION_K_DECAYS:
        told.append(f"its decay is {'of no kind known here' if found.decay.kind == 'unknown' else found.decay.kind}")
    if found.momentum.beta1 is None or found.momentum.is_corrected:
        told.append("its momentum is of no two-β form")
    if found.named is None:
        told.append("its direction is that of no K known here")
    if not told and outcome.fit_departure is not None:
        told.append("what was found in place of the claim explains not every step")
    return "; ".join(told) or "no reason is known"


def _lion_k(outcome: Outcome) -> str:
    fit = outcome.fit if outcome.reference_departure is not None else outcome.reference
    decay = "without weight decay" if fit.weight_decay == 0 else f"λ = {fit.weight_decay:.6g}"
    kind = " (implicit)" if fit.decay == "implicit" else ""
    name = "Lion" if fit.text == "L1Norm()" else f"Lion-K, K = {fit.text},"
    return f"{name} with β1 = {fit.beta1:.6g}, β2 = {fit.beta2:.6g}, {decay}{kind}"


def _tried(outcome: Outcome) -> str:
    at = "" if outcome.has_schedule else ", all at one learning rate"
    return f", in each of {outcome.steps} steps tried{at}"


def _kept(found_set: FoundSet) -> str:
    if found_set.described is None:
        return f"Set that it keeps: {found_set.finding.found}."
    norm, radius = found_set.described["norm"], found_set.described["radius"]
    size = {"linf": "|x_i|", "l2": "‖x‖₂"}.get(norm, f"the {norm} norm of x")
    if not found_set.described["is_bound"]:
        return f"The farthest point found has {size} = {radius:.6g}; no bound was proved."
    return f"It keeps {size} ≤ {radius:.6g}."


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
