"""The two phases of Lion-K: first the constraint set attracts, then the loss is minimised inside it.

The paper's surprise (arXiv 2310.05898, §3) is that Lion's weight decay λ is a constraint, ‖x‖∞ ≤ 1/λ. The direction
u = sign(m̃) of a step lies in the unit box whatever the gradient is, and

    λx⁺ = (1−ηλ)·λx + ηλ·u        so        dist(λx_t, box) ≤ (1−ηλ)^t dist(λx_0, box).

That is phase 1. It is exponential and blind: true gradients and pure noise obey the same envelope, and a gradient that
keeps pushing outward attains it. Panel (b) holds runs of each kind against their envelopes.

In phase 2 the Lyapunov function H of the paper falls. But H contains K*(λx), which is +∞ outside the box, so H is
silent on phase 1. Truncate K to a ball ‖z‖∞ ≤ M which the momentum never leaves: the trajectory is the same, K* becomes
M·Σ max(|λx_i|−1, 0), and the new H_M is finite from the first step and equals H from entry on. That is panel (c).

What to look at: the entry marked in (b) and (c) was computed before the run, from x_0, η and λ alone. While the
gradient pushes inward, λ|x|+1 shrinks by exactly 1−ηλ per step, so the box is entered at the first t with
(1−ηλ)^t (λ‖x_0‖∞ + 1) ≤ 2; no gradient whatever enters it sooner. In floating point "inside" allows the excess
u(1 + 3/(ηλ)), u the unit roundoff, that rounding can keep up.
"""

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lionlab import (
    L1Norm,
    LionK,
    Quadratic,
    Trajectory,
    constrained_minimum,
    constraint_distance,
    energy_ledger,
    phase_switch,
    simulate_batch,
)
from lionlab.dynamics import HeavyTailedNoise
from lionlab.plotting import COLORS, PAGE, THEORY, draw_distances, draw_plane, label_panels, new_figure
from lionlab.reproduction import Data, Experiment

LOSS = Quadratic([[1.0, -0.4], [-0.4, 2.0]], [2.2, 0.7])
# Where the loss pushes towards the box, where it pushes away from it, and where a run sees noise instead of gradients.
INWARD_START, OUTWARD_START, NOISE_START = (-3.2, 2.8), (2.05, 0.45), (-1.9, -2.8)
STARTS = np.array([INWARD_START] * 3 + [OUTWARD_START] * 3 + [NOISE_START])
DECAY_FACTORS = (1.0, 0.5, 2.0, 1.0, 0.5, 2.0, 1.0)  # λ of each run, as a multiple of the parameter `weight_decay`
INWARD, INWARD_HALF, INWARD_DOUBLE, OUTWARD, OUTWARD_HALF, OUTWARD_DOUBLE, NOISE = range(7)
WITH_LYAPUNOV = (INWARD, OUTWARD)


def earliest_entry(largest_entry: float, step_size: float, weight_decay: float) -> int:
    """The first t with (1−ηλ)^t (λ‖x_0‖∞ + 1) ≤ 2: a coordinate enters the box then if pushed inward, never sooner."""
    if weight_decay * largest_entry <= 1:
        return 0
    return math.ceil(math.log(2 / (weight_decay * largest_entry + 1)) / math.log1p(-step_size * weight_decay))


def compute(seed: int, step_size: float, weight_decay: float, num_steps: int, noise_scale: float) -> dict[str, Any]:
    """Seven runs that start outside, their distances and envelopes, H and H_M of two of them, the loss on a grid."""
    methods = [LionK(L1Norm(), step_size, factor * weight_decay) for factor in DECAY_FACTORS]
    decays = np.array([method.weight_decay for method in methods])
    true = simulate_batch(methods[:NOISE], LOSS, STARTS[:NOISE], num_steps, record=("x", "m", "lyapunov"))
    noise = HeavyTailedNoise(noise_scale)
    noisy = simulate_batch(methods[NOISE:], LOSS, STARTS[NOISE:], num_steps, gradient_noise=noise, key=seed)
    x = np.concatenate([np.asarray(true.x), np.asarray(noisy.x)], axis=1)
    runs = [Trajectory(x[:, i], None) for i in range(len(methods))]
    distance = np.stack([constraint_distance(method, run) for method, run in zip(methods, runs, strict=True)], axis=1)
    steps = np.arange(num_steps + 1)
    largest, sizes = np.abs(STARTS).max(axis=1), np.full(len(methods), step_size)
    return {
        "steps": steps,
        "step_size": np.float64(step_size),
        "weight_decays": decays,
        "x": x,
        "relative_distance": distance / distance[0],
        "envelope": (1 - step_size * decays) ** steps[:, None],
        "predicted_entry": np.array([earliest_entry(*of_run) for of_run in zip(largest, sizes, decays, strict=True)]),
        "observed_entry": np.array([_entry(method, run) for method, run in zip(methods, runs, strict=True)]),
        **_lyapunov_functions([methods[run] for run in WITH_LYAPUNOV], true),
        **_landscape(weight_decay),
    }


