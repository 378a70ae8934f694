"""Every K, its conjugate, and the two sets they draw, with and without a formula.

Lion-K minimises f(x) + K*(λx)/λ on {x : λx ∈ dom K*} (arXiv 2310.05898, §3). Here K* and dom K* are found twice. Once
as for a K nobody has a formula for: from values and subgradients of K, every number between two certified bounds,

    ⟨y, z⟩ − K(z) ≤ K*(y) ≤ Σ w_i K*(g_i),   g_i ∈ ∂K(z_i),  y = Σ w_i g_i;        ⟨y, z⟩ > r(z)  ⇒  K*(y) = +inf,

r the recession function of K, which is K itself where K is homogeneous. And once by the formula, written out here in
NumPy and drawn dashed on top. The last three leave the catalogue; a formula was found for each of these too.

What to look at: the set {K ≤ 1} and dom K* of a norm are each other's polar, corners of one facing flat sides of the
other; below them, K* of a norm is 0 up to the edge and +inf beyond it, and K* of anything else rises before it ends.
Left out is `Truncated`, which is infinite outside a ball. Where K takes three entries or a matrix, sections are drawn.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lionlab import convex
from lionlab.conjugation import gauge
from lionlab.convex import CustomFunction, InfimalConvolution, NumericalConjugate
from lionlab.convex._numerical_oracle import oracle_of
from lionlab.plotting import COLORS, PAGE, THEORY, draw_curve
from lionlab.reproduction import Data, Experiment

Formula = Callable[[np.ndarray], np.ndarray]

THRESHOLD, SHARPNESS, SMOOTHING = 0.5, 2.0, 0.6
WEIGHTS, RADIUS = (0.6, 0.2), 0.6
CORNERS = np.array([[1.2, 0.2], [-0.9, 0.9], [-0.3, -1.1]])  # of the triangle that log-sum-exp keeps λx in
COLUMNS, FINE, TINY = 5, 64, 1e-9
SHADE = "#FBE6D8"
NUMERICAL: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 2.4, "color": COLORS["orange"]}
PROFILE = np.append(np.linspace(0, 0.96, 8), [1.06, 1.24])  # where K* is bracketed: shares of the way to the edge
DIRECTION = np.array([0.8, 0.6])


@dataclass(frozen=True)
class Entry:
    """One K on the plane spanned by the two rows of `plane`, and by formula the gauge of dom K* and K* inside it.

    `gauge` and `inside` take (n, d) points. `recession` is r for a K that is not homogeneous.
    """

    title: str
    function: convex.ConvexFunction
    gauge: Formula
    inside: Formula = lambda y: np.zeros(len(y))
    recession: convex.ConvexFunction | None = None
    plane: tuple[tuple[float, ...], ...] = ((1, 0), (0, 1))
    shape: tuple[int, ...] = (2,)


def norm(q: float) -> Formula:
    """‖y‖_q."""
    return lambda y: np.linalg.norm(y, q, axis=1)


def singular_norm(q: float) -> Formula:
    """The same of the singular values of 2×2 matrices, given as rows of four."""
    return lambda y: np.linalg.norm(np.linalg.svd(y.reshape(-1, 2, 2), compute_uv=False), q, axis=1)


def squares(weight: float) -> Formula:
    """A multiple of ‖y‖₂²."""
    return lambda y: weight * np.sum(y**2, axis=1)


def entropy(y: np.ndarray) -> np.ndarray:
    """K* of (1/b)Σ log cosh(bz_i)."""
    halves = [(1 + s * y) * np.log1p(s * y) for s in (-1, 1)]
    return sum(halves).sum(1) / (2 * SHARPNESS)


def barycentric(y: np.ndarray) -> np.ndarray:
    """The weights, of sum 1, with which the corners of the triangle make y."""
    return np.linalg.solve(np.vstack([CORNERS.T, np.ones(3)]), np.vstack([y.T, np.ones(len(y))])).T


def triangle_gauge(y: np.ndarray) -> np.ndarray:
    """The least r with y ∈ r·triangle: the weights are affine in y, and the first to vanish on the way out decides."""
    at_zero = barycentric(np.zeros((1, 2)))
    return np.max((at_zero - barycentric(y)) / at_zero, axis=1)


def triangle_entropy(y: np.ndarray) -> np.ndarray:
    """K* of log Σ p_i exp⟨a_i, z⟩, p the weights of 0: the relative entropy Σ w_i log(w_i/p_i)."""
    w, p = np.maximum(barycentric(y), 1e-300), barycentric(np.zeros((1, 2)))
    return np.sum(w * np.log(w / p), axis=1)


def rounded_box_gauge(y: np.ndarray) -> np.ndarray:
    """The least r with y ∈ r·(box of half-widths WEIGHTS + disc of RADIUS), by bisection."""
    low, high = np.zeros(len(y)), np.linalg.norm(y, axis=1) / RADIUS
    for _ in range(60):
        r = (low + high) / 2
        is_out = np.linalg.norm(np.maximum(np.abs(y) - r[:, None] * np.array(WEIGHTS), 0), axis=1) > r * RADIUS
        low, high = np.where(is_out, r, low), np.where(is_out, high, r)
    return high


def weighted_norms(z: Array) -> Array:
    """Σ w_i |z_i| + ρ‖z‖₂."""
    return jnp.sum(jnp.asarray(WEIGHTS, z.dtype) * jnp.abs(z)) + RADIUS * jnp.sqrt(jnp.sum(z**2))


def weighted_norms_slope(z: Array) -> Array:
    """An element of its subdifferential, 0 at 0."""
    size = jnp.sqrt(jnp.sum(z**2))
    return jnp.asarray(WEIGHTS, z.dtype) * jnp.sign(z) + RADIUS * z / jnp.where(size > 0, size, 1)


def log_sum_exp(z: Array) -> Array:
    """log Σ p_i exp⟨a_i, z⟩ for the corners a_i, 0 at 0; far out it grows as max ⟨a_i, z⟩."""
    return jax.nn.logsumexp(corners(z) @ z, b=jnp.asarray(barycentric(np.zeros((1, 2)))[0], z.dtype))


def corners(z: Array) -> Array:
    """CORNERS in z's dtype."""
    return jnp.asarray(CORNERS, z.dtype)


