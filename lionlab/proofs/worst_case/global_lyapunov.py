"""H_M, the Lyapunov function of both phases: the ledger and its signs with K_M = K + indicator of {‖·‖_B ≤ M}.

K_M* is finite, so that it has a subgradient z⁺ from any start, and λx⁺ ∈ ∂K_M(z⁺) splits into κ ∈ ∂K(z⁺) and a normal n
of the ball at z⁺, ⟨n, z⁺⟩ = M‖n‖ in the dual norm. What M must be is then one inequality of the certificate of Δ1:

    ⟨u − λx⁺, m̃⁺ − z⁺⟩ = ⟨u − κ, m̃⁺ − z⁺⟩ + [‖n‖‖m̃⁺‖_B − ⟨n, m̃⁺⟩] + ‖n‖(M − ‖m̃⁺‖_B)

For a norm 0 ≤ K_M* ≤ K* = 0 inside, which makes H_M equal to H.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .._proof import Outcome, Planted, Proof
from ..coefficients import OF_THE_FUNCTION, OF_THE_RATES, THEOREM, Coefficients
from ..gram import Expression, value, vector
from .certificate import Certificate, Refuter, Term, outcome
from .descent import rate_terms, remainder_terms
from .interpolation import Sample, conjugate_value, fenchel_young
from .ledger import enhancement, residual
from .plain_functions import Scene
from .ranges import Range
from .step import Case, Constants, Step, cases, start, step
from .step_scenes import ORDERED


@dataclass(frozen=True)
class Extension:
    """The coefficients of H_M, M in units of the largest ‖m̃⁺‖_B, and a factor on K_M*."""

    coefficients: Coefficients = THEOREM
    radius: Fraction | int = 1
    conjugate: Fraction | int = 1


def prove(subject: Extension, is_quick: bool) -> Outcome:
    """The ledger with K_M* for K*, its four signs, and K_M* between 0 and K*."""

    def certificates() -> Iterator[Certificate]:
        for case in (one for one in cases() if one.k.lam != 0):
            s = extended_step(subject, case.k)
            yield Certificate("ledger with K_M*", case.range, residual(subject.coefficients, s))
            yield from _signs(subject, case, s)
        yield from _inside()

    return outcome("global-lyapunov", certificates(), _broken(subject))


def extended_step(subject: Extension, k: Constants) -> Step:
    """The step with the factor on K_M* at both ends."""
    s = step(k, start())
    before = s.before._replace(conjugate=subject.conjugate * s.before.conjugate)
    return s._replace(before=before, after=s.after._replace(conjugate=subject.conjugate * s.after.conjugate))


def _signs(subject: Extension, case: Case, s: Step) -> Iterator[Certificate]:
    """−ηaΔ1, −(1/λ+c)D_K*, −cD_K and −ηbΔ2."""
    k, z = s.k, s.at_dual.point
    yield Certificate("−ηaΔ1", case.range, -s.alignment, alignment_terms(subject, s))
    at_z = fenchel_young(s.at_dual.value, z, value("K*(λx0)"), k.lam * s.before.x)
    term = Term("Fenchel–Young of K_M at z⁺ and λx", 1 / k.lam + k.c, at_z)
    yield Certificate("−(1/λ+c)D_K*", case.range, -((1 / k.lam + k.c) * s.conjugate_remainder), (term,))
    momentum, *_ = remainder_terms(s)
    yield Certificate("−cD_K", case.range, -(k.c * s.momentum_remainder), (momentum,))
    yield Certificate("−ηbΔ2", case.range, -enhancement(k, s), rate_terms(case, s)[1:])


def alignment_terms(subject: Extension, s: Step) -> tuple[Term, ...]:
    """Why Δ1 ≥ 0. The numbers ‖n‖, M and ‖m̃⁺‖_B are vectors of one entry, so that their products are inner products."""
    weight, look_ahead, z = s.k.eta * s.k.a, s.at_look_ahead, s.at_dual.point
    kappa, length, radius, size = (vector(name) for name in ("κ1", "‖n‖", "M", "‖m̃1‖_B"))
    normal = s.at_dual.slope - kappa
    return (
        Term("monotonicity of ∂K between m̃⁺ and z⁺", weight, (look_ahead.slope - kappa) @ (look_ahead.point - z)),
        Term("n is normal to the ball at z⁺: ⟨n, z⁺⟩ = M‖n‖", weight, normal @ z - radius @ length),
        Term("‖n‖ is the dual norm of n", weight, size @ length - normal @ look_ahead.point),
        Term("M is at least (a multiple of) ‖m̃⁺‖_B", weight, length @ (radius - subject.radius * size)),
    )


def _inside() -> Iterator[Certificate]:
    """For a norm, K(0) = 0: by z = 0 in the supremum, and because the best z of the ball is one of all z."""
    anything, y = Range("all vectors", ("one",)), vector("y")
    best = Sample(vector("z"), y, value("K(z)"))
    at_zero = fenchel_young(Expression(), 0 * y, value("K_M*(y)"), y)
    yield Certificate("−K_M*(y)", anything, -value("K_M*(y)"), (Term("Fenchel–Young of K_M at 0", 1, at_zero),))
    of_all = fenchel_young(best.value, best.point, value("K*(y)"), y)
    term = Term("Fenchel–Young of K at z", 1, of_all)
    yield Certificate("K_M*(y) − K*(y)", anything, conjugate_value(best) - value("K*(y)"), (term,))


def _broken(subject: Extension) -> Refuter:
    """Steps with K = |·| from inside and outside [−1, 1]: the residual, and −ηaΔ1 and −(1/λ+c)D_K*."""

    def refuter() -> Mapping[str, Any] | None:
        rng = random.Random(4)
        for k in ORDERED[:3]:
            s = extended_step(subject, k)
            left = residual(subject.coefficients, s)
            for scene in (_scene(subject, k, rng) for _ in range(60)):
                excess = left.at(scene.vectors, scene.values)
                signed = {"−ηaΔ1": -s.alignment, "−D_K*": -s.conjugate_remainder}
                risen = {name: one.at(scene.vectors, scene.values) for name, one in signed.items()}
                if excess != 0 or max(risen.values()) > 0:
                    return {**scene.said, "residual": str(excess), **{name: str(n) for name, n in risen.items()}}
        return None

    return refuter


def _scene(subject: Extension, k: Constants, rng: random.Random) -> Scene:
    """M is the largest of the three momenta times `radius`; z⁺ = M sign(y⁺) where |y⁺| > 1, else 0."""
    y, m, g = Fraction(rng.randint(-30, 30), 10), Fraction(rng.randint(-9, 9), 3), Fraction(rng.randint(-9, 9), 2)
    m_tilde, m_next = k.beta1 * m - (1 - k.beta1) * g, k.beta2 * m - (1 - k.beta2) * g
    bound = max(abs(m_tilde), abs(m), abs(m_next)) * subject.radius
    u, w = _sign(m_tilde), _sign(m_next)
    u, w = (u, u) if k.beta1 == k.beta2 else (u, w)
    y_next = (y + k.eta * k.lam * u) / (1 + k.eta * k.lam)
    z, x, d = bound * _sign(y_next) if abs(y_next) > 1 else Fraction(0), y / k.lam, (y_next - y) / k.lam
    values = {
        "f0": Fraction(0), "f1": g * d + k.L / 2 * d * d, "K(m0)": abs(m), "K(m1)": abs(m_next), "K(m̃1)": abs(m_tilde),
        "K*(λx0)": bound * max(abs(y) - 1, Fraction(0)), "K(z1)": abs(z),
    }  # fmt: skip
    numbers = {"x0": x, "m0": m, "g0": g, "g1": g + k.L * d, "u1": u, "w1": w, "z1": z}
    said = {name: str(number) for name, number in k._asdict().items()} | {
        "K": "|z|", "f": f"({g})(x-x0) + ({k.L}/2)(x-x0)^2", "x": str(x), "m": str(m), "M": str(bound),
    }  # fmt: skip
    return Scene({name: (number,) for name, number in numbers.items()}, values, said)


def _sign(number: Fraction) -> Fraction:
    return Fraction((number > 0) - (number < 0))


PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="global-lyapunov",
        route="worst case",
        statement="The ledger and its four signs hold with K_M* for K* if ‖m̃⁺‖_B ≤ M, and for a norm 0 ≤ K_M* ≤ K*.",
        domain=(
            "every convex K, every f, every dimension, all η, λ > 0 and 0 ≤ β1 ≤ β2 ≤ 1 for which c is finite, "
            "‖m̃‖_B ≤ M; symbolic in all constants. That the library refuses a smaller M is not part of it"
        ),
        is_complete=False,
        assumptions=(
            "the ball of radius M is convex and compact, so that K_M* is finite and has a subgradient z⁺ everywhere",
            "K is finite, so that ∂K_M(z⁺) is ∂K(z⁺) plus the normals n of the ball; for those ⟨n, z⁺⟩ = M‖n‖",
            "u ∈ ∂K(m̃⁺), w ∈ ∂K(m⁺); where β1 = β2, w = u",
            "the subgradient inequality and the Fenchel–Young inequality, of K and of K_M",
        ),
        prove=prove,
        subject=Extension(),
        planted=(
            Planted("M a third of what ‖m̃⁺‖ needs", Extension(radius=Fraction(1, 3))),
            Planted("K_M* a relative 1e-6 too small", Extension(conjugate=1 - Fraction(1, 10**6))),
            Planted("+⟨λx, m⟩ in H_M", Extension(Coefficients(product=-1))),
        ),
        coefficients=(*OF_THE_FUNCTION, *OF_THE_RATES),
        perturbed=lambda name, relative: Extension(THEOREM.with_error(name, relative)),
    ),
)
