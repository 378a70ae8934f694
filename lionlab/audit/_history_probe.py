"""What of the past enters beside the momentum: the number of steps made (bias correction), and a mask (caution)."""

from dataclasses import dataclass

import numpy as np

from ._probe import Probe

WAITS = (1, 5, 60)
STRENGTH = 1e6
"""How strong the gradients are, so that thresholds of the order of 1, and an ε in a quotient, play no part."""
FAINT = 1e-6
"""A gradient this much fainter than the push before it turns no momentum round."""
AGREEMENT = 1e-6


@dataclass(frozen=True)
class History:
    """What was found.

    - `growth`: wait → how many times as long the first step is after so many silent ones; None where it was not told.
    - `is_masked`: whether entries whose gradient opposes their step stay; `spread`: how much farther the others go.
    """

    growth: dict[int, float] | None
    is_masked: bool
    spread: float

    @property
    def counts_steps(self) -> bool:
        """Whether a first step depends on how many silent ones were made before it."""
        return self.growth is not None and any(not abs(g - 1) <= AGREEMENT for g in self.growth.values())

    def decay_of_squares(self, beta: float | None) -> float | None:
        """β of the mean of squares, if the growths are those of bias correction of both means, the first's β given.

        After w silent steps u is √((1−c^{w+1})/(1−c))·(1−b)/(1−b^{w+1}) times as long; c = 0 where no square divides.
        """
        if self.growth is None or beta is None or not 0 <= beta < 1:
            return None
        c = (self.growth[WAITS[0]] * (1 + beta)) ** 2 - 1
        c = 0.0 if abs(c) <= AGREEMENT else c
        if not 0 <= c < 1:
            return None
        for wait, seen in self.growth.items():
            expected = np.sqrt((1 - c ** (wait + 1)) / (1 - c)) * (1 - beta) / (1 - beta ** (wait + 1))
            if not abs(seen / expected - 1) <= AGREEMENT:
                return None
        return c


def find_history(probe: Probe, decay: float) -> History:
    """Asks both; `decay` is the share of x that a step takes off."""
    v = probe.rng.choice((-1.0, 1.0), probe.shape) * probe.rng.uniform(0.5, 2, probe.shape)
    is_masked, spread = _mask(probe, v, decay)
    return History(_growth(probe, v), is_masked, spread)


def _growth(probe: Probe, v: np.ndarray) -> dict[int, float] | None:
    if probe.x(np.zeros((1, *probe.shape)))[-1].any():
        return None
    steps = []
    for wait in (0, *WAITS):
        gradients = np.zeros((wait + 1 + probe.delay, *probe.shape))
        gradients[wait] = -STRENGTH * v
        steps.append(float(np.vdot(probe.x(gradients)[-1], v)))
    if not np.isfinite(steps).all() or steps[0] == 0:
        return None
    return {wait: step / steps[0] for wait, step in zip(WAITS, steps[1:], strict=True)}


def _mask(probe: Probe, v: np.ndarray, decay: float) -> tuple[bool, float]:
    """After pushes along v a faint gradient opposes it in every second entry, or, to compare with, agrees with it."""
    opposed = (np.arange(v.size) % 2 == 0).reshape(v.shape)
    spread = 1.0
    for pushes in (1, 4):
        moves = []
        for sign in (1.0, -1.0):
            last = np.where(opposed, sign * FAINT, -1.0) * STRENGTH * v
            x = probe.x(np.concatenate([np.broadcast_to(-STRENGTH * v, (pushes, *v.shape)), last[None]]))
            noise = 16 * probe.roundoff * np.abs(x[-2])
            move = (x[-1] - x[-2] + decay * x[-2]) * np.sign(v)
            moves.append(np.where(np.abs(move) <= noise, 0.0, move))
        against, along = moves
        if against[opposed].any() or not (along[opposed] > 0).all() or not (against[~opposed] > 0).all():
            return False, 1.0
        spread = float(np.median(against[~opposed] / along[~opposed]))
    return True, spread
