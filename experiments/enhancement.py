"""What the look-ahead does: the gradient enhancement ε as a second source of damping.

The flow moves along ∇K(m̃) with m̃ = m + εṁ = (1−εγ)m − εα∇f (arXiv 2310.05898, eq. (4)): ε is how far ahead the
momentum is read. With ε = 0 that is plain momentum, a ball with friction γ; with εγ = 1 the momentum drops out, m̃ =
−(α/γ)∇f, and the flow descends along ∇K of the gradient itself. Lion stands between: its two β are εγ = 1−β1.

Theorem 3.1 says how H falls, as an identity,

    dH/dt = −(γ+cλ)Δ1 − cΔ2,     Δ1 = ⟨∇K(m̃) − λx, m̃ − ∇K*(λx)⟩,     Δ2 = ⟨∇K(m̃) − ∇K(m), ṁ⟩,     c = (1−εγ)/(1+ελ).

Δ1 is friction: it is there without any enhancement. Δ2, which is nothing at ε = 0 and has the weight c = 0 at εγ = 1,
is what the enhancement adds between: where m̃ leads m, the motion turns before the momentum does.

What to look at: in (b) H falls for every ε, in stairs for small ε, where Δ1 is small at each turning point, and without
pause for larger ones. In (c) the integral of cΔ2 is just what H lost and Δ1 does not explain, and is zero at both ends.
In (d) H falls in the end like e^{−rt}, r twice the slowest rate of the flow linearised at its rest point, where each
coordinate has a mode of its own,

    δẋ_i = K″(m̃_i)δm̃_i − λδx_i,     δṁ_i = −αa_iδx_i − γδm_i,     δm̃_i = (1−εγ)δm_i − εαa_iδx_i.

At first enhancement damps the oscillation of x_1 faster; past the peak x_2, overdamped, waits for its momentum, and
longer the more is looked ahead. At εγ = 1 alone nothing waits: m is in neither ẋ nor H, and what is left is fast.
"""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lionlab import LionKFlow, PseudoHuber, Quadratic, constrained_minimum, integrate_batch
from lionlab.dynamics import State, constants_at, vector_field
from lionlab.energy import dissipation
from lionlab.plotting import COLORS, PAGE, THEORY, draw_box, draw_contours, draw_path, label_panels, new_rows
from lionlab.precision import cast_floats, double_precision
from lionlab.reproduction import Data, Experiment

LOSS = Quadratic([[1.0, 0.0], [0.0, 5.0]], [2.4, 0.6])
START = np.array([-1.6, -1.3])
THRESHOLD = 0.5  # e of √(z² + e²), in units of the momentum
SHOWN = (0.0, 0.1, 0.3, 1.0)  # εγ of the runs drawn
STYLES = (("orange", "-"), ("yellow", "--"), ("blue", "-"), ("black", ":"))


