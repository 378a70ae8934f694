"""Keras for the tests: the backend is chosen before Keras is imported, JAX unless the environment says otherwise.

Every test_keras_*.py runs on any backend; test_keras_on_torch.py runs them again, on the others that are installed.
"""

import importlib.util
import os
from collections.abc import Iterator
from typing import Any

import jax
import numpy as np
import pytest

if importlib.util.find_spec("keras") is None:
    pytest.skip("needs the extra interop: make interop", allow_module_level=True)

# Not importorskip: a Keras that is installed and does not start is a failure.
os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
from interop.streams import Settings, Trajectory, gradient_streams, record

BACKEND = keras.backend.backend()


@pytest.fixture
def as_keras_expects() -> Iterator[None]:
    """JAX's usual promotion: layers add vectors to matrices, and Keras multiplies floats by integers."""
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        yield


def numpy(tensor: Any) -> np.ndarray:
    return np.array(keras.ops.convert_to_numpy(keras.ops.convert_to_tensor(tensor)))


def tensor(array: np.ndarray) -> Any:
    return keras.ops.convert_to_tensor(array)


def trajectory(optimizer: Any, gradients: np.ndarray, x0: np.ndarray) -> Trajectory:
    """The run of an optimizer on one variable, from v = 0; m = −v."""
    variable = keras.Variable(x0, dtype=str(x0.dtype))
    optimizer.build([variable])
    (momentum,) = (v for v in optimizer.variables if v.path.endswith("momentum"))

    def step(gradient: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        optimizer.apply([tensor(gradient)], [variable])
        return numpy(variable), -numpy(momentum)

    return record(step, gradients, x0)


def all_streams(settings: Settings) -> np.ndarray:
    """All gradient streams side by side: the entries of a separable K know nothing of each other."""
    return np.concatenate(list(gradient_streams(settings).values()), axis=1)


def start(size: int) -> np.ndarray:
    return np.linspace(-3, 3, size).astype(np.float32)
