"""The five terms of the implicit step's ledger one by one, and what happens where its length changes:

    H_{h′} − H_h = (c_{h′} − c_h)[K*(λx) + K(m) − ⟨λx, m⟩] ≤ 0 for h′ ≥ h,        c_h = (1−εγ)/(1+(ε+h)λ)

For convex f all five have a sign, and so has the change.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from .._proof import Outcome, Planted, Proof
from ..gram import Expression, value, vector
from .certificate import Certificate, Refuter, Term, outcome
from .interpolation import fenchel_young
from .plain_functions import FUNCTIONS
from .proximal import (
    CONSTANTS,
    SELECTIONS,
    Statement,
    any_curvature,
    convex_curvature,
    convexity,
    descent_certificates,
    kernel_terms,
    rate_terms,
)
from .proximal_step import Constants, ProximalStep, broken, cases, proximal_step


@dataclass(frozen=True)
class Signs:
    """Which slope D_K is taken with and which point Δ1, and whether f is convex."""

    momentum_slope: str = "w"
    aligned_with: str = "z"
    is_convex: bool = True


def signed(subject: Signs, s: ProximalStep) -> dict[str, tuple[Expression, tuple[Term, ...]]]:
    """The five terms, each said to be ≤ 0, and why."""
    k = s.k
    rates, (momentum, *conjugate) = rate_terms(s), kernel_terms(s)
    slope = s.at_momentum.slope if subject.momentum_slope == "w" else s.at_dual.slope
    partner = s.at_dual.point if subject.aligned_with == "z" else s.after.m
    distance = s.at_look_ahead.point - partner
    alignment = k.h * (k.gamma + k.c * k.lam) * ((s.at_look_ahead.slope - s.at_dual.slope) @ distance)
    loss = convexity(s) if subject.is_convex else ()
    remainder = s.before.K - s.after.K - slope @ (s.before.m - s.after.m)
    return {
        "−αD_f": (-(k.alpha * s.loss_remainder), loss),
        "−h(γ+c_hλ)Δ1": (-alignment, rates[:1]),
        "−c_h⟨s−w, m⁺−m⟩": (-s.enhancement, rates[1:]),
        "−c_hD_K": (-(k.c * remainder), (momentum,)),
        "−(γ/λ+c_h)D_K*": (-(k.conjugate_weight * s.conjugate_remainder) if k.lam != 0 else Expression(),
            tuple(conjugate)),
    }  # fmt: skip


def prove_signs(subject: Signs, is_quick: bool) -> Outcome:
    """Five weights ≥ 0, each times one inequality."""

    def certificates() -> Iterator[Certificate]:
        for one, k in cases():
            for said, (target, terms) in signed(subject, proximal_step(k)).items():
                yield Certificate(said, one, target, terms)

    def wrong_sign(name: str) -> Refuter:
        curvatures = convex_curvature if subject.is_convex else any_curvature
        return broken(lambda s: signed(subject, s)[name][0], curvatures)

    def refuter() -> Mapping[str, Any] | None:
        return next((found for name in names if (found := wrong_sign(name)()) is not None), None)

    names = tuple(signed(subject, proximal_step(cases()[0][1])))
    return outcome("proximal-signs", certificates(), refuter)


GRID = tuple(Fraction(n, 2) for n in (-4, -2, -1, 0, 1, 2, 4))


def step_weight(k: Constants) -> Any:
    """c_h."""
    return k.c


def growing_weight(k: Constants) -> Any:
    """A weight that grows with h, wrongly."""
    return (1 - k.epsilon * k.gamma) * (1 + k.h * k.lam) / (1 + k.epsilon * k.lam)


@dataclass(frozen=True)
class Change:
    """A change of h: whether it grows, the weight of the bracket, and the sign of ⟨λx, m⟩ in it."""

    grows: bool = True
    weight: Callable[[Constants], Any] = step_weight
    product: int = 1

    @property
    def bracket(self) -> Expression:
        return value("K(m)") + value("K*(λx)") - self.product * (vector("λx") @ vector("m"))

    def rise(self, before: Constants, after: Constants) -> Expression:
        """H_{h′} − H_h, said to be ≤ 0."""
        return (self.weight(after) - self.weight(before)) * self.bracket


def prove_change(subject: Change, is_quick: bool) -> Outcome:
    """In a step as for constant h; where h gives way to another, c_h changes before a gap that is ≥ 0."""
    gap = fenchel_young(value("K(m)"), vector("m"), value("K*(λx)"), vector("λx"))

    def certificates() -> Iterator[Certificate]:
        for one, k in cases(more=("more",)):
            # At λ = 0 or εγ = 1 c_h does not depend on h, and there is nothing to show.
            if k.lam != 0 and k.c != 0:
                short, long = k, k._replace(h=k.h + one.numbers["more"])
                before, after = (short, long) if subject.grows else (long, short)
                term = Term("Fenchel–Young at m and λx", before.c - after.c, gap)
                yield Certificate("H_{h′} − H_h", one, subject.rise(before, after), (term,))
        yield from descent_certificates(Statement())

    def refuter() -> Mapping[str, Any] | None:
        before = Constants(*map(Fraction, ("1", "1", "1/2", "1", "1", "1")))
        after = before._replace(h=Fraction(2) if subject.grows else Fraction(1, 1000))
        for K, y, m in product(FUNCTIONS, GRID, GRID):
            if K.has_finite_conjugate(y):
                values = {"K(m)": K(m), "K*(λx)": K.conjugate(y)}
                excess = subject.rise(before, after).at({"m": (m,), "λx": (y,)}, values)
                if excess > 0:
                    return {"K": str(K), "m": str(m), "x": str(y), "alpha, gamma, lam": "1", "epsilon": "1/2", "h": "1",
                        "h after": str(after.h), "rise": str(excess)}  # fmt: skip
        return None

    return outcome("proximal-growing-steps", certificates(), refuter)


PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="proximal-signs",
        route="worst case",
        statement="Each of the five terms is minus a weight ≥ 0 times an inequality of f or K.",
        domain=f"every convex K, every convex f, {CONSTANTS}",
        is_complete=True,
        assumptions=(*SELECTIONS, "the subgradient inequality of f and K, and the Fenchel–Young inequality"),
        prove=prove_signs,
        subject=Signs(),
        planted=(
            Planted("f need not be convex", Signs(is_convex=False)),
            Planted("D_K with the slope λx⁺", Signs(momentum_slope="λx⁺")),
            Planted("Δ1 = ⟨s − λx⁺, m̃⁺ − m⁺⟩", Signs(aligned_with="m")),
        ),
    ),
    Proof(
        claim="proximal-growing-steps",
        route="worst case",
        statement="A step lowers H_h, and a change to h′ > h adds c_{h′} − c_h ≤ 0 times a Fenchel–Young gap.",
        domain=f"every convex K, every convex f, every h′ > h > 0, {CONSTANTS}",
        is_complete=True,
        assumptions=(*SELECTIONS, "the subgradient inequality of f and K, and the Fenchel–Young inequality"),
        prove=prove_change,
        subject=Change(),
        planted=(
            Planted("h may shrink", Change(grows=False)),
            Planted("a weight that grows with h", Change(weight=growing_weight)),
            Planted("+⟨λx, m⟩ in the bracket", Change(product=-1)),
        ),
    ),
)
