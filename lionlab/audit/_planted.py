"""Planted wrongs: what the runs of an audit would have refused, had the optimizer been slightly another one.

That a model explains every step says little where the steps are too short, or the digits too few, to tell it from its
neighbours. So the recorded runs are held against neighbours of the model, by the same checker with the same allowances:
a constant a little off, another kind of decay. Each must be refused, another decay or step in every entry where K acts
entry by entry.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ._findings import Finding
from ._fingerprint import Fingerprint
from ._held_out import Outcome, Tried
from ._model import Checker, Model, Prepared
from ._probe import Probe

SIZES = (5e-3, 1e-4, 1e-6, 1e-8)
"""How far off a constant is, as a share of it (of 1 − β for a β): the first must be refused, the others show by how
much more the runs tell."""
ASPECT = "what would have been seen"
WRONG_KINDS = ("none", "fixed", "over first", "corrected", "cautious", "strictly cautious", "coupled")
SCHEDULED = ("fixed", "over first", "corrected")
"""Kinds that differ from decoupled decay only where the learning rate changes."""
MOST_NUMBERS = 500_000
"""Runs with more numbers in all are held against the largest of the wrongs only."""
BETAS = {"beta1", "beta2"}
NAMES = {"weight_decay": "λ", "size": "the step", "beta1": "1 − β1", "beta2": "1 − β2"}


@dataclass(frozen=True)
class Sensitivity:
    """`model`: what the runs are explained by.   `smallest`: constant → the smallest of `SIZES` that is refused.

    None stands there where not even the largest is.   `kinds`: those of `WRONG_KINDS` that are not refused.
    """

    model: Model
    smallest: dict[str, float | None]
    kinds: tuple[str, ...] = ()

    def is_absolute(self, name: str) -> bool:
        """Whether there is nothing that the error could be a share of."""
        return name == "weight_decay" and self.model.weight_decay == 0

    @property
    def missed(self) -> tuple[str, ...]:
        """What could not be told apart, in words."""
        constants = [
            f"λ = {SIZES[0]:g}" if self.is_absolute(n) else f"{NAMES[n]} off by {SIZES[0]:.1%}"
            for n, size in self.smallest.items()
            if size is None
        ]
        kinds = [f"{kind} decay" if kind != "none" else "no decay" for kind in self.kinds]
        return tuple(constants + kinds)


def find_sensitivity(probe: Probe, found: Fingerprint, outcome: Outcome) -> Sensitivity | None:
    """Holds the held-out runs against neighbours of the model that explains them; None where none does."""
    model = explaining(outcome)
    if model is None or not outcome.tried:
        return None
    runs = Recorded(probe, model, outcome.tried)
    is_large = sum(tried.course.x.size for tried in outcome.tried) > MOST_NUMBERS
    smallest: dict[str, float | None] = {}
    for name in _constants(found, model):
        smallest[name] = None
        for size in SIZES[:1] if is_large else SIZES:
            if not all(runs.refuse(**wrong) for wrong in _off_by(model, name, size)):
                break
            smallest[name] = size
    kinds = tuple(kind for kind in _wrong_kinds(model, outcome.has_schedule) if not runs.refuse(decay=kind))
    return Sensitivity(model, smallest, kinds)


def explaining(outcome: Outcome) -> Model | None:
    """The Lion-K that explains every step: what it is held against, else what was found in its place."""
    if not outcome.is_lion_k:
        return None
    return outcome.reference if outcome.reference_departure is None else outcome.fit


class Recorded:
    """The held-out runs, each made ready once for all models with the same K and β's, the most telling first."""

    def __init__(self, probe: Probe, model: Model, tried: tuple[Tried, ...]) -> None:
        self.probe, self.checker = probe, Checker(model)
        self.tried = sorted(tried, key=lambda tried: "ties" not in tried.stream.name)
        self._ready: dict[int, Prepared] = {}

    def refuse(self, **constants: Any) -> bool:
        """Whether runs part from the model with these constants changed: in every entry, by wrong β's in some entry.

        Where a wrong β turns a step round is a matter of few steps of few entries, and nothing says that a β is
        another one in each entry.
        """
        checker = self.checker.with_constants(**constants)
        is_of_momentum = bool(BETAS & set(constants))
        ready = {} if is_of_momentum or checker.model.decay == "coupled" else self._ready
        is_refused = np.zeros(self.probe.shape, bool)
        for i, tried in enumerate(self.tried):
            if i not in ready:
                ready[i] = self._prepared(checker, tried)
            is_refused |= checker.refused_entries(ready[i], tried.rates)
            if is_refused.any() if is_of_momentum else is_refused.all():
                return True
        return False

    def _prepared(self, checker: Checker, tried: Tried) -> Prepared:
        seen = self.probe.mean_gradient(tried.stream.gradients)
        return checker.prepared(tried.course, seen, self.probe.box.is_compiled)


def _constants(found: Fingerprint, model: Model) -> Iterator[str]:
    """Those that the method has: without memory β2 means nothing, and at β2 = 1 nor does β1."""
    yield "weight_decay"
    yield "size"
    if model.beta2 != 1:
        yield "beta1"
    if found.momentum.beta2 is not None and model.beta1 != 0:
        yield "beta2"


def _off_by(model: Model, name: str, size: float) -> list[dict[str, Any]]:
    value = getattr(model, name)
    if name == "weight_decay" and value == 0:
        return [{name: size, "decay": "decoupled"}]
    if name in BETAS:
        scale = 1 - value if value < 1 else 1.0
        return [{name: b} for b in (value - size * scale, value + size * scale) if 0 <= b <= 1]
    return [{name: value * (1 - size)}, {name: value * (1 + size)}]


def _wrong_kinds(model: Model, has_schedule: bool) -> tuple[str, ...]:
    """Implicit and explicit decay keep the same set, and differ by ηλ alone: that is no wrong of its own."""
    if model.weight_decay == 0:
        return ()
    return tuple(kind for kind in WRONG_KINDS if has_schedule or kind not in SCHEDULED)


def sensitivity_finding(seen: Sensitivity) -> Finding:
    """The margin of a verdict: what else the same runs would have refused."""
    told = ", ".join(
        f"{NAMES[name]}{' = ' if seen.is_absolute(name) else ' by '}{size:g}"
        for name, size in seen.smallest.items()
        if size is not None
    )
    words = f"an error in one constant alone, of {told}" if told else "no error in a constant"
    if seen.model.weight_decay > 0 and not seen.kinds:
        words += "; any other kind of decay"
    if seen.missed:
        words += f"; but not {', nor '.join(seen.missed)}"
    sizes = ", ".join(f"{size:g}" for size in SIZES)
    said = (
        f"the recorded runs held against neighbours of what explains them: errors of {sizes} and other kinds of decay"
    )
    verdict = "INCONCLUSIVE" if seen.missed else None
    return Finding(ASPECT, words, said, "to rounding", verdict=verdict, values=dict(seen.smallest))


def insensitive(probe: Probe, seen: Sensitivity) -> str:
    """What could not be told apart, why, and what to do."""
    return f"the runs do not tell it from the same with {', or '.join(seen.missed)}: {below_rounding(probe)}"


def below_rounding(probe: Probe) -> str:
    """Why a difference is not seen, and the remedy."""
    rate = f"at a learning rate of {probe.unit:g} " if probe.knows_rate else ""
    remedy = "audit with a larger learning rate"
    if probe.dtype != "float64":
        remedy = "audit with float64 parameters, or a larger learning rate"
    return f"{rate}in {probe.dtype} the steps differ by no more than rounding; {remedy}"
