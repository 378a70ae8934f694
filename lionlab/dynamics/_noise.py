"""Stochastic gradients: seeded models of the difference between the gradient a step uses and the true one."""

import math
from abc import abstractmethod
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from ._method import State, check_number


class GradientNoise(eqx.Module):
    """Noise added to ∇f(x). `sample` sees the state too, so it can be an adversary rather than a random source."""

    @abstractmethod
    def sample(self, key: Array, state: State, gradient: Array) -> Array:
        """The noise ξ of one step, in the gradient's shape and dtype; `key` is different at every step."""


class GaussianNoise(GradientNoise):
    """Independent normal entries of mean 0 and the given standard deviation."""

    standard_deviation: float = 1.0

    def __check_init__(self) -> None:
        check_number("standard_deviation", self.standard_deviation, 0, math.inf)

    def sample(self, key: Array, state: State, gradient: Array) -> Array:
        return self.standard_deviation * jax.random.normal(key, gradient.shape, gradient.dtype)


class HeavyTailedNoise(GradientNoise):
    """Independent Student-t entries with 2 < `degrees` degrees of freedom: finite variance, frequent outliers."""

    scale: float = 1.0
    degrees: float = 3.0

    def __check_init__(self) -> None:
        check_number("scale", self.scale, 0, math.inf)
        check_number("degrees", self.degrees, 2.0, math.inf)

    def sample(self, key: Array, state: State, gradient: Array) -> Array:
        return self.scale * jax.random.t(key, jnp.asarray(self.degrees, gradient.dtype), gradient.shape, gradient.dtype)


class CustomNoise(GradientNoise):
    """A user's function `noise(key, x) -> array`."""

    function: Callable[[Array, Array], Any] = eqx.field(static=True)

    def sample(self, key: Array, state: State, gradient: Array) -> Array:
        return jnp.asarray(self.function(key, state.x), gradient.dtype)


def as_noise(noise: Any) -> GradientNoise | None:
    """A noise model from None, a standard deviation, a function of (key, x), or a `GradientNoise`."""
    if noise is None or isinstance(noise, GradientNoise):
        return noise
    if callable(noise):
        return CustomNoise(noise)
    return GaussianNoise(check_number("gradient_noise", noise, 0, math.inf))