ROTATED = ((1, 0, 0, 1), (0, 1, 1, 0))  # the symmetric matrices [[a, b], [b, a]], of singular values |a ± b|
SHEARED = ((1, 0, 0, 1), (0, 1, 0, 0))  # the triangular matrices [[a, b], [0, a]]
BOX, DIAMOND, L1 = norm(np.inf), norm(1), convex.L1Norm()
ATLAS: dict[str, Entry] = {
    "L1Norm": Entry(r"$\|z\|_1$", L1, BOX),
    "LpNorm": Entry(r"$\|z\|_{1.3}$", convex.LpNorm(1.3), norm(1.3 / 0.3)),
    "L2Norm": Entry(r"$\|z\|_2$", convex.L2Norm(), norm(2)),
    "LinfNorm": Entry(r"$\|z\|_\infty$", convex.LinfNorm(), DIAMOND),
    "SortedL1Norm": Entry(
        r"sorted $\ell_1$", convex.SortedL1Norm([1.0, 0.5]), lambda y: np.maximum(BOX(y), DIAMOND(y) / 1.5)
    ),
    "TopKL1": Entry(
        "top 2, $(a, b, b)$", convex.TopKL1(2), lambda y: np.maximum(BOX(y), DIAMOND(y) / 2), shape=(3,),
        plane=((1, 0, 0), (0, 1, 1)),
    ),
    "GroupL2Norm": Entry(
        "groups, $(a, b, a{+}b)$", convex.GroupL2Norm([[0, 1], [2]]),
        lambda y: np.maximum(norm(2)(y[:, :2]), np.abs(y[:, 2])), plane=((1, 0, 1), (0, 1, 1)), shape=(3,),
    ),
    "NuclearNorm": Entry("nuclear, shear", convex.NuclearNorm(), singular_norm(np.inf), plane=SHEARED, shape=(2, 2)),
    "SpectralNorm": Entry("spectral, symmetric", convex.SpectralNorm(), singular_norm(1), plane=ROTATED, shape=(2, 2)),
    "SchattenNorm": Entry(
        "Schatten 1.3, shear", convex.SchattenNorm(1.3), singular_norm(1.3 / 0.3), plane=SHEARED, shape=(2, 2)
    ),
    "DeadzoneL1": Entry("dead zone", convex.DeadzoneL1(THRESHOLD), BOX, lambda y: THRESHOLD * DIAMOND(y), L1),
    "Huber": Entry("Huber", convex.Huber(THRESHOLD), BOX, squares(THRESHOLD / 2), L1),
    "PseudoHuber": Entry(
        "pseudo-Huber", convex.PseudoHuber(THRESHOLD), BOX, lambda y: THRESHOLD * np.sum(1 - np.sqrt(1 - y**2), 1), L1
    ),
    "LogCosh": Entry("log cosh", convex.LogCosh(SHARPNESS), BOX, entropy, L1),
    "SquaredL2": Entry(r"$\|z\|_2^2/2$", convex.SquaredL2(), lambda y: np.zeros(len(y)), squares(1 / 2)),
    "SeparableSum": Entry(
        r"$|z_1| + 1.3\,$Huber$(z_2)$",
        convex.SeparableSum([L1, convex.Scaled(convex.Huber(THRESHOLD), 1.3)], sizes=[1, 1]),
        lambda y: np.maximum(np.abs(y[:, 0]), np.abs(y[:, 1]) / 1.3), lambda y: THRESHOLD / 2.6 * y[:, 1] ** 2,
        convex.SeparableSum([L1, convex.Scaled(L1, 1.3)], sizes=[1, 1]),
    ),
    "MoreauEnvelope": Entry(
        r"envelope of $\|z\|_\infty$", convex.MoreauEnvelope(convex.LinfNorm(), SMOOTHING), DIAMOND,
        squares(SMOOTHING / 2), convex.LinfNorm(),
    ),
    "sum": Entry(
        r"$\Sigma w_i|z_i| + 0.6\|z\|_2$",
        CustomFunction(weighted_norms, weighted_norms_slope, is_positively_homogeneous=True), rounded_box_gauge,
    ),
    "log-sum-exp": Entry(
        "log-sum-exp", CustomFunction(log_sum_exp, is_smooth=True), triangle_gauge, triangle_entropy,
        CustomFunction(
            lambda z: jnp.max(corners(z) @ z), lambda z: corners(z)[jnp.argmax(corners(z) @ z)],
            is_positively_homogeneous=True,
        ),
    ),
    "infimal": Entry(
        r"dead zone □ $\|z\|_2$",
        InfimalConvolution([convex.Scaled(convex.DeadzoneL1(THRESHOLD), 0.8), convex.L2Norm()]),
        lambda y: np.maximum(BOX(y) / 0.8, norm(2)(y)), lambda y: THRESHOLD * DIAMOND(y),
        InfimalConvolution([convex.Scaled(L1, 0.8), convex.L2Norm()]),
    ),
}  # fmt: skip