def _entry(method: LionK, run: Trajectory) -> int:
    """The step from which the run stays inside, up to rounding; −1 when it does not get there."""
    excess = np.finfo(np.float64).eps / 2 * (1 + 3 / (float(method.step_size) * method.weight_decay))  # type: ignore[arg-type]
    first = phase_switch(method, run, excess * math.sqrt(2))
    return -1 if first is None else first


def _lyapunov_functions(methods: list[LionK], batch: Trajectory) -> dict[str, Any]:
    """H and H_M above the constrained minimum F*, with M the largest momentum and look-ahead of the two runs."""
    recorded = (batch.x, batch.m, batch.gradient, batch.lyapunov)
    x, m, g, H = (np.asarray(array)[:, WITH_LYAPUNOV] for array in recorded)
    beta1 = methods[0].beta1
    bound = float(max(np.abs(beta1 * m[:-1] - (1 - beta1) * g).max(), np.abs(m).max()))
    # A hair above the largest value: the ledger evaluates m̃ anew, and its last bit may differ.
    bound *= 1 + 1e-12
    ledger = energy_ledger(methods, LOSS, Trajectory(x, m, g, batched=True), bound=bound)
    minimum = constrained_minimum(LOSS, methods[0].K, methods[0].weight_decay, tolerance=1e-14)
    largest_rise = LOSS.smoothness / 2 * np.sum(np.diff(x, axis=0) ** 2, axis=2)
    return {
        "momentum_bound": np.float64(bound),
        "H_above_minimum": H - minimum.value,
        "H_M_above_minimum": ledger.lyapunov - minimum.value,
        "H_M_change": ledger.change,
        "H_M_largest_rise": largest_rise,
        "ledger_residual_ratio": np.abs(ledger.residual) / ledger.rounding_bound,
        "minimizer": minimum.x,
    }


def _landscape(weight_decay: float) -> dict[str, Any]:
    """The loss on a grid for the contours, and the half-width of the box."""
    x, y = np.linspace(-3.6, 2.8, 65), np.linspace(-3.4, 3.4, 69)
    points = np.stack(np.meshgrid(x, y), axis=-1) - LOSS.center
    return {
        "grid_x": x,
        "grid_y": y,
        "grid_loss": np.einsum("abi,ij,abj->ab", points, LOSS.matrix, points) / 2,
        "radius": np.float64(1 / weight_decay),
        "center": LOSS.center,
    }


def findings(data: Data) -> dict[str, float | int | str | bool]:
    """Entry predicted and observed, how closely the envelope is attained, and what H_M does."""
    predicted, observed = data["predicted_entry"], data["observed_entry"]
    ratio, outward = data["relative_distance"] / data["envelope"], [OUTWARD, OUTWARD_HALF, OUTWARD_DOUBLE]
    rise = data["H_M_change"]
    H, H_M = data["H_above_minimum"][:, 0], data["H_M_above_minimum"][:, 0]
    inside = np.isfinite(H)
    return {
        "predicted_entry_step": int(predicted[INWARD]),
        "observed_entry_step": int(observed[INWARD]),
        "predicted_entry_step_half_decay": int(predicted[INWARD_HALF]),
        "observed_entry_step_half_decay": int(observed[INWARD_HALF]),
        "predicted_entry_step_double_decay": int(predicted[INWARD_DOUBLE]),
        "observed_entry_step_double_decay": int(observed[INWARD_DOUBLE]),
        "earliest_possible_entry_step_under_noise": int(predicted[NOISE]),
        "observed_entry_step_under_noise": int(observed[NOISE]),
        "outward_runs_that_entered": int(np.sum(observed[outward] >= 0)),
        "largest_distance_over_envelope": float(ratio.max()),
        "least_distance_over_envelope_pushed_outward": float(ratio[:, outward].min()),
        "momentum_bound_M": float(data["momentum_bound"]),
        "largest_gap_between_H_M_and_H_inside": float(np.abs(H_M - H)[inside].max(initial=0.0)),
        "share_of_steps_raising_H_M": float(np.mean(rise > 0)),
        "largest_change_of_H_M_over_its_bound": float((rise / data["H_M_largest_rise"]).max()),
        "ledger_residual_over_its_bound": float(data["ledger_residual_ratio"].max()),
        "final_distance_to_minimizer": float(np.linalg.norm(data["x"][-1, INWARD] - data["minimizer"])),
    }


