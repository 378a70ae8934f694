"""The two phases in continuous time: the flow meets its envelope e^{−λt}, and its energy is kept to the last digit.

The paper proves its theorem for the flow (arXiv 2310.05898, eq. (4) and Theorem 3.1)

    ṁ = −α∇f(x) − γm,      m̃ = m + εṁ,      ẋ = ∇K(m̃) − λx.

Phase 1. The direction ∇K(m̃) is a point of dom K*, whatever f is, so λx flows towards that set and

    dist(λx_t, dom K*) ≤ e^{−λt} dist(λx_0, dom K*).

A gradient that pushes outward attains it; a rugged loss, whose gradient says nothing about its minimum, obeys it. If
the gradient pushes inward, 1 + λ|x| is what shrinks like e^{−λt}, so the box is entered at t = log((1 + λ‖x_0‖∞)/2)/λ,
known before the run, and never sooner.

Phase 2. H falls at the rate (γ+cλ)Δ1 + cΔ2 ≥ 0. This is an identity, hence a law of conservation: H and what it has
dissipated add up to H(0). Here both are states of one solve. H is +∞ before entry; H_M, of the K truncated to
‖z‖∞ ≤ M, obeys the same law from the start.

What to look at: in (c) H_M and the energy dissipated add up to a constant through both phases. In (d) what is missing
shrinks along with the tolerance of the solver, so it is the solver's error and nothing else; more slowly for Huber,
whose ∇K has corners, at which every Runge–Kutta method loses its order.
"""

import math
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from lionlab import (
    Huber,
    LionKFlow,
    LogCosh,
    Objective,
    PseudoHuber,
    Quadratic,
    constrained_minimum,
    integrate,
    integrate_batch,
)
from lionlab.convex import ConvexFunction
from lionlab.plotting import COLORS, PAGE, THEORY, draw_distances, draw_plane, label_panels, new_figure
from lionlab.reproduction import Data, Experiment

LOSS = Quadratic([[1.0, -0.4], [-0.4, 2.0]], [2.9, 0.7])
EPSILON = 0.5  # with α = γ = λ = 1 half of the momentum is looked ahead
THRESHOLD = 0.1  # e of Huber: where |m̃_i| ≥ e the direction is a sign, and the envelope can be attained
INWARD_START, OUTWARD_START, RUGGED_START = (-3.2, 2.8), (2.4, 0.45), (-1.9, -2.8)
DECAY_FACTORS = (1.0, 0.5, 1.0, 2.0)  # λ of each run on LOSS, as a multiple of the parameter `weight_decay`
INWARD, OUTWARD_HALF, OUTWARD, OUTWARD_DOUBLE, RUGGED = range(5)
SMOOTH: dict[str, ConvexFunction] = {
    "Huber": Huber(THRESHOLD),
    "LogCosh": LogCosh(2.0),
    "PseudoHuber": PseudoHuber(0.5),
}
SMOOTH_LABELS = ("Huber", "log cosh", r"$\sqrt{z^2+e^2}$")
# Inside the box, where H itself is finite and as smooth as K and K* are.
INSIDE_START, INSIDE_MOMENTUM = (-0.8, 0.6), (0.7, -0.4)


RUGGED_BOUND = 40.0  # no entry of its gradient is larger: 12 + 12 and 4 + 6 + 10


def rugged(x: Array) -> Array:
    """A loss that is steep everywhere and leads nowhere in particular."""
    return 4 * jnp.sin(3 * x[0] + x[1]) + 3 * jnp.cos(2 * x[1] - 4 * x[0]) + 2 * jnp.sin(5 * x[1])


def entry_time(largest_entry: float, weight_decay: float) -> float:
    """The t with e^{−λt}(1 + λ‖x_0‖∞) = 2: a coordinate pushed inward by ±1 enters the box then, never sooner."""
    return max(math.log((1 + weight_decay * largest_entry) / 2), 0.0) / weight_decay


