"""Weight decay: where it acts, how strong it is, and what it is scaled by.

Two runs with the same gradients from different starts part by Π(1−d_t) times the difference of their starts if, and
only if, the decay is decoupled from the gradients; d_t under two schedules then tells its law.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ._decay_kinds import DECAY_RATES
from ._model import X_ROUNDINGS
from ._probe import Probe, crossing

STRONG = 1e6
"""A gradient beside which decay of usual sizes is nothing, where it goes through the gradient."""
LAW_ERROR = 1e-6
"""d_t follows a law when its constant is the same at every step to this relative error, beside rounding."""
WIDEST_ERROR = 0.1
"""A constant that rounding leaves more open than this share is no constant: its law would explain anything."""
ROUNDINGS = 8
SINGLE = X_ROUNDINGS / (4 * ROUNDINGS)
"""What a step rounds, as a share of what two runs may be apart for rounding: a mean of steps is off by no more."""
WEAK_ROUNDINGS = 64
"""What a step takes off is below so many roundings of x: no kind and no constant is read off it."""


@dataclass(frozen=True)
class Decay:
    """What was found about decay.

    - `kind`: a kind of `kept_radius`, or "unknown".   `weight_decay`: its constant λ, None where it was not found.
    - `per_step`: d at the usual η.   `is_scaled_known`: whether a changing η was tried.
    - `evidence`: in words.   `moves_without_gradient`: zero gradients from 0 move x.
    - `error`: how far off λ may be for rounding.
    - `alike`: kinds that this one is not told from, so weak is it.
    - `is_below_rounding`: the kind is unknown because a step takes off too little for the digits of x.
    """

    kind: str
    weight_decay: float | None
    per_step: float
    is_scaled_known: bool
    evidence: str
    certainty: str
    moves_without_gradient: bool = False
    error: float = 0.0
    is_below_rounding: bool = False
    alike: tuple[str, ...] = ()


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
    if all((np.abs(share) <= WEAK_ROUNDINGS * probe.roundoff).all() for share in shares.values()):
        return _too_weak(_median(zero), said)
    if (np.abs(outward) <= noise).all() and np.ptp(zero) <= 2 * noise.max() and _same(zero, inward, noise):
        return Decay("cautious", _median(zero) / probe.unit, _median(zero), False, said, "seen in samples")
    is_still = (np.abs(outward) <= noise).all() and (np.abs(zero) <= noise).all()
    if is_still and (np.abs(inward) > noise).all() and np.ptp(inward) <= 2 * noise.max():
        # What a silent step takes off is nothing.
        return Decay("strictly cautious", _median(inward) / probe.unit, 0.0, False, said, "seen in samples")
    if _same(zero, outward, noise) and _same(zero, inward, noise) and np.ptp(zero) <= 2 * noise.max():
        return _law(probe, _median(zero), said)
    if (np.abs(outward) <= noise).all() and (np.abs(inward) <= noise).all():
        return Decay("coupled", _coupled_constant(probe), 0.0, False, said, "measured")
    return Decay("unknown", None, np.nan, False, f"not of one kind: {said}", "measured")


def _too_weak(d: float, said: str) -> Decay:
    told = f"{said}: too near to rounding for its kind and its constant to be told"
    return Decay("unknown", None, d, False, told, "not known", is_below_rounding=True)


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
    d, errors = _per_step(probe, None)
    if np.isfinite(d).all() and (np.abs(d) <= errors).all():
        told = f"{said}; nor in {len(d)} steps of a run"
        return Decay("none", 0.0, 0.0, False, told, "to rounding", error=float(errors.min()) / probe.unit)
    return Decay("unknown", None, np.nan, False, f"{said}; but in a run entries lose {_range(d)}", "measured")


def _per_step(
    probe: Probe, rates: np.ndarray | None, is_total: bool = False, steps: int = 24
) -> tuple[np.ndarray, np.ndarray]:
    """d_0, …, d_{T−1} from two runs that differ in their starts alone, and how far off each may be for rounding.

    Not a number where a step is not of the form (1−d_t)x + (something that x has no part in).
    """
    if is_total:
        return _per_step_pushed(probe, rates, steps)
    rng = probe.rng
    sizes = 10.0 ** rng.uniform(-4, 4, (steps, *probe.shape))
    gradients = rng.choice((-1.0, 1.0), sizes.shape) * sizes
    # Starts as far out as the gradients lead, or what parts them would be lost beside the steps.
    led = np.abs(probe.x(gradients, rates=rates)).max()
    start = rng.uniform(1, 2, probe.shape) * max(1.0, float(led) if np.isfinite(led) else 1.0)
    first, second = (probe.x(gradients, sign * start, rates) for sign in (1, -1))
    apart = (first - second).reshape(steps + 1, -1)
    sizes = (np.abs(first) + np.abs(second)).reshape(steps + 1, -1)
    with np.errstate(all="ignore"):
        d = 1 - apart[1:] / apart[:-1]
        noise = 4 * ROUNDINGS * probe.roundoff * (sizes[:-1] + sizes[1:]) / np.abs(apart[:-1])
    if not np.isfinite(noise).all():
        return np.full(steps, np.nan), np.full(steps, np.inf)
    surest = np.argmin(noise, axis=1)[:, None]
    told, error = (np.take_along_axis(each, surest, axis=1)[:, 0] for each in (d, noise))
    is_one_number = (np.abs(d - told[:, None]) <= noise + error[:, None]).all(axis=1)
    return np.where(is_one_number, told, np.nan), error


def _per_step_pushed(probe: Probe, rates: np.ndarray | None, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """The same where a step leaves nothing of x, so that no two runs stay apart: from one run pushed all along.

    It takes the push to be as strong as the learning rate says.
    """
    eta = np.full(steps, probe.unit) if rates is None else rates[:steps]
    x = probe.x(np.full((steps, *probe.shape), -STRONG), rates=rates).reshape(steps + 1, -1)[:, 0]
    pushed = eta * x[1] / eta[0]
    d = 1 - (x[2:] - pushed[1:]) / x[1:-1]
    noise = 4 * ROUNDINGS * probe.roundoff * (1 + pushed[1:] / np.abs(x[1:-1]))
    return np.concatenate([[np.nan], d]), np.concatenate([[np.inf], noise])


TOTAL = 0.9
"""A decay of this share in one step leaves too little for two runs to be compared."""


def _law(probe: Probe, d: float, said: str) -> Decay:
    """Decoupled decay: its law under changing learning rates."""
    is_total = d > TOTAL
    steps = _steps(d)
    usual, errors = (each[int(is_total) :] for each in _per_step(probe, None, is_total, steps))
    if not np.isfinite(usual).all() or (np.abs(usual - d) > errors + LAW_ERROR * abs(d)).any():
        seen = usual[np.isfinite(usual)]
        told = f"d runs from {seen.min():.6g} to {seen.max():.6g}" if len(seen) else "no step has one d for all entries"
        told += f", {np.isnan(usual).sum()} of {len(usual)} steps have none" if np.isnan(usual).any() else ""
        return Decay("unknown", None, d, False, f"{said}; but in a run at one learning rate {told}", "measured")
    if not probe.box.accepts_schedule or not probe.knows_rate:
        told = f"{said}; the same {d:.9g} at every step of a run"
        return Decay(
            "decoupled", d / probe.unit, d, False, told, "measured", error=SINGLE * float(errors.min()) / probe.unit
        )
    schedules = _schedules(probe.unit, d, steps)
    seen = [_per_step(probe, s, is_total, steps) for s in schedules]
    found, errors = np.concatenate([a for a, _ in seen]), np.concatenate([e for _, e in seen])
    fitted, is_open = {}, []
    for kind in ("decoupled", "implicit", "fixed", "over first", "corrected"):
        law = np.concatenate([DECAY_RATES[kind](s, 1.0, probe.unit) for s in schedules])
        fit = _fit(law, *((found / (1 - found), errors / (1 - found) ** 2) if kind == "implicit" else (found, errors)))
        is_open.append(_is_open(law, found, errors))
        if fit is not None:
            fitted[kind] = fit
    if fitted:
        # Explicit and implicit differ by ηλ only, which may be less than the error allowed.
        best = min(fit.off for fit in fitted.values())
        alike = [kind for kind, fit in fitted.items() if fit.off <= 2 * best]
        fit = fitted[alike[0]]
        told = f"{said}; d of {steps * 2} steps under two schedules gives λ = {fit.constant:.9g}"
        told += f" ± {fit.error:.1g}" if fit.error > LAW_ERROR * fit.constant else ""
        told += f", the same to a share of {fit.share:.1g}, by the law “{alike[0]}”"
        told += f"; so weak a decay is not told from “{alike[1]}”" if alike[1:] else ""
        certainty = "measured" if alike[1:] else "to rounding"
        return Decay(alike[0], fit.constant, d, True, told, certainty, error=fit.error, alike=tuple(alike[1:]))
    if all(is_open):
        return _too_weak(d, said)
    return Decay("unknown", None, d, True, f"{said}; under changing learning rates d follows no law tried", "measured")


class Fit(NamedTuple):
    """The constant of a law, its error; how far the worst step is off, in units of its own error, and as a share."""

    constant: float
    error: float
    off: float
    share: float


def _is_open(law: np.ndarray, found: np.ndarray, errors: np.ndarray) -> bool:
    """Whether rounding leaves λ more open than `WIDEST_ERROR` at every step."""
    is_seen = np.isfinite(found) & np.isfinite(errors)
    return bool((errors[is_seen] > WIDEST_ERROR * np.abs(found[is_seen])).all())


def _fit(law: np.ndarray, found: np.ndarray, errors: np.ndarray) -> Fit | None:
    """λ in d_t = λ·law_t, by least squares in units of the errors; None where a step is farther off than its error."""
    is_seen = np.isfinite(found) & np.isfinite(errors)
    if not is_seen.any() or not (is_seen | ~np.isfinite(errors)).all():
        return None
    law, found, errors = law[is_seen], found[is_seen], errors[is_seen]
    constant = float(np.sum(law * found / errors**2) / np.sum(law**2 / errors**2))
    error = SINGLE * float(np.sum(law / errors) / np.sum(law**2 / errors**2))
    if not error <= WIDEST_ERROR * constant:
        return None
    off = np.abs(found - constant * law)
    worst = float(np.max(off / (errors + law * error + LAW_ERROR * np.abs(found))))
    return None if not worst <= 1 else Fit(constant, error, worst, float(off.max() / np.abs(constant * law).max()))


def _steps(d: float) -> int:
    """As many steps as leave a ten-millionth of what two runs are apart."""
    return int(np.clip(np.log(1e-7) / np.log1p(-min(d, TOTAL)), 6, 24)) if d > 0 else 24


def _schedules(unit: float, d: float, steps: int) -> list[np.ndarray]:
    """Two schedules with other first rates, far apart rates, and under every law tried at most d, or ½, of x a step.

    Rates above the first, and a peak that comes late, only where the decay is weak enough for them.
    """
    widest = max(float(np.ptp(np.log(pattern))) for pattern in (_FALLING_FIRST, _RISING_FIRST))
    power = min(float(np.log(0.5 / d)) / widest, 1.0) if d > 0 else 1.0
    if power >= LEAST_POWER:
        patterns = [np.array(pattern) ** power for pattern in (_FALLING_FIRST, _RISING_FIRST)]
    else:
        patterns = [np.array(_NEVER_ABOVE_FIRST), 0.5 * np.array(_NEVER_ABOVE_FIRST[:1] + _NEVER_ABOVE_FIRST[:0:-1])]
    return [unit * pattern[:steps] for pattern in patterns]


LEAST_POWER = 0.3
"""Rates nearer together than this power of the patterns, a factor of four, tell laws apart less well."""
_FALLING_FIRST = (2, 1, 0.5, 0.25, 1, 3, 0.1, 0.7, 4, 2, 1, 0.5, 0.2, 5, 1, 0.3, 0.1, 2, 1, 1, 1, 8, 0.5, 0.1)
_NEVER_ABOVE_FIRST = (1.0, 0.4, 0.8, 0.3, 1.0, 0.6, 0.2, 0.9, 0.5, 1.0, 0.3, 0.7) * 2
_RISING_FIRST = (0.1, 0.2, 0.4, 0.8, 1, 2, 0.5, 3, 1, 5, 0.2, 0.1, 1, 1, 0.3, 9, 2, 1, 0.5, 0.5, 0.1, 1, 0.2, 2)


def _coupled_constant(probe: Probe) -> float | None:
    """λ where λx joins the gradient: an inward gradient of −λx for x = 1 is what stops the first step."""
    x0 = np.ones(probe.shape)
    return crossing(lambda r: float(-(probe.x(-r * x0[None], x0)[1] - x0).sum()))
