"""One step of Lion-K as formal vectors, in units that leave β1, β2 and h = ηλ: x in η, the momenta in Lη, H in Lη².

    m̃⁺ = β1 m − (1−β1) g,   m⁺ = β2 m − (1−β2) g,   V = u − λx⁺,   x⁺ = x + ηV       (implicit decay)

Everything is written in a = m̃⁺ and s = m + g, and in V and y⁺ = λx⁺: then m = a + (1−β1)s, m⁺ = a + (β2−β1)s,
u = V + y⁺, λx = y⁺ − hV. K is seen at m, m̃⁺, m⁺ and at z, z⁺ with λx ∈ ∂K(z), λx⁺ ∈ ∂K(z⁺), since
K*(y) = ⟨z, y⟩ − K(z).
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..gram import Expression, Vector, value, vector

POINTS = ("a", "s", "z", "z+")
SLOPES = ("V", "y+", "w", "w+")


class Method(NamedTuple):
    """A two-β method and a smoothness constant: β1, β2, η, λ > 0, L; η is that of implicit decay."""

    beta1: Any
    beta2: Any
    step_size: Any
    weight_decay: Any
    smoothness: Any = 1

    @property
    def constants(self) -> "Constants":
        """What is left of them in the units of this file."""
        return Constants(self.beta1, self.beta2, self.step_size * self.weight_decay)


class Constants(NamedTuple):
    """β1, β2 and h = ηλ > 0."""

    beta1: Any
    beta2: Any
    decay: Any


class Sample(NamedTuple):
    """K at one point: the point, an element of ∂K there, and the value."""

    point: Vector
    slope: Vector
    value: Expression


def remainder(of: Sample, at: Sample) -> Expression:
    """The Bregman remainder D_K(of; at) = K(of) − K(at) − ⟨slope at `at`, of − at⟩ ≥ 0."""
    return of.value - at.value - at.slope @ (of.point - at.point)


@dataclass(frozen=True)
class Question:
    """A change of H with free weights, over the convex functions that pass through `samples`.

    - `points`, `slopes`: names of the vectors; every inner product pairs one of each.   `samples`: K, by place.
    - `terms`: what each summand of H contributes: "loss" (with f eliminated, and without its (L/2)‖x⁺−x‖²),
      "conjugate" (of K*(λx)), "momentum" (of K(m)), "product" (of ⟨λx, m⟩).
    """

    points: tuple[str, ...]
    slopes: tuple[str, ...]
    samples: Mapping[str, Sample]
    terms: Mapping[str, Expression]

    def remainders(self) -> Mapping[tuple[str, str], Expression]:
        """Everything that convexity of K says about its samples: each is ≥ 0."""
        return self._remainders

    @functools.cached_property
    def _remainders(self) -> Mapping[tuple[str, str], Expression]:
        return {
            (of, at): remainder(self.samples[of], self.samples[at])
            for of in self.samples
            for at in self.samples
            if of != at
        }

    def rise(self, weights: Mapping[str, Any]) -> Expression:
        """The weighted sum of the terms."""
        total = Expression()
        for name, weight in weights.items():
            total = total + weight * self.terms[name]
        return total


def one_step(k: Constants) -> Question:
    """What a step asks of K."""
    a, s, V, y_next = vector("a"), vector("s"), vector("V"), vector("y+")
    m, m_next = a + (1 - k.beta1) * s, a + (k.beta2 - k.beta1) * s
    g, u, y = s - m, V + y_next, y_next - k.decay * V
    z, z_next = vector("z"), vector("z+")
    samples = {
        "m": Sample(m, vector("w"), value("K(m)")),
        "m~": Sample(a, u, value("K(m~)")),
        "m+": Sample(m_next, vector("w+"), value("K(m+)")),
        "z": Sample(z, y, value("K(z)")),
        "z+": Sample(z_next, y_next, value("K(z+)")),
    }
    terms = {
        "loss": g @ V,
        "conjugate": (z_next @ y_next - value("K(z+)")) - (z @ y - value("K(z)")),
        "momentum": value("K(m+)") - value("K(m)"),
        "product": y_next @ m_next - y @ m,
    }
    return Question(POINTS, SLOPES, samples, terms)


class FlowConstants(NamedTuple):
    """γ, ε and λ of the flow; α is no part of the question, as α∇f = −ṁ − γm."""

    gamma: Any
    epsilon: Any
    weight_decay: Any


def flow(k: FlowConstants) -> Question:
    """What dH/dt ≤ 0 asks of K: the terms are derivatives, V = ẋ = ∇K(m̃) − λx, and r = ṁ.

    At ε = 0, where m̃ = m, K has one slope there: w = V + y.
    """
    m, r, z, V, y = (vector(name) for name in ("m", "r", "z", "V", "y"))
    w = V + y if k.epsilon == 0 else vector("w")
    samples = {"m": Sample(m, w, value("K(m)")), "z": Sample(z, y, value("K(z)"))}
    if k.epsilon != 0:
        samples["m~"] = Sample(m + k.epsilon * r, V + y, value("K(m~)"))
    terms = {
        "loss": -((r + k.gamma * m) @ V),
        "conjugate": k.weight_decay * (z @ V),
        "momentum": w @ r,
        "product": y @ r + k.weight_decay * (V @ m),
    }
    return Question(("m", "r", "z"), ("V", "y", "w"), samples, terms)


def bracket_weights(k: Any) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """H of the theorem as weights of the terms: those that stand, and those that q multiplies."""
    penalty = k.gamma / k.weight_decay if isinstance(k, FlowConstants) else 1 / k.decay
    return {"loss": 1, "conjugate": penalty}, {"conjugate": 1, "momentum": 1, "product": -1}
