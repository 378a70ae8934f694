"""Textbook methods are Lion-K, as vector identities: one step of each, with the momentum it leaves.

    m̃⁺ = β1m − (1−β1)g,   m⁺ = β2m − (1−β2)g,   x⁺ = x + η(∇K(m̃⁺) − λx)

By induction the runs are equal, for every f. With K = ½‖·‖², ∇K(z) = z; for other K nothing is used but that ∇K is a
function, and where the textbook's momentum has the other sign that K is even.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from .._proof import Planted, Proof
from ._derivation import Derivation, Step, equation
from ._facts import Fact, given
from ._lion_k import K, TwoBeta, f, m, x, β1, β2, η, λ
from ._proving import Derived
from ._signs import Chain, chain
from ._terms import Defined, Function, Operand, Term, Vector, constants, vectors

lr, μ = constants("lr μ")
g = f.gradient(x)
RATES = (chain(0, "<", lr), chain(0, "≤", μ, "<", 1))


@dataclass(frozen=True)
class Errors:
    """Factors on η, 1 − β₁ and 1 − β₂, or of a flow on α, ε and γ; 1 is the textbook's method."""

    step: Operand = 1
    beta1: Operand = 1
    beta2: Operand = 1


@dataclass(frozen=True)
class State:
    """One step of Lion-K with explicit decay, from any x and m."""

    x: Term
    m: Term
    g: Term
    step: Term
    beta1: Operand
    beta2: Operand
    decay: Operand = 0
    slope: Callable[[Term], Term] = K.gradient

    @property
    def ahead(self) -> Term:
        """m̃⁺."""
        return Defined("m̃⁺", self.beta1 * self.m - (1 - self.beta1) * self.g if self.beta1 != 0 else -self.g)

    @property
    def m_next(self) -> Term:
        """m⁺."""
        return Defined("m⁺", self.beta2 * self.m - (1 - self.beta2) * self.g)

    @property
    def x_next(self) -> Term:
        """x⁺."""
        pull = self.slope(self.ahead) - self.decay * self.x if self.decay != 0 else self.slope(self.ahead)
        return Defined("x⁺", self.x + self.step * pull)


def odd(at: Term) -> Fact:
    """∇K(−v) = −∇K(v)."""
    return given(K.gradient(-at) + K.gradient(at), "∇K is odd, as K is even", "=")


def itself(z: Term) -> Term:
    """∇K for K = ½‖·‖²."""
    return z


def off(number: Term, factor: Operand) -> Term:
    """1 − factor·(1 − number), the number itself for 1."""
    return number if factor == 1 else 1 - factor * (1 - number)


def gradient_descent(e: Errors) -> list[Step]:
    """K = ½‖·‖², β₁ = 0."""
    one = State(x, m, g, e.step * lr, 0 if e.beta1 == 1 else 1 - e.beta1, β2, slope=itself)
    return [equation(one.x_next, x - lr * g, "m̃⁺ = −∇f(x)")]


def heavy_ball(e: Errors) -> list[Step]:
    """K = ½‖·‖², β₁ = β₂ = μ, x − x₋₁ = ηm."""
    last, step = Vector("x₋₁"), Defined("η", lr / (1 - μ))
    one = State(x, (x - last) / step, g, e.step * step, off(μ, e.beta1), off(μ, e.beta2), slope=itself)
    return [
        equation(one.x_next, x - lr * g + μ * (x - last), "m = (x − x₋₁)/η"),
        equation((one.x_next - x) / step, one.m_next, "and m⁺ = (x⁺ − x)/η again"),
    ]


def nesterov(e: Errors) -> list[Step]:
    """K = ½‖·‖², β₂ = μ, β₁ = μ², x = θ + μv, ηm = v."""
    θ, v = vectors("θ v")
    at = θ + μ * v
    slope, step = f.gradient(at), Defined("η", lr / (1 - μ))
    v_next = Defined("v⁺", μ * v - lr * slope)
    one = State(at, v / step, slope, e.step * step, off(μ**2, e.beta1), off(μ, e.beta2), slope=itself)
    return [
        equation(one.m_next, v_next / step, "m = v/η, and m⁺ = v⁺/η again"),
        equation(one.x_next, θ + v_next + μ * v_next, "the look-ahead point of (θ⁺, v⁺), θ⁺ = θ + v⁺"),
    ]