def compute(seed: int, functions: str, directions: int) -> dict[str, Any]:
    """Both sets of every K in its plane, the numerical one in `directions` directions, and K* between bounds on a ray.

    `functions` names entries of the atlas, separated by spaces. Nothing here is random.
    """
    names = functions.split()
    unknown = sorted(set(names) - set(ATLAS))
    if unknown or not names:
        raise ValueError(f"functions must name some of {', '.join(ATLAS)}, separated by spaces, got {functions!r}.")
    rows = [_entry(ATLAS[name], directions) for name in names]
    return {"names": np.array(names)} | {key: np.stack([np.asarray(row[key]) for row in rows]) for key in rows[0]}


def _entry(entry: Entry, directions: int) -> dict[str, Any]:
    K, plane = entry.function, np.array(entry.plane, float)
    oracle = oracle_of(K, entry.shape)
    circle, coarse, ray = _circle(FINE), _circle(directions), DIRECTION @ plane
    # dom K* is that of the conjugate of r, whose gauge is the dual norm where r is a norm.
    r = K if K.is_positively_homogeneous else entry.recession
    found = [] if r is None else [gauge(oracle_of(r, entry.shape), y) for y in (*coarse @ plane, ray)]
    edges = np.array([[1 / one.upper, 1 / one.lower] for one in found] or [[np.inf, np.inf]] * (directions + 1))
    at = PROFILE * (edges[-1].mean() if found else 1.0)
    K_star = NumericalConjugate(K, recession=entry.recession)
    brackets = [K_star.bracket((t * ray).reshape(entry.shape)) for t in at]
    along = np.linspace(0, 1.3 * at[-1] / PROFILE[-1], FINE)
    return {
        "unit_set": _unit_radii(lambda z: oracle.evaluate(z)[0], circle @ plane)[:, None] * circle,
        "directions": coarse,
        "edges": edges[:-1],
        "edges_by_formula": 1 / np.maximum(entry.gauge(coarse @ plane), TINY),
        "domain": _circle(720) / np.maximum(entry.gauge(_circle(720) @ plane), TINY)[:, None],
        "at": at,
        "lower": [one.lower for one in brackets],
        "upper": [one.upper for one in brackets],
        "exact": _formula(entry, at[:, None] * ray),
        "along": along,
        "formula": _formula(entry, along[:, None] * ray),
        "K": oracle.evaluate(along[:, None] * ray)[0],
    }


