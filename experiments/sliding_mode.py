"""A sign that must settle between −1 and 1: the implicit step slides, Euler chatters, and stiff solvers return garbage.

Where K has kinks the flow is an inclusion, ẋ ∈ ∂K(m̃) − λx. On the smallest example, f = ½(x−x̂)ᵀdiag(1,3)(x−x̂) with
x̂ = (0.3, −4), α = γ = λ = 1, ε = ½ and K = ‖·‖₁, the minimum over the box is (0.3, −1). To rest there the direction
must be 0.3, which is no value of the sign: m̃_1 slides along its kink at 0. Until t_s the direction is a sign and

    x_1 = u + (x_1(0)−u)e^{−t},      then m̃_1 = 0, so that      x_1 − 0.3 = m_1 = Ce^{−2(t−t_s)},   s_1 = 0.3 − m_1.

This exact solution, found by hand, is what each method is held against:

- the implicit (proximal) step takes s ∈ ∂K(m̃⁺) at the end of the step; it returns s, and its limit is exact at any h;
- Euler's step, which is Lion itself, takes the sign at the start; it chatters, in a band of width O(h);
- Moreau smoothing with e (sharpness 1/e) makes the flow smooth, and moves its limit to x_1 = 0.3/(1+e);
- SciPy's stiff solvers are given the discontinuous right-hand side as it is. Their values are shown as they come.

What to look at: in (d) what lies to the right of the dashed line is outside the invariant box, where no solution can
be, and each such point was returned with the word "success". At the tighter tolerance most runs never arrive.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.integrate import BDF, LSODA, Radau
from scipy.optimize import brentq

from lionlab import FlowSolution, L1Norm, LionKFlow, MoreauEnvelope, Quadratic, integrate, simulate_batch
from lionlab.plotting import COLORS, PAGE, THEORY, label_panels, new_rows
from lionlab.reproduction import Data, Experiment

CENTER = np.array([0.3, -4.0])
CURVATURE = np.array([1.0, 3.0])
(A1, A2), (C1, C2) = CURVATURE.tolist(), CENTER.tolist()
LOSS = Quadratic(np.diag(CURVATURE), CENTER)
EPSILON = 0.5
START = np.array([-0.9, 0.8])
LIMIT = np.array([0.3, -1.0])  # of x, and of the direction s
FARTHEST = 2.0  # the largest entry of x − LIMIT in the box
FLOW = LionKFlow(L1Norm(), 1.0, 1.0, EPSILON, 1.0)
SHOWN_STEP, SHOWN_SMOOTHINGS = 0.1, (0.5, 0.1)
STIFF: dict[str, Callable[..., Any]] = {"BDF": BDF, "Radau": Radau, "LSODA": LSODA}
TOLERANCES = (1e-3, 1e-6)  # relative; the absolute one stays at SciPy's default, 1e-6
SUCCEEDED, GAVE_UP, STALLED = range(3)


def exact(times: np.ndarray, x0: float = float(START[0])) -> tuple[np.ndarray, np.ndarray]:
    """x_1 and its direction at `times` from m_1 = 0: a sign up to the switch, then sliding."""
    u = math.copysign(1.0, CENTER[0] - x0)

    def moving(t: Any) -> tuple[Any, Any]:
        x = u + (x0 - u) * np.exp(-t)
        return x, -np.exp(-t) * ((u - CENTER[0]) * np.expm1(t) + (x0 - u) * t)

    def m_tilde(t: float) -> float:
        x, m = moving(t)
        return float((1 - EPSILON) * m - EPSILON * (x - CENTER[0]))

    switch = brentq(m_tilde, 1e-9, 10.0, xtol=1e-15)
    x, _ = moving(times)
    sliding = moving(switch)[1] * np.exp(-2 * np.maximum(times - switch, 0))
    is_sliding = times >= switch
    return np.where(is_sliding, CENTER[0] + sliding, x), np.where(is_sliding, CENTER[0] - sliding, u)


def compute(
    seed: int, final_time: float, steps: int, smoothings: int, starts: int, most_evaluations: int
) -> dict[str, Any]:
    """Runs of every method on the example: their paths, their errors by step or smoothing, and what SciPy returns."""
    lengths = final_time / np.round(np.geomspace(final_time, 100 * final_time, steps))
    sizes = np.geomspace(1.0, 1e-3, smoothings)
    shown_end = min(final_time, 6.0)
    longest = round(max(final_time / lengths.min(), shown_end / SHOWN_STEP))
    implicit = [_implicit(final_time, float(h), longest) for h in lengths]
    *euler, shown_euler = _euler([(final_time, float(h)) for h in lengths] + [(shown_end, SHOWN_STEP)])
    grid = np.linspace(0.0, final_time, 401)
    smooth = [_smoothed(float(e), grid) for e in sizes]
    exact_smooth = exact(grid)[0]
    rng = np.random.default_rng(seed)
    return {
        "step_lengths": lengths,
        "smoothings": sizes,
        "final_time": np.float64(final_time),
        "implicit_error_at_end": np.array([np.abs(run.x[-1] - LIMIT).max() for run in implicit]),
        "implicit_largest_error": np.array([_largest_error(run.times, run.x) for run in implicit]),
        "implicit_selection_error_at_end": np.array([np.abs(run.selection[-1] - LIMIT).max() for run in implicit]),
        "implicit_largest_rise": np.array([run.change.max() for run in implicit]),
        # Chatter has no last value: the worst over the last tenth of the run.
        "euler_error_at_end": np.array([np.abs(x[-(len(x) // 10) :] - LIMIT).max() for _, x, _ in euler]),
        "euler_largest_error": np.array([_largest_error(times, x) for times, x, _ in euler]),
        "smooth_error_at_end": np.array([np.abs(run.x[-1] - LIMIT).max() for run in smooth]),
        "smooth_largest_error": np.array([np.abs(run.x[:, 0] - exact_smooth).max() for run in smooth]),
        **_shown(shown_end, _implicit(shown_end, SHOWN_STEP, longest), shown_euler),
        **_stiff(rng.uniform(-1, 1, (starts, 2)), final_time, most_evaluations),
    }


class Implicit(NamedTuple):
    """A run of implicit steps: states (n + 1, …), selections (n, …), and the change of H_h in every step."""

    times: np.ndarray
    x: np.ndarray
    selection: np.ndarray
    change: np.ndarray


def _implicit(final_time: float, step: float, longest: int) -> Implicit:
    """The run up to `final_time`, cut out of one of `longest` steps: one number of steps is one compilation."""
    run = integrate(FLOW, LOSS, START, None, step * np.arange(longest + 1), "proximal", step=step)
    assert run.selection is not None
    assert run.ledger is not None
    n = round(final_time / step)
    return Implicit(run.times[: n + 1], run.x[: n + 1], run.selection[:n], run.ledger.change[:n])


def _euler(runs: Sequence[tuple[float, float]]) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Euler's method, that is Lion, for every (final time, step): times, x, and the directions taken.

    All are as long as the longest and cut where they end.
    """
    methods, counts = [FLOW.to_discrete(h) for _, h in runs], [round(end / h) for end, h in runs]
    every = np.asarray(simulate_batch(methods, LOSS, np.tile(START, (len(runs), 1)), max(counts), record=("x",)).x)
    found = []
    for b, ((_, h), n) in enumerate(zip(runs, counts, strict=True)):
        x = every[: n + 1, b]
        found.append((h * np.arange(n + 1), x, np.diff(x, axis=0) / h + x[:-1]))
    return found


