"""What is updated: one array, or the tree of GPT-2; Lion's constants; and the same two steps in NumPy."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from _gpt2_tree import gpt2_shapes

LEARNING_RATE, WEIGHT_DECAY, BETA1, BETA2 = 1e-3, 0.1, 0.9, 0.99
DRAWN = 10**6


@dataclass(frozen=True)
class Problem:
    """`judged`: whether its ratios to the floor have targets."""

    name: str
    shapes: dict[str, tuple[int, ...]]
    judged: bool = False

    @property
    def size(self) -> int:
        return sum(int(np.prod(shape)) for shape in self.shapes.values())

    def arrays(self, seed: int) -> dict[str, np.ndarray]:
        """Normal numbers, a million of them over and over: what they are decides nothing about the time."""
        drawn = np.random.default_rng(seed).standard_normal(DRAWN, np.float32)
        return {name: np.resize(drawn[: int(np.prod(shape))], shape) for name, shape in self.shapes.items()}


def one_array(size: int, judged: bool = False) -> Problem:
    return Problem(f"{size:.0e}".replace("e+0", "e"), {"x": (size,)}, judged)


def problems(size: str) -> list[Problem]:
    """For "full", "quick" and "tiny" runs, the smallest first."""
    if size == "tiny":
        return [one_array(1000, True), Problem("GPT-2, tiny", gpt2_shapes(50, 4, 8), True)]
    smaller = [one_array(10**6), one_array(10**7)]
    if size == "quick":
        return smaller
    return [*smaller, one_array(10**8, True), Problem("GPT-2", gpt2_shapes(), True)]


def require_lion(name: str, problem: Problem, after: dict[str, Any], steps: int) -> None:
    """**Raises:** `RuntimeError` unless `after` is what Lion makes of the problem in that many steps from m = 0.

    The ends of every array are looked at, 100,000 numbers each.
    """
    beginnings, gradients = problem.arrays(0), problem.arrays(1)
    for key in problem.shapes:
        start, g, end = (ends(arrays[key]) for arrays in (beginnings, gradients, after))
        x, m = start, np.zeros_like(start)
        for _ in range(steps):
            u = np.sign(np.float32(BETA1) * m + np.float32(1 - BETA1) * g)
            m = np.float32(BETA2) * m + np.float32(1 - BETA2) * g
            x = x - np.float32(LEARNING_RATE) * (u + np.float32(WEIGHT_DECAY) * x)
        # Two roundings of x per step, of which one may be left out, and those of η(u + λx), a thousand times smaller.
        allowed = 2 * steps * np.finfo(np.float32).eps * np.max(np.abs(start))
        difference = np.max(np.abs(end - x))
        if not difference <= allowed:
            raise RuntimeError(f"{name} is not Lion: {key} is off by {difference:.2g} after {steps} steps.")


def ends(array: Any, size: int = 10**5) -> np.ndarray:
    flat = np.asarray(array).reshape(-1)
    return flat if flat.size <= 2 * size else np.concatenate([flat[:size], flat[-size:]])