def compute(
    seed: int, weight_decay: float, final_time: float, num_times: int, tolerance: float, tolerances: int
) -> dict[str, Any]:
    """Five runs that start outside, their distances and envelopes, H and H_M of one, and the balance by tolerance."""
    K = SMOOTH["Huber"]
    decays = weight_decay * np.array([*DECAY_FACTORS, 1.0])
    flows = [LionKFlow(K, 1.0, 1.0, EPSILON, float(decay)) for decay in decays]
    starts = np.array([INWARD_START, OUTWARD_START, OUTWARD_START, OUTWARD_START])
    times = np.linspace(0.0, final_time, num_times)
    bound = momentum_bound(starts, 1 / decays.min())
    true = integrate_batch(
        flows[:RUGGED], LOSS, starts, np.zeros_like(starts), times, rtol=tolerance, atol=tolerance, bound=bound
    )
    loss = Objective(rugged, dim=2, is_convex=False)
    blind = integrate(flows[RUGGED], loss, RUGGED_START, None, times, rtol=1e-8, atol=1e-8, bound=RUGGED_BOUND)
    x = np.concatenate([true.x, blind.x[:, None]], axis=1)
    distance = np.concatenate([true.constraint_distance, blind.constraint_distance[:, None]], axis=1)
    minimum = constrained_minimum(LOSS, K, weight_decay, tolerance=1e-14)
    return {
        "times": times,
        "weight_decays": decays,
        "x": x,
        "relative_distance": distance / distance[0],
        "envelope": np.exp(-decays * times[:, None]),
        "predicted_entry": np.float64(entry_time(max(map(abs, INWARD_START)), weight_decay)),
        "observed_entry": np.float64(_observed_entry(times, weight_decay * true.x[:, INWARD])),
        "momentum_bound": np.float64(bound),
        "H_above_minimum": _lyapunov(flows[INWARD], true.x[:, INWARD], true.m[:, INWARD]) - minimum.value,
        "H_M_above_minimum": true.lyapunov - minimum.value,
        "dissipated": true.dissipated,
        "balance_residual": true.balance_residual,
        "minimizer": minimum.x,
        **_balance_by_tolerance(weight_decay, final_time, tolerances),
        **_landscape(weight_decay),
    }


def momentum_bound(starts: np.ndarray, radius: float) -> float:
    """M, known before the run: m and m̃ are averages of −∇f, which is largest at a corner of where x can be.

    x stays in the convex hull of its start and the box, and ∇f is affine.
    """
    corners = radius * np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])
    return float(np.abs((np.concatenate([starts, corners]) - LOSS.center) @ LOSS.matrix).max())


def _observed_entry(times: np.ndarray, y: np.ndarray) -> float:
    """The time at which ‖y‖∞ first is 1, interpolated between the saved times."""
    excess = np.abs(y).max(axis=1) - 1
    first = int(np.argmax(excess <= 0))
    return float(np.interp(0.0, excess[[first, first - 1]], times[[first, first - 1]]))


def _lyapunov(flow: LionKFlow, x: np.ndarray, m: np.ndarray) -> np.ndarray:
    """H = αf + (γ/λ)K*(λx) + c[K*(λx) + K(m) − ⟨λx, m⟩] along a run, from the values of K and K*; α = γ = 1."""
    lam, c = flow.weight_decay, (1 - flow.epsilon) / (1 + flow.epsilon * flow.weight_decay)
    conjugate, values = flow.K.conjugate(), []
    for position, momentum in zip(x, m, strict=True):
        K_star = float(conjugate(lam * position))
        bracket = K_star + float(flow.K(momentum)) - lam * float(position @ momentum)
        values.append(float(LOSS(position)) + K_star / lam + c * bracket)
    return np.array(values)


def _balance_by_tolerance(weight_decay: float, final_time: float, count: int) -> dict[str, Any]:
    """The largest balance residual of runs inside the box, for each smooth K and each tolerance."""
    asked, times = np.geomspace(1e-4, 1e-11, count), np.linspace(0.0, final_time, 20)
    residual = np.empty((len(SMOOTH), count))
    fallen = np.empty(len(SMOOTH))
    for row, K in enumerate(SMOOTH.values()):
        flow = LionKFlow(K, 1.0, 1.0, EPSILON, weight_decay)
        for column, tolerance in enumerate(asked):
            start = np.array(INSIDE_START) / weight_decay
            run = integrate(flow, LOSS, start, INSIDE_MOMENTUM, times, "tsit5", rtol=tolerance, atol=tolerance)
            residual[row, column] = np.abs(run.balance_residual).max()
        fallen[row] = run.lyapunov[0] - run.lyapunov[-1]
    return {"tolerances": asked, "largest_residual": residual, "energy_fallen": fallen}


