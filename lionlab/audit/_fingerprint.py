"""All probes together: what an optimizer is, as far as short experiments tell."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..convex import ConvexFunction, L1Norm
from ..precision import unit_roundoff
from ._decay_probe import Decay, find_decay
from ._direction_probe import Direction, find_direction
from ._history_probe import History, find_history
from ._model import Model
from ._momentum_probe import USUAL, Momentum, beta_error, find_momentum
from ._precision_probe import momentum_kept_in
from ._probe import Probe
from ._which_k import Named, Weight, fits, identify

DISPLAYED = 1e-9
LAWFUL = 1e-10
"""Turning points that miss their law by more than this are looked at for rounding."""
JUDGED = ("float32",)
"""Coarser formats in which a momentum can still be judged; in bfloat16 the roundings of 1/(1−β2) steps outweigh it."""
SNAPPED = 1e-6
"""A constant within this share of the claimed one counts as claimed: float32 keeps no more."""
SNAPPED_DECAY = 2.0**-22
"""The same for λ: η, λ and their product may each be rounded to float32."""


@dataclass(frozen=True)
class Claims:
    """What an optimizer is said to be; None where nothing is said."""

    K: ConvexFunction | None = None
    weight_decay: float | None = None
    beta1: float | None = None
    beta2: float | None = None
    decay: str | None = None

    @property
    def are_made(self) -> bool:
        """Whether anything is claimed."""
        return any(value is not None for value in vars(self).values())

    @property
    def likely_betas(self) -> tuple[float, float]:
        """β1 and β2 as claimed, in place of what is not claimed Lion's usual ones: where to look first."""
        beta1, beta2 = USUAL
        return beta1 if self.beta1 is None else self.beta1, beta2 if self.beta2 is None else self.beta2

    def described(self) -> dict[str, Any]:
        """What is claimed, by name."""
        named = {name: value for name, value in vars(self).items() if value is not None}
        return {**named, "K": text_of(self.K)} if self.K is not None else named


@dataclass(frozen=True)
class Fingerprint:
    """The probes' answers; `named`: the K that has the direction; `tried`: which were, and how far off."""

    decay: Decay
    momentum: Momentum
    direction: Direction
    history: History
    named: Named | None
    tried: tuple[tuple[str, float], ...]

    def size_error(self, probe: Probe) -> float:
        """How far off, as a share, the size of the direction may be where it was read from a K that depends on m̃'s."""
        if probe.knows_rate or self.named is None or self.named.K.is_positively_homogeneous:
            return 0.0
        return _weight(self.momentum, probe.momentum_roundoff).error

    def model(self, probe: Probe) -> tuple[Model, bool]:
        """(the Lion-K that fits best, whether every constant of it was found and not filled in)."""
        named = self.named or Named(L1Norm(), _size_of(self.direction), "L1Norm()")
        is_whole = self.named is not None
        decay, weight_decay = self.decay.kind, self.decay.weight_decay
        if decay == "unknown" or weight_decay is None:
            share = self.decay.per_step if np.isfinite(self.decay.per_step) else 0.0
            decay, weight_decay, is_whole = "decoupled", max(share, 0.0) / probe.unit, False
        beta1, beta2 = self.momentum.beta1, self.momentum.beta2
        if beta1 is None or self.momentum.is_corrected:
            beta1, beta2, is_whole = 0.9, 0.99, False
        error = 1e3 * probe.momentum_roundoff / max(1 - (beta2 or 0.0), 1e-6)
        scale = named.size if decay != "coupled" else 1.0
        return (
            Model(
                named.K,
                named.text,
                readable(beta1),
                readable(0.0 if beta2 is None else beta2),
                decay,
                readable(weight_decay / scale, 2 * self.decay.error / scale),
                named.size,
                min(error, 1e-6),
                # Once in λ as it was found, once in the step that is held against it.
                2 * self.decay.error / named.size + self.size_error(probe) * abs(weight_decay / scale),
                probe.momentum_roundoff,
            ),
            is_whole,
        )


