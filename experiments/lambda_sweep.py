"""What weight decay buys: the solution of Lion-K as a function of the radius 1/λ.

If Lion-K minimises f(x) + K*(λx)/λ (arXiv 2310.05898, §3), then for a norm K the weight decay is a radius, and a sweep
over λ is the regularisation path of a constrained regression that can be computed without any optimizer dynamics:

    1/λ ≥ ‖x*‖_dual    the constraint is idle: the loss is the unconstrained one, whatever λ is;
    1/λ < ‖x*‖_dual    the solution sits on the boundary, ‖x‖_dual = 1/λ, and the loss is the constrained optimum,

x* the unconstrained minimiser. The change of regime is at a λ that is known beforehand. The dead zone and Huber keep
their penalties, e‖x‖₁ and (eλ/2)‖x‖², at every λ: the first never reaches the unconstrained loss, the second only as
λ → 0.

The loss is a least-squares fit of real data, the ten standardised features of 442 diabetes patients that ship with
scikit-learn (Efron et al. 2004). Markers are annealed runs of Lion-K, all λ of one K in one compiled batch; dashed
lines are the optima an independent solver finds.

What to look at: every marker lies on its dashed line; in (b) the markers leave the diagonal at the vertical line.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from sklearn.datasets import load_diabetes

from lionlab import (
    DeadzoneL1,
    Huber,
    L1Norm,
    L2Norm,
    LionK,
    Quadratic,
    TopKL1,
    constrained_minimum,
    kkt_residuals,
    simulate_batch,
)
from lionlab.convex import ConvexFunction
from lionlab.plotting import COLORS, CYCLE, PAGE, THEORY, label_panels, new_figure
from lionlab.reproduction import Data, Experiment

THRESHOLD = 0.1  # e of the dead zone and of Huber, in units of the gradient of the standardised loss
FUNCTIONS: dict[str, ConvexFunction] = {
    "L1Norm": L1Norm(),
    "L2Norm": L2Norm(),
    "TopKL1(3)": TopKL1(3),
    "DeadzoneL1": DeadzoneL1(THRESHOLD),
    "Huber": Huber(THRESHOLD),
}
LABELS = (r"$\|z\|_1$", r"$\|z\|_2$", "top 3", "dead zone", "Huber")
MARKERS = ("o", "s", "^", "D", "v")


def diabetes() -> tuple[Quadratic, float]:
    """(1/2n)‖Ax − b‖² up to its constant, and the constant: half the variance that no linear fit explains."""
    features, target = load_diabetes(return_X_y=True)
    features = (features - features.mean(axis=0)) / features.std(axis=0)
    target = (target - target.mean()) / target.std()
    gram, moment = features.T @ features / len(target), features.T @ target / len(target)
    best = np.linalg.solve(gram, moment)
    return Quadratic(gram, best), float(np.mean((features @ best - target) ** 2) / 2)


def dual_norm(K: ConvexFunction, x: np.ndarray) -> np.ndarray:
    """‖x‖ in the norm whose ball of radius 1/λ is K's constraint set, over the last axis."""
    if isinstance(K, L2Norm):
        return np.linalg.norm(x, axis=-1)
    largest = np.abs(x).max(axis=-1)
    return np.maximum(largest, np.abs(x).sum(axis=-1) / K.k) if isinstance(K, TopKL1) else largest


def penalty(K: ConvexFunction, weight_decay: np.ndarray, x: np.ndarray) -> np.ndarray:
    """K*(λx)/λ inside the constraint set, over the last axis: what is added to the loss; 0 for a norm."""
    if isinstance(K, DeadzoneL1):
        return THRESHOLD * np.abs(x).sum(axis=-1)
    return THRESHOLD * weight_decay / 2 * np.sum(x**2, axis=-1) if isinstance(K, Huber) else np.zeros(x.shape[:-1])


def annealed(first: float, last: float, num_steps: int) -> Callable[[Any], Any]:
    """The schedule η_t = first·(last/first)^(t/T)."""
    return lambda step: first * (last / first) ** (step / num_steps)