def _landscape(weight_decay: float) -> dict[str, Any]:
    """The loss on a grid for the contours, and the half-width of the box."""
    x, y = np.linspace(-3.6, 3.4, 71), np.linspace(-3.4, 3.4, 69)
    points = np.stack(np.meshgrid(x, y), axis=-1) - LOSS.center
    values = np.einsum("abi,ij,abj->ab", points, LOSS.matrix, points) / 2
    return {
        "grid_x": x,
        "grid_y": y,
        "grid_loss": values,
        "radius": np.float64(1 / weight_decay),
        "center": LOSS.center,
    }


def findings(data: Data) -> dict[str, float | int | str | bool]:
    """Entry predicted and observed, how closely the envelope is attained, and how well the energy balances."""
    ratio, outward = data["relative_distance"] / data["envelope"], [OUTWARD_HALF, OUTWARD, OUTWARD_DOUBLE]
    H, H_M = data["H_above_minimum"], data["H_M_above_minimum"]
    inside = np.isfinite(H)
    residual, tolerances = data["largest_residual"], data["tolerances"]
    found: dict[str, float | int | str | bool] = {
        "predicted_entry_time": float(data["predicted_entry"]),
        "observed_entry_time": float(data["observed_entry"]),
        "largest_distance_over_envelope": float(ratio.max()),
        "smallest_distance_over_envelope_when_pushed_outward": float(ratio[:, outward].min()),
        "momentum_bound_M": float(data["momentum_bound"]),
        "largest_difference_of_H_and_H_M_inside": float(np.abs(H - H_M[:, INWARD])[inside].max()),
        "largest_rise_of_H_M_between_saved_times": float(np.diff(H_M, axis=0).max()),
        "largest_balance_residual_through_both_phases": float(np.abs(data["balance_residual"]).max()),
        "energy_fallen_through_both_phases": float(H_M[0, INWARD] - H_M[-1, INWARD]),
        "final_distance_to_minimizer": float(np.linalg.norm(data["x"][-1, INWARD] - data["minimizer"])),
    }
    for row, name in enumerate(SMOOTH):
        found[f"{name}_balance_residual_at_tightest_tolerance"] = float(residual[row, -1])
        slope = np.polyfit(np.log(tolerances), np.log(residual[row]), 1)[0]
        found[f"{name}_slope_of_residual_in_tolerance"] = float(slope)
    return found


def draw(data: Data) -> Figure:
    """(a) the plane, (b) the distance against its envelope, (c) H, H_M and dissipation, (d) balance by tolerance."""
    figure, axes = new_figure(2, 2, width=PAGE * 0.86, height=4.8)
    _draw_paths(axes[0, 0], data)
    _draw_distances(axes[0, 1], data)
    _draw_energy(axes[1, 0], data)
    _draw_balance(axes[1, 1], data)
    label_panels(axes)
    return figure


def _draw_paths(axes: Axes, data: Data) -> None:
    grid = data["grid_x"], data["grid_y"], data["grid_loss"]
    # The run, its colour, whither the gradient pushes it, and where that stands: offset in points, alignment.
    runs = (
        (RUGGED, "grey", "anywhere", (-13, 21), "center"),
        (INWARD, "blue", "inward", (6, 2), "left"),
        (OUTWARD, "orange", "outward", (0, -9), "center"),
    )
    paths = [(data["x"][:, run], color) for run, color, *_ in runs]
    draw_plane(axes, grid, float(data["radius"]), paths, data["minimizer"], data["center"])
    for run, color, words, offset, alignment in runs:
        axes.annotate(
            words, data["x"][0, run], xytext=offset, textcoords="offset points", color=COLORS[color], fontsize=7,
            horizontalalignment=alignment, verticalalignment="center",
        )  # fmt: skip
    marks: dict[str, Any] = {"color": COLORS["black"], "linestyle": "none"}
    key = [
        Line2D([], [], **marks, marker="*", markersize=8, label="minimum of $F$"),
        Line2D([], [], **marks, marker="+", markersize=6, label="minimum of $f$"),
        Line2D([], [], **THEORY, label="the box"),
    ]
    axes.legend(handles=key, loc="lower right", borderaxespad=0.2)


