"""β1 and β2, from where a step turns round.

Along one line all gradients are multiples c_t v, so m̃ is a multiple of v too, and any step along ∇K(m̃) goes the way of
that multiple. After a push v and k silent steps, a gradient r v stops the step at r_k = β1 β2^k (1−β2)/(1−β1).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ._probe import Probe, crossing

WAITS = (0, 1, 2, 7, 24)
USUAL = (0.9, 0.99)
STRENGTH = 1e9
"""How strong the first push is, so that thresholds of the order of 1 turn nothing round."""
LAW_ERROR = 1e-7
FAINTEST = 1e-9
NARROW = 1e-13
"""No threshold is looked for where a step turns round within this share of the balance."""


@dataclass(frozen=True)
class Momentum:
    """What was found: β1 and β2 of the two-β form, None where there is none; the balances r_k, by k.

    `is_corrected`: the balances are those of a momentum divided by 1 − β2^t; `law_error`: how far from that law.
    `kept_in`: the floating point in which it is kept, where that is coarser than x's.
    """

    beta1: float | None
    beta2: float | None
    balances: dict[int, float]
    is_corrected: bool
    evidence: str
    certainty: str
    law_error: float = 0.0
    kept_in: str | None = None


def beta_error(name: str, beta1: float, beta2: float, roundoff: float) -> float:
    """How far β1 or β2 may be found from what an optimizer was given: a β and 1 − β are rounded each by itself.

    1 − β2 is then right to u/(1−β2), and so are the odds β1/(1−β1), which are read from balances of β1(1−β2)/(1−β1).
    """
    share = 4 * roundoff / max(1 - beta2, roundoff)
    return 4 * roundoff + (share * beta1 * (1 - beta1) if name == "beta1" else 0.0)


def find_momentum(
    probe: Probe, decay: float = 0.0, is_masked: bool = False, expected: tuple[float, float] = USUAL
) -> Momentum:
    """β1 and β2 by bisection; `decay` is the share of x that a step takes off.

    `is_masked`: entries whose gradient opposes their step stay, so that only where they turn round can be seen.
    `expected`: the β1 and β2 to look near first, which saves runs where they are right and changes nothing else.
    """
    v = probe.rng.normal(size=probe.shape)
    if not probe.last_move(-v[None] * STRENGTH, v) > 0:
        return _old_momentum_alone(probe, v, decay)
    balances: dict[int, float] = {}
    for wait in WAITS:
        r = _balance(probe, v, wait, decay, is_masked, _likely(balances, wait, *expected))
        if r is None:
            said = f"no gradient outweighs a push {wait + 1} steps ago"
            return Momentum(None, None, balances, False, said, "measured")
        balances[wait] = r
    return _fitted(probe, balances)


def _likely(balances: dict[int, float], wait: int, beta1: float, beta2: float) -> float | None:
    """r_k if the balances so far go on as a geometric law, before there are two if the β's are these."""
    if wait in (0, 1):
        return beta1 * beta2**wait * (1 - beta2) / (1 - beta1) if beta1 < 1 else None
    first, second = balances.get(0, 0.0), balances.get(1, 0.0)
    return first * (second / first) ** wait if first > 0 else None


def _balance(
    probe: Probe, v: np.ndarray, wait: int, decay: float, is_masked: bool, expected: float | None
) -> float | None:
    """r_k: the middle of where the step stops going along −v and where it begins to go along v."""

    def stream(r: float) -> np.ndarray:
        gradients = np.zeros((wait + 2, *probe.shape))
        gradients[0], gradients[-1] = -STRENGTH * v, r * STRENGTH * v
        return gradients

    def move(r: float) -> float:
        return without_decay(probe, stream(r), v, decay)

    if is_masked:
        return crossing(lambda r: 1.0 if not move(r) < 0 else -1.0, guess=expected)
    return _middle(move, expected)


