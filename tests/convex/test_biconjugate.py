"""K** is K in every operation, also where the conjugate of a conjugate is written as another class."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from convex.calculus_examples import EXAMPLES
from tiers import VARIANTS, waiting

from lionlab.convex import ConvexFunction
from lionlab.convex.catalogue import CATALOGUE
from lionlab.precision import double_precision

# A bisection or a quotient on the way, twice.
CLOSE = {"rtol": 1e-12, "atol": 1e-12}
REWRITTEN = {
    name: example
    for name, example in {**CATALOGUE, **EXAMPLES}.items()
    if type(example.function.conjugate().conjugate()) is not type(example.function)
}


def test_there_are_such_classes() -> None:
    assert {"huber + l2", "l1 + huber", "sparse groups", "elastic net", "l1 and l2"} <= set(REWRITTEN)


@pytest.mark.parametrize("name", waiting(REWRITTEN, VARIANTS & set(REWRITTEN)))
def test_every_operation_is_the_functions_own(name: str) -> None:
    """Away from ties, where any other element of ∂K would do as well."""
    K, shape = REWRITTEN[name]
    again = K.conjugate().conjugate()

    def seen(function: ConvexFunction, z: jax.Array) -> tuple[jax.Array, ...]:
        nearby = function.proximal(z, jnp.asarray(0.7))
        return function.value(z), function.selection(z), function.projection(z), function.excess(z), nearby

    with double_precision():
        z = jnp.asarray(np.random.default_rng(0).normal(size=shape) * 1.5)
        found, wanted = jax.jit(lambda z: (seen(again, z), seen(K, z)))(z)
    for ours, own in zip(found, wanted, strict=True):
        np.testing.assert_allclose(ours, own, **CLOSE)
    # What is not known of the other class may be left undeclared, and nothing may be declared that does not hold.
    for predicate in ("is_smooth", "is_twice_differentiable", "is_positively_homogeneous", "is_separable"):
        assert getattr(again, predicate) <= getattr(K, predicate), predicate
