"""Phase 1: a step of the method, and of the flow, is an average of λx and a point of dom K*.

    λx⁺ = (1−ηλ)·λx + ηλ·u  (explicit),     λx⁺ = (λx + ηλ·u)/(1+ηλ)  (implicit),     u = ∇K(m̃⁺) ∈ dom K*

Nothing is used of the gradients, so that they may be random, stale or adversarial.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from .._proof import Planted, Proof
from ._calculus import derivative
from ._derivation import Derivation, Step, at_most, equation
from ._exact_runs import outward_flow, outward_step, step_from_inside
from ._facts import given
from ._lion_k import u, x, η, λ
from ._proving import Derived
from ._signs import Chain, chain
from ._terms import Constant, Defined, Operand, Term, Vector, constants, inner, squared_norm
from ._values import Instance

p, v, start, mean = Vector("p"), Vector("v"), Vector("λx_s"), Vector("ū")
before, after, near = constants("dist(λx) dist(λx⁺) ‖λx⁺−q‖")
SETTING = (
    "u = ∇K(m̃⁺), a point of dom K*, for K*(u) = ⟨u, m̃⁺⟩ − K(m̃⁺) < ∞; dom K* is convex",
    "p be the point of its closure that is nearest to λx",
)
OUTWARD = "an outward push is one in which u maximises ⟨λx − p, ·⟩ over dom K*"

Factor = Callable[[Term], Term]


@dataclass(frozen=True)
class Averaged:
    """λx⁺ as an average of λx and u: `kept` and `added` are the weights, sum 1 and ≥ 0."""

    name: str
    x_next: Term
    kept: Term
    added: Term
    hypotheses: tuple[Chain, ...]


t = η * λ
POSITIVE = (chain(0, "<", η), chain(0, "<", λ))
EXPLICIT = Averaged("explicit decay", x + η * (u - λ * x), 1 - t, t, (*POSITIVE, chain(t, "≤", 1)))
IMPLICIT = Averaged("implicit decay", (x + η * u) / (1 + t), 1 / (1 + t), t / (1 + t), POSITIVE)


def contraction_steps(y: Term, y_next: Term, pushed: Term, kept: Term, added: Term, claimed: Term) -> list[Step]:
    """dist(y⁺) ≤ claimed·dist(y), and ≥ in an outward push, for y⁺ = kept·y + added·pushed."""
    q = Defined("q", kept * p + added * pushed)
    n = Defined("n", y - p)
    parallel = equation(y_next - q, claimed * (y - p), "q is an average of p and u, hence in the set")
    outward = at_most(
        claimed * squared_norm(n), inner(n, y_next - v), "for every v of the set, in an outward push",
        [(1, given(inner(n, p - v), "p is the nearest point: ⟨n, v − p⟩ ≤ 0")),
         (added, given(inner(n, pushed - p), "an outward push maximises ⟨n, ·⟩ over the set"))],
    )  # fmt: skip
    nearest = Constant("‖λx−p‖")
    shrinks = at_most(after, claimed * before, "the infimum over the set is at most the distance to q", [
        (1, given(near - after, "q lies in the set")),
        (1, given(claimed * nearest - near, "the norm of the first equation", "=")),
        (claimed, given(before - nearest, "p is the nearest point", "=")),
    ])  # fmt: skip
    attained = at_most(claimed * before, after, "with v the point nearest to λx⁺, divided by dist(λx)", [
        (1 / before, given(before * after - inner(n, y_next - v), "the Cauchy–Schwarz inequality")),
        (1 / before, outward.fact()),
        (claimed / before, given(squared_norm(n) - before**2, "‖n‖ = dist(λx)", "=")),
    ])  # fmt: skip
    return [parallel, outward, attained, shrinks]


def contraction(one: Averaged, factor: Factor) -> Derivation:
    """One step brings λx nearer by the factor."""
    claimed = factor(η * λ)
    y_next = Defined("λx⁺", λ * one.x_next)
    steps = [
        equation(y_next, one.kept * (λ * x) + one.added * u, "the step"),
        equation(one.kept + one.added, 1, "an average"),
        at_most(0, one.kept, "its first weight"),
        at_most(0, one.added, "its second weight"),
        *contraction_steps(λ * x, y_next, u, one.kept, one.added, claimed),
    ]
    title = f"The step contracts the distance, {one.name}"
    return Derivation(title, (*SETTING, OUTWARD), (*one.hypotheses, chain(0, "<", before)), tuple(steps))


def flow_contraction(rate: Operand) -> list[Derivation]:
    """The flow, by variation of constants: λx(t) = θλx(s) + (1−θ)ū, θ = e^{−λ(t−s)}."""
    y, q, θ = Vector("λx"), Vector("q"), Constant("θ")
    moving = {y: λ * (u - y), q: λ * (u - q), θ: -(rate * λ * θ)}
    still = Defined("d/dt[(λx − q)/θ]", derivative((y - q) / θ, moving), False)
    setting = (
        "ẋ = u − λx with u(t) ∈ dom K*, and q start at p with q̇ = λ(u − q)",
        "q is an average of p and of the u met so far, with weights θ and λe^{−λ(t−τ)}dτ, sum 1, hence in the set",
        "θ = e^{−λ(t−s)}, so that θ̇ = −λθ and θ = 1 at time s",
    )
    hypotheses = (chain(0, "<", λ), chain(0, "<", θ, "≤", 1))
    weights = Constant("W")
    averaged = Defined("Ẇ", derivative(θ + weights, {θ: -(λ * θ), weights: λ * (1 - weights)}), False)
    along = Derivation("The difference to a curve in the set", setting, hypotheses, (
        equation(λ * (1 - weights) - λ * θ, averaged, "W, the weight of the u met so far, gains λ and fades"),
        equation(averaged, 0, "so the weights keep the sum 1", [(λ, given(θ + weights - 1, "W + θ was 1", "="))]),
        equation(still, 0, "both curves are drawn by the same u, so that λx − q = θ(λx(s) − p)"),
    ))  # fmt: skip
    end = Defined("λx⁺", θ * start + (1 - θ) * mean)
    steps = contraction_steps(start, end, mean, θ, 1 - θ, θ)
    ends = ("λx⁺ be λx(t), λx stand for λx(s), p be nearest to it, and ū the average of the u met, a point of the set",)
    both = Derivation("The flow contracts the distance", ends, (*hypotheses, chain(0, "<", before)), tuple(steps))
    return [along, both]


def invariance(one: Averaged, push: Operand) -> Derivation:
    """λx⁺ is an average of points of dom K*."""
    y_next = Defined("λx⁺", λ * one.x_next)
    steps = (
        equation(y_next, one.kept * (λ * x) + push * one.added * u, "the step"),
        equation(one.kept + push * one.added, 1, "the weights sum to 1"),
        at_most(0, one.kept, "the first is ≥ 0"),
        at_most(0, push * one.added, "the second is ≥ 0, so that K*(λx⁺) ≤ the average of K*(λx) and K*(u) < ∞"),
    )
    return Derivation(f"Inside stays inside, {one.name}", (*SETTING[:1], "λx ∈ dom K*"), one.hypotheses, steps)


def invariances(push: Operand | None) -> list[Derivation]:
    """Both kinds of decay; for None explicit decay with every ηλ, which is wrong."""
    if push is None:
        return [invariance(replace(EXPLICIT, hypotheses=POSITIVE), 1)]
    return [invariance(EXPLICIT, push), invariance(IMPLICIT, push)]


def longer_step(step: Term, decay: Term) -> Term:
    """η′ = η/(1−ηλ)."""
    return step / (1 - step * decay)


def translation(to_implicit: Callable[[Term, Term], Term]) -> Derivation:
    """(x + η′u)/(1 + η′λ) = x + η(u − λx)."""
    longer = Defined("η′", to_implicit(η, λ))
    steps = (
        equation(longer / (1 + longer * λ), η, "the inverse of η′"),
        equation(
            (x + longer * u) / (1 + longer * λ), x + η * (u - λ * x),
            "m̃⁺ and m⁺ know nothing of the decay, so that u is the same, and by induction all that follows",
        ),
    )  # fmt: skip
    hypotheses = (chain(0, "<", η), chain(0, "≤", λ), chain(η * λ, "<", 1))
    setting = ("x and u be any vectors",)
    title = "Explicit decay is implicit decay with a longer step"
    return Derivation(title, setting, hypotheses, steps, stated=steps, instances="any K")


def explicit_factor(t: Term, off: Operand = 0) -> Term:
    """1 − ηλ."""
    return 1 - (1 + off) * t if off else 1 - t


def implicit_factor(t: Term, off: Operand = 0) -> Term:
    """1/(1 + ηλ)."""
    return 1 / (1 + (1 + off) * t) if off else 1 / (1 + t)


ANY = "every finite convex K, any gradients, any dimension, λ > 0, "
LAW = "∇K(z) ∈ dom K*, which is convex"
FLOW, INSIDE = Derived(flow_contraction, outward_flow), Derived(invariances, step_from_inside)
TRANSLATION = Derived(lambda to_implicit: [translation(to_implicit)])
MILLIONTH = Fraction(1, 10**6)


def _contraction(
    claim: str, one: Averaged, right: Callable[..., Term], domain: str, wrongs: Sequence[tuple[str, Factor]]
) -> Proof:
    def claimed(factor: Factor) -> Callable[[Fraction], Fraction]:
        return lambda t: Instance({"t": t}, {})(factor(Constant("t")))

    prove = Derived(
        lambda factor: [contraction(one, factor)], lambda factor: outward_step(claimed(factor), one is EXPLICIT)
    )
    return Proof(
        claim=claim,
        route="symbolic",
        statement="λx⁺ less a point of dom K* is the factor times λx less its nearest point; in an outward push no "
        "point of dom K* is nearer.",
        domain=ANY + domain + "; equality wherever u maximises ⟨λx − p, ·⟩ over dom K*, p the projection of λx on it",
        is_complete=True,
        assumptions=prove.taken(right, LAW),
        prove=prove,
        subject=right,
        planted=tuple(Planted(description, wrong) for description, wrong in wrongs),
        coefficients=("rate",),
        perturbed=lambda name, relative: lambda t: right(t, relative),
    )


PROOFS = (
    _contraction("contraction-explicit", EXPLICIT, explicit_factor, "0 < ηλ ≤ 1", [
        ("the rate too large by one part in a million", lambda t: explicit_factor(t, MILLIONTH)),
        ("the square of the factor", lambda t: (1 - t) ** 2),
        ("1 − 2ηλ", lambda t: 1 - 2 * t),
    ]),
    _contraction("contraction-implicit", IMPLICIT, implicit_factor, "every ηλ > 0", [
        ("the rate too large by one part in a million", lambda t: implicit_factor(t, MILLIONTH)),
        ("1 − ηλ, the explicit factor", lambda t: 1 - t),
        ("1/(1 + ηλ)²", lambda t: 1 / (1 + t) ** 2),
    ]),
    Proof(
        claim="flow-contraction",
        route="symbolic",
        statement="λx less a curve in dom K* that starts at the nearest point fades like e^{−λ(t−s)}; in an outward "
        "push no point of dom K* is nearer.",
        domain=ANY + "any α(t), every s < t; equality where u maximises ⟨λx − p, ·⟩ over dom K* at almost every time, "
        "p the projection of λx(s) on it",
        is_complete=True,
        assumptions=FLOW.taken(1, LAW, "an average over time of points of a convex set lies in its closure"),
        prove=FLOW,
        subject=1,
        planted=(
            Planted("the rate too large by one part in a million", 1 + MILLIONTH),
            Planted("twice the rate", 2),
            Planted("half the rate as an equality", Fraction(1, 2)),
        ),
        coefficients=("rate",),
        perturbed=lambda name, relative: 1 + relative,
    ),
    Proof(
        claim="invariance",
        route="symbolic",
        statement="λx⁺ is an average of λx and u, both in dom K*, with weights ≥ 0 of sum 1.",
        domain=ANY + "explicit decay with ηλ ≤ 1, implicit decay with every ηλ",
        is_complete=True,
        assumptions=INSIDE.taken(1, LAW, "K* is convex"),
        prove=INSIDE,
        subject=1,
        planted=(
            Planted("a push too large by one part in a million", 1 + MILLIONTH),
            Planted("ηλ > 1 with explicit decay", None),
            Planted("a push of the wrong sign", -1),
        ),
        coefficients=("push",),
        perturbed=lambda name, relative: 1 + relative,
    ),
    Proof(
        claim="explicit-is-implicit",
        route="symbolic",
        statement="(x + η′u)/(1 + η′λ) = x + η(u − λx) for η′ = η/(1−ηλ), identically.",
        domain="every K, every f, any dimension, any β1 and β2, 0 < ηλ < 1 and λ = 0",
        is_complete=True,
        assumptions=TRANSLATION.taken(longer_step, "u depends on m and ∇f(x) alone"),
        prove=TRANSLATION,
        subject=longer_step,
        planted=(
            Planted("η′ = η", lambda step, decay: step),
            Planted("η′ = η/(1+ηλ)", lambda step, decay: step / (1 + step * decay)),
            Planted("η′ = η(1+ηλ), the first order of it", lambda step, decay: step * (1 + step * decay)),
        ),
        coefficients=("step",),
        perturbed=lambda name, relative: lambda step, decay: (1 + relative) * longer_step(step, decay),
    ),
)  # fmt: skip
