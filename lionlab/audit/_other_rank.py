"""Whether the same optimizer treats parameters of another rank alike: libraries spare vectors, such as biases.

A model found on matrices must explain a run on a vector, and the other way, where it acts entry by entry. Where there
is no such model, the decay alone is compared.
"""

import numpy as np

from ._counterexample import Counterexample
from ._decay_probe import Decay, find_decay
from ._failures import OptimizerError
from ._findings import Finding
from ._fingerprint import Claims, Fingerprint
from ._held_out import Outcome, Tried
from ._model import Checker, Departure
from ._probe import Probe
from ._streams import Stream

ASPECT = "other shapes"
STEPS = 30
VECTOR, MATRIX = (5,), (3, 4)
SAME = 1e-6
"""Two decays of one kind are the same to this share."""


def find_other_rank(
    probe: Probe, found: Fingerprint, outcome: Outcome, claims: Claims
) -> tuple[Finding, Counterexample | None]:
    """(what was found on a vector, or after a vector on a matrix; a run that shows a difference, or None)."""
    shape = MATRIX if len(probe.shape) == 1 else VECTOR
    on = f"parameters of shape {shape}"
    is_elementwise = found.direction.is_elementwise
    if claims.K is not None and not is_elementwise:
        return Finding(
            ASPECT, "not tried: it mixes entries", f"{on} may rightly be treated otherwise", "not known"
        ), None
    other = Probe(probe.box, shape, probe.dtype, probe.unit if probe.knows_rate else None, probe.seed)
    other.step, other.delay = probe.step, probe.delay
    try:
        decay = find_decay(other)
        if not (outcome.is_explained and is_elementwise):
            return _of_decay(found.decay, decay, on), None
        tried, gone = _run(other, outcome)
    except OptimizerError as error:
        return Finding(ASPECT, f"it does not take {on}", str(error), "measured"), None
    except (ArithmeticError, ValueError, TypeError) as error:
        return Finding(ASPECT, f"not tried on {on}", f"{type(error).__name__}: {error}", "not known"), None
    if gone is None:
        said = f"{STEPS} steps there are explained by the same constants"
        return Finding(ASPECT, f"the same on {on}", said, "to rounding"), None
    example = outcome.shown(probe.box.name, tried, gone)
    words = f"on {on} it is another method" + ("" if _alike(found.decay, decay) else f", {_in_words(decay)}")
    verdict = "VIOLATED" if claims.are_made else None
    claimed = "the same whatever the shape" if claims.are_made else None
    return Finding(ASPECT, words, example.sentence, "to rounding", claimed, verdict), example


def _run(probe: Probe, outcome: Outcome) -> tuple[Tried, Departure | None]:
    """Some steps from a start at which decay matters, held against what explains the steps at the usual shape."""
    model = outcome.fit if outcome.reference_departure is not None else outcome.reference
    rng = probe.rng
    radius = 1 / model.weight_decay if model.weight_decay > 0 and np.isfinite(1 / model.weight_decay) else 1.0
    x0 = radius * rng.normal(size=probe.shape)
    stream = Stream(f"{STEPS} gradients, shape {probe.shape}", x0, rng.normal(size=(STEPS, *probe.gradient_shape)))
    course = probe.course(stream.gradients, x0)
    rates = np.full(STEPS, probe.unit)
    seen = probe.mean_gradient(stream.gradients)
    gone = Checker(model).departure(course, seen, rates, probe.box.is_compiled)
    return Tried(stream, rates, course), gone


def _of_decay(usual: Decay, other: Decay, on: str) -> Finding:
    if _alike(usual, other):
        return Finding(ASPECT, f"the decay is the same on {on}", other.evidence, other.certainty)
    return Finding(ASPECT, f"on {on} {_in_words(other)}", other.evidence, other.certainty)


def _alike(first: Decay, second: Decay) -> bool:
    if first.kind != second.kind:
        return False
    if first.weight_decay is None or second.weight_decay is None:
        return first.weight_decay is second.weight_decay
    error = first.error + second.error + SAME * abs(first.weight_decay)
    return abs(first.weight_decay - second.weight_decay) <= error


def _in_words(decay: Decay) -> str:
    from ._words import DECAYS

    value = f", λ = {decay.weight_decay:.6g}" if decay.weight_decay else ""
    return f"its decay is {DECAYS[decay.kind]}{value}"
