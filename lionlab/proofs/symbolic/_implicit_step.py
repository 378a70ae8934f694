"""The implicit (proximal) step of length h, and H_h: everything at the new point.

x⁺ = (x + hs)/(1+hλ),   m⁺ = (m − hα∇f(x⁺))/(1+hγ),   m̃⁺ = (1−εγ)m⁺ − εα∇f(x⁺),   s ∈ ∂K(m̃⁺)
"""

from dataclasses import dataclass

from ..coefficients import THEOREM, Coefficients
from ._derivation import Derivation, Step
from ._facts import Fact, fenchel_young, fenchel_young_equality, given, remainder, subgradient
from ._lion_k import K, K_conjugate, f, h, m, w, weighted_energy, x, z_next, α, γ, ε, λ
from ._signs import Chain, chain
from ._terms import ONE, ZERO, Defined, Term, Vector, inner

s = Vector("s")


@dataclass(frozen=True)
class Implicit:
    """One implicit step, with or without decay; for ε = 0, where m̃⁺ = m⁺, w = s is chosen."""

    has_decay: bool = True
    is_enhanced: bool = True
    factors: Coefficients = THEOREM
    length: Term = h

    @property
    def x_next(self) -> Term:
        """x⁺."""
        return Defined("x⁺", (x + h * s) / (1 + h * λ) if self.has_decay else x + h * s)

    @property
    def g(self) -> Term:
        """∇f(x⁺)."""
        return f.gradient(self.x_next)

    @property
    def m_next(self) -> Term:
        """m⁺."""
        return Defined("m⁺", (m - h * α * self.g) / (1 + h * γ))

    @property
    def m_tilde(self) -> Term:
        """m̃⁺."""
        enhanced = (1 - ε * γ) * self.m_next - ε * α * self.g
        return Defined("m̃⁺", enhanced if self.is_enhanced else self.m_next)

    @property
    def slope_of_K(self) -> Term:
        """w ∈ ∂K(m⁺)."""
        return w if self.is_enhanced else Defined("w", s)

    @property
    def c(self) -> Term:
        """c_h = (1−εγ)/(1+(ε+h)λ)."""
        above = 1 - ε * γ if self.is_enhanced else ONE
        delay = ε + self.length if self.is_enhanced else self.length
        return Defined("c_h" if self.length == h else "c_h′", above / (1 + delay * λ) if self.has_decay else above)

    def energy(self, is_after: bool) -> Term:
        """H_h at the state before or after the step."""
        at = (self.x_next, self.m_next) if is_after else (x, m)
        body = weighted_energy(*at, (α, γ / λ, self.c), self.has_decay, self.factors)
        name = "H_h" if self.length == h else "H_h′"
        return Defined(f"{name}(x⁺, m⁺)" if is_after else f"{name}(x, m)", body, not is_after)

    @property
    def change(self) -> Term:
        """H_h(x⁺, m⁺) − H_h(x, m)."""
        return self.energy(True) - self.energy(False)

    @property
    def alignment(self) -> Term:
        """Δ₁."""
        if not self.has_decay:
            return Defined("Δ₁", inner(s, self.m_tilde))
        return Defined("Δ₁", inner(s - λ * self.x_next, self.m_tilde - z_next))

    @property
    def first_weight(self) -> Term:
        """h(γ + c_hλ)."""
        return self.factors.first * (h * (γ + self.c * λ if self.has_decay else γ))

    @property
    def second(self) -> Term:
        """c_h⟨s − w, m⁺ − m⟩, which is h(c_h/ε)Δ₂."""
        return self.factors.second * (self.c * inner(s - self.slope_of_K, self.m_next - m))

    @property
    def penalty_weight(self) -> Term:
        """γ/λ + c_h."""
        return γ / λ + self.c

    @property
    def remainders(self) -> tuple[Term, Term, Term]:
        """D_f(x; x⁺), D_K*(λx; λx⁺), D_K(m; m⁺)."""
        return (
            Defined("D_f(x; x⁺)", remainder(f, x, self.x_next, self.g)),
            Defined("D_K*(λx; λx⁺)", remainder(K_conjugate, λ * x, λ * self.x_next, z_next)),
            Defined("D_K(m; m⁺)", remainder(K, m, self.m_next, self.slope_of_K)),
        )

    @property
    def alignment_facts(self) -> list[tuple[int, Fact]]:
        """Δ₁ ≥ 0."""
        if not self.has_decay:
            least = given(K(self.m_tilde) - K(ZERO), "K(0) = min K")
            return [(1, subgradient(K, ZERO, self.m_tilde, s)), (1, least)]
        y = λ * self.x_next
        return [
            (1, fenchel_young(K, K_conjugate, z_next, s)),
            (1, fenchel_young(K, K_conjugate, self.m_tilde, y)),
            (-1, fenchel_young_equality(K, K_conjugate, self.m_tilde, s)),
            (-1, fenchel_young_equality(K, K_conjugate, z_next, y)),
        ]

    @property
    def enhancement_facts(self) -> list[tuple[int, Fact]]:
        """Δ₂ ≥ 0."""
        both = ((self.m_next, self.m_tilde, s), (self.m_tilde, self.m_next, self.slope_of_K))
        return [(1, subgradient(K, to, at, slope)) for to, at, slope in both]

    @property
    def remainder_facts(self) -> list[tuple[Term, Fact]]:
        """D_K* ≥ 0 and D_K ≥ 0 with their weights."""
        dual = (self.penalty_weight, subgradient(K_conjugate, λ * x, λ * self.x_next, z_next))
        primal = (self.c, subgradient(K, m, self.m_next, self.slope_of_K))
        return [dual, primal] if self.has_decay else [primal]

    @property
    def hypotheses(self) -> tuple[Chain, ...]:
        """Any length h > 0."""
        found = [chain(0, "<", h), chain(0, "<", α), chain(0, "≤", γ)]
        if self.has_decay:
            found.append(chain(0, "<", λ))
        return (*found, chain(0, "<", ε), chain(ε * γ, "≤", 1)) if self.is_enhanced else tuple(found)

    def derivation(self, title: str, about_f: str, steps: list[Step], *more: Chain) -> Derivation:
        """The steps with what is supposed of the implicit step."""
        where = ["λ > 0" if self.has_decay else "λ = 0", "ε > 0" if self.is_enhanced else "ε = 0"]
        chosen = [f"f be {about_f}, K convex, K* its conjugate", "s ∈ ∂K(m̃⁺), w ∈ ∂K(m⁺)"]
        chosen[1] += ", z⁺ ∈ ∂K*(λx⁺)" if self.has_decay else "; K(0) = min K, and z⁺ = 0 stands for ∂K*(0)"
        choices = [(s, K.gradient(self.m_tilde))]
        if self.is_enhanced:
            choices.append((w, K.gradient(self.m_next)))
        if self.has_decay:
            choices.append((z_next, K_conjugate.gradient(λ * self.x_next)))
        hypotheses = (*self.hypotheses, *more)
        return Derivation(f"{title}, {', '.join(where)}", tuple(chosen), hypotheses, tuple(steps), tuple(choices))


def implicit_steps(factors: Coefficients) -> list[Implicit]:
    """With and without decay, with and without enhancement."""
    return [Implicit(decay, enhanced, factors) for decay in (True, False) for enhanced in (True, False)]
