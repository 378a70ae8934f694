"""One loss, many K: the convex function is the constraint.

Lion-K moves along a subgradient of K, and thereby minimises f(x) + K*(λx)/λ (arXiv 2310.05898, §3 and table 2). So one
may read the constraint off K before running anything:

    K                         ∇K(m̃)                     K* and what it asks of x
    ‖z‖₁            (Lion)    sign(m̃)                   ‖x‖∞ ≤ 1/λ
    ‖z‖_p                     a power of |m̃|, signed    ‖x‖_q ≤ 1/λ, 1/p + 1/q = 1
    Σ max(|z_i|−e, 0)         sign, 0 if |m̃_i| ≤ e      ‖x‖∞ ≤ 1/λ, and the penalty e‖x‖₁
    k largest |z_i|           sign on those k           ‖x‖₁ ≤ k/λ, ‖x‖∞ ≤ 1/λ
    Σ huber_e(z_i)            clip(m̃, ±e)/e             ‖x‖∞ ≤ 1/λ, and the penalty (eλ/2)‖x‖²

The first row of the figure runs each of these on the same quadratic from the same point outside; the dashed set is
drawn from the right column, the star is the optimum an independent solver finds for it. The step size is annealed,
because at a constant one the sign keeps chattering at a distance of order η.

What to look at: in (f) the sets of ‖·‖_p for p = 1, 1.2, …, 2 morph from Lion's square to the disc of normalised
momentum, and the limit moves along with them. In (g) every run closes in on optimality: S is the Fenchel–Young gap
K(−∇f) + ⟨λx, ∇f⟩ + K*(λx), zero exactly at the optimum. It stalls at the rounding floor where ∇K is continuous at the
solution, and follows the step size down where the sign must go on switching.
"""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.optimize import brentq

from lionlab import (
    DeadzoneL1,
    Huber,
    L1Norm,
    LionK,
    LpNorm,
    Quadratic,
    TopKL1,
    constrained_minimum,
    kkt_residuals,
    simulate,
)
from lionlab.convex import ConvexFunction
from lionlab.plotting import COLORS, CYCLE, PAGE, draw_contours, draw_curve, draw_path, label_panels, new_rows
from lionlab.problem import stationarity_scores
from lionlab.reproduction import Data, Experiment

LOSS = Quadratic([[1.0, -0.4], [-0.4, 2.0]], [2.2, 0.9])
START = np.array([-1.8, 2.1])
THRESHOLD = 0.8  # e of the dead zone and of Huber, in units of the momentum
# The paper's table; the exponent is also one of the family's, so that it is compiled once.
TABLE: dict[str, ConvexFunction] = {
    "L1Norm": L1Norm(),
    "LpNorm(1.6)": LpNorm(1.6),
    "DeadzoneL1": DeadzoneL1(THRESHOLD),
    "TopKL1(1)": TopKL1(1),
    "Huber": Huber(THRESHOLD),
}
TITLES = (r"$\|z\|_1$", r"$\|z\|_{1.6}$", "dead zone", "top 1", "Huber")
SET_EXPONENTS = (np.inf, 1.6 / 0.6, np.inf, 1.0, np.inf)  # q of the set ‖x‖_q ≤ 1/λ that each K keeps in the plane
STYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))
EXTENT = (-2.4, 2.6)  # of the drawn plane, in both coordinates
OPTIMUM: dict[str, Any] = {"marker": "*", "color": COLORS["black"], "markerfacecolor": "none", "zorder": 6}