def _smoothed(smoothing: float, times: np.ndarray) -> FlowSolution:
    flow = LionKFlow(MoreauEnvelope(L1Norm(), smoothing), 1.0, 1.0, EPSILON, 1.0)
    return integrate(flow, LOSS, START, None, times, "kvaerno5")


def _largest_error(times: np.ndarray, x: np.ndarray) -> float:
    return float(np.abs(x[:, 0] - exact(times)[0]).max())


def _shown(end: float, run: Implicit, euler: tuple[np.ndarray, np.ndarray, np.ndarray]) -> dict[str, Any]:
    """x_1 and its direction, at one step and some smoothings, up to the time `end`."""
    times, (euler_times, euler_x, direction) = np.linspace(0.0, end, 401), euler
    smooth = [_smoothed(e, times) for e in SHOWN_SMOOTHINGS]
    x, s = exact(times)
    m_tilde = [(1 - EPSILON) * run.m[:, 0] - EPSILON * (run.x[:, 0] - CENTER[0]) for run in smooth]
    return {
        "shown_times": times,
        "shown_exact": np.stack([x, s]),
        "shown_steps": run.times,
        "shown_implicit": run.x[:, 0],
        "shown_selection": run.selection[:, 0],
        "shown_euler": euler_x[:, 0],
        "shown_sign": direction[:, 0],
        "shown_smooth": np.stack([run.x[:, 0] for run in smooth]),
        "shown_smooth_direction": np.stack(
            [np.clip(z / e, -1, 1) for z, e in zip(m_tilde, SHOWN_SMOOTHINGS, strict=True)]
        ),
        "shown_smoothings": np.array(SHOWN_SMOOTHINGS),
        "shown_euler_times": euler_times,
    }


