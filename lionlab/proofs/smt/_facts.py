"""What is proved of each function before it is used: its graphs and pieces are those of a convex K and its conjugate.

For every z and v, and every u ∈ ∂K(z) and y ∈ dom K* as the graphs and pieces have them:

    K(v) ≥ K(z) + u(v − z)          K*(v) ≥ K*(u) + z(v − u)         u ∈ ∂K(z) ⇔ z ∈ ∂K*(u)
    K(z) + K*(y) ≥ zy, with equality exactly where y ∈ ∂K(z)          ∂K(z) is not empty

The first two make each an example of `_functions.Every`.
"""

import functools

from ._formulas import Formula, Scene, all_of, between, size_of
from ._functions import CONCRETE, Curve, Truncated, in_box
from ._obligation import Obligation


def _subgradient(K: Curve) -> tuple[str, Formula]:
    z, v = K.scene.reals("z v")
    u = K.slope("u", z)
    return "K(v) ≥ K(z) + u(v − z) for u ∈ ∂K(z)", K.value("v", v) >= K.value("z", z) + u * (v - z)


def _dual_subgradient(K: Curve) -> tuple[str, Formula]:
    u, v = K.scene.reals("u v")
    z = K.dual_slope("z", u)
    K.inside(v)
    return "K*(v) ≥ K*(u) + z(v − u) for z ∈ ∂K*(u)", K.conjugate("v", v) >= K.conjugate("u", u) + z * (v - u)


def _inverse(K: Curve) -> tuple[str, Formula]:
    z, u = K.scene.reals("z u")
    there, back = K.is_slope(u, z), K.is_dual_slope(z, u)
    return "u ∈ ∂K(z) ⇔ z ∈ ∂K*(u)", (there & back) | ~(there | back)


def _fenchel_young(K: Curve) -> tuple[str, Formula]:
    z, u = K.scene.reals("z u")
    K.inside(u)
    gap = K.scene.define("gap", K.value("z", z) + K.conjugate("u", u) - z * u)
    is_slope = K.is_slope(u, z)
    says = "K(z) + K*(u) ≥ zu, with equality exactly where u ∈ ∂K(z)"
    return says, (gap >= 0) & ((is_slope & gap.equals(0)) | (~is_slope & (gap > 0)))


def _selection(K: Curve) -> tuple[str, Formula]:
    z = K.scene.real("z")
    return "∂K(z) is not empty", K.is_slope(K.selection(z), z)


FACTS = {
    "subgradients": _subgradient,
    "dual-subgradients": _dual_subgradient,
    "inverse": _inverse,
    "fenchel-young": _fenchel_young,
    "selection": _selection,
}


@functools.cache
def facts(kinds: tuple[type[Curve], ...] = CONCRETE) -> tuple[Obligation, ...]:
    """The obligations of every one of them."""
    found = []
    for of in kinds:
        for name, fact in FACTS.items():
            K = of(Scene())
            says, conclusion = fact(K)
            found.append(Obligation(f"lemma-{name}-{of.__name__}", f"{of.__name__}: {says}", K.scene, conclusion))
    return tuple(found)


def truncated_facts() -> list[Obligation]:
    """Of |·| + indicator of [−M, M]: Fenchel and Young's inequality, where it is attained, and K_M* = 0 in the box."""
    found = []
    for name in ("fenchel-young", "dual-slopes", "inside"):
        scene = Scene()
        K = Truncated(scene)
        y = scene.real("y")
        if name == "inside":
            scene.assume("|y| ≤ 1", in_box(y))
            says, conclusion = "K_M*(y) = K*(y) = 0", K.conjugate("y", y).equals(0)
        elif name == "dual-slopes":
            z = K.dual_slope("z", y)
            at = K.value("z", z) + K.conjugate("y", y)
            says, conclusion = (
                "K(z) + K_M*(y) = zy, |z| ≤ M for z ∈ ∂K_M*(y)",
                (size_of(z) <= K.radius) & at.equals(z * y),
            )
        else:
            z = scene.real("z")
            K.holds_at(z, "|z| ≤ M")
            says, conclusion = "K(z) + K_M*(y) ≥ zy", K.value("z", z) + K.conjugate("y", y) >= z * y
        found.append(Obligation(f"lemma-{name}-Truncated", f"Truncated: {says}", scene, conclusion))
    return found


def explicit_decay() -> Obligation:
    """The step and c of explicit decay are those of implicit decay with η′ = η/(1−ηλ)."""
    scene = Scene()
    eta, other, lam, x, u, next_x = scene.reals("step_size implicit_step_size weight_decay x u x_next")
    beta1, beta2, c, implicit_c = scene.reals("beta1 beta2 c implicit_c")
    scene.assume("η > 0, λ ≥ 0, ηλ < 1", all_of(eta > 0, lam >= 0, eta * lam < 1))
    scene.assume("η′ = η/(1−ηλ)", (other * (1 - eta * lam)).equals(eta))
    scene.assume("0 ≤ β1, β2 ≤ 1", between(0, beta1, 1) & between(0, beta2, 1))
    D = eta * lam * (1 - beta1) + (1 - eta * lam) * (1 - beta2)
    scene.assume("D > 0", D > 0)
    scene.assume("c of explicit decay", (c * D).equals(eta * beta1))
    scene.assume("c at η′", (implicit_c * (other * lam * (1 - beta1) + 1 - beta2)).equals(other * beta1))
    scene.assume("the explicit step", next_x.equals(x + eta * (u - lam * x)))
    conclusion = next_x.equals(x + other * (u - lam * next_x)) & c.equals(implicit_c)
    return Obligation("explicit-decay", "x⁺ = x + η′(u − λx⁺), and c at η′ is that of η", scene, conclusion)
