"""The pages' averages of the parameters, in optax and in PyTorch, walk with Keras' own use_ema, overwriting included.

The loss of the page on the optimizer pulls every parameter to one side throughout, so that no gradient changes its
sign, and what differs is the rounding of the steps: four of numbers below 1 in each framework.
"""

import re
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from interop.keras_runs import as_keras_expects, keras, numpy, tensor  # noqa: F401

from lionlab.keras import LionK

torch = pytest.importorskip("torch", reason="needs the extra interop: make interop")

from lionlab.torch import LionK as TorchLionK  # noqa: E402

DOCS = Path(__file__).parents[2] / "docs"
STEPS = 120  # the averages replace the parameters after the hundredth
ROUNDING = 2 * 4 * STEPS * 2.0**-24
pytestmark = pytest.mark.usefixtures("as_keras_expects")
Run = list[dict[str, np.ndarray]]


def blocks(name: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (DOCS / name).read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.fixture(scope="module")
def page() -> dict[str, Any]:
    """What the first block of the page on the optimizer defines, and the block with the average."""
    found: dict[str, Any] = {}
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        for block in blocks("optimizer.md"):
            if block.startswith("import jax\n") or "averaged_step" in block:
                exec(block, found)
    return found


def with_keras(page: dict[str, Any], **arguments: Any) -> Run:
    """(parameters, averages) after every step; the last entry is what training would end with."""
    optimizer = LionK(0.01, weight_decay=2.0, use_ema=True, **{"ema_momentum": 0.99, **arguments})
    variables = {name: keras.Variable(np.zeros(shape, np.float32), name=name) for name, shape in SHAPES.items()}
    slope, seen = jax.jit(jax.grad(page["loss"])), []
    for _ in range(STEPS):
        gradients = slope({name: jnp.asarray(numpy(variable)) for name, variable in variables.items()})
        optimizer.apply([tensor(np.asarray(gradients[name])) for name in SHAPES], list(variables.values()))
        seen.append({name: numpy(variable) for name, variable in variables.items()})
    optimizer.finalize_variable_values(list(variables.values()))
    return [*seen, {name: numpy(variable) for name, variable in variables.items()}]


SHAPES = {"kernel": (3, 4), "bias": (4,)}


@pytest.fixture(scope="module")
def own(page: dict[str, Any]) -> Run:
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        return with_keras(page, ema_overwrite_frequency=100)


def gap(first: dict[str, Any], second: dict[str, Any]) -> float:
    return max(float(np.max(np.abs(np.asarray(first[name]) - second[name]))) for name in SHAPES)


def test_in_optax(page: dict[str, Any], own: Run) -> None:
    params = {name: jnp.zeros(shape) for name, shape in SHAPES.items()}
    state, average, gaps = page["optimizer"].init(params), params, []
    for count in range(1, STEPS + 1):
        params, state, average = page["averaged_step"](params, state, average, count)
        gaps.append(gap(params, own[count - 1]))
    assert max(gaps) <= ROUNDING
    assert gap(average, own[-1]) <= ROUNDING


def test_in_pytorch(own: Run) -> None:
    (block,) = (block for block in blocks("pytorch.md") if "AveragedModel" in block)
    block = block.replace("range(1, 6)", f"range(1, {STEPS + 1})")
    assert f"{STEPS + 1}" in block
    model = torch.nn.Linear(3, 4)
    for parameter in model.parameters():
        torch.nn.init.zeros_(parameter)
    named = {
        "torch": torch,
        "model": model,
        "optimizer": TorchLionK(model.parameters(), lr=0.01, weight_decay=2.0),
        "loss": lambda: torch.mean((model(torch.eye(3)) - 2) ** 2),
    }
    exec(block, named)
    found = {"kernel": model.weight.detach().numpy().T, "bias": model.bias.detach().numpy()}
    assert gap(found, own[-1]) <= ROUNDING


@pytest.mark.parametrize("planted", [{"ema_overwrite_frequency": 90}, {"ema_momentum": 0.98}, {}])
def test_another_average_is_seen(planted: dict[str, Any], page: dict[str, Any], own: Run) -> None:
    wrong = with_keras(page, **{**({"ema_overwrite_frequency": 100} if planted else {}), **planted})
    assert max(map(gap, wrong, own)) > 100 * ROUNDING
