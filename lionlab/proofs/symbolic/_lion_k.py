"""The letters of Lion-K and its methods: the flow, the two-β step, the implicit step, and H."""

from dataclasses import dataclass

from ..coefficients import THEOREM, Coefficients
from ._signs import Chain, chain
from ._terms import ONE, Defined, Function, Operand, Term, Vector, constants, inner, vectors

α, γ, ε, λ, η, β1, β2, L, ρ, h = constants("α γ ε λ η β₁ β₂ L ρ h")
x, m, u, w = vectors("x m u w")
z_next = Vector("z⁺")
f, K, K_conjugate = Function("f"), Function("K"), Function("K*")

FUNCTIONS = "f be differentiable, K convex and finite, K* its conjugate"
SUBGRADIENTS = "u ∈ ∂K(m̃⁺), w ∈ ∂K(m⁺), z⁺ ∈ ∂K*(λx⁺)"
"""In any space with an inner product, of any dimension; ∇f(x) is the gradient."""

WITHOUT_DECAY = "K(0) = min K, so that z⁺ = 0 takes the place of ∂K*(0)"


ORDERS = {"any": "any β₁ and β₂", "<": "β₁ < β₂", "=": "β₁ = β₂"}


def ordered(order: str) -> Chain:
    """What is supposed of β₁ and β₂, for a key of `ORDERS`; where they are equal only β₂ is written."""
    chains = {"any": chain(0, "≤", β1, "≤", 1), "<": chain(0, "≤", β1, "<", β2, "≤", 1), "=": chain(0, "≤", β2, "≤", 1)}
    return chains[order]


def weighted_energy(
    point: Term, momentum: Term, weights: tuple[Operand, Operand, Operand], has_decay: bool, factors: Coefficients
) -> Term:
    """H at (x, m) with weights (of f, of K*, of the bracket); without decay no K* and no product."""
    loss, penalty, bracket = weights
    found = factors.loss * (loss * f(point))
    if not has_decay:
        return found + bracket * (factors.momentum * K(momentum))
    gap = (
        factors.conjugate * K_conjugate(λ * point)
        + factors.momentum * K(momentum)
        - factors.product * inner(λ * point, momentum)
    )
    return found + factors.penalty * (penalty * K_conjugate(λ * point)) + bracket * gap


@dataclass(frozen=True)
class TwoBeta:
    """One step of the two-β method, `kind` of decay: "implicit", "explicit" or "none" (λ = 0).

    `equal`: β₁ = β₂, where m̃⁺ = m⁺ and w = u is chosen. For explicit decay everything is written in η′ = η/(1−ηλ).
    """

    kind: str
    equal: bool = False
    factors: Coefficients = THEOREM

    @property
    def has_decay(self) -> bool:
        """λ > 0."""
        return self.kind != "none"

    @property
    def beta1(self) -> Term:
        """β₁, which is β₂ where they are equal."""
        return β2 if self.equal else β1

    @property
    def decay(self) -> Term | int:
        """λ, or 0."""
        return λ if self.has_decay else 0

    @property
    def step(self) -> Term:
        """η of the implicit form."""
        return Defined("η′", η / (1 - η * λ)) if self.kind == "explicit" else η

    @property
    def c(self) -> Term:
        """The weight of the bracket."""
        return Defined("c", self.step * self.beta1 / self._below_c)

    @property
    def _below_c(self) -> Term:
        return self.step * λ * (1 - self.beta1) + (1 - β2) if self.has_decay else 1 - β2

    @property
    def g(self) -> Term:
        """∇f(x)."""
        return f.gradient(x)

    @property
    def x_next(self) -> Term:
        """x⁺."""
        if self.kind == "none":
            return Defined("x⁺", x + η * u)
        return Defined("x⁺", x + η * (u - λ * x) if self.kind == "explicit" else (x + η * u) / (1 + η * λ))

    @property
    def m_next(self) -> Term:
        """m⁺."""
        return Defined("m⁺", β2 * m - (1 - β2) * self.g)

    @property
    def m_tilde(self) -> Term:
        """m̃⁺."""
        return Defined("m̃⁺", self.beta1 * m - (1 - self.beta1) * self.g)

    @property
    def slope_of_K(self) -> Term:
        """w ∈ ∂K(m⁺)."""
        return Defined("w", u) if self.equal else w

    @property
    def velocity(self) -> Term:
        """V = u − λx⁺ = (x⁺ − x)/η."""
        return Defined("V", u - λ * self.x_next) if self.has_decay else u

    def energy(self, is_after: bool) -> Term:
        """H(x, m), or H(x⁺, m⁺)."""
        at = (self.x_next, self.m_next) if is_after else (x, m)
        name = "H(x⁺, m⁺)" if is_after else "H(x, m)"
        weights = (1, 1 / λ, self.c)
        return Defined(name, weighted_energy(*at, weights, self.has_decay, self.factors), not is_after)

    @property
    def alignment(self) -> Term:
        """Δ₁."""
        if not self.has_decay:
            return Defined("Δ₁", inner(u, self.m_tilde))
        return Defined("Δ₁", inner(u - λ * self.x_next, self.m_tilde - z_next))

    @property
    def first_rate(self) -> Term:
        """a = 1 + cλ."""
        return Defined("a", 1 + self.c * λ) if self.has_decay else ONE

    @property
    def hypotheses(self) -> tuple[Chain, ...]:
        """What the constants satisfy for β₁ and β₂ in any order, with a positive denominator of c."""
        found = [chain(0, "<", η)]
        if self.has_decay:
            found.append(chain(0, "<", λ))
            if self.kind == "explicit":
                found.append(chain(η * λ, "<", 1))
            return (*found, chain(0, "<", self._below_c))
        return (*found, chain(β2, "<", 1))

    @property
    def choices(self) -> tuple[tuple[Vector, Term], ...]:
        """u, w and z⁺ for a K with a derivative."""
        found = [(u, K.gradient(self.m_tilde))]
        if not self.equal:
            found.append((w, K.gradient(self.m_next)))
        if self.has_decay:
            found.append((z_next, K_conjugate.gradient(λ * self.x_next)))
        return tuple(found)
