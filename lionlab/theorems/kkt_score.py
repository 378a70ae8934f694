"""The KKT score S is λ times the Frank–Wolfe gap: how far the best linear step inside the set would still go.

    S(x) = K(−∇f) + ⟨λx, ∇f⟩ + K*(λx) = λ·max_v [⟨∇f, x − v⟩ + (K*(λx) − K*(λv))/λ]

For a norm K the maximum is over the set λv ∈ dom K* and both K* vanish: S = K(∇f) + λ⟨x, ∇f⟩ there.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from scipy.optimize import linprog

from ..convex import ConvexFunction, DeadzoneL1, Huber, L1Norm, LinfNorm, LpNorm, NuclearNorm, SquaredL2, TopKL1
from ..objectives import LeastSquaresMatrix
from ..precision import unit_roundoff
from ..problem import composite_value, constrained_minimum, stationarity_scores
from ._claim import Claim, Hypothesis, Measurement, Run, Wrong
from ._either_loss import DIM, ROWS, EitherLoss, logistic_regressions, quadratics
from ._observed_loss import breaks_convexity, pairs_in

Gauge = Callable[[np.ndarray], Any]
PLACES = ((0.5, 0.6), (2.0, 1.0), (1.0, 0.2), (0.1, 1.0))
"""λ, and how far towards the boundary of the set the point lies."""


@dataclass(frozen=True)
class Point:
    """A point x of the set, and what is known of K* in NumPy, without K.

    `penalty` is K* on its domain, `gauge(y)` the least r with y ∈ r·dom K*, `oracle(g)` the linear oracle's
    max ⟨−g, y⟩ − K*(y) over y = λv ∈ dom K*.
    """

    label: str
    objective: Any
    K: ConvexFunction
    weight_decay: float
    x: Any
    penalty: Gauge
    oracle: Gauge
    gauge: Gauge

    @functools.cached_property
    def gradient(self) -> np.ndarray:
        return np.asarray(self.objective.gradient(self.x))

    @property
    def y(self) -> np.ndarray:
        return self.weight_decay * self.x

    @functools.cached_property
    def score(self) -> float:
        """S(x) as the library computes it."""
        return float(stationarity_scores(self.objective, self.K, self.weight_decay, self.x[None])[0])

    @functools.cached_property
    def frank_wolfe_gap(self) -> float:
        """λ·gap = max over y' = λv of ⟨g, λx − y'⟩ + K*(λx) − K*(y'), by the oracle."""
        return self.oracle(self.gradient) + float(np.sum(self.gradient * self.y)) + self.penalty(self.y)

    @functools.cached_property
    def excess(self) -> float:
        """F(x) − F_ref, F_ref ≥ min F from an independent solver; NaN where that did not converge."""
        found = constrained_minimum(self.objective, self.K, self.weight_decay)
        value = composite_value(self.objective, self.K, self.weight_decay, self.x)
        return value - found.value if found.converged else np.nan

    @property
    def allowance(self) -> float:
        """A sum of n terms rounds by at most (n + 2)u of their sizes, on both sides; gradients of 20 rows likewise."""
        d, norm = self.x.size, float(np.linalg.norm(self.x))
        summed = abs(self.oracle(self.gradient)) + float(np.sum(np.abs(self.y * self.gradient))) + self.penalty(self.y)
        in_gradient = float(np.sqrt(d)) * (self.objective.smoothness or 1.0) * (1 + norm)
        reach = 1 + self.weight_decay * norm
        sizes = summed + reach * (in_gradient + float(np.linalg.norm(self.gradient)))
        return 4 * (ROWS + d) * unit_roundoff(np.float64) * sizes


def library_score(point: Point) -> float:
    return point.score


def box_by_programming(g: np.ndarray) -> float:
    return -linprog(g, bounds=[(-1, 1)] * g.size).fun


def cross_polytope_by_programming(g: np.ndarray) -> float:
    """y = p − q, p, q ≥ 0, Σ(p + q) ≤ 1."""
    return -linprog(np.concatenate([g, -g]), A_ub=np.ones((1, 2 * g.size)), b_ub=[1.0]).fun


def k_sparse_by_programming(k: int, g: np.ndarray) -> float:
    """y = p − q with p, q ∈ [0, 1] and Σ(p + q) ≤ k."""
    bounds = [(0, 1)] * (2 * g.size)
    return -linprog(np.concatenate([g, -g]), A_ub=np.ones((1, 2 * g.size)), b_ub=[float(k)], bounds=bounds).fun


def ball_by_holder(q: float, g: np.ndarray) -> float:
    """max ⟨−g, y⟩ over ‖y‖_q ≤ 1 at Hölder's maximiser, y ∝ −sign(g)|g|^{1/(q−1)}."""
    y = -np.sign(g) * np.abs(g) ** (1 / (q - 1))
    return float(-g @ (y / np.sum(np.abs(y) ** q) ** (1 / q)))


def candidates(
    values: Callable[[np.ndarray], np.ndarray], points: Callable[[np.ndarray], np.ndarray], g: np.ndarray
) -> float:
    """Entry by entry, the best of finitely many candidates for max −g y − k*(y) over |y| ≤ 1."""
    options = points(g)
    return float(np.sum(np.max(-g * options - values(options), axis=0)))


def deadzone_oracle(e: float, g: np.ndarray) -> float:
    """Piecewise linear in y: a corner is best."""
    return candidates(lambda y: e * np.abs(y), lambda g: np.multiply.outer([-1.0, 0.0, 1.0], np.ones_like(g)), g)


def huber_oracle(e: float, g: np.ndarray) -> float:
    """A parabola in y: its top if that lies in the interval, else an end."""
    return candidates(
        lambda y: e / 2 * y**2, lambda g: np.stack([np.clip(-g / e, -1, 1), -np.ones_like(g), np.ones_like(g)]), g
    )


def operator_ball(G: np.ndarray) -> float:
    """max ⟨−G, Y⟩ over ‖Y‖_op ≤ 1 at the polar factor of −G, found through the eigenvectors of GᵀG."""
    values, vectors = np.linalg.eigh(G.T @ G)
    Y = -G @ (vectors / np.sqrt(values)) @ vectors.T
    return float(-np.sum(G * Y))


def power_norm(p: float, y: np.ndarray) -> float:
    return float(np.linalg.norm(y, p))


def zero(y: np.ndarray) -> float:
    return 0.0


def points(run: Run) -> list[Point]:
    """Random points strictly inside and on the boundary, of convex losses."""
    rng = np.random.default_rng(run.seed)
    e = 0.3
    rows: list[tuple[str, ConvexFunction, Gauge, Gauge, Gauge]] = [
        ("‖·‖₁", L1Norm(), zero, box_by_programming, partial(power_norm, np.inf)),
        ("top-3", TopKL1(3), zero, partial(k_sparse_by_programming, 3),
         lambda y: max(np.abs(y).max(), np.abs(y).sum() / 3)),
        ("dead zone", DeadzoneL1(e), lambda y: e * np.abs(y).sum(), partial(deadzone_oracle, e),
         partial(power_norm, np.inf)),
        ("Huber", Huber(e), lambda y: e / 2 * (y @ y), partial(huber_oracle, e), partial(power_norm, np.inf)),
        ("‖·‖_3/2", LpNorm(1.5), zero, partial(ball_by_holder, 3.0), partial(power_norm, 3.0)),
        ("‖·‖₄", LpNorm(4.0), zero, partial(ball_by_holder, 4 / 3), partial(power_norm, 4 / 3)),
        ("‖·‖∞", LinfNorm(), zero, cross_polytope_by_programming, partial(power_norm, 1.0)),
        ("½‖·‖²", SquaredL2(), lambda y: y @ y / 2, lambda g: g @ g / 2, zero),
    ]  # fmt: skip
    losses = quadratics(1, run.seed) + logistic_regressions(1, run.seed)
    found = []
    for label, K, penalty, oracle, gauge in rows[:4] if run.is_quick else rows:
        for f in losses:
            for decay, radius in PLACES:
                raw = 3 * rng.normal(size=DIM)
                x = radius * raw / max(gauge(raw), 1.0) / decay
                named = f"{label}, {'quadratic' if f.share == 1 else 'logistic regression'}"
                found.append(Point(named, f, K, decay, x, penalty, oracle, gauge))
    if run.is_quick:
        return found
    matrix = LeastSquaresMatrix(rng.normal(size=(6, 3)), rng.normal(size=(6, 2)))
    raw = rng.normal(size=(3, 2))
    x = 0.9 * raw / np.linalg.norm(raw, 2) / 0.8
    operator_norm = partial(np.linalg.norm, ord=2)
    return [*found, Point("nuclear", matrix, NuclearNorm(), 0.8, x, zero, operator_ball, operator_norm)]


def certified_points(run: Run) -> list[Point]:
    """Those of the box and the sparse kinds: each kind takes one compilation of the reference solver."""
    kinds = (L1Norm, Huber) if run.is_quick else (L1Norm, Huber, DeadzoneL1, TopKL1)
    found = [point for point in points(run) if isinstance(point.K, kinds)]
    return [*found[1::2], *(as_good_as_linear(point) for point in found if point.objective.share == 1)]


def as_good_as_linear(point: Point) -> Point:
    """The same with the minimiser of the quadratic at 1e7 times the distance: F(x) − min F = S(x)/λ up to 1e-7."""
    f = point.objective
    far = EitherLoss(f.matrix, 1e7 * f.center, f.signed_features, f.share)
    return replace(point, label=f"{point.label}, its minimiser far away", objective=far)


def measure_equality(cases: Sequence[Point], run: Run, subject: Callable[[Point], float]) -> Measurement:
    worst, where = 0.0, None
    for point in cases:
        score = subject(point)
        ratio = float(np.max([abs(score - point.frank_wolfe_gap), -score]) / point.allowance)
        if not ratio <= worst:
            worst = ratio
            where = {"label": point.label, "x": point.x, "S": score, "λ·gap": point.frank_wolfe_gap}
        if np.isnan(worst):
            break
    return Measurement(worst, 1.0, len(cases), where)


def measure_gap(cases: Sequence[Point], run: Run, subject: Callable[[Point], float]) -> Measurement:
    worst, where = 0.0, None
    for point in cases:
        certified = subject(point) / point.weight_decay
        rounding = point.allowance / point.weight_decay
        # A negative bound of a positive excess is as wrong as can be.
        ratio = point.excess / (certified + rounding) if not certified < -rounding else np.inf
        if not ratio <= worst:
            worst, where = float(ratio), {"label": point.label, "x": point.x, "F − F_ref": point.excess}
        if np.isnan(worst):
            break
    return Measurement(worst, 1.0, len(cases), where)


def without_conjugate(point: Point) -> float:
    return point.score - point.penalty(point.y)


def without_decay(point: Point) -> float:
    return point.score + (1 - point.weight_decay) * float(np.sum(point.x * point.gradient))


def wrong_sign(point: Point) -> float:
    return point.score - 2 * float(np.sum(point.y * point.gradient))


def scaled(factor: float, point: Point) -> float:
    return factor * point.score


def not_convex(point: Point) -> str | None:
    return breaks_convexity(point.objective, pairs_in(np.stack([np.zeros_like(point.x), point.x])))


def outside(point: Point) -> str | None:
    gauge = float(point.gauge(point.y))
    rounding = 4 * (point.x.size + 8) * unit_roundoff(np.float64)
    return None if gauge <= 1 + rounding else f"λx is {gauge:.6g} times too large for dom K*; S is +inf there."


INSIDE = Hypothesis("λx lies in dom K*", outside)
SOURCE = "arXiv 2310.05898, §3; the KKT score of arXiv 2411.07724 and the Frank–Wolfe gap of arXiv 2506.04192"

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="kkt-score-is-frank-wolfe-gap",
        statement="S(x) = K(−∇f) + ⟨λx, ∇f⟩ + K*(λx) is ≥ 0, and is λ times the (generalised) Frank–Wolfe gap at x.",
        source=SOURCE,
        hypotheses=(INSIDE,),
        observable="the larger of |S − λ·gap| and max(−S, 0), over its rounding bound; the gap by a linear programme, "
        "Hölder's maximiser, candidates, or an eigendecomposition",
        tolerance="rounding: 4(20 + d)u times the sizes of what is summed in S and in ∇f",
        cases=points,
        measure=measure_equality,
        subject=library_score,
        wrongs=(
            Wrong("K*(λx) left out", without_conjugate),
            Wrong("λ left out: K(−∇f) + ⟨x, ∇f⟩ + K*(λx)", without_decay),
            Wrong("the sign of ⟨λx, ∇f⟩", wrong_sign),
            Wrong("S too large by one part in a million", partial(scaled, 1 + 1e-6)),
        ),
    ),
    Claim(
        id="kkt-score-bounds-the-gap",
        statement="For convex f, F(x) − min F ≤ S(x)/λ: the score certifies how far from the constrained optimum x is.",
        source=SOURCE,
        hypotheses=(INSIDE, Hypothesis("f is convex, and no pair of gradients shows otherwise", not_convex)),
        observable="largest (F(x) − F_ref)/(S(x)/λ), F_ref ≥ min F found by an independent solver",
        tolerance="1 by the theorem, rounding of S and ∇f added to S",
        cases=certified_points,
        measure=measure_gap,
        subject=library_score,
        wrongs=(
            Wrong("S smaller by one part in a million", partial(scaled, 1 - 1e-6)),
            Wrong("the sign of ⟨λx, ∇f⟩", wrong_sign),
            Wrong("S/λ multiplied by λ once more", lambda point: point.weight_decay * point.score),
        ),
    ),
)
