"""The run and the figure of docs/your_own_k.md. From the folder docs/examples: python your_own_k.py"""

import argparse
from pathlib import Path
from typing import Any

import my_k
import numpy as np
from matplotlib.figure import Figure

import lionlab as ll
from lionlab.inspection import as_convex_function, check_convex_function
from lionlab.plotting import COLORS, THEORY, draw_contours, draw_curve, draw_path, house_style, label_panels, new_figure

FIGURE = Path(__file__).parents[1] / "your_own_k.png"
STEP_SIZE, WEIGHT_DECAY, NUM_STEPS = 0.02, 1.0, 300
LARGEST_MOMENTUM = 40.0  # K(m) and K(m̃) stay below it: the hypothesis of H_M, which the ledger checks


def compute(num_steps: int = NUM_STEPS) -> dict[str, Any]:
    """The constraint set of my K, a run of Lion-K from outside it, its distances, and its ledger."""
    K = as_convex_function(my_k.K, my_k.subgradient, is_positively_homogeneous=True)
    f = ll.Quadratic(matrix=[[1.0, 0.0], [0.0, 4.0]], center=[2.6, -1.8])
    method = ll.LionK(K, step_size=STEP_SIZE, weight_decay=WEIGHT_DECAY)
    run = ll.simulate(method, f, x0=[-3.5, 2.5], num_steps=num_steps)
    ledger = ll.energy_ledger(method, f, run, bound=LARGEST_MOMENTUM)
    found = check_convex_function(K, 2, is_quick=True, name="my_k:K")
    return {
        "verdict": found.verdict,
        "set": found.domain["outer"] / WEIGHT_DECAY,
        "x": run.x,
        "distance": ll.constraint_distance(method, run),
        "lyapunov": ledger.lyapunov,
        "residual": np.max(np.abs(ledger.residual) / ledger.rounding_bound),
        "center": np.asarray(f.center),
        "minimum": ll.constrained_minimum(f, K, WEIGHT_DECAY).x,
        "loss": f,
    }


def draw(data: dict[str, Any]) -> Figure:
    """(a) the constraint set and the trajectory, (b) the distance to the set and its envelope, (c) H_M."""
    figure, axes = new_figure(1, 3, height=2.5, width_ratios=[1.3, 1, 1])
    plane, distances, energy = axes[0]
    grid = np.linspace(-4, 4, 81)
    values = np.array([[float(data["loss"](np.array([a, b]))) for a in grid] for b in grid])
    draw_contours(plane, grid, grid, values, np.geomspace(values.max() / 400, values.max(), 10))
    draw_curve(plane, data["set"], label=r"$\lambda x\in\mathrm{dom}\,K^*$")
    draw_path(plane, data["x"], label="Lion-K", color=COLORS["blue"])
    plane.plot(*data["center"], "+", color=COLORS["black"])
    plane.plot(*data["minimum"], "*", markersize=9, markerfacecolor="none", color=COLORS["black"], zorder=6)
    plane.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal", xlim=(-4, 4), ylim=(-4, 4))
    plane.legend(loc="lower right")
    steps = np.arange(len(data["x"]))
    envelope = data["distance"][0] * (1 - STEP_SIZE * WEIGHT_DECAY) ** steps
    positive = np.where(data["distance"] > 1e-9, data["distance"], np.nan)
    distances.plot(steps, positive, color=COLORS["blue"], label="measured")
    distances.plot(steps, envelope, **THEORY, label=r"$(1-\eta\lambda)^t$")
    distances.set(xlabel="step", ylabel=r"distance of $\lambda x$ to dom $K^*$", yscale="log", ylim=(1e-3, 5))
    distances.legend(loc="lower left")
    energy.plot(steps, data["lyapunov"], color=COLORS["orange"])
    energy.set(xlabel="step", ylabel="$H_M$", yscale="log")
    label_panels(axes)
    return figure


def main() -> None:
    """Runs, prints what the tutorial quotes, and writes the figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=FIGURE)
    out = parser.parse_args().out
    data = compute()
    print("verdict:", data["verdict"])
    print("steps outside the set:", int(np.sum(data["distance"] > 1e-9)))
    print("worst residual over its rounding bound:", f"{data['residual']:.2g}")
    print("last x:", np.round(data["x"][-1], 2).tolist())
    with house_style():
        draw(data).savefig(out, metadata={"Software": None})


if __name__ == "__main__":
    main()