def draw(data: Data) -> Figure:
    """(a) the plane, (b) the distance against its envelope, (c) H and H_M through both phases."""
    figure, axes = new_figure(1, 3, width=PAGE, height=2.5)
    grid = data["grid_x"], data["grid_y"], data["grid_loss"]
    paths = [(data["x"][:, run], color) for run, color in ((NOISE, "grey"), (INWARD, "blue"), (OUTWARD, "orange"))]
    draw_plane(axes[0, 0], grid, float(data["radius"]), paths, data["minimizer"], data["center"])
    _draw_distances(axes[0, 1], data)
    _draw_lyapunov(axes[0, 2], data)
    label_panels(axes)
    return figure


def _draw_distances(axes: Axes, data: Data) -> None:
    relative, envelope = data["relative_distance"], data["envelope"]
    names = {OUTWARD_HALF: "$\\lambda/2$", OUTWARD: "$\\lambda$", OUTWARD_DOUBLE: "$2\\lambda$"}
    attaining = [(relative[:, run], envelope[:, run], name, (3, 3)) for run, name in names.items()]
    below: list[tuple[np.ndarray, str, dict[str, Any]]] = [
        (relative[:, INWARD], "inward", {"color": COLORS["blue"]}),
        (relative[:, NOISE], "noise", {"color": COLORS["grey"], "linestyle": (0, (1, 1))}),
    ]
    entry = float(data["predicted_entry"][INWARD])
    draw_distances(axes, data["steps"], attaining, below, "$(1-\\eta\\lambda)^t$", entry)
    axes.set_xlabel("step $t$")


def _draw_lyapunov(axes: Axes, data: Data) -> None:
    t, H, H_M = data["steps"], data["H_above_minimum"][:, 0], data["H_M_above_minimum"]
    entry = int(data["predicted_entry"][INWARD])
    axes.axvspan(0, entry, color="#EEEEEE", zorder=0, linewidth=0)
    axes.plot(t, H_M[:, 0], color=COLORS["blue"], linewidth=2.2, label="$H_M$, pushed inward")
    axes.plot(t, np.where(np.isfinite(H), H, np.nan), color=COLORS["sky"], linestyle="--", label="$H$, the same run")
    axes.plot(t, H_M[:, 1], color=COLORS["orange"], label="$H_M$, pushed outward")
    axes.axvline(entry, **THEORY)
    axes.set(yscale="log", xlim=(0, t[-1]), xlabel="step $t$", ylabel="$H-F^*$ and $H_M-F^*$")
    axes.annotate(
        "$H=\\infty$", (entry / 2, 0.03), xycoords=("data", "axes fraction"), rotation=90, ha="center", fontsize=7
    )
    axes.annotate(
        "predicted entry",
        (entry, 0.03),
        xycoords=("data", "axes fraction"),
        xytext=(3, 0),
        textcoords="offset points",
        fontsize=7,
    )
    axes.legend(loc="upper right")


EXPERIMENT = Experiment(
    stem="two_phases",
    title="The constraint set attracts, then the loss is minimised inside it",
    caption=(
        "Lion (K = ‖·‖₁) from outside its box ‖x‖∞ ≤ 1/λ. (a) Loss contours, the box (dashed), and three runs at λ "
        "= 1 from open to filled circle: pushed inward (blue), pushed outward (orange), and steered by noise alone "
        "(grey); star: constrained minimiser, cross: unconstrained one. (b) Distance of λx_t to the unit box "
        "relative to its start, on the theory's envelope (1−ηλ)^t (dashed) when the gradient pushes outward (λ/2, "
        "λ, 2λ), below it otherwise; triangle: entry of the inward run predicted from x_0, η, λ alone. (c) H is +∞ "
        "until entry (grey band; predicted end dashed), and throughout for the outward run, which approaches the "
        "box without entering. H_M, of the K truncated to ‖z‖∞ ≤ M, is finite from the first step and equals H "
        "inside. F*: constrained minimum by an independent solver."
    ),
    compute=compute,
    findings=findings,
    draw=draw,
    parameters={"step_size": 0.002, "weight_decay": 1.0, "num_steps": 3500, "noise_scale": 1000.0},
    quick={"num_steps": 1000, "step_size": 0.007},
)
