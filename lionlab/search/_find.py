"""`find_lyapunov`: the weights of a candidate for which H rises least, over all convex K and all L-smooth f.

Three exact steps. Fixed points leave two weights, q of the bracket and r of the square (`_fixed_points`). Convexity of
K is a linear program in q and in the multiple ω of ⟨s, V⟩ that it leaves (`proofs.bracket`). The loss then asks for a
rise that is a formula in ω and r (`_rise`).
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from ..proofs.bracket.any_beta import sign_step
from ..proofs.bracket.program import Extreme, Impossible, Proved, extreme
from ..proofs.bracket.replay import Step, Weights
from ..proofs.bracket.step import Method, Question, bracket_weights, one_step
from ..proofs.gram import Expression, vector
from ._candidate import Candidate
from ._finding import Certificate, Finding
from ._fixed_points import Restless, reduced
from ._numbers import Number, exact, method_of
from ._rise import Worst, best_omega, best_square, least_rise
from ._worst_step import joined


def find_lyapunov(
    candidate: Candidate,
    *,
    beta1: Number,
    beta2: Number,
    step_size: Number,
    weight_decay: Number,
    smoothness: Number = 1,
    decay: str = "explicit",
    rise: Number | None = None,
) -> Finding:
    """The weights of `candidate` with the least σ in ΔH ≤ σ‖x⁺−x‖², for one step of Lion-K.

    The inequality is for every convex K, every f with an L-Lipschitz gradient, L = `smoothness`, every dimension and
    state with λx ∈ dom K*. `step_size` > 0 and `weight_decay` > 0 are those of the method, with step_size·weight_decay
    < 1 for explicit `decay`; 0 ≤ beta1, beta2 < 1 in any order. Numbers are taken as they are written: 0.9 is 9/10.
    With `rise` the question is whether that σ suffices.

    **Returns:** a `Finding`, "found" with a certificate or "infeasible" with what refutes the form. Either is decided
    in rational arithmetic.

    **Raises:** `TypeError` or `ValueError` in words for arguments out of their range.

        find_lyapunov(Candidate(), beta1=0.92, beta2=0.9, step_size=0.1, weight_decay=0.5).rise    # 97/10
    """
    if not isinstance(candidate, Candidate):
        raise TypeError(f"candidate must be a Candidate, got {candidate!r}.")
    method = method_of(beta1, beta2, step_size, weight_decay, smoothness, decay)
    asked = None if rise is None else exact("rise", rise)
    left = reduced(candidate, method)
    if isinstance(left, Restless):
        said = "H changes at first order beside a fixed point, whatever its weights"
        return Finding("infeasible", said, restless=left)
    return _Search(method, left.bracket, left.square).finding(asked)


class _Search:
    """q and r, each a number where given, in the units of `proofs.bracket.step` (q in η, r in 1/L)."""

    def __init__(self, method: Method, bracket: Fraction | None, square: Fraction | None) -> None:
        self.method = method
        self.given_q = None if bracket is None else bracket / method.step_size
        self.given_r = None if square is None else square * method.smoothness
        self.question: Question = one_step(method.constants)
        standing, bracketed = bracket_weights(method.constants)
        self.standing = self.question.rise(standing)
        self.bracketed = self.question.rise(bracketed)
        self.turned: Expression = -(vector("s") @ vector("V"))

    def finding(self, asked: Fraction | None) -> Finding:
        low = self._omega(-1, self.given_q)
        high = self._omega(1, self.given_q)
        if isinstance(low, Impossible):
            said = "with this bracket a steeper K raises H by as much as one likes"
            steeper = (
                joined(self.question, low.samples, self.method, Fraction(1), Fraction(1), Fraction(10) ** n)
                for n in range(60)
            )
            return Finding("infeasible", said, worst_step=self._beyond(steeper, asked))
        ends = (_value(low), _value(high))
        omega = best_omega(*ends, self.given_r, self.method.beta2)
        r = best_square(omega) if self.given_r is None else self.given_r
        worst = least_rise(omega, r, self.method.beta2)
        if worst is None:
            said = "the square of m + ∇f(x) has not the weight it needs: a large one raises H by as much as you like"
            return Finding("infeasible", said, worst_step=self._beyond(self._with_more_error(omega), asked))
        return self._found(omega, r, worst, asked)

    def _omega(self, sign: int, q: Fraction | None) -> Extreme | Impossible | None:
        """The range of ω: with its ends, what proves them."""
        free = {"omega": self.turned}
        fixed = self.standing
        if q is None:
            free["q"] = self.bracketed
        else:
            fixed = fixed + q * self.bracketed
        return extreme(self.question, fixed, free, "omega", sign)

    def _with_more_error(self, omega: Fraction) -> Iterator[Step]:
        """Steps with ever larger ‖m + ∇f(x)‖, of the sign that ω wants."""
        end = self._omega(1 if omega < 0 else -1, self.given_q)
        for n in range(60):
            lead = Fraction(10) ** n * (-1 if omega < 0 else 1)
            if isinstance(end, Extreme) and omega != 0:
                yield joined(self.question, end.samples, self.method, lead, Fraction(1))
            else:
                yield sign_step(self.method, lead)

    def _found(self, omega: Fraction, r: Fraction, worst: Worst, asked: Fraction | None) -> Finding:
        k = self.method
        proved, brackets = self._proved_at(omega)
        q = proved.free.get("q", self.given_q or Fraction(0))
        rise = worst.rise * k.smoothness
        weights = self._weights(q, r)
        step = self._worst_step(omega, q, worst, weights, rise)
        if asked is not None and asked < rise:
            said = f"the least σ of the form is {rise}, more than {asked}"
            return Finding("infeasible", said, weights, rise, brackets, None, step)
        certificate = Certificate(k, weights, rise, proved.remainders, worst.balance)
        if not certificate.is_valid():
            raise ArithmeticError("the certificate that was found does not hold; this is an error of the search.")
        said = f"ΔH ≤ σ‖x⁺−x‖² with σ = {rise}, and with no smaller σ for weights of this form"
        return Finding("found", said, weights, rise, brackets, certificate, step)

    def _proved_at(self, omega: Fraction) -> tuple[Proved, tuple[Fraction, Fraction] | None]:
        """What proves ω: at the given q, or at the least q that has it, with the range of q in the method's units."""
        fixed = self.standing + omega * self.turned
        if self.given_q is not None:
            found = extreme(self.question, fixed + self.given_q * self.bracketed, {}, "", 1)
            return _insist(found).proved, None
        # ω grows without bound with |q|: at one ω there is a least q and a largest.
        low, high = (_insist(extreme(self.question, fixed, {"q": self.bracketed}, "q", sign)) for sign in (-1, 1))
        return low.proved, (low.value * self.method.step_size, high.value * self.method.step_size)

    def _worst_step(self, omega: Fraction, q: Fraction, worst: Worst, weights: Weights, rise: Fraction) -> Step | None:
        """A step that rises by all of it, if one does."""
        if worst.lead == 0:
            curvature = worst.turn * self.method.smoothness
            step = replace(sign_step(self.method, worst.lead), curvature=curvature)
        else:
            end = self._omega(-1 if worst.lead > 0 else 1, q)
            if not isinstance(end, Extreme) or end.value != omega:
                return None
            step = joined(self.question, end.samples, self.method, worst.lead, worst.turn)
        return step if step.excess(weights, rise) == 0 else None

    def _beyond(self, steps: Iterator[Step], asked: Fraction | None) -> Step:
        """The first of ever worse steps that rises by more than was asked, or than 1000 L."""
        q, r = self.given_q or Fraction(0), self.given_r or Fraction(0)
        weights = self._weights(q, r)
        target = 1000 * self.method.smoothness if asked is None else asked
        return next(step for step in steps if step.excess(weights, target) > 0)

    def _weights(self, q: Fraction, r: Fraction) -> Weights:
        k = self.method
        q = q * k.step_size
        return Weights(1, q + 1 / k.weight_decay, q, q, r / k.smoothness)


def _insist(one: Extreme | Impossible | None) -> Extreme:
    if not isinstance(one, Extreme):
        raise ArithmeticError(
            "a linear program that has a solution was left without one; this is an error of the search."
        )
    return one


def _value(one: Extreme | Impossible | None) -> Fraction | None:
    return one.value if isinstance(one, Extreme) else None