def compute(seed: int, functions: str, num_radii: int, num_steps: int, last_step_size: float) -> dict[str, Any]:
    """For every K named in `functions` and every λ: the limit of an annealed run, and the reference optimum.

    Nothing here is random.
    """
    names = functions.split()
    unknown = sorted(set(names) - set(FUNCTIONS))
    if unknown or not names:
        raise ValueError(f"functions must name some of {', '.join(FUNCTIONS)}, separated by spaces, got {functions!r}.")
    f, unexplained = diabetes()
    radii = np.geomspace(0.05, 5.0, num_radii)
    sweeps = [_sweep(FUNCTIONS[name], f, 1 / radii, num_steps, last_step_size) for name in names]
    limits, references, scores, distances = (np.stack(part) for part in zip(*sweeps, strict=True))
    kinds = [FUNCTIONS[name] for name in names]
    loss, reference_loss = (_losses(f, points) + unexplained for points in (limits, references))
    norms, reference_norms = (
        np.stack([dual_norm(K, rows) for K, rows in zip(kinds, points, strict=True)]) for points in (limits, references)
    )
    penalties, reference_penalties = (
        np.stack([penalty(K, 1 / radii, rows) for K, rows in zip(kinds, points, strict=True)])
        for points in (limits, references)
    )
    return {
        "functions": np.array([list(FUNCTIONS).index(name) for name in names]),
        "names": np.array(names),
        "is_norm": np.array([not isinstance(K, DeadzoneL1 | Huber) for K in kinds]),
        "radii": radii,
        "limits": limits,
        "references": references,
        "loss": loss,
        "reference_loss": reference_loss,
        "unconstrained_loss": np.float64(unexplained),
        "norm": norms,
        "reference_norm": reference_norms,
        "critical_radius": np.array([dual_norm(K, f.center) for K in kinds]),
        "stationarity": scores,
        "feasibility": distances,
        "value_gap": loss + penalties - reference_loss - reference_penalties,
    }


def _sweep(
    K: ConvexFunction, f: Quadratic, decays: np.ndarray, num_steps: int, last_step_size: float
) -> tuple[np.ndarray, np.ndarray, list[float], list[float]]:
    """(limits, reference optima, scores S, distances of λx to the set), one row or entry per λ."""
    methods = [LionK(K, annealed(0.1 / max(1.0, d), last_step_size, num_steps), d) for d in decays]
    start = np.zeros((len(decays), *f.shape))
    run = simulate_batch(methods, f, start, num_steps, record=("x",), record_every=num_steps)
    limits = np.asarray(run.x)[-1]
    references = np.stack([constrained_minimum(f, K, d, tolerance=1e-13).x for d in decays])
    # The score with K* at the nearest point of the set: a limit on the boundary may stand outside by a rounding error,
    # which makes K* infinite; the distance is reported beside it.
    residuals = [kkt_residuals(f, K, d, x) for d, x in zip(decays, limits, strict=True)]
    return limits, references, [r.raw_score for r in residuals], [r.feasibility for r in residuals]


def _losses(f: Quadratic, points: np.ndarray) -> np.ndarray:
    away = points - f.center
    return np.einsum("...i,ij,...j->...", away, f.matrix, away) / 2


def findings(data: Data) -> dict[str, float | int | str | bool]:
    """Critical radii predicted and observed, and the largest deviations from the reference over all K and λ."""
    table: dict[str, float | int | str | bool] = {}
    radii = data["radii"]
    for i in np.flatnonzero(data["is_norm"]):
        name, critical = data["names"][i], float(data["critical_radius"][i])
        on_boundary = data["norm"][i] >= radii * (1 - 1e-6)
        table[f"{name}: critical radius ‖x*‖ (predicted)"] = critical
        table[f"{name}: largest radius swept with the solution on the boundary"] = float(
            radii[on_boundary].max(initial=0.0)
        )
        table[f"{name}: smallest radius swept with the solution inside"] = float(
            radii[~on_boundary].min(initial=np.inf)
        )
        idle = radii >= critical
        excess = data["loss"][i, idle] - data["unconstrained_loss"]
        table[f"{name}: largest excess loss beyond the critical radius (predicted 0)"] = float(excess.max(initial=0.0))
    return table | {
        "largest S": float(data["stationarity"].max()),
        "largest |F − F_ref|": float(np.abs(data["value_gap"]).max()),
        "largest |loss − reference loss|": float(np.abs(data["loss"] - data["reference_loss"]).max()),
        "largest distance outside the set": float(data["feasibility"].max()),
    }


