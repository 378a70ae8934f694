"""Weight decay: where it acts, how strong it is, and what it is scaled by.

Two runs with the same gradients from different starts part by Π(1−d_t) times the difference of their starts if, and
only if, the decay is decoupled from the gradients; d_t under two schedules then tells its law.
"""

from dataclasses import dataclass

import numpy as np

from ._decay_kinds import DECAY_RATES
from ._probe import Probe, crossing

STRONG = 1e6
"""A gradient beside which decay of usual sizes is nothing, where it goes through the gradient."""
LAW_ERROR = 1e-6
"""d_t follows a law when its constant is the same at every step to this relative error, beside rounding."""
ROUNDINGS = 8


@dataclass(frozen=True)
class Decay:
    """What was found about decay.

    - `kind`: a kind of `kept_radius`, or "unknown".   `weight_decay`: its constant λ, None where it was not found.
    - `per_step`: d at the usual η.   `is_scaled_known`: whether a changing η was tried.
    - `evidence`: in words.   `moves_without_gradient`: zero gradients from 0 move x.
    - `error`: how far off λ may be for rounding.
    """

    kind: str
    weight_decay: float | None
    per_step: float
    is_scaled_known: bool
    evidence: str
    certainty: str
    moves_without_gradient: bool = False
    error: float = 0.0


def find_decay(probe: Probe) -> Decay:
    """The kind of decay and its constant."""
    rng = probe.rng
    x0 = rng.choice((-1.0, 1.0), probe.shape) * rng.uniform(0.5, 2, probe.shape)
    still = probe.x(np.zeros((1, *probe.shape)))[1]
    if still.any():
        at_zero = f"without gradients x leaves 0: it moves by {np.abs(still).max():.3g} in one step"
        return Decay("unknown", None, np.nan, False, at_zero, "measured", True)
    shares, noise = {}, np.zeros(probe.shape)
    for name, push in (("no", 0.0), ("an outward", -1.0), ("an inward", 1.0)):
        shares[name], error = _share(probe, x0, push)
        noise = np.maximum(noise, error)
    zero, outward, inward = shares.values()
    said = "; ".join(f"under {name} push an entry loses {_range(share)} of itself" for name, share in shares.items())
    if not all(np.isfinite(share).all() for share in shares.values()):
        return Decay("unknown", None, np.nan, False, "a single step gives something that is no number", "measured")
    if all((np.abs(share) <= noise).all() for share in shares.values()):
        return _confirmed_none(probe, said)
    if (np.abs(outward) <= noise).all() and np.ptp(zero) <= 2 * noise.max() and _same(zero, inward, noise):
        return Decay("cautious", _median(zero) / probe.unit, _median(zero), False, said, "seen in samples")
    if _same(zero, outward, noise) and _same(zero, inward, noise) and np.ptp(zero) <= 2 * noise.max():
        return _law(probe, _median(zero), said)
    if (np.abs(outward) <= noise).all() and (np.abs(inward) <= noise).all():
        return Decay("coupled", _coupled_constant(probe), 0.0, False, said, "measured")
    return Decay("unknown", None, np.nan, False, f"not of one kind: {said}", "measured")


def _share(probe: Probe, x0: np.ndarray, push: float) -> tuple[np.ndarray, np.ndarray]:
    """(d in x_1 = (1−d)x_0 + what the same gradient does from 0, its rounding error), entry by entry."""
    gradients = push * STRONG * np.sign(x0)[None]
    move = probe.x(gradients)[1]
    noise = ROUNDINGS * probe.roundoff * (1 + np.abs(move / x0))
    return (x0 + move - probe.x(gradients, x0)[1]) / x0, noise


def _same(first: np.ndarray, second: np.ndarray, noise: np.ndarray) -> bool:
    return bool((np.abs(first - second) <= 4 * noise).all())


def _median(share: np.ndarray) -> float:
    return float(np.median(share))


def _range(share: np.ndarray) -> str:
    low, high = float(np.min(share)), float(np.max(share))
    return f"{low:.4g}" if abs(high - low) <= 1e-9 * max(abs(high), 1e-9) else f"{low:.4g} to {high:.4g}"


def _confirmed_none(probe: Probe, said: str) -> Decay:
    """No decay at the first step: neither may there be any later."""
    d, spread = _per_step(probe, None)
    if np.isfinite(d).all() and np.abs(d).max() <= spread:
        told = f"{said}; nor in {len(d)} steps of a run"
        return Decay("none", 0.0, 0.0, False, told, "to rounding", error=spread / probe.unit)
    return Decay("unknown", None, np.nan, False, f"{said}; but in a run entries lose {_range(d)}", "measured")


def _per_step(
    probe: Probe, rates: np.ndarray | None, is_total: bool = False, steps: int = 24
) -> tuple[np.ndarray, float]:
    """d_0, …, d_{T−1} from two runs that differ in their starts alone, and how far entries disagree on them.

    Not a number where a step is not of the form (1−d_t)x + (something that x has no part in).
    """
    rng = probe.rng
    sizes = 10.0 ** rng.uniform(-4, 4, (steps, *probe.shape))
    gradients = rng.choice((-1.0, 1.0), sizes.shape) * sizes
    start = rng.uniform(1, 2, probe.shape)
    if is_total:
        return _per_step_pushed(probe, rates, steps)
    first, second = (probe.x(gradients, sign * start, rates) for sign in (1, -1))
    apart = first - second
    with np.errstate(all="ignore"):
        d = 1 - apart[1:] / apart[:-1]
        sizes = np.abs(first[:-1]) + np.abs(first[1:]) + np.abs(second[:-1]) + np.abs(second[1:])
        noise = ROUNDINGS * probe.roundoff * sizes / np.abs(apart[:-1])
    middle = np.median(d.reshape(steps, -1), axis=1)
    is_one_number = np.abs(d - middle.reshape(-1, *[1] * len(probe.shape))) <= 4 * noise
    told = np.where(is_one_number.reshape(steps, -1).all(axis=1), middle, np.nan)
    return told, float(np.max(4 * noise)) if np.isfinite(noise).all() else np.nan


