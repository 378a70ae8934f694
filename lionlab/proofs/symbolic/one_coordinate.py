"""Lion in one coordinate, K = |·|: the two-cycle on a parabola, the floor of a constant step, one step with β1 > β2.

x⁺ = x + η(u − λx),   m⁺ = β2m − (1−β2)f′(x),   u = sign(β1m − (1−β1)f′(x))
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from .._proof import Planted, Proof
from ._derivation import Derivation, at_most, equation, positive
from ._exact_runs import wrong_floor, wrong_orbit
from ._facts import given
from ._instances import satisfies
from ._lion_k import β1, β2, η, λ
from ._proving import Derived
from ._signs import Chain, chain
from ._terms import Constant, Defined, Number, Operand, Term, constants, term
from ._values import Instance

a, x, m, u, T = constants("a x m u T")
RATES = (chain(0, "<", a), chain(0, "<", η), chain(0, "<", λ), chain(η * λ, "≤", 1, "<", 2))


EXISTS = chain(2 * β1, "<", 1 + β2)


@dataclass(frozen=True)
class Cycle:
    """Factors on c, on the momentum of the orbit, and on what a deviation of x does to one of m."""

    amplitude: Operand = 1
    momentum: Operand = 1
    coupling: Operand = 1
    hypothesis: Chain = EXISTS


def orbit(cycle: Cycle) -> tuple[Term, Term]:
    """x and m of the cycle."""
    c = Defined("c", cycle.amplitude * (η / (2 - η * λ)))
    return c, Defined("m₀", cycle.momentum * (c * (1 - β2) * a / (1 + β2)))


def cycles(cycle: Cycle) -> list[Derivation]:
    """That the orbit is one, that it is none elsewhere, and how deviations fade."""
    c, m0 = orbit(cycle)
    ahead = Defined("m̃⁺", β1 * m0 - (1 - β1) * (a * c))
    margin = a * c * ((1 + β2 - 2 * β1) / (1 + β2))
    ranges = (*RATES, chain(0, "≤", β2))
    exists = Derivation("Lion's two-cycle on (a/2)x²", ("the state be (c, m₀), with f′(c) = ac",),
                        (*ranges, cycle.hypothesis), (
        equation(ahead, -margin, "the look-ahead from (c, m₀)"),
        positive(margin, "so that m̃⁺ < 0 and u = −1"),
        equation(c + η * (-1 - λ * c), -c, "x⁺ = −c"),
        equation(β2 * m0 - (1 - β2) * (a * c), -m0, "m⁺ = −m₀; the method is odd, so that the next step leads back"),
    ))  # fmt: skip
    opposite = a * c * ((2 * β1 - 1 - β2) / (1 + β2))
    fails = Derivation("No such cycle where 1 + β₂ ≤ 2β₁", ("u = sign(m̃⁺) be 0 or 1 where m̃⁺ ≥ 0",),
                       (*ranges, chain(1 + β2, "≤", 2 * β1), chain(0, "≤", u)), (
        equation(ahead, opposite, "the look-ahead from (c, m₀)"),
        at_most(0, opposite, "so that u ≥ 0"),
        equation(c + η * (u - λ * c) + c, (2 - η * λ) * c + η * u, "x⁺ + c"),
        positive((2 - η * λ) * c + η * u, "hence x⁺ ≠ −c"),
    ))  # fmt: skip
    dx, dm, s = constants("δx δm s")
    stretch, pull = 1 - η * λ, cycle.coupling * ((1 - β2) * a)
    deviations = Derivation("Deviations that do not change the sign", ("u be the same with and without δx, δm",),
                            (*ranges, chain(β2, "<", 1)), (
        equation((x + dx + η * (u - λ * (x + dx))) - (x + η * (u - λ * x)), stretch * dx, "δx⁺"),
        equation((β2 * (m + dm) - (1 - β2) * (a * (x + dx))) - (β2 * m - (1 - β2) * (a * x)), β2 * dm - pull * dx,
                 "δm⁺"),
        equation((stretch - s) * (β2 - s) - 0 * pull, s**2 - (stretch + β2) * s + stretch * β2,
                 "the characteristic polynomial of the triangular matrix, with eigenvalues 1 − ηλ and β₂ in [0, 1)"),
    ))  # fmt: skip
    stated = [replace(one, stated=one.steps) for one in (exists, fails)]
    return [*stated, replace(deviations, stated=deviations.steps[:2])]


def wrong_cycle(cycle: Cycle) -> Mapping[str, str] | None:
    """Numbers for which the orbit is not one, or a deviation is another."""

    def at(where: Mapping[str, Fraction]) -> tuple[Fraction, Fraction]:
        position, momentum = map(Instance(dict(where), {}), orbit(cycle))
        return position, momentum

    def admits(where: Mapping[str, Fraction]) -> bool:
        return satisfies(Instance(dict(where), {}), cycle.hypothesis)

    return wrong_orbit(at, admits, Instance({}, {})(term(cycle.coupling)))


@dataclass(frozen=True)
class Floor:
    """Factors on η of the single step and on c of the mean."""

    step: Operand = 1
    size: Operand = 1


def floors(floor: Floor) -> list[Derivation]:
    """One step, the sum of T of them, the mean of |x|, and the mean of the score."""
    c = Defined("c", floor.size * (η / (2 - η * λ)))
    now, later, first, total, squares = constants("|x| |x⁺| |x₀| R Q")
    ranges = (*RATES, chain(0, "<", T))
    triangle = given(later + (1 - η * λ) * now - η, "the triangle inequality, with |ηu| = η where m̃⁺ ≠ 0")
    single = at_most(floor.step * η, later + (1 - η * λ) * now, "taken in absolute value", [(1, triangle)])
    summed = total - first + now + (1 - η * λ) * total - T * η
    before = given(summed, "the sum of the T inequalities, which is 0 ≥ 0 for T = 0")
    share, rest = 1 / ((2 - η * λ) * T), Defined("δ", 1 / (λ * (2 - η * λ) * T))
    mean = Defined("μ", total / T)
    average = at_most(c - rest, mean, "the sum, divided", [
        (share, before), (share, given(first, "|x₀| ≥ 0")), (share, given(1 / λ - now, "x lies in the box")),
    ])  # fmt: skip
    score = Defined("S̄", a * mean + λ * a * (squares / T))
    bound = at_most(a * c * (1 + λ * c) - a * (1 + 2 * (λ * c)) * rest, score, "a tangent of the square at c", [
        (λ * a, given(squares / T - mean**2, "the mean of squares is at least the square of the mean")),
        (λ * a, given((mean - c) ** 2, "a square")),
        (a * (1 + 2 * (λ * c)), average.fact()),
    ])  # fmt: skip
    grown = total + now
    steps = (
        equation((x + η * (u - λ * x)) - (1 - η * λ) * x, η * u, "x⁺ − (1 − ηλ)x"),
        single,
        at_most(0, grown - first + later + (1 - η * λ) * grown - (T + floor.step) * η, "the sum of T + 1 inequalities",
                [(1, before), (1, single.fact())]),
        average, bound,
    )  # fmt: skip
    setting = (
        "u = sign(m̃⁺) be 1 or −1, for m̃⁺ ≠ 0 at every step",
        "x be the state after T steps, R the sum of the |x| before it and Q that of their squares, all with |x| ≤ 1/λ",
        "there the score is a|x| + λax², elsewhere +∞, and S̄ is its mean over T steps",
    )
    return [Derivation("The floor of a constant step", setting, ranges, steps, stated=(single,))]


def wrong_bound(floor: Floor) -> Mapping[str, str] | None:
    """The two-cycle, where it contradicts the floor."""
    step = Instance({}, {})(term(floor.step))
    return wrong_floor(step, lambda where: Instance(dict(where), {})(term(floor.size)))


@dataclass(frozen=True)
class OneStep:
    """The example's β₂ and the rise of H."""

    beta2: Fraction = Fraction(1, 2)
    rise: Fraction = Fraction(6204, 21021)


