"""Which minimum? Thousands of flows on a loss with four wells, each coloured by where it ends.

Theorem 3.1 of arXiv 2310.05898 does not need f to be convex: H falls along every flow, and where K is smooth the
trajectory accumulates only at stationary points of F(x) = αf(x) + (γ/λ)K*(λx), that is (α = γ) at the solutions of

    ∇K(−∇f(x)) = λx.

Which of them a flow finds is another matter, and depends on the momentum: with ε = 0 it carries the flow over ridges,
with εγ = 1 the flow knows only the gradient where it is. The weight decay moves the stationary points themselves: none
can be outside the box ‖x‖∞ ≤ 1/λ, so a well outside is answered by a minimum at the side of the box, or by none.

The loss is Himmelblau's, f = ((x²+y−11)² + (x+y²−7)²)/100, with wells at (3, 2), (−2.8, 3.1), (−3.8, −3.3) and
(3.6, −1.8); K = Σ√(z²+e²) − e. The stationary points are found from the equation above by a root finder, without any
flow.

What to look at: every limit lies on one of the independently found minima. At εγ = 1, where the momentum has no say,
the boundaries of the basins pass through the saddle points; with less enhancement the basins of narrow wells shrink,
as flows overshoot them.
"""

from typing import Any

import numpy as np
from jax import Array
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from scipy.optimize import root

from lionlab import LionKFlow, Objective, PseudoHuber, integrate_batch
from lionlab.plotting import COLORS, PAGE, THEORY, draw_box, label_panels, new_figure
from lionlab.problem import stationarity_scores
from lionlab.reproduction import Data, Experiment


def himmelblau(x: Array) -> Array:
    """Four wells, in units in which the flow is not stiff."""
    return ((x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2) / 100


LOSS = Objective(himmelblau, dim=2, is_convex=False)
THRESHOLD = 0.1  # e of √(z² + e²), in units of the momentum
EXTENT = 4.5  # of the map, in both coordinates
RADII = (3.3, 2.2)  # 1/λ, one for each row
PRODUCTS = (0.0, 0.1, 1.0)  # εγ, one for each column
# Of the minima, by the quadrant they are in, counter-clockwise from the upper right one.
BASIN_COLORS = ("sky", "yellow", "green", "purple")
BASIN_NAMES = ("upper right", "upper left", "lower left", "lower right")
BASIN_STRENGTH = 0.55  # of the colours of the map; a star has its own in full

_MARK: dict[str, Any] = {"color": THEORY["color"], "linestyle": "none", "zorder": 5}
MINIMUM = {**_MARK, "marker": "*", "markersize": 9, "markeredgewidth": 0.8}
SADDLE = {**_MARK, "marker": "x", "markersize": 4}


def gradient(x: np.ndarray) -> np.ndarray:
    """∇f by hand, for the root finder; x is (…, 2)."""
    a, b = x[..., 0] ** 2 + x[..., 1] - 11, x[..., 0] + x[..., 1] ** 2 - 7
    return np.stack([4 * x[..., 0] * a + 2 * b, 2 * a + 4 * x[..., 1] * b], axis=-1) / 100


def compute(seed: int, gamma: float, grid: int, final_time: float, step: float) -> dict[str, Any]:
    """The limit of every start on a `grid` × `grid` map, for each λ and ε, and all stationary points. Not random."""
    K, axis = PseudoHuber(THRESHOLD), np.linspace(-EXTENT, EXTENT, grid)
    starts = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    # ‖m‖ and ‖m̃‖ cannot exceed the largest gradient (α = γ); what lies between the points of the map adds little.
    bound = 1.2 * float(np.abs(gradient(starts)).max())
    shape = (len(RADII), len(PRODUCTS), len(starts))
    limits, scores, still = np.empty((*shape, 2)), np.empty(shape), np.empty(shape)
    data: dict[str, Any] = {"axis": axis, "radii": np.array(RADII), "products": np.array(PRODUCTS)}
    for i, radius in enumerate(RADII):
        points, is_minimum = stationary_points(1 / radius)
        data |= {f"stationary_{i}": points, f"is_minimum_{i}": is_minimum}
        for j, product in enumerate(PRODUCTS):
            flow = LionKFlow(K, gamma, gamma, product / gamma, 1 / radius)
            # Ten times and not two: a run that saves little is compiled for a short one.
            times = final_time * np.linspace(0.0, 1.0, 11)
            run = integrate_batch(flow, LOSS, starts, np.zeros_like(starts), times, "rk4", step=step, bound=bound)
            limits[i, j] = run.x[-1]
            scores[i, j] = stationarity_scores(LOSS, K, 1 / radius, run.x[-1])
            still[i, j] = np.abs(run.x[-1] - run.x[-2]).max(axis=1)
    basin, distance = _basins(data, limits)
    return data | {
        "basin": basin.reshape(*shape[:2], grid, grid),
        "distance": distance,
        "scores": scores,
        "moved": still,
    }


def stationary_points(weight_decay: float) -> tuple[np.ndarray, np.ndarray]:
    """All solutions of ∇F = 0, that is ∇f(x) + ∇K*(λx) = 0, and which of them are minima."""

    def field(x: np.ndarray) -> np.ndarray:
        # ∇K(−∇f) − λx, defined everywhere; its zeros are those of ∇F.
        g = -gradient(x)
        return g / np.sqrt(g**2 + THRESHOLD**2) - weight_decay * x

    found: list[np.ndarray] = []
    side = np.linspace(-1, 1, 21) / weight_decay
    for start in np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2):
        solved = root(field, start, tol=1e-13)
        x = solved.x
        is_root = np.abs(field(x)).max() <= 1e-11 and np.abs(weight_decay * x).max() < 1
        if is_root and not any(np.abs(x - other).max() <= 1e-6 for other in found):
            found.append(x)
    points = np.array(sorted(found, key=lambda x: (round(x[0], 6), round(x[1], 6))))
    return points, np.array([bool(np.linalg.eigvalsh(_hessian(x, weight_decay)).min() > 0) for x in points])


