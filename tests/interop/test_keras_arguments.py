"""Every argument of Keras' own Lion, against Keras' own Lion (K = ‖·‖₁) and a loop over NumPy arrays (another K)."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from interop.keras_runs import BACKEND, as_keras_expects, keras, numpy, tensor  # noqa: F401
from tiers import waiting

from lionlab.convex import L1Norm, SquaredL2
from lionlab.keras import LionK

pytestmark = pytest.mark.usefixtures("as_keras_expects")
STEPS = 24
SHAPES = {"kernel": (4, 3), "bias": (3,)}
Arrays = dict[str, np.ndarray]


def rate() -> float:
    return 0.003


ARGUMENTS: dict[str, Callable[[], dict[str, Any]]] = {
    "none": lambda: {},
    "learning_rate": lambda: {"learning_rate": 0.02},
    "learning_rate, schedule": lambda: {
        "learning_rate": keras.optimizers.schedules.PiecewiseConstantDecay([5, 11], [0.02, 0.004, 0.01])
    },
    "learning_rate, callable": lambda: {"learning_rate": rate},
    "beta_1": lambda: {"beta_1": 0.5},
    "beta_2": lambda: {"beta_2": 0.7},
    "weight_decay": lambda: {"weight_decay": 4.0},
    "clipnorm": lambda: {"clipnorm": 0.5},
    "clipvalue": lambda: {"clipvalue": 0.25},
    "global_clipnorm": lambda: {"global_clipnorm": 0.5},
    "use_ema": lambda: {"use_ema": True},
    "ema_momentum": lambda: {"use_ema": True, "ema_momentum": 0.6},
    "ema_overwrite_frequency": lambda: {
        "use_ema": True,
        "ema_momentum": 0.6,
        "ema_overwrite_frequency": 5,
        "learning_rate": 0.02,
    },
    "loss_scale_factor": lambda: {"loss_scale_factor": 1024.0},
    "gradient_accumulation_steps": lambda: {"gradient_accumulation_steps": 3, "weight_decay": 4.0},
    "all at once": lambda: {
        "learning_rate": keras.optimizers.schedules.InverseTimeDecay(0.01, 4, 0.5),
        "weight_decay": 2.0,
        "clipnorm": 0.7,
        "use_ema": True,
        "ema_momentum": 0.8,
        "ema_overwrite_frequency": 4,
        "loss_scale_factor": 8.0,
    },
}


def gradients() -> list[Arrays]:
    random = np.random.default_rng(1)
    return [{name: random.normal(size=s).astype(np.float32) for name, s in SHAPES.items()} for _ in range(STEPS)]


def variables() -> dict[str, Any]:
    return {
        name: keras.Variable(np.linspace(-2, 3, int(np.prod(shape))).reshape(shape), dtype="float32", name=name)
        for name, shape in SHAPES.items()
    }


def run(optimizer: Any, exclude: dict[str, Any] | None = None) -> tuple[list[Arrays], list[np.ndarray]]:
    """The variables after every step, and the optimizer's own at the end."""
    model = variables()
    if exclude is not None:
        optimizer.exclude_from_weight_decay(
            **{key: [model[name] for name in names] if key == "var_list" else names for key, names in exclude.items()}
        )
    seen = []
    for gradient in gradients():
        optimizer.apply([tensor(gradient[name]) for name in SHAPES], list(model.values()))
        seen.append({name: numpy(variable) for name, variable in model.items()})
    return seen, [numpy(v) for v in optimizer.variables]


def reference(arguments: dict[str, Any], decayed: tuple[str, ...] = tuple(SHAPES)) -> list[Arrays]:
    """Lion-K with K = ½‖·‖² in float64, and what Keras says its arguments do, in Keras' order."""
    get = {"beta_1": 0.9, "beta_2": 0.99, "learning_rate": 1e-3} | arguments
    beta_1, beta_2, period = get["beta_1"], get["beta_2"], get.get("gradient_accumulation_steps", 1)
    x = {name: numpy(variable).astype(np.float64) for name, variable in variables().items()}
    v, collected, average = ({name: np.zeros(shape) for name, shape in SHAPES.items()} for _ in range(3))
    seen = []
    for t, given in enumerate(gradients()):
        for name, g in given.items():
            collected[name] += g.astype(np.float64) / get.get("loss_scale_factor", 1)
        if (t + 1) % period == 0:
            eta = get["learning_rate"]
            is_schedule = isinstance(eta, keras.optimizers.schedules.LearningRateSchedule)
            eta = float(numpy(eta(t))) if is_schedule else eta() if callable(eta) else eta
            g = {name: total / period for name, total in collected.items()}
            norms = {name: np.linalg.norm(part) for name, part in g.items()}
            for name in g:
                norm = np.hypot(*norms.values()) if "global_clipnorm" in get else norms[name]
                limit = get.get("global_clipnorm", get.get("clipnorm", np.inf))
                g[name] = g[name] * min(1, limit / norm)
                g[name] = np.clip(g[name], -get.get("clipvalue", np.inf), get.get("clipvalue", np.inf))
                if name in decayed:
                    x[name] = x[name] * (1 - eta * get.get("weight_decay", 0))
                x[name] = x[name] - eta * (beta_1 * v[name] + (1 - beta_1) * g[name])
                v[name] = beta_2 * v[name] + (1 - beta_2) * g[name]
                collected[name] = np.zeros_like(x[name])
        if get.get("use_ema"):
            kept = get.get("ema_momentum", 0.99) if t > 0 else 0
            for name in x:
                average[name] = kept * average[name] + (1 - kept) * x[name]
                if (t + 1) % (get.get("ema_overwrite_frequency") or np.inf) == 0:
                    x[name] = average[name].copy()
        seen.append({name: part.copy() for name, part in x.items()})
    return seen


