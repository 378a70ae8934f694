"""c is not the only constant: the weights q of the bracket for which H_q is a Lyapunov function, in exact arithmetic.

    H_q = f + (1/λ + q) K*(λx) + q [K(m) − ⟨λx, m⟩]       (the flow: αf, and γ/λ for 1/λ)

On a step, or at a state, the rise of H_q is A + Bq with A and B rational: K is a convex function of one variable made
of straight pieces, f = gx + (L/2)x², whose rise is the largest that L-smoothness allows. What was found for one
variable refutes for all; that the interval holds in every dimension is for the proofs.
"""

import functools
import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ._claim import Claim, Hypothesis, Measurement, Run, Wrong
from ._polyline import ABSOLUTE, Polyline, random_polyline, some_conjugate_slope, some_number, some_slope

STEPS, QUICK_STEPS = 150, 30
BEYOND = Fraction(1, 10**9)
SMALL = Fraction(1, 10**6)
ZERO, ONE = Fraction(0), Fraction(1)


class Constants(NamedTuple):
    """β1, β2, η of implicit decay, λ, L."""

    beta1: Fraction
    beta2: Fraction
    eta: Fraction
    lam: Fraction
    L: Fraction


class FlowConstants(NamedTuple):
    """γ, ε, λ; α∇f = −ṁ − γm leaves α out."""

    gamma: Fraction
    epsilon: Fraction
    lam: Fraction


class Ends(NamedTuple):
    """The interval as claimed, and the factor on the (L/2)‖x⁺−x‖² that H_q may rise by."""

    low: Callable[[Any], Fraction]
    high: Callable[[Any], Fraction]
    slack: Fraction = ONE


class Rise(NamedTuple):
    """On one step H_q rises by `fixed` + `bracket`·q beyond slack·`square`; `square` is (L/2)‖x⁺−x‖²."""

    fixed: Fraction
    bracket: Fraction
    square: Fraction
    where: Any

    def excess(self, q: Fraction, slack: Fraction) -> Fraction:
        return self.fixed + self.bracket * q - slack * self.square


def low(k: Constants) -> Fraction:
    """c of arXiv 2310.05898, Theorem 4.1."""
    return k.eta * k.beta1 / (k.eta * k.lam * (1 - k.beta1) + 1 - k.beta2)


def first_high(k: Constants) -> Fraction:
    return k.eta / (1 - k.beta2)


def second_high(k: Constants) -> Fraction | None:
    return k.beta1 / (k.lam * (k.beta2 - k.beta1)) if k.beta1 < k.beta2 else None


def high(k: Constants) -> Fraction:
    return min(bound for bound in (first_high(k), second_high(k)) if bound is not None)


def step(k: Constants, K: Polyline, y: Fraction, m: Fraction, g: Fraction, u: Fraction | None) -> Rise:
    """The rise on the step from λx = y and m, with u ∈ ∂K(m̃⁺), by default its largest element."""
    m_tilde, m_next = k.beta1 * m - (1 - k.beta1) * g, k.beta2 * m - (1 - k.beta2) * g
    u = K.subdifferential(m_tilde)[1] if u is None else u
    y_next = (y + k.eta * k.lam * u) / (1 + k.eta * k.lam)
    move = (y_next - y) / k.lam
    square = k.L * move**2 / 2
    conjugate = K.conjugate(y_next) - K.conjugate(y)
    fixed = g * move + square + conjugate / k.lam
    bracket = conjugate + K(m_next) - K(m) - (y_next * m_next - y * m)
    return Rise(fixed, bracket, square, (K, y, m, g, u))


def sharp_steps(k: Constants) -> Iterator[Rise]:
    """K = |·|: m̃⁺ = 0 < m, m⁺; m = 0 < m̃⁺, m⁺; λx = −1 and m, m⁺ < 0 = m̃⁺. At a tie u = 1."""
    yield step(k, ABSOLUTE, ZERO, ONE, k.beta1 / (1 - k.beta1), ONE)
    yield step(k, ABSOLUTE, ZERO, ZERO, -ONE, ONE)
    yield step(k, ABSOLUTE, -ONE, k.beta1 - 1, -k.beta1, ONE)


def random_step(k: Constants, rng: random.Random) -> Rise:
    K = random_polyline(rng)
    m, g = some_number(rng), some_number(rng)
    share = Fraction(rng.randint(0, 6), 6)
    y = K.slopes[0] + share * (K.slopes[-1] - K.slopes[0])
    return step(k, K, y, m, g, some_slope(rng, K, k.beta1 * m - (1 - k.beta1) * g))


def flow_low(k: FlowConstants) -> Fraction:
    """c of arXiv 2310.05898, Theorem 3.1."""
    return (1 - k.epsilon * k.gamma) / (1 + k.epsilon * k.lam)


def flow_high(k: FlowConstants) -> Fraction:
    return min(ONE, (1 - k.epsilon * k.gamma) / (k.epsilon * k.lam)) if k.epsilon > 0 else ONE