def _middle(move: Callable[[float], float], expected: float | None = None) -> float | None:
    """The r at which a step turns round: a dead zone stops it before, and by as much after, the balance."""
    first = crossing(move, guess=expected)
    if first is None or first == 0 or move(first * (1 + NARROW)) < 0:
        return first
    last = crossing(lambda r: 1.0 if not move(r) < 0 else -1.0, first)
    return None if last is None else (first + last) / 2


def without_decay(probe: Probe, gradients: np.ndarray, v: np.ndarray, decay: float) -> float:
    """The last step along v, less what decay takes off; 0 within rounding."""
    x = probe.x(gradients)
    here = x[-2]
    move = float(np.vdot(x[-1] - here + decay * here, v))
    noise = 16 * probe.roundoff * float(np.sum(np.abs(here) * np.abs(v)))
    return 0.0 if abs(move) <= noise else move


def _fitted(probe: Probe, balances: dict[int, float]) -> Momentum:
    told = ", ".join(f"{r:.9g} ({k + 1})" for k, r in balances.items())
    said = f"a step turns round at a gradient of so many times an opposite one, so many steps before: {told}"
    if balances[0] == 0:
        if any(balances.values()):
            return Momentum(None, None, balances, False, said, "measured")
        return Momentum(0.0, None, balances, False, f"{said}: no memory at all", "measured")
    beta2 = balances[1] / balances[0]
    if not any(r for k, r in balances.items() if k):  # β2 = 0: the gradient before is remembered, and no other
        return Momentum(balances[0] / (1 + balances[0]), 0.0, balances, False, said, "to rounding")
    if beta2 == 0:
        return Momentum(None, None, balances, False, f"{said}; that is no geometric law", "measured")
    for is_corrected in (False, True):
        if is_corrected:  # r_1/r_0 = β2/(1+β2)
            beta2 = beta2 / (1 - beta2) if beta2 < 0.5 else np.nan
        factors = {k: beta2**k / ((1 - beta2 ** (k + 1)) / (1 - beta2) if is_corrected else 1) for k in balances}
        # A balance too small beside the first one is not found by bisection and tells nothing.
        told_by = [k for k in balances if factors[k] >= FAINTEST]
        wrong = max((abs(balances[k] / balances[0] - factors[k]) / factors[k] for k in told_by), default=np.inf)
        wait = max(told_by, default=0)
        allowed = LAW_ERROR + 1e3 * probe.momentum_roundoff
        if wrong <= allowed and wait > 0 and 0 < beta2 < 1:
            # The longest wait tells β2 best.
            if not is_corrected:
                beta2 = (balances[wait] / balances[0]) ** (1 / wait)
            odds = balances[0] / (1 if is_corrected else 1 - beta2)
            kind = "a momentum divided by 1 − β2^t" if is_corrected else "β1 β2^k (1−β2)/(1−β1), k from 0,"
            return Momentum(
                odds / (1 + odds),
                beta2,
                balances,
                is_corrected,
                f"{said}; so has {kind} it, to {wrong:.1g}",
                "to rounding",
                wrong,
            )
    return Momentum(None, None, balances, False, f"{said}; that is no geometric law", "measured", np.inf)


def _old_momentum_alone(probe: Probe, v: np.ndarray, decay: float) -> Momentum:
    """The first gradient moves nothing: β1 = 1, and β2 from two pushes that cancel."""

    def move(r: float) -> float:
        gradients = np.stack([-STRENGTH * v, r * STRENGTH * v, 0 * v])
        return without_decay(probe, gradients, v, decay)

    if not move(0.0) > 0:
        return Momentum(None, None, {}, False, "the first gradient moves nothing, nor does the second step", "measured")
    beta2 = _middle(move)
    if beta2 is None:
        return Momentum(None, None, {}, False, "no gradient outweighs a push two steps ago", "measured")
    said = (
        f"the first gradient moves nothing until the step after; it is outweighed by one of {beta2:.9g} times its size"
    )
    return Momentum(1.0, beta2, {}, False, said, "measured")