# A step is linear here: |x| ≤ 3 and |v|, |g| ≤ 4 are rounded at most 16 times in each, and shrink afterwards.
TOLERANCE = STEPS * 16 * 2.0**-24 * 4


def gap(first: list[Arrays], second: list[Arrays]) -> float:
    return max(float(np.max(np.abs(a[name] - b[name]))) for a, b in zip(first, second, strict=True) for name in SHAPES)


# Counting steps is slow in Keras, and is held against a reference below every time.
@pytest.mark.parametrize("name", waiting(ARGUMENTS, ["gradient_accumulation_steps", "use_ema"]))
def test_an_argument_does_what_it_does_for_keras_own_lion(name: str) -> None:
    seen, own = run(LionK(**ARGUMENTS[name]()))
    expected, expected_own = run(keras.optimizers.Lion(**ARGUMENTS[name]()))
    assert gap(seen, expected) <= (0 if BACKEND == "jax" else TOLERANCE)
    assert len(own) == len(expected_own)
    for a, b in zip(own, expected_own, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=0 if BACKEND == "jax" else TOLERANCE)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_an_argument_does_what_its_description_says_for_another_k(name: str) -> None:
    seen, _ = run(LionK(K=SquaredL2(), **ARGUMENTS[name]()))
    assert gap(seen, reference(ARGUMENTS[name]())) <= TOLERANCE


@pytest.mark.parametrize("name", [name for name in ARGUMENTS if name not in ("none", "use_ema", "ema_momentum")])
def test_an_argument_that_were_ignored_would_be_noticed(name: str) -> None:
    assert gap(reference(ARGUMENTS[name]()), reference({})) > 10 * TOLERANCE


EXCLUSIONS = {"var_list": {"var_list": ["bias"]}, "var_names": {"var_names": ["bia", "gamma"]}}


@pytest.mark.parametrize("decay", ["explicit", "implicit"])
@pytest.mark.parametrize("name", EXCLUSIONS)
def test_excluded_variables_do_not_decay(name: str, decay: str) -> None:
    arguments = {"weight_decay": 4.0, "learning_rate": 0.01}
    seen, _ = run(LionK(K=SquaredL2(), decay=decay, **arguments), EXCLUSIONS[name])
    if decay == "explicit":
        assert gap(seen, reference(arguments, decayed=("kernel",))) <= TOLERANCE
        assert gap(seen, reference(arguments)) > 10 * TOLERANCE
    else:
        free, _ = run(LionK(K=SquaredL2(), learning_rate=0.01))
        np.testing.assert_array_equal(seen[-1]["bias"], free[-1]["bias"])
        assert np.max(np.abs(seen[-1]["kernel"] - free[-1]["kernel"])) > 0.1


class DecaysAll(LionK):
    def _use_weight_decay(self, variable):
        return True


def test_a_planted_decay_of_excluded_variables_is_caught() -> None:
    arguments = {"weight_decay": 4.0, "learning_rate": 0.01}
    seen, _ = run(DecaysAll(K=SquaredL2(), **arguments), EXCLUSIONS["var_list"])
    assert gap(seen, reference(arguments, decayed=("kernel",))) > 10 * TOLERANCE


def test_all_variables_may_be_excluded() -> None:
    """Keras' own optimizers stop here on torch."""
    excluded, _ = run(LionK(weight_decay=4.0), {"var_names": [""]})
    assert gap(excluded, run(LionK())[0]) == 0


def test_one_string_is_no_list_of_names() -> None:
    with pytest.raises(TypeError, match="var_names must be a list, got 'bias'"):
        LionK().exclude_from_weight_decay(var_names="bias")


def test_the_average_replaces_the_variables_at_the_end() -> None:
    optimizer = LionK(K=SquaredL2(), use_ema=True, ema_momentum=0.5, learning_rate=0.1)
    model = variables()
    expected = None
    for gradient in gradients()[:4]:
        optimizer.apply([tensor(gradient[name]) for name in SHAPES], list(model.values()))
        x = numpy(model["bias"])
        expected = x if expected is None else 0.5 * expected + 0.5 * x
    optimizer.finalize_variable_values(list(model.values()))
    np.testing.assert_allclose(numpy(model["bias"]), expected, atol=TOLERANCE)


def test_name_and_the_names_of_variables() -> None:
    for optimizer in (LionK(name="mine", use_ema=True), keras.optimizers.Lion(name="mine", use_ema=True)):
        optimizer.build(list(variables().values()))
        assert optimizer.name == "mine"
        names = [v.path for v in optimizer.variables]
        assert names == [
            "mine/iteration", "mine/learning_rate", "mine/kernel_average", "mine/bias_average", "mine/kernel_momentum",
            "mine/bias_momentum",
        ]  # fmt: skip
    assert LionK().name.startswith("lion_k")


def test_the_learning_rate_can_be_set_during_training() -> None:
    model = variables()
    optimizer = LionK(0.1, L1Norm())
    ones = [tensor(np.ones(shape, np.float32)) for shape in SHAPES.values()]
    before = numpy(model["bias"])
    optimizer.apply(ones, list(model.values()))
    optimizer.learning_rate = 0.25
    optimizer.apply(ones, list(model.values()))
    np.testing.assert_allclose(numpy(model["bias"]), before - 0.35, rtol=1e-6)