def compute(
    seed: int, gamma: float, weight_decay: float, final_time: float, num_times: int, products: int, tolerance: float
) -> dict[str, Any]:
    """Runs for the shown εγ, and for `products` values of it between 0 and 1, with both parts of the dissipation."""
    K = PseudoHuber(THRESHOLD)
    swept = np.linspace(0.0, 1.0, products)
    every = np.concatenate([SHOWN, swept])
    flows = [LionKFlow(K, gamma, gamma, float(product) / gamma, weight_decay) for product in every]
    times = np.linspace(0.0, final_time, num_times)
    x0 = np.tile(START / (2 * weight_decay), (len(flows), 1))
    run = integrate_batch(flows, LOSS, x0, np.zeros_like(x0), times, rtol=tolerance, atol=tolerance)
    minimum = constrained_minimum(LOSS, K, weight_decay, tolerance=1e-14)
    # F = αf + (γ/λ)K*(λ·) of the flow is α = γ times that of the discrete method.
    lowest, shown = gamma * minimum.value, len(SHOWN)
    rates = [_dissipation(flow, run.x[:, i], run.m[:, i]) for i, flow in enumerate(flows)]
    friction, lead = (_integral(times, np.stack(part, axis=1)) for part in zip(*rates, strict=True))
    return {
        "times": times,
        "shown_products": np.array(SHOWN),
        "shown_x": run.x[:, :shown],
        "shown_H_above_minimum": run.lyapunov[:, :shown] - lowest,
        "shown_friction": friction[:, :shown],
        "shown_lead": lead[:, :shown],
        "products": swept,
        "H_fallen": (run.lyapunov[0] - run.lyapunov[-1])[shown:],
        "friction": friction[-1, shown:],
        "lead": lead[-1, shown:],
        "split_off": np.abs(friction + lead - run.dissipated).max(axis=0)[shown:],
        "largest_rise": np.diff(run.lyapunov, axis=0).max(axis=0)[shown:],
        "balance_residual": np.abs(run.balance_residual).max(axis=0)[shown:],
        "decay_rate": np.array([_decay_rate(times, one) for one in (run.lyapunov - lowest).T])[shown:],
        "predicted_decay_rate": np.array([_slowest_rate(flow, minimum.x) for flow in flows])[shown:],
        "path_length": np.linalg.norm(np.diff(run.x, axis=0), axis=2).sum(axis=0)[shown:],
        "minimizer": minimum.x,
        "straight": np.float64(np.linalg.norm(x0[0] - minimum.x)),
        **_landscape(weight_decay),
    }


