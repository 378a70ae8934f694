"""Where a constant step stops: the exact 2-cycle of Lion, the floor it sets, and its removal by annealing.

On f = (a/2)x² the sign must switch at the solution, and a step of size η cannot: every run of Lion (K = |·|, explicit
decay, 0 < ηλ ≤ 1) with m̃ ≠ 0 satisfies |x_{t+1}| + (1−ηλ)|x_t| ≥ η. With c = η/(2−ηλ) the mean stationarity score

    S(x) = K(−∇f) + ⟨λx, ∇f⟩ + K*(λx)     is at least     a·c·(1 + λc) − O(1/T),

whatever the momenta. The orbit x = ±c, m = ±c(1−β2)a/(1+β2) attains it; it exists iff 1 + β2 − 2β1 > 0 and attracts
locally, at the rate max(|1−ηλ|, β2), but not globally: which share of random starts ends on it depends on β.

What to look at: (b) no run lies below the dashed floor, which is proportional to η; (c) a decreasing step size goes
through it; (d) for β1 = β2 = 0.9 no start finds the cycle.
"""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from lionlab import L1Norm, LionK, Quadratic, simulate, simulate_batch
from lionlab.plotting import COLORS, PAGE, THEORY, label_panels, new_figure
from lionlab.reproduction import Data, Experiment

CURVATURE = 1.0
LOSS = Quadratic([[CURVATURE]], [0.0])
BETAS = ((0.9, 0.99), (0.95, 0.98), (0.9, 0.9))
COLOR_OF = ("blue", "orange", "green")


def score(x: np.ndarray, weight_decay: float) -> np.ndarray:
    """S(x) = |∇f| + λx∇f inside the box; the runs here stay far inside it."""
    return CURVATURE * np.abs(x) + weight_decay * CURVATURE * x**2


def half_width(step_size: Any, weight_decay: float) -> Any:
    """c = η/(2−ηλ), half the distance the cycle jumps."""
    return step_size / (2 - step_size * weight_decay)


def compute(
    seed: int, step_size: float, weight_decay: float, num_steps: int, starts: int, floor_sizes: int, final_size: float
) -> dict[str, Any]:
    """One run near the cycle, mean scores over η, an annealed run beside a constant one, and shares on the cycle."""
    rng = np.random.default_rng(seed)
    x0, m0 = rng.uniform(-0.5, 0.5, (starts, 1)), rng.uniform(-0.5, 0.5, (starts, 1))
    etas = np.geomspace(1e-4, 1e-1, floor_sizes)
    tail = num_steps // 4
    mean_scores = np.empty((len(BETAS), floor_sizes))
    share = np.empty(len(BETAS))
    for i, (beta1, beta2) in enumerate(BETAS):
        methods = [LionK(L1Norm(), float(eta), weight_decay, beta1, beta2) for eta in etas]
        begin = np.tile(0.2 * etas[:, None], (1, 1))
        x = np.asarray(simulate_batch(methods, LOSS, begin, num_steps).x)[-tail:, :, 0]
        mean_scores[i] = score(x, weight_decay).mean(axis=0)
        method = LionK(L1Norm(), step_size, weight_decay, beta1, beta2)
        x = np.asarray(simulate_batch(method, LOSS, x0, num_steps, m0).x)[-8:, :, 0]
        c = half_width(step_size, weight_decay)
        share[i] = np.mean(np.all(np.abs(np.abs(x) - c) < 1e-6 * c, axis=0) & np.all(x[1:] * x[:-1] < 0, axis=0))

    def annealed(step: Any) -> Any:
        return step_size * (final_size / step_size) ** (step / (num_steps - 1))

    constant = simulate(LionK(L1Norm(), step_size, weight_decay), LOSS, [0.3], num_steps).x
    lowered = simulate(LionK(L1Norm(), annealed, weight_decay), LOSS, [0.3], num_steps).x
    sizes = annealed(np.arange(num_steps + 1))
    c_of = half_width(etas, weight_decay)
    return {
        "step_size": np.float64(step_size),
        "c": np.float64(half_width(step_size, weight_decay)),
        "steps": np.arange(num_steps + 1),
        "last_steps": np.asarray(constant)[-24:, 0],
        "etas": etas,
        "mean_scores": mean_scores,
        "floor": CURVATURE * c_of * (1 + weight_decay * c_of),
        "score_constant": score(np.asarray(constant)[:, 0], weight_decay),
        "score_annealed": score(np.asarray(lowered)[:, 0], weight_decay),
        "floor_annealed": CURVATURE
        * half_width(sizes, weight_decay)
        * (1 + weight_decay * half_width(sizes, weight_decay)),
        "share": share,
        "exists": np.array([1 + beta2 - 2 * beta1 > 0 for beta1, beta2 in BETAS]),
    }


