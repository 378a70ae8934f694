"""Adapters: one stream of gradients, the same course whatever an optimizer is written in; and the callable module."""

import functools
import inspect
import subprocess
import sys
from typing import Any

import numpy as np
import optax
import pytest

import lionlab as ll
from lionlab.audit import BlackBox, StepFunction, as_black_box
from lionlab.audit.zoo import lion, majority_vote

RNG = np.random.default_rng(0)
G = RNG.normal(size=(20, 2, 3))
X0 = RNG.normal(size=(2, 3))


def expected(learning_rate: Any = 0.01, weight_decay: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """Lion as a loop, independent of the zoo."""
    x, m, xs, ms = X0.copy(), np.zeros_like(X0), [X0], [np.zeros_like(X0)]
    for t, g in enumerate(G):
        eta = learning_rate(t) if callable(learning_rate) else learning_rate
        x = x + eta * (np.sign(0.9 * m - 0.1 * g) - weight_decay * x)
        m = 0.99 * m - 0.01 * g
        xs.append(x)
        ms.append(m)
    return np.array(xs), np.array(ms)


def halving(t: Any) -> Any:
    return 0.02 * 0.9**t


KINDS = {
    "step function": lambda: lion(0.01, 0.5),
    "transformation": lambda: optax.lion(0.01, weight_decay=0.5),
    "partial factory": lambda: functools.partial(optax.lion, learning_rate=0.01, weight_decay=0.5),
    "method": lambda: ll.LionK(ll.L1Norm(), 0.01, 0.5),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_runs_alike(kind: str):
    box = as_black_box(KINDS[kind]())
    course = box.run(X0, G)
    x, m = expected()
    assert course.x.dtype == np.float64
    assert course.dtype == "float64"
    np.testing.assert_allclose(course.x, x, atol=1e-14)
    assert course.momentum is not None
    np.testing.assert_allclose(course.momentum, m, atol=1e-14)


@pytest.mark.parametrize(
    "made",
    [lambda: lion(0.01, 0.5), lambda: functools.partial(optax.lion, weight_decay=0.5), KINDS["method"]],
    ids=["step function", "factory", "method"],
)
def test_a_schedule_can_be_passed(made: Any):
    box = as_black_box(made())
    assert box.accepts_schedule
    np.testing.assert_allclose(box.run(X0, G, learning_rate=halving).x, expected(halving)[0], atol=1e-13)
    closed = box.run(X0, lambda t, x: G[t], learning_rate=halving, steps=len(G))
    np.testing.assert_allclose(closed.x, expected(halving)[0], atol=1e-13)


def test_a_bare_transformation_takes_no_learning_rate():
    box = as_black_box(optax.lion(0.01, weight_decay=0.5))
    assert box.learning_rate is None
    with pytest.raises(ValueError, match="pass a factory"):
        box.run(X0, G, learning_rate=0.1)
    with pytest.raises(ValueError, match="pass a factory"):
        box.run(X0, G, learning_rate=halving)


def test_half_precision_and_float32_keep_their_dtype():
    box = as_black_box(optax.lion(0.01, weight_decay=0.5))
    import jax.numpy as jnp

    for dtype in (np.float32, jnp.bfloat16):
        assert box.run(X0.astype(dtype), G[:3].astype(dtype)).x.dtype == dtype


def test_what_looks_at_numbers_is_run_uncompiled():
    def update(g: Any, state: Any, params: Any = None) -> tuple[Any, Any]:
        return (-g if float(g.sum()) > 0 else 0 * g), state

    box = as_black_box(optax.GradientTransformation(lambda p: (), update))
    x = box.run(X0, G[:4]).x
    np.testing.assert_allclose(x[1] - x[0], -G[0] if G[0].sum() > 0 else 0, atol=1e-14)


def test_several_workers_have_a_gradient_each():
    box = as_black_box(majority_vote(0.01, 0.0))
    shape = box.gradient_shape(X0)
    assert shape[1:] == X0.shape
    assert box.run(X0, np.ones((2, *shape))).x.shape == (3, 2, 3)


def test_a_course_is_made_of_copies():
    def step(g: Any, state: Any, x: Any, eta: float) -> tuple[Any, Any]:
        x -= eta * g
        return x, state

    start = X0.copy()
    course = StepFunction(lambda x: None, step, 0.1).run(start, G)
    np.testing.assert_allclose(course.x, X0 - 0.1 * np.concatenate([np.zeros((1, 2, 3)), G.cumsum(axis=0)]), atol=1e-12)
    assert np.array_equal(start, X0)


@pytest.mark.parametrize("wrong", [3, "optax.lion", lambda: 3, lambda size: size, object()])
def test_what_is_no_optimizer_is_refused(wrong: Any):
    with pytest.raises(TypeError, match=r"must be an optax|must return an optimizer|needs size"):
        as_black_box(wrong)


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match=r"gradients must have shape"):
        as_black_box(lion()).run(X0, G[:, 0])


ORDERS = (
    "import lionlab; f = lionlab.audit",
    "from lionlab import audit as f",
    "import lionlab.audit; f = lionlab.audit",
    "import lionlab.audit as f",
    "import lionlab; lionlab.audit; import lionlab.audit as f",
    "from lionlab.audit import audit as f",
    "from lionlab import audit; import lionlab.audit; f = lionlab.audit; assert f is audit",
    "import lionlab; lionlab.assert_is_lion_k; f = lionlab.audit",
    "import lionlab.audit.zoo; f = lionlab.audit",
)


def test_the_module_is_the_function_in_every_order_of_imports():
    code = f"""
import sys, inspect
for order in {ORDERS!r}:
    for name in [name for name in sys.modules if name.partition(".")[0] == "lionlab"]:
        del sys.modules[name]
    names = {{}}
    exec(order, names)
    f = names["f"]
    assert callable(f) and f.as_black_box and f.__doc__ and "weight_decay" in str(inspect.signature(f)), order
print("done")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "done", done.stderr


def test_torch_and_keras_are_not_imported_unasked():
    code = "import sys, lionlab.audit as a, optax; a.as_black_box(optax.lion(0.1))\n"
    code += "print(set(sys.modules) & {'torch', 'keras'})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "set()"


def test_the_signature_is_that_of_the_function():
    assert list(inspect.signature(ll.audit).parameters)[:4] == ["optimizer", "K", "weight_decay", "learning_rate"]
    assert issubclass(StepFunction, BlackBox)
