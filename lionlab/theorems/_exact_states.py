"""Stored states of the runs, as the rational numbers they are, with K, f and the constants in the same numbers."""

import functools
import importlib.util
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ..convex import (
    ConvexFunction,
    DeadzoneL1,
    Huber,
    L1Norm,
    L2Norm,
    LinfNorm,
    LogCosh,
    LpNorm,
    PseudoHuber,
    SquaredL2,
    TopKL1,
)
from ..proofs.exact import ball_functions, functions
from ..proofs.exact.arithmetic import misbehaviour
from ..proofs.exact.ball_functions import Undecided
from ..proofs.exact.balls import precision
from ..proofs.exact.functions import ConvexPair, Vector
from ..proofs.exact.one_step import Constants, Pieces, Quadratic, pieces
from ._cases import Case
from ._claim import Hypothesis, Measurement
from ._energy_runs import energy_runs

# Of a run's steps: the first, where the worst cases lie, some while it moves, and some where it chatters.
AUDITED = (0, 1, 2, 3, 7, 20, 60, 199)

EXACT: dict[type[ConvexFunction], Callable[..., ConvexPair]] = {
    L1Norm: lambda K: functions.DeadZone(),
    DeadzoneL1: lambda K: functions.DeadZone(_fraction(K.threshold)),
    Huber: lambda K: functions.Huber(_fraction(K.threshold)),
    SquaredL2: lambda K: functions.Square(_fraction(K.scale)),
    TopKL1: lambda K: functions.TopK(K.k),
    LinfNorm: lambda K: functions.TopK(1),
    LogCosh: lambda K: ball_functions.LogCosh(_fraction(K.sharpness)),
    PseudoHuber: lambda K: ball_functions.PseudoHuber(_fraction(K.threshold)),
    L2Norm: lambda K: ball_functions.PowerNorm(),
}


def _fraction(value: Any) -> Fraction:
    return Fraction(float(value))


def exact_function(K: ConvexFunction) -> ConvexPair | None:
    """K in fractions, in balls where it is irrational, None where neither is written down."""
    if isinstance(K, LpNorm):
        if K.p in (1.0, np.inf):
            return functions.DeadZone() if K.p == 1 else functions.TopK(1)
        return ball_functions.PowerNorm(_fraction(K.p))
    found = EXACT.get(type(K))
    return found(K) if found else None


def is_rational(K: ConvexFunction) -> bool:
    """Whether fractions are enough."""
    return isinstance(exact_function(K), functions.Rational)


@dataclass(frozen=True)
class Stored:
    """A state of a run, exactly, with what takes its next step; `index` of the state in the run."""

    case: Case
    index: int
    K: ConvexPair
    constants: Constants
    x: Vector
    m: Vector

    def replay(self) -> dict[str, Any]:
        """The state as the floats it was stored in, and the run."""
        return {
            "state": self.index, "x": [float(each) for each in self.x], "m": [float(each) for each in self.m],
            **self.case.replay(),
        }  # fmt: skip


def constants_of(case: Case, K: ConvexPair) -> Constants:
    """η, λ, β1, β2 as the floats they are."""
    method = case.method
    step_size: Any = method.step_size
    eta, lam, beta1, beta2 = (
        K.number(float(value)) for value in (step_size, method.weight_decay, method.beta1, method.beta2)
    )
    return Constants(eta, lam, beta1, beta2, method.decay == "explicit")


def vector_of(K: ConvexPair, array: np.ndarray) -> Vector:
    """A float array as a vector of K's numbers."""
    return tuple(K.number(float(value)) for value in np.ravel(array))


def is_quadratic(case: Case) -> str | None:
    """Why f is not ½⟨x−C, A(x−C)⟩ on vectors."""
    f = case.objective
    has_form = all(hasattr(f, name) for name in ("matrix", "center")) and np.ndim(f.center) == 1
    if has_form and not np.any(getattr(f, "height", 0.0)) and np.array_equal(f.matrix, np.transpose(f.matrix)):
        return None
    return "f is not a quadratic of a vector, ½⟨x−C, A(x−C)⟩ with symmetric A; only these are audited exactly."


def is_known(case: Case) -> str | None:
    """Why K is not written down exactly, or cannot be evaluated here."""
    K = case.method.K
    if exact_function(K) is None:
        return f"K = {K!r} is written down neither in fractions nor in balls; see proofs/exact/functions.py."
    if not is_rational(K) and importlib.util.find_spec("flint") is None:
        return f"K = {K!r} needs balls: python-flint, of the extra `rigor`, is not installed."
    return None


