"""`find_effective_set`: the set an optimizer keeps, found by pushing it as far as it can be pushed.

If x⁺ = (1−d)x + su with ‖u‖ ≤ 1, every run stays in, or is drawn into, the ball of radius s/d. From outside nothing is
known of u, s and d; but gradients can be chosen, and starts. So: push in many directions, see where each push comes to
rest, and find the norm whose ball these points fill. Where no start is too far to be pushed on from, there is no set.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ._black_box import BlackBox
from ._norms import BallNorm, norm_named, norms_for
from ._pushes import LONG_WAITING, WAITING, Push, directions, growing, masking, spectra, steady
from ._reachable import FARTHER, Escape, InSingle, Reach, escape, reach, run

STEPS = 120
FILLED = 0.98
"""A ball counts as filled when in every direction pushed it was reached to this share: radii are told to 2%."""
NUM_SPECTRA = 40
NUM_ESCAPES = 3
"""How many directions are tried for a way out: an entry at each end, and all entries at once."""
BOUNDING = 0.5
"""Below this share no norm tried describes the set; then the box around it is told instead."""
AGREEMENT = 0.02


@dataclass(frozen=True)
class EffectiveSet:
    """What was found about the set an optimizer keeps.

    - `status`: "set"; "no set": from every start up to `escaped.radius` it was pushed farther out; "not a number": a
      push gave one; "not found": nothing could be decided, `evidence` says why.
    - `norm`, `radius`: {N(x) ≤ radius} holds all points reached; None without a set.
    - `fill`: the share of the ball's support that was reached, in the worst direction pushed; at least 0.98 means that
      the ball is the set, less that it is a ball around it.
    - `theory`: the radius predicted from what probing found, where the caller has one, in `theory_norm`;
      `agrees`: within 2% of the radius found in that norm.
    - `reaches`: every push and where it led; `farthest`: the one that went farthest in the norm found.
    - `radius_under`: box radius under constant η, under η/2, and under η falling to η/2, where η can be set.
    """

    status: str
    norm: str | None = None
    radius: float | None = None
    fill: float | None = None
    theory: float | None = None
    theory_norm: str | None = None
    evidence: tuple[str, ...] = ()
    reaches: tuple[Reach, ...] = field(default=(), repr=False)
    farthest: Reach | None = field(default=None, repr=False)
    escaped: Escape | None = field(default=None, repr=False)
    radius_under: dict[str, float | None] = field(default_factory=dict)

    @property
    def is_filled(self) -> bool:
        """Whether the whole ball was reached, to 2%."""
        return self.fill is not None and self.fill >= FILLED

    @property
    def agrees(self) -> bool | None:
        """Whether the radius is within 2% of theory's; None where one of the two is missing."""
        if self.theory is None or self.radius is None:
            return None
        return bool(abs(self.radius_in(self.theory_norm or str(self.norm)) - self.theory) <= AGREEMENT * self.theory)

    def radius_in(self, norm: str) -> float:
        """The largest size, in the norm of this name, of the points that the pushes led to.

        **Raises:** `ValueError` when no set was found, or arrays of this shape have no such norm.
        """
        if self.status != "set":
            raise ValueError(f"no set was found ({self.status}), so it has no radius.")
        size = norm_named(norm, self.reaches[0].point.shape).size
        return max(size(r.point) for r in self.reaches)

    def to_json(self) -> dict[str, Any] | None:
        """{"norm": …, "radius": …}, or None where no set was found."""
        return {"norm": self.norm, "radius": self.radius} if self.status == "set" else None