def take_fingerprint(probe: Probe, claims: Claims, tell: Callable[[str], None]) -> Fingerprint:
    """Asks everything, in the order in which one answer helps the next."""
    tell("decay")
    decay = find_decay(probe)
    if claims.decay == "implicit" and "implicit" in decay.alike:  # not told apart: the claim is taken at its word
        decay = replace(decay, kind="implicit", alike=(decay.kind,))
    if decay.kind == "implicit":
        probe.step = probe.unit * (1 - decay.per_step)
    elif claims.decay == "implicit" and decay.is_below_rounding:
        probe.step = probe.unit / (1 + probe.unit * (claims.weight_decay or 0.0))
    tell("momentum")
    share = decay.per_step if np.isfinite(decay.per_step) else 0.0
    history = find_history(probe, share)
    momentum = find_momentum(probe, share, history.is_masked, claims.likely_betas)
    is_rounded = momentum.law_error > max(LAWFUL, 1e3 * probe.roundoff) or _hides_rounding(momentum)
    if is_rounded and not history.is_masked:
        momentum = _of_few_digits(probe, momentum, share)
    probe.delay = int(momentum.beta1 == 1)
    if probe.delay:
        history = find_history(probe, share)
    tell("direction")
    direction = find_direction(probe)
    if not direction.is_finite or direction.cycle is not None:
        return Fingerprint(decay, momentum, direction, history, None, ())
    tell("K")
    weight = _weight(momentum, probe.momentum_roundoff)
    tried: list[tuple[str, float]] = []
    if claims.K is not None:
        claimed = _as_claimed(claims.K, probe, direction, weight)
        off = fits(claimed, direction, weight, probe)
        tried.append((claimed.text, off))
        if off <= 1:
            return Fingerprint(decay, momentum, direction, history, claimed, tuple(tried))
    named, others = identify(probe, direction, weight)
    return Fingerprint(decay, momentum, direction, history, named, (*tried, *others))


def _hides_rounding(momentum: Momentum) -> bool:
    """Whether a momentum of few digits misses no law: β2 is 0 or a power of two, or nothing but β2 was looked for."""
    if not momentum.beta1 or momentum.beta2 is None:
        return False
    if momentum.beta1 == 1:
        return True
    power = np.round(np.log2(momentum.beta2)) if momentum.beta2 > 0 else -np.inf
    return bool(abs(momentum.beta2 - 2.0**power) <= SNAPPED * 2.0**power)


def _of_few_digits(probe: Probe, momentum: Momentum, decay: float) -> Momentum:
    """The same, held against the digits in which it is kept, where those are found to be fewer than x's."""
    kept_in = momentum_kept_in(probe, decay, silent=int(momentum.beta1 == 1))
    if kept_in is None:
        return momentum
    if kept_in in JUDGED:
        probe.momentum_roundoff = unit_roundoff(kept_in)
        momentum = find_momentum(probe, decay)
    return replace(momentum, kept_in=kept_in)


def _weight(momentum: Momentum, roundoff: float) -> Weight:
    """What a first gradient counts in the argument of ∇K."""
    if momentum.beta1 is None:
        return Weight(0.1, 0.0)
    beta2 = momentum.beta2 or 0.0
    if momentum.beta1 == 1:
        return Weight(1 - beta2, beta_error("beta2", 1.0, beta2, roundoff) / (1 - beta2))
    weight = 1 - momentum.beta1
    return Weight(weight, beta_error("beta1", momentum.beta1, beta2, roundoff) / weight)


def _as_claimed(K: ConvexFunction, probe: Probe, direction: Direction, weight: Weight) -> Named:
    """The claimed K; where η is not known, with the η that fits its first answer."""
    if probe.knows_rate:
        return Named(K, 1.0, text_of(K))
    # From the largest of the answers, for there a K with a dead zone, or a smooth one, answers at its full length.
    at = int(np.argmax([np.linalg.norm(value) for value in direction.values]))
    u = np.asarray(K.subgradient(direction.points[at] * weight.value))
    size = float(np.vdot(u, direction.values[at]) / max(np.vdot(u, u), 1e-300))
    return Named(K, size if size > 0 else 1.0, text_of(K))


def _size_of(direction: Direction) -> float:
    return 1.0 if not 0 < direction.largest < 1e300 else min(direction.largest, 1.0)


def readable(value: float, error: float | None = None) -> float:
    """A constant found, as the short decimal beside it where it is that to a billionth, or to its error if smaller."""
    short = float(f"{value:.6g}")
    allowed = DISPLAYED * max(abs(value), 1e-300)
    return short if abs(short - value) <= (allowed if error is None else min(allowed, error)) else value


def snapped(found: float | None, claimed: float | None, error: float = 0.0, share: float = SNAPPED) -> bool:
    """Whether a constant, known up to an error, is the claimed one."""
    if claimed is None:
        return True
    return found is not None and abs(found - claimed) <= share * max(abs(claimed), SNAPPED) + error


def text_of(K: ConvexFunction) -> str:
    """K as it is written, as far as its fields are numbers."""
    return repr(K)