QUADRATIC = Hypothesis("f is a quadratic, and K one of those written down exactly", is_quadratic)
KNOWN = Hypothesis("K is rational, or python-flint is there for the others", is_known)


def quadratic_of(case: Case, K: ConvexPair) -> Quadratic:
    """f in K's numbers, with a bound on its curvature that is one exactly."""
    f = case.objective
    rows = [tuple(map(Fraction, row)) for row in np.asarray(f.matrix, float).tolist()]
    # The stored constant is rounded: it is raised until ±A ≤ L holds exactly.
    L = Fraction(float(f.smoothness))
    while not (_is_at_least(rows, L, 1) and _is_at_least(rows, L, -1)):
        L *= 1 + Fraction(1, 2**48)
    matrix = tuple(tuple(map(K.number, row)) for row in rows)
    return Quadratic(matrix, vector_of(K, f.center), K.number(L))


def _is_at_least(rows: Sequence[Vector], L: Fraction, sign: int) -> bool:
    """Whether L·I − sign·A is positive semidefinite: by elimination, whose pivots must be ≥ 0, or 0 with their row."""
    size = len(rows)
    left = [[(L if i == j else 0) - sign * rows[i][j] for j in range(size)] for i in range(size)]
    for k in range(size):
        pivot = left[k][k]
        if pivot < 0 or (pivot == 0 and any(left[k][j] for j in range(k + 1, size))):
            return False
        if pivot == 0:
            continue
        for i in range(k + 1, size):
            factor = left[i][k] / pivot
            for j in range(k + 1, size):
                left[i][j] -= factor * left[k][j]
    return True


def stored(case: Case, x: np.ndarray, m: np.ndarray, indices: Iterable[int]) -> Iterator[Stored]:
    """Some states of one run."""
    K = exact_function(case.method.K)
    assert K is not None
    constants = constants_of(case, K)
    for index in indices:
        yield Stored(case, index, K, constants, vector_of(K, x[index]), vector_of(K, m[index]))


Audited = tuple[Stored, Pieces | None]
_KNOWN: weakref.WeakKeyDictionary[Case, list[Audited]] = weakref.WeakKeyDictionary()


def audited(cases: Iterable[Case]) -> list[Audited]:
    """Every audited state with the pieces of its step, None where H is infinite or the balls leave that open.

    Computed once: the claims and their planted wrongs differ in how they add the pieces up.
    """
    cases = list(cases)
    for one in energy_runs([case for case in cases if case not in _KNOWN]):
        K = exact_function(one.case.method.K)
        assert K is not None
        f, found = quadratic_of(one.case, K), []
        steps = sorted({min(step, one.case.num_steps - 1) for step in AUDITED})
        for state in stored(one.case, one.x, one.m, steps):
            try:
                found.append((state, pieces(K, f, state.constants, state.x, state.m)))
            except Undecided:
                found.append((state, None))
        _KNOWN[one.case] = found
    return [pair for case in cases for pair in _KNOWN[case]]


Exceeds = Callable[[Stored, Pieces], bool | None]


def count(cases: Sequence[Case], exceeds: Exceeds) -> Measurement:
    """How many stored states break a statement; NaN where none does and a ball leaves one open.

    `exceeds` says of one state whether it does, None where that is open.
    """
    reason = misbehaviour()
    if reason is not None:
        return Measurement(float("nan"), 0.0, 0, None, reason)
    with _balls_for(cases):
        pairs = audited(cases)
        inside = [(state, found) for state, found in pairs if found is not None]
        answers = [(exceeds(state, found), state) for state, found in inside]
    broken = [state for answer, state in answers if answer]
    is_open = any(answer is None for answer, _ in answers)
    left_out = len(pairs) - len(inside)
    note = f"{left_out} of {len(pairs)} states lie outside dom K* by rounding, or too near to say, and have no H."
    measured = float(len(broken)) if broken or not is_open else float("nan")
    return Measurement(measured, 0.0, len(inside), broken[0].replay() if broken else None, note * (left_out > 0))


@functools.cache
def _has_balls() -> bool:
    return importlib.util.find_spec("flint") is not None


def _balls_for(cases: Sequence[Case]) -> Any:
    import contextlib

    return precision() if _has_balls() else contextlib.nullcontext()


def is_above_zero(value: Any) -> bool | None:
    """Whether a number is > 0; None where its ball holds numbers of both kinds, or is NaN."""
    if value > 0:
        return True
    return False if value <= 0 else None
