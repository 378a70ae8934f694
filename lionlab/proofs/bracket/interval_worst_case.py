"""The interval of q by exact linear programs, one for each set of constants: both ends, what proves them, what refutes.

For fixed constants every q that will do comes with weights on Bregman remainders of K, and every other q with a convex
function in four dimensions. The program finds both ends by itself; the formula is only compared with what it found.
"""

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from .._proof import Outcome, Proof
from ..gram import Expression
from .ends import NAMES, Ends, planted, with_error
from .program import Extreme, Impossible, Samples, extreme
from .replay import Weights, step_of
from .step import FlowConstants, Method, Question, flow, one_step

# β1, β2, η, λ, L: β1 < β2, β1 = β2 and β1 = 0; each of the two upper ends the smaller one, and both alike.
METHODS = tuple(
    Method(*map(Fraction, numbers.split()))
    for numbers in (
        "9/10 99/100 1/10 1/2 1", "1/5 99/100 1/10 1/2 3", "9/10 9/10 1/10 1/2 1", "3/10 1/2 1/10 2 1",
        "1/2 3/4 1/2 1 1", "0 1/2 1/10 1/2 1", "0 0 1/10 1/2 1", "95/100 98/100 1/3 3 1/7", "1/10 1/2 1/10 1 2",
        "1/100 999/1000 1/1000 1/10 1",
    )
)  # fmt: skip
# γ, ε, λ: ε = 0, γ = 0, εγ = 1, and each upper end the smaller one.
FLOWS = tuple(
    FlowConstants(*map(Fraction, numbers.split()))
    for numbers in ("1/2 1 1/2", "1/5 1/3 1", "1 1/2 2", "0 1 3", "1 1 1", "1/2 0 1/2", "1/10 9 1", "3 1/10 1/100")
)
BEYOND = Fraction(1, 1000)


def prove_step(subject: Ends, is_quick: bool) -> Outcome:
    """Both ends for every set of constants, and a step that refutes beyond each."""
    return _prove(subject, METHODS, "bracket-interval")


def prove_flow(subject: Ends, is_quick: bool) -> Outcome:
    """The same for the flow; what refutes is a state."""
    return _prove(subject, FLOWS, "flow-bracket-interval")


def _prove(subject: Ends, constants: tuple[Any, ...], name: str) -> Outcome:
    records = []
    for k in constants:
        setting = Setting(k, subject)
        found = {sign: setting.extreme(sign) for sign in (-1, 1)}
        claimed = {-1: subject.least(k), 1: min(subject.uppers(k))}
        for sign, one in found.items():
            failure = setting.failure(one, claimed[sign], sign)
            if failure is not None:
                return failure
        records.append(setting.record(found))
    said = f"both ends of the interval found by exact linear programs at {len(constants)} sets of constants"
    text = json.dumps({"check": CHECK, "intervals": records}, indent=1, ensure_ascii=False)
    return Outcome("proved", said, 4 * len(constants), artefacts={f"{name}.linear_programs.json": text + "\n"})


CHECK = (
    "At q the rise of H, with the loss eliminated, plus the sum of weight times Bregman remainder D_K(of; at) is 0 as "
    "a formal sum of inner products and values of K. Beyond it the function and state given make the rise positive."
)


