"""The training example, at its smallest: it runs, learns, and approaches the constraint set."""

import importlib.util
from pathlib import Path

import jax
import numpy as np

EXAMPLE = Path(__file__).parents[2] / "examples" / "train_optax.py"


def test_a_short_training_run():
    spec = importlib.util.spec_from_file_location("train_optax", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    # The tests' rules on promotion are stricter than those of somebody's training script.
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        epochs = list(example.train(num_epochs=2, num_steps=5))
    assert len(epochs) == 3
    assert np.isfinite(epochs).all()
    distances = [epoch.distance for epoch in epochs]
    assert distances[0] > distances[1] > distances[2] > 0
    # Phase 1: every step of η takes the distance to (1 − ηλ) of it at most, whatever the gradients.
    etas = example.LEARNING_RATE * (1 - 0.99 * np.arange(5) / 10)
    assert distances[1] <= distances[0] * np.prod(1 - etas * example.WEIGHT_DECAY) * (1 + 1e-5)
    assert epochs[-1].loss < epochs[0].loss
