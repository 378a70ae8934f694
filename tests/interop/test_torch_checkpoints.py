"""`lionlab.torch.LionK` kept and taken up again: checkpoints, copies and pickles, and K as text."""

import copy
import io
import pickle

import jax.numpy as jnp
import pytest

pytest.importorskip("torch", reason="needs the extra interop: make interop")

import torch
from interop.torch_runs import assert_same_bits, built, groups, state_of, tensors, train

from lionlab.convex import (
    CustomFunction,
    GroupL2Norm,
    Huber,
    L1Norm,
    L2Norm,
    Precomposed,
    Scaled,
    SeparableSum,
    SortedL1Norm,
    Translated,
    parse_convex_function,
)
from lionlab.convex.catalogue import CATALOGUE
from lionlab.torch import LionK, register_direction
from lionlab.torch._direction import _BUILDERS
from lionlab.torch._text import text_of


def reloaded(optimizer: LionK) -> LionK:
    stream = io.BytesIO()
    torch.save(optimizer.state_dict(), stream)
    stream.seek(0)
    fresh = LionK(groups(tensors(optimizer.param_groups[0]["params"][0].dtype)), lr=0.5)
    fresh.load_state_dict(torch.load(stream, weights_only=True))
    return fresh


def copied(optimizer: LionK) -> LionK:
    return copy.deepcopy(optimizer)


def pickled(optimizer: LionK) -> LionK:
    return pickle.loads(pickle.dumps(optimizer))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("way", [reloaded, copied, pickled], ids=lambda way: way.__name__)
def test_a_run_goes_on_to_the_bit(way, dtype: torch.dtype) -> None:
    optimizer = built(tensors(dtype))
    train(optimizer, 5)
    other = way(optimizer)
    for mine, theirs in zip(optimizer.param_groups, other.param_groups, strict=True):
        if way is reloaded:
            theirs["params"][0].data = mine["params"][0].data.clone()
        assert {k: v for k, v in mine.items() if k != "params"} == {k: v for k, v in theirs.items() if k != "params"}
    train(optimizer, 5, first=5)
    train(other, 5, first=5)
    assert_same_bits(optimizer, other)
    assert other.state[other.param_groups[0]["params"][0]]["exp_avg"].dtype == torch.float64


def test_a_lost_momentum_is_caught() -> None:
    optimizer = built(tensors())
    train(optimizer, 5)
    other = copied(optimizer)
    other.state.clear()
    train(optimizer, 5, first=5)
    train(other, 5, first=5)
    with pytest.raises(AssertionError):
        assert_same_bits(optimizer, other)


def test_a_checkpoint_of_an_older_form_is_completed() -> None:
    optimizer = LionK(tensors(), K=Huber(0.1), lr=0.01, decay="implicit")
    train(optimizer, 2)
    old = optimizer.state_dict()
    for key in ("K", "decay", "maximize", "foreach", "mu_dtype"):
        del old["param_groups"][0][key]
    fresh = LionK(tensors(), K=Huber(0.1), decay="implicit")
    fresh.load_state_dict(old)
    group = fresh.param_groups[0]
    assert (group["K"], group["decay"], group["lr"]) == ("Huber(threshold=0.1)", "implicit", 0.01)
    # A pickle that lacks them gets the defaults.
    bare = LionK.__new__(LionK)
    state = optimizer.__getstate__()
    del state["own_functions"]
    for key in ("K", "decay", "maximize", "foreach", "mu_dtype"):
        del state["param_groups"][0][key]
    bare.__setstate__(state)
    assert bare.param_groups[0]["K"] == "L1Norm()"
    train(bare, 1)


