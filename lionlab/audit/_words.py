"""The fingerprint in words: one finding for each property, with its evidence and how sure it is."""

from typing import Any

import numpy as np

from ..precision import unit_roundoff
from ._decay_probe import Decay
from ._findings import Finding
from ._fingerprint import JUDGED, SNAPPED, SNAPPED_DECAY, Claims, Fingerprint, readable, snapped, text_of
from ._held_out import LION_K_DECAYS, Outcome
from ._momentum_probe import beta_error
from ._probe import Probe

DECAYS = {
    "decoupled": "decoupled, scaled by the learning rate: x loses ηλx",
    "implicit": "decoupled and implicit: x⁺ = (x + ηu)/(1+ηλ)",
    "fixed": "decoupled and fixed: x loses λx whatever the learning rate",
    "over first": "decoupled, relative to the first learning rate: x loses (η_t/η_0)λx",
    "corrected": "decoupled and corrected: x loses η_t²λx/max η",
    "coupled": "coupled: λx is added to the gradient",
    "cautious": "cautious: only where the update does not push outward",
    "strictly cautious": "cautious: only where the update pulls towards 0; nothing decays where it is 0",
    "none": "none",
    "unknown": "of no kind known here",
}


def fingerprint_findings(probe: Probe, found: Fingerprint, outcome: Outcome, claims: Claims) -> list[Finding]:
    """Decay, direction, K, momentum, dependence on x, step size and the held-out runs."""
    return [
        _held_out(outcome, claims),
        _decay(probe, found, outcome, claims),
        _momentum(found, outcome, claims),
        _bias_correction(found),
        _caution(found),
        _direction(found),
        _function(found, outcome, claims),
        _step_size(probe, found, outcome),
        _dependence(found, outcome),
    ]


def _held_out(outcome: Outcome, claims: Claims) -> Finding:
    tried = f"{outcome.steps} steps in {outcome.runs} runs on fresh gradients"
    tried += ", some under changing learning rates" if outcome.has_schedule else ", all at one learning rate"
    what = "the claim" if claims.are_made else "a Lion-K"
    gone = outcome.reference_departure
    if gone is None:
        verdict = "CONSISTENT" if claims.are_made else None
        if not outcome.is_whole:
            return Finding("unseen runs", "explained, but not every constant was found", tried, "not known")
        return Finding("unseen runs", f"every step is that of {what}", tried, "to rounding", verdict=verdict)
    step, entry = gone[1].step, gone[1].entry
    said = f"{what} explains no more after step {step} of {gone[0].stream.name!r}, entry {entry}: off by "
    said += f"{gone[1].excess:.3g} rounding errors"
    verdict = "VIOLATED" if claims.are_made else None
    if outcome.is_explained:
        said += "; with what was found in its place every step is explained"
    return Finding("unseen runs", f"not {what}", said, "to rounding", verdict=verdict)


def _decay(probe: Probe, found: Fingerprint, outcome: Outcome, claims: Claims) -> Finding:
    decay, fit = found.decay, outcome.fit
    value = None if decay.weight_decay is None else fit.weight_decay
    words = "too weak to be told from rounding" if decay.is_below_rounding else DECAYS[decay.kind]
    if value and decay.kind != "none":
        words += f"; λ = {value:.9g}"
    if decay.kind == "decoupled" and not decay.is_scaled_known:
        words = words.replace(", scaled by the learning rate: x loses ηλx", "")
        words += " (what it is scaled by is not known: no schedule can be passed)"
    claimed = verdict = None
    if claims.weight_decay is not None or claims.decay is not None:
        shape = f", {claims.decay}" if claims.decay else ""
        claimed = f"λ = {claims.weight_decay:g}{shape}" if claims.weight_decay is not None else str(claims.decay)
        kinds = {"explicit": ("decoupled", "none"), "implicit": ("implicit", "none")}.get(
            claims.decay or "", LION_K_DECAYS
        )
        is_same = any(kind in kinds for kind in (decay.kind, *decay.alike)) and snapped(
            value, claims.weight_decay, decay.error / fit.size, SNAPPED_DECAY + found.size_error(probe)
        )
        verdict = "CONSISTENT" if is_same else "INCONCLUSIVE" if decay.is_below_rounding else "VIOLATED"
        if is_independent(probe, decay, claims):
            words += "; the claimed λ over the learning rate, which is independent decay"
    return Finding("decay", words, decay.evidence, decay.certainty, claimed, verdict, {"per_step": decay.per_step})


