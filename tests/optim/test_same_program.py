"""With K = ‖·‖₁ the compiled step of `lion_k` is that of `optax.lion`, operation for operation: it cannot be slower.

A clock says less: two copies of one program have been seen to differ by five hundredths, by where their memory lies.
"""

import re
import sys
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from optim.optimizer_runs import same_bits
from optim.test_compiled_update import ONE, PART, REPOSITORY, SETTINGS, step_of

from lionlab import Huber, L1Norm, SquaredL2
from lionlab.dynamics._compiled import WITHOUT_LOOP_COPIES
from lionlab.optim import lion_k
from lionlab.optim._trained import EVEN, direction_of, uphill_direction

sys.path.append(str(REPOSITORY / "benchmarks"))
from _update_program import operations

BUILDS: dict[str, Any] = {"default": None, "region": dict(WITHOUT_LOOP_COPIES)}


def program(optimizer: Any, params: Any, build: str) -> str:
    """The operations of the compiled step."""
    state = jax.eval_shape(optimizer.init, params)
    compiled = jax.jit(step_of(optimizer), donate_argnums=(0, 1), compiler_options=BUILDS[build])
    # optax leaves it to JAX to promote, which the tests forbid to ours.
    with jax.numpy_dtype_promotion("standard"):
        return operations(compiled.lower(params, state, params).compile())


@pytest.mark.parametrize("name", sorted(set(SETTINGS) - {"implicit", "schedules"}))
def test_one_program(name: str):
    ours = program(lion_k(**SETTINGS[name]), ONE, "default")
    assert ours.count(" fusion(") >= 2
    assert ours == program(optax.lion(**{"weight_decay": 0.0, **SETTINGS[name]}), ONE, "default")


def test_schedules_count_once_where_optax_counts_thrice():
    """So the programs differ, but in nothing that is done to an entry of an array."""
    entrywise = [
        sorted(re.findall(r"f32\[1000000\]\{0\} ([\w-]+)\(", program(kind(**SETTINGS["schedules"]), ONE, "default")))
        for kind in (lion_k, optax.lion)
    ]
    assert entrywise[0] == entrywise[1]
    assert entrywise[0].count("multiply") >= 6


@pytest.mark.parametrize("build", BUILDS)
def test_one_program_for_a_tree(build: str):
    theirs = optax.lion(0.01, weight_decay=0.1)
    assert program(lion_k(0.01, weight_decay=0.1), PART, build) == program(theirs, PART, build)


class Roundabout(L1Norm):
    """The same K, not known to be even."""


@pytest.mark.parametrize("planted", [{"K": Roundabout()}, {"decay": "implicit"}, {"b1": 0.9000001}])
def test_a_planted_difference_is_seen(planted: dict[str, Any]):
    case = {"learning_rate": 0.01, "weight_decay": 0.1}
    assert program(lion_k(**case, **planted), ONE, "default") != program(optax.lion(**case), ONE, "default")


@pytest.mark.parametrize("K", [L1Norm(), Huber(0.3), SquaredL2(1.5)])
def test_without_negations_the_same_bits(K: Any):
    assert type(K) in EVEN
    special = [0.0, -0.0, 0.3, -0.3, np.inf, -np.inf, np.nan, 1e-45, -1e-45, 3e38, -3e38]
    drawn = np.random.default_rng(0).normal(size=1000)
    for dtype in (jnp.float32, jnp.bfloat16):
        c = jnp.asarray([*special, *drawn], dtype)
        straight, around = jax.jit(lambda c: (uphill_direction(K, c), -direction_of(K, -c)))(c)
        straight, around = (np.asarray(x.astype(jnp.float32)) for x in (straight, around))
        np.testing.assert_array_equal(straight, around)
        is_number = ~np.isnan(straight)
        np.testing.assert_array_equal(np.signbit(straight[is_number]), np.signbit(around[is_number]))


def test_every_kind_said_to_be_even_is_tried():
    assert {L1Norm, Huber, SquaredL2} == set(EVEN)


def test_a_k_that_is_not_even_keeps_both_signs():
    class Tilted(L1Norm):
        def selection(self, z: Any) -> Any:
            return jnp.sign(z - 1)

    c = jnp.asarray([0.5, -0.5, -2.0])
    assert same_bits(uphill_direction(Tilted(), c), jnp.asarray([1.0, 1.0, -1.0]))