def signum(e: Errors) -> list[Step]:
    """β₁ = β₂ = μ, b = −m."""
    b = Vector("b")
    b_next = Defined("b⁺", μ * b + (1 - μ) * g)
    one = State(x, -b, g, e.step * lr, off(μ, e.beta1), off(μ, e.beta2))
    return [
        equation(one.m_next, -b_next, "m = −b, and m⁺ = −b⁺ again"),
        equation(one.x_next, x - lr * K.gradient(b_next), "m̃⁺ = m⁺", [(-lr, odd(b_next))]),
    ]


def sign_descent(e: Errors) -> list[Step]:
    """β₁ = 0."""
    one = State(x, m, g, e.step * lr, 0 if e.beta1 == 1 else 1 - e.beta1, β2)
    return [equation(one.x_next, x - lr * K.gradient(g), "m̃⁺ = −∇f(x)", [(-lr, odd(g))])]


def mirror_descent(e: Errors) -> list[Step]:
    """K(z) = h(−z), f = φ*: ∇f(y) is the primal point p; y = ∇φ(p)."""
    y, h = Vector("y"), Function("h")
    p = Defined("p", f.gradient(y))
    one = State(y, m, p, e.step * lr, 0 if e.beta1 == 1 else 1 - e.beta1, β2, slope=lambda z: -h.gradient(-z))
    return [
        equation(one.x_next, y - lr * h.gradient(p),
                 "∇K(−p) = −∇h(p); for the entropy y = log p, so that p⁺ = p·exp(−lr ∇h(p))"),
    ]  # fmt: skip


def frank_wolfe(e: Errors) -> list[Step]:
    """β₁ = 0, step ηλ, oracle ∇K(−∇f)/λ."""
    vertex = Defined("v", K.gradient(-g) / λ)
    one = State(x, m, g, e.step * η, 0 if e.beta1 == 1 else 1 - e.beta1, β2, λ)
    return [
        equation(one.x_next, (1 - η * λ) * x + η * λ * vertex,
                 "K is the support function of λ·set: ∇K(−∇f) maximises ⟨−∇f, ·⟩ over it"),
    ]  # fmt: skip


def lion(e: Errors) -> list[Step]:
    """b = −m."""
    b = Vector("b")
    ahead = β1 * b + (1 - β1) * g
    one = State(x, -b, g, e.step * lr, off(β1, e.beta1), off(β2, e.beta2), λ)
    return [
        equation(one.m_next, -(β2 * b + (1 - β2) * g), "m = −b, and m⁺ = −b⁺ again"),
        equation(one.x_next, x - lr * (K.gradient(ahead) + λ * x), "sign(−v) = −sign(v)", [(-lr, odd(ahead))]),
    ]


def muon(e: Errors) -> list[Step]:
    """β₂ = μ, β₁ = μ², B = −m."""
    b = Vector("B")
    b_next = Defined("B⁺", μ * b + (1 - μ) * g)
    ahead = μ * b_next + (1 - μ) * g
    one = State(x, -b, g, e.step * lr, off(μ**2, e.beta1), off(μ, e.beta2), λ)
    return [
        equation(one.m_next, -b_next, "m = −B, and m⁺ = −B⁺ again"),
        equation(one.ahead, -ahead, "β₁ = μ²: the momentum looks ahead twice"),
        equation(one.x_next, (1 - lr * λ) * x - lr * K.gradient(ahead), "the polar factor of −V is minus that of V",
                 [(-lr, odd(ahead))]),
    ]  # fmt: skip


def dictionary(e: Errors) -> list[Step]:
    """α = γ = (1−β₂)/η, ε = η(1−β₁)/(1−β₂): the method is explicit Euler of the flow with step η."""
    rate = Defined("α", e.step * ((1 - β2) / η))
    delay = Defined("ε", e.beta1 * (η * (1 - β1) / (1 - β2)))
    ṁ = Defined("ṁ", -(rate * g) - e.beta2 * rate * m)
    one = State(x, m, g, η, β1, β2, λ)
    discrete = TwoBeta("implicit").c
    return [
        equation(m + η * ṁ, one.m_next, "a step of Euler's method, γ = α"),
        equation(m + delay * ṁ, one.ahead, "the look-ahead"),
        equation(x + η * (K.gradient(m + delay * ṁ) - λ * x), one.x_next, "a step of Euler's method"),
        equation(delay * rate, 1 - β1, "εγ"),
        equation(one.ahead - one.m_next, (delay - η) * ṁ, "what the enhancement adds after the momentum's step"),
        equation((delay - η) * rate, β2 - β1, "it is not negative for β₂ ≥ β₁"),
        equation((1 - delay * rate) / (1 + delay * λ) / rate, discrete, "the flow's c over α is the method's c at η"),
    ]


