"""What `lionlab.torch` refuses, in words and when it is built; and that it asks for torch by the name of its extra."""

import subprocess
import sys

import jax.numpy as jnp
import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra interop: make interop")

import torch
from interop.torch_runs import tensors, train

from lionlab.convex import CustomFunction, GroupL2Norm, L1Norm, NuclearNorm
from lionlab.torch import LionK, NewtonSchulz, Unfolded, register_direction, subgradient, through_jax
from lionlab.torch._direction import _BUILDERS


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"lr": -1.0}, ValueError, "lr must be finite and ≥ 0"),
        ({"lr": float("nan")}, ValueError, "lr must be"),
        ({"lr": "fast"}, TypeError, "lr must be a number"),
        ({"lr": torch.ones(2)}, ValueError, "one entry"),
        ({"lr": 0.5, "weight_decay": 3.0}, ValueError, "lr·weight_decay must be ≤ 1"),
        ({"weight_decay": -0.1}, ValueError, "weight_decay must be"),
        ({"betas": (0.9, 1.1)}, ValueError, r"betas\[1\] must be in \[0, 1\]"),
        ({"betas": 0.9}, ValueError, "betas must be a pair"),
        ({"decay": "coupled"}, ValueError, "decay must be"),
        ({"mu_dtype": "float32"}, TypeError, "mu_dtype must be"),
        ({"K": L1Norm}, TypeError, r"Write L1Norm\(…\)"),
        ({"K": "Muon"}, ValueError, "'Muon' is unknown"),
        ({"K": NuclearNorm()}, ValueError, "NuclearNorm takes a matrix"),
        ({"K": NewtonSchulz()}, ValueError, "NewtonSchulz takes a matrix"),
        ({"K": GroupL2Norm([[0, 1], [2]])}, ValueError, r"shape \(3,\)"),
        ({"K": CustomFunction(lambda z: jnp.sum(z**2), is_smooth=True)}, TypeError, "register_direction"),
        ({"params": [torch.ones(2, dtype=torch.complex64)]}, TypeError, "A parameter is complex"),
        ({"params": None}, TypeError, "params must be tensors"),
        ({"params": torch.nn.Linear(2, 2)}, TypeError, r"Write model.parameters\(\)"),
        ({"params": [{"lr": 1.0}]}, ValueError, 'needs the key "params"'),
        ({"params": [{"params": [torch.ones(2)], "weigth_decay": 1.0}]}, ValueError, "Is it 'weight_decay'"),
        ({"betas": (x for x in (0.9, 0.99))}, ValueError, "betas must be a pair"),
        ({"weight_decay": torch.ones(2)}, TypeError, "weight_decay must be a number"),
        ({"foreach": "yes"}, TypeError, "foreach must be True, False or None, got 'yes'"),
        ({"maximize": "no"}, TypeError, "maximize must be True or False, got 'no'"),
        ({"params": [torch.ones(2, 2, 3, 3)], "K": NuclearNorm()}, ValueError, r"write Unfolded\(NuclearNorm"),
        ({"K": Unfolded(NuclearNorm())}, ValueError, "Unfolded takes an array of two or more axes"),
        ({"K": "some.Own #0"}, ValueError, "names a K of your own"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_mistakes_are_told_when_it_is_built(arguments: dict, error: type, words: str) -> None:
    arguments = {"params": [torch.nn.Parameter(torch.ones(2))], **arguments}
    with pytest.raises(error, match=words):
        LionK(**arguments)


def test_the_forms_of_jax_are_refused_by_name() -> None:
    optim = pytest.importorskip("lionlab.optim")
    x = torch.nn.Parameter(torch.ones(2, 2))
    with pytest.raises(TypeError, match=r"Write lionlab.torch.NewtonSchulz\(num_steps=3, .*factor=2.0\)"):
        LionK([x], K=optim.NewtonSchulz(3, factor=2.0))
    with pytest.raises(TypeError, match=r"Write lionlab.torch.Unfolded\(NuclearNorm\(\)\)"):
        LionK([x], K=optim.Unfolded(NuclearNorm()))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [((5, None), "coefficients must be three"), ((5, ("a", 1, 2)), "three"), ((5, (1, 2, 3), "a"), "factor must be")],
)
def test_newton_schulz_refuses_what_is_no_number(arguments: tuple, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        NewtonSchulz(*arguments)


def test_sparse_and_complex_gradients_are_refused() -> None:
    embedding = torch.nn.Embedding(4, 2, sparse=True)
    optimizer = LionK(embedding.parameters())
    embedding(torch.tensor([1])).sum().backward()
    with pytest.raises(TypeError, match=r"A gradient is sparse .* sparse=False"):
        optimizer.step()


def test_a_group_that_is_refused_is_not_added() -> None:
    optimizer = LionK(tensors())
    with pytest.raises(ValueError, match="takes a matrix"):
        optimizer.add_param_group({"params": [torch.nn.Parameter(torch.ones(3))], "K": NuclearNorm()})
    assert len(optimizer.param_groups) == 1
    optimizer.add_param_group({"params": [torch.nn.Parameter(torch.ones(3, 2))], "K": NuclearNorm(), "lr": 0.1})
    assert [group["K"] for group in optimizer.param_groups] == ["L1Norm()", "NuclearNorm()"]
    train(optimizer, 1)


class Own(L1Norm):
    """A user's K."""


@pytest.mark.parametrize(
    ("build", "error", "words"),
    [
        (lambda K: 5, TypeError, "must return a Direction or a function"),
        (lambda K: lambda z: 5, ValueError, r"must return a tensor of the parameter's shape \(2,\), got 5"),
        (lambda K: lambda z: z.sum(), ValueError, r"shape \(2,\), got shape \(\)"),
    ],
)
def test_a_direction_that_is_none_is_refused(build, error: type, words: str) -> None:
    register_direction(Own, build)
    try:
        with pytest.raises(error, match=words):
            LionK([torch.nn.Parameter(torch.ones(2))], K=Own())
    finally:
        del _BUILDERS[Own]


def test_what_is_no_tensor_has_no_subgradient() -> None:
    with pytest.raises(TypeError, match=r"z must be a torch tensor, got ndarray. Write torch.as_tensor\(z\)"):
        subgradient(L1Norm(), np.ones(2))
    with pytest.raises(TypeError, match="through_jax: K must be a convex function"):
        through_jax(3)


def test_without_torch_the_extra_is_named() -> None:
    code = """
import sys
sys.modules["torch"] = None
import lionlab
try:
    import lionlab.torch
except ImportError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "lionlab.torch needs PyTorch: pip install 'lionlab[torch]'", done.stderr
