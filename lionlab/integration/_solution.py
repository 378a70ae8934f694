"""What `integrate` returns."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..energy import Ledger


@dataclass(frozen=True)
class FlowSolution:
    """A flow at n saved times, as NumPy arrays in the start's dtype; of a batch, a second axis counts the B runs.

    - `times` (n,).   `x`, `m` (n, …).
    - `lyapunov` (n,): H(x, m), or H_M with M = `bound`; of the implicit step, H_h with its c_h.
    - `dissipated` (n,): ∫(γ+cλ)Δ1 + cΔ2 so far, integrated with the state; of the implicit step, the sum of
      h(γ+c_hλ)Δ1 + c_h⟨s−w, m⁺−m⟩.
    - `balance_residual` (n,): H(t) + dissipated − H(0), minus ∫α̇f where α depends on time; 0 but for the error of
      integration. Of the implicit step: what its exact ledger leaves unexplained, 0 but for rounding.
    - `bound`: M where H_M was used, else None.   `solver`, `num_steps`: what made it.
    - `constraint_distance` (n,): Euclidean distances of λx to dom K*.

    Of the implicit step only (else None): `selection` (n−1, …), s ∈ ∂K(m̃) of the last step before each later time;
    `inclusion_residual` (n−1,), the largest ‖e‖ with s ∈ ∂K(m̃ + e) since the time before; `ledger`, the exact energy
    `Ledger` of every single step (its `lyapunov` has one entry more); `most_iterations` of any step.
    """

    times: np.ndarray
    x: np.ndarray
    m: np.ndarray
    lyapunov: np.ndarray
    dissipated: np.ndarray
    balance_residual: np.ndarray
    constraint_distance: np.ndarray
    bound: float | None
    solver: str
    num_steps: np.ndarray | int
    selection: np.ndarray | None = None
    inclusion_residual: np.ndarray | None = None
    ledger: Ledger | None = None
    most_iterations: int | None = None
    batched: bool = False
    interpolant: Callable[[Any], tuple[np.ndarray, np.ndarray]] | None = field(default=None, repr=False, compare=False)

    def at(self, times: Any) -> tuple[np.ndarray, np.ndarray]:
        """(x, m) at any times of the interval, by the solver's own interpolation: `integrate(…, dense=True)`.

        **Raises:** `ValueError` without dense output, or for a time outside the interval.
        """
        if self.interpolant is None:
            raise ValueError('at(times) needs dense output: integrate(…, dense=True) with "tsit5" or "kvaerno5".')
        wanted = np.asarray(times, self.times.dtype)
        if not ((wanted >= self.times[0]) & (wanted <= self.times[-1])).all():
            raise ValueError(f"times must lie in [{self.times[0]:g}, {self.times[-1]:g}], the interval integrated.")
        return self.interpolant(wanted)
