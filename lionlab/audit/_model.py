"""A Lion-K with all its constants, held against an observed run step by step, to rounding.

Every step is predicted from the x that was observed before it and from the momentum that the gradients imply, so that
an error does not spread: the first step that cannot be explained is where the optimizer parts from the model.
"""

from dataclasses import dataclass, replace
from typing import Any

import jax.numpy as jnp
import numpy as np

from ..convex import ConvexFunction
from ..precision import unit_roundoff
from ._black_box import Course
from ._decay_kinds import DECAY_RATES
from ._subgradients import Slopes, Subgradients

# Roundings of βm − (1−β)g in any order, and of a step; libraries' tanh, √ and singular values cost a few more.
ROUNDINGS = 8
X_ROUNDINGS = 3
"""Roundings of x itself in a step: the factor 1 − ηλ or 1/(1+ηλ), the product, the sum."""
RATE_ROUNDING = 2.0**-23
"""Learning rates and decays are often stored in float32, whatever the parameters are."""


@dataclass(frozen=True)
class Model:
    """x⁺ = (1−d_t)x + s_t ∇K(m̃), m̃ = β1 m − (1−β1)g, m⁺ = β2 m − (1−β2)g, with d and s from η_t and λ by `decay`.

    - `decay`: a kind of `kept_radius`; "coupled" puts λx into g, "cautious" decays where ∇K(m̃) does not push outward,
      "strictly cautious" only where it pushes inward.
    - `size`: s_t/η_t where η is not known in the units of K.   `text`: K as it is written.
    - `beta_error`, `decay_error`: how far off the β's and λ may be.
    - `momentum_roundoff`: that of the floating point in which m is kept, where it is coarser than x's.
    - `rate_error`: how far off η_t and η_tλ may be, as a share.
    """

    K: ConvexFunction
    text: str
    beta1: float
    beta2: float
    decay: str
    weight_decay: float
    size: float = 1.0
    beta_error: float = 1e-12
    decay_error: float = 0.0
    momentum_roundoff: float = 0.0
    rate_error: float = RATE_ROUNDING

    def rates(self, learning_rates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(s_t, d_t) for η_t."""
        eta = learning_rates * self.size
        if self.decay == "implicit":
            held = 1 + eta * self.weight_decay
            return eta / held, eta * self.weight_decay / held
        if self.decay in ("none", "coupled") or self.weight_decay == 0:
            return eta, np.zeros_like(eta)
        if self.decay in ("cautious", "strictly cautious"):
            return eta, eta * self.weight_decay
        return eta, DECAY_RATES[self.decay](eta, self.weight_decay, float(eta.max()))

    def describe(self) -> dict[str, Any]:
        """The constants by name."""
        return {
            "K": self.text,
            "beta1": self.beta1,
            "beta2": self.beta2,
            "decay": self.decay,
            "weight_decay": self.weight_decay,
            "size": self.size,
        }


@dataclass(frozen=True)
class Departure:
    """The first step that the model does not explain.

    `step`: t of the step x_t → x_{t+1}; `x`, `observed`, `predicted`: x_t, x_{t+1} as seen and as the model has it;
    `look_ahead`: m̃; `excess`: how far off, in tolerances; `entry`: index of the entry that is farthest off.
    """

    step: int
    entry: tuple[int, ...]
    x: np.ndarray
    observed: np.ndarray
    predicted: np.ndarray
    look_ahead: np.ndarray
    excess: float


@dataclass(frozen=True)
class Prepared:
    """A run as far as β1, β2 and K decide: z, how far rounding may have shifted it, and ∇K at both ends and between."""

    course: Course
    x: np.ndarray
    z: np.ndarray
    shift: np.ndarray
    slopes: Slopes


@dataclass(frozen=True)
class Compared:
    """What a step moves x by beside decay in units of s_t, the error allowed to it, and (s_t, d_t)."""

    u: np.ndarray
    error: np.ndarray
    s: np.ndarray
    d: np.ndarray


class Checker:
    """A model ready to check runs; its K is compiled once."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.subgradients = Subgradients(model.K)

    def with_constants(self, **constants: Any) -> "Checker":
        """The same K with other constants, without compiling it again."""
        other = object.__new__(Checker)
        other.model, other.subgradients = replace(self.model, **constants), self.subgradients
        return other

    def departure(
        self, course: Course, gradients: np.ndarray, learning_rates: np.ndarray, is_compiled: bool = False
    ) -> Departure | None:
        """Where this run parts from the model; None where every step is explained."""
        with np.errstate(all="ignore"):
            return self._departure(course, gradients, learning_rates, is_compiled)

    def _departure(
        self, course: Course, gradients: np.ndarray, learning_rates: np.ndarray, is_compiled: bool
    ) -> Departure | None:
        run = self.prepared(course, gradients, is_compiled)
        compared = self._compared(run, learning_rates)
        off = self.subgradients.excess(run.z, compared.u, run.shift, compared.error, run.slopes)
        x, s, d, error = run.x, compared.s, compared.d, compared.error
        before, after = x[:-1], x[1:]
        off = np.where(np.isfinite(after).reshape(len(after), -1).all(axis=1), off, np.inf)
        wrong = np.flatnonzero(off > 1)
        if not len(wrong):
            return None
        t = int(wrong[0])
        predicted = before[t] - d[t] * before[t] + s[t] * self.subgradients.selection(run.z[t : t + 1])[0]
        apart = np.abs(after[t] - predicted) / (error[t] * s[t] + np.finfo(np.float64).tiny)
        entry = np.unravel_index(int(np.argmax(np.where(np.isnan(apart), np.inf, apart))), apart.shape)
        index = tuple(int(i) for i in entry)
        return Departure(t, index, before[t], after[t], predicted, run.z[t], float(off[t]))

    def prepared(self, course: Course, gradients: np.ndarray, is_compiled: bool = False) -> Prepared:
        """The run with its m̃_t and ∇K there: the same for every model with this K and these β's."""
        model, x = self.model, course.x.astype(np.float64)
        g = np.asarray(gradients).astype(course.x.dtype).astype(np.float64)
        if model.decay == "coupled":
            g = g + model.weight_decay * x[:-1]
        u_m = max(unit_roundoff(course.x.dtype), model.momentum_roundoff)
        z, shift = self._look_ahead(g, u_m, tiny=float(np.finfo(np.float32).tiny) if u_m > 1e-10 else 1e-300)
        if not is_compiled and u_m < 1e-10 and not z.any():
            shift = np.zeros_like(z)
        return Prepared(course, x, z, shift, self.subgradients.slopes(z, shift))

    def refused_entries(self, run: Prepared, learning_rates: np.ndarray) -> np.ndarray:
        """Which entries part from the model at some step of the run; where K mixes entries, all or none."""
        with np.errstate(all="ignore"):
            compared = self._compared(run, learning_rates)
            if self.model.K.is_separable:
                off = self.subgradients.excess_by_entry(compared.u, compared.error, run.slopes)
                return np.asarray((off > 1).any(axis=0))
            off = self.subgradients.excess(run.z, compared.u, run.shift, compared.error, run.slopes)
            return np.full(run.x.shape[1:], bool((off > 1).any()))

    def _compared(self, run: Prepared, learning_rates: np.ndarray) -> Compared:
        model, x, dtype = self.model, run.x, run.course.x.dtype
        u_x = unit_roundoff(dtype)
        s, d = model.rates(np.asarray(learning_rates, np.float64))
        axis = (-1, *[1] * (x.ndim - 1))
        before, after, s, d = x[:-1], x[1:], s.reshape(axis), d.reshape(axis)
        # How far x is from what decay alone makes of it, in units of the step.
        move = after - before + d * before
        if model.decay in ("cautious", "strictly cautious"):
            outward = run.slopes.middle * before
            is_spared = outward > 0 if model.decay == "cautious" else outward >= 0
            move = np.where(is_spared, after - before, move)
        u = move / s
        error = X_ROUNDINGS * u_x * (np.abs(before) + np.abs(after)) / s
        error = error + model.rate_error * (np.abs(u) + np.abs(d * before) / s) + ROUNDINGS * u_x * np.abs(u)
        error = error + model.decay_error * np.abs(before) + ROUNDINGS * float(jnp.finfo(dtype).tiny) / s
        return Compared(u, error, s, d)

    def _look_ahead(self, g: np.ndarray, u: float, tiny: float) -> tuple[np.ndarray, np.ndarray]:
        """m̃_t and how far rounding and errors of the β's may have shifted it; 0 while all gradients were exactly 0."""
        b1, b2, known = self.model.beta1, self.model.beta2, self.model.beta_error
        m = _averaged(-(1 - b2) * g, b2)
        terms = np.abs(m) + np.abs(g)
        own = (ROUNDINGS * u + known) * terms + np.where(terms > 0, tiny, 0)
        return b1 * m - (1 - b1) * g, b1 * _averaged(own, b2) + own


def _averaged(added: np.ndarray, kept: float) -> np.ndarray:
    """m_0, …, m_{T−1} of m_0 = 0, m_{t+1} = kept m_t + added_t."""
    m = np.zeros_like(added)
    for before, after, now in zip(m, m[1:], added, strict=False):
        np.multiply(before, kept, out=after)
        after += now
    return m
