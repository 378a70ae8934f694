"""What `lion_k` refuses, when it is built or at `init`, and in which words."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from lionlab import CustomFunction, GroupL2Norm, L1Norm, L2Norm, NuclearNorm, SortedL1Norm
from lionlab.optim import (
    NewtonSchulz,
    Unfolded,
    by_label,
    lion_k,
    rms_factor,
    scale_by_lion_k,
    spectral_for_matrices,
)

PARAMS = {"layer": {"kernel": jnp.ones((3, 4)), "bias": jnp.ones(4)}}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"b1": 1.1}, r"b1 must be in \[0, 1\], got 1.1"),
        ({"b2": math.nan}, r"b2 must be in \[0, 1\], got nan"),
        ({"b1": "0.9"}, "b1 must be a number"),
        ({"weight_decay": -0.1}, "weight_decay must be finite and ≥ 0, got -0.1"),
        ({"weight_decay": math.nan}, "weight_decay must be finite"),
        ({"weight_decay": None}, "weight_decay must be a number"),
        ({"learning_rate": -1.0}, "learning_rate must be finite and ≥ 0, got -1"),
        ({"learning_rate": math.inf}, "learning_rate must be finite"),
        ({"learning_rate": 0.5, "weight_decay": 3.0}, r"learning_rate·weight_decay must be ≤ 1 .* 0.5·3 = 1.5"),
        ({"decay": "coupled"}, 'decay must be "explicit" or "implicit"'),
        ({"mu_dtype": jnp.int32}, "mu_dtype must be None or a real floating-point dtype"),
        ({"mu_dtype": "no dtype"}, "mu_dtype must be None or"),
        ({"K": 3.0}, "K must be a lionlab ConvexFunction"),
        ({"K": L1Norm}, r"K must be a lionlab ConvexFunction.*write L1Norm\(…\)"),
        ({"K": lambda path: L1Norm()}, r"must take \(path, leaf\), two arguments"),
        ({"K": {"kernel": "l1"}}, "K must be a lionlab ConvexFunction"),
        ({"K": {}}, "K must be a lionlab ConvexFunction"),
    ],
)
def test_arguments(arguments: dict[str, Any], words: str):
    with pytest.raises((ValueError, TypeError), match=words):
        lion_k(**{"learning_rate": 0.1, **arguments})


def test_what_is_allowed_at_the_ends():
    lion_k(0.0, b1=0, b2=1, weight_decay=0)
    lion_k(0.5, weight_decay=2.0)
    lion_k(0.5, weight_decay=3.0, decay="implicit")
    lion_k(lambda step: 0.5, weight_decay=3.0)
    lion_k(jnp.float32(0.1), weight_decay=10.0)


@pytest.mark.parametrize(
    ("K", "words"),
    [
        (NuclearNorm(), "K = NuclearNorm cannot take the parameter 'layer/bias' of shape .4,."),
        (NewtonSchulz(), "K = NewtonSchulz cannot take the parameter 'layer/bias'"),
        (Unfolded(NuclearNorm()), "K = Unfolded cannot take the parameter 'layer/bias'"),
        (GroupL2Norm([[0, 1], [2]]), "K = GroupL2Norm cannot take the parameter 'layer/bias' .* shape .3,., got"),
        (SortedL1Norm([3.0, 2.0]), "'layer/bias' .* SortedL1Norm has 2 weights; z has 4 entries"),
        (
            CustomFunction(jnp.sum, lambda z: jnp.sum(z)),
            "subgradient of K = CustomFunction at the parameter 'layer/bias'",
        ),
        ({"layer": {"kernel": L1Norm()}}, "K must be a tree that is a prefix"),
        (lambda path, leaf: None, r"K\('layer/bias', leaf\) must return a ConvexFunction"),
        (by_label({"a": L1Norm()}, "b"), "no K for the label 'b'; there are 'a'"),
    ],
)
def test_a_leaf_that_its_k_cannot_take(K: Any, words: str):
    with pytest.raises((ValueError, TypeError), match=words):
        lion_k(0.1, K).init(PARAMS)
    with pytest.raises((ValueError, TypeError), match=words):
        jax.jit(scale_by_lion_k(K=K).init)(PARAMS)


def test_a_model_with_functions_in_it():
    with pytest.raises(TypeError, match=r"The parameter 'activation' is no array .* eqx.filter"):
        lion_k(0.1).init({"activation": jax.nn.relu, "kernel": jnp.ones(3)})


def test_python_numbers_are_parameters_too():
    optimizer = lion_k(0.1, L2Norm(), weight_decay=0.5)
    params = {"gain": 1.0}
    updates, _ = optimizer.update({"gain": 2.0}, optimizer.init(params), params)
    assert abs(float(updates["gain"]) + 0.15) < 1e-7


@pytest.mark.parametrize("dtype", [jnp.complex64, jnp.int32])
def test_a_leaf_of_another_kind_of_number(dtype: Any):
    with pytest.raises(TypeError, match=r"'a/0' has dtype .*optax.masked"):
        lion_k(0.1).init({"a": [jnp.ones(2, dtype)]})


def test_updates():
    optimizer = lion_k(0.1, weight_decay=0.1)
    state = optimizer.init(PARAMS)
    with pytest.raises(ValueError, match="weight decay needs the parameters"):
        optimizer.update(PARAMS, state)
    with pytest.raises(TypeError, match="mask must hold True or False"):
        lion_k(0.1, weight_decay=0.1, mask={"layer": "no"}).init(PARAMS)
    with pytest.raises(ValueError, match="mask must be a tree that is a prefix") as caught:
        lion_k(0.1, weight_decay=0.1, mask={"other": True}).init(PARAMS)
    assert "\n" not in str(caught.value)
    with pytest.raises(ValueError, match="gradients must have the structure of the parameters"):
        optimizer.update(PARAMS["layer"], state, PARAMS)
    turned = {"layer": {"kernel": jnp.ones((4, 3)), "bias": jnp.ones(4)}}
    with pytest.raises(ValueError, match=r"gradients of the parameter 'layer/kernel' must have its shape \(3, 4\)"):
        optimizer.update(turned, state, PARAMS)
    free = lion_k(0.1)
    free.update(PARAMS, free.init(PARAMS))  # without decay the parameters are not needed


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: NewtonSchulz(0), "num_steps must be an integer ≥ 1, got 0"),
        (lambda: NewtonSchulz(coefficients=(1.0, 2.0)), "coefficients must be three finite numbers"),
        (lambda: NewtonSchulz(coefficients=(1.0, 2.0, math.nan)), "coefficients must be three finite numbers"),
        (lambda: NewtonSchulz(5, None), "coefficients must be three finite numbers, got None"),
        (lambda: NewtonSchulz(factor=0.0), "factor must be finite and > 0"),
        (lambda: NewtonSchulz(factor="a"), "factor must be finite and > 0, got 'a'"),
        (lambda: NewtonSchulz().effective_radius("a"), "weight_decay must be finite and > 0, got 'a'"),
        (lambda: NewtonSchulz().effective_radius(0.0), "weight_decay must be finite and > 0, got 0.0"),
        (lambda: Unfolded(NewtonSchulz()), "function must be a ConvexFunction"),
        (lambda: by_label({"a": 1.0}, "a"), r"functions\['a'\] must be a ConvexFunction"),
        (lambda: by_label([L1Norm()], "a"), "functions must map labels to K"),
        (lambda: spectral_for_matrices(rest="l1"), "rest must be a ConvexFunction"),
        (lambda: spectral_for_matrices(embeddings="embed"), "embeddings must be a tuple of strings .* got 'embed'"),
        (lambda: rms_factor(-1.0), "rms must be finite and > 0"),
    ],
)
def test_parts(build: Any, words: str):
    with pytest.raises((ValueError, TypeError), match=words):
        build()
