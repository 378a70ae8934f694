"""Lion with one small thing wrong, drawn at random: an audit that claims plain Lion may call none of them right.

Every amount is drawn from a range in which it matters; what is smaller (a β off by less than 1e-3, say) no probe is
asked to see. The ranges stand beside the kinds in `KINDS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._black_box import StepFunction


@dataclass(frozen=True)
class Settings:
    """What one step of the perturbed method uses; `amount` is how much is wrong."""

    weight_decay: float
    beta1: float
    beta2: float
    amount: float


@dataclass(frozen=True)
class Before:
    """The state before a step: m and the m before it in the paper's sign, and the number of steps made."""

    m: np.ndarray
    m_before: np.ndarray
    steps: int


Step = Callable[[Settings, np.ndarray, Before, np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]
"""(settings, g, before, x) → (direction u, what is taken off x in units of η, m⁺)."""


@dataclass(frozen=True)
class Kind:
    """One thing that can go wrong, and the range that its amount is drawn from."""

    name: str
    step: Step
    low: float
    high: float
    is_signed: bool = False
    is_whole: bool = False
    unit: str = ""

    def draw(self, rng: np.random.Generator) -> float:
        """An amount: logarithmic in the range, with a random sign where both signs are wrong."""
        size = float(np.exp(rng.uniform(np.log(self.low), np.log(self.high))))
        size = float(round(size)) if self.is_whole else size
        return size * float(rng.choice((-1, 1))) if self.is_signed else size


@dataclass(frozen=True)
class Perturbation:
    """A perturbed Lion: what is wrong with it, by how much, and the optimizer."""

    kind: str
    amount: float
    optimizer: StepFunction


def _parts(s: Settings, g: np.ndarray, before: Before, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lion itself, which every kind alters in one place."""
    u = np.sign(s.beta1 * before.m - (1 - s.beta1) * g)
    return u, s.weight_decay * x, s.beta2 * before.m - (1 - s.beta2) * g


def _other_betas(s: Settings, beta1: float, beta2: float) -> Settings:
    return Settings(s.weight_decay, beta1, beta2, s.amount)


def _wrong_beta1(s: Settings, g: np.ndarray, before: Before, x: np.ndarray) -> Any:
    return _parts(_other_betas(s, min(s.beta1 + s.amount, 1.0), s.beta2), g, before, x)


def _wrong_beta2(s: Settings, g: np.ndarray, before: Before, x: np.ndarray) -> Any:
    return _parts(_other_betas(s, s.beta1, min(s.beta2 + s.amount, 1.0)), g, before, x)


def _leaked_decay(s: Settings, g: np.ndarray, before: Before, x: np.ndarray) -> Any:
    u, decay, m = _parts(s, g + s.amount * s.weight_decay * x, before, x)
    return u, (1 - s.amount) * decay, m


def _scaled_decay(s: Settings, g: np.ndarray, before: Before, x: np.ndarray) -> Any:
    u, decay, m = _parts(s, g, before, x)
    return u, (1 + s.amount) * decay, m


def _scaled_update(s: Settings, g: np.ndarray, before: Before, x: np.ndarray) -> Any:
    u, decay, m = _parts(s, g, before, x)
    return (1 + s.amount) * u, decay, m


def _is_due(s: Settings, before: Before) -> bool:
    return (before.steps + 1) % int(s.amount) == 0


def _masked_step(s: Settings, g: np.ndarray, before: Before, x: np.ndarray) -> Any:
    u, decay, m = _parts(s, g, before, x)
    return (u * (u * g < 0) if _is_due(s, before) else u), decay, m


def _unmasked_step(s: Settings, g: np.ndarray, before: Before, x: np.ndarray) -> Any:
    """The raw gradient now and then, where all other steps take the sign."""
    u, decay, m = _parts(s, g, before, x)
    return (-g if _is_due(s, before) else u), decay, m


def _skipped_decay(s: Settings, g: np.ndarray, before: Before, x: np.ndarray) -> Any:
    u, decay, m = _parts(s, g, before, x)
    return u, decay * (not _is_due(s, before)), m


def _late_decay_stops(s: Settings, g: np.ndarray, before: Before, x: np.ndarray) -> Any:
    u, decay, m = _parts(s, g, before, x)
    return u, decay * (before.steps < s.amount), m


def _spared_entry(s: Settings, g: np.ndarray, before: Before, x: np.ndarray) -> Any:
    u, decay, m = _parts(s, g, before, x)
    decay = np.array(decay)
    decay.reshape(-1)[int(s.amount) % decay.size] = 0
    return u, decay, m


def _stale_momentum(s: Settings, g: np.ndarray, before: Before, x: np.ndarray) -> Any:
    u, decay, _ = _parts(s, g, Before(before.m_before, before.m_before, before.steps), x)
    return u, decay, s.beta2 * before.m - (1 - s.beta2) * g


def _frozen_momentum(s: Settings, g: np.ndarray, before: Before, x: np.ndarray) -> Any:
    u, decay, m = _parts(s, g, before, x)
    return u, decay, before.m if _is_due(s, before) else m


def _sign_at_zero(s: Settings, g: np.ndarray, before: Before, x: np.ndarray) -> Any:
    u, decay, m = _parts(s, g, before, x)
    return np.where(u == 0, np.sign(s.amount), u).astype(x.dtype), decay, m


def _clipped_gradient(s: Settings, g: np.ndarray, before: Before, x: np.ndarray) -> Any:
    norm = float(np.sqrt(np.sum(g * g)))
    return _parts(s, g * (s.amount / norm) if norm > s.amount else g, before, x)


def _bias_correction(s: Settings, g: np.ndarray, before: Before, x: np.ndarray) -> Any:
    corrected = before.m / (1 - s.beta2**before.steps) if before.steps else before.m
    u, decay, _ = _parts(s, g, Before(corrected, corrected, before.steps), x)
    return u, decay, s.beta2 * before.m - (1 - s.beta2) * g


KINDS: tuple[Kind, ...] = (
    Kind("β1 off", _wrong_beta1, 2e-3, 5e-2, is_signed=True),
    Kind("β2 off", _wrong_beta2, 2e-3, 9e-3, is_signed=True),
    Kind("decay leaks into the gradient", _leaked_decay, 1e-2, 1e-1, unit="share"),
    Kind("decay off", _scaled_decay, 2e-2, 2e-1, is_signed=True, unit="share"),
    Kind("update off", _scaled_update, 2e-2, 2e-1, is_signed=True, unit="share"),
    Kind("a masked step now and then", _masked_step, 2, 20, is_whole=True, unit="every so many steps"),
    Kind("an unmasked step now and then", _unmasked_step, 2, 20, is_whole=True, unit="every so many steps"),
    Kind("decay skipped now and then", _skipped_decay, 2, 20, is_whole=True, unit="every so many steps"),
    Kind("decay stops", _late_decay_stops, 1, 20, is_whole=True, unit="after so many steps"),
    Kind("one entry is spared the decay", _spared_entry, 1, 12, is_whole=True, unit="which entry"),
    Kind("momentum one step old", _stale_momentum, 1, 1, is_whole=True, unit="steps"),
    Kind("momentum frozen now and then", _frozen_momentum, 2, 20, is_whole=True, unit="every so many steps"),
    Kind("sign at zero", _sign_at_zero, 1, 1, is_signed=True, is_whole=True, unit="the sign given to 0"),
    Kind("gradient clipped", _clipped_gradient, 1e-2, 1e1, unit="largest norm"),
    Kind("momentum bias-corrected", _bias_correction, 1, 1, is_whole=True, unit="yes"),
)
"""What can go wrong, with the range of its amount.

The sign given to 0 is an element of ∂|·| at 0, so that such a method still is a Lion-K; it is not the Lion that is
claimed, with sign(0) = 0: without gradients it walks to the boundary of the set.
"""


def perturbed(
    kind: Kind,
    amount: float,
    learning_rate: Any = 0.01,
    weight_decay: float = 1.0,
    beta1: float = 0.9,
    beta2: float = 0.99,
) -> StepFunction:
    """Lion with this one thing wrong by this amount."""
    settings = Settings(weight_decay, beta1, beta2, amount)

    def init(x: np.ndarray) -> Before:
        return Before(np.zeros_like(x), np.zeros_like(x), 0)

    def step(gradient: np.ndarray, before: Before, x: np.ndarray, rate: float) -> tuple[np.ndarray, Before]:
        u, decay, m = kind.step(settings, gradient, before, x)
        return x + rate * (u - decay), Before(m, before.m, before.steps + 1)

    name = f"Lion, {kind.name} ({amount:.3g})"
    return StepFunction(init, step, learning_rate=learning_rate, name=name, momentum=lambda before: before.m)


def perturbations(
    count: int = 200, seed: int = 0, learning_rate: Any = 0.01, weight_decay: float = 1.0
) -> list[Perturbation]:
    """`count` perturbed Lions, the kinds in turn, each amount drawn at random from its kind's range.

    **Raises:** `ValueError` unless count is a whole number ≥ 1.
    """
    if isinstance(count, bool) or not isinstance(count, (int, np.integer)) or count < 1:
        raise ValueError(f"count must be a whole number ≥ 1, got {count!r}.")
    rng = np.random.default_rng(seed)
    found = []
    for i in range(count):
        kind = KINDS[i % len(KINDS)]
        amount = kind.draw(rng)
        found.append(Perturbation(kind.name, amount, perturbed(kind, amount, learning_rate, weight_decay)))
    return found
