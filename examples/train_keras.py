"""A small network on the digits data with Lion-K in Keras: accuracy and distance to the constraint set, per epoch.

    KERAS_BACKEND=jax python examples/train_keras.py

The hidden layers' matrices take the nuclear norm (their steps are polar factors, as Muon's), everything else ℓ1 (Lion).
With weight decay λ the set is: no singular value of a matrix above 1/λ, no entry of the rest above 1/λ. Training starts
outside. Whatever the gradients are, every step brings the distance to at most 1−ηλ of what it was; beside it stands the
distance that this alone would allow. Biases do not decay.
It needs the extras keras and experiments, and takes less than a minute on two cores.
"""

import argparse
import math
import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from sklearn.datasets import load_digits

import lionlab as ll
from lionlab.keras import ConstraintDistance, LionK

LEARNING_RATE = 0.01
WEIGHT_DECAY = 0.5
BATCH = 64


def network(width: int) -> keras.Model:
    """Two hidden layers, drawn twice as large as usual, so that they start outside the set."""
    wide = keras.initializers.RandomNormal(stddev=2 / np.sqrt(width))
    hidden = [keras.layers.Dense(width, "relu", kernel_initializer=wide, name=f"hidden_{i}") for i in (1, 2)]
    return keras.Sequential([keras.layers.Input((64,)), *hidden, keras.layers.Dense(10, name="logits")])


def train(epochs: int, width: int) -> dict[str, list[float]]:
    """The history of `fit`: loss, accuracy and "constraint_distance" after every epoch."""
    keras.utils.set_random_seed(0)
    digits = load_digits()
    images, labels = (digits.data / 16).astype(np.float32), digits.target
    model = network(width)
    optimizer = LionK(LEARNING_RATE, K={"hidden.*kernel": ll.NuclearNorm(), "": ll.L1Norm()}, weight_decay=WEIGHT_DECAY)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    model.compile(optimizer, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    outcome = model.fit(
        images,
        labels,
        batch_size=BATCH,
        epochs=epochs,
        validation_split=0.2,
        verbose=0,
        callbacks=[ConstraintDistance()],
    )
    return outcome.history


def factor_per_epoch() -> float:
    """(1−ηλ) to the number of steps: what an epoch leaves of the distance at most."""
    steps = math.ceil(int(0.8 * len(load_digits().target)) / BATCH)
    return (1 - LEARNING_RATE * WEIGHT_DECAY) ** steps


def main() -> None:
    """Trains and prints one line per epoch."""
    parser = argparse.ArgumentParser(description="Train on the digits data with lionlab.keras.LionK.")
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--width", type=int, default=64, help="of the hidden layers")
    arguments = parser.parse_args()
    history = train(arguments.epochs, arguments.width)
    print(f"Keras on {keras.backend.backend()}, constraint set of radius 1/λ = {1 / WEIGHT_DECAY:g}")
    allowed = history["constraint_distance"][0]
    for epoch, (loss, accuracy, distance) in enumerate(
        zip(history["loss"], history["val_accuracy"], history["constraint_distance"], strict=True), start=1
    ):
        print(
            f"epoch {epoch:2d}  loss {loss:.4f}  validation accuracy {accuracy:.3f}  "
            f"constraint distance {distance:7.4f} of {allowed:7.4f}"
        )
        allowed *= factor_per_epoch()


if __name__ == "__main__":
    main()