def one_step(example: OneStep) -> Derivation:
    """f = 3x, K = |·|, x = 0, m = 1, η = 1/10, λ = 1/2, β₁ = 99/100, implicit decay."""
    eta, lam, beta1, beta2 = (
        Number(number) for number in (Fraction(1, 10), Fraction(1, 2), Fraction(99, 100), example.beta2)
    )
    slope = Number(Fraction(3))
    ahead = Defined("m̃⁺", beta1 - (1 - beta1) * slope)
    x_next = Defined("x⁺", eta / (1 + eta * lam))
    m_next = Defined("m⁺", beta2 - (1 - beta2) * slope)
    c = Defined("c", eta * beta1 / (eta * lam * (1 - beta1) + (1 - beta2)))
    size = Constant("|m⁺|")
    started, ended = c, slope * x_next + c * (size - lam * x_next * m_next)
    sign = given(size + m_next, "m⁺ < 0, so that |m⁺| = −m⁺", "=")
    steps = (
        positive(ahead, "so that u = 1 and x⁺ = η/(1 + ηλ)"),
        positive(-m_next, "so that |m⁺| = −m⁺"),
        at_most(lam * x_next, 1, "K*(λx⁺) = 0"),
        equation(slope * x_next - slope * x_next, 0, "D_f = 0, as f is linear"),
        equation(ended - started, Number(example.rise), "the rise of H", [(-c, sign)]),
    )
    return Derivation("One step of Lion with β₁ > β₂ that raises H", ("x = 0, m = 1, f = 3x, K = |·|",), (), steps)


