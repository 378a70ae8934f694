"""Lion-K, the discrete method: its constants, one step, and the weight of its Lyapunov bracket."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import ConvexFunction
from ..precision import double_precision

Schedule = Callable[[Any], Any]


class LionK(eqx.Module):
    """Lion-K with decoupled weight decay. m tracks −∇f; most libraries store −m.

        m̃⁺ = β1 m − (1−β1) ∇f(x)              look-ahead momentum
        m⁺ = β2 m − (1−β2) ∇f(x)              momentum
        x⁺ = x + η(∇K(m̃⁺) − λ x)              decay="explicit", the form in use
        x⁺ = x + η(∇K(m̃⁺) − λ x⁺)             decay="implicit", the form of the theorem

    With `L1Norm()` this is Lion. It minimises f(x) + K*(λx)/λ; for a norm K: f subject to ‖λx‖_dual ≤ 1.

    **Arguments:**

    - `K`: a `ConvexFunction`.
    - `step_size`: η > 0, or a schedule `step -> η_step` evaluated at 0, 1, …, T.
    - `weight_decay`: λ ≥ 0; 1/λ is the radius of the constraint set, in units of x (λx is of the size of ∇K); 0 means
      no constraint. Explicit decay needs ηλ ≤ 1.
    - `beta1`, `beta2`: in [0, 1]. The theory wants beta1 ≤ beta2 < 1.

    **Raises:** `ValueError` or `TypeError` naming the argument, its value and the allowed range.

    Source: arXiv 2310.05898, eq. (1)–(3) and Theorem 4.1.
    """

    K: ConvexFunction
    step_size: float | Schedule
    weight_decay: float
    beta1: float = 0.9
    beta2: float = 0.99
    decay: str = eqx.field(static=True, default="explicit")

    def __check_init__(self) -> None:
        if not isinstance(self.K, ConvexFunction):
            raise TypeError(f"K must be a lionlab ConvexFunction such as L1Norm(), got {self.K!r}.")
        if self.decay not in ("explicit", "implicit"):
            raise ValueError(f'decay must be "explicit" or "implicit", got {self.decay!r}.')
        check_number("weight_decay", self.weight_decay, 0, math.inf)
        check_number("beta1", self.beta1, 0, 1)
        check_number("beta2", self.beta2, 0, 1)
        if not callable(self.step_size):
            eta = check_number("step_size", self.step_size, 0, math.inf, excludes_low=True)
            self._check_longest(np.asarray([eta]))

    def step_sizes(self, num_steps: int) -> np.ndarray:
        """η_0, …, η_T as float64, T = `num_steps`.

        No step uses η_T: it only closes the record of H, and is η_{T−1} where the schedule has ended.

        **Raises:** `ValueError` when a step's size is anything but finite, > 0 and, for explicit decay, ≤ 1/λ.
        """
        if not callable(self.step_size):
            return np.broadcast_to(np.float64(self.step_size), num_steps + 1)
        steps = np.arange(num_steps + 1)
        with double_precision():
            try:
                found = eqx.filter_vmap(self.step_size)(jnp.asarray(steps, jnp.float64))
                values = np.array(found, np.float64)
                if not isinstance(found, Array):  # one Python number whatever the step, which has no axis to map
                    values = np.repeat(values[None], len(steps), axis=0)
            except Exception:  # noqa: BLE001 - a schedule with Python branches cannot be traced; call it step by step
                values = np.array([float(self.step_size(int(step))) for step in steps])
        if values.shape != steps.shape:
            raise ValueError(f"step_size(step) must return one number, got shape {values.shape[1:]}.")
        self._check_step_sizes(values[: max(num_steps, 1)])
        if num_steps > 0 and not (0 < values[-1] < math.inf and values[-1] * self.weight_decay <= 1):
            values[-1] = values[-2]
        return values

    def _check_step_sizes(self, values: np.ndarray) -> None:
        bad = ~(np.isfinite(values) & (values > 0))
        if bad.any():
            raise ValueError(f"step_size must be finite and > 0, got {values[bad][0]} at step {np.argmax(bad)}.")
        self._check_longest(values)

    def _check_longest(self, values: np.ndarray) -> None:
        too_long = values * self.weight_decay > 1
        if self.decay == "explicit" and too_long.any():
            eta = values[too_long][0]
            raise ValueError(
                f"step_size·weight_decay must be ≤ 1 for explicit decay, got {eta:g}·{self.weight_decay:g} = "
                f'{eta * self.weight_decay:g}; lower one of them or use decay="implicit".'
            )


class Constants(NamedTuple):
    """The numbers of one step, as arrays of the run's dtype: what the step, H and the ledger compute with."""

    step_size: Array
    weight_decay: Array
    beta1: Array
    beta2: Array