def field(_: float, state: np.ndarray) -> np.ndarray:
    """The discontinuous right-hand side, as one would write it down for a general solver.

    Number by number: the solvers ask half a million times, and arrays of two entries would take four times as long.
    """
    x1, x2, m1, m2 = state.tolist()
    m1_dot, m2_dot = -A1 * (x1 - C1) - m1, -A2 * (x2 - C2) - m2
    return np.array([_sign(m1 + EPSILON * m1_dot) - x1, _sign(m2 + EPSILON * m2_dot) - x2, m1_dot, m2_dot])


def _sign(z: float) -> float:
    """−1, 0 or 1; NaN of NaN, which is what a solver that fails may ask."""
    return math.copysign(1.0, z) if z < 0 or z > 0 else z


def _stiff(starts: np.ndarray, final_time: float, most_evaluations: int) -> dict[str, Any]:
    """For each solver, tolerance and start: what it says, the time it reached, and x there.

    A solver that has called the right-hand side `most_evaluations` times counts as stalled: without a limit some never
    end. A count and not a clock, so that the outcome does not depend on the machine's speed.
    """
    shape = (len(STIFF), len(TOLERANCES), len(starts))
    status, reached, x = np.empty(shape, int), np.empty(shape), np.empty((*shape, 2))
    for i, solver in enumerate(STIFF.values()):
        for j, tolerance in enumerate(TOLERANCES):
            for k, start in enumerate(starts):
                with np.errstate(all="ignore"):
                    run = solver(field, 0.0, np.append(start, [0.0, 0.0]), final_time, rtol=tolerance)
                    while run.status == "running" and run.nfev < most_evaluations:
                        run.step()
                status[i, j, k] = {"finished": SUCCEEDED, "failed": GAVE_UP}.get(run.status, STALLED)
                reached[i, j, k], x[i, j, k] = run.t, run.y[:2]
    return {"stiff_status": status, "stiff_time": reached, "stiff_error": np.abs(x - LIMIT).max(axis=-1)}


def findings(data: Data) -> dict[str, float | int | str | bool]:
    """The limits of every method, their orders along the way, and what became of SciPy's runs."""
    h, e, T = data["step_lengths"], data["smoothings"], float(data["final_time"])
    transient = (1 + h) ** -np.round(T / h) * abs(START[1] - LIMIT[1])
    bias = CENTER[0] * e / (1 + e)
    found: dict[str, float | int | str | bool] = {
        "implicit_error_at_end_over_its_own_transient": float(np.max(data["implicit_error_at_end"] / transient)),
        "implicit_error_at_end_at_the_finest_step": float(data["implicit_error_at_end"][-1]),
        "implicit_selection_error_at_end_at_the_finest_step": float(data["implicit_selection_error_at_end"][-1]),
        "largest_rise_of_H_h_in_an_implicit_step": float(data["implicit_largest_rise"].max()),
        "moreau_bias_off_its_prediction": float(np.max(np.abs(data["smooth_error_at_end"] - bias))),
        "euler_error_at_end_over_step_largest": float(np.max(data["euler_error_at_end"] / h)),
    }
    for name, sizes in (("implicit", h), ("euler", h), ("smooth", e)):
        half = len(sizes) // 2
        slope = np.polyfit(np.log(sizes[half:]), np.log(data[f"{name}_largest_error"][half:]), 1)[0]
        found[f"{name}_slope_of_largest_error_along_the_run"] = float(slope)
    status, error, time = data["stiff_status"], data["stiff_error"], data["stiff_time"]
    found["stiff_starts"] = status.shape[-1]
    for i, solver in enumerate(STIFF):
        for j, tolerance in enumerate(TOLERANCES):
            says_success = status[i, j] == SUCCEEDED
            key = f"{solver}_at_{tolerance:g}"
            found[f"{key}_reports_success"] = int(says_success.sum())
            found[f"{key}_reports_success_outside_the_box"] = int((error[i, j][says_success] > FARTHEST).sum())
            if says_success.any():
                found[f"{key}_largest_error_reported_as_success"] = float(error[i, j][says_success].max())
            if not says_success.all():
                found[f"{key}_latest_time_reached_otherwise"] = float(time[i, j][~says_success].max())
    return found


