"""The compiled step needs no memory beside what it is given, and returns what the same step does without the option.

Memory is read off the compiled program. Each bound stands beside a program that breaks it: the same step under XLA's
defaults, undonated, or with state and parameters listed the other way round.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from optim.optimizer_runs import gradients, parameters, same_bits

from lionlab import L1Norm, NuclearNorm, TopKL1
from lionlab.convex.catalogue import CATALOGUE
from lionlab.dynamics._compiled import WITHOUT_LOOP_COPIES
from lionlab.optim import NewtonSchulz, lion_k
from lionlab.optim._compiled_update import compiled_update
from lionlab.optim._metrics import constraint_metrics

REPOSITORY = Path(__file__).parents[2]
sys.path.append(str(REPOSITORY / "benchmarks"))
from _gpt2_tree import gpt2_shapes  # noqa: E402 - a neighbour of the scripts, in no package

MILLION = 10**6
MOST_BYTES = 1000
TABLE, LINE = 16, 64
ONE = {"x": jax.ShapeDtypeStruct((MILLION,), jnp.float32)}
# The tree of GPT-2, a thousandth of it: as many arrays, of the same proportions.
TREE = {name: jax.ShapeDtypeStruct(shape, jnp.float32) for name, shape in gpt2_shapes(1600, 32, 24).items()}
# Its first and its last arrays, for what needs no more of them: that many take seconds to compile.
PART = {name: TREE[name] for name in (*list(TREE)[:8], *list(TREE)[-8:])}
# Of as many entries as their parts or matrices have: too few for a copy to show.
SMALL = {"sum of separables", "huber of scaled entries"}
SEPARABLE = [name for name, example in CATALOGUE.items() if example.function.is_separable and name not in SMALL]


def falling(step: Any) -> Any:
    return 0.01 / (1 + step.astype(jnp.float32))


SETTINGS: dict[str, dict[str, Any]] = {
    "no decay": {"learning_rate": 0.01},
    "decay": {"learning_rate": 0.01, "weight_decay": 0.1},
    "implicit": {"learning_rate": 0.01, "weight_decay": 0.1, "decay": "implicit"},
    "mask": {"learning_rate": 0.01, "weight_decay": 0.1, "mask": lambda p: jax.tree.map(lambda x: x.ndim != 1, p)},
    "schedules": {"learning_rate": falling, "weight_decay": falling},
    "bfloat16 momentum": {"learning_rate": 0.01, "weight_decay": 0.1, "mu_dtype": jnp.bfloat16},
}


def bytes_of(lowered: Any) -> int:
    return lowered.compile().memory_analysis().temp_size_in_bytes


def temporary_bytes(optimizer: Any, params: Any, metrics: Any = None) -> int:
    state = jax.eval_shape(optimizer.init, params)
    return bytes_of(compiled_update(optimizer, metrics).lower(params, state, params))


@pytest.mark.parametrize("name", SETTINGS)
def test_a_step_needs_no_memory_of_its_own(name: str):
    # A schedule's number is computed once, and lies in 4 bytes until the arrays have been through.
    assert temporary_bytes(lion_k(**SETTINGS[name]), ONE) <= (4 if name == "schedules" else 0)


@pytest.mark.parametrize(("name", "params"), [("schedules", TREE), ("mask", PART)], ids=["schedules", "mask"])
def test_nor_does_it_on_a_tree(name: str, params: Any):
    assert len(TREE) == 148
    assert {leaf.ndim for leaf in PART.values()} == {leaf.ndim for leaf in TREE.values()} == {1, 2}
    assert temporary_bytes(lion_k(**SETTINGS[name]), params) <= (4 if name == "schedules" else 0)


@pytest.mark.parametrize("name", SEPARABLE)
def test_nor_with_any_separable_K(name: str):
    optimizer = lion_k(0.01, CATALOGUE[name].function, weight_decay=0.1)
    assert temporary_bytes(optimizer, ONE) < MOST_BYTES


@pytest.mark.parametrize(
    "optimizer", [optax.lion(0.01, weight_decay=0.1), optax.sgd(0.1, momentum=0.9)], ids=["lion", "sgd"]
)
def test_nor_with_optimizers_of_optax(optimizer: Any):
    assert temporary_bytes(optimizer, ONE) < MOST_BYTES


def test_metrics_of_what_the_step_returns_need_none_either():
    def metrics(params: Any, state: Any) -> Any:
        return constraint_metrics(L1Norm(), 0.1, params, momentum=state.mu, loss=1.0, learning_rate=0.01)

    # A cache line for every partial sum.
    optimizer = lion_k(0.01, weight_decay=0.1)
    assert temporary_bytes(optimizer, ONE, metrics) < MOST_BYTES
    many = {f"x{i}": jax.ShapeDtypeStruct((1000 + i,), jnp.float32) for i in range(10)}
    assert temporary_bytes(optimizer, many, metrics) < MOST_BYTES * len(many)


def step_of(optimizer: Any, order: str = "params first") -> Any:
    def step(params: Any, state: Any, slopes: Any) -> Any:
        updates, state = optimizer.update(slopes, state, params)
        return optax.apply_updates(params, updates), state

    return step if order == "params first" else lambda state, params, slopes: step(params, state, slopes)


PLANTED: dict[str, dict[str, Any]] = {
    "XLA's defaults": {"donate_argnums": (0, 1)},
    "only the state donated": {"donate_argnums": (1,), "compiler_options": dict(WITHOUT_LOOP_COPIES)},
    "state before parameters": {"donate_argnums": (0, 1), "compiler_options": dict(WITHOUT_LOOP_COPIES)},
}


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize("params", [ONE, PART], ids=["one", "tree"])
def test_a_planted_copy_is_seen(name: str, params: Any):
    optimizer = lion_k(0.01, weight_decay=0.1)
    state = jax.eval_shape(optimizer.init, params)
    crossed = name.startswith("state before")
    program = jax.jit(step_of(optimizer, "state first" if crossed else "params first"), **PLANTED[name])
    analysis = program.lower(*((state, params) if crossed else (params, state)), params).compile().memory_analysis()
    size = 4 * sum(leaf.size for leaf in jax.tree.leaves(params))
    # What is not donated is allocated anew for every result: not temporary, but as much memory.
    unshared = analysis.output_size_in_bytes - analysis.alias_size_in_bytes
    assert max(analysis.temp_size_in_bytes, unshared) >= size


def test_metrics_of_what_the_step_was_given_are_a_planted_copy():
    optimizer = lion_k(0.01, weight_decay=0.1)
    state = jax.eval_shape(optimizer.init, ONE)

    def step(params: Any, state: Any, slopes: Any) -> Any:
        moved, new_state = step_of(optimizer)(params, state, slopes)
        return moved, new_state, jnp.sum(moved["x"] * jnp.flip(params["x"]))

    program = jax.jit(step, donate_argnums=(0, 1), compiler_options=dict(WITHOUT_LOOP_COPIES))
    assert bytes_of(program.lower(ONE, state, ONE)) >= 4 * MILLION


RUNS = {
    "lion_k": lion_k(falling, weight_decay=0.1),
    "log cosh": lion_k(0.01, CATALOGUE["log cosh"].function, weight_decay=0.1),
    "singular values": lion_k(0.01, lambda path, leaf: NuclearNorm() if leaf.ndim == 2 and leaf.size else L1Norm()),
    "a loop inside": lion_k(0.01, lambda path, leaf: TopKL1(2) if path == "bias" else L1Norm(), weight_decay=0.1),
    "accumulated": optax.MultiSteps(lion_k(0.01, weight_decay=0.1), 3),
    "adamw": optax.adamw(0.01),
    "injected": optax.inject_hyperparams(lion_k, static_args=("K", "mask", "mu_dtype", "decay"))(
        0.01, weight_decay=0.1
    ),
}
HAVE_LOOPS = {"a loop inside", "accumulated"}


@pytest.mark.parametrize("name", RUNS)
def test_same_bits_as_without_the_option(name: str):
    optimizer = RUNS[name]
    stream = gradients(parameters(), 5)
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        update, plain = compiled_update(optimizer), jax.jit(step_of(optimizer))
        params = others = parameters()
        # Its own arrays: what is donated is gone.
        params, state, states = jax.tree.map(jnp.copy, params), optimizer.init(others), optimizer.init(others)
        for slopes in stream:
            params, state = update(slopes, state, params)
            others, states = plain(others, states, slopes)
    assert same_bits((params, state), (others, states))
    assert (update._without_copies is None) == (name in HAVE_LOOPS)


def test_the_bits_are_those_of_other_numbers_where_something_is_planted():
    stream = gradients(parameters(), 2)
    runs = []
    for rate in (0.01, 0.0100001):
        optimizer = lion_k(rate, weight_decay=0.1)
        update, params = compiled_update(optimizer), parameters()
        state = optimizer.init(params)
        for slopes in stream:
            params, state = update(slopes, state, params)
        runs.append(params)
    assert not same_bits(*runs)


def test_old_arrays_are_gone_and_nothing_is_compiled_twice():
    optimizer = lion_k(0.01, weight_decay=0.1)
    traces = []

    def counted(params: Any, state: Any) -> Any:
        traces.append(None)
        return jnp.max(jnp.abs(params["kernel"]))

    update = compiled_update(optimizer, counted)
    params = old = parameters()
    state = optimizer.init(params)
    for slopes in gradients(params, 4):
        params, state, largest = update(slopes, state, params)
    assert old["kernel"].is_deleted()
    assert len(traces) == 1
    assert largest == np.max(np.abs(np.asarray(params["kernel"])))


def test_half_precision_parameters_move_in_their_own_dtype():
    optimizer = lion_k(0.01, weight_decay=0.1, mu_dtype=jnp.float32)
    params = parameters(dtype=jnp.bfloat16)
    moved, _ = compiled_update(optimizer)(gradients(params, 1)[0], optimizer.init(params), params)
    assert {leaf.dtype for leaf in jax.tree.leaves(moved)} == {jnp.dtype(jnp.bfloat16)}


def test_further_arguments_reach_the_optimizer():
    def update(gradients: Any, state: Any, params: Any = None, *, loss: Any) -> Any:
        return jax.tree.map(lambda g: -loss * g, gradients), state

    optimizer = optax.GradientTransformationExtraArgs(lambda params: optax.EmptyState(), update)
    moved, _ = compiled_update(optimizer)(jnp.ones(2), optax.EmptyState(), jnp.zeros(2), loss=jnp.float32(3.0))
    assert moved.tolist() == [-3.0, -3.0]


@pytest.mark.parametrize(
    ("arguments", "word"), [((0.1,), "optimizer"), ((L1Norm(),), "optimizer"), ((lion_k(0.1), 3), "metrics")]
)
def test_what_is_no_optimizer_is_refused(arguments: tuple[Any, ...], word: str):
    with pytest.raises(TypeError, match=word):
        compiled_update(*arguments)


def test_inside_jit_it_says_what_to_do_instead():
    optimizer = lion_k(0.01)
    update = compiled_update(optimizer)
    with pytest.raises(ValueError, match="inside jit"):
        jax.jit(lambda params: update(params, optimizer.init(params), params))(jnp.ones(2))


FUSED = """
import json, jax, optax, jax.numpy as jnp, numpy as np
from lionlab.optim import lion_k
from lionlab.optim._compiled_update import compiled_update
optimizer = lion_k(0.01, weight_decay=0.1)
update = compiled_update(optimizer)
params = jnp.asarray(np.random.default_rng(0).normal(size=100_000), jnp.float32)
slopes = jnp.asarray(np.random.default_rng(1).normal(size=100_000), jnp.float32)
state = optimizer.init(params)
memory = update.lower(slopes, state, params).compile()
for _ in range(3):
    params, state = update(slopes, state, params)
