"""What is taken apart into scalars is one kernel of XLA's, as it compiles for a user."""

import jax
import jax.numpy as jnp
import pytest
from jax import lax

from lionlab.dynamics._unstacked import scan_unstacked


@pytest.mark.parametrize("dimension", [2, 3, 4, 6])
@pytest.mark.parametrize("records", [False, True])
def test_what_is_taken_apart_runs_as_one_kernel(dimension, records):
    """The estimate of XLA's kilobyte: a scan on scalars that missed it would be a hundred times slower, unnoticed."""
    with jax.enable_x64(True):
        weights = jnp.eye(dimension) + 0.1

        def step(state, _):
            x, m = state
            g = weights @ x
            return (x + 0.01 * (jnp.sign(0.9 * m - 0.1 * g) - x), 0.99 * m - 0.01 * g), (state if records else None)

        run = jax.jit(lambda x, m: scan_unstacked(step, (x, m), None, 1000))
        arguments = jnp.ones(dimension), jnp.zeros(dimension)
        loops = [e for e in jax.make_jaxpr(run)(*arguments).jaxpr.eqns[0].params["jaxpr"].eqns if "scan" in str(e)]
        is_taken_apart = all(variable.aval.ndim == 0 for variable in loops[0].invars)
        if dimension <= 3:
            assert is_taken_apart
        if is_taken_apart and jax.default_backend() == "cpu":
            assert "xla_cpu_small_call" in run.lower(*arguments).compile().as_text()


def test_a_loop_that_is_no_kernel_lacks_the_mark():
    """The byte limit differs between versions of XLA; a sort in the loop rules a kernel out in all of them."""
    run = jax.jit(lambda x: lax.scan(lambda c, _: (1.1 * jnp.sort(c)[::-1], c), x, None, 1000))
    assert "xla_cpu_small_call" not in run.lower(jnp.ones(1000)).compile().as_text()
