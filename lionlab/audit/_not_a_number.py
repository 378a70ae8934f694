"""Where a gradient that is no number leaves x: on a step of the method, or far from any.

No claim here speaks of such gradients, and what an optimizer does with them is told, not judged: NaN may spread into x,
the step may be skipped, the entry may count as 0. But what follows from the method no longer bounds x where a step is
made that the method cannot make, and then the set is said to be kept under finite gradients alone.
"""

from dataclasses import dataclass, replace

import numpy as np

from ._consequences import FoundSet, ball_of
from ._decay_kinds import WITHOUT_A_SET
from ._findings import Finding
from ._held_out import Outcome
from ._norms import norm_named
from ._probe import Probe

BEYOND = 1e-6
"""How much farther than a step of the method, or the boundary of the set, is farther: float32 keeps no more."""


@dataclass(frozen=True)
class Landing:
    """The farthest that x was left: `name` of the gradient, the `norm`, `size` of x there, and of the longest step.

    `bound`: the longest step of the method; `radius`: of the set it keeps, None without one.
    """

    name: str
    norm: str
    size: float
    step: float
    bound: float
    radius: float | None

    @property
    def is_outside(self) -> bool:
        """Whether x, started inside, was left outside the set."""
        return self.radius is not None and self.size > self.radius * (1 + BEYOND)

    @property
    def sentence(self) -> str:
        """What was seen, in words."""
        said = f"after {self.name} x jumps by {self.step:.6g} in the {self.norm} norm, and a step of the method is at "
        said += f"most {self.bound:.6g} long"
        where = f"; x is then at {self.size:.6g}, outside the set of radius {self.radius:.6g}"
        return said + (where if self.is_outside else "")


def judged(
    probe: Probe, outcome: Outcome, found_set: FoundSet, told: Finding
) -> tuple[Finding, FoundSet, Landing | None]:
    """The finding on such gradients and the set, with where x was left if no step of the method leads there."""
    landing = find_landing(probe, outcome, found_set)
    if landing is None:
        return told, found_set, None
    values = {**told.values, "keeps_the_set": not landing.is_outside, "longest_step": landing.step}
    found = replace(told, found=f"{told.found}; but {landing.sentence}", values=values)
    described = found_set.described
    if landing.is_outside and described is not None and described["is_bound"]:
        words = f"{found_set.finding.found}, under finite gradients alone"
        found_set = replace(found_set, finding=replace(found_set.finding, found=words))
    return found, found_set, landing


def find_landing(probe: Probe, outcome: Outcome, found_set: FoundSet) -> Landing | None:
    """The longest step beyond what the method that explains all others can do; None where there is none."""
    fit = outcome.fit
    if not outcome.is_explained or (fit.decay in WITHOUT_A_SET and fit.decay != "none"):
        return None
    ball = ball_of(fit.K)
    if ball is None:
        return None
    norm, width = norm_named(ball[0], probe.shape), ball[1]
    described = found_set.described
    radius = described["radius"] if described is not None and described["is_bound"] else None
    worst: Landing | None = None
    for name, gradients in _streams(probe):
        try:
            x = probe.x(gradients)
        except Exception:  # noqa: BLE001  # to refuse such a gradient is a way to deal with it
            continue
        s, d = fit.rates(np.full(len(gradients), probe.unit))
        for t in range(len(gradients)):
            if not (np.isfinite(x[t]).all() and np.isfinite(x[t + 1]).all()):
                continue
            step = norm.size(x[t + 1] - (1 - d[t]) * x[t])
            size = norm.size(x[t + 1])
            allowed = s[t] * width * (1 + BEYOND) + 64 * probe.roundoff * norm.size(x[t])
            if step > allowed and (worst is None or step > worst.step):
                worst = Landing(name, ball[0], size, step, float(s[t] * width), radius)
    return worst


def _streams(probe: Probe) -> list[tuple[str, np.ndarray]]:
    """Twelve ordinary gradients, the third with one entry, or with all of them, no number."""
    usual = probe.rng.normal(size=(12, *probe.shape))
    found = []
    for word, wrong in (("NaN", np.nan), ("infinite", np.inf)):
        for which, entries in (("one", slice(0, 1)), ("every", slice(None))):
            g = usual.copy()
            g.reshape(12, -1)[2, entries] = wrong
            found.append((f"a gradient with {which} entry {word}", g))
    return found