def is_independent(probe: Probe, decay: Decay, claims: Claims) -> bool:
    """Whether the decay is the claimed λ over the usual learning rate: scaled by the schedule, not by its peak."""
    if decay.kind != "decoupled" or not decay.weight_decay or not claims.weight_decay:
        return False
    return abs(claims.weight_decay / decay.weight_decay / probe.unit - 1) <= 1e-6


def _momentum(found: Fingerprint, outcome: Outcome, claims: Claims) -> Finding:
    m = found.momentum
    pairs = [(n, getattr(claims, n), getattr(m, n)) for n in ("beta1", "beta2")]
    said = [f"{n} = {value:g}" for n, value, _ in pairs if value is not None]
    claimed = ", ".join(said) or None
    verdict = None
    if claimed:
        fit = outcome.fit
        errors = {n: beta_error(n, fit.beta1, fit.beta2, fit.momentum_roundoff) for n, _, _ in pairs}
        is_same = all(snapped(f, c, errors[n]) for n, c, f in pairs) and not m.is_corrected
        # Without memory β2 has no effect, and at β2 = 1 nor has β1: then the steps decide, and they are the claim's.
        is_same |= m.beta1 == 0 and outcome.is_explained and outcome.reference_departure is None
        verdict = "CONSISTENT" if is_same else "VIOLATED"
    if m.beta1 is None:
        words = f"of no two-β form{_few_digits(m.kept_in)}"
        return Finding("momentum", words, m.evidence, m.certainty, claimed, verdict)
    # The law of the turning points is that of many methods; the unseen runs alone make it that of this one.
    certainty = m.certainty if outcome.is_explained else "measured"
    beta1, beta2 = readable(m.beta1), None if m.beta2 is None else readable(m.beta2)
    words = f"β1 = {beta1:.9g}" + ("" if beta2 is None else f", β2 = {beta2:.9g}")
    values: dict[str, Any] = {"beta1": m.beta1, "beta2": m.beta2, "is_bias_corrected": m.is_corrected}
    values["kept_in"] = m.kept_in
    if beta2 is None:
        words += ": no memory" if outcome.is_explained else ": a step without a gradient does not go on"
    elif m.is_corrected:
        words += ", of a bias-corrected momentum"
    elif beta1 == 1:
        words += ": the step goes along the old momentum, without the gradient at hand"
    elif abs(beta1 - beta2) <= 1e-9:
        words += ": the step goes along the updated momentum"
    elif beta1 < beta2:
        words += ": the step goes along the momentum mixed anew with the gradient"
    else:
        words += ": β1 > β2, for which the energy of the theory need not fall"
    words += _misread(beta1, beta2, claims) + _few_digits(m.kept_in)
    if not outcome.is_explained:
        words += " (where its steps turn round; how long they are follows another law)"
    return Finding("momentum", words, m.evidence, certainty, claimed, verdict, values)


def _few_digits(kept_in: str | None) -> str:
    """In which floating point the momentum is kept, where it is coarser than x's, and what follows for the audit."""
    if kept_in is None:
        return ""
    size = f"2^{np.log2(unit_roundoff(kept_in)):.0f}"
    if kept_in in JUDGED:
        return f"; kept in {kept_in}: judged to {size}"
    return f": it is kept in {kept_in}, and errors of {size} at every step add up to more than tells its β's"


def _misread(beta1: float, beta2: float | None, claims: Claims) -> str:
    """How the β's found come from those claimed, where a known misreading explains them."""
    b1, b2 = claims.beta1, claims.beta2
    if beta2 is None or b1 is None or b2 is None or (snapped(beta1, b1) and snapped(beta2, b2)):
        return ""
    if snapped(beta1, b2) and snapped(beta2, b1):
        return "; these are the claimed ones, exchanged"
    for kept in (b1, b2):
        if snapped(beta1, b1 * b2) and snapped(beta2, kept):
            return f"; as if the momentum were updated first, with {kept:g}, and the step taken after"
    return ""