def find_effective_set(
    box: BlackBox,
    shape: tuple[int, ...] = (3, 4),
    learning_rate: Any = None,
    theory: float | None = None,
    theory_norm: str | None = None,
    seed: int = 0,
    steps: int = STEPS,
    is_quick: bool = False,
    dtype: str = "float64",
) -> EffectiveSet:
    """Searches the set that an optimizer keeps under any gradients.

    **Arguments:**

    - `box`: the optimizer.   `shape`: of the parameters to try it on; matrices tell more.
    - `learning_rate`: η to run at, if not the optimizer's own.
    - `theory`: the radius expected, in `theory_norm` (or the norm found), to be held against the one found.
    - `steps`: the length of a push; decay slower than a millionth per push is not seen.
    - `is_quick`: a few pushes only: enough to see that there is a set and how large it is for steady gradients.
    - `dtype`: of x_0 and of the gradients, "float64" or "float32".
    """
    box = box if dtype == "float64" else InSingle(box)
    found = [reach(box, push, learning_rate) for push in _steady_pushes(shape, seed, steps, is_quick)]
    if not all(r.is_finite for r in found):
        broken = next(r for r in found if not r.is_finite)
        said = f"pushed along {broken.push.name}, x is not a number"
        return EffectiveSet("not a number", evidence=(said,), reaches=tuple(found), theory=theory)
    moved = max(float(np.abs(r.reached).max()) for r in found)
    if moved == 0:
        return EffectiveSet("not found", evidence=("no push moved x",), reaches=tuple(found), theory=theory)
    held = [r for r in found if r.is_bounded]
    escaped = _first_escape(box, found, moved, learning_rate, steps)
    if escaped is not None:
        said = _escape_in_words(escaped)
        return EffectiveSet("no set", evidence=(said,), reaches=tuple(found), escaped=escaped, theory=theory)
    if len(held) < len(found):
        away = [r.push.name for r in found if not r.is_bounded]
        said = f"pushed along {', '.join(away)}, x neither came to rest nor could be pushed on from far out"
        return EffectiveSet("not found", evidence=(said,), reaches=tuple(found), theory=theory)
    if not is_quick:
        held += _adversaries(box, shape, held, learning_rate, seed, steps)
    return _described(held, shape, theory, theory_norm, _under_schedules(box, shape, learning_rate, steps))


def _steady_pushes(shape: tuple[int, ...], seed: int, steps: int, is_quick: bool) -> list[Push]:
    chosen = [Push(name, v, steady(v, steps)) for name, v in directions(shape, seed)]
    return chosen[:4] if is_quick else chosen


def _first_escape(box: BlackBox, found: Sequence[Reach], moved: float, rate: Any, steps: int) -> Escape | None:
    """A push that goes on from every start tried, the farthest of which is beyond where the push came to rest."""
    # Farther out than this, rounding swallows a sixteenth of a step and more.
    visible = moved / steps / (16 * np.finfo(found[0].reached.dtype).eps)
    for r in [*(r for r in found if not r.is_bounded), *found[:NUM_ESCAPES]]:
        radii = [min(moved * factor, visible) for factor in FARTHER]
        if r.is_bounded:
            radii.append(min(3 * float(np.abs(r.point).max()), visible))
        escaped = escape(box, r.push.direction, steps, radii, rate)
        if escaped is not None:
            return escaped
    return None


def _escape_in_words(found: Escape) -> str:
    return (
        f"started {found.radius:.3g} from 0 and pushed outward, an entry moved {found.moved:.3g} farther out, and from "
        f"0 it moves {found.moved_from_zero:.3g}: no set of a smaller radius is kept"
    )


def _adversaries(
    box: BlackBox, shape: tuple[int, ...], held: Sequence[Reach], rate: Any, seed: int, steps: int
) -> list[Reach]:
    """Pushes that no steady gradient is as bad as: growing, masking, and other singular values."""
    found = []
    for r in held:
        v = r.push.direction
        found.append(reach(box, Push(f"{r.push.name}, masking all others", v, masking(v, steps)), rate))
    found += _grown(box, held, rate, steps)
    if len(shape) == 2 and min(shape) > 1:
        found += _other_spectra(box, held, rate, seed, steps)
    return [r for r in found if r.is_bounded]


def _grown(box: BlackBox, held: Sequence[Reach], rate: Any, steps: int) -> list[Reach]:
    """Entries grow at rates of their own; and if that leads farther, at the one that led farthest in each direction."""
    shape = held[0].push.direction.shape
    count = int(np.prod(shape))
    ones, found = np.ones(shape), []
    low, high = np.log(1.005), np.log(1.4)
    for _ in range(2):
        rates = np.exp(np.linspace(low, high, count)).reshape(shape)
        mixed = Push("all entries, growing at rates of their own", ones, growing(ones, steps, rates, WAITING))
        found.append(reach(box, mixed, rate, _spread(held, WAITING)))
        if not found[-1].is_bounded:
            return []
        i = int(np.argmax(np.abs(found[-1].point)))
        best, gap = float(rates.flat[i]), (high - low) / max(count - 1, 1)
        low, high = np.log(best) - gap, np.log(best) + gap
    if _box_radius(found) <= (1 + AGREEMENT / 4) * _box_radius(held):
        return found
    for r in held:
        v = r.push.direction
        push = Push(f"{r.push.name}, growing", v, growing(v, steps, best, LONG_WAITING))
        found.append(reach(box, push, rate, _spread(held, LONG_WAITING)))
    return found


