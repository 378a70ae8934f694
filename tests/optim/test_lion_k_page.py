"""The page on the optimizer keeps its word: its code runs from top to bottom, and what it builds trains."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "optimizer.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
BUILT = """
by_path by_tree by_name network muon shipped scheduled adjustable clipped clipped_each clipped_all unscaled named mixed
guarded
""".split()
KERAS_ARGUMENTS = """
learning_rate beta_1 beta_2 weight_decay exclude_from_weight_decay clipvalue clipnorm global_clipnorm
use_ema ema_momentum ema_overwrite_frequency loss_scale_factor gradient_accumulation_steps name
""".split()


@pytest.fixture(scope="module")
def page() -> Iterator[dict[str, Any]]:
    found: dict[str, Any] = {}
    # Outside jit it compiles its condition again in every call, three hundred times in all.
    periodic_update = jax.jit(optax.periodic_update, static_argnames="update_period")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(optax, "periodic_update", periodic_update)
        # As a reader runs it: the tests' own rules on promotion are stricter than JAX's.
        with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
            for number, block in enumerate(BLOCKS):
                exec(compile(block, f"optimizer.md, block {number}", "exec"), found)
        yield found


def test_every_argument_of_keras_is_in_the_table():
    first_column = " ".join(re.findall(r"^\| (.*?) \|", PAGE, flags=re.MULTILINE))
    assert [name for name in KERAS_ARGUMENTS if f"`{name}`" not in first_column] == []


def test_every_transform_named_in_the_table_is_used():
    assert len(BLOCKS) == 13
    code = "\n".join(BLOCKS)
    named = set(re.findall(r"`optax\.(\w+)`", PAGE)) - {"lion"}
    assert {name for name in named if f"optax.{name}(" not in code} == set()
    assert all(hasattr(optax, name) for name in named)


def updates_of(optimizer: Any, gradient: Any, page: dict[str, Any]) -> Any:
    with jax.numpy_dtype_promotion("standard"):
        return optimizer.update(gradient, optimizer.init(page["params"]), page["params"])[0]


def test_what_the_page_builds_moves_downhill(page: dict[str, Any]):
    gradient = jax.tree.map(jnp.ones_like, page["params"])
    for name in BUILT:
        updates = updates_of(page[name], gradient, page)
        inner = sum(float(jnp.sum(leaf)) for leaf in jax.tree.leaves(updates))
        assert inner < 0, name


def test_clipping_scaling_and_masks_do_what_is_said(page: dict[str, Any]):
    g = {"kernel": jnp.full((3, 4), 2.0), "bias": jnp.full(4, 0.1)}

    def momentum(name: str) -> Any:
        optimizer = page[name]
        _, state = optimizer.update(g, optimizer.init(page["params"]), page["params"])
        return jax.tree.map(lambda mu: float(100 * mu.ravel()[0]), state[-1].mu)  # 1 − b2 is a hundredth

    assert momentum("clipped") == pytest.approx({"kernel": 0.5, "bias": 0.1})
    assert momentum("clipped_each") == pytest.approx({"kernel": 12**-0.5, "bias": 0.1})
    length = (12 * 4 + 4 * 0.01) ** 0.5
    assert momentum("clipped_all") == pytest.approx({"kernel": 2 / length, "bias": 0.1 / length})
    assert momentum("unscaled") == pytest.approx({"kernel": 2 / 1024, "bias": 0.1 / 1024})
    assert page["matrices"](page["params"]) == {"kernel": True, "bias": False}


def test_four_gradients_make_one_step(page: dict[str, Any]):
    optimizer, params = page["accumulated"], page["params"]
    state = optimizer.init(params)
    signs = []
    for value in (1.0, 1.0, -5.0, 1.0):
        with jax.numpy_dtype_promotion("standard"):
            updates, state = optimizer.update(
                jax.tree.map(lambda p, v=value: jnp.full_like(p, v), params), state, params
            )
        signs.append(float(jnp.sign(updates["bias"][0])))
    assert signs == [0, 0, 0, 1]  # the mean gradient is negative, the last is not


def test_what_was_set_by_hand_is_used(page: dict[str, Any]):
    state, params = page["adjustable"].init(page["params"]), page["params"]
    state.hyperparams["learning_rate"] = jnp.asarray(0.002)
    g = jax.tree.map(jnp.ones_like, params)
    # 0.1 into the argument, which Huber(0.1) takes to 1.
    np.testing.assert_allclose(page["adjustable"].update(g, state, params)[0]["bias"], -0.002, rtol=1e-6)


def test_setting_by_hand_compiles_nothing_anew(page: dict[str, Any]):
    line = re.search(r"state\.hyperparams\[.*\] = .*", PAGE)
    assert line is not None
    params, state = page["params"], page["adjustable"].init(page["params"])
    update = jax.jit(page["adjustable"].update)

    def compilations(code: str) -> int:
        changed = state._replace(hyperparams=dict(state.hyperparams))
        exec(code, {"state": changed, "jnp": jnp})
        update(params, changed, params)
        return update._cache_size()

    assert [compilations("pass"), compilations(line[0])] == [1, 1]
    assert compilations('state.hyperparams["learning_rate"] = jnp.asarray(0.002)') == 2  # planted


def test_the_average_is_that_of_keras(page: dict[str, Any]):
    """Keras: ā ← μā + (1−μ)x after the step with μ = 0 in the first, then x ← ā where (iterations + 1) % 100 is 0."""

    def last(begins_before: bool) -> Any:
        x = params
        own, average = page["optimizer"].init(x), np.asarray(x["kernel"], np.float64)
        for iterations in range(101):
            x, own = page["step"](x, own)
            momentum = 0.99 if iterations or begins_before else 0.0
            average = momentum * average + (1 - momentum) * np.asarray(x["kernel"])
            if (iterations + 1) % 100 == 0:
                x = {"kernel": jnp.asarray(average, jnp.float32), "bias": x["bias"]}
        return average, np.asarray(x["kernel"])

    params = {"kernel": jnp.full((3, 4), -0.4), "bias": jnp.zeros(4)}
    shown, state, average = params, page["optimizer"].init(params), params
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        for count in range(1, 102):
            shown, state, average = page["averaged_step"](shown, state, average, count)
        expected, wrong = last(False), last(True)
    found = average["kernel"], shown["kernel"]
    # The bias goes its own way after the overwriting, which changes a sign in no kernel; a hundred averages round.
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
    assert np.max(np.abs(np.subtract(found[0], wrong[0]))) > 1e-3


def test_the_schedules_are_followed(page: dict[str, Any]):
    g = jax.tree.map(jnp.ones_like, page["params"])
    state = page["scheduled"].init(page["params"])._replace(count=jnp.asarray(50))
    with jax.numpy_dtype_promotion("standard"):
        updates, _ = page["scheduled"].update(g, state, page["params"])
    eta = 0.01 * (1 + np.cos(np.pi * 50 / 1000)) / 2
    np.testing.assert_allclose(updates["bias"], -eta, rtol=1e-6)
    np.testing.assert_allclose(updates["kernel"], -eta * (1 + 0.5 * page["params"]["kernel"]), rtol=1e-5)


def test_a_planted_broken_block_is_caught(page: dict[str, Any]):
    broken = BLOCKS[1].replace('"bias": L1Norm()', '"bias": NuclearNorm()')
    with pytest.raises(ValueError, match="NuclearNorm cannot take the parameter 'bias'"):
        exec(f"{broken}\nby_tree.init(params)", dict(page))


def test_the_files_it_points_to_exist():
    targets = re.findall(r"\]\(([^)#:]+)\)", PAGE)
    assert targets
    assert [target for target in targets if not (DOCS / target).exists()] == []
