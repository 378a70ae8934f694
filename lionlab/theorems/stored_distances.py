"""Phase 1 at the states that runs have stored, in fractions: squared distances to dom K* shrink, with no tolerance.

For ‖·‖₁, dead zone, Huber and the k largest the point of dom K* next to λx is rational, and so is the squared distance.
"""

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

from ..proofs.exact.arithmetic import misbehaviour
from ..proofs.exact.functions import InBox, TopK, Vector, inner, sign
from ..proofs.exact.one_step import Constants, step
from ._cases import PARAMETERS, Case, standard_or_given
from ._claim import Claim, Hypothesis, Measurement, Run, Wrong
from ._exact_states import Stored, exact_function, stored, vector_of
from ._hypotheses import CONSTANT_STEP, DECAYS, STARTS_INSIDE, STARTS_OUTSIDE
from ._pushed_runs import pushed_cases, pushed_runs

AUDITED = (0, 1, 2, 5, 20, 60, 149)
TINY = Fraction(1, 10**9)


@dataclass(frozen=True)
class Statement:
    """The factor per step as a function of k, and factors on dom K* after the step and on the λ of the step."""

    factor: Callable[[Constants], Fraction]
    size: Fraction = Fraction(1)
    decay: Fraction = Fraction(1)


def rate(k: Constants) -> Fraction:
    """1 − ηλ with explicit decay, 1/(1+ηλ) with implicit."""
    h: Fraction = k.eta * k.lam
    return 1 - h if k.is_explicit else 1 / (1 + h)


THEOREM = Statement(rate)


def has_rational_set(case: Case) -> str | None:
    """Why the nearest point of dom K* is not rational."""
    if isinstance(exact_function(case.method.K), InBox | TopK):
        return None
    return f"the nearest point of dom K* is not written down in fractions for K = {case.method.K!r}."


def within_one(case: Case) -> str | None:
    """Why explicit decay overshoots."""
    h = Fraction(float(case.method.step_size)) * Fraction(case.method.weight_decay)  # type: ignore[arg-type]
    return f"ηλ is {float(h):g} > 1." if case.method.decay == "explicit" and h > 1 else None


def distance_squared(K: Any, y: Vector, size: Fraction = Fraction(1)) -> Fraction:
    """dist(y, size·dom K*)²."""
    scaled = y if size == 1 else tuple(each / size for each in y)
    off = tuple(a - b for a, b in zip(scaled, K.nearest(scaled), strict=True))
    found: Fraction = size**2 * inner(off, off)
    return found


class ExactStep(NamedTuple):
    """λx, u and λx⁺."""

    y: Vector
    u: Vector
    y_next: Vector


class Audit:
    """A stored state and the gradient of its step: what several statements ask of it is computed once."""

    def __init__(self, state: Stored, g: Vector) -> None:
        self.state, self.g = state, g
        self._steps: dict[Fraction, ExactStep] = {}
        self._distances: dict[tuple[str, Fraction, Fraction], Fraction] = {}

    def step(self, subject: Statement) -> ExactStep:
        """The exact step."""
        if subject.decay not in self._steps:
            state, k = self.state, self.state.constants
            changed = Constants(k.eta, k.lam * subject.decay, k.beta1, k.beta2, k.is_explicit)
            found = step(state.K, changed, state.x, state.m, self.g)
            y, y_next = (tuple(k.lam * each for each in x) for x in (state.x, found.x))
            self._steps[subject.decay] = ExactStep(y, found.u, y_next)
        return self._steps[subject.decay]

    def distance_squared(self, name: str, subject: Statement, size: Fraction) -> Fraction:
        """dist(y, size·dom K*)² of the `ExactStep`'s "y" or "y_next"."""
        key = name, Fraction(1) if name == "y" else subject.decay, size
        if key not in self._distances:
            self._distances[key] = distance_squared(self.state.K, getattr(self.step(subject), name), size)
        return self._distances[key]

    def replay(self) -> dict[str, Any]:
        """The state, the gradient and the run."""
        return {"gradient": [float(each) for each in self.g], **self.state.replay()}


def contracts_too_little(one: Audit, subject: Statement) -> bool:
    """dist(λx⁺)² above factor²·dist(λx)², or not equal to it where every coordinate outside is pushed outward."""
    before, found = (one.distance_squared(name, subject, subject.size) for name in ("y", "y_next"))
    y, u, _ = one.step(subject)
    expected = subject.factor(one.state.constants) ** 2 * before
    is_box = isinstance(one.state.K, InBox)
    is_pushed = is_box and all(b == sign(a) for a, b in zip(y, u, strict=True) if abs(a) > 1)
    return found > expected or (is_pushed and found != expected)