def _circle(count: int) -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, count + 1)[:-1]
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _formula(entry: Entry, y: np.ndarray) -> np.ndarray:
    inside, found = entry.gauge(y) <= 1, np.full(len(y), np.inf)
    found[inside] = entry.inside(y[inside])
    return found


def _unit_radii(values: Formula, rays: np.ndarray) -> np.ndarray:
    """How far out K = 1 on every ray: bisection, K being convex and 0 at 0."""
    low, high = np.zeros(len(rays)), np.full(len(rays), 8.0)
    for _ in range(30):
        middle = (low + high) / 2
        is_in = values(middle[:, None] * rays) <= 1
        low, high = np.where(is_in, middle, low), np.where(is_in, high, middle)
    return low


def findings(data: Data) -> dict[str, float | int | str | bool]:
    """Per K the widest bracket of K*; and how far the formulas are from what was found, for which 0 is predicted."""
    inside = np.isfinite(data["exact"])
    exact, lower, upper = (np.where(inside, data[key], 0) for key in ("exact", "lower", "upper"))
    width = np.where(np.isfinite(upper), upper, np.inf) - np.where(np.isfinite(lower), lower, 0)
    shows = exact > 1e-3
    off = np.maximum(lower - exact, exact - upper) - 1e-14 * (1 + exact)  # the formula is rounded, too
    bounded = np.isfinite(data["edges"][..., 0])
    (near, far), radii = data["edges"][bounded].T, data["edges_by_formula"][bounded]
    off_edge = np.maximum(near - radii, radii - far) / radii - 1e-14
    widest = {f"{name}: widest bracket of K*": float(width[i].max()) for i, name in enumerate(data["names"])}
    return {
        **widest,
        "widest bracket over K*, where K* > 0.001": float(np.max(width[shows] / exact[shows], initial=0)),
        "formula of K* outside a bracket by (predicted 0)": float(np.max(off, initial=0)),
        "edge of dom K* known to, relative": float(np.max((far - near) / near, initial=0)),
        "formula of dom K* outside those bounds by (predicted 0)": float(np.max(off_edge, initial=0)),
        "points outside not certified +inf (predicted 0)": int(np.sum(~np.isposinf(data["lower"][~inside]))),
        "points inside without an upper bound (predicted 0)": int(np.sum(~np.isfinite(data["upper"][inside]))),
    }


