"""A small network learns to read digits, trained by Lion-K in PyTorch.

    python examples/train_torch.py [--epochs 15] [--width 64]

Matrices are trained with the nuclear norm (Muon, exact), everything else with the ℓ1 norm (Lion). Weight decay λ makes
of that the constraint: no singular value of a matrix above 1/λ, no other entry above 1/λ. Every epoch prints the
distance of λx to that set: the start lies outside on purpose, and the distance falls by the factor 1 − ηλ or more at
every step, whatever the gradients do. Needs the extras torch and experiments (scikit-learn, for the digits).
"""

import argparse
import math
from typing import NamedTuple

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn

from lionlab import L1Norm, MoreauEnvelope, NuclearNorm
from lionlab.torch import LionK, subgradient

WEIGHT_DECAY, LEARNING_RATE, BATCH, TEST_IMAGES = 0.5, 0.04, 64, 360


class Epoch(NamedTuple):
    """Mean training loss in nats, share of right answers on other images, and the distance of λx to the set."""

    loss: float
    accuracy: float
    distance: float


def digits() -> tuple[Tensor, Tensor]:
    """1797 images of 8×8 pixels between −1 and 1, and the digits they show."""
    data = load_digits()
    return torch.tensor(data.data / 8 - 1, dtype=torch.float32), torch.tensor(data.target)


def network(width: int) -> nn.Sequential:
    """Two hidden layers, the matrices with singular values of up to thrice the radius 1/λ."""
    model = nn.Sequential(
        nn.Linear(64, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 10),
    )  # fmt: skip
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 2:
                parameter.mul_(3 / WEIGHT_DECAY / torch.linalg.matrix_norm(parameter, 2))
    return model


@torch.no_grad()
def distance_to_constraint(optimizer: LionK) -> float:
    """The Euclidean distance of λx, all parameters together, to dom K*.

    For a norm K that is its dual unit ball, and the gradient of K's envelope is the projection on it.
    """
    distances = []
    for group in optimizer.param_groups:
        envelope = MoreauEnvelope(optimizer.function_of(group), 1.0)
        for parameter in group["params"]:
            scaled = group["weight_decay"] * parameter.double()
            distances.append(float(torch.linalg.vector_norm(scaled - subgradient(envelope, scaled))))
    return math.hypot(*distances)


def train(epochs: int = 15, width: int = 64, seed: int = 0) -> list[Epoch]:
    """Trains, and prints every epoch; the first entry is the start."""
    torch.manual_seed(seed)
    images, labels = digits()
    order = torch.randperm(len(images))
    test, rest = order[:TEST_IMAGES], order[TEST_IMAGES:]
    model = network(width)
    matrices = [p for p in model.parameters() if p.ndim == 2]
    others = [p for p in model.parameters() if p.ndim != 2]
    optimizer = LionK(
        [{"params": matrices, "K": NuclearNorm()}, {"params": others, "K": L1Norm()}],
        lr=LEARNING_RATE,
        weight_decay=WEIGHT_DECAY,
    )
    steps = epochs * (len(rest) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: 1 - 0.99 * min(t / max(steps, 1), 1))
    entropy = nn.CrossEntropyLoss()
    run = []

    def report(loss: float) -> None:
        with torch.no_grad():
            accuracy = float((model(images[test]).argmax(1) == labels[test]).float().mean())
        run.append(Epoch(loss, accuracy, distance_to_constraint(optimizer)))
        print(f"epoch {len(run) - 1:3d}   loss {loss:7.4f}   accuracy {accuracy:.3f}   distance {run[-1].distance:.4f}")

    report(float(entropy(model(images[rest]), labels[rest]).detach()))
    for _ in range(epochs):
        losses = []
        for batch in rest[torch.randperm(len(rest))].split(BATCH)[: len(rest) // BATCH]:
            optimizer.zero_grad()
            loss = entropy(model(images[batch]), labels[batch])
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
        report(sum(losses) / len(losses))
    return run


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    # Matrices this small are done before a second thread has woken up.
    torch.set_num_threads(1)
    train(given.epochs, given.width, given.seed)