def draw(data: Data) -> Figure:
    """(a) x_1, (b) its direction, (c) errors at the end by step or smoothing, (d) SciPy's answers."""
    figure, axes = new_rows(
        (("path", "direction"), ("errors", "stiff")), width=PAGE, height=4.8, width_ratios=(None, (1, 1.25))
    )
    _draw_path(axes["path"], data)
    _draw_direction(axes["direction"], data)
    _draw_errors(axes["errors"], data)
    _draw_stiff(axes["stiff"], data)
    label_panels(np.array(list(axes.values())))
    return figure


EULER: dict[str, Any] = {"color": COLORS["orange"], "linewidth": 0.8}
IMPLICIT: dict[str, Any] = {"color": COLORS["blue"], "marker": "o", "markersize": 3, "linestyle": "none"}
SMOOTH: tuple[dict[str, Any], ...] = (
    {"color": COLORS["green"], "linestyle": "-."},
    {"color": COLORS["sky"], "linestyle": (0, (1, 1))},
)


def _draw_path(axes: Axes, data: Data) -> None:
    axes.plot(data["shown_euler_times"], data["shown_euler"], **EULER, label=f"Euler, $h={SHOWN_STEP}$")
    for x, e, style in zip(data["shown_smooth"], data["shown_smoothings"], SMOOTH, strict=True):
        axes.plot(data["shown_times"], x, **style, label=f"Moreau, $e={e:g}$")
    axes.plot(data["shown_steps"], data["shown_implicit"], **IMPLICIT, label=f"implicit step, $h={SHOWN_STEP}$")
    axes.plot(data["shown_times"], data["shown_exact"][0], **THEORY, label="exact")
    axes.set(xlabel="time $t$", ylabel="$x_1$", xlim=(0, data["shown_times"][-1]), ylim=(-0.95, 0.65))
    axes.legend(loc="lower right")


def _draw_direction(axes: Axes, data: Data) -> None:
    steps = data["shown_steps"][1:]
    axes.plot(data["shown_euler_times"][:-1], data["shown_sign"], drawstyle="steps-post", **EULER)
    for u, style in zip(data["shown_smooth_direction"], SMOOTH, strict=True):
        axes.plot(data["shown_times"], u, **style)
    axes.plot(steps, data["shown_selection"], **IMPLICIT)
    axes.plot(data["shown_times"], data["shown_exact"][1], **THEORY)
    axes.set(xlabel="time $t$", ylabel="direction $\\nabla K(\\tilde m)_1$", xlim=(0, data["shown_times"][-1]))
    axes.set(ylim=(-1.15, 1.15), yticks=[-1, 0, 0.3, 1])


def _draw_errors(axes: Axes, data: Data) -> None:
    h, e, T = data["step_lengths"], data["smoothings"], float(data["final_time"])
    marks: dict[str, Any] = {"markersize": 3.5, "linestyle": "none"}
    axes.plot(e, data["smooth_error_at_end"], marker="^", color=COLORS["green"], **marks, label="Moreau")
    axes.plot(h, data["euler_error_at_end"], marker="s", color=COLORS["orange"], **marks, label="Euler")
    axes.plot(h, data["implicit_error_at_end"], marker="o", color=COLORS["blue"], **marks, label="implicit step")
    axes.plot(e, CENTER[0] * e / (1 + e), **THEORY)
    axes.plot(h, (1 + h) ** (-T / h) * abs(START[1] - LIMIT[1]), **THEORY)
    notes: dict[str, Any] = {"textcoords": "offset points"}
    axes.plot(h, h, **THEORY)
    axes.annotate("$h$", (h[-1], h[-1]), xytext=(-9, 0), **notes)
    axes.annotate("$0.3\\,e/(1+e)$", (e[-1], CENTER[0] * e[-1]), xytext=(14, -6), **notes)
    axes.annotate("$1.8\\,(1+h)^{-T/h}$", (h[-1], 1e-8), xytext=(-4, 10), **notes)
    axes.set(xscale="log", yscale="log", xlabel="step $h$, or smoothing $e$", ylabel=f"error of $x$ at $T={T:g}$")
    axes.set_ylim(1e-9, 5)
    axes.legend(loc=(0.55, 0.42))


