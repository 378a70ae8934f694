"""What the textbook flows are compared on: small losses with derivatives in NumPy, starts, and steps by hand."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import jax.numpy as jnp
import numpy as np

from ..objectives import LeastSquaresMatrix, LogisticRegression, Objective, Quadratic, random_quadratic
from ._special_flow import ByHand, Example

DIM = 4
SHAPE = (3, 2)
Arguments = Mapping[str, Any]


def vector_examples(
    arguments: Sequence[Arguments],
    seed: int,
    run_on: str = "LogisticRegression",
    textbook_window: tuple[float, float] | None = None,
) -> list[Example]:
    """Every set of arguments on a quadratic and on a logistic regression; runs on one of them, over the window."""
    rng = np.random.default_rng(seed)
    a, quadratic = rng.normal(size=(12, DIM)), random_quadratic(DIM, 10.0, seed)
    logistic = LogisticRegression(a, a @ rng.normal(size=DIM) + rng.normal(size=12) > 0)
    signed = a * logistic.signs[:, None]

    def logistic_slope(x: np.ndarray) -> np.ndarray:
        return -signed.T @ (1 / (1 + np.exp(signed @ x))) / len(signed)

    def logistic_hessian(x: np.ndarray) -> np.ndarray:
        probability = 1 / (1 + np.exp(signed @ x))
        return (signed.T * (probability * (1 - probability))) @ signed / len(signed)

    found = []
    for chosen in arguments:
        window = (0.0, 6.0)
        if textbook_window is not None:
            window = tuple(chosen["averaging"] * np.log(textbook_window))
        for loss, gradient, hessian in (
            (quadratic, lambda x: quadratic.matrix @ (x - quadratic.center), lambda x: quadratic.matrix),
            (logistic, logistic_slope, logistic_hessian),
        ):
            kind = type(loss).__name__
            x0, m0 = rng.uniform(-0.9, 0.9, size=(2, DIM))
            found.append(
                Example(
                    f"{kind}, {dict(chosen)!r}", chosen, loss, gradient, x0, m0, hessian,
                    window=window if kind == run_on else None,
                )
            )  # fmt: skip
    return found


def closed_form_examples(arguments: Sequence[Arguments], seed: int, is_isotropic: bool = False) -> list[Example]:
    """Every set of arguments on ½Σ aᵢ(xᵢ−cᵢ)², where steps go by hand, and on a logistic regression, where not."""
    rng = np.random.default_rng(seed)
    found = [one for one in vector_examples(arguments, seed) if isinstance(one.objective, LogisticRegression)]
    found = [Example(one.label, one.arguments, one.objective, one.gradient, one.x0, one.m0) for one in found]
    for chosen, h in zip(arguments, (0.3, 0.1, 0.2), strict=False):
        a = np.full(DIM, 1.7) if is_isotropic else np.linspace(0.5, 3.0, DIM)
        # One coordinate of the centre far out: a box then has an active bound, while the others slide.
        c = np.concatenate([rng.uniform(-0.4, 0.4, DIM - 1), [3.0]])
        x0, m0 = rng.uniform(-0.6, 0.6, size=(2, DIM))
        found.append(
            Example(
                f"separable quadratic, {dict(chosen)!r}", chosen, Quadratic(np.diag(a), c),
                partial(_separable_slope, a, c), x0, m0, by_hand=ByHand(a, c, h),
            )
        )  # fmt: skip
    return found


def _separable_slope(curvature: np.ndarray, center: np.ndarray, x: np.ndarray) -> np.ndarray:
    return curvature * (x - center)


def matrix_examples(arguments: Sequence[Arguments], seed: int) -> list[Example]:
    """Every set of arguments on a least-squares problem, and on ½a‖X−C‖², where steps go by hand."""
    rng = np.random.default_rng(seed)
    left, target = rng.normal(size=(3, 3)), rng.normal(size=SHAPE)
    a, c = 1.7, 0.8 * rng.normal(size=SHAPE)
    root = np.sqrt(a)
    found = []
    for chosen, h in zip(arguments, (0.3, 0.1), strict=True):
        starts = rng.uniform(-0.5, 0.5, size=(4, *SHAPE))
        found.append(
            Example(
                f"matrix least squares, {dict(chosen)!r}", chosen, LeastSquaresMatrix(left, target),
                lambda X: left.T @ (left @ X - target), starts[0], starts[1],
            )
        )  # fmt: skip
        found.append(
            Example(
                f"distance to a matrix, {dict(chosen)!r}", chosen, LeastSquaresMatrix(root * np.eye(3), root * c),
                lambda X: a * (X - c), starts[2], starts[3], by_hand=ByHand(a, c, h),
            )
        )  # fmt: skip
    return found


ENTROPY_CONJUGATE = Objective(lambda y: jnp.sum(jnp.exp(y)), DIM, is_convex=True)


def entropy_examples(seed: int) -> list[Example]:
    """Mirror descent of two quadratics h, with the entropy for mirror map: flows on φ*(y) = Σe^y from y_0 = log p_0."""
    found = []
    for i, condition in enumerate((5.0, 20.0)):
        h = random_quadratic(DIM, condition, seed + i, distance=1.0)
        start = np.random.default_rng(seed + i).normal(size=DIM) - 1
        found.append(
            Example(
                f"entropy, condition {condition:g}", {"objective": h}, ENTROPY_CONJUGATE, np.exp, start,
                np.zeros(DIM), window=(0.0, 6.0),
            )
        )  # fmt: skip
    return found
