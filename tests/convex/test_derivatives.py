"""Users differentiate K: away from its kinks `jax.grad(K)` is the selection, however the value is computed."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from tiers import VARIANTS, waiting

from lionlab.convex.catalogue import CATALOGUE
from lionlab.precision import double_precision

# Derivatives pass through the inverse of what the value passes through: singular values, bisections, fitted blocks.
RELATIVE = 1e-7


@pytest.mark.parametrize("name", waiting(CATALOGUE, VARIANTS))
def test_the_derivative_of_the_value_is_the_selection(name: str):
    K, shape = CATALOGUE[name]
    rng = np.random.default_rng(0)
    seen = jax.jit(lambda z: (K.value(z), jax.grad(K.value)(z), K.selection(z)))
    with double_precision():
        for scale in (0.1, 1.0):
            # Distinct magnitudes, none near a threshold of the catalogue: no kinks.
            z = jnp.asarray(scale * (0.37 + rng.uniform(size=shape)) * np.where(rng.uniform(size=shape) < 0.5, -1, 1))
            value, derivative, chosen = (np.asarray(one) for one in seen(z))
            if not np.isfinite(value):
                continue
            assert np.isfinite(derivative).all()
            np.testing.assert_allclose(derivative, chosen, rtol=RELATIVE, atol=RELATIVE)
