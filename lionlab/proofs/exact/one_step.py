"""One step of Lion-K from a stored state, in numbers that lose nothing, and every part of the ledger of H there.

    H(x, m) = f(x) + K*(λx)/λ + c [K*(λx) + K(m) − ⟨λx, m⟩],     c = ηβ1 / (ηλ(1−β1) + 1−β2)

with η/(1−ηλ) for η where decay is explicit. A float is a rational number, so the state a run stored is exact, and so
is the step taken from it here: what is found holds or fails with no tolerance at all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from ..coefficients import Coefficients
from .functions import ConvexPair, Vector, inner


@dataclass(frozen=True)
class Quadratic:
    """f(x) = ½⟨x−C, A(x−C)⟩, A a symmetric matrix in rows, with a bound L ≥ ‖A‖ on its curvature."""

    matrix: Sequence[Vector]
    center: Vector
    smoothness: Any

    def gradient(self, x: Vector) -> Vector:
        off = [a - b for a, b in zip(x, self.center, strict=True)]
        return tuple(inner(row, off) for row in self.matrix)

    def value(self, x: Vector) -> Any:
        off = [a - b for a, b in zip(x, self.center, strict=True)]
        return inner(off, self.gradient(x)) / 2


@dataclass(frozen=True)
class Constants:
    """η, λ, β1, β2 and whether decay is explicit."""

    eta: Any
    lam: Any
    beta1: Any
    beta2: Any
    is_explicit: bool


class Step(NamedTuple):
    """m̃⁺ = β1 m − (1−β1) g, u ∈ ∂K(m̃⁺), x⁺ and m⁺."""

    m_tilde: Vector
    u: Vector
    x: Vector
    m: Vector


def step(K: ConvexPair, k: Constants, x: Vector, m: Vector, g: Vector) -> Step:
    """One step from (x, m) with gradient g."""
    m_tilde = tuple(k.beta1 * a - (1 - k.beta1) * b for a, b in zip(m, g, strict=True))
    u = K.slope(m_tilde)
    m_next = tuple(k.beta2 * a - (1 - k.beta2) * b for a, b in zip(m, g, strict=True))
    if k.is_explicit:
        x_next = tuple(a + k.eta * (b - k.lam * a) for a, b in zip(x, u, strict=True))
    else:
        x_next = tuple((a + k.eta * b) / (1 + k.eta * k.lam) for a, b in zip(x, u, strict=True))
    return Step(m_tilde, u, x_next, m_next)


class Parts(NamedTuple):
    """Values and inner products of one step: u ∈ ∂K(m̃⁺), w ∈ ∂K(m⁺), z ∈ ∂K*(y⁺), y = λx, before (0) and after (1).

    `eta` is η′ where decay is explicit, `c` and `a` = 1 + cλ the theorem's constants, `weight` 1/λ, or 0 at λ = 0.
    """

    f0: Any
    f1: Any
    K_star0: Any
    K_star1: Any
    K0: Any
    K1: Any
    y_m0: Any
    y_m1: Any
    u_m_tilde: Any
    u_z: Any
    y_m_tilde: Any
    y_z: Any
    u_dm: Any
    w_dm: Any
    z_dy: Any
    g_dx: Any
    dx_dx: Any
    eta: Any
    c: Any
    a: Any
    weight: Any
    smoothness: Any


class Pieces(Parts):
    """`Parts` that remember what `terms` needs of them whatever the coefficients."""

    @cached_property
    def amounts(self) -> "Amounts":
        return _amounts(self)


def pieces(K: ConvexPair, f: Quadratic, k: Constants, x: Vector, m: Vector) -> Pieces | None:
    """The pieces of the step from (x, m); None where λx lies outside dom K*, and H is infinite.

    **Raises:** `ArithmeticError` where a step leads out of dom K*, which no step does.
    """
    g = f.gradient(x)
    after = step(K, k, x, m, g)
    eta = k.eta / (1 - k.eta * k.lam) if k.is_explicit else k.eta
    c = eta * k.beta1 / (eta * k.lam * (1 - k.beta1) + 1 - k.beta2)
    y, y_next = tuple(k.lam * each for each in x), tuple(k.lam * each for each in after.x)
    zero = 0 * eta
    if k.lam == 0:
        K_star, weight, z = (zero, zero), zero, tuple(zero for _ in x)
    else:
        found = K.conjugate(y), K.conjugate(y_next)
        if found[0] is None:
            return None
        if found[1] is None:
            raise ArithmeticError(f"a step from λx = {y} inside dom K* ends outside it, at {y_next}.")
        K_star, weight, z = found, 1 / k.lam, K.conjugate_slope(y_next)
    # At β1 = β2 both momenta are one, and another element of ∂K at a tie would break the equality.
    w = after.u if k.beta1 == k.beta2 else K.slope(after.m)
    dx, dm, dy = (
        tuple(b - a for a, b in zip(*pair, strict=True)) for pair in ((x, after.x), (m, after.m), (y, y_next))
    )
    return Pieces(
        f.value(x), f.value(after.x), *K_star, K.value(m), K.value(after.m), inner(y, m), inner(y_next, after.m),
        inner(after.u, after.m_tilde), inner(after.u, z), inner(y_next, after.m_tilde), inner(y_next, z),
        inner(after.u, dm), inner(w, dm), inner(z, dy), inner(g, dx), inner(dx, dx),
        eta, c, 1 + c * k.lam, weight, f.smoothness,
    )  # fmt: skip


class Terms(NamedTuple):
    """ΔH and the five terms it is the sum of; `cap` is (L/2)‖x⁺−x‖², the most that `loss` can be."""

    change: Any
    first: Any  # −η′aΔ1 ≤ 0
    second: Any  # −η′bΔ2 = −c⟨u−w, m⁺−m⟩ ≤ 0 for β1 ≤ β2
    loss: Any  # D_f(x⁺; x)
    conjugate: Any  # −(1/λ+c) D_K*(λx; λx⁺) ≤ 0
    momentum: Any  # −c D_K(m; m⁺) ≤ 0
    cap: Any


class Amounts(NamedTuple):
    """What each of the `Coefficients` multiplies, by its name, and the `Terms` in which all of them are 1."""

    factors: dict[str, Any]
    terms: Terms


def _amounts(p: Parts) -> Amounts:
    K_star, K, y_m = p.K_star1 - p.K_star0, p.K1 - p.K0, p.y_m1 - p.y_m0
    parts = {
        "loss": p.f1 - p.f0,
        "penalty": p.weight * K_star,
        "conjugate": p.c * K_star,
        "momentum": p.c * K,
        "product": -p.c * y_m,
    }
    others = {
        "first": -p.eta * p.a * (p.u_m_tilde - p.u_z - p.y_m_tilde + p.y_z),
        "second": -p.c * (p.u_dm - p.w_dm),
        "slack": p.smoothness / 2 * p.dx_dx,
    }
    plain = Terms(
        change=sum(parts.values(), 0 * p.c),
        first=others["first"],
        second=others["second"],
        loss=p.f1 - p.f0 - p.g_dx,
        conjugate=-(p.weight + p.c) * (p.z_dy - K_star),
        momentum=-p.c * (p.w_dm - K),
        cap=others["slack"],
    )
    return Amounts(parts | others, plain)


def terms(p: Pieces, factors: Coefficients, number: Callable[[Any], Any] = Fraction) -> Terms:
    """The terms with the coefficients of H and of its rates as given; all 1 is the theorem. `number` is that of K."""
    found = p.amounts.terms
    for field in fields(factors):
        error = getattr(factors, field.name) - 1
        if error:
            name = IN_TERMS.get(field.name, "change")
            added = getattr(found, name) + number(error) * p.amounts.factors[field.name]
            found = found._replace(**{name: added})
    return found


# The term that a coefficient is in, where that is not the change of H.
IN_TERMS = {"first": "first", "second": "second", "slack": "cap"}