bits = [np.asarray(a).tobytes() for a in (params, state.mu)]
import hashlib
loops = memory.as_text().split("ENTRY")[1].count("f32[100000]{0} fusion(")
many = {f"x{i}": jax.ShapeDtypeStruct((1000 + i,), jnp.float32) for i in range(10)}
sizes = []
for other in (optimizer, optax.lion(0.01, weight_decay=0.1)):
    program = compiled_update(other).lower(many, jax.eval_shape(other.init, many), many).compile()
    sizes.append(program.memory_analysis().temp_size_in_bytes)
print(json.dumps([
    memory.memory_analysis().temp_size_in_bytes, sizes, loops, hashlib.sha256(b"".join(bits)).hexdigest()
]))
"""


def test_one_loop_under_multi_output_fusion_and_the_same_bits():
    def run(flags: str) -> Any:
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("JAX_COMP", "XLA_"))}
        environment |= {"XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"}
        done = subprocess.run(
            [sys.executable, "-c", FUSED], env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    temporary, of_tree, loops, bits = run("--xla_backend_extra_options=xla_cpu_use_multi_output_fusion")
    plain_temporary, plain_of_tree, plain_loops, plain_bits = run("")
    assert (plain_temporary, plain_of_tree) == (0, [0, 0])
    # A fused loop has two results, and a table of two pointers to them, for every array in a cache line of its own.
    assert temporary <= TABLE
    assert of_tree[0] == of_tree[1] <= 10 * LINE
    # Two loops with one result each; the fused one has a pair of results.
    assert (plain_loops, loops) == (2, 0)
    assert bits == plain_bits


def test_newton_schulz_runs():
    optimizer = lion_k(0.01, NewtonSchulz())
    params = jnp.ones((3, 2))
    moved, _ = compiled_update(optimizer)(jnp.ones((3, 2)), optimizer.init(params), params)
    assert np.isfinite(np.asarray(moved)).all()