def leaves(one: Audit, subject: Statement) -> bool | None:
    """λx⁺ ∉ dom K*; None where λx is outside already, if only by rounding."""
    if one.distance_squared("y", subject, Fraction(1)) > 0:
        return None
    return one.distance_squared("y_next", subject, subject.size) > 0


_KNOWN: weakref.WeakKeyDictionary[Case, dict[tuple[int, bool], list[Audit]]] = weakref.WeakKeyDictionary()


def audits(cases: Sequence[Case], run: Run) -> list[Audit]:
    """Every audited step of the runs of these cases."""
    found = []
    for one in pushed_runs(cases, run):
        known, key = _KNOWN.setdefault(one.case, {}), (run.seed, one.is_adversarial)
        if key not in known:
            indices = sorted({min(index, one.case.num_steps - 1) for index in AUDITED})
            states = stored(one.case, one.x, one.m, indices)
            known[key] = [Audit(state, vector_of(state.K, one.gradient[state.index])) for state in states]
        found += known[key]
    return found


def measure(
    fails: Callable[[Audit, Statement], bool | None], cases: Sequence[Case], run: Run, subject: Statement
) -> Measurement:
    """Stored states at which the statement fails, gradients random or pushing outward."""
    reason = misbehaviour()
    if reason is not None:
        return Measurement(float("nan"), 0.0, 0, None, reason)
    if run.parameters and subject is not THEOREM:
        is_inside = fails is leaves
        cases = [*cases, *(case for case in pushed_cases(True, is_inside) if case.label.startswith("‖·‖₁"))]
    answers = [(fails(one, subject), one) for one in audits(cases, run)]
    broken = [one for answer, one in answers if answer]
    total = sum(answer is not None for answer, _ in answers)
    return Measurement(float(len(broken)), 0.0, total, broken[0].replay() if broken else None)


def cases(is_inside: bool, run: Run) -> list[Case]:
    """The standard cases with a rational set, or the user's own."""
    found = standard_or_given(run, lambda: pushed_cases(run.is_quick, is_inside), keeps_start=not is_inside)
    return found if run.parameters else [case for case in found if has_rational_set(case) is None]


HYPOTHESES = (
    DECAYS,
    CONSTANT_STEP,
    Hypothesis(
        "the nearest point of dom K* is rational: ‖·‖₁, ‖·‖∞, dead zone, Huber, the k largest", has_rational_set
    ),
    Hypothesis("ηλ ≤ 1 where decay is explicit", within_one),
)
NONE = "none: the order of two fractions"
SOURCE = "arXiv 2310.05898, §3 (phase 1), carried to discrete time here"

CLAIMS = (
    Claim(
        id="exact-contraction",
        statement=(
            "dist(λx⁺, dom K*)² ≤ ρ²·dist(λx, dom K*)², ρ = 1−ηλ or 1/(1+ηλ), at every audited state of the runs and "
            "any gradients, in fractions, and with equality where every coordinate outside a box is pushed outward."
        ),
        source=SOURCE,
        hypotheses=(*HYPOTHESES, STARTS_OUTSIDE),
        observable="stored states at which it fails",
        tolerance=NONE,
        cases=partial(cases, False),
        measure=partial(measure, contracts_too_little),
        subject=THEOREM,
        wrongs=(
            Wrong("ρ too small by a relative 1e-9", Statement(lambda k: rate(k) * (1 - TINY))),
            Wrong("ρ too large by a relative 1e-9 for the equality", Statement(lambda k: rate(k) * (1 + TINY))),
            Wrong("the implicit rate for both", Statement(lambda k: 1 / (1 + k.eta * k.lam))),
            Wrong("distances to a set smaller by a relative 1e-9", Statement(rate, size=1 - TINY)),
            Wrong("the λ of the step too small by a relative 1e-9", Statement(rate, decay=1 - TINY)),
        ),
        parameters=PARAMETERS,
        is_exact=True,
    ),
    Claim(
        id="exact-invariance",
        statement=(
            "λx ∈ dom K* gives λx⁺ ∈ dom K* at every audited state of the runs, for any gradients, in fractions: not "
            "by the last digit does an exact step leave the set."
        ),
        source=SOURCE,
        hypotheses=(*HYPOTHESES, STARTS_INSIDE),
        observable="stored states inside whose exact step ends outside",
        tolerance=NONE,
        cases=partial(cases, True),
        measure=partial(measure, leaves),
        subject=THEOREM,
        wrongs=(
            Wrong("the λ of the step too small by a relative 1e-9", Statement(rate, decay=1 - TINY)),
            Wrong("the λ of the step too small by a relative 1e-3", Statement(rate, decay=Fraction(999, 1000))),
            Wrong("a set smaller by a relative 1e-9", Statement(rate, size=1 - TINY)),
        ),
        parameters=PARAMETERS,
        is_exact=True,
    ),
)
