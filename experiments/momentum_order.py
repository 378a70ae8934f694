"""Why β1 ≤ β2: the one hypothesis of Theorem 4.1 on the momenta, mapped.

In a step of Lion-K the Lyapunov function H of arXiv 2310.05898 changes by at most (L/2)‖x⁺−x‖² if β1 ≤ β2: the second
term of its ledger, −ηbΔ2 with b ∝ 1/(β2−β1), then has a sign. For β1 > β2 the sign turns, and no multiple of
‖x⁺−x‖² bounds the change for all losses.

The map shows, for each (β1, β2), the worst step over many runs: the largest of

    excess = (H⁺ − H)/((L/2)‖x⁺−x‖²) − 1,

which the theorem says is ≤ 0 on and above the diagonal. What to look at: none is seen there, and below the diagonal
some at most pairs, as far as these runs look.
"""

from typing import Any

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from lionlab import L1Norm, LionK, Quadratic, energy_ledger, simulate_batch
from lionlab.plotting import COLORS, PAGE, THEORY, label_panels, new_figure
from lionlab.reproduction import Data, Experiment

# No constant bounds the excess below the diagonal: a step that hardly moves x makes it as large as one likes.
LARGEST_SHOWN = 100.0


def compute(
    seed: int, step_size: float, weight_decay: float, grid: int, starts: int, num_steps: int, condition: float
) -> dict[str, Any]:
    """The largest excess on a grid of (β1, β2), and the share of steps that exceed, over random starts in the box."""
    rng = np.random.default_rng(seed)
    loss = Quadratic(np.diag([1.0, condition]) / condition, [1.5, -0.3])
    betas = np.linspace(0.0, 0.98, grid)
    x0 = rng.uniform(-1, 1, (starts, 2)) / weight_decay
    m0 = rng.normal(size=(starts, 2))
    excess, share, unexplained = np.empty((grid, grid)), np.empty((grid, grid)), 0.0
    for row, beta2 in enumerate(betas):
        each = [LionK(L1Norm(), step_size, weight_decay, beta1, beta2) for beta1 in betas]
        methods = [method for method in each for _ in range(starts)]
        run = simulate_batch(methods, loss, np.tile(x0, (grid, 1)), num_steps, np.tile(m0, (grid, 1)))
        ledger = energy_ledger(methods, loss, run)
        largest_rise = loss.smoothness / 2 * np.sum(np.diff(np.asarray(run.x), axis=0) ** 2, axis=2)
        # A change within its own rounding of the bound is not counted as an excess.
        beyond = ledger.change - largest_rise - ledger.rounding_bound
        ratio = np.where(largest_rise > 0, beyond / np.where(largest_rise > 0, largest_rise, 1), -1.0)
        excess[row] = ratio.reshape(num_steps, grid, starts).max(axis=(0, 2))
        share[row] = (beyond > 0).reshape(num_steps, grid, starts).mean(axis=(0, 2))
        unexplained = max(unexplained, float(np.max(np.abs(ledger.residual) / ledger.rounding_bound)))
    return {"betas": betas, "excess": excess, "share": share, "residual_over_bound": np.float64(unexplained)}


def findings(data: Data) -> dict[str, float | int | str | bool]:
    """The largest excess on either side of the diagonal; the theorem says ≤ 0 where β1 ≤ β2."""
    betas, excess = data["betas"], data["excess"]
    ordered = betas[None, :] <= betas[:, None]
    return {
        "largest_excess_where_beta1_is_at_most_beta2": float(excess[ordered].max()),
        "largest_excess_where_beta1_exceeds_beta2": float(excess[~ordered].max()),
        "share_of_pairs_below_the_diagonal_with_an_excess": float(np.mean(excess[~ordered] > 0)),
        "largest_share_of_steps_in_excess": float(data["share"].max()),
        "largest_ledger_residual_over_its_bound": float(data["residual_over_bound"]),
    }


def draw(data: Data) -> Figure:
    """(a) the largest excess, (b) the share of steps that exceed; white where there is none."""
    figure, axes = new_figure(1, 2, width=PAGE * 0.86, height=2.7)
    betas = data["betas"]
    half = (betas[1] - betas[0]) / 2
    extent = (betas[0] - half, betas[-1] + half, betas[0] - half, betas[-1] + half)
    maps = ((data["excess"], "largest excess, in $(L/2)\\|x^+-x\\|^2$"), (data["share"], "share of steps in excess"))
    for panel, (values, label) in zip(axes[0], maps, strict=True):
        positive = np.where(values > 0, values, np.nan)
        largest = min(float(np.nanmax(values)), LARGEST_SHOWN)
        norm = LogNorm(np.nanmin(positive), largest) if np.isfinite(positive).any() else None
        image = panel.imshow(positive, origin="lower", extent=extent, norm=norm, interpolation="nearest")
        clipped = "max" if np.nanmax(values) > LARGEST_SHOWN else "neither"
        figure.colorbar(image, ax=panel, label=label, shrink=0.9, extend=clipped)
        panel.plot(extent[:2], extent[2:], **THEORY)
        panel.annotate("theorem: none", (0.28, 0.66), ha="center", color=COLORS["black"])
        panel.annotate("$\\beta_1=\\beta_2$", (0.16, 0.24), rotation=45, ha="center", va="center", fontsize=7)
        panel.set(xlabel="$\\beta_1$ (look-ahead)", ylabel="$\\beta_2$ (memory)", xlim=extent[:2], ylim=extent[2:])
        panel.set_aspect("equal")
    label_panels(axes)
    return figure


EXPERIMENT = Experiment(
    stem="momentum_order",
    title="Steps that exceed the bound of Theorem 4.1: none seen for β1 ≤ β2, some for most β1 > β2",
    caption=(
        "Lion on a quadratic from random starts in the box and random momenta: (a) the largest excess of "
        "H⁺ − H over (L/2)‖x⁺−x‖², in units of that bound, and (b) the share of steps that exceed it, for "
        "every (β1, β2); white: none seen. Dashed: β1 = β2. On it and above it Theorem 4.1 allows no "
        "excess."
    ),
    compute=compute,
    findings=findings,
    draw=draw,
    parameters={
        "step_size": 0.05,
        "weight_decay": 0.5,
        "grid": 50,
        "starts": 12,
        "num_steps": 300,
        "condition": 10.0,
    },
    quick={"grid": 11, "starts": 4, "num_steps": 150},
)
