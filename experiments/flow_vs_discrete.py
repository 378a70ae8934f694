"""Lion-K is Euler's method: its iterates lie on the flow, but for an error in proportion to the step.

A step of Lion-K with explicit decay is, exactly, Euler's step of length dt = η of the flow (arXiv 2310.05898, eq. (4))

    ṁ = −α∇f(x) − γm,     ẋ = ∇K(m + εṁ) − λx          with     β1 = 1 − εγ,     β2 = 1 − γη,     α = γ.

So one flow has a discrete method for every step size, β2 moving along with it. Here α = γ = λ = 1. With ε = 0.1 the
step η = 0.01 is Lion's usual (β1, β2) = (0.9, 0.99), and η = 1 forgets the momentum at once (β2 = 0).

Where ∇K is Lipschitz, Euler's theory gives an error of order η on every bounded interval, and so it is measured for a
norm whose one kink the runs do not meet. Where a sign must settle on its kink the flow is an inclusion which slides,
and the iterates chatter about it. What stills the chatter is the look-ahead: the sign reacts to a step of size η at
once, through ε, and not only after the momentum has turned. So order 1 needs ε > 0, and is seen once η is well below
ε²; with ε = 0 the chatter alone is of order √η.

What to look at: in (c) the errors fall in parallel to the dashed line of slope 1. In (d), for Lion, they do so for
ε = ½, bend into it for the usual ε = 0.1, and not at all for ε = 0. (There the implicit step that stands for the flow
is no better placed; how much halving it changes is among the findings.)
"""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lionlab import Huber, L1Norm, L2Norm, LionKFlow, LogCosh, Quadratic, integrate_batch, simulate_batch
from lionlab.convex import ConvexFunction
from lionlab.plotting import COLORS, PAGE, THEORY, draw_box, draw_contours, label_panels, new_figure
from lionlab.reproduction import Data, Experiment

LOSS = Quadratic([[2.0, 0.6], [0.6, 1.0]], [0.6, -1.8])
START = np.array([-1.6, 1.3])
# Each K with its ε.
RUNS: dict[str, tuple[ConvexFunction, float]] = {
    "LogCosh": (LogCosh(3.0), 0.1),
    "Huber": (Huber(0.3), 0.1),
    "L2Norm": (L2Norm(), 0.1),
    "L1Norm_0.5": (L1Norm(), 0.5),
    "L1Norm_0.1": (L1Norm(), 0.1),
    "L1Norm_0": (L1Norm(), 0.0),
}
LABELS = ("log cosh", "Huber", r"$\|z\|_2$", r"$\varepsilon=0.5$", r"$\varepsilon=0.1$", r"$\varepsilon=0$")
STYLES = (("green", "^"), ("sky", "v"), ("purple", "D"), ("yellow", "s"), ("blue", "o"), ("orange", "X"))
CALM, SIGN = (0, 1, 2), (3, 4, 5)  # rows of the two panels of errors
SHOWN = {"LogCosh": "log cosh", "L1Norm_0.1": "Lion"}  # in the plane, with this many steps:
SHOWN_NUMBERS, SHOWN_COLORS = (12, 24, 120), ("orange", "yellow", "blue")
USUAL_STEP = 0.01  # (β1, β2) = (0.9, 0.99)


