"""The search for the least multiplier at which a condition holds, on intervals that are known."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lionlab.convex._euclidean_sum import ENDS, least
from lionlab.precision import double_precision

BOTTOM, TOP = 1e-10, 1e22
RATIO = (TOP / BOTTOM) ** (1 / ENDS)  # 10: one end to each power of ten


@jax.jit
def least_from_to(first: jax.Array, last: jax.Array) -> tuple[jax.Array, jax.Array]:
    """The least t where first ≤ t < last is seen to hold."""
    return least(lambda t: (t >= first) & (t < last), jnp.asarray(BOTTOM, first.dtype), TOP)


@pytest.mark.parametrize("first", [2e-10, 1e-9, 3.7e-3, 1.0, 4e8, 0.99e22])
def test_what_holds_to_the_top_is_found_to_the_last_digit(first: float) -> None:
    with double_precision():
        found, exists = least_from_to(jnp.asarray(first), jnp.asarray(jnp.inf))
    assert exists
    assert float(found) == pytest.approx(first, rel=4 * np.finfo(float).eps)


@pytest.mark.parametrize("power", range(1, ENDS))
def test_what_holds_no_more_near_the_top_is_found_too(power: int) -> None:
    """On one power of ten only, the lowest included."""
    first = BOTTOM * RATIO**power / 2
    with double_precision():
        found, exists = least_from_to(jnp.asarray(first), jnp.asarray(3 * first))
    assert exists
    assert float(found) == pytest.approx(first, rel=4 * np.finfo(float).eps)


def test_what_holds_nowhere_is_said_not_to_exist() -> None:
    with double_precision():
        assert not least_from_to(jnp.asarray(-1.0), jnp.asarray(0.0))[1]
