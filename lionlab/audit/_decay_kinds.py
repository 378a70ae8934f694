"""Which set each kind of weight decay keeps, from the schedule alone.

Write a step as x⁺ = (1−d_t)x + s_t u with ‖u‖ ≤ w. While 0 ≤ d_t ≤ 1 every ball of radius r ≥ max_t w s_t/d_t is kept,
whatever the gradients, and the excess over it shrinks by Π(1−d_t). So the radius is a matter of two sequences:

    decoupled     d = ηλ             w/λ                    the radius of the theory
    implicit      x⁺ = (x+ηu)/(1+ηλ) w/λ                    the same, for every ηλ
    fixed         d = λ              w max η_t/λ            not scaled by η: the set shrinks with η, and x lags behind
    over first    d = ηλ/η_0         wη_0/λ
    independent   d = ηλ/η_peak      wη_peak/λ
    corrected     d = η²λ/max η      w max η_t/(η_T λ)      grows as η falls, and is then not filled
    coupled, cautious, none          no set: no d_t acts while x is pushed outward

Source: derived here; decoupled decay arXiv 1711.05101, corrected decay 2506.02285, cautious decay 2510.12402.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

Rates = Callable[[np.ndarray, float, float], np.ndarray]


def _corrected(rates: np.ndarray, weight_decay: float, peak: float) -> np.ndarray:
    return rates**2 / np.maximum.accumulate(rates) * weight_decay


# d_t/s_t·η_t, so that r_t = η_t/(this): for the implicit form both carry the same 1/(1+ηλ).
DECAY_RATES: dict[str, Rates] = {
    "decoupled": lambda rates, weight_decay, peak: rates * weight_decay,
    "implicit": lambda rates, weight_decay, peak: rates * weight_decay,
    "fixed": lambda rates, weight_decay, peak: np.full_like(rates, weight_decay),
    "over first": lambda rates, weight_decay, peak: rates / rates[0] * weight_decay,
    "independent": lambda rates, weight_decay, peak: rates / peak * weight_decay,
    "corrected": _corrected,
}
"""Kind → d_t for learning rates η_0 … η_{T−1}, λ and the peak of the schedule."""

WITHOUT_A_SET = ("coupled", "cautious", "strictly cautious", "none")
"""Kinds that keep no set at all."""


def kept_radius(
    kind: str, learning_rates: Any, weight_decay: float, width: float = 1.0, peak: float | None = None
) -> float | None:
    """max_t w s_t/d_t, the radius that decay of this kind keeps under this schedule; None where it keeps none.

    **Arguments:**

    - `kind`: a key of `DECAY_RATES`, or one of `WITHOUT_A_SET`.
    - `learning_rates`: η, a number > 0 or the sequence of all steps.   `weight_decay`: λ ≥ 0; 0 keeps no set.
    - `width`: w, the largest size of a direction u in the norm in question: 1 for a Lion-K of norm type.
    - `peak`: the schedule's largest η, where the sequence does not contain it.

    **Raises:** `ValueError` for an unknown kind, and for η or λ out of range.
    """
    rates = np.atleast_1d(np.asarray(learning_rates, np.float64))
    if not (np.isfinite(rates).all() and (rates > 0).all()):
        raise ValueError(f"learning_rates must be finite and > 0, got {learning_rates!r}.")
    if not (np.isfinite(weight_decay) and weight_decay >= 0):
        raise ValueError(f"weight_decay must be finite and ≥ 0, got {weight_decay!r}.")
    if kind in WITHOUT_A_SET or weight_decay == 0:
        return None
    if kind not in DECAY_RATES:
        raise ValueError(f"kind must be one of {', '.join((*DECAY_RATES, *WITHOUT_A_SET))}, got {kind!r}.")
    decays = DECAY_RATES[kind](rates, weight_decay, float(rates.max()) if peak is None else peak)
    return float(width * np.max(rates / decays))
