"""Explicit decay with η is implicit decay with η′ = η/(1−ηλ): both steps are the same vector, symbolically.

    (x + η′u)/(1+η′λ) = (1−ηλ)x + ηu        for free vectors x, u and 0 < ηλ < 1

With 1−ηλ = P/S, S = P+Q, ηλ = Q/S, the new step η′ = Q/(Pλ) is positive.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from .._proof import Outcome, Planted, Proof
from ..gram import Expression, Vector, vector
from .certificate import Certificate, outcome
from .ranges import Range


def right(eta: Any, lam: Any) -> Any:
    return eta / (1 - eta * lam)


def difference(eta: Any, lam: Any, other: Any) -> Vector:
    """The implicit step of length `other` less the explicit one of length η."""
    x, u = vector("x"), vector("u")
    return 1 / (1 + other * lam) * (x + other * u) - (x + eta * (u - lam * x))


def prove(subject: Any, is_quick: bool) -> Outcome:
    """The difference has no component along x nor along u; β1, β2 and m do not enter."""

    def residual(eta: Any, lam: Any) -> Expression:
        return difference(eta, lam, subject(eta, lam)) @ vector("any")

    def certificates() -> Iterator[Certificate]:
        one = Range("0 < ηλ < 1; ηλ = Q/(P+Q), λ > 0", ("P", "Q", "lam"))
        n = one.numbers
        eta = n["Q"] / (n["P"] + n["Q"]) / n["lam"]
        one.refuse_poles(S=n["P"] + n["Q"], lam=n["lam"], of_eta=1 - eta * n["lam"])
        yield Certificate("⟨x⁺ − x⁺, any⟩", one, residual(eta, n["lam"]))
        none = Range("λ = 0, η > 0", ("eta",))
        yield Certificate("⟨x⁺ − x⁺, any⟩", none, residual(none.numbers["eta"], 0))

    def refuter() -> Mapping[str, Any] | None:
        eta, lam = Fraction(1, 10), Fraction(1, 2)
        for x, u in ((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))):
            (off,) = difference(eta, lam, subject(eta, lam)).at({"x": (x,), "u": (u,)}) or (0,)
            if off:
                return {"eta": "1/10", "lam": "1/2", "x": str(x), "u": str(u), "difference": str(off)}
        return None

    return outcome("explicit-is-implicit", certificates(), refuter)


PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="explicit-is-implicit",
        route="worst case",
        statement="The two steps differ by no vector: their difference is orthogonal to every vector.",
        domain="every K, every gradient, all η > 0, λ ≥ 0 with ηλ < 1, all β1, β2; symbolic",
        is_complete=True,
        assumptions=("m̃⁺, m⁺ and u = ∇K(m̃⁺) do not depend on η or on the decay",),
        prove=prove,
        subject=right,
        planted=(
            Planted("η′ = η", lambda eta, lam: eta),
            Planted("η′ = η/(1+ηλ)", lambda eta, lam: eta / (1 + eta * lam)),
            Planted("η′ too large by a relative 1e-9", lambda eta, lam: right(eta, lam) * (1 + Fraction(1, 10**9))),
        ),
    ),
)
