"""Runs in one coordinate and exact fractions in which a wrong bound is seen to fail; they share nothing with the terms.

Each is a run that a true theorem allows and uses up: a step that lands on the minimum of H, an outward push, a cycle.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction

from ..coefficients import Coefficients

ONE, HALF = Fraction(1), Fraction(1, 2)
# λx for x and u, with the interval dom K* they lie in: K = |z|, max(z, 0), max(z, 2z).
INTERVALS = ((-ONE, ONE), (0 * ONE, ONE), (ONE, 2 * ONE))

Numbers = Mapping[str, str]


def written(**numbers: object) -> dict[str, str]:
    """Numbers as exact text."""
    return {name.replace("_", " "): str(number) for name, number in numbers.items()}


def step_to_the_minimum(factors: Coefficients) -> Numbers | None:
    """One step, T = 1, that ends where H has its minimum 0: the mean's bound is an equality, whatever η.

    K = |·|, f = (L/2)(x − C)², x⁺ = C, m⁺ = 0, w = 1 ∈ ∂K(0) as m > 0, and u = −1, so that Δ₂ > 0. None where the
    wrong H has no lower bound, for which nothing is claimed.
    """
    if factors.loss < 0 or abs(factors.product) > factors.momentum:
        return None
    η, λ, β1, β2, m = Fraction(1, 10), HALF, HALF, Fraction(9, 10), ONE
    for center in (-ONE, HALF):
        x = center * (1 + η * λ) + η
        g = β2 * m / (1 - β2)
        L = g / (x - center)
        ahead, m_next = β1 * m - (1 - β1) * g, β2 * m - (1 - β2) * g
        u, w, velocity = -ONE, ONE, -1 - λ * center
        if not (ahead < 0 and m_next == 0 and (x + η * u) / (1 + η * λ) == center and abs(λ * x) <= 1):
            continue
        c = η * β1 / (η * λ * (1 - β1) + 1 - β2)
        a, b = 1 + c * λ, c * (1 - β2) / (η * (β2 - β1))
        # ∂K*(λx⁺) = {0} inside the box.
        rates = factors.first * a * (u - λ * center) * ahead + factors.second * b * (u - w) * (ahead - m_next)
        start = factors.loss * L / 2 * (x - center) ** 2 + c * (factors.momentum * m - factors.product * λ * x * m)
        bound = start / η + factors.slack * L * η / 2 * velocity**2
        if rates > bound:
            shown = written(x=x, m=m, η=η, λ=λ, L=L, C=center, left_side=rates, right_side=bound)
            return {**shown, "β₁": str(β1), "β₂": str(β2), "K": "|z|", "f": "(L/2)(x − C)²", "T": "1", "inf H": "0"}
    return None


def outward_step(claimed: Callable[[Fraction], Fraction], is_explicit: bool) -> Numbers | None:
    """Steps with K = |·| from λx outside [−1, 1], pushed outward: the distance shrinks by the factor and no more."""
    for t in (Fraction(1, 10), HALF):
        y = 2 * ONE
        y_next = y + t * (1 - y) if is_explicit else (y + t) / (1 + t)
        before, after = y - 1, max(abs(y_next) - 1, 0 * ONE)
        if after != claimed(t) * before:
            return {"K": "|z|", "ηλ": str(t), "λx": str(y), "u": "1",
                    **written(left_side=after, right_side=claimed(t) * before)}  # fmt: skip
    return None


def outward_flow(rate: Fraction | int) -> Numbers | None:
    """d/dt of dist(λx) at t = s under an outward push, K = |·| and λx = 2: −λ·dist, against −rate·λ·dist."""
    λ, y = HALF, 2 * ONE
    left, right = λ * (1 - y), -rate * λ * (y - 1)
    if left == right:
        return None
    return {"K": "|z| beyond 1", "λx": str(y), "u": "1", **written(λ=λ, left_side=left, right_side=right)}


def step_from_inside(push: Fraction | int | None) -> Numbers | None:
    """Explicit steps between the ends of dom K*, an interval; for None with ηλ = 3."""
    t = HALF if push is not None else 3 * ONE
    for low, high in INTERVALS:
        for y in (low, high):
            for u in (low, high):
                y_next = (1 - t) * y + (1 if push is None else push) * t * u
                if not low <= y_next <= high:
                    return {"dom K*": f"[{low}, {high}]", "ηλ": str(t), "λx": str(y), "u": str(u), "λx⁺": str(y_next)}
    return None


def lion(x: Fraction, m: Fraction, slope: Fraction, rates: tuple[Fraction, ...]) -> tuple[Fraction, Fraction]:
    """One step of Lion with explicit decay; `rates` are η, λ, β₁, β₂."""
    η, λ, β1, β2 = rates
    ahead = β1 * m - (1 - β1) * slope
    u = (ahead > 0) - (ahead < 0)
    return x + η * (u - λ * x), β2 * m - (1 - β2) * slope


def wrong_orbit(
    orbit: Callable[..., tuple[Fraction, Fraction]], admits: Callable[..., bool], coupling: Fraction | int
) -> Numbers | None:
    """A step from the claimed orbit that leads elsewhere than to its other point, or a deviation mapped otherwise."""
    a, η, λ = 2 * ONE, Fraction(1, 10), HALF
    for β1, β2 in ((Fraction(9, 10), Fraction(99, 100)), (Fraction(9, 10), HALF), (0 * ONE, HALF)):
        where = {"a": a, "η": η, "λ": λ, "β₁": β1, "β₂": β2}
        if not admits(where):
            continue
        rates = (η, λ, β1, β2)
        x, m = orbit(where)
        x_next, m_next = lion(x, m, a * x, rates)
        shown = {name: str(number) for name, number in where.items()} | written(x=x, m=m)
        if (x_next, m_next) != (-x, -m):
            return {**shown, "x⁺": str(x_next), "m⁺": str(m_next)}
        off = x / 1000
        moved, expected = lion(x + off, m, a * (x + off), rates)[1] - m_next, -coupling * (1 - β2) * a * off
        if moved != expected:
            return {**shown, "δx": str(off), **written(left_side=moved, right_side=expected)}
    return None


def wrong_floor(step: Fraction, size: Callable[..., Fraction]) -> Numbers | None:
    """Lion's two-cycle: |x⁺| + (1−ηλ)|x| = η, and the mean of the score is ac(1 + λc) over any number of steps."""
    a, η, λ, β1, β2 = 2 * ONE, Fraction(1, 10), HALF, Fraction(9, 10), Fraction(99, 100)
    where = {"a": a, "η": η, "λ": λ}
    c = η / (2 - η * λ)
    m = c * (1 - β2) * a / (1 + β2)
    x_next, m_next = lion(c, m, a * c, (η, λ, β1, β2))
    if (x_next, m_next) != (-c, -m):
        return None
    shown = {name: str(number) for name, number in where.items()} | {"β₁": str(β1), "β₂": str(β2)} | written(x=c, m=m)
    met = abs(x_next) + (1 - η * λ) * c
    if met < step * η:
        return {**shown, **written(left_side=step * η, right_side=met)}
    claimed, T = size(where) * c, Fraction(10**15)
    mean = a * c * (1 + λ * c)
    bound = a * claimed * (1 + λ * claimed) - a * (1 + 2 * λ * claimed) / (λ * (2 - η * λ) * T)
    return {**shown, "T": str(T), **written(left_side=bound, right_side=mean)} if mean < bound else None