def _bias_correction(found: Fingerprint) -> Finding:
    history, m = found.history, found.momentum
    aspect = "bias correction"
    if m.is_corrected:
        said = "the balances of pushes and gradients are those of a momentum divided by 1 − β2^t"
        return Finding(aspect, "of the momentum", said, "measured")
    if history.growth is None:
        return Finding(aspect, "not known", "x moves without gradients, or a first step is no number", "not known")
    told = ", ".join(f"{growth:.6g} times as long after {wait}" for wait, growth in history.growth.items())
    said = f"a first step, after silent ones: {told}"
    if not history.counts_steps:
        return Finding(aspect, "none seen", said, "seen in samples")
    squares = history.decay_of_squares(m.beta2)
    if squares is None:
        return Finding(aspect, "steps are counted, by no law known here", said, "measured")
    words = f"that of m/(1 − {readable(m.beta2 or 0.0):.6g}^t)"
    words += f" over √(v/(1 − {squares:.6g}^t))" if squares else ""
    return Finding(aspect, words, said, "measured", values={"beta_of_squares": squares})


def _caution(found: Fingerprint) -> Finding:
    history = found.history
    if not history.is_masked:
        said = "a faint gradient against a strong push stops no entry"
        return Finding("caution", "none seen", said, "seen in samples")
    words = "entries whose gradient opposes their step stay"
    if abs(history.spread - 1) > SNAPPED:
        words += f"; with every second entry staying the others move {history.spread:.4g} times as far"
    said = "a faint gradient after one and after four strong pushes, against them and, to compare, along with them"
    return Finding("caution", words, said, "measured")


def _direction(found: Fingerprint) -> Finding:
    d = found.direction
    values = {name: getattr(d, name) for name in ("is_bounded", "is_homogeneous", "is_elementwise", "is_odd")}
    if not d.is_finite:
        return Finding(
            "direction", "a finite gradient makes x no number", "first steps from 0", "measured", values=values
        )
    words = [
        "of the same size whatever the gradient's scale" if d.is_homogeneous else "depends on the gradient's scale",
        f"entries at most {d.largest:.4g} seen in first steps" if d.is_bounded else "longer for longer gradients",
        "entry by entry" if d.is_elementwise else "entries are mixed",
    ]
    said = f"{len(d.points)} first steps"
    if d.cycle is not None:
        words.append("the gradient of no convex K")
        said += f"; around {len(d.cycle)} of them Σ⟨O(z), z − z′⟩ < 0 by {d.excess:.2g} of its terms"
    return Finding("direction", "; ".join(words), said, "seen in samples", values=values)


def _function(found: Fingerprint, outcome: Outcome, claims: Claims) -> Finding:
    claimed = None if claims.K is None else text_of(claims.K)
    if found.named is not None:
        verdict = None
        if claims.K is not None:
            verdict = "CONSISTENT" if found.named.text == claimed else "VIOLATED"
        said = f"all {len(found.direction.points)} first steps are subgradients, K's inequality included at ties"
        certainty = "to rounding" if outcome.is_explained else "seen in samples"
        words = found.named.text + ("" if outcome.is_explained else ", in first steps; the unseen runs differ")
        return Finding("K", words, said, certainty, claimed, verdict)
    tried = "; ".join(f"{text}: off by {off:.3g} tolerances" for text, off in found.tried) or "no candidate"
    verdict = None if claims.K is None else "VIOLATED"
    if found.direction.cycle is not None:
        return Finding(
            "K", "no convex function", "first steps are not cyclically monotone", "measured", claimed, verdict
        )
    return Finding("K", "none of the catalogue", tried, "measured", claimed, verdict)


def _step_size(probe: Probe, found: Fingerprint, outcome: Outcome) -> Finding:
    size = outcome.fit.size
    if probe.knows_rate:
        told = f"η = {probe.unit:g}" + ("" if probe.box.accepts_rate else ", as claimed; none can be passed")
        held = "each step is that far along ∇K" if outcome.is_explained else "given, not confirmed"
        return Finding("step size", told, held, "to rounding" if outcome.is_explained else "not known")
    return Finding("step size", f"η = {readable(size):.9g} in the units of K", "from the first steps", "measured")


def _dependence(found: Fingerprint, outcome: Outcome) -> Finding:
    if found.decay.kind == "coupled":
        return Finding("dependence on x", "x enters the gradient", found.decay.evidence, found.decay.certainty)
    if outcome.is_explained:
        words = "none but the decay"
        return Finding("dependence on x", words, "the unseen runs, from starts near and far", "to rounding")
    if found.decay.kind in ("unknown", "cautious", "strictly cautious"):
        return Finding("dependence on x", "beyond decoupled decay", found.decay.evidence, "measured")
    return Finding("dependence on x", "none but the decay was seen", found.decay.evidence, "seen in samples")