class State(NamedTuple):
    """λx, m, ṁ, and elements u ∈ ∂K(m̃), w ∈ ∂K(m), z ∈ ∂K*(λx)."""

    y: Fraction
    m: Fraction
    r: Fraction
    u: Fraction
    w: Fraction
    z: Fraction


def rate(k: FlowConstants, K: Polyline, s: State) -> Rise:
    """dH_q/dt = ⟨∂H_q/∂x, ẋ⟩ + ⟨∂H_q/∂m, ṁ⟩ with α∇f = −ṁ − γm; there is no square to spare."""
    V = s.u - s.y
    fixed = (-s.r - k.gamma * s.m + k.gamma * s.z) * V
    bracket = k.lam * (s.z - s.m) * V + (s.w - s.y) * s.r
    return Rise(fixed, bracket, ZERO, (K, s))


def sharp_rates(k: FlowConstants) -> Iterator[Rise]:
    """K = |·|: m̃ = 0 < m; m = 0 < m̃; λx = −1 and m < 0 = m̃. At ε = 0, where m̃ = m, ṁ of either sign."""
    if k.epsilon == 0:
        for r in (-ONE, ONE):
            yield rate(k, ABSOLUTE, State(ZERO, ZERO, r, ONE, ONE, ZERO))
        return
    swing = 1 / k.epsilon
    yield rate(k, ABSOLUTE, State(ZERO, ONE, -swing, ONE, ONE, ZERO))
    yield rate(k, ABSOLUTE, State(ZERO, ZERO, swing, ONE, ONE, ZERO))
    yield rate(k, ABSOLUTE, State(-ONE, -ONE, swing, ONE, -ONE, ZERO))


def random_rate(k: FlowConstants, rng: random.Random) -> Rise:
    K = random_polyline(rng)
    m, r = some_number(rng), some_number(rng)
    y = K.slopes[0] + Fraction(rng.randint(0, 6), 6) * (K.slopes[-1] - K.slopes[0])
    u = some_slope(rng, K, m + k.epsilon * r)
    w = u if k.epsilon == 0 else some_slope(rng, K, m)
    return rate(k, K, State(y, m, r, u, w, some_conjugate_slope(rng, K, y)))


@functools.cache
def rises(k: Any, seed: int, number: int) -> tuple[tuple[Rise, ...], tuple[Rise, ...]]:
    """The sharp rises and random ones."""
    rng = random.Random(f"{seed} {k}")
    is_flow = isinstance(k, FlowConstants)
    sharp = tuple(sharp_rates(k) if is_flow else sharp_steps(k))
    found = tuple(random_rate(k, rng) if is_flow else random_step(k, rng) for _ in range(number))
    return sharp, found


def contradiction(k: Any, ends: Ends, seed: int, number: int) -> dict[str, Any] | None:
    """A rise at an end of the claimed interval, or an end beyond which nothing sharp rises; None where neither."""
    sharp, others = rises(k, seed, number)
    least, most = ends.low(k), ends.high(k)
    for q in (least, most, (least + most) / 2):
        for one in (*sharp, *others):
            if one.excess(q, ends.slack) > 0:
                return {"constants": list(map(str, k)), "q": str(q), "step": str(one.where)}
    for q in (least - BEYOND * max(least, ONE), most + BEYOND * max(most, ONE)):
        if all(one.excess(q, ends.slack) <= 0 for one in sharp):
            return {"constants": list(map(str, k)), "nothing refutes q": str(q)}
    return None


def measure(cases: Sequence[Any], run: Run, subject: Ends) -> Measurement:
    """How many sets of constants contradict the interval."""
    number = QUICK_STEPS if run.is_quick else STEPS
    found = [one for k in cases if (one := contradiction(k, subject, run.seed, number)) is not None]
    return Measurement(float(len(found)), 0.0, len(cases), found[0] if found else None)


def constants(run: Run) -> list[Constants]:
    """β1 < β2, β1 = β2, β1 = 0; either upper end the smaller one, and both alike."""
    rows = (
        "9/10 99/100 1/10 1/2 1", "1/5 99/100 1/10 1/2 3", "9/10 9/10 1/10 1/2 1", "3/10 1/2 1/10 2 1/7",
        "1/2 3/4 1/2 1 1", "0 1/2 1/10 1/2 1", "0 0 1/3 1 2", "95/100 98/100 1/3 3 1", "1/2 4/5 1 1 5",
        "1/100 999/1000 1/1000 10 1",
    )  # fmt: skip
    return [Constants(*map(Fraction, row.split())) for row in (rows[:4] if run.is_quick else rows)]


def flow_constants(run: Run) -> list[FlowConstants]:
    """ε = 0, γ = 0, εγ = 1, and either upper end the smaller one."""
    rows = ("1/2 1 1/2", "1/5 1/3 1", "1/2 0 1/2", "1 1/2 2", "0 1 3", "1 1 1", "1/10 9 1", "3 1/10 1/100", "0 2 1/3")
    return [FlowConstants(*map(Fraction, row.split())) for row in (rows[:4] if run.is_quick else rows)]


