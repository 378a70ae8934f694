"""Which Lyapunov functions are there, and for which (β1, β2)?

Theorem 4.1 of arXiv 2310.05898 gives one for β1 ≤ β2: with c = ηβ1/(ηλ(1−β1)+1−β2) a step of Lion-K changes

    H = f + pK*(λx) + q[K(m) − ⟨λx, m⟩] + r‖m + ∇f(x)‖²,       p = q + 1/λ,  q = c,  r = 0

by at most (L/2)‖x⁺−x‖², for every convex K and L-smooth f. A search over all p, q, r (and forms that turn out to be
impossible) says what else there is, at every pair of betas, in rational arithmetic:

    β1 ≤ β2:  the same bound for every q with c ≤ q ≤ min(η/(1−β2), β1/(λ(β2−β1))), and for no other
    β1 > β2:  only q = 0, and with r = β1/2L the bound σ‖x⁺−x‖², σ = L(½ + β1/(1−β2)), and no smaller one

What to look at: in (a) the lines, drawn from these formulas, against the colours, which the search found cell by cell.
In (b), along one row of the map, the theorem's c is the lower edge of a band that narrows as β1 comes down: its upper
edge is one bound, then the other. At β1 = β2 the band ends, and what is possible beyond costs a σ that grows with β1.
"""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lionlab.plotting import COLORS, COLUMN, THEORY, draw_band, label_panels, new_rows
from lionlab.reproduction import Data, Experiment
from lionlab.search import Candidate, find_lyapunov


def compute(
    seed: int, step_size: float, weight_decay: float, grid: int, row: float, row_points: int, last_beta: float
) -> dict[str, Any]:
    """σ/L and the ends of the interval of q at the centres of a grid of (β1, β2), and along the row β2 = `row`."""
    cells = [round((i + 0.5) * last_beta / grid, 6) for i in range(grid)]
    along = [round(i * last_beta / (row_points - 1), 6) for i in range(row_points)]
    found = np.array([[_search(beta1, beta2, step_size, weight_decay) for beta1 in cells] for beta2 in cells])
    found_along = np.array([_search(beta1, row, step_size, weight_decay) for beta1 in along])
    return {
        "cells": np.array(cells),
        "rise": found[..., 0],
        "low": found[..., 1],
        "high": found[..., 2],
        "row": np.float64(row),
        "along": np.array(along),
        "row_rise": found_along[:, 0],
        "row_low": found_along[:, 1],
        "row_high": found_along[:, 2],
        "step_size": np.float64(step_size),
        "weight_decay": np.float64(weight_decay),
        "last_beta": np.float64(last_beta),
    }


def _search(beta1: float, beta2: float, step_size: float, weight_decay: float) -> tuple[float, float, float]:
    """σ/L of the best H, and the least and largest q that have it."""
    found = find_lyapunov(
        Candidate(), beta1=beta1, beta2=beta2, step_size=step_size, weight_decay=weight_decay, decay="implicit"
    )
    assert found.rise is not None
    assert found.brackets is not None
    low, high = found.brackets
    return float(found.rise), float(low), float(high)


def closed_forms(beta1: np.ndarray, beta2: np.ndarray, eta: float, lam: float) -> tuple[np.ndarray, ...]:
    """σ/L, the lower end and the two upper ends; NaN where β1 > β2 leaves no interval, and 0 for q there."""
    ordered = beta1 <= beta2
    rise = np.where(ordered, 0.5, 0.5 + beta1 / (1 - beta2))
    low = np.where(ordered, eta * beta1 / (eta * lam * (1 - beta1) + 1 - beta2), np.nan)
    first = np.where(ordered, eta / (1 - beta2), np.nan)
    spread = np.where(beta1 < beta2, lam * (beta2 - beta1), np.nan)
    second = np.where(ordered, np.where(beta1 < beta2, beta1 / spread, np.inf), np.nan)
    return rise, low, first, second


def findings(data: Data) -> dict[str, float | int | str | bool]:
    """How far the search is from the closed forms, and the theorem's default betas."""
    eta, lam = float(data["step_size"]), float(data["weight_decay"])
    beta1, beta2 = np.meshgrid(data["cells"], data["cells"])
    rise, low, first, second = closed_forms(beta1, beta2, eta, lam)
    ordered = beta1 <= beta2
    low, high = np.where(ordered, low, 0.0), np.where(ordered, np.fmin(first, second), 0.0)
    apart = [
        np.abs(one - other) / (1 + np.abs(other))
        for one, other in ((data["rise"], rise), (data["low"], low), (data["high"], high))
    ]
    example = _search(0.9, 0.99, eta, lam)
    reversed_ = _search(0.92, 0.9, eta, lam)
    return {
        "pairs_of_betas_searched": int(rise.size + data["along"].size),
        "largest_relative_difference_from_the_closed_forms": float(np.max(apart)),
        "largest_rise_for_beta1_at_most_beta2_over_L": float(data["rise"][ordered].max()),
        "largest_rise_for_beta1_above_beta2_over_L": float(data["rise"][~ordered].max()),
        "largest_bracket_for_beta1_above_beta2": float(np.abs([data["low"][~ordered], data["high"][~ordered]]).max()),
        "least_q_at_0.9_0.99": example[1],
        "largest_q_at_0.9_0.99": example[2],
        "rise_at_0.92_0.9_over_L": reversed_[0],
    }


