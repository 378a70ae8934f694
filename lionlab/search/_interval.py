"""`bracket_interval`: the weights q of the bracket for which a step rises by no more than (L/2)‖x⁺−x‖²."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from ..proofs.bracket.program import Extreme, Impossible, extreme
from ..proofs.bracket.replay import Step, Weights, step_of
from ..proofs.bracket.step import Method, bracket_weights, one_step
from ._numbers import Number, method_of

BEYOND = Fraction(1, 1000)


@dataclass(frozen=True)
class End:
    """An end of the interval, `weight`; the weights of Bregman remainders D_K(i; j) that prove it will do.

    The remainders are in units with η = L = 1. `step` is one on an explicit K and f: at the weight H rises by just
    (L/2)‖x⁺−x‖², beyond it by more.
    """

    weight: Fraction
    remainders: Mapping[tuple[str, str], Fraction]
    step: Step

    def excess(self, q: Fraction) -> Fraction:
        """By how much H_q rises beyond (L/2)‖x⁺−x‖² on `step`."""
        k = self.step.method
        return self.step.excess(Weights(1, q + 1 / k.weight_decay, q, q), k.smoothness / 2)


@dataclass(frozen=True)
class Interval:
    """All q with ΔH_q ≤ (L/2)‖x⁺−x‖² for every convex K and L-smooth f: those from `low` to `high`.

    H_q = f + (1/λ + q)K*(λx) + q[K(m) − ⟨λx, m⟩].
    """

    low: End
    high: End

    def __contains__(self, q: Number) -> bool:
        return self.low.weight <= Fraction(q) <= self.high.weight


def bracket_interval(
    *,
    beta1: Number,
    beta2: Number,
    step_size: Number,
    weight_decay: Number,
    smoothness: Number = 1,
    decay: str = "explicit",
) -> Interval | None:
    """The interval by two linear programs in rational numbers; None where no q will do, which is for β1 > β2.

    The arguments are those of `find_lyapunov`. The ends agree with c = ηβ1/(ηλ(1−β1) + 1−β2), the weight of arXiv
    2310.05898, Theorem 4.1, and min(η/(1−β2), β1/(λ(β2−β1))), η that of implicit decay: claim `bracket-interval`.

    **Raises:** `TypeError` or `ValueError` in words for arguments out of their range.
    """
    method = method_of(beta1, beta2, step_size, weight_decay, smoothness, decay)
    low, high = (_end(method, sign) for sign in (-1, 1))
    return Interval(low, high) if low is not None and high is not None else None


def _end(method: Method, sign: int) -> End | None:
    question = one_step(method.constants)
    standing, bracketed = bracket_weights(method.constants)
    found = extreme(question, question.rise(standing), {"q": question.rise(bracketed)}, "q", sign)
    if isinstance(found, Impossible):
        return None
    if not isinstance(found, Extreme):
        raise ArithmeticError("the interval of q has no end on one side, which no constants in range lead to.")
    weight = found.value * method.step_size
    end = End(weight, found.proved.remainders, step_of(question, found.samples, method))
    further = weight + sign * BEYOND * max(weight, method.step_size)
    if end.excess(weight) != 0 or end.excess(further) <= 0:
        raise ArithmeticError("the step that was found refutes nothing beyond the end; this is an error of the search.")
    return end