def _draw_distances(axes: Axes, data: Data) -> None:
    relative, envelope = data["relative_distance"], data["envelope"]
    places = {
        OUTWARD_HALF: ("$\\lambda/2$", (3, 3)),
        OUTWARD: ("$\\lambda$", (3, 3)),
        OUTWARD_DOUBLE: ("$2\\lambda$", (-16, -5)),
    }
    attaining = [(relative[:, run], envelope[:, run], *place) for run, place in places.items()]
    below: list[tuple[np.ndarray, str, dict[str, Any]]] = [
        (relative[:, INWARD], "inward", {"color": COLORS["blue"]}),
        (relative[:, RUGGED], "anywhere", {"color": COLORS["grey"], "linestyle": (0, (1, 1))}),
    ]
    draw_distances(axes, data["times"], attaining, below, "$e^{-\\lambda t}$", float(data["predicted_entry"]))
    axes.set_xlabel("time $t$")


def _draw_energy(axes: Axes, data: Data) -> None:
    t, H, H_M = data["times"], data["H_above_minimum"], data["H_M_above_minimum"][:, INWARD]
    entry, start = float(data["predicted_entry"]), H_M[0]
    axes.axvspan(0, entry, color="#EEEEEE", zorder=0, linewidth=0)
    axes.axvline(entry, **THEORY)
    axes.plot(t, H_M / start, color=COLORS["blue"], linewidth=2.2, label="$H_M-F^*$")
    axes.plot(t, np.where(np.isfinite(H), H, np.nan) / start, color=COLORS["sky"], linestyle="--", label="$H-F^*$")
    dissipated = data["dissipated"][:, INWARD]
    axes.plot(t, dissipated / start, color=COLORS["green"], label="dissipated")
    axes.plot(t, (H_M + dissipated) / start, color=COLORS["grey"], linewidth=2.2, label="sum")
    axes.axhline(1, **THEORY)
    axes.set(xlim=(0, min(4.0, t[-1])), ylim=(-0.02, 1.12), xlabel="time $t$")
    axes.set_ylabel("energy / initial $H_M-F^*$")
    axes.annotate("$H=\\infty$", (entry / 2, 0.05), rotation=90, ha="center", fontsize=7)
    axes.annotate("predicted\nentry", (entry, 0.5), xytext=(4, 0), textcoords="offset points", va="center", fontsize=7)
    axes.legend(loc="center right")


def _draw_balance(axes: Axes, data: Data) -> None:
    tolerances, residual = data["tolerances"], data["largest_residual"] / data["energy_fallen"][:, None]
    styles = (("blue", "o"), ("orange", "s"), ("green", "^"))
    for values, label, (color, marker) in zip(residual, SMOOTH_LABELS, styles, strict=True):
        axes.plot(tolerances, values, marker=marker, markersize=3.5, color=COLORS[color], label=label)
    axes.plot(tolerances, tolerances, **THEORY, label="the tolerance")
    axes.set(xscale="log", yscale="log", xlabel="tolerance of the solver", xlim=(tolerances[0] * 2, tolerances[-1] / 2))
    axes.set_ylabel("largest balance error / energy fallen")
    axes.set_xticks([1e-4, 1e-6, 1e-8, 1e-10])
    axes.minorticks_off()
    axes.legend(loc="lower left")


EXPERIMENT = Experiment(
    stem="flow_phases",
    title="The two phases of the flow: an envelope e^{−λt}, then an energy balance",
    caption=(
        "The Lion-K flow with K = Huber, from outside its box ‖x‖∞ ≤ 1/λ. (a) Loss contours, the box (dashed), and "
        "three runs from open to filled circle: pushed inward (blue), pushed outward (orange), and pushed anywhere by "
        "a rugged loss of its own (grey; contours not shown); F = αf + (γ/λ)K*(λ·), f as contoured. (b) Distance of "
        "λx_t to the unit box relative to its start, on the envelope e^{−λt} (dashed) when the gradient pushes outward "
        "(λ/2, λ, 2λ), below it otherwise; triangle: entry of the inward run predicted from x_0 and λ alone. "
        "(c) The inward run: H is +∞ until entry (grey band), H_M finite throughout and equal to H inside; H_M and "
        "what it has dissipated add up to its start (dashed), the law of Theorem 3.1 as an identity. (d) The "
        "largest violation of that law, relative to the energy that fell, for three smooth K started inside the box, "
        "against the tolerance of the solver (dashed: equal)."
    ),
    compute=compute,
    findings=findings,
    draw=draw,
    parameters={"weight_decay": 1.0, "final_time": 7.0, "num_times": 701, "tolerance": 1e-11, "tolerances": 15},
    quick={"num_times": 71, "tolerance": 1e-9, "tolerances": 4},
)