def draw(data: Data) -> Figure:
    """(a) both halves of the map, (b) the interval along one row of it."""
    figure, axes = new_rows((("map",), ("row",)), width=COLUMN, height=5.8)
    _draw_map(axes["map"], data)
    _draw_row(axes["row"], data)
    label_panels(np.array(list(axes.values())))
    return figure


def _draw_map(axes: Axes, data: Data) -> None:
    beta1, beta2 = np.meshgrid(data["cells"], data["cells"])
    last = float(data["last_beta"])
    extent = (0.0, last, 0.0, last)
    ratio = np.divide(data["high"], data["low"], out=np.full_like(data["low"], np.nan), where=beta1 <= beta2)
    rise = np.where(beta1 > beta2, data["rise"], np.nan)
    style = {"origin": "lower", "extent": extent, "interpolation": "nearest"}
    fine = np.linspace(0.002, last, 400)
    x, y = np.meshgrid(fine, fine)
    exact_rise, low, first, second = closed_forms(x, y, float(data["step_size"]), float(data["weight_decay"]))
    below = np.where(x > y, exact_rise, np.nan)
    for values, exact, levels, name, where, label in (
        (ratio, np.minimum(first, second) / low, (1.5, 2, 3, 5, 10), "Blues", "top", "largest $q$ / least $q$"),
        (rise, below, (1, 1.5, 2.5, 5, 10), "Oranges", "right", "$\\sigma/L$"),
    ):
        limits = (levels[0] * 0.6, levels[-1] * 1.5)
        image = axes.imshow(values, norm="log", cmap=name, **style)
        image.set_clim(*limits)
        lines = axes.contour(x, y, exact, levels=levels, colors="black", linewidths=0.7, linestyles="dashed")
        # The corner β1, β2 → 1 has no room for numbers.
        axes.clabel(lines, levels=levels[:3] if where == "right" else levels, fmt="%g", fontsize=6, inline_spacing=1)
        bar = axes.figure.colorbar(image, ax=axes, location=where, shrink=0.85, pad=0.02, extend="both")
        bar.set_label(label, labelpad=3)
        bar.set_ticks(list(levels), labels=[f"{level:g}" for level in levels])
        bar.minorticks_off()
    axes.plot((0, last), (0, last), color=COLORS["black"], linewidth=0.9)
    axes.set(xlabel="$\\beta_1$ (look-ahead)", ylabel="$\\beta_2$ (memory)", xlim=(0, last), ylim=(0, last))
    axes.set_aspect("equal")


def _draw_row(axes: Axes, data: Data) -> None:
    eta, along, row = float(data["step_size"]), data["along"], float(data["row"])
    fine = np.linspace(0, row, 400)
    _, low, first, second = closed_forms(fine, np.full_like(fine, row), eta, float(data["weight_decay"]))
    draw_band(axes, fine, low / eta, np.fmin(first, second) / eta)
    ordered = along <= row
    for name, color, label in (("row_high", "blue", "largest $q$"), ("row_low", "orange", "least $q$")):
        marks = {"linestyle": "none", "marker": "o", "markersize": 3, "color": COLORS[color]}
        axes.plot(along[ordered], data[name][ordered] / eta, **marks, label=label)
    axes.plot([], [], **THEORY, label="closed form")
    top = 1.25 / (1 - row)
    axes.plot(along[~ordered], data["row_low"][~ordered] / eta, marker="x", markersize=4, color=COLORS["black"],
              linestyle="none", clip_on=False, label="$q=0$ alone")  # fmt: skip
    axes.axvline(row, color=COLORS["grey"], linewidth=0.7)
    axes.set(xlabel=f"$\\beta_1$, at $\\beta_2={row:g}$", ylabel="$q/\\eta$", xlim=(0, along[-1]), ylim=(0, top))
    axes.legend(loc="upper left")


EXPERIMENT = Experiment(
    stem="lyapunov_map",
    title="Every Lyapunov function of one form: the theorem's constant is one end of an interval",
    caption=(
        "A search in rational arithmetic over H = f + pK*(λx) + q[K(m) − ⟨λx,m⟩] + a quadratic form, for all convex K "
        "and L-smooth f. (a) Above the diagonal a step rises by at most (L/2)‖x⁺−x‖² for an interval of q (blue: "
        "largest over least); below it only q = 0 is left, with r‖m+∇f‖² and a rise of σ‖x⁺−x‖² (orange: σ/L, the "
        "least there is). Cells: found by the search; dashed lines: closed forms. (b) The interval along one row; its "
        "lower end is the constant c of Theorem 4.1, its upper end first β1/(λ(β2−β1)), then η/(1−β2)."
    ),
    compute=compute,
    findings=findings,
    draw=draw,
    parameters={
        "step_size": 0.5,
        "weight_decay": 1.0,
        "grid": 16,
        "row": 0.9,
        "row_points": 50,
        "last_beta": 0.98,
    },
    quick={"grid": 7, "row_points": 15},
)