def _box_radius(reaches: Sequence[Reach]) -> float:
    return max(float(np.abs(r.point).max()) for r in reaches)


def _spread(held: Sequence[Reach], waiting: int) -> float:
    """What decay leaves of a start after waiting, inverted, as far as floating point goes."""
    pulls = [float(np.nanmin(r.pull)) for r in held if np.isfinite(r.pull).any()]
    kept = 1 - min(max(min(pulls, default=0.0), 0.0), 0.9)
    return float(min(kept**-waiting, 1e30)) if kept > 0 else 1.0


def _other_spectra(box: BlackBox, held: Sequence[Reach], rate: Any, seed: int, steps: int) -> Iterator[Reach]:
    """For each direction, the singular values whose first step goes farthest; nothing if none goes farther."""
    for r in held:
        v = r.push.direction
        candidates = list(spectra(v, NUM_SPECTRA, seed))
        first = [_first_step(box, c, rate) for c in candidates]
        usual = _first_step(box, v, rate)
        for size in (lambda u: np.linalg.norm(u, 2), lambda u, v=v: np.vdot(u, v)):
            i = int(np.argmax([size(u) for u in first]))
            if size(first[i]) > (1 + AGREEMENT / 4) * size(usual):
                other = candidates[i]
                yield reach(box, Push(f"{r.push.name}, other singular values", v, steady(other, steps)), rate)


def _first_step(box: BlackBox, direction: np.ndarray, rate: Any) -> np.ndarray:
    return run(box, np.zeros(direction.shape), steady(direction, 1), rate)[-1].astype(np.float64)


def fill_of(norm: BallNorm, points: Sequence[np.ndarray], tried: Sequence[np.ndarray]) -> tuple[float, float]:
    """(radius, fill): the largest N(x) of the points, and the least share of its support reached in a direction."""
    radius = max(norm.size(x) for x in points)
    if not radius > 0:
        return radius, 0.0
    shares = [max(float(np.vdot(v, x)) for x in points) / (radius * norm.dual(v)) for v in tried]
    return radius, min(shares)


def _described(
    held: Sequence[Reach],
    shape: tuple[int, ...],
    theory: float | None,
    theory_norm: str | None,
    under: dict[str, float | None],
) -> EffectiveSet:
    """The norm whose ball the points fill best."""
    points = [r.point for r in held]
    tried = [r.push.direction for r in held]
    scored = [(norm, *fill_of(norm, points, tried)) for norm in norms_for(shape)]
    norm, radius, fill = max(scored, key=lambda one: one[2])
    if fill < BOUNDING:
        norm, radius, fill = scored[0]
    farthest = max(held, key=lambda r: norm.size(r.point))
    said = [
        f"{len(held)} pushes came to rest, the farthest ({farthest.push.name}) at {norm.name} norm {radius:.6g}; "
        f"in the worst direction {fill:.1%} of that ball is reached"
    ]
    if fill < FILLED:
        others = ", ".join(f"{n.name} {f:.0%}" for n, _, f in sorted(scored, key=lambda one: -one[2])[1:4])
        said.append(f"no ball is filled to {FILLED:.0%}; next best: {others}")
    found = EffectiveSet(
        "set", norm.name, radius, fill, theory, theory_norm, tuple(said), tuple(held), farthest, radius_under=under
    )
    if found.agrees is None:
        return found
    word = "agrees with" if found.agrees else "contradicts"
    inside = theory_norm or norm.name
    said.append(
        f"{inside} radius {found.radius_in(inside):.6g} found {word} {theory:.6g} from theory, to {AGREEMENT:.0%}"
    )
    return replace(found, evidence=tuple(said))


def _under_schedules(box: BlackBox, shape: tuple[int, ...], rate: Any, steps: int) -> dict[str, float | None]:
    """The box radius of one steady push under η, η/2, and η that falls to η/2; empty where η cannot be set."""
    eta = box.learning_rate if rate is None else rate
    if callable(eta) or not isinstance(eta, (int, float)):
        return {}
    ones = np.ones(shape)
    push = Push("all entries", ones, steady(ones, steps))
    schedules = {"constant": eta, "halved": eta / 2, "falling to half": lambda t: eta if t < steps // 2 else eta / 2}
    found: dict[str, float | None] = {}
    for name, schedule in schedules.items():
        try:
            led = reach(box, push, schedule)
        except (TypeError, ValueError):  # an optimizer that takes no learning rate from outside, or no schedule
            continue
        found[name] = float(np.abs(led.point).max()) if led.is_bounded else None
    return found
