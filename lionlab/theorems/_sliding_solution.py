"""The flow of Lion in one dimension, solved in closed form: K = |·|, f = (a/2)(x − c)², sliding included.

While m̃ ≠ 0 the direction s = sign m̃ is constant and the flow is linear; where m̃ reaches 0 it crosses, or slides:
m̃ = 0 means εα f′(x) = (1−εγ)m, and m + εṁ = 0, so that both decay like e^{−t/ε} with s = λx − (x−c)/ε, for as long as
|s| ≤ 1.
"""

import math
from collections.abc import Callable
from typing import NamedTuple


class Sliding(NamedTuple):
    """x, m and s at the time asked for, and how often the mode changed before."""

    x: float
    m: float
    s: float
    changes: int


class LineFlow(NamedTuple):
    """α, γ, ε, λ > 0 with γ ≠ λ and εγ < 1; the curvature a > 0 and the centre c of f."""

    alpha: float
    gamma: float
    epsilon: float
    weight_decay: float
    curvature: float
    center: float

    def look_ahead(self, x: float, m: float) -> float:
        """m̃ = (1−εγ)m − εαa(x−c)."""
        slope = self.curvature * (x - self.center)
        return (1 - self.epsilon * self.gamma) * m - self.epsilon * self.alpha * slope

    def driven(self, x: float, m: float, s: float, t: float) -> tuple[float, float]:
        """(x, m) after a time t of constant direction s."""
        lam, gamma, force = self.weight_decay, self.gamma, self.alpha * self.curvature
        rest = s / lam
        # ṁ = −αa(rest − c) − αa(x0 − rest)e^{−λt} − γm.
        constant = -force * (rest - self.center) / gamma
        fading = -force * (x - rest) / (gamma - lam)
        decayed = math.exp(-lam * t)
        own = (m - constant - fading) * math.exp(-gamma * t)
        return rest + (x - rest) * decayed, constant + fading * decayed + own

    def slid(self, x: float, m: float, t: float) -> tuple[float, float]:
        """(x, m) after a time t of sliding."""
        decayed = math.exp(-t / self.epsilon)
        return self.center + (x - self.center) * decayed, m * decayed

    def held(self, x: float) -> float:
        """The s that holds m̃ at 0."""
        return self.weight_decay * x - (x - self.center) / self.epsilon

    def at(self, x: float, m: float, time: float) -> Sliding:
        """The flow from (x, m), m̃ ≠ 0, at `time`."""
        s, left, changes = math.copysign(1.0, self.look_ahead(x, m)), time, 0
        is_sliding = False
        while True:
            if is_sliding:
                spent = _first_zero(lambda t: 1 - abs(self.held(self.slid(x, m, t)[0])), left)  # noqa: B023
            else:
                spent = _first_zero(lambda t: s * self.look_ahead(*self.driven(x, m, s, t)), left)  # noqa: B023
            x, m = self.slid(x, m, spent) if is_sliding else self.driven(x, m, s, spent)
            left -= spent
            if left <= 0:
                return Sliding(x, m, self.held(x) if is_sliding else s, changes)
            changes += 1
            wanted = self.held(x)
            is_sliding = not is_sliding and abs(wanted) < 1
            s = math.copysign(1.0, wanted)


# Modes shorter than this share of the time left are not looked for.
SCANS = 4000


def _first_zero(height: Callable[[float], float], end: float) -> float:
    """The first t in (0, end] at which `height`, positive or 0 at 0 and positive after, falls to 0; `end` if none."""
    before = 0.0
    for i in range(1, SCANS + 1):
        t = end * i / SCANS
        if height(t) < 0:
            low, high = before, t
            for _ in range(80):
                middle = (low + high) / 2
                low, high = (middle, high) if height(middle) >= 0 else (low, middle)
            return high
        before = t
    return end
