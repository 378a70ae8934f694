"""Hypotheses that several theorems share, each checked on a `Case` before anything runs."""

import functools
import weakref
from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import ConvexFunction
from ..convex._function import rounding_allowance
from ..precision import double_precision
from ._cases import Case, compiled_once
from ._claim import Hypothesis
from ._conjugate_samples import evaluation_count

Failure = Callable[[Case], str | None]


def remembered(failure: Failure) -> Failure:
    """`failure`, asked once about each case: many claims share their cases, and each of them asks."""
    known: weakref.WeakKeyDictionary[Case, str | None] = weakref.WeakKeyDictionary()

    @functools.wraps(failure)
    def answer(case: Case) -> str | None:
        if type(case) is not Case:  # what stands in for one need not be hashable
            return failure(case)
        if case not in known:
            known[case] = failure(case)
        return known[case]

    return answer


def boundary(K: ConvexFunction, y: np.ndarray) -> "Boundary":
    """How y lies to dom K*."""
    with double_precision():
        return Boundary(*map(np.asarray, _boundary(K, jnp.asarray(y, jnp.float64))))


class Boundary(NamedTuple):
    """`distance` from y to dom K*, the nearest point, how far outside rounding alone may put y, and ∇K*(y)."""

    distance: np.ndarray
    projection: np.ndarray
    allowance: np.ndarray
    slope: np.ndarray


# Compiled: a loop run eagerly is compiled anew at every call.
@compiled_once
def _boundary(K: ConvexFunction, y: Array) -> tuple[Array, ...]:
    K_star = K.conjugate()
    allowance = rounding_allowance(y, evaluation_count=2.0 * y.size + 8)
    return K_star.distance(y), K_star.projection(y), allowance, K_star.selection(y)


def not_convex(K: ConvexFunction, shape: tuple[int, ...], is_finite: bool = False) -> str | None:
    """Why K is not convex, on seeded segments: K((a+b)/2) ≤ (K(a)+K(b))/2; None if none shows it.

    With `is_finite` also where a value is infinite.
    """
    rng = np.random.default_rng([5, *shape])
    scales = rng.choice([0.01, 1.0, 30.0], size=(2, 48, *(1 for _ in shape)))
    a, b = rng.normal(size=(2, 48, *shape)) * scales
    with double_precision():
        points = np.concatenate([a, b, (a + b) / 2, np.full((1, *shape), 1e6)])
        values = np.asarray(_values(K, jnp.asarray(points, jnp.float64)))
    if is_finite and not np.isfinite(values).all():
        return f"K = {K!r} is +inf at some momenta; take a K that is finite."
    at_a, at_b, between = values[:48], values[48:96], values[96:144]
    rounding = evaluation_count(K, shape) * 2.0**-53 * 2 * (np.abs(at_a) + np.abs(at_b))
    is_known = np.isfinite(at_a) & np.isfinite(at_b)
    excess = np.where(is_known, between - np.where(is_known, (at_a + at_b) / 2 + rounding, 0.0), -np.inf)
    i = int(np.argmax(excess))
    if excess[i] <= 0:
        return None
    return f"K = {K!r} is not convex: K((a+b)/2) exceeds (K(a)+K(b))/2 at a = {a[i].tolist()}, b = {b[i].tolist()}."


@compiled_once
def _values(K: ConvexFunction, z: Array) -> Array:
    return jax.vmap(K.value)(z)


def starts_inside(claim_outside: str) -> Hypothesis:
    """λx0 ∈ dom K*; a case outside is sent to the claim about H_M."""

    @remembered
    def failure(case: Case) -> str | None:
        if case.method.weight_decay == 0:
            return None
        found = boundary(case.method.K, case.method.weight_decay * case.x0)
        if found.distance <= found.allowance:
            return None
        return (
            f"λx0 is {float(found.distance):.3g} outside dom K*, where H is infinite; start inside (x0 = 0 always is), "
            f"or see the global H_M, claim {claim_outside}."
        )

    return Hypothesis("λx0 ∈ dom K*", failure)


def starts_outside(claim_inside: str) -> Hypothesis:
    """λx0 ∉ dom K*; a case inside is sent to the claim about what happens there."""

    @remembered
    def failure(case: Case) -> str | None:
        found = boundary(case.method.K, case.method.weight_decay * case.x0)
        if found.distance > found.allowance:
            return None
        return (
            "λx0 lies in dom K*: its distance is 0 and there is nothing to contract; start outside, or see the claim "
            f"{claim_inside}."
        )

    return Hypothesis("λx0 ∉ dom K*", failure)


