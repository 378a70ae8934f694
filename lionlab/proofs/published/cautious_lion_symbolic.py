"""The intervals of κ by computer algebra: on each cone of states −dH_κ/dt has coefficients that are affine in κ.

What is affine in κ is ≥ 0 between two ends where it is; and an end is sharp when a coefficient vanishes there for
every e and falls beyond it.
"""

from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import Any, NamedTuple

from .._proof import Outcome, Planted, Proof
from . import _cautious_flow as flow
from ._polynomials import is_nonnegative


class Cone(NamedTuple):
    """States with fixed signs: −dH_κ/dt (times ε for Lion) has these coefficients in two positive variables.

    `is_free`: every pair of positive numbers is a state, so that each coefficient must be ≥ 0.
    """

    description: str
    coefficients: tuple[Any, Any]
    is_free: bool


def _coefficients(expression: Any, p: Any, q: Any) -> tuple[Any, Any]:
    import sympy as sp

    polynomial = sp.Poly(sp.expand(expression), p, q)
    if any(sum(powers) != 1 for powers in polynomial.monoms()):
        raise ArithmeticError(f"{expression} is not linear in {p}, {q}.")
    return polynomial.coeff_monomial(p), polynomial.coeff_monomial(q)


def lion_cones(kappa: Any, gamma: Any, e: Any) -> list[Cone]:
    """Lion with ε > 0, in |m| and |m̃|: α∇f = (m + ε·(−γm) − m̃)/ε."""
    import sympy as sp

    p, q, epsilon = sp.symbols("p q varepsilon", positive=True)
    found = []
    for of_m, s in product((1, -1), repeat=2):
        m, m_tilde = of_m * p, s * q
        force = ((1 - epsilon * gamma) * m - m_tilde) / epsilon
        rate = force * s + kappa * of_m * (-force - gamma * m)
        row = _coefficients(sp.expand(-epsilon * rate).subs(epsilon * gamma, e), p, q)
        found.append(Cone(f"sign(m) = {of_m}, sign(m̃) = {s}", row, True))
    return found


def lion_cones_without_look_ahead(kappa: Any, gamma: Any) -> list[Cone]:
    """Lion with ε = 0, in |m| and |α∇f|, of either sign: m̃ = m."""
    import sympy as sp

    p, q = sp.symbols("p q", positive=True)
    found = []
    for of_m, of_force in product((1, -1), repeat=2):
        m, force = of_m * p, of_force * q
        rate = force * of_m + kappa * of_m * (-force - gamma * m)
        found.append(Cone(f"sign(m) = {of_m}, sign(∇f) = {of_force}", _coefficients(-rate, p, q), True))
    return found


def masked_cones(kappa: Any, gamma: Any) -> list[Cone]:
    """The masked method, in |m| and |α∇f|. Where ∇f opposes m, m̃ has the sign of m whatever ε, so that cone is free."""
    import sympy as sp

    p, q = sp.symbols("p q", positive=True)
    found = []
    for of_m, of_force, s in product((1, -1), repeat=3):
        if of_force == -of_m and s != of_m:
            continue
        m, force = of_m * p, of_force * q
        kept = s if s * of_force < 0 else 0
        rate = force * kept + kappa * of_m * (-force - gamma * m)
        name = f"sign(m) = {of_m}, sign(∇f) = {of_force}, sign(m̃) = {s}"
        found.append(Cone(name, _coefficients(-rate, p, q), of_force == -of_m))
    return found


def never_negative(expression: Any, gamma: Any, e: Any) -> bool:
    """Whether a polynomial in γ with coefficients in e is ≥ 0 for γ ≥ 0, 0 ≤ e ≤ 1, by its coefficients."""
    import sympy as sp

    return all(is_nonnegative(one, e) for one in sp.Poly(sp.expand(expression), gamma).coeffs())


def faults(cones: list[Cone], lower: Any, upper: Any, symbols: tuple[Any, Any, Any], slope: Any) -> list[str]:
    """What stands against "no coefficient is negative exactly for κ in [lower, upper]"; `slope` > 0 may be a factor."""
    import sympy as sp

    kappa, gamma, e = symbols
    found = []
    for end, side in ((lower, 1), (upper, -1)):
        end = sp.sympify(end)
        for cone in cones:
            negative = [c for c in cone.coefficients if not never_negative(c.subs(kappa, end), gamma, e)]
            found += [f"{cone.description}: {coefficient} < 0 at κ = {end}" for coefficient in negative]
        free = [coefficient for cone in cones if cone.is_free for coefficient in cone.coefficients]
        if not any(sp.expand(c - side * factor * (kappa - end)) == 0 for c in free for factor in (1, slope)):
            found.append(f"no coefficient changes its sign at κ = {end}")
    return found