def draw(data: Data) -> Figure:
    """For every K the two sets in its plane, and below them K and K* along a ray."""
    count, rows = len(data["names"]), -(-len(data["names"]) // COLUMNS)
    height = 0.55 + 2.2 * rows
    figure = Figure(figsize=(PAGE, height))
    # Panels of one size, whatever their labels: a constrained layout would fit each row to its own.
    frame = {"left": 0.05, "right": 0.985, "top": 1 - 0.25 / height, "bottom": 0.6 / height}
    cells = figure.add_gridspec(rows, COLUMNS, **frame, hspace=0.21, wspace=0.2)
    for i, name in enumerate(data["names"]):
        inner = cells[divmod(i, COLUMNS)].subgridspec(2, 1, height_ratios=(1.6, 1), hspace=0.2)
        sets, profile = (figure.add_subplot(part) for part in inner)
        _draw_sets(sets, data, i)
        _draw_profile(profile, data, i)
        sets.set_title(ATLAS[str(name)].title, fontsize=7.5, pad=3)
        if i % COLUMNS == 0:
            sets.set_ylabel("$b$", labelpad=-3)
            profile.set_ylabel("$K$ and $K^*$", labelpad=3)
        if i + COLUMNS >= count:
            profile.set_xlabel("$t$", labelpad=-1)
    handles = [*figure.axes[0].get_lines(), *figure.axes[1].get_lines()]
    kept = {line.get_label(): line for line in handles if not str(line.get_label()).startswith("_")}
    figure.legend(kept.values(), kept.keys(), loc="lower center", ncols=len(kept), columnspacing=1.4)
    return figure


def _draw_sets(axes: Axes, data: Data, i: int) -> None:
    blue = {"color": COLORS["blue"], "linestyle": "-", "label": "$K = 1$; below: $K$"}
    draw_curve(axes, data["unit_set"][i], **blue)
    extent = max(1.25, 1.08 * np.abs(data["unit_set"][i]).max())
    if np.isfinite(data["edges"][i]).all():
        found = data["edges"][i].mean(axis=1)[:, None] * data["directions"][i]
        axes.fill(*data["domain"][i].T, color=SHADE, linewidth=0, zorder=0)
        axes.plot(*found.T, **NUMERICAL, label="edge of dom $K^*$; below: $K^*$; numerical")
        draw_curve(axes, data["domain"][i], label="by formula", linewidth=0.8)
        extent = max(extent, 1.08 * np.abs(found).max())
    else:
        axes.set_facecolor(SHADE)
    axes.set(aspect="equal", xlim=(-extent, extent), ylim=(-extent, extent), xticks=(-1, 0, 1), yticks=(-1, 0, 1))
    axes.tick_params(labelsize=6, length=2, pad=1.5)


def _draw_profile(axes: Axes, data: Data, i: int) -> None:
    at, lower, upper, along, top = data["at"][i], data["lower"][i], data["upper"][i], data["along"][i], 1.05
    axes.plot(along, data["K"][i], color=COLORS["blue"], linewidth=1.0)
    finite, outside = np.isfinite(upper), np.isposinf(lower)
    axes.plot(at[finite], (lower[finite] + upper[finite]) / 2, **NUMERICAL, clip_on=False)
    certified = {**NUMERICAL, "marker": "^", "label": r"$K^* = +\infty$, certified"}
    axes.plot(at[outside], 0.95 * top + 0 * at[outside], **certified)
    formula, is_inside = data["formula"][i], np.isfinite(data["formula"][i])
    if not is_inside.all():
        axes.axvspan(along[is_inside][-1], along[-1], color="#EEEEEE", linewidth=0, zorder=0)
    axes.plot(along[is_inside], formula[is_inside], **{**THEORY, "linewidth": 0.8, "zorder": 5}, clip_on=False)
    axes.set(xlim=(0, along[-1]), ylim=(0, top), xticks=(0, 0.5) if along[-1] < 1 else (0, 1), yticks=(0, 1))
    axes.tick_params(labelsize=6, length=2, pad=1.5)


EXPERIMENT = Experiment(
    stem="conjugate_atlas",
    title="K, its conjugate and the set that weight decay keeps, computed from K alone",
    caption=(
        "K and its conjugate K*(y) = sup ⟨y, z⟩ − K(z), found from values and subgradients of K between bounds far "
        "narrower than a dot, and by formula (theory, dashed). Upper panels: the curve K = 1, and dom K*, which Lion-K "
        "keeps λx in, shaded; where K takes three entries or a 2×2 matrix, a section by points (a, b): as named above "
        "it, symmetric [[a, b], [b, a]], or shear [[a, b], [0, a]]. Lower panels: K and K* at t·(0.8, 0.6); grey is "
        "outside dom K*, where K* = +∞. The last three are outside the catalogue: a weighted ℓ1 norm plus 0.6‖·‖₂, a "
        "log-sum-exp that keeps a triangle, and an infimal convolution (□) that keeps an intersection."
    ),
    compute=compute,
    findings=findings,
    draw=draw,
    parameters={"functions": " ".join(ATLAS), "directions": 24},
    quick={"functions": "L1Norm DeadzoneL1 log-sum-exp", "directions": 8},
)
