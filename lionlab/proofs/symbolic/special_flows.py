"""Textbook flows are Lion-K flows, as vector identities between their rates of change.

    ṁ = −α∇f(x) − γm,   m̃ = m + εṁ = (1−εγ)m − εα∇f(x),   ẋ = ∇K(m̃) − λx

Equal rates from the same state mean that a solution of the one is a solution of the other.
"""

from collections.abc import Callable, Sequence

from ._calculus import derivative
from ._derivation import Step, equation
from ._lion_k import K, f, m, x, α, γ, ε, λ
from ._signs import Chain, chain
from ._terms import Constant, Defined, Function, Operand, Term, Vector, vectors
from .special_cases import Errors, itself, odd, special_case

g = f.gradient(x)


def rates(
    e: Errors, force: Operand, friction: Operand, delay: Operand, decay: Operand = 0,
    slope: Callable[[Term], Term] = K.gradient, at: Term = m, pull: Term = g, where: Term = x,
) -> tuple[Term, Term]:  # fmt: skip
    """ṁ and ẋ for (α, γ, ε, λ) from a momentum and a gradient; the errors are factors on α, ε and γ."""
    ṁ = Defined("ṁ", -(e.step * force * pull) - e.beta2 * friction * at if friction != 0 else -(e.step * force * pull))
    m̃ = Defined("m̃", at + e.beta1 * delay * ṁ if delay != 0 else at)
    return ṁ, Defined("ẋ", slope(m̃) - decay * where if decay != 0 else slope(m̃))


def gradient_flow(e: Errors) -> Sequence[Step]:
    """K = ½‖·‖², ε = 1/γ."""
    return [equation(rates(e, α, γ, 1 / γ, slope=itself)[1], -(α / γ * g), "m̃ = −(α/γ)∇f(x), as εγ = 1")]


def heavy_ball(e: Errors) -> Sequence[Step]:
    """K = ½‖·‖², ε = 0: ẋ = m."""
    ṁ, ẋ = rates(e, α, γ, 0, slope=itself)
    ẍ = Defined("ẍ", derivative(ẋ, {m: ṁ}), False)
    return [equation(ẍ + γ * ẋ + α * g, 0, "ẋ = m, differentiated once more")]


def nesterov(e: Errors) -> Sequence[Step]:
    """K = ½‖·‖²: ẋ = m + εṁ."""
    bent = Vector("∇²f ẋ")
    ṁ, ẋ = rates(e, α, γ, ε, slope=itself)
    ẍ = Defined("ẍ", derivative(ẋ, {m: ṁ, x: ẋ, g: bent}), False)
    return [equation(ẍ + γ * ẋ + ε * α * bent + α * g, 0, "ẋ = m + εṁ, differentiated once more")]


def averaged_direction(e: Errors, delay: Operand = 0, decay: Operand = 0) -> Sequence[Step]:
    """b = −m, α = γ: ẋ = −∇K((1−εγ)b + εγ∇f) − λx, ḃ = γ(∇f − b)."""
    b = Vector("b")
    ṁ, ẋ = rates(e, γ, γ, delay, decay, at=-b)
    direction = (1 - delay * γ) * b + delay * γ * g if delay != 0 else b
    textbook = -K.gradient(direction) - decay * x if decay != 0 else -K.gradient(direction)
    return [
        equation(-ṁ, γ * (g - b), "ḃ, as m = −b"),
        equation(ẋ, textbook, "∇K(−v) = −∇K(v)", [(-1, odd(direction))]),
    ]


def along_the_gradient(e: Errors) -> Sequence[Step]:
    """ε = 1/γ, α = γ: ẋ = −∇K(∇f)."""
    return [equation(rates(e, γ, γ, 1 / γ)[1], -K.gradient(g), "m̃ = −∇f(x), as εγ = 1 and α = γ", [(-1, odd(g))])]


def hamiltonian(e: Errors) -> Sequence[Step]:
    """ε = 0, α = 1: q = x, p = m."""
    ṁ, ẋ = rates(e, 1, γ, 0)
    return [equation(ẋ, K.gradient(m), "q̇ = ∇k(p)"), equation(ṁ, -g - γ * m, "ṗ = −∇f(q) − γp")]


def mirror_descent(e: Errors) -> Sequence[Step]:
    """K(z) = h(−z), f = φ*, y = ∇φ(p)."""
    y, h = Vector("y"), Function("h")
    p = Defined("p", f.gradient(y))
    ẏ = rates(e, γ, γ, 1 / γ, slope=lambda z: -h.gradient(-z), pull=p, where=y)[1]
    return [equation(ẏ, -h.gradient(p), "m̃ = −p; for the entropy y = log p")]


def frank_wolfe(e: Errors) -> Sequence[Step]:
    """ε = 1/γ, α = γ: ẋ = λ(v − x)."""
    vertex = Defined("v", K.gradient(-g) / λ)
    ẋ = rates(e, γ, γ, 1 / γ, λ)[1]
    return [equation(ẋ, λ * (vertex - x), "in the time λτ: K is a support function, and ∇K(−∇f)/λ the best vertex")]