def compute(
    seed: int, final_time: float, step_numbers: str, starts: int, refinement: int, tolerance: float
) -> dict[str, Any]:
    """The flow and the iterates of every K, for steps of length final_time/n; `step_numbers` lists n, ascending.

    Every n divides the last. The flow of a K with kinks is the implicit step, `refinement` times finer than the finest
    step, and what halving its step changes is kept as its own error. The errors are averages over random `starts`, the
    first of which is the one shown.
    """
    others = np.random.default_rng(seed).uniform(-1.5, 1.5, (starts - 1, 2))
    x0 = np.concatenate([START[None], others])
    numbers = np.array([int(n) for n in step_numbers.split()])
    finest = int(numbers[-1])
    times = np.linspace(0.0, final_time, finest + 1)
    data: dict[str, Any] = {}
    iterates = _iterates(x0, final_time, numbers)
    errors, reference_errors = np.empty((len(RUNS), len(numbers))), np.zeros(len(RUNS))
    for row, (name, (K, enhancement)) in enumerate(RUNS.items()):
        path, reference_errors[row] = _flow(_flow_of(K, enhancement), x0, times, refinement, tolerance)
        for column, n in enumerate(numbers):
            x = iterates[name][: n + 1, column]
            errors[row, column] = np.linalg.norm(x - path[:: finest // n], axis=2).max(axis=0).mean()
            if name in SHOWN and n in SHOWN_NUMBERS:
                data[f"{name}_iterates_{n}"] = x[:, 0]
        if name in SHOWN:
            data[f"{name}_flow"] = path[:: max(finest // 600, 1), 0]
    grid_x, grid_y = np.linspace(-1.8, 1.3, 63), np.linspace(-2.0, 1.5, 71)
    points = np.stack(np.meshgrid(grid_x, grid_y), axis=-1) - LOSS.center
    return data | {
        "steps": final_time / numbers,
        "final_time": np.float64(final_time),
        "errors": errors,
        "reference_errors": reference_errors,
        "grid_x": grid_x,
        "grid_y": grid_y,
        "grid_loss": np.einsum("abi,ij,abj->ab", points, LOSS.matrix, points) / 2,
    }


def _flow_of(K: ConvexFunction, enhancement: float) -> LionKFlow:
    return LionKFlow(K, 1.0, 1.0, enhancement, 1.0)


def _iterates(x0: np.ndarray, final_time: float, numbers: np.ndarray) -> dict[str, np.ndarray]:
    """x of every method, (t, n, start, 2): all that share a kind of K in one run, as long as the longest of them.

    The first n + 1 states of the n-th are those asked for. One length is one compilation.
    """
    found: dict[str, np.ndarray] = {}
    for kind in dict.fromkeys(type(K) for K, _ in RUNS.values()):
        flows = {name: _flow_of(K, enhancement) for name, (K, enhancement) in RUNS.items() if type(K) is kind}
        methods = [flow.to_discrete(final_time / int(n)) for flow in flows.values() for n in numbers for _ in x0]
        starts = np.tile(x0, (len(flows) * len(numbers), 1))
        x = np.asarray(simulate_batch(methods, LOSS, starts, int(numbers[-1]), record=("x",)).x)
        found |= dict(zip(flows, np.moveaxis(x.reshape(-1, len(flows), len(numbers), *x0.shape), 1, 0), strict=True))
    return found


def _flow(
    flow: LionKFlow, x0: np.ndarray, times: np.ndarray, refinement: int, tolerance: float
) -> tuple[np.ndarray, float]:
    """x at `times`, and an estimate of its own error, averaged as the errors are."""
    m0, M = np.zeros_like(x0), _largest_momentum(x0)
    if flow.K.is_smooth:
        runs = [
            integrate_batch(flow, LOSS, x0, m0, times, rtol=r, atol=r, bound=M) for r in (10 * tolerance, tolerance)
        ]
    else:
        # The coarse run goes on to twice the time: as many steps as the fine one has are one compilation.
        spacing, twice = times[1] / refinement, np.arange(2 * len(times) - 1) * times[1]
        runs = [
            integrate_batch(flow, LOSS, x0, m0, moments, "proximal", step=h, bound=M)
            for h, moments in ((2 * spacing, twice), (spacing, times))
        ]
    coarse, fine = (run.x[: len(times)] for run in runs)
    return fine, float(np.linalg.norm(fine - coarse, axis=2).max(axis=0).mean())


def _largest_momentum(x0: np.ndarray) -> float:
    """What ‖m‖₂ and ‖m̃‖₂ cannot exceed: both are averages of gradients, where no |x_i| exceeds 1 and its start's."""
    farthest = np.maximum(np.abs(x0).max(axis=0), 1.0) + np.abs(LOSS.center)
    return float(np.linalg.norm(np.abs(LOSS.matrix) @ farthest))


def findings(data: Data) -> dict[str, float | int | str | bool]:
    """The order of every K by regression, beside 1, and the error at Lion's usual step."""
    h, found = data["steps"], {}
    usual = int(np.argmin(np.abs(h - USUAL_STEP)))
    for row, name in enumerate(RUNS):
        found[f"{name}_slope"] = float(fitted_slope(h, data["errors"][row]))
        found[f"{name}_error_at_the_step_nearest_{USUAL_STEP}"] = float(data["errors"][row, usual])
        found[f"{name}_error_of_the_flow_itself"] = float(data["reference_errors"][row])
    return {"predicted_slope_where_epsilon_is_positive": 1.0, "step_nearest_the_usual": float(h[usual]), **found}


def fitted_slope(steps: np.ndarray, errors: np.ndarray) -> float:
    """The slope of log error in log step, over the steps ≤ 0.1 (all, where fewer than three are)."""
    small = steps <= 0.1 * (1 + 1e-12)
    chosen = small if small.sum() >= 3 else np.ones_like(small)
    return float(np.polyfit(np.log(steps[chosen]), np.log(errors[chosen]), 1)[0])


def draw(data: Data) -> Figure:
    """(a, b) the flow and its iterates in the plane for a smooth K and for Lion, (c, d) the errors by step."""
    figure, axes = new_figure(2, 2, width=PAGE * 0.86, height=5.0)
    for panel, name in zip(axes[0], SHOWN, strict=False):
        _draw_plane(panel, data, name)
    _draw_errors(axes[1, 0], data, CALM, "$K$ ($\\varepsilon=0.1$): fitted slope")
    _draw_errors(axes[1, 1], data, SIGN, "$K=\\|z\\|_1$: fitted slope")
    label_panels(axes)
    return figure


def _draw_plane(axes: Axes, data: Data, name: str) -> None:
    loss = data["grid_loss"]
    draw_contours(axes, data["grid_x"], data["grid_y"], loss, np.geomspace(loss.max() / 100, loss.max(), 9))
    draw_box(axes, 1.0, color=COLORS["grey"])
    for n, color, marker in zip(SHOWN_NUMBERS, SHOWN_COLORS, "os.", strict=True):
        if f"{name}_iterates_{n}" in data:
            x = data[f"{name}_iterates_{n}"]
            label = f"$\\eta={float(data['final_time']) / n:g}$"
            style = {"color": COLORS[color], "marker": marker, "markersize": 3, "linewidth": 0.6, "label": label}
            axes.plot(x[:, 0], x[:, 1], **style)
    path = data[f"{name}_flow"]
    axes.plot(path[:, 0], path[:, 1], **{**THEORY, "linestyle": "-", "linewidth": 1.4}, label="flow")
    axes.plot(*path[0], marker="o", markersize=4, color=COLORS["black"], markerfacecolor="white", zorder=5)
    axes.set(xlabel="$x_1$", ylabel="$x_2$", title=SHOWN[name], aspect="equal")
    axes.set(xlim=(data["grid_x"][0], data["grid_x"][-1]), ylim=(data["grid_y"][0], data["grid_y"][-1]))
    if name == "LogCosh":
        axes.legend(loc="lower left", ncols=2, handlelength=1.4, columnspacing=0.8, borderaxespad=0.3)


def _draw_errors(axes: Axes, data: Data, rows: tuple[int, ...], title: str) -> None:
    h, errors = data["steps"], data["errors"]
    for row in rows:
        color, marker = STYLES[row]
        text = f"{LABELS[row]}: {fitted_slope(h, errors[row]):.2f}"
        axes.plot(h, errors[row], marker=marker, markersize=3.5, linewidth=0.8, color=COLORS[color], label=text)
    guide = h * (errors[rows[0]] / h).min() / 2
    axes.plot(h, guide, **THEORY, label="slope 1")
    axes.set(xscale="log", yscale="log", xlabel="step $\\eta$", ylabel="mean of largest $\\|x_t-x(t\\eta)\\|_2$")
    axes.set_ylim(errors.min() / 4, errors.max() * 30)
    axes.axvline(USUAL_STEP, 0, 0.66, color=COLORS["grey"], linestyle=":", linewidth=0.8, zorder=0)
    axes.annotate(
        "$\\beta_2=0.99$", (USUAL_STEP, errors.min() / 4), xytext=(2, 3), textcoords="offset points", fontsize=7
    )
    axes.legend(title=title, loc="upper left", ncols=2, columnspacing=1.0, borderaxespad=0)


EXPERIMENT = Experiment(
    stem="flow_vs_discrete",
    title="Lion-K is Euler's method of its flow: an error in proportion to the step",
    caption=(
        "The flow with α = γ = λ = 1 and the Lion-K methods that are its Euler steps: β1 = 1 − ε and β2 = 1 − η. "
        "(a) A smooth K and (b) Lion, ε = 0.1: the flow (black) from the open circle, with iterates at three step "
        "sizes; grey: loss contours, and the box (dashed). (c, d) The largest distance between iterates and flow, "
        "averaged over random starts, against the step, with slopes fitted for η ≤ 0.1, beside slope 1 (dashed): (c) "
        "for three K, (d) for Lion, whose chatter the look-ahead ε must still. Dotted: β2 = 0.99; at ε = 0.1 that is "
        "Lion's usual (β1, β2)."
    ),
    compute=compute,
    findings=findings,
    draw=draw,
    parameters={
        "final_time": 6.0,
        "step_numbers": "6 12 24 60 120 240 600 1200",
        "starts": 12,
        "refinement": 16,
        "tolerance": 1e-11,
    },
    quick={"step_numbers": "12 24 60 120 240", "starts": 3, "refinement": 20},
)