class Setting:
    """One set of constants, and H_q with the coefficients of the subject. q is in units of η for a step."""

    def __init__(self, k: Method | FlowConstants, subject: Ends) -> None:
        self.k, self.coefficients = k, subject.coefficients
        self.is_flow = isinstance(k, FlowConstants)
        self.unit = Fraction(1) if isinstance(k, FlowConstants) else Fraction(k.step_size)
        self.question: Question = flow(k) if isinstance(k, FlowConstants) else one_step(k.constants)
        one, penalty = self.coefficients, self.penalty / self.unit
        self.fixed: Expression = self.question.rise({"loss": one.loss, "conjugate": one.penalty * penalty})
        bracket = {"conjugate": one.conjugate, "momentum": one.momentum, "product": -one.product}
        self.bracket: Expression = self.question.rise(bracket)

    @property
    def penalty(self) -> Fraction:
        """The weight of K* outside the bracket: γ/λ, or 1/λ."""
        return Fraction(getattr(self.k, "gamma", 1)) / self.k.weight_decay

    def extreme(self, sign: int) -> Extreme | Impossible | None:
        return extreme(self.question, self.fixed, {"q": self.bracket}, "q", sign)

    def failure(self, found: Extreme | Impossible | None, claimed: Fraction, sign: int) -> Outcome | None:
        """How what was found contradicts the claimed end; None where it is the end."""
        if found is None:
            return Outcome("undecided", f"the linear program has no {'upper' if sign > 0 else 'lower'} end")
        if isinstance(found, Impossible):
            return self._broken(found.samples, claimed, "no q will do")
        value = found.value * self.unit
        if sign * (claimed - value) > 0:
            return self._broken(found.samples, claimed, f"q = {claimed} lies outside [.., {value}]")
        if claimed != value:
            record = {"constants": self._constants(), "q": str(value), "remainders": _weights(found)}
            return Outcome("refuted", f"q = {value} will do, and is said not to", 0, record)
        for q in (claimed, claimed + sign * BEYOND * max(claimed, self.unit)):
            excess = self.excess(found.samples, q)
            if (excess > 0) != (q != claimed):
                if excess > 0:
                    return self._broken(found.samples, claimed, "the rise is more than the slack allows")
                return Outcome("undecided", f"the function found does not refute q = {q}")
        return None

    def excess(self, samples: Samples, q: Fraction) -> Fraction:
        """By how much H_q rises too much on `samples`: a step taken on an explicit K, or dH/dt."""
        if not isinstance(self.k, FlowConstants):
            slack = Fraction(self.coefficients.slack) * self.k.smoothness / 2
            return step_of(self.question, samples, self.k).excess(self.weights(q), slack)
        is_convex = all(samples.of(remainder) >= 0 for remainder in self.question.remainders().values())
        if not is_convex:
            raise ArithmeticError("the numbers are no samples of a convex function.")
        return samples.of(self.fixed) + q * samples.of(self.bracket)

    def weights(self, q: Fraction) -> Weights:
        """H_q in full."""
        one = self.coefficients
        conjugate = one.penalty * self.penalty + q * one.conjugate
        return Weights(one.loss, conjugate, q * one.momentum, q * one.product)

    def _broken(self, samples: Samples, q: Fraction, said: str) -> Outcome:
        # The rise is linear in K and ‖x⁺−x‖² quadratic: a small K refutes what a large one may not.
        for factor in (Fraction(1), Fraction(1, 100), Fraction(1, 10**4)):
            small = Samples({key: factor * number for key, number in samples.numbers.items()})
            if self.excess(small, q) > 0:
                return Outcome("refuted", f"{said}; replayed exactly", 0, self._example(small, q))
        return Outcome("undecided", f"{said}, and the function found does not show it")

    def _example(self, samples: Samples, q: Fraction) -> Mapping[str, Any]:
        if isinstance(self.k, FlowConstants):
            products = ((key, number) for key, number in samples.numbers.items() if isinstance(key, tuple))
            numbers = {f"<{a},{b}>": str(number) for (a, b), number in products}
            rate = str(self.excess(samples, q))
            return {"constants": self._constants(), "q": str(q), "inner products": numbers, "dH/dt": rate}
        slack = Fraction(self.coefficients.slack) * self.k.smoothness / 2
        return {"q": str(q), **step_of(self.question, samples, self.k).record(self.weights(q), slack)}

    def _constants(self) -> dict[str, str]:
        return {name: str(number) for name, number in self.k._asdict().items()}

    def record(self, found: Mapping[int, Extreme | Impossible | None]) -> dict[str, Any]:
        """Both ends as text."""
        ends = []
        for sign, one in found.items():
            if isinstance(one, Extreme):
                q = one.value * self.unit
                beyond = self._example(one.samples, q + sign * BEYOND * max(q, self.unit))
                ends.append({"q": str(q), "weights": _weights(one), "beyond it": beyond})
        return {"constants": self._constants(), "ends": ends}


def _weights(found: Extreme) -> dict[str, str]:
    return {f"D_K({of}; {at})": str(weight) for (of, at), weight in found.proved.remainders.items()}


PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="bracket-interval",
        route="worst case",
        statement="At each set of constants the q for which ΔH_q ≤ (L/2)‖x⁺−x‖² are those between the two ends.",
        domain=f"every convex K, every L-smooth f, every dimension, at {len(METHODS)} sets of constants",
        is_complete=False,
        assumptions=(
            "the subgradient inequality, the descent lemma, and that finitely many samples which meet all subgradient "
            "inequalities are those of a maximum of affine functions",
            "λx ∈ dom K* and ∂K*(λx), ∂K*(λx⁺) are not empty",
            "explicit decay is implicit decay with η/(1−ηλ) for η",
        ),
        prove=prove_step,
        subject=Ends(),
        planted=planted(("loss", "penalty", "conjugate", "momentum", "product")),
        coefficients=(*NAMES, "slack"),
        perturbed=with_error,
    ),
    Proof(
        claim="flow-bracket-interval",
        route="worst case",
        statement="At each set of constants the q for which dH_q/dt ≤ 0 are those between the two ends.",
        domain=f"every convex K, every differentiable f, every dimension, at {len(FLOWS)} sets of constants",
        is_complete=False,
        assumptions=(
            "dH/dt is the chain rule's, with any u ∈ ∂K(m̃), w ∈ ∂K(m) and z ∈ ∂K*(λx), and w = u at ε = 0",
            "the subgradient inequality, and that samples which meet it are those of a convex function",
        ),
        prove=prove_flow,
        subject=Ends(),
        planted=planted(("loss", "penalty", "conjugate", "momentum", "product")),
        coefficients=NAMES,
        perturbed=with_error,
    ),
)