def compute(
    seed: int,
    functions: str,
    exponents: str,
    weight_decay: float,
    num_steps: int,
    first_step_size: float,
    last_step_size: float,
) -> dict[str, Any]:
    """Paths, scores, limits and optima for rows of the table and for members of the ℓp family.

    `functions` and `exponents` name them, separated by spaces. Nothing here is random.
    """
    table, family = _table_rows(functions), [float(p) for p in exponents.split()]
    family_names = ["L1Norm" if p == 1 else f"LpNorm({p:g})" for p in family]
    kinds = {name: TABLE[name] for name in table}
    kinds |= {name: TABLE.get(name, LpNorm(p)) for name, p in zip(family_names, family, strict=True)}
    names = list(kinds)

    def step_size(step: Any) -> Any:
        return first_step_size * (last_step_size / first_step_size) ** (step / num_steps)

    # Close together at first and sparse later, for smooth lines and for a logarithmic axis.
    recorded = np.concatenate([[0], np.unique(np.geomspace(1, num_steps, 400).round().astype(int))])
    states = {
        name: np.asarray(simulate(LionK(K, step_size, weight_decay), LOSS, START, num_steps, record=("x",)).x)
        for name, K in kinds.items()
    }
    paths = np.stack([states[name][recorded] for name in table])
    limits = np.stack([states[name][-1] for name in names])
    residuals = [kkt_residuals(LOSS, K, weight_decay, x) for K, x in zip(kinds.values(), limits, strict=True)]
    # Rows of the table: the library's solver. The family: one root along the boundary. Some p is in both.
    solved = {
        name: constrained_minimum(LOSS, K, weight_decay, tolerance=1e-14).x
        for name, K in kinds.items()
        if name in TABLE
    }
    roots = {
        name: lq_ball_minimum(dual_exponent(p), 1 / weight_decay)
        for name, p in zip(family_names, family, strict=True)
        if p > 1
    }
    return {
        "names": np.array(names),
        "table": np.array([list(TABLE).index(name) for name in table]),
        "family": np.array([names.index(name) for name in family_names]),
        "exponents": np.array(family),
        "weight_decay": np.float64(weight_decay),
        "recorded_steps": recorded,
        "paths": paths,
        "scores": np.stack(
            [
                stationarity_scores(LOSS, TABLE[name], weight_decay, path)
                for name, path in zip(table, paths, strict=True)
            ]
        ),
        "limits": limits,
        "optima": np.stack([(roots | solved)[name] for name in names]),
        # K* at the nearest point of the set, whose distance is reported beside it: rounding may leave a limit outside.
        "limit_scores": np.array([residual.raw_score for residual in residuals]),
        "feasibility": np.array([residual.feasibility for residual in residuals]),
        "dual_norms": np.array([dual_norm(K, weight_decay * x) for K, x in zip(kinds.values(), limits, strict=True)]),
        "solver_disagreement": np.array([np.linalg.norm(solved[name] - roots[name]) for name in {*solved} & {*roots}]),
        "table_sets": np.stack([lq_ball(SET_EXPONENTS[list(TABLE).index(name)], 1 / weight_decay) for name in table]),
        "family_sets": np.stack([lq_ball(dual_exponent(p), 1 / weight_decay) for p in family]),
        **_landscape(),
    }


def _table_rows(functions: str) -> list[str]:
    names = functions.split()
    unknown = sorted(set(names) - set(TABLE))
    if unknown or not names:
        raise ValueError(f"functions must name some of {', '.join(TABLE)}, separated by spaces, got {functions!r}.")
    return names


def dual_exponent(p: float) -> float:
    """q with 1/p + 1/q = 1."""
    return np.inf if p == 1 else p / (p - 1)


def lq_ball(q: float, radius: float, num_points: int = 361) -> np.ndarray:
    """The boundary of ‖x‖_q ≤ radius, (n, 2) points at evenly spaced angles."""
    angles = np.linspace(0, 2 * np.pi, num_points)
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return radius * directions / np.linalg.norm(directions, ord=q, axis=1, keepdims=True)


def lq_ball_minimum(q: float, radius: float) -> np.ndarray:
    """argmin f on ‖x‖_q ≤ radius, 1 < q < ∞: f's own minimiser, or the point of the boundary where f's derivative along
    the boundary changes sign, one root by SciPy's brentq.
    """
    if np.linalg.norm(LOSS.center, ord=q) <= radius:
        return LOSS.center

    def point_and_tangent(angle: float) -> tuple[np.ndarray, np.ndarray]:
        w, turned = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
        norm = float(np.sum(np.abs(w) ** q) ** (1 / q))
        slope = norm ** (1 - q) * float(np.sum(np.abs(w) ** (q - 1) * np.sign(w) * turned))
        return radius * w / norm, radius * (turned * norm - w * slope) / norm**2

    def derivative(angle: float) -> float:
        point, tangent = point_and_tangent(angle)
        return float(tangent @ LOSS.matrix @ (point - LOSS.center))

    boundary = lq_ball(q, radius) - LOSS.center
    nearest = (
        2 * np.pi * int(np.argmin(np.einsum("ai,ij,aj->a", boundary, LOSS.matrix, boundary))) / (len(boundary) - 1)
    )
    return point_and_tangent(brentq(derivative, nearest - 0.05, nearest + 0.05, xtol=1e-15, rtol=1e-15))[0]


def dual_norm(K: ConvexFunction, y: np.ndarray) -> float:
    """The norm whose unit ball is dom K*: 1 where the limit uses all the room that the constraint leaves."""
    if isinstance(K, LpNorm):
        return float(np.linalg.norm(y, ord=dual_exponent(K.p)))
    if isinstance(K, TopKL1):
        return max(float(np.abs(y).max()), float(np.abs(y).sum()) / K.k)
    return float(np.abs(y).max())


def _landscape() -> dict[str, Any]:
    axis = np.linspace(*EXTENT, 51)
    points = np.stack(np.meshgrid(axis, axis), axis=-1) - LOSS.center
    loss = np.einsum("abi,ij,abj->ab", points, LOSS.matrix, points) / 2
    return {"grid": axis, "grid_loss": loss, "levels": np.geomspace(loss.max() / 400, loss.max(), 10)}


def findings(data: Data) -> dict[str, float | int | str | bool]:
    """Per K: the score S of the limit (prediction 0), its distance to the reference optimum, ‖λx‖_dual."""
    table: dict[str, float | int | str | bool] = {}
    distances = np.linalg.norm(data["limits"] - data["optima"], axis=1)
    for i, name in enumerate(data["names"]):
        table[f"{name}: S at the limit (predicted 0)"] = float(data["limit_scores"][i])
        table[f"{name}: distance to the reference optimum"] = float(distances[i])
        table[f"{name}: norm of λx in the norm of its set (predicted 1)"] = float(data["dual_norms"][i])
    return table | {
        "largest S": float(data["limit_scores"].max()),
        "largest distance outside the set": float(data["feasibility"].max()),
        "disagreement of the two reference solvers": float(data["solver_disagreement"].max(initial=0.0)),
    }


