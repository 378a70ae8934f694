"""An optimizer that fails is named, with the step and what it did, in one short line: it is not the audit's failure."""

from typing import Any

import numpy as np
import optax
import pytest

from lionlab.audit import StepFunction, as_black_box, audit
from lionlab.audit._failures import OptimizerError


def mine(step: Any, init: Any = lambda x: 0, **more: Any) -> StepFunction:
    return StepFunction(init, step, name="mine", **more)


def divided(g: Any, s: Any, x: Any, eta: Any) -> Any:
    return (x - eta * np.sign(g), s + 1) if s < 20 else 1 / 0


CASES: dict[str, tuple[Any, str]] = {
    "raises": (mine(lambda g, s, x, eta: 1 / 0), "mine raises ZeroDivisionError at step 0: division by zero"),
    "raises later": (mine(divided), "mine raises ZeroDivisionError at step 20: division by zero"),
    "init raises": (mine(divided, lambda x: 1 / 0), "mine raises ZeroDivisionError in init: division by zero"),
    "wrong shape": (mine(lambda g, s, x, eta: (x.ravel(), s)), r"mine returned x of shape \(12,\) at step 0, and was"),
    "whole numbers": (mine(lambda g, s, x, eta: (x.astype(int), s)), "mine returned x of dtype int64 at step 0, and"),
    "objects": (mine(lambda g, s, x, eta: (x.astype(object), s)), "mine returned x of dtype object at step 0"),
    "complex": (mine(lambda g, s, x, eta: (x + 0j, s)), "mine returned x of dtype complex128 at step 0"),
    "no array": (mine(lambda g, s, x, eta: ([[1.0], [1.0, 2.0]], s)), "which is no array"),
    "nothing": (
        mine(lambda g, s, x, eta: None),
        r"mine must return \(x, state\) from step, and returned None at step 0",
    ),
    "three": (mine(lambda g, s, x, eta: (x, s, 1)), "and returned a tuple of 3 at step 0"),
    "x alone": (mine(lambda g, s, x, eta: x), r"mine must return \(x, state\) from step, and returned array"),
    "momentum": (mine(divided, momentum=lambda s: s), r"mine reads a momentum of shape \(\), and x has shape \(3, 4\)"),
    "optax": (
        optax.GradientTransformation(lambda p: (), lambda g, s, p=None: 1 / 0),
        "optax transformation raises ZeroDivisionError",
    ),
    "optax, wrong shape": (
        optax.GradientTransformation(lambda p: (), lambda g, s, p=None: (np.ones((2, 1, 1)) * g, s)),
        r"optax transformation returned x of shape \(2, 3, 4\)",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_named_with_its_step(name: str):
    optimizer, words = CASES[name]
    with pytest.raises(OptimizerError, match=words) as told:
        audit(optimizer, is_quick=True)
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < 200


def needing(size: int, depth: int) -> None:
    """A factory that cannot be called without arguments."""


@pytest.mark.parametrize(
    ("factory", "words"),
    [
        (needing, "needing needs size, depth; wrap it"),
        (lambda: None, r"must return an optimizer .*, got None\. Does it lack a return"),
        (lambda: np.zeros((100, 100)), "must return an optimizer"),
        (lambda: 1 / 0, "makes no optimizer: ZeroDivisionError: division by zero"),
        (np.zeros(3), "optimizer must be an optax transformation"),
    ],
    ids=["arguments", "nothing", "an array", "raises", "no factory"],
)
def test_what_makes_no_optimizer_is_named(factory: Any, words: str):
    with pytest.raises((TypeError, ValueError), match=words) as told:
        as_black_box(factory)
    assert len(str(told.value)) < 250


def test_the_name_given_is_the_name_blamed():
    def make(learning_rate: float) -> Any:
        return optax.GradientTransformation(lambda p: (), lambda g, s, p=None: 1 / 0)

    with pytest.raises(OptimizerError, match=r"^shop:right raises"):
        audit(make, name="shop:right", is_quick=True)


def test_a_refused_dtype_is_called_what_it_raised():
    def step(g: Any, m: Any, x: Any, eta: float) -> Any:
        if x.dtype != np.float32:
            raise NotImplementedError("float32 alone")
        u = np.sign(np.float32(0.9) * m - np.float32(0.1) * g)
        return x + np.float32(eta) * (u - np.float32(0.5) * x), np.float32(0.99) * m - np.float32(0.01) * g

    report = audit(mine(step, np.zeros_like), K="L1Norm()", weight_decay=0.5, is_quick=True)
    assert report.verdict == "CONSISTENT", str(report)
    assert report.effective_set == {"norm": "linf", "radius": pytest.approx(2.0), "is_bound": True}
    assert "float64 → refused: NotImplementedError" in report.finding("dtypes").found
