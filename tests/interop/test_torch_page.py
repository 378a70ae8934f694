"""The page on PyTorch keeps its word: its code runs from top to bottom, and does what is said."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra interop: make interop")

import torch

from lionlab.convex import Huber, InfimalConvolution
from lionlab.torch import LionK
from lionlab.torch._direction import _BUILDERS

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "pytorch.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
KERAS_ARGUMENTS = """
clipvalue clipnorm global_clipnorm use_ema ema_momentum loss_scale_factor gradient_accumulation_steps
""".split()


def run(blocks: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, block in enumerate(blocks):
        exec(compile(block, f"pytorch.md, block {number}", "exec"), found)
    return found


@pytest.fixture(scope="module")
def page() -> Iterator[dict[str, Any]]:
    torch._dynamo.reset()
    yield run(BLOCKS)
    _BUILDERS.pop(InfimalConvolution, None)


def test_what_the_page_builds_moves_downhill(page: dict[str, Any]) -> None:
    assert len(BLOCKS) == 11
    for name in ("optimizer", "grouped", "spectral", "compiled", "own"):
        optimizer = page[name]
        optimizer.zero_grad()
        params = [x for group in optimizer.param_groups for x in group["params"]]
        before = [x.detach().clone() for x in params]
        optimizer.state.clear()
        for group in optimizer.param_groups:
            group["weight_decay"] = 0.0
        for x in params:
            x.grad = torch.ones_like(x)
        optimizer.step()
        assert sum(float((x - old).detach().sum()) for x, old in zip(params, before, strict=True)) < 0, name


@pytest.mark.parametrize(
    ("how", "weight"), [("clipvalue", 0.5), ("clipnorm", 6**-0.5), ("global_clipnorm", 2 / (6 * 4 + 2 * 0.01) ** 0.5)]
)
def test_clipping_does_what_is_said(how: str, weight: float, page: dict[str, Any]) -> None:
    model = page["model"]
    model.weight.grad, model.bias.grad = torch.full((2, 3), 2.0), torch.full((2,), 0.1)
    page["clip"](how)
    np.testing.assert_allclose(model.weight.grad, weight, rtol=1e-5)
    wanted = 0.1 if how != "global_clipnorm" else 0.1 * weight / 2
    np.testing.assert_allclose(model.bias.grad, wanted, rtol=1e-5)


def test_the_average_begins_after_the_first_step_as_in_keras(page: dict[str, Any]) -> None:
    model = torch.nn.Linear(1, 1, bias=False)
    average = page["AveragedModel"](model, multi_avg_fn=page["get_ema_multi_avg_fn"](0.9))
    wanted = None
    for value in (1.0, 3.0, -2.0):
        torch.nn.init.constant_(model.weight, value)
        average.update_parameters(model)
        wanted = value if wanted is None else 0.9 * wanted + 0.1 * value
        assert float(average.module.weight.detach()) == pytest.approx(wanted, rel=1e-6)


def test_the_sum_of_gradients_is_another_step_for_huber() -> None:
    """So that the division by four on the page is not idle."""
    steps = []
    for divisor in (1, 4):
        x = torch.nn.Parameter(torch.zeros(1))
        optimizer = LionK([x], lr=1.0, K=Huber(1.0))
        for _ in range(4):
            (x.sum() / divisor).backward()
        optimizer.step()
        steps.append(float(x.detach()))
    assert steps == pytest.approx([-0.4, -0.1], rel=1e-6)


def test_every_argument_of_keras_is_on_the_page() -> None:
    assert [name for name in KERAS_ARGUMENTS if f"`{name}" not in PAGE] == []


def test_half_precision_is_rounded_once_here_and_not_in_optax() -> None:
    jnp, optim = pytest.importorskip("jax.numpy"), pytest.importorskip("lionlab.optim")
    random = np.random.default_rng(0)
    start, gradient = random.normal(size=(2, 1000)).astype(np.float32)
    gaps = {}
    for name in ("float32", "bfloat16"):
        dtype = getattr(torch, name)
        x = torch.nn.Parameter(torch.tensor(start).to(dtype))
        x.grad = torch.tensor(gradient).to(dtype)
        LionK([x], lr=0.01, weight_decay=0.5).step()
        params, g = jnp.asarray(start, name), jnp.asarray(gradient, name)
        optimizer = optim.lion_k(0.01, weight_decay=0.5)
        updates, _ = optimizer.update(g, optimizer.init(params), params)
        moved = np.asarray((params + updates).astype("float32"))
        gaps[name] = float(np.max(np.abs(moved - x.detach().float().numpy())))
    assert gaps["float32"] <= 4 * 2.0**-24 * 4
    assert gaps["bfloat16"] >= 2.0**-9


def settled_outside(decay: str, product: float, weight_decay: float, kept: float = 1.0) -> float:
    """How far outside |x_i| ≤ 1/λ runs from inside end under constant signs, in u = 2⁻²⁴ of 1/λ; ηλ = product."""
    starts = np.tile(np.linspace(-1, 1, 9), 2) / weight_decay
    x = torch.nn.Parameter(torch.tensor(starts, dtype=torch.float32))
    x.grad = torch.tensor(np.repeat([1.0, -1.0], 9), dtype=torch.float32)
    optimizer = LionK([x], lr=product / weight_decay, weight_decay=kept * weight_decay, decay=decay, foreach=False)
    for _ in range(int(16 / product)):  # e⁻¹⁶ of the way is left
        optimizer.step()
    return float(np.max(np.abs(x.detach().double().numpy()) * weight_decay - 1)) * 2.0**24


PRODUCTS = (0.4, 0.05, 0.01)


@pytest.mark.parametrize("weight_decay", [0.3, 1.0, 7.0])
def test_runs_from_inside_settle_as_near_as_is_said(weight_decay: float) -> None:
    """Explicit: λ, λx, ηλ(…) and the sum are rounded, and then what is outside moves in or not at all.

    Implicit: r⁺ = (r + η)(1 + 3u)/(1 + ηλ), with the roundings of the sum, of 1 + ηλ and of the quotient, has the fixed
    point (1/λ)(1 + 3u)/(1 − 3u/(ηλ)); one rounding more is that of η.
    """
    for product in PRODUCTS:
        assert settled_outside("explicit", product, weight_decay) <= 6
        assert settled_outside("implicit", product, weight_decay) <= 3 / product + 4


def test_implicit_decay_settles_further_out_and_a_wrong_decay_is_seen() -> None:
    assert settled_outside("implicit", 0.05, 0.3) > 6
    assert settled_outside("implicit", 0.05, 0.3, kept=1 - 1e-5) > 3 / 0.05 + 4


def test_a_planted_broken_block_is_caught() -> None:
    broken = BLOCKS[2].replace('"K": Huber(0.1)', '"K": NuclearNorm()')
    assert broken != BLOCKS[2]
    with pytest.raises(ValueError, match="NuclearNorm takes a matrix"):
        run([BLOCKS[0], broken])


def test_the_files_it_points_to_exist() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", PAGE)
    assert targets
    assert [target for target in targets if not (DOCS / target).exists()] == []
