"""Theorem 4.1 over all convex K and all L-smooth f: how much H can rise in a step, and in several.

    ΔH + ηaΔ1 + ηbΔ2 − (L/2)‖x⁺−x‖²
        = −[interpolation of f] − (1/4L)‖g⁺−g−L(x⁺−x)‖² − (1/λ+c)[Fenchel–Young at z⁺] − c[subgradient of K at m⁺]

The weights 1, 1/4L, 1/λ+c and c are all there is to the theorem.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from .._proof import Outcome, Planted, Proof
from ..coefficients import OF_THE_FUNCTION, THEOREM, Coefficients
from ..gram import Expression, value
from .certificate import Certificate, Refuter, Term, outcome
from .interpolation import convex, monotone, smooth, square
from .ranges import Range
from .step import Case, Constants, Step, cases, reversed_cases, rise, start, step
from .step_estimation import estimated
from .step_scenes import ORDERED, REVERSED, broken

HALF = Fraction(1, 2)
ASSUMPTIONS = (
    "u ∈ ∂K(m̃⁺), w ∈ ∂K(m⁺), λx⁺ ∈ ∂K(z⁺) and K*(λx) is finite; where λ = 0, 0 ∈ ∂K(0); where β1 = β2, w = u",
    "the subgradient inequality, the Fenchel–Young inequality, and for f the interpolation inequality of L-smooth "
    "functions (Taylor, Hendrickx & Glineur 2017)",
    "explicit decay is implicit decay with η/(1−ηλ) for η, as proved under explicit-is-implicit",
)
DOMAIN = (
    "every convex K, L-smooth f and dimension, all η, L > 0 (L = 0 by L → 0), λ ≥ 0 and 0 ≤ β1 ≤ β2 ≤ 1 for which c is "
    "finite, at every step where ∂K*(λx⁺) is not empty (dom ∂K* need not be convex, so that a step may leave it); "
    "closed weights, symbolic in all constants"
)


@dataclass(frozen=True)
class Statement:
    """What is claimed of a step: the coefficients, and whether β1 ≤ β2 is asked for."""

    coefficients: Coefficients = THEOREM
    is_ordered: bool = True


def loss_terms(s: Step) -> tuple[Term, ...]:
    """(L/2)‖x⁺−x‖² − D_f(x⁺; x) as a sum of what is ≥ 0."""
    L, bend = s.k.L, s.loss_after.slope - s.loss.slope - s.k.L * s.move
    return (
        Term("interpolation of the L-smooth f", 1, smooth(s.loss, s.loss_after, L)),
        Term("a square", 1 / (4 * L), square(bend)),
    )


def remainder_terms(s: Step) -> tuple[Term, ...]:
    """(1/λ+c) D_K* + c D_K, each by one inequality of K."""
    k, at_m = s.k, s.at_momentum._replace(point=s.before.m, value=s.before.K)
    found = (Term("subgradient of K at m⁺", k.c, convex(at_m, s.at_momentum)),)
    if k.lam == 0:
        return found
    at_z = s.at_dual.value + s.before.conjugate - k.lam * (s.before.x @ s.at_dual.point)
    return (*found, Term("Fenchel–Young at z⁺ and λx", 1 / k.lam + k.c, at_z))


def rate_terms(case: Case, s: Step) -> tuple[Term, ...]:
    """ηaΔ1 + ηbΔ2, each by monotonicity; at β1 = β2 the second is 0."""
    k = s.k
    found = (Term("monotonicity between m̃⁺ and z⁺", k.eta * k.a, monotone(s.at_look_ahead, s.at_dual)),)
    if k.beta1 == k.beta2:
        return found
    return (*found, Term("monotonicity between m̃⁺ and m⁺", k.c * case.spread, monotone(s.at_look_ahead, s.at_momentum)))


def gap(s: Step, q: Coefficients) -> Expression:
    """ΔH + ηaΔ1 + ηbΔ2 − (L/2)‖x⁺−x‖²; the theorem says it is ≤ 0."""
    return rise(s.k, q, s) + q.first * s.alignment + q.second * s.enhancement - q.slack * s.slack


def prove_one_step(subject: Statement, is_quick: bool) -> Outcome:
    """The worst case of the theorem is 0."""

    def certificates() -> Iterator[Certificate]:
        for case in cases():
            s = step(case.k, start())
            yield Certificate(
                "ΔH + ηaΔ1 + ηbΔ2 − (L/2)‖x⁺−x‖²", case.range, gap(s, subject.coefficients),
                loss_terms(s) + remainder_terms(s),
            )  # fmt: skip

    def excess(s: Step) -> Expression:
        return gap(s, subject.coefficients)

    return outcome("one-step-descent", certificates(), broken(excess), estimated(ORDERED[0], excess))


def prove_rise(subject: Statement, is_quick: bool) -> Outcome:
    """ΔH ≤ D_f(x⁺;x), and D_f ≤ (L/2)‖x⁺−x‖² for L-smooth f."""
    q = subject.coefficients

    def above_remainder(s: Step) -> Expression:
        return rise(s.k, q, s) - s.loss_remainder

    def above_slack(s: Step) -> Expression:
        return s.loss_remainder - q.slack * s.slack

    def certificates() -> Iterator[Certificate]:
        for case in cases():
            s = step(case.k, start())
            terms = remainder_terms(s) + rate_terms(case, s)
            yield Certificate("ΔH − D_f(x⁺;x)", case.range, above_remainder(s), terms)
            yield Certificate("D_f(x⁺;x) − (L/2)‖x⁺−x‖²", case.range, above_slack(s), loss_terms(s))
        if not subject.is_ordered:
            for case in reversed_cases():
                s = step(case.k, start())
                terms = remainder_terms(s) + rate_terms(case, s)
                yield Certificate("ΔH − D_f(x⁺;x)", case.range, above_remainder(s), terms)

    constants = ORDERED if subject.is_ordered else ORDERED + REVERSED
    return outcome("bounded-rise", certificates(), _either(constants, above_remainder, above_slack))


def _either(constants: tuple[Constants, ...], *targets: Callable[[Step], Expression]) -> Refuter:
    return lambda: next((found for one in targets if (found := broken(one, constants)()) is not None), None)


def prove_average(subject: Statement, is_quick: bool) -> Outcome:
    """Added up over T steps: T = 1, 2 in all symbols, up to 5 at some constants, and from T to T + 1 for every T."""
    q = subject.coefficients

    def certificates() -> Iterator[Certificate]:
        for case in cases():
            yield from (_over(case.k, count, case.range, q) for count in (1, 2))
            s = step(case.k, start())
            so_far = value("ηΣ(aΔ1+bΔ2) + H_T − H_0 − (L/2)Σ‖x⁺−x‖²")
            terms = (Term("the sentence for T steps", 1, -so_far), *loss_terms(s), *remainder_terms(s))
            yield Certificate("the same with one step more", case.range, so_far + gap(s, q), terms)
        for k in ORDERED[:1] if is_quick else ORDERED:
            constants = Range(", ".join(f"{name} = {number}" for name, number in k._asdict().items()), ())
            yield from (_over(k, count, constants, q) for count in ((3, 4, 5) if k is ORDERED[0] else (5,)))

    return outcome("average-descent", certificates(), broken(lambda s: _total([s], q)))


def _over(k: Constants, count: int, constants: Range, q: Coefficients) -> Certificate:
    """The sentence for `count` steps, each from where the last one ended."""
    taken, at = [], start()
    for t in range(count):
        taken.append(step(k, at, t))
        at = taken[-1].after
    terms = tuple(term for s in taken for term in loss_terms(s) + remainder_terms(s))
    return Certificate(f"ηΣ(aΔ1+bΔ2) + H_T − H_0 − (L/2)Σ‖x⁺−x‖², T = {count}", constants, _total(taken, q), terms)


def _total(taken: list[Step], q: Coefficients) -> Expression:
    """ηΣ(aΔ1+bΔ2) + H_T − H_0 − (L/2)Σ‖x⁺−x‖²."""
    first, last = taken[0], taken[-1]
    ends = Step(*first)._replace(after=last.after)
    total = rise(first.k, q, ends)
    for s in taken:
        total = total + q.first * s.alignment + q.second * s.enhancement - q.slack * s.slack
    return total


def perturbed(name: str, relative: Fraction) -> Statement:
    """A coefficient off by a relative error, towards the stronger statement where the sign matters."""
    return Statement(THEOREM.with_error(name, -relative if name == "slack" else relative))


WRONG = (
    Planted("the slack is L/4, not L/2", Statement(Coefficients(slack=HALF))),
    Planted("no slack: H never rises", Statement(Coefficients(slack=0))),
    Planted("c a ninth too large", Statement(Coefficients(conjugate=Fraction(10, 9),
        momentum=Fraction(10, 9), product=Fraction(10, 9)))),
    Planted("+⟨λx, m⟩ in H", Statement(Coefficients(product=-1))),
    Planted("ηbΔ2 twice", Statement(Coefficients(second=2))),
)  # fmt: skip

PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="one-step-descent",
        route="worst case",
        statement="The largest value of ΔH + ηaΔ1 + ηbΔ2 − (L/2)‖x⁺−x‖² over all K, f and states is 0.",
        domain=DOMAIN,
        is_complete=True,
        assumptions=ASSUMPTIONS,
        prove=prove_one_step,
        subject=Statement(),
        planted=WRONG,
        coefficients=(*OF_THE_FUNCTION, "first", "second", "slack"),
        perturbed=perturbed,
    ),
    Proof(
        claim="average-descent",
        route="worst case",
        statement="ηΣ(aΔ1+bΔ2) + H_T − H_0 ≤ (L/2)Σ‖x⁺−x‖², with H_T ≥ inf H; the sum of T one-step certificates.",
        domain=DOMAIN + "; every T by adding one step, T = 1 and 2 written out, T = 5 at six sets of constants",
        is_complete=True,
        assumptions=ASSUMPTIONS,
        prove=prove_average,
        subject=Statement(),
        planted=WRONG,
        coefficients=(*OF_THE_FUNCTION, "first", "second", "slack"),
        perturbed=perturbed,
    ),
    Proof(
        claim="bounded-rise",
        route="worst case",
        statement="ΔH − D_f(x⁺;x) and D_f(x⁺;x) − (L/2)‖x⁺−x‖² are at most 0 over all K, f and states.",
        domain=DOMAIN,
        is_complete=True,
        assumptions=ASSUMPTIONS,
        prove=prove_rise,
        subject=Statement(),
        planted=(
            Planted("β1 > β2 allowed", Statement(is_ordered=False)),
            Planted("D_f is at most (L/4)‖x⁺−x‖²", Statement(Coefficients(slack=HALF))),
            Planted("+⟨λx, m⟩ in H", Statement(Coefficients(product=-1))),
        ),
        coefficients=(*OF_THE_FUNCTION, "slack"),
        perturbed=perturbed,
    ),
)