def scaled(end: Callable[[Any], Fraction], factor: Fraction) -> Callable[[Any], Fraction]:
    return lambda k: factor * end(k)


RIGHT, FLOW_RIGHT = Ends(low, high), Ends(flow_low, flow_high)


def off(right: Ends) -> tuple[Wrong, ...]:
    """Each end a little too high and too low."""
    return (
        Wrong("the lower end too high by a relative 1e-6", right._replace(low=scaled(right.low, 1 + SMALL))),
        Wrong("the lower end too low by a relative 1e-6", right._replace(low=scaled(right.low, 1 - SMALL))),
        Wrong("the upper end too high by a relative 1e-6", right._replace(high=scaled(right.high, 1 + SMALL))),
        Wrong("the upper end too low by a relative 1e-6", right._replace(high=scaled(right.high, 1 - SMALL))),
        Wrong("the theorem's c alone", right._replace(high=right.low)),
    )


def is_ordered(k: Constants) -> str | None:
    if 0 <= k.beta1 <= k.beta2 < 1 and k.lam > 0 and k.eta > 0 and k.L > 0:
        return None
    return f"β1 = {k.beta1}, β2 = {k.beta2}, λ = {k.lam}; the interval is for 0 ≤ β1 ≤ β2 < 1 and λ > 0."


def is_flow(k: FlowConstants) -> str | None:
    if k.gamma >= 0 and k.epsilon >= 0 and k.epsilon * k.gamma <= 1 and k.lam > 0:
        return None
    return f"γ = {k.gamma}, ε = {k.epsilon}, λ = {k.lam}; the interval is for γ, ε ≥ 0, εγ ≤ 1 and λ > 0."


CLAIMS = (
    Claim(
        id="bracket-interval",
        statement=(
            "For β1 ≤ β2 < 1, λ > 0, H_q = f + (1/λ+q)K*(λx) + q[K(m) − ⟨λx,m⟩] rises in a step by at most "
            "(L/2)‖x⁺−x‖², for all convex K and L-smooth f, exactly when c ≤ q ≤ min(η/(1−β2), β1/(λ(β2−β1))), "
            "c = ηβ1/(ηλ(1−β1)+1−β2), η that of implicit decay; c is the theorem's."
        ),
        source="derived here, beyond arXiv 2310.05898, Theorem 4.1, which has the lower end",
        hypotheses=(Hypothesis("0 ≤ β1 ≤ β2 < 1, η, λ, L > 0", is_ordered),),
        observable="sets of constants where a step rises at an end, or none rises 1e-9 beyond one, in exact fractions",
        tolerance="none: a comparison of fractions",
        cases=constants,
        measure=measure,
        subject=RIGHT,
        wrongs=(
            *off(RIGHT),
            Wrong("η/(1−β2) alone above", RIGHT._replace(high=first_high)),
            Wrong("β1/(λ(β2−β1)) alone above", RIGHT._replace(high=lambda k: second_high(k) or first_high(k))),
            Wrong("c without the decay, ηβ1/(1−β2)", RIGHT._replace(low=lambda k: k.eta * k.beta1 / (1 - k.beta2))),
            Wrong("a rise of 0.999999 (L/2)‖x⁺−x‖²", RIGHT._replace(slack=1 - SMALL)),
        ),
        is_exact=True,
    ),
    Claim(
        id="flow-bracket-interval",
        statement=(
            "For α, λ > 0, γ, ε ≥ 0 with εγ ≤ 1, H_q = αf + (γ/λ+q)K*(λx) + q[K(m) − ⟨λx,m⟩] falls along the flow, "
            "for all convex K and all f, exactly when c ≤ q ≤ min(1, (1−εγ)/(ελ)), c = (1−εγ)/(1+ελ), the theorem's."
        ),
        source="derived here, beyond arXiv 2310.05898, Theorem 3.1, which has the lower end",
        hypotheses=(Hypothesis("γ, ε ≥ 0, εγ ≤ 1, λ > 0", is_flow),),
        observable="sets of constants where dH/dt > 0 at an end, or nowhere 1e-9 beyond one, in exact fractions",
        tolerance="none: a comparison of fractions; dH/dt is the chain rule's, with any elements of ∂K and ∂K*",
        cases=flow_constants,
        measure=measure,
        subject=FLOW_RIGHT,
        wrongs=(
            *off(FLOW_RIGHT),
            Wrong("1 above, whatever the decay", FLOW_RIGHT._replace(high=lambda k: ONE)),
            Wrong("(1−εγ)/(ελ) alone above", FLOW_RIGHT._replace(
                high=lambda k: (1 - k.epsilon * k.gamma) / (k.epsilon * k.lam) if k.epsilon > 0 else ONE)),
            Wrong("c = 1−εγ, without the decay", FLOW_RIGHT._replace(low=lambda k: 1 - k.epsilon * k.gamma)),
        ),
        is_exact=True,
    ),
)  # fmt: skip
