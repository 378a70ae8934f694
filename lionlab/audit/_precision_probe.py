"""In which floating point an optimizer really computes: that of x, and that in which it keeps its momentum.

A number kept in few digits is a step function of what it was made of. So where the push before is changed by a fraction
of one such digit, and a step still turns round at the same gradient to the last bit, the momentum is kept in that few
digits; where the gradient at which it turns follows the push, it is not. No other sign is taken for it: an optimizer
that keeps float64 is held against float64.
"""

import functools
from collections.abc import Callable

import numpy as np

from ..precision import unit_roundoff
from ._momentum_probe import STRENGTH, without_decay
from ._probe import Probe, crossing

Turning = Callable[[float], float]
"""The size of the push before → the gradient, along the same line, at which the step turns round; NaN for none."""
COARSER = ("bfloat16", "float32")
PUSHES, NEEDED = 6, 5
FRACTION = 32
"""A change by this fraction of a digit crosses from one kept number to the next one time in sixteen at most."""
FEW_DIGITS = "float16"
"""Numbers that have this few digits were not rounded to float32 but are short by themselves, as ±½ is."""


def is_rounded_to_float32(x0: np.ndarray, x: np.ndarray) -> bool:
    """Whether steps from a float64 start x_0 with long digits all land on float32 numbers: x_1, …, x_T."""
    after = x[1:].astype(np.float64)
    if not np.isfinite(after).all() or np.array_equal(x0, x0.astype(np.float32)):
        return False
    is_short = after == after.astype(FEW_DIGITS)
    is_single = after == after.astype(np.float32)
    has_many = len(np.unique(np.abs(after[-1]))) > x0.size // 2
    return bool(is_single.all() and not is_short.all() and has_many)


def momentum_kept_in(probe: Probe, decay: float, silent: int = 0) -> str | None:
    """The coarsest floating point of `COARSER`, coarser than that of x, in which the momentum is kept; None for none.

    `decay`: the share of x that a step takes off; `silent`: how many steps later a gradient moves x.
    """
    rng = probe.rng
    v = rng.choice((-1.0, 1.0), probe.shape)  # all entries are rounded alike
    pushes = rng.uniform(1, 2, PUSHES)

    @functools.cache
    def turning(push: float) -> float:
        def move(r: float) -> float:
            return without_decay(probe, STRENGTH * np.stack([-push * v, r * v, *silent * [0 * v]]), v, decay)

        return crossing(move) or np.nan

    for dtype in COARSER:
        digit = 2 * unit_roundoff(dtype)
        if digit > 4 * probe.roundoff and _follows(turning, pushes[0], digit):
            missing = PUSHES - NEEDED + 1
            for push in pushes:
                missing -= not _stays(turning, push, digit)
                if missing == 0:
                    break
            else:
                return dtype
    return None


def _stays(turning: Turning, push: float, digit: float) -> bool:
    changed = turning(push * (1 + digit / FRACTION)) / turning(push) - 1
    return abs(changed) <= digit / FRACTION / 100


def _follows(turning: Turning, push: float, digit: float) -> bool:
    """Four digits more are seen: it is no constant, as that of a clipped gradient is."""
    return 2 * digit <= turning(push * (1 + 4 * digit)) / turning(push) - 1 <= 6 * digit
