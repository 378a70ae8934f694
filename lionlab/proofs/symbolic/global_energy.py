"""H_M, one Lyapunov function for both phases: K_M = K on the ball B of radius M, +∞ outside, in place of K.

Where m̃⁺ and m⁺ lie in B, subgradients of K there are subgradients of K_M: the step is a Lion-K_M step, and the ledger
with its signs, which knows nothing of K but that it is convex, holds from any start.
"""

from .._proof import Planted, Proof
from ..coefficients import OF_THE_FUNCTION, OF_THE_RATES, THEOREM, Coefficients
from ._derivation import Derivation, at_most, equation
from ._facts import given, subgradient
from ._lion_k import K, u
from ._proving import Derived
from ._signs import chain
from ._terms import ZERO, Function, Vector, constants, inner
from .ledger import identity, wrong_functions
from .ledger_signs import signs

K_M = Function("K_M")
ahead, z, y, v = Vector("m̃⁺"), Vector("z"), Vector("y"), Vector("v")


def restriction() -> Derivation:
    """u ∈ ∂K(m̃⁺) is an element of ∂K_M(m̃⁺)."""
    step = at_most(K_M(ahead) + inner(u, z - ahead), K_M(z), "for every z, so that u ∈ ∂K_M(m̃⁺)", [
        (1, subgradient(K, z, ahead, u)),
        (1, given(K_M(z) - K(z), "K_M ≥ K")),
        (1, given(K(ahead) - K_M(ahead), "m̃⁺ lies in the ball", "=")),
    ])  # fmt: skip
    setting = ("K_M be K on the ball B, +∞ outside; m̃⁺ ∈ B, u ∈ ∂K(m̃⁺)",)
    return Derivation("The step is a step with K_M", setting, (), (step,))


def conjugate() -> list[Derivation]:
    """K_M*(y) = M·max(‖y‖_dual − 1, 0) for a norm K and its own ball."""
    M, e, r, k = constants("M e r k")
    bound = at_most(inner(y, z) - k, M * e, "for every z of the ball", [
        (1, given(r * k - inner(y, z), "⟨y, z⟩ ≤ ‖y‖_dual·K(z)")),
        (k, given(e - (r - 1), "e ≥ r − 1")),
        (e, given(M - k, "K(z) ≤ M")),
    ])  # fmt: skip
    setting = ("K be a norm, k = K(z) ≤ M, r the dual norm of y, e = max(r − 1, 0)",)
    top = equation(inner(y, M * v) - M, M * (r - 1), "z = Mv", [
        (-M, given(inner(y, v) - r, "v has norm 1 and attains the dual norm", "=")),
    ])  # fmt: skip
    bottom = equation(inner(y, ZERO * v) - 0, 0, "z = 0")
    at_top = "K be a norm, v a point of norm 1 with ⟨y, v⟩ = r, the dual norm of y"
    return [
        Derivation("K_M* is at most Me", setting, (chain(0, "≤", k, "≤", M), chain(0, "≤", e)), (bound,)),
        Derivation("K_M* is attained, outside the dual ball at Mv and inside at 0", (at_top,), (), (bottom, top)),
    ]


def derivations(factors: Coefficients) -> list[Derivation]:
    """What K_M is, then the ledger and its signs, to be read with K_M for K."""
    kinds = ("implicit", "explicit")
    return [
        restriction(), *conjugate(), *(identity(kind, factors) for kind in kinds),
        *(signs(kind, factors, order) for kind in kinds for order in ("<", "=")),
    ]  # fmt: skip


GLOBAL = Derived(derivations)
PROOFS = (
    Proof(
        claim="global-lyapunov",
        route="symbolic",
        statement="∂K ⊂ ∂K_M on the ball, K_M* = M·max(‖y‖_dual − 1, 0) for norms, and the ledger holds for K_M.",
        domain="every convex K and any ball that holds m̃⁺ and m⁺; K_M* for norms and their own ball; that a smaller "
        "M is refused is a property of the program and no part of this",
        is_complete=False,
        assumptions=GLOBAL.taken(THEOREM),
        prove=GLOBAL,
        subject=THEOREM,
        planted=wrong_functions(Planted("no product in the bracket", Coefficients(product=0))),
        coefficients=(*OF_THE_FUNCTION, *OF_THE_RATES),
        perturbed=THEOREM.with_error,
    ),
)