def _dissipation(flow: LionKFlow, x: np.ndarray, m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(γ+cλ)Δ1 and cΔ2 at every state of a run."""
    with double_precision():
        # As arrays the constants are the same program for every flow.
        rates = _rates(cast_floats(flow, x.dtype), jnp.asarray(x), jnp.asarray(m))
        return np.asarray(rates.alignment), np.asarray(rates.enhancement)


@eqx.filter_jit
def _rates(flow: LionKFlow, x: jax.Array, m: jax.Array) -> Any:
    constants = constants_at(flow, jnp.zeros((), x.dtype))

    def at(x: jax.Array, m: jax.Array) -> Any:
        state = State(x, m)
        motion = vector_field(flow.K, constants, state, LOSS.slope(x))
        z = flow.K.conjugate().selection(constants.weight_decay * x)
        return dissipation(flow.K, constants, state, motion, z)

    return jax.vmap(at)(x, m)


def _integral(times: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """The integral of each column from the first time on, by the trapezoidal rule."""
    areas = np.diff(times)[:, None] * (rates[1:] + rates[:-1]) / 2
    return np.concatenate([np.zeros_like(areas[:1]), np.cumsum(areas, axis=0)])


def _decay_rate(times: np.ndarray, H_above: np.ndarray) -> float:
    """The r of H − F* ∝ e^{−rt}, by regression over the later half of the fall, down to 1e-13 of its start."""
    gone = np.flatnonzero(H_above < 1e-13 * H_above[0])
    end = int(gone[0]) if len(gone) else len(times)
    late = slice(end // 2, end)
    return float(-np.polyfit(times[late], np.log(H_above[late]), 1)[0])


def _slowest_rate(flow: LionKFlow, x: np.ndarray) -> float:
    """Twice the slowest rate of the flow linearised at its rest point x, among the modes that H contains."""
    curvatures, m_tilde = np.diag(LOSS.matrix), LOSS.matrix @ (LOSS.center - x)  # −∇f, as α = γ
    alpha, gamma, epsilon, lam = float(flow.alpha), flow.gamma, flow.epsilon, flow.weight_decay  # type: ignore[arg-type]
    retained, rates = 1 - epsilon * gamma, []
    for a, k in zip(curvatures, THRESHOLD**2 / (m_tilde**2 + THRESHOLD**2) ** 1.5, strict=True):
        own = -k * epsilon * alpha * a - lam
        if retained <= 0:
            rates.append(-own)  # at εγ = 1 neither ẋ nor H contains m
        else:
            modes = np.linalg.eigvals([[own, k * retained], [-alpha * a, -gamma]])
            rates.append(-modes.real.max())
    return 2 * min(rates)


def _landscape(weight_decay: float) -> dict[str, Any]:
    radius = 1 / weight_decay
    x, y = np.linspace(-1.15 * radius, 1.6 * radius, 80), np.linspace(-1.15 * radius, 1.15 * radius, 70)
    points = np.stack(np.meshgrid(x, y), axis=-1) - LOSS.center
    values = np.einsum("abi,ij,abj->ab", points, LOSS.matrix, points) / 2
    return {"grid_x": x, "grid_y": y, "grid_loss": values, "radius": np.float64(radius)}


def findings(data: Data) -> dict[str, float | int | str | bool]:
    """The share of Δ2, where it is largest, how the two parts add up, and what the enhancement does for the run."""
    products, share = data["products"], data["lead"] / data["H_fallen"]
    rate, predicted, length = data["decay_rate"], data["predicted_decay_rate"], data["path_length"] / data["straight"]
    best = int(np.argmax(predicted[:-1]))
    return {
        "largest_share_of_enhancement": float(share.max()),
        "epsilon_gamma_of_the_largest_share": float(products[np.argmax(share)]),
        "share_at_epsilon_0": float(share[0]),
        "share_at_epsilon_gamma_1": float(share[-1]),
        "largest_rise_of_H_between_saved_times": float(data["largest_rise"].max()),
        "largest_balance_residual": float(data["balance_residual"].max()),
        "largest_difference_of_the_split_and_the_solve": float(data["split_off"].max()),
        "decay_rate_at_epsilon_0": float(rate[0]),
        "predicted_decay_rate_at_epsilon_0": float(predicted[0]),
        "decay_rate_at_epsilon_gamma_1": float(rate[-1]),
        "predicted_decay_rate_at_epsilon_gamma_1": float(predicted[-1]),
        "epsilon_gamma_below_1_of_the_largest_predicted_rate": float(products[best]),
        "median_relative_error_of_the_predicted_rate": float(np.median(np.abs(rate / predicted - 1))),
        "largest_relative_error_of_the_predicted_rate": float(np.abs(rate / predicted - 1).max()),
        "path_over_straight_line_at_epsilon_0": float(length[0]),
        "path_over_straight_line_at_epsilon_gamma_1": float(length[-1]),
    }


def draw(data: Data) -> Figure:
    """(a) paths, (b) H over time, (c) the share of Δ2 in the energy lost by εγ, (d) how fast H falls in the end."""
    figure, axes = new_rows((("paths", "energy"), ("split", "rate")), width=PAGE * 0.86, height=4.8)
    _draw_paths(axes["paths"], data)
    _draw_energy(axes["energy"], data)
    _draw_split(axes["split"], data)
    _draw_rate(axes["rate"], data)
    label_panels(np.array(list(axes.values())))
    return figure


def _draw_paths(axes: Axes, data: Data) -> None:
    loss = data["grid_loss"]
    draw_contours(axes, data["grid_x"], data["grid_y"], loss, np.geomspace(loss.max() / 300, loss.max(), 9))
    draw_box(axes, float(data["radius"]))
    for i, (color, style) in enumerate(STYLES):
        draw_path(axes, data["shown_x"][:, i], color=COLORS[color], linestyle=style)
    axes.plot(*data["minimizer"], marker="*", markersize=9, color=COLORS["black"], zorder=6)
    axes.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")


def _draw_energy(axes: Axes, data: Data) -> None:
    H = data["shown_H_above_minimum"]
    for i, (color, style) in enumerate(STYLES):
        label = f"${data['shown_products'][i]:g}$"
        axes.plot(data["times"], H[:, i], color=COLORS[color], linestyle=style, label=label)
    axes.set(yscale="log", xlabel="time $t$", ylabel="$H-F^*$", xlim=(0, data["times"][-1]))
    axes.set_ylim(max(H.min(), H[0].max() * 1e-8), H[0].max() * 3)
    axes.legend(title="$\\varepsilon\\gamma$", loc="upper right", ncols=2)


def _draw_split(axes: Axes, data: Data) -> None:
    products, fallen = data["products"], data["H_fallen"]
    axes.fill_between(products, 100 * data["lead"] / fallen, color=COLORS["orange"], alpha=0.4, linewidth=0)
    axes.plot(products, 100 * data["lead"] / fallen, color=COLORS["orange"], linewidth=2.2, label="$\\int c\\Delta_2$")
    rest = "$H(0)-H(T)-\\int(\\gamma+c\\lambda)\\Delta_1$"
    axes.plot(products, 100 * (fallen - data["friction"]) / fallen, **THEORY, label=rest)
    axes.set(xlabel="enhancement $\\varepsilon\\gamma$", ylabel="share of the energy lost, %", xlim=(0, 1))
    axes.set_ylim(0, 100 * (data["lead"] / fallen).max() * 1.5)
    axes.legend(loc="upper right")


def _draw_rate(axes: Axes, data: Data) -> None:
    """The last product is 1, where m drops out: a point by itself."""
    products, rate, predicted = data["products"], data["decay_rate"], data["predicted_decay_rate"]
    axes.plot(products[:-1], rate[:-1], color=COLORS["blue"], linewidth=2.2, label="measured, from $H-F^*$")
    axes.plot(products[:-1], predicted[:-1], **THEORY, label="slowest mode at rest")
    axes.plot(products[-1], rate[-1], marker="o", markersize=4, color=COLORS["blue"], clip_on=False, zorder=4)
    ring = {"marker": "o", "markersize": 7, "markerfacecolor": "none", "linestyle": "none"}
    axes.plot(products[-1], predicted[-1], **ring, color=THEORY["color"], clip_on=False, zorder=5)
    axes.annotate(
        "$\\varepsilon\\gamma=1$: $m$ drops out", (products[-1], predicted[-1]), xytext=(-8, 0),
        textcoords="offset points", ha="right", va="center", fontsize=7,
    )  # fmt: skip
    axes.set(xlabel="enhancement $\\varepsilon\\gamma$", ylabel="$r$ of $H-F^*\\propto e^{-rt}$", xlim=(0, 1))
    axes.set_ylim(0, 1.15 * predicted.max())
    axes.legend(loc="lower right")


EXPERIMENT = Experiment(
    stem="enhancement",
    title="The gradient enhancement ε: a second source of damping",
    caption=(
        "The Lion-K flow with K = Σ√(z²+e²) − e for several ε. (a) Loss contours, the box ‖x‖∞ ≤ 1/λ (dashed) and "
        "paths from open to filled circle; colours as in (b). (b) H above the minimum: it falls for every ε. (c) The "
        "share of Δ2 in the energy lost up to time T, against εγ: integrated (orange), and what Theorem 3.1 leaves for "
        "it beside Δ1 (dashed). It is nothing at ε = 0, and at εγ = 1, where c = 0. (d) The rate r at which H falls in "
        "the end, by regression (blue), and twice the slowest rate of the flow linearised at the minimiser (dashed): "
        "more enhancement damps x_1 faster until, past the peak, x_2 is overdamped and waits for its momentum (where "
        "both are about as slow, the faster still shows). At εγ = 1, measured (dot) and predicted (ring), m is in "
        "neither ẋ nor H."
    ),
    compute=compute,
    findings=findings,
    draw=draw,
    parameters={
        "gamma": 0.5,
        "weight_decay": 0.25,
        "final_time": 30.0,
        "num_times": 2001,
        "products": 101,
        "tolerance": 1e-9,
    },
    quick={"num_times": 301, "products": 11, "tolerance": 1e-8},
)
