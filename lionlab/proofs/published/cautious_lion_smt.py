"""The intervals of κ by a decision procedure: no state at which H_κ rises inside them, and a state for every κ outside.

That H_κ rises for every κ outside is asked for states given by formulas, so that no quantifier is left.
"""

from collections.abc import Mapping
from typing import Any

from .._proof import Outcome, Planted, Proof
from . import _cautious_flow as flow
from ._questions import Confirm, Question, answer


def rate(kappa: Any, epsilon: Any, gamma: Any, m: Any, force: Any, u: Any, is_masked: bool) -> Any:
    """dH_κ/dt for m ≠ 0 or m = ∇f = 0, as a term."""
    import z3

    kept = z3.If(u * force < 0, u * force, 0) if is_masked else u * force
    return kept - kappa * z3.If(m > 0, force + gamma * m, -(force + gamma * m))


def element_of_sign(u: Any, value: Any) -> Any:
    """u ∈ ∂|·|(value)."""
    import z3

    return z3.And(u >= -1, u <= 1, z3.Implies(value > 0, u == 1), z3.Implies(value < 0, u == -1))


def witness_below(kappa: Any, epsilon: Any, gamma: Any, force: Any, is_masked: bool) -> Any:
    """α∇f at which H_κ is said to rise, for m = 1 and κ below its interval, as an equation free of division.

    It is linear in ∇f with a factor that is not 0 for such κ, so that there is always a solution.
    """
    import z3

    e = epsilon * gamma
    if is_masked:
        # Where γ > 0, a ∇f that opposes m and is small beside κγ; else one along m that does not turn m̃ about.
        return z3.If(gamma > 0, force * 2 * (1 - kappa) == kappa * gamma, force * 2 * (1 + epsilon) == 1)
    # m̃ = (1−e) − εα∇f half as large as makes the rate 0; with ε = 0 a large ∇f.
    large = z3.If(kappa > 0, kappa, -kappa) * gamma + 1
    half_way = 2 * (1 - kappa) * (1 - e - epsilon * force) == 1 - e - kappa
    return z3.If(epsilon > 0, half_way, (1 - kappa) * force == large)


def witness_above(kappa: Any, gamma: Any, force: Any) -> Any:
    """The same for κ above: a large ∇f that opposes m."""
    return (kappa - 1) * (-force) == 2 * kappa * gamma + (kappa - 1)


def questions(subject: flow.Statement, is_masked: bool) -> list[Question]:
    import z3

    kappa, epsilon, gamma, m, force, u = z3.Reals("kappa epsilon gamma m force u")
    e, name = epsilon * gamma, "the masked method" if is_masked else "Lion"
    lower, upper = _ends(subject, is_masked, e)
    constants = [epsilon >= 0, gamma >= 0, e <= 1]
    moving = element_of_sign(u, (1 - e) * m - epsilon * force)
    inside = [*constants, moving, z3.Or(m != 0, force == 0), kappa >= lower, kappa <= upper]
    rises = rate(kappa, epsilon, gamma, m, force, u, is_masked) > 0
    outside = [*constants, moving, m == 1]
    below = [*outside, kappa < lower, kappa <= upper, witness_below(kappa, epsilon, gamma, force, is_masked)]
    above = [*outside, kappa > upper, witness_above(kappa, gamma, force)]
    state = [*constants, moving, z3.Or(m != 0, force == 0), rises]
    nowhere = _nowhere(state, (epsilon, gamma, kappa))
    return [
        Question(f"{name}: H never rises for κ between the ends", inside, rises, _somewhere(is_masked)),
        Question(f"{name}: H rises somewhere for κ below", below, z3.Not(rises), nowhere),
        Question(f"{name}: H rises somewhere for κ above", above, z3.Not(rises), nowhere),
    ]


def _somewhere(is_masked: bool) -> Confirm:
    """The rate once more, from the definitions."""

    def confirm(point: Mapping[str, Any]) -> Mapping[str, Any] | None:
        kappa, epsilon, gamma, m, force, u = (point[name] for name in "kappa epsilon gamma m force u".split())
        of_look_ahead = flow.selection(epsilon, gamma, m, force)
        if m == 0 or abs(u) > 1 or (of_look_ahead and u != of_look_ahead):
            return None
        found = flow.rate(kappa, gamma, m, force, u, is_masked)
        return {"dH/dt": str(found)} if found > 0 else None

    return confirm


def _nowhere(state: list[Any], constants: tuple[Any, ...]) -> Confirm:
    """That at these constants no state at all lets H rise, not only the one given by a formula: asked anew."""

    def confirm(point: Mapping[str, Any]) -> Mapping[str, Any] | None:
        import z3

        pinned = [name == z3.RealVal(str(point[str(name)])) for name in constants]
        word, _ = Question("H rises", state, None).solve(*pinned)
        return {"H rises": "nowhere"} if word == "unsat" else None

    return confirm


def _ends(subject: flow.Statement, is_masked: bool, e: Any) -> list[Any]:
    import z3

    found = (end(e) for end in subject.ends(is_masked))
    return [end if z3.is_expr(end) else z3.RealVal(str(end)) for end in found]


def prove(subject: flow.Statement, is_quick: bool) -> Outcome:
    return answer([*questions(subject, False), *questions(subject, True)], "cautious-lion-interval")


PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="cautious-lion-interval",
        route="smt",
        statement="No state with dH_κ/dt > 0 for κ in the interval; for κ outside, one state given by a formula.",
        domain=flow.DOMAIN,
        is_complete=True,
        assumptions=(*flow.ASSUMPTIONS, "z3's decision procedure for polynomial real arithmetic"),
        prove=prove,
        subject=flow.RIGHT,
        planted=tuple(Planted(*one) for one in flow.PLANTED),
        needs=("z3",),
        coefficients=flow.COEFFICIENTS,
        perturbed=flow.perturbed,
    ),
)
