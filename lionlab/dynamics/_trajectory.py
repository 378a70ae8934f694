"""What a run leaves behind: NumPy arrays, time along the first axis."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Trajectory:
    """The recorded states of a run of T steps. Arrays not recorded are None.

    - `x`, `m`: (T+1, …) parameters and momentum; with `record_every` = k, every k-th of them, T//k + 1 in all.
    - `gradient`: (T, …) the gradients the steps used, noise included (only with `record_every` = 1).
    - `lyapunov`: (T+1,) H(x_t, m_t), +inf outside the constraint set.
    - `step_sizes`: (T+1,) η_t as the run used it.
    - `is_noisy`: whether `gradient` has noise in it. One without is that of the objective, and is held to it.
    - `batched`: whether a batch axis of independent runs stands after the time axis, (T+1, B, …).
    """

    x: np.ndarray | None
    m: np.ndarray | None
    gradient: np.ndarray | None = None
    lyapunov: np.ndarray | None = None
    step_sizes: np.ndarray | None = None
    record_every: int = 1
    batched: bool = False
    is_noisy: bool = False

    @property
    def num_steps(self) -> int:
        """T, the number of steps between the first and the last recorded state."""
        recorded = next(a for a in (self.x, self.m, self.lyapunov) if a is not None)
        return (len(recorded) - 1) * self.record_every


def check_trajectory(trajectory: Any) -> None:
    """**Raises:** `TypeError` when it is not a `Trajectory`."""
    if not isinstance(trajectory, Trajectory):
        raise TypeError(f"trajectory must be a Trajectory, as `simulate` returns, got {type(trajectory).__name__}.")