def other_rise(example: OneStep) -> Mapping[str, str] | None:
    """The rise of H computed without the derivation, where it is another."""
    η, λ, β1, β2, g = Fraction(1, 10), Fraction(1, 2), Fraction(99, 100), example.beta2, 3
    x_next, m_next = η / (1 + η * λ), β2 - (1 - β2) * g
    c = η * β1 / (η * λ * (1 - β1) + 1 - β2)
    rise = g * x_next + c * (abs(m_next) - λ * x_next * m_next) - c
    return None if rise == example.rise else {"β₂": str(β2), "left side": str(rise), "right side": str(example.rise)}


def _proof(claim: str, statement: str, domain: str, more: tuple[str, ...], prove: Derived, subject: object,
           planted: tuple[Planted, ...], names: tuple[str, ...]) -> Proof:  # fmt: skip
    def perturbed(name: str, relative: Fraction) -> object:
        return replace(subject, **{name: getattr(subject, name) * (1 + relative)})  # type: ignore[type-var]

    taken = prove.taken(subject, *more)
    return Proof(claim, "symbolic", statement, domain, True, taken, prove, subject, planted, (), names, perturbed)


MILLIONTH = Fraction(1, 10**6)
PROOFS = (
    _proof(
        "two-cycle-exact", "The orbit, inserted, comes back; the sign asks for 1 + β2 > 2β1; deviations are linear.",
        "K = |·|, f = (a/2)x², all a > 0, 0 < ηλ ≤ 1, 0 ≤ β2 < 1 and β1", ("sign is odd",),
        Derived(cycles, wrong_cycle), Cycle(),
        (
            Planted("c = η/2, without the decay", Cycle(amplitude=1 - η * λ / 2)),
            Planted("m = c(1−β2)a, without 1/(1+β2)", Cycle(momentum=1 + β2)),
            Planted("it exists whenever β1 < 1", Cycle(hypothesis=chain(β1, "<", 1))),
            Planted("δm is not moved by δx", Cycle(coupling=0)),
        ),
        ("amplitude", "momentum", "coupling"),
    ),
    _proof(
        "constant-step-floor", "|x⁺| + (1−ηλ)|x| ≥ η, summed over T steps, and a tangent of the square.",
        "K = |·|, f = (a/2)x², all a > 0, 0 < ηλ ≤ 1, all β1 and β2, every T, m̃⁺ ≠ 0 at every step",
        ("induction over the steps",),
        Derived(floors, wrong_bound), Floor(),
        (
            Planted("a step bounded by 1.001η", Floor(step=Fraction(1001, 1000))),
            Planted("c too large by one part in a million", Floor(size=1 + MILLIONTH)),
            Planted("c = η, twice what it is at ηλ = 0", Floor(size=2 - η * λ)),
        ),
        ("step", "size"),
    ),
    _proof(
        "reversed-betas-one-step", "The step computed in rational numbers: ΔH = 6204/21021 with D_f = 0.",
        "the one example the claim is about", (), Derived(lambda example: [one_step(example)], other_rise), OneStep(),
        (
            Planted("a rise of 6205/21021", OneStep(rise=Fraction(6205, 21021))),
            Planted("a rise of 2/7, of the loss alone", OneStep(rise=Fraction(2, 7))),
            Planted("the same rise at β2 = 0.9", OneStep(beta2=Fraction(9, 10))),
        ),
        ("rise",),
    ),
)  # fmt: skip