def _hessian(x: np.ndarray, weight_decay: float) -> np.ndarray:
    """∇²F/α at x inside the box: ∇²f, and λe(1 − (λx_i)²)^{−3/2} on the diagonal."""
    x1, x2 = x
    mixed = 4 * (x1 + x2)
    hessian = np.array([[12 * x1**2 + 4 * x2 - 42, mixed], [mixed, 12 * x2**2 + 4 * x1 - 26]]) / 100
    return hessian + np.diag(weight_decay * THRESHOLD * (1 - (weight_decay * x) ** 2) ** -1.5)


def _basins(data: Data, limits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each limit the quadrant of the nearest minimum, and its distance to that minimum."""
    basin, distance = np.empty(limits.shape[:-1], int), np.empty(limits.shape[:-1])
    for i in range(len(limits)):
        minima = data[f"stationary_{i}"][data[f"is_minimum_{i}"]]
        away = np.linalg.norm(limits[i][..., None, :] - minima, axis=-1)
        basin[i], distance[i] = _quadrant(minima)[away.argmin(axis=-1)], away.min(axis=-1)
    return basin, distance


def _quadrant(x: np.ndarray) -> np.ndarray:
    """0 to 3 counter-clockwise from the upper right one, of points (…, 2)."""
    return np.floor(np.arctan2(x[..., 1], x[..., 0]) / (np.pi / 2)).astype(int) % 4


def findings(data: Data) -> dict[str, float | int | str | bool]:
    """How many flows, how close their limits are to the minima found without them, and the shares of the basins."""
    found: dict[str, float | int | str | bool] = {
        "flows": int(data["distance"].size),
        "largest_distance_of_a_limit_to_a_minimum": float(data["distance"].max()),
        "median_distance_of_a_limit_to_a_minimum": float(np.median(data["distance"])),
        "limits_farther_than_1e-6_from_every_minimum": int((data["distance"] > 1e-6).sum()),
        "largest_KKT_score_of_a_limit": float(data["scores"].max()),
        "largest_motion_in_the_last_tenth": float(data["moved"].max()),
    }
    for i, radius in enumerate(data["radii"]):
        found[f"radius_{radius:g}_stationary_points"] = len(data[f"stationary_{i}"])
        found[f"radius_{radius:g}_minima"] = int(data[f"is_minimum_{i}"].sum())
        changed = np.mean(data["basin"][i, 0] != data["basin"][i, -1])
        found[f"radius_{radius:g}_share_of_starts_that_the_momentum_leads_elsewhere"] = float(changed)
    return found


def draw(data: Data) -> Figure:
    """One map for each λ (rows) and ε (columns), the key of the marks above them and that of the colours below."""
    figure, axes = new_figure(
        len(data["radii"]), len(data["products"]), width=PAGE, height=5.9, sharex=True, sharey=True
    )
    for i, radius in enumerate(data["radii"]):
        for j, product in enumerate(data["products"]):
            panel = axes[i, j]
            _draw_map(panel, data, i, j)
            panel.set_title(f"$1/\\lambda={radius:g}$, $\\varepsilon\\gamma={product:g}$")
        axes[i, 0].set_ylabel("$x_2$ at the start")
    for panel in axes[-1]:
        panel.set_xlabel("$x_1$ at the start")
    label_panels(axes)
    marks = [
        Line2D([], [], **MINIMUM, markerfacecolor="white", label="minimum of $F$"),
        Line2D([], [], **SADDLE, label="other stationary point of $F$"),
        Line2D([], [], **THEORY, label="the box $\\|x\\|_\\infty\\leq 1/\\lambda$"),
    ]
    basins = [
        Patch(facecolor=COLORS[color], alpha=BASIN_STRENGTH, label=name)
        for color, name in zip(BASIN_COLORS, BASIN_NAMES, strict=True)
    ]
    figure.legend(handles=marks, loc="outside upper center", ncols=3)
    figure.legend(
        handles=basins, loc="outside lower center", ncols=4, title_fontsize=8,
        title="flows that start here end in the minimum at the",
    )  # fmt: skip
    return figure


def _draw_map(axes: Axes, data: Data, i: int, j: int) -> None:
    half = (data["axis"][1] - data["axis"][0]) / 2
    edge = EXTENT + half
    colors = ListedColormap([COLORS[name] for name in BASIN_COLORS])
    axes.imshow(
        data["basin"][i, j], origin="lower", extent=(-edge, edge, -edge, edge), cmap=colors, vmin=-0.5, vmax=3.5,
        interpolation="nearest", alpha=BASIN_STRENGTH,
    )  # fmt: skip
    draw_box(axes, float(data["radii"][i]))
    points, is_minimum = data[f"stationary_{i}"], data[f"is_minimum_{i}"]
    for x in points[is_minimum]:
        axes.plot(*x, **MINIMUM, markerfacecolor=COLORS[BASIN_COLORS[int(_quadrant(x))]])
    axes.plot(*points[~is_minimum].T, **SADDLE)
    axes.set(xlim=(-edge, edge), ylim=(-edge, edge), aspect="equal")


EXPERIMENT = Experiment(
    stem="basin_map",
    title="Basins of the flow on a loss with four wells: the momentum chooses the minimum, K and λ place it",
    caption=(
        "Each point is a start (m_0 = 0) of the Lion-K flow on Himmelblau's loss, K = Σ√(z²+e²) − e, coloured by the "
        "minimum it ends in; columns: the enhancement ε from none to εγ = 1, rows: two boxes ‖x‖∞ ≤ 1/λ (dashed). "
        "Theory, found by a root finder without any flow: stars, of their basins' colours, are the minima of F = αf + "
        "(γ/λ)K*(λ·) and crosses its other stationary points, the solutions of ∇K(−∇f(x)) = λx. In the smaller box "
        "every well is outside; the minima stand at its sides, and one is gone."
    ),
    compute=compute,
    findings=findings,
    draw=draw,
    parameters={"gamma": 0.3, "grid": 80, "final_time": 90.0, "step": 0.03},
    quick={"grid": 12, "final_time": 80.0},
)