def _per_step_pushed(probe: Probe, rates: np.ndarray | None, steps: int) -> tuple[np.ndarray, float]:
    """The same where a step leaves nothing of x, so that no two runs stay apart: from one run pushed all along.

    It takes the push to be as strong as the learning rate says.
    """
    eta = np.full(steps, probe.unit) if rates is None else rates[:steps]
    x = probe.x(np.full((steps, *probe.shape), -STRONG), rates=rates).reshape(steps + 1, -1)[:, 0]
    pushed = eta * x[1] / eta[0]
    d = 1 - (x[2:] - pushed[1:]) / x[1:-1]
    noise = ROUNDINGS * probe.roundoff * (1 + pushed[1:] / np.abs(x[1:-1]))
    return np.concatenate([[np.nan], d]), float(4 * noise.max())


TOTAL = 0.9
"""A decay of this share in one step leaves too little for two runs to be compared."""


def _law(probe: Probe, d: float, said: str) -> Decay:
    """Decoupled decay: its law under changing learning rates."""
    is_total = d > TOTAL
    usual, noise = _per_step(probe, None, is_total)
    usual = usual[int(is_total) :]
    if not np.isfinite(usual).all() or not np.isfinite(noise) or np.abs(usual - d).max() > noise + LAW_ERROR * abs(d):
        seen = usual[np.isfinite(usual)]
        told = f"d runs from {seen.min():.6g} to {seen.max():.6g}" if len(seen) else "no step has one d for all entries"
        told += f", {np.isnan(usual).sum()} of {len(usual)} steps have none" if np.isnan(usual).any() else ""
        return Decay("unknown", None, d, False, f"{said}; but in a run at one learning rate {told}", "measured")
    if not probe.box.accepts_schedule or not probe.knows_rate:
        told = f"{said}; the same {d:.9g} at every step of a run"
        return Decay("decoupled", d / probe.unit, d, False, told, "measured", error=noise / probe.unit)
    # Two first rates, a peak that comes late, and rates far enough apart to tell explicit from implicit, yet so near
    # that no law tried takes more than half of x in a step.
    widest = max(np.ptp(np.log(pattern)) for pattern in (_FALLING_FIRST, _RISING_FIRST))
    power = 1.0 if is_total else float(np.clip(np.log(0.5 / d) / widest, 0.1, 1.0))
    schedules = [probe.unit * np.array(pattern, float) ** power for pattern in (_FALLING_FIRST, _RISING_FIRST)]
    seen = [_per_step(probe, s, is_total) for s in schedules]
    constants, sums = {}, {}
    for kind, rates_of in DECAY_RATES.items():
        laws = np.concatenate([rates_of(s, 1.0, probe.unit) for s in schedules])
        found = np.concatenate([each for each, _ in seen])
        if kind == "implicit":
            found = found / (1 - found)
        is_seen = ~np.isnan(found)
        # Weighted by the law: steps of little decay tell little.
        sums[kind] = (found[is_seen].sum() / laws[is_seen].sum(), is_seen.sum() / laws[is_seen].sum())
        error = max(noise for _, noise in seen) / max(np.nanmin(np.abs(found)), 1e-300)
        constants[kind] = (found / laws, error)
    spreads = {}
    for kind in ("decoupled", "implicit", "fixed", "over first", "corrected"):
        values, error = constants[kind]
        values = values[~np.isnan(values)] if is_total else values
        spread = np.ptp(values) / np.abs(values).max() if len(values) else np.inf
        if spread <= LAW_ERROR + error:
            spreads[kind] = spread
    if spreads:
        # Explicit and implicit differ by ηλ only, which may be less than the error allowed.
        best = min(spreads, key=lambda kind: spreads[kind])
        kind = next(kind for kind in spreads if spreads[kind] <= 2 * spreads[best])
        weight_decay, per_noise = sums[kind]
        told = f"{said}; d of {len(_FALLING_FIRST) * 2} steps under two schedules gives λ = {weight_decay:.9g}, the "
        told += f"same to a share of {spreads[kind]:.1g}, by the law “{kind}”"
        off = float(per_noise * max(noise for _, noise in seen))
        return Decay(kind, float(weight_decay), d, True, told, "to rounding", error=off)
    return Decay("unknown", None, d, True, f"{said}; under changing learning rates d follows no law tried", "measured")


_FALLING_FIRST = (2, 1, 0.5, 0.25, 1, 3, 0.1, 0.7, 4, 2, 1, 0.5, 0.2, 5, 1, 0.3, 0.1, 2, 1, 1, 1, 8, 0.5, 0.1)
_RISING_FIRST = (0.1, 0.2, 0.4, 0.8, 1, 2, 0.5, 3, 1, 5, 0.2, 0.1, 1, 1, 0.3, 9, 2, 1, 0.5, 0.5, 0.1, 1, 0.2, 2)


def _coupled_constant(probe: Probe) -> float | None:
    """λ where λx joins the gradient: an inward gradient of −λx for x = 1 is what stops the first step."""
    x0 = np.ones(probe.shape)
    return crossing(lambda r: float(-(probe.x(-r * x0[None], x0)[1] - x0).sum()))