def _draw_stiff(axes: Axes, data: Data) -> None:
    rows = [(i, j) for j in range(len(TOLERANCES)) for i in range(len(STIFF))]
    status, error, time = data["stiff_status"], data["stiff_error"], data["stiff_time"]
    names = list(STIFF)
    # A fixed scatter within the row, so that equal answers can be told apart.
    jitter = np.linspace(-0.25, 0.25, status.shape[-1])
    axes.axvline(FARTHEST, **THEORY)
    for height, (i, j) in enumerate(rows, start=1):
        says = status[i, j] == SUCCEEDED
        style = {"marker": "D", "color": COLORS["purple"], "linestyle": "none", "markersize": 3.2}
        axes.plot(error[i, j][says], height + jitter[says], **style)
        counts = [(int((status[i, j] == kind).sum()), word) for kind, word in ((GAVE_UP, "fail"), (STALLED, "stall"))]
        if not says.all():
            text = ", ".join(f"{count} {word}" for count, word in counts if count)
            text += f", $t\\leq{time[i, j][~says].max():.1f}$"
            axes.annotate(text, (0.99, height), xycoords=("axes fraction", "data"), ha="right", va="center", fontsize=7)
    axes.plot(data["implicit_error_at_end"][-1], 0, **IMPLICIT)
    axes.annotate("outside the box", (FARTHEST, -0.4), xytext=(4, 0), textcoords="offset points", fontsize=7)
    labels = [f"{names[i]}, $10^{{{math.log10(TOLERANCES[j]):.0f}}}$" for i, j in rows]
    axes.set_yticks(range(len(rows) + 1), [f"implicit, $h={data['step_lengths'][-1]:g}$", *labels])
    axes.set(xscale="log", xlabel=f"error of $x$ at $T={float(data['final_time']):g}$, as returned")
    axes.set_ylim(len(rows) + 0.6, -0.8)
    # The words stand to the right of every answer.
    largest = error[status == SUCCEEDED].max(initial=1e3)
    axes.set_xlim(1e-10, (1e10 * largest) ** 1.65 / 1e10)
    axes.set_xticks(10.0 ** np.arange(-8, np.log10(largest), 8))
    axes.minorticks_off()


EXPERIMENT = Experiment(
    stem="sliding_mode",
    title="A sign that must settle between −1 and 1: sliding, chattering, and garbage",
    caption=(
        "The Lion flow (K = ‖·‖₁) on a quadratic whose constrained minimum (0.3, −1) needs the direction 0.3, a value "
        "that no sign takes. (a) x_1 and (b) its direction: the implicit (proximal) step returns both on the exact "
        "solution (dashed), Euler's step, which is Lion, chatters, and Moreau smoothing is off by a bias. (c) The "
        "error at time T: that of the implicit step is no more than what an exact implicit step has still to go "
        "(dashed), Moreau's is its predicted bias (dashed), Euler's is of order h. (d) What SciPy's stiff solvers "
        "return for the same flow from random starts, at two tolerances: points are the answers reported as a "
        "success; beyond the dashed line they are outside the invariant box. The other runs fail, or stall: they "
        "spend the permitted number of evaluations without reaching T."
    ),
    compute=compute,
    findings=findings,
    draw=draw,
    parameters={"final_time": 20.0, "steps": 7, "smoothings": 7, "starts": 10, "most_evaluations": 10000},
    quick={"steps": 3, "smoothings": 3, "starts": 3, "most_evaluations": 1500},
)
