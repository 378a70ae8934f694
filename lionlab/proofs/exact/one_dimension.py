"""Lion on f = (a/2)x² in one variable: its period-2 orbit, and why two iterates are never both near 0.

Signs and cases are settled by hand, as each has two; the identities that are left are evaluated on a grid.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from .._proof import Outcome, Planted, Proof
from .grid import TINY, Factor, at, right_at_first, vanishes

ONE = Fraction(1)


@dataclass(frozen=True)
class Orbit:
    """Factors on c = η/(2−ηλ), on m = c(1−β2)a/(1+β2), on the 2β1 of the condition, on both eigenvalues.

    The factor on m may depend on a.
    """

    position: Fraction = ONE
    momentum: Factor = ONE
    condition: Fraction = ONE
    eigenvalue_x: Fraction = ONE
    eigenvalue_m: Fraction = ONE


def prove_orbit(one: Orbit, is_quick: bool) -> Outcome:
    """With u = −1 the step takes (c, m) to −(c, m); m̃ = −ac(1+β2−2β1)/(1+β2), so u = −1 exactly when that is > 0.

    η = 2c/(1+cλ) is put in for η. Where m̃ ≥ 0, x⁺ ≥ (1−ηλ)x ≥ 0 > −x, and the state is on no orbit of period 2.
    """

    def state(a: Any, c: Any, b2: Any) -> tuple[Any, Any]:
        x = one.position * c
        return x, at(one.momentum, a) * x * (1 - b2) * a / (1 + b2)

    def eta(c: Any, lam: Any) -> Any:
        return 2 * c / (1 + c * lam)

    def after(x: Any, h: Any, lam: Any) -> Any:
        return x + h * (-1 - lam * x)

    def momentum_after(m: Any, x: Any, a: Any, b2: Any) -> Any:
        return b2 * m - (1 - b2) * a * x

    def returns_x(a: Any, c: Any, lam: Any, b2: Any) -> Any:
        x = state(a, c, b2)[0]
        return after(x, eta(c, lam), lam) + x

    def returns_m(a: Any, c: Any, lam: Any, b2: Any) -> Any:
        x, m = state(a, c, b2)
        return momentum_after(m, x, a, b2) + m

    def sign_of_momentum(a: Any, c: Any, b1: Any, b2: Any) -> Any:
        x, m = state(a, c, b2)
        return (b1 * m - (1 - b1) * a * x) * (1 + b2) + a * x * (1 + b2 - one.condition * 2 * b1)

    def deviates_x(a: Any, c: Any, lam: Any, d: Any) -> Any:
        x, h = one.position * c, eta(c, lam)
        return after(x + d, h, lam) - after(x, h, lam) - one.eigenvalue_x * (1 - h * lam) * d

    def deviates_m(a: Any, c: Any, b2: Any, d: Any, e: Any) -> Any:
        x, m = state(a, c, b2)
        change = momentum_after(m + e, x + d, a, b2) - momentum_after(m, x, a, b2)
        return change - one.eigenvalue_m * b2 * e + (1 - b2) * a * d

    facts: tuple[tuple[str, Callable[..., Any], tuple[str, ...]], ...] = (
        ("x⁺ = −x", returns_x, ("a", "c", "λ", "β2")),
        ("m⁺ = −m", returns_m, ("a", "c", "λ", "β2")),
        ("m̃(1+β2) = −ac(1+β2−2β1)", sign_of_momentum, ("a", "c", "β1", "β2")),
        ("δx⁺ = (1−ηλ)δx", deviates_x, ("a", "c", "λ", "δx")),
        ("δm⁺ = β2δm − (1−β2)aδx", deviates_m, ("a", "c", "β2", "δx", "δm")),
    )
    points = 0
    for name, formula, names in facts:
        found = vanishes(formula, names)
        points += found.points
        if found.where is not None:
            return Outcome("refuted", f"not {name}", points, dict(found.where))
    return Outcome("proved", f"{', '.join(name for name, *_ in facts)}, on {points} points.", points)


@dataclass(frozen=True)
class Floor:
    """Factors on η and on c of the statement, and on 1 − ηλ beside |x|; `right_at`: on η, and may depend on it."""

    step: Fraction = ONE
    size: Fraction = ONE
    shrinking: Fraction = ONE
    right_at: Factor = ONE


def prove_floor(one: Floor, is_quick: bool) -> Outcome:
    """|x⁺| + (1−ηλ)|x| ≥ η for u = 1 (u = −1 is its mirror), and the mean of it solved for the mean of |x|.

    x ≥ 0: |x⁺| = (1−ηλ)x + η, and the left side is η + 2(1−ηλ)x.   x < 0: |x⁺| ≥ (1−ηλ)x + η, and it is at least η.
    """
    if one.step > 1 or one.shrinking < 1 or one.size > 1:
        return _orbit_refutes(one)

    def floor(eta: Any) -> Any:
        return one.step * at(one.right_at, eta) * eta

    def outward(eta: Any, lam: Any, x: Any) -> Any:
        beside = one.shrinking * (1 - eta * lam) * x
        return ((1 - eta * lam) * x + eta) + beside - floor(eta) - 2 * (1 - eta * lam) * x

    def inward(eta: Any, lam: Any, size: Any) -> Any:
        return (-(1 - eta * lam) * size + eta) + one.shrinking * (1 - eta * lam) * size - floor(eta)

    def averaged(eta: Any, lam: Any, mean: Any, drift: Any) -> Any:
        # mean·(1 + 1−ηλ) + drift ≥ η, drift = (|x_T|−|x_0|)/T: solved for the mean, c − drift/(2−ηλ).
        slack = mean * (2 - eta * lam) + drift - floor(eta)
        return slack / (2 - eta * lam) - (mean - one.size * eta / (2 - eta * lam) + drift / (2 - eta * lam))

    points = 0
    for formula, names in (
        (outward, ("η", "λ", "x")), (inward, ("η", "λ", "|x|")), (averaged, ("η", "λ", "mean", "drift")),
    ):  # fmt: skip
        found = vanishes(formula, names)
        points += found.points
        if found.where is not None:
            return Outcome("refuted", f"the cases do not add up at {dict(found.where)}")
    return Outcome(
        "proved", f"both cases and the average, on {points} points; a mean of |x| ≥ μ ≥ 0 gives that of S.", 3
    )


def _orbit_refutes(one: Floor) -> Outcome:
    """The orbit x = ±c, a = 1, η = 1/10, λ = 1/2, (β1, β2) = (9/10, 99/100), replayed: both bounds are equalities."""
    eta, lam, beta1, beta2 = Fraction(1, 10), Fraction(1, 2), Fraction(9, 10), Fraction(99, 100)
    c = eta / (2 - eta * lam)
    x, m, sizes, least = c, c * (1 - beta2) / (1 + beta2), [c], []
    for _ in range(4):
        m_tilde = beta1 * m - (1 - beta1) * x
        u = (m_tilde > 0) - (m_tilde < 0)
        x_next, m = x + eta * (u - lam * x), beta2 * m - (1 - beta2) * x
        least.append(abs(x_next) + one.shrinking * (1 - eta * lam) * abs(x) - one.step * eta)
        sizes.append(abs(x_next))
        x = x_next
    mu = one.size * c
    score = sum((size + lam * size**2 for size in sizes[:-1]), Fraction(0)) / 4 - mu * (1 + lam * mu)
    if min(least) < 0 or score < 0:
        seen = {"x": str(c), "least |x⁺|+(1−ηλ)|x|−η": str(min(least)), "mean S less its bound": str(score)}
        return Outcome("refuted", "the period-2 orbit is below the bound", 0, seen)
    return Outcome("undecided", "the orbit does not show it")


def prove_decay(one: Factor, is_quick: bool) -> Outcome:
    """(x + η′u)/(1+η′λ) = (1−ηλ)x + ηu with η′ = η/(1−ηλ), a factor on η′ for planted wrongs."""

    def formula(eta: Any, lam: Any, x: Any, u: Any) -> Any:
        prime = at(one, eta) * eta / (1 - eta * lam)
        return (x + prime * u) / (1 + prime * lam) - (1 - eta * lam) * x - eta * u

    found = vanishes(formula, ("η", "λ", "x", "u"))
    if found.where is not None:
        return Outcome("refuted", "the two steps differ", 0, dict(found.where))
    return Outcome("proved", f"the two steps agree on {found.points} points; m⁺ and m̃⁺ do not contain η.", 1)


GRID = "a polynomial that vanishes on a grid wider than its degrees is 0"

PROOFS = (
    Proof(
        claim="two-cycle-exact",
        route="exact arithmetic",
        statement="from (c, m) a step with u = −1 leads to −(c, m), u = −1 exactly when 1+β2−2β1 > 0; a small "
        "deviation goes to ((1−ηλ)δx, β2δm − (1−β2)aδx)",
        domain="all a, c > 0, 0 < ηλ ≤ 1, 0 ≤ β1 ≤ 1, 0 ≤ β2 ≤ 1 (η = 2c/(1+cλ)); deviations shrink for β2 < 1, where "
        "both eigenvalues lie in [0, 1), while at β2 = 1 that of m stays",
        is_complete=True,
        assumptions=(
            GRID,
            "near a state with m̃ ≠ 0 the sign is constant",
            "a triangular map has its diagonal as eigenvalues",
        ),
        prove=prove_orbit,
        subject=Orbit(),
        planted=(
            Planted("c too large by a relative 1e-12", Orbit(position=1 + Fraction(1, 10**12))),
            Planted("m = 2c(1−β2)a/(1+β2)", Orbit(momentum=Fraction(2))),
            Planted("it exists when 1 + β2 > β1", Orbit(condition=Fraction(1, 2))),
            Planted("δx shrinks twice as fast", Orbit(eigenvalue_x=Fraction(1, 2))),
            Planted("m right at a = 1/7 and 2/7 alone", Orbit(momentum=right_at_first(0))),
        ),
        coefficients=("position", "momentum", "condition", "eigenvalue_x", "eigenvalue_m"),
        perturbed=lambda name, size: replace(Orbit(), **{name: 1 + size}),
    ),
    Proof(
        claim="constant-step-floor",
        route="exact arithmetic",
        statement="|x⁺| + (1−ηλ)|x| ≥ η where u = ±1, so mean|x| ≥ μ = c − (|x_T|−|x_0|)/(T(2−ηλ)), mean S ≥ aμ(1+λμ)",
        domain="all a > 0, 0 < ηλ ≤ 1, all β, every run in the box with m̃ ≠ 0 at every step",
        is_complete=True,
        assumptions=(GRID, "Jensen: S = a(|x| + λx²) is convex and rising in |x|"),
        prove=prove_floor,
        subject=Floor(),
        planted=(
            Planted("the floor too high by a relative 1e-9", Floor(step=1 + TINY)),
            Planted("c too large by a relative 1e-9", Floor(size=1 + TINY)),
            Planted("(1−ηλ)² beside |x|", Floor(shrinking=Fraction(19, 20))),
            Planted("a floor right at η = 1/7 and 2/7 alone", Floor(right_at=right_at_first(0))),
        ),
        coefficients=("step", "size", "shrinking"),
        perturbed=lambda name, size: replace(Floor(), **{name: 1 - size if name == "shrinking" else 1 + size}),
    ),
    Proof(
        claim="explicit-is-implicit",
        route="exact arithmetic",
        statement="(x + η′u)/(1+η′λ) = (1−ηλ)x + ηu for η′ = η/(1−ηλ), whatever u is",
        domain="all η, λ with ηλ < 1, all x and u in any dimension, entry by entry",
        is_complete=True,
        assumptions=(GRID,),
        prove=prove_decay,
        subject=ONE,
        planted=(
            Planted("η′ too large by a relative 1e-9", 1 + TINY),
            Planted("η′ too small by a relative 1e-9", 1 - TINY),
            Planted("η′ = 2η/(1−ηλ)", Fraction(2)),
            Planted("η′ right at η = 1/7 and 2/7 alone", right_at_first(0)),
        ),
        coefficients=("step",),
        perturbed=lambda name, size: 1 + size,
    ),
)
