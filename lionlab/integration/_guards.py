"""No solution leaves without a look at what theory says of every one of them."""

import numpy as np


class IntegrationError(RuntimeError):
    """A solver gave up, or said that it succeeded and returned what theory excludes; the message says which."""


def check_finished(solver: str, is_finished: np.ndarray, num_steps: np.ndarray, remedy: str) -> None:
    """**Raises:** `IntegrationError` when the solver itself reports a failure in any run."""
    if not np.all(is_finished):
        failed = np.flatnonzero(~np.atleast_1d(is_finished))
        of_batch = (
            f" in {failed.size} of {np.size(is_finished)} runs, first run {failed[0]}" if np.ndim(is_finished) else ""
        )
        steps = int(np.max(num_steps))
        raise IntegrationError(f"{solver} gave up{of_batch} after {steps} accepted steps; {remedy}")


def check_finite(solver: str, times: np.ndarray, **arrays: np.ndarray) -> None:
    """**Raises:** `IntegrationError` naming what is not finite and when it first is not."""
    for name, array in arrays.items():
        by_time = np.isfinite(array.reshape(len(array), -1)).all(axis=1)
        if not by_time.all():
            first = times[np.argmin(by_time)]
            reason = "; x and m are, so f(x), K(m) or K*(λx) is not" if name == "lyapunov" else ""
            raise IntegrationError(f"{solver} returned a {name} that is not finite at time {first:g}{reason}.")


def check_envelope(
    solver: str, times: np.ndarray, distance: np.ndarray, decay: np.ndarray, allowance: np.ndarray, remedy: str
) -> None:
    """dist(λx_t, dom K*) ≤ decay_t·dist(λx_0, dom K*) + allowance_t at every saved time, whatever the gradients are.

    `decay` is e^{−λ(t−t0)}, or what the method makes of it. An allowance that is not finite allows nothing.

    **Raises:** `IntegrationError` with the first time at which it fails. Source: arXiv 2310.05898, §3 (phase 1).
    """
    allowed = np.where(np.isfinite(allowance), decay * distance[0] + allowance, -1.0)
    is_fine = (np.isfinite(distance) & (distance <= allowed)).reshape(len(distance), -1)
    if not is_fine.all():
        time, run = np.argwhere(~is_fine)[0]
        found, most = (float(np.reshape(a, is_fine.shape)[time, run]) for a in (distance, allowed))
        of_run = f" of run {run}" if is_fine.shape[1] > 1 else ""
        raise IntegrationError(
            f"{solver} says it succeeded, but at time {times[time]:g}{of_run} λx is {found:.3g} outside dom K*, where "
            f"phase 1 allows {max(most, 0.0):.3g}: wrong by theorem. {remedy}"
        )


def check_conjugate(solver: str, times: np.ndarray, gap: np.ndarray) -> None:
    """The Fenchel–Young equality at ∇K(m), relative to its terms, to half the digits: rounding loses far fewer.

    **Raises:** `IntegrationError` where K* is not the conjugate of K, with which H and its account mean nothing.
    """
    by_time = np.max(np.abs(gap.reshape(len(gap), -1)), axis=1)
    first = int(np.argmax(~(by_time <= np.sqrt(np.finfo(gap.dtype).eps))))
    if not by_time[first] <= np.sqrt(np.finfo(gap.dtype).eps):
        raise IntegrationError(
            f"{solver}: at time {times[first]:g} K(m) + K*(∇K(m)) differs from ⟨∇K(m), m⟩ by {by_time[first]:.3g} of "
            "the terms: K and its conjugate do not belong together."
        )


def check_accounts(solver: str, times: np.ndarray, residual: np.ndarray, allowance: np.ndarray, remedy: str) -> None:
    """|balance residual| ≤ allowance at every saved time. **Raises:** `IntegrationError` naming the first failure."""
    is_fine = (np.isfinite(residual) & (np.abs(residual) <= allowance)).reshape(len(residual), -1)
    if not is_fine.all():
        time, run = np.argwhere(~is_fine)[0]
        found, most = (float(np.reshape(a, is_fine.shape)[time, run]) for a in (residual, allowance))
        of_run = f" of run {run}" if is_fine.shape[1] > 1 else ""
        raise IntegrationError(
            f"{solver} says it succeeded, but at time {times[time]:g}{of_run} its energy account is off by {found:.3g} "
            f"where at most {most:.3g} is explained. {remedy}"
        )