def draw(data: Data) -> Figure:
    """(a)–(e) the paper's table, (f) the ℓp family, (g) the approach to optimality."""
    letters = "abcde"[: len(data["table"])]
    last = [chr(ord(letters[-1]) + 1), chr(ord(letters[-1]) + 2)]
    figure, axes = new_rows((list(letters), last), width=PAGE, height=4.0, width_ratios=(None, (2, 3)))
    for i, letter in enumerate(letters):
        _draw_run(axes[letter], data, i)
        axes[letter].set_title(TITLES[data["table"][i]])
        axes[letter].tick_params(labelleft=letter == "a")
    axes["a"].set_ylabel("$x_2$")
    _draw_family(axes[last[0]], data)
    _draw_scores(axes[last[1]], data)
    label_panels(np.array(list(axes.values())))
    return figure


def _draw_run(axes: Axes, data: Data, i: int) -> None:
    draw_contours(axes, data["grid"], data["grid"], data["grid_loss"], data["levels"])
    draw_curve(axes, data["table_sets"][i])
    draw_path(axes, data["paths"][i], color=COLORS[CYCLE[data["table"][i]]])
    axes.plot(*data["optima"][i], **OPTIMUM, markersize=9)
    axes.set(aspect="equal", xlim=EXTENT, ylim=EXTENT, xticks=(-2, 0, 2), yticks=(-2, 0, 2), xlabel="$x_1$")


def _draw_family(axes: Axes, data: Data) -> None:
    draw_contours(axes, data["grid"], data["grid"], data["grid_loss"], data["levels"])
    for i, (run, p) in enumerate(zip(data["family"], data["exponents"], strict=True)):
        draw_curve(axes, data["family_sets"][i], linewidth=0.7)
        axes.plot(*data["limits"][run], marker="o", markersize=3, color=COLORS["blue"], zorder=5)
        axes.plot(*data["optima"][run], **OPTIMUM, markersize=6, markeredgewidth=0.6)
        leader = {"arrowstyle": "-", "linewidth": 0.4, "shrinkB": 4, "relpos": (0, 0.5)}
        place = {"xytext": (0.85, 0.95 - 0.14 * i), "textcoords": "axes fraction", "va": "center", "fontsize": 7}
        axes.annotate(f"$p={p:g}$", data["limits"][run], arrowprops=leader, **place)
    radius = 1 / float(data["weight_decay"])
    axes.set(xlim=(0.5 * radius, 1.25 * radius), ylim=(0.3 * radius, 1.05 * radius), xlabel="$x_1$", ylabel="$x_2$")
    axes.set_aspect("equal")


def _draw_scores(axes: Axes, data: Data) -> None:
    for row, S in zip(data["table"], data["scores"], strict=True):
        # Outside the set S is infinite. At the rounding floor it may come out as 0 or below, off a logarithmic axis.
        shown = np.where(np.isfinite(S) & (S > 0), S, np.nan)
        axes.plot(data["recorded_steps"], shown, color=COLORS[CYCLE[row]], linestyle=STYLES[row], label=TITLES[row])
    axes.set(
        xscale="log", yscale="log", xlim=(10, data["recorded_steps"][-1]), xlabel="step $t$", ylabel="score $S(x_t)$"
    )
    axes.legend()


EXPERIMENT = Experiment(
    stem="k_gallery",
    title="One loss under every K of the paper's table: the constraint sets and the limits",
    caption=(
        "Lion-K on one quadratic with annealed step size, λ = 1. (a)–(e) The rows of the paper's table: constraint "
        "set {x : λx ∈ dom K*} (theory, dashed), trajectory from outside (open circle) to its limit (filled), and "
        "the optimum of f + K*(λ·)/λ by an independent solver (star). The dead zone and Huber (e = 0.8) add e‖x‖₁ "
        "and (eλ/2)‖x‖² inside the same box. (f) Detail for K = ‖·‖_p: the sets ‖x‖_q ≤ 1/λ (theory, dashed), "
        "reference optima (stars) and limits (dots). (g) The optimality score S ≥ 0, infinite (not drawn) outside "
        "the set: theory says it tends to 0. Where ∇K is continuous at the solution it falls to the rounding floor; "
        "where the sign must keep switching it follows the step size."
    ),
    compute=compute,
    findings=findings,
    draw=draw,
    parameters={
        "functions": " ".join(TABLE),
        "exponents": "1 1.2 1.4 1.6 1.8 2",
        "weight_decay": 1.0,
        "num_steps": 20_000,
        "first_step_size": 0.02,
        "last_step_size": 1e-7,
    },
    quick={"functions": "L1Norm", "exponents": "1 1.5"},
)