def in_time(e: Errors, slope: Callable[[Term], Term], is_second_order: bool) -> Sequence[Step]:
    """γ = ε = 0, λ = 1, α(τ) = e^{2τ/r}/r² = t²/r² at τ = r log t, dτ = (r/t)dt."""
    X, Z = vectors("X Z")
    r, t = Constant("r"), Constant("t")
    pull = f.gradient(X)
    ṁ, ẋ = rates(e, t**2 / r**2, 0, 0, e.beta1, slope, Z, pull, X)
    Ẋ, Ż = Defined("X′", r / t * ẋ), Defined("Z′", r / t * ṁ)
    steps = [
        equation(Ẋ, r / t * (slope(Z) - X), "dX/dt = (r/t) dX/dτ"),
        equation(Ż, -(t / r * pull), "dZ/dt = (r/t) dZ/dτ, and α = t²/r²"),
    ]
    if is_second_order:
        Ẍ = Defined("X″", derivative(r / t * (Z - X), {Z: Ż, X: Ẋ, t: t / t}), False)
        steps.append(equation(Ẍ + (r + 1) / t * Ẋ + pull, 0, "differentiated once more, K = ½‖·‖²"))
    return steps


FRICTION = (chain(0, "<", γ),)
TIME = (chain(0, "<", Constant("t")), chain(0, "<", Constant("r")))
THREE, TWO = ("step", "beta1", "beta2"), ("step", "beta2")
AIM = ("beta1", "beta2")  # ∇K of a norm is blind to a factor on α alone
CASES: dict[str, tuple[str, str, Callable[[Errors], Sequence[Step]], tuple[Chain, ...], tuple[str, ...]]] = {
    "gradient-flow": ("Gradient flow", "K = ½‖·‖², λ = 0, ε = 1/γ", gradient_flow, FRICTION, ("step", "beta1")),
    "heavy-ball-flow": ("The heavy-ball flow", "K = ½‖·‖², λ = 0, ε = 0", heavy_ball, (), TWO),
    "nesterov-flow": ("Nesterov's flow", "K = ½‖·‖², λ = 0", nesterov, (), THREE),
    "signum-flow": ("Sign momentum", "K = ‖·‖₁, λ = 0, ε = 0, α = γ", averaged_direction, (), TWO),
    "normalized-momentum-flow": (
        "Normalised momentum", "K = ‖·‖₂, λ = 0, ε = 0, α = γ", averaged_direction, (), TWO,
    ),
    "sign-gradient-flow": ("Sign gradient flow", "K = ‖·‖₁, λ = 0, ε = 1/γ, α = γ", along_the_gradient, FRICTION, AIM),
    "hamiltonian-descent-flow": ("Dissipative Hamiltonian descent", "K = k, λ = 0, ε = 0, α = 1", hamiltonian, (), TWO),
    "dual-space-preconditioning-flow": (
        "Dual-space preconditioned gradient flow", "K even and smooth, λ = 0, ε = 1/γ, α = γ", along_the_gradient,
        FRICTION, ("step", "beta1"),
    ),
    "mirror-descent-flow": (
        "Mirror descent", "K(z) = h(−z), f = φ* the conjugate of the mirror map's potential φ, y = ∇φ(p), α = γ = 1/ε",
        mirror_descent, FRICTION, ("step", "beta1"),
    ),
    "accelerated-mirror-descent-flow": (
        "Accelerated mirror descent", "K = ψ*, γ = ε = 0, λ = 1, α = t²/r² at τ = r log t",
        lambda e: in_time(e, K.gradient, False), TIME, ("step", "beta1"),
    ),
    "nesterov-in-time-flow": (
        "Nesterov's equation in time", "K = ½‖·‖², γ = ε = 0, λ = 1, α = t²/r² at τ = r log t",
        lambda e: in_time(e, itself, True), TIME, ("step", "beta1"),
    ),
    "frank-wolfe-flow": (
        "The Frank–Wolfe flow", "K be the support function of λ times the set, λ > 0, α = γ = 1/ε", frank_wolfe,
        (*FRICTION, chain(0, "<", λ)), AIM,
    ),
    "lion-flow": ("The Lion flow", "K = ‖·‖₁, α = γ", lambda e: averaged_direction(e, ε, λ), (), THREE),
    "muon-flow": (
        "The Muon flow", "K be the nuclear norm, ∇K(V) the polar factor of V, α = γ",
        lambda e: averaged_direction(e, ε, λ), (), THREE,
    ),
}  # fmt: skip

WORDS = {"step": "α", "beta1": "ε (in time: λ)", "beta2": "γ"}
PROOFS = tuple(special_case(key, case, WORDS) for key, case in CASES.items())