def test_lion_of_others_loads() -> None:
    """Its state is `exp_avg` as well, so a run begun with lion-pytorch goes on here."""
    package = pytest.importorskip("lion_pytorch", reason="needs the extra interop: make interop")
    theirs = package.Lion(tensors(), lr=0.01, weight_decay=0.1)
    train(theirs, 3)
    ours = LionK([x.detach().clone().requires_grad_() for x in theirs.param_groups[0]["params"]], lr=0.5)
    # torch keeps the tensors that it loads.
    ours.load_state_dict(copy.deepcopy(theirs.state_dict()))
    train(theirs, 3, first=3)
    train(ours, 3, first=3)
    for a, b in zip(state_of(ours), state_of(theirs), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_function_has_a_text(name: str) -> None:
    K = CATALOGUE[name].function
    text = text_of(K)
    assert text is not None
    assert parse_convex_function(text) == K


def test_arrays_survive_as_text() -> None:
    for K in (
        Translated(L1Norm(), [0.1, 1 / 3], -2.0, 0.5), Precomposed(Huber(0.5), [[1.0, 2.0], [0.0, -1 / 7]]),
        SeparableSum([L2Norm(), SortedL1Norm([1.0, 0.5])], sizes=[1, 2]), GroupL2Norm([[0, 2], [1]]),
    ):  # fmt: skip
        assert text_of(K) is not None, K


class Own(L1Norm):
    """A user's K, whose selection is another one."""

    def selection(self, z):
        return jnp.where(z >= 0, jnp.ones_like(z), -jnp.ones_like(z))


class Steep(L1Norm):
    """A user's K with a constant."""

    factor: float = 2.0

    def selection(self, z):
        return self.factor * jnp.sign(z)


@pytest.fixture
def _own_registered():
    register_direction(Steep, lambda K: lambda z: K.factor * torch.sign(z))
    register_direction(CustomFunction, lambda K: torch.sign)
    register_direction(Own, lambda K: lambda z: torch.where(z >= 0, 1.0, -1.0).to(z.dtype))
    yield
    for kind in (Own, Steep, CustomFunction):
        del _BUILDERS[kind]


@pytest.mark.usefixtures("_own_registered")
def test_a_function_of_ones_own_is_kept_outside_the_checkpoint() -> None:
    optimizer = LionK(tensors(), lr=0.01, K=Own())
    train(optimizer, 2)
    stream = io.BytesIO()
    torch.save(optimizer.state_dict(), stream)
    stream.seek(0)
    saved = torch.load(stream, weights_only=True)
    fresh = LionK(tensors(), K=Own())
    fresh.load_state_dict(saved)
    assert isinstance(fresh.function_of(fresh.param_groups[0]), Own)
    for way in (copied, pickled):
        assert isinstance(way(optimizer).function_of(optimizer.param_groups[0]), Own)
    with pytest.raises(ValueError, match="build the optimizer with it before loading") as told:
        LionK(tensors()).load_state_dict(saved)
    assert "Known:" not in str(told.value)


def custom(slope: float) -> CustomFunction:
    return CustomFunction(lambda z: slope * jnp.sum(jnp.abs(z)), subgradient=lambda z: slope * jnp.sign(z))


OTHERS = {
    "another constant": (lambda: Steep(2.0), lambda: Steep(3.0)),
    "another class": (Own, lambda: Steep(2.0)),
    "another captured number": (lambda: custom(2.0), lambda: custom(3.0)),
    "another number in the code": (
        lambda: CustomFunction(lambda z: 2 * jnp.sum(z**2), is_smooth=True),
        lambda: CustomFunction(lambda z: 3 * jnp.sum(z**2), is_smooth=True),
    ),
    "another operation": (
        lambda: CustomFunction(lambda z: jnp.sum(z * z), is_smooth=True),
        lambda: CustomFunction(lambda z: jnp.sum(z + z), is_smooth=True),
    ),
    "within a sum": (lambda: Scaled(Steep(2.0), 0.5), lambda: Scaled(Steep(3.0), 0.5)),
}


@pytest.mark.usefixtures("_own_registered")
@pytest.mark.parametrize("name", OTHERS)
def test_another_function_of_ones_own_is_refused(name: str) -> None:
    first, second = OTHERS[name]
    optimizer = LionK(tensors(), lr=0.01, K=first())
    train(optimizer, 1)
    same, other = LionK(tensors(), K=first()), LionK(tensors(), K=second())
    same.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    saved = copy.deepcopy(optimizer.state_dict())
    with pytest.raises(ValueError, match=r"group 0 was saved with a K of your own.*delete \"K\""):
        other.load_state_dict(saved)
    assert not other.state
    del saved["param_groups"][0]["K"]
    kept = other.param_groups[0]["K"]
    other.load_state_dict(saved)
    assert other.param_groups[0]["K"] == kept


@pytest.mark.usefixtures("_own_registered")
def test_a_function_of_ones_own_that_one_group_lacks_is_not_taken_from_another() -> None:
    def two(first, second) -> LionK:
        a, b = (torch.nn.Parameter(torch.zeros(1)) for _ in range(2))
        return LionK([{"params": [a], "K": first}, {"params": [b], "K": second}], lr=0.1)

    saved = two(custom(2.0), custom(3.0)).state_dict()
    with pytest.raises(ValueError, match="group 0 was saved with"):
        two(L1Norm(), custom(3.0)).load_state_dict(saved)


def test_what_cannot_be_loaded_is_told() -> None:
    for wrong in (None, {}, {"state": {}}):
        with pytest.raises(TypeError, match=r"takes what state_dict\(\) returned"):
            LionK(tensors()).load_state_dict(wrong)
    optimizer = LionK(tensors())
    train(optimizer, 1)
    with pytest.raises(ValueError, match=r"momentum of parameter 0 has shape \(5, 3\), the parameter \(2,\)"):
        LionK([torch.nn.Parameter(torch.ones(2)) for _ in range(3)]).load_state_dict(optimizer.state_dict())


def test_a_new_function_written_into_a_group_is_taken() -> None:
    optimizer = LionK(tensors(), lr=0.01)
    train(optimizer, 1)
    optimizer.param_groups[0]["K"] = Huber(0.5)
    train(optimizer, 1, first=1)
    assert optimizer.param_groups[0]["K"] == "Huber(threshold=0.5)"