class State(NamedTuple):
    """Parameters x and momentum m, arrays of the same shape."""

    x: Array
    m: Array


def velocity(direction: Array, weight_decay: Array, x: Array) -> Array:
    """u − λx for u = ∇K(m̃): the ẋ of the flow, and what the discrete method multiplies by η."""
    return direction - weight_decay * x


def look_ahead(constants: Constants, m: Array, gradient: Array) -> Array:
    """m̃⁺ = β1 m − (1−β1) g, the argument of ∇K."""
    beta1 = constants.beta1
    return beta1 * m - (1 - beta1) * gradient


def displacement(constants: Constants, direction: Array, x: Array, x_next: Array, decay: str) -> Array:
    """η(u − λx) for explicit decay, η(u − λx⁺) for implicit: what the step adds to x, and η′V of the ledger."""
    return constants.step_size * velocity(direction, constants.weight_decay, x if decay == "explicit" else x_next)


def step(K: ConvexFunction, constants: Constants, decay: str, state: State, gradient: Array) -> State:
    """One step of Lion-K from (x, m) with gradient g."""
    x, m = state
    eta, lam, _, beta2 = constants
    u = K.selection(look_ahead(constants, m, gradient))
    # x + η(u − λx), rounded once at the end, never leaves the set when started inside; other orders can.
    x_next = x + eta * velocity(u, lam, x) if decay == "explicit" else (x + eta * u) / (1 + eta * lam)
    return State(x_next, beta2 * m - (1 - beta2) * gradient)


def bracket_weight(constants: Constants, decay: str) -> Array:
    """c, the weight of the bracket K*(λx) + K(m) − ⟨λx, m⟩ in the discrete Lyapunov function.

    Implicit decay: c = ηβ1/(ηλ(1−β1) + 1−β2). Explicit decay is implicit decay with step η/(1−ηλ), which gives
    c = ηβ1/(ηλ(1−β1) + (1−ηλ)(1−β2)), finite also at ηλ = 1. Source: arXiv 2310.05898, Theorem 4.1.
    """
    eta, lam, beta1, beta2 = constants
    decayed = (1 - eta * lam) * (1 - beta2) if decay == "explicit" else 1 - beta2
    return eta * beta1 / (eta * lam * (1 - beta1) + decayed)


def check_number(name: str, value: Any, low: float, high: float, excludes_low: bool = False) -> float:
    """`value` as a finite float in [low, high], or in (low, ∞) where `high` is infinite and `excludes_low` is True.

    **Raises:** `TypeError` when it is no number, `ValueError` when it is NaN or out of range.
    """
    try:
        number = None if isinstance(value, (bool, str)) else float(value)
    except (TypeError, ValueError):
        number = None
    if number is None:
        raise TypeError(f"{name} must be a number, got {value!r}.")
    if not low <= number <= high or math.isinf(number) or (excludes_low and number == low):
        above = ">" if excludes_low else "≥"
        allowed = f"in [{low:g}, {high:g}]" if math.isfinite(high) else f"finite and {above} {low:g}"
        raise ValueError(f"{name} must be {allowed}, got {number:g}.")
    return number