def findings(data: Data) -> dict[str, float | int | str | bool]:
    """The floor against the lowest mean score, the cycle's width, the annealed score and the shares on the cycle."""
    found: dict[str, float | int | str | bool] = {
        "cycle_half_width_predicted": float(data["c"]),
        "cycle_half_width_observed": float(np.abs(data["last_steps"]).mean()),
        "least_mean_score_over_the_floor": float((data["mean_scores"] / data["floor"]).min()),
        "mean_score_over_the_floor_at_default_betas": float((data["mean_scores"][0] / data["floor"]).max()),
        "final_score_at_constant_step": float(data["score_constant"][-100:].mean()),
        "final_score_annealed": float(data["score_annealed"][-100:].mean()),
    }
    for (beta1, beta2), share in zip(BETAS, data["share"], strict=True):
        found[f"share_of_starts_on_the_cycle_at_{beta1}_{beta2}"] = float(share)
    return found


def draw(data: Data) -> Figure:
    """(a) the orbit, (b) mean scores against η on the floor, (c) annealing, (d) shares of starts."""
    figure, axes = new_figure(2, 2, width=PAGE * 0.9, height=4.2)
    orbit, floor, annealing, shares = axes.ravel()
    c = float(data["c"])
    orbit.plot(
        np.arange(-len(data["last_steps"]), 0) + 1,
        data["last_steps"] / c,
        color=COLORS["blue"],
        marker="o",
        markersize=3,
    )
    for side in (-1, 1):
        orbit.axhline(side, **THEORY)
    orbit.set(xlabel="step before the end", ylabel="$x_t\\,/\\,c$", ylim=(-1.5, 1.5))
    orbit.annotate("$\\pm c=\\pm\\eta/(2-\\eta\\lambda)$", (0.5, 0.9), xycoords="axes fraction", ha="center")
    for (beta1, beta2), scores, color, marker in zip(BETAS, data["mean_scores"], COLOR_OF, "os^", strict=True):
        floor.plot(
            data["etas"],
            scores,
            color=COLORS[color],
            linestyle="none",
            marker=marker,
            markersize=4,
            fillstyle="none",
            label=f"$\\beta=({beta1},{beta2})$",
        )
    floor.plot(data["etas"], data["floor"], **THEORY, label="floor $ac(1+\\lambda c)$")
    floor.set(xscale="log", yscale="log", xlabel="step size $\\eta$", ylabel="mean score $S$ (last quarter)")
    floor.legend(loc="upper left")
    steps = data["steps"]
    # Scores of a two-step oscillation are drawn as their mean over 50 steps.
    window = slice(None, None, 50)
    for name, color, line in (("constant", "orange", "-"), ("annealed", "blue", "-")):
        annealing.plot(
            steps[window],
            data[f"score_{name}"][window],
            color=COLORS[color],
            linestyle=line,
            linewidth=0.9,
            label=f"{name} $\\eta$",
        )
    annealing.plot(steps, data["floor_annealed"], **THEORY, label="floor at the current $\\eta_t$")
    annealing.set(yscale="log", xlabel="step $t$", ylabel="score $S(x_t)$")
    annealing.legend(loc="lower left")
    names = [f"({beta1}, {beta2})" for beta1, beta2 in BETAS]
    shares.bar(names, 100 * data["share"], color=[COLORS[name] for name in COLOR_OF], width=0.55)
    for i, share in enumerate(data["share"]):
        shares.annotate(
            f"{100 * share:.0f} %", (i, 100 * share), xytext=(0, 2), textcoords="offset points", ha="center"
        )
    shares.set(
        ylabel="starts that end on the cycle (%)",
        xlabel="$(\\beta_1,\\beta_2)$; the cycle exists for all",
        ylim=(0, 112),
    )
    label_panels(axes)
    return figure


EXPERIMENT = Experiment(
    stem="two_cycle",
    title="The floor of a constant step, and its removal",
    caption=(
        "Lion on f = ½x². (a) The last steps of a run at constant η alternate between ±c (dashed), c = "
        "η/(2−ηλ). (b) Mean score over the last quarter of runs at constant η; dashed: the floor "
        "a·c(1+λc), proved for all β. (c) A geometric decrease of η takes the score through that floor "
        "(dashed: floor of the current step size). (d) The cycle attracts locally, not globally: share of "
        "random starts (x_0, m_0) that end on it."
    ),
    compute=compute,
    findings=findings,
    draw=draw,
    parameters={
        "step_size": 0.01,
        "weight_decay": 0.5,
        "num_steps": 20000,
        "starts": 400,
        "floor_sizes": 13,
        "final_size": 1e-7,
    },
    quick={"num_steps": 6000, "starts": 60, "floor_sizes": 5},
)