CASES: dict[str, "Case"] = {
    "gradient-descent": ("Gradient descent", "K = ½‖·‖², λ = 0", gradient_descent, RATES, ("step", "beta1")),
    "heavy-ball": ("Polyak's heavy ball", "K = ½‖·‖², λ = 0", heavy_ball, RATES, ("step", "beta1", "beta2")),
    "nesterov": ("Nesterov's method", "K = ½‖·‖², λ = 0", nesterov, RATES, ("step", "beta1", "beta2")),
    "signum": ("Sign momentum", "K = ‖·‖₁, λ = 0", signum, RATES, ("step", "beta1", "beta2")),
    "normalized-momentum": ("Normalised momentum", "K = ‖·‖₂, λ = 0", signum, RATES, ("step", "beta1", "beta2")),
    "sign-descent": ("Sign descent", "K = ‖·‖₁, λ = 0", sign_descent, RATES, ("step", "beta1")),
    "dual-space-preconditioning": (
        "Dual-space preconditioning", "K even and smooth, λ = 0", sign_descent, RATES, ("step", "beta1"),
    ),
    "mirror-descent": (
        "Mirror descent", "K(z) = h(−z), f = φ* the conjugate of the mirror map's potential φ, y = ∇φ(p)",
        mirror_descent, RATES, ("step", "beta1"),
    ),
    "frank-wolfe": (
        "Frank–Wolfe", "K be the support function of λ times the set, λ > 0", frank_wolfe,
        (chain(0, "<", η), chain(0, "<", λ)), ("step", "beta1"),
    ),
    "lion": ("Lion", "K = ‖·‖₁", lion, (chain(0, "<", lr), chain(0, "≤", λ)), ("step", "beta1", "beta2")),
    "muon": (
        "Muon with weight decay", "K be the nuclear norm, ∇K(V) the polar factor of V", muon,
        (*RATES, chain(0, "≤", λ)), ("step", "beta1", "beta2"),
    ),
}  # fmt: skip

MILLIONTH = 1 + Fraction(1, 10**6)
WORDS = {"step": "η", "beta1": "1 − β1", "beta2": "1 − β2"}
EVERY = "every differentiable f, any dimension, every state and all constants of the method"
Case = tuple[str, str, Callable[[Errors], Sequence[Step]], tuple[Chain, ...], tuple[str, ...]]


def case_of(title: str, setting: str, hypotheses: tuple[Chain, ...], steps: tuple[Step, ...]) -> Derivation:
    """Every step of it is stated."""
    return Derivation(title, (setting,), hypotheses, steps, stated=steps)


def special_case(key: str, case: Case, words: Mapping[str, str], claim: str = "", domain: str = EVERY) -> Proof:
    """The proof of a case (title, setting, steps, hypotheses, names of its coefficients)."""
    title, setting, steps, hypotheses, names = case
    prove = Derived(lambda errors: [case_of(title, setting, hypotheses, tuple(steps(errors)))])
    planted = []
    for name in names:
        for factor, said in ((MILLIONTH, "too large by one part in a million"), (2, "twice as large")):
            planted.append(Planted(f"{words[name]} {said}", replace(Errors(), **{name: factor})))
    return Proof(
        claim=claim or f"special-case-{key}",
        route="symbolic",
        statement="The step or rate of the one is that of the other, identically, and so is that of the momentum.",
        domain=domain,
        is_complete=True,
        assumptions=prove.taken(Errors(), "∇K is one function of its argument"),
        prove=prove,
        subject=Errors(),
        planted=tuple(planted),
        coefficients=names,
        perturbed=lambda name, relative: replace(Errors(), **{name: 1 + relative}),
    )


PROOFS = (
    *(special_case(key, case, WORDS) for key, case in CASES.items()),
    special_case(
        "dictionary",
        (
            "The method is Euler's method for the flow", "K be convex, f differentiable, γ = α", dictionary,
            (chain(0, "<", η), chain(0, "≤", λ), chain(β2, "<", 1), chain(β1, "≤", 1),
             chain(0, "<", η * λ * (1 - β1) + (1 - β2))),
            ("step", "beta1", "beta2"),
        ),
        {"step": "α", "beta1": "ε", "beta2": "γ"}, "discrete-is-euler",
        "every K and f, any dimension, β2 < 1, β1 ≤ 1, explicit decay",
    ),
)  # fmt: skip