# ε and γ at which a wrong statement is sought to be wrong, and how far beyond a stated end a κ is tried.
SAMPLES = [(Fraction(1), Fraction(n, 4)) for n in (2, 1, 0, 4)] + [(Fraction(0), Fraction(1))]
BEYOND = flow.SMALL / 10


def contradiction(subject: flow.Statement) -> Mapping[str, str] | None:
    """Where H_κ rises though κ is in, or though κ is out no coefficient on any cone lets it."""
    for (epsilon, gamma), is_masked in product(SAMPLES, (False, True)):
        lower, upper = (Fraction(end(epsilon * gamma)) for end in subject.ends(is_masked))
        named = {"method": "masked" if is_masked else "Lion", "epsilon": str(epsilon), "gamma": str(gamma)}
        for kappa in (lower, upper):
            state = rise(epsilon, gamma, kappa, is_masked) if lower <= upper else None
            if state:
                return {**named, "kappa": str(kappa), **state}
        for kappa in (lower - BEYOND, upper + BEYOND):
            if not lower <= kappa <= upper and never_rises(epsilon, gamma, kappa, is_masked):
                return {**named, "kappa": str(kappa), "H rises": "nowhere"}
    return None


def rise(epsilon: Fraction, gamma: Fraction, kappa: Fraction, is_masked: bool) -> Mapping[str, str] | None:
    """A state where H_κ rises, if one is found near the edges of the cones."""
    sizes = [Fraction(10**30), Fraction(1), Fraction(1, 10**30)]
    forces = [side * size for side, size in product((1, -1), sizes)]
    if epsilon:
        forces += [(1 - epsilon * gamma) / epsilon + shift * sizes[2] for shift in (-1, 0, 1)]
    for m, force in product((Fraction(1), sizes[2]), forces):
        found = flow.rate(kappa, gamma, m, force, flow.selection(epsilon, gamma, m, force), is_masked)
        if found > 0:
            return {"m": str(m), "alpha grad f": str(force), "dH/dt": str(found)}
    return None


def never_rises(epsilon: Fraction, gamma: Fraction, kappa: Fraction, is_masked: bool) -> bool:
    """Whether −dH_κ/dt has no negative coefficient at these numbers."""
    import sympy as sp

    k, c, e = (sp.Rational(one.numerator, one.denominator) for one in (kappa, gamma, epsilon * gamma))
    lion = lion_cones(k, sp.Symbol("gamma"), e) if epsilon else lion_cones_without_look_ahead(k, c)
    cones = masked_cones(k, c) if is_masked else lion
    return all(bool(coefficient >= 0) for cone in cones for coefficient in cone.coefficients)


def prove(subject: flow.Statement, is_quick: bool) -> Outcome:
    import sympy as sp

    kappa, gamma, e = symbols = sp.Symbol("kappa", real=True), sp.Symbol("gamma", nonnegative=True), sp.Symbol("e")
    lower, upper = (sp.nsimplify(sp.sympify(end(e)), rational=True) for end in subject.ends(False))
    below, above = (sp.nsimplify(sp.sympify(end(e)), rational=True) for end in subject.ends(True))
    lion = lion_cones(kappa, gamma, e)
    start = lion_cones_without_look_ahead(kappa, gamma)
    mask = masked_cones(kappa, gamma)
    # γ = 0 makes e = 0 and κγ vanish; then m̃ keeps the sign of m for small |∇f|, and the cones "not kept" decide.
    still = [Cone(cone.description, cone.coefficients, True) for cone in masked_cones(kappa, sp.Integer(0))]
    found = faults(lion, lower, upper, symbols, 1)
    found += faults(start, lower.subs(e, 0), upper.subs(e, 0), symbols, 1)
    found += faults(mask, below, above, symbols, gamma)
    found += faults(still, below.subs(e, 0), above.subs(e, 0), symbols, 1)
    if found:
        example = contradiction(subject)
        return Outcome("undecided" if example is None else "refuted", found[0], 0, example)
    cones = [*lion, *start, *mask, *still]
    derivation = "\n".join(f"{cone.description}: {cone.coefficients[0]}, {cone.coefficients[1]}" for cone in cones)
    said = f"−dH/dt has no negative coefficient on the {len(cones)} cones exactly for κ between the two ends."
    return Outcome("proved", said, 2 * len(cones) + 8, artefacts={"cautious-lion-cones.txt": derivation + "\n"})


PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="cautious-lion-interval",
        route="symbolic",
        statement="On every cone of states −dH_κ/dt has nonnegative coefficients exactly for κ in the stated interval.",
        domain=flow.DOMAIN,
        is_complete=True,
        assumptions=flow.ASSUMPTIONS,
        prove=prove,
        subject=flow.RIGHT,
        planted=tuple(Planted(*one) for one in flow.PLANTED),
        coefficients=flow.COEFFICIENTS,
        perturbed=flow.perturbed,
    ),
)