def draw(data: Data) -> Figure:
    """(a) loss, (b) norm of the solution, (c) optimality score, all against the radius 1/λ."""
    figure, axes = new_figure(1, 3, width=PAGE, height=2.5)
    for i, which in enumerate(data["functions"]):
        color = COLORS[CYCLE[which]]
        points = {"color": color, "marker": MARKERS[which], "markersize": 3, "linestyle": "none"}
        for panel, measured, theory in ((axes[0, 0], "loss", "reference_loss"), (axes[0, 1], "norm", "reference_norm")):
            panel.plot(data["radii"], data[measured][i], **points, label=LABELS[which])
            panel.plot(data["radii"], data[theory][i], **{**THEORY, "linewidth": 0.7, "zorder": 1})
            if data["is_norm"][i]:
                panel.axvline(data["critical_radius"][i], color=color, linewidth=0.8, linestyle=(0, (1, 1)), zorder=0)
        score = data["stationarity"][i]
        axes[0, 2].plot(data["radii"], np.where(score > 0, score, np.nan), **points)
    _finish(axes, data)
    label_panels(axes)
    return figure


def _finish(axes: np.ndarray, data: Data) -> None:
    for panel in axes[0]:
        panel.set(xscale="log", xlabel=r"radius $1/\lambda$")
    axes[0, 0].axhline(float(data["unconstrained_loss"]), color=COLORS["grey"], linewidth=0.5, zorder=0)
    axes[0, 0].plot([], [], **THEORY, label="optimum")
    axes[0, 0].set_ylabel(r"loss $\frac{1}{2n}\|Ax-b\|^2$")
    axes[0, 0].legend(loc="upper right")
    radii = data["radii"]
    axes[0, 1].plot(radii, radii, color=COLORS["grey"], linewidth=0.5, zorder=0)
    axes[0, 1].set(yscale="log", ylabel="norm of the solution")
    axes[0, 1].set_ylim(radii[0] / 1.3, 1.3 * float(data["norm"].max()))
    axes[0, 2].set(yscale="log", ylabel="optimality score $S$")


EXPERIMENT = Experiment(
    stem="lambda_sweep",
    title="The solution against the radius 1/λ: on the boundary up to a critical radius known in advance",
    caption=(
        "Least squares on the diabetes data (n = 442, d = 10, standardised), annealed Lion-K from 0, against 1/λ. "
        "Markers: measured; dashed: the optimum of f + K*(λ·)/λ by an independent solver (theory). (a) Loss; grey: "
        "the unconstrained minimum. (b) Norm of the solution in the norm of K's constraint set; grey: the boundary "
        "‖x‖ = 1/λ. Dotted verticals: the critical radius ‖x*‖_dual of each norm K, from the unconstrained "
        "minimiser alone, beyond which the constraint is idle. The dead zone and Huber (e = 0.1) carry the "
        "penalties e‖x‖₁ and (eλ/2)‖x‖² at every λ. (c) The score S ≥ 0 of each run, for which theory's limit is 0; "
        "values at or below 0 by rounding are not drawn."
    ),
    compute=compute,
    findings=findings,
    draw=draw,
    parameters={"functions": " ".join(FUNCTIONS), "num_radii": 24, "num_steps": 20_000, "last_step_size": 1e-7},
    quick={"functions": "L1Norm DeadzoneL1", "num_radii": 8},
)