@remembered
def _has_conjugate_subgradient(case: Case) -> str | None:
    z = boundary(case.method.K, case.method.weight_decay * case.x0).slope
    return None if np.isfinite(z).all() else "∂K*(λx0) is empty: λx0 lies on the boundary of dom K*; start inside it."


def _is_below_one(case: Case) -> str | None:
    method = case.method
    if method.decay == "implicit":
        return None
    largest = float(method.step_sizes(case.num_steps)[:-1].max() * method.weight_decay)
    return None if largest < 1 else f"ηλ is {largest:g}; explicit decay needs ηλ < 1."


def _has_finite_bracket(case: Case) -> str | None:
    method = case.method
    if method.beta2 < 1 or (method.weight_decay > 0 and method.beta1 < 1):
        return None
    return f"β2 = {method.beta2:g} leaves c infinite; take β2 < 1, or λ > 0 and β1 < 1."


@remembered
def _is_finite_function(case: Case) -> str | None:
    K, shape = case.method.K, case.x0.shape
    if (id(K), shape) not in _JUDGED:
        _JUDGED[id(K), shape] = K, not_convex(K, shape, is_finite=True)
    return _JUDGED[id(K), shape][1]


# By identity, and holding K so that its id stays its own: many cases share one.
_JUDGED: dict[tuple[int, tuple[int, ...]], tuple[ConvexFunction, str | None]] = {}


@remembered
def _is_least_at_zero(case: Case) -> str | None:
    if case.method.weight_decay > 0:
        return None
    K, shape = case.method.K, case.x0.shape
    with double_precision():
        rng = np.random.default_rng([6, *shape])
        # As many points as `not_convex` has, so that one compilation of K does for both.
        points = rng.normal(size=(144, *shape)) * rng.choice([1e-3, 1.0, 30.0], size=(144, *(1 for _ in shape)))
        at_zero, *others = np.asarray(_values(K, jnp.asarray(np.concatenate([np.zeros((1, *shape)), points]))))
    if not min(others) < at_zero:
        return None
    return f"K = {K!r} is not least at 0, and with λ = 0 H falls only then; take λ > 0, or a K with K(0) = min K."


def _is_ordered(case: Case) -> str | None:
    beta1, beta2 = case.method.beta1, case.method.beta2
    return None if beta1 <= beta2 else f"β1 = {beta1:g} exceeds β2 = {beta2:g}; the theorem needs β1 ≤ β2."


def _decays(case: Case) -> str | None:
    return None if case.method.weight_decay > 0 else "λ is 0: without weight decay there is no constraint set."


def _has_constant_step(case: Case) -> str | None:
    return "the step size follows a schedule; give a number." if callable(case.method.step_size) else None


STARTS_INSIDE = starts_inside("global-lyapunov")
# Checked at the start; were a later one empty, the ledger's terms would not be finite and nothing would be called held.
CONJUGATE_SUBGRADIENT = Hypothesis("∂K*(λx) is not empty at x0 nor later in the run", _has_conjugate_subgradient)
BELOW_ONE = Hypothesis("ηλ < 1 where decay is explicit", _is_below_one)
FINITE_BRACKET = Hypothesis("β2 < 1, or λ > 0 and β1 < 1", _has_finite_bracket)
FINITE_FUNCTION = Hypothesis("K is convex and finite everywhere", _is_finite_function)
ORDERED_BETAS = Hypothesis("β1 ≤ β2", _is_ordered)
STARTS_OUTSIDE = starts_outside("invariance")
DECAYS = Hypothesis("λ > 0", _decays)
LEAST_AT_ZERO = Hypothesis("K(0) = min K where λ = 0", _is_least_at_zero)
CONSTANT_STEP = Hypothesis("the step size is constant", _has_constant_step)

LEDGER = (
    FINITE_FUNCTION, STARTS_INSIDE, CONJUGATE_SUBGRADIENT, BELOW_ONE, FINITE_BRACKET, LEAST_AT_ZERO, CONSTANT_STEP,
)  # fmt: skip
"""What the exact ledger of H asks for: any f, any β."""
