"""Where rounding stops phase 1: how far outside the box Lion stays when the decay of a coordinate rounds away.

Outside the set the decay must move x by ηλ(x − 1/λ) per step, and a step below half a unit in the last place moves
nothing. So a coordinate that is pushed outward stalls where η(λx − 1) = ulp(x)/2, at the excess

    λx − 1 = ulp(x)/(2η),     which is u/(ηλ) just outside 1/λ where that is a power of two, u the unit roundoff.

In float32 that is negligible for every step size in use. In bfloat16 it is not: up to ηλ = 1/256 a coordinate at 3/λ
does not move at all, up to 1/512 none does, so a learning rate of 1e-3 with weight decay 1 brings no bfloat16 parameter
back into the set.

Started inside, the order of evaluation decides: x + η(u − λx), which `lion_k` and optax compute, does not leave the
set, while (1 − ηλ)x + ηu and (x + ηu)/(1 + ηλ) settle up to 3u/(ηλ) outside.

What to look at: (a) the marks lie on the dashed law in four precisions, until they reach the start; (b) the marks of
`lion_k` lie below 0, the edge of the set, those of the other orders on both sides of it and within the dashed bound.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from matplotlib.figure import Figure

from lionlab.optim import lion_k
from lionlab.plotting import COLORS, COLUMN, THEORY, label_panels, new_figure
from lionlab.precision import double_precision, unit_roundoff
from lionlab.reproduction import Data, Experiment

DTYPES = {"bfloat16": ("orange", "o"), "float16": ("purple", "s"), "float32": ("blue", "^"), "float64": ("green", "v")}
ORDERS = {
    "lion_k": ("$x+\\eta(u-\\lambda x)$, lion_k", "blue", "^"),
    "decayed": ("$(1-\\eta\\lambda)x+\\eta u$", "orange", "x"),
    "divided": ("$(x+\\eta u)/(1+\\eta\\lambda)$", "green", "+"),
}
START = 3.0
"""λx_0 of the runs from outside."""


def pushed_outward(dtype: str, eta: np.ndarray, lam: np.ndarray, x0: np.ndarray, num_steps: int) -> tuple[Any, ...]:
    """(last x, the largest x, whether the last step moved it) of `lion_k` in `dtype`, one coordinate per (η, λ)."""

    def run(eta: Any, lam: Any, start: Any) -> tuple[Any, ...]:
        optimizer = lion_k(eta, weight_decay=lam)

        def step(_: Any, carry: tuple[Any, ...]) -> tuple[Any, ...]:
            x, state, largest, _ = carry
            updates, state = optimizer.update(-jnp.ones_like(x), state, x)
            moved = optax.apply_updates(x, updates)
            return moved, state, jnp.maximum(largest, moved), moved != x

        carry = (start, optimizer.init(start), start, jnp.zeros((), bool))
        x, _, largest, moves = jax.lax.fori_loop(0, num_steps, step, carry)
        return x, largest, moves

    with double_precision():
        found = jax.jit(jax.vmap(run))(*(jnp.asarray(values, dtype) for values in (eta, lam, x0)))
        return tuple(np.asarray(values).astype(np.float64) for values in found)


def stored(values: np.ndarray, dtype: str) -> np.ndarray:
    """The numbers as the dtype stores them, in float64."""
    return np.asarray(np.asarray(values).astype(jnp.dtype(dtype)), np.float64)


def predicted_stall(x0: float, eta: float, lam: float, dtype: str) -> float:
    """The first x on the way down from x0 with η(λx − 1) ≤ ulp/2, ulp the distance to the next number below x."""
    exponent = int(np.floor(np.log2(x0)))
    while True:
        ulp = 2.0 ** (exponent - int(jnp.finfo(dtype).nmant))
        x = min((1 + ulp / (2 * eta)) / lam, x0, 2.0 ** (exponent + 1))
        # A power of two has the finer numbers of the next binade below it.
        if np.floor(x / ulp) * ulp > 2.0**exponent:
            return x
        exponent -= 1


def other_order(name: str, eta: np.ndarray, lam: np.ndarray, x0: np.ndarray, num_steps: int) -> np.ndarray:
    """The largest x of a run in NumPy float32, pushed outward, in the named order of evaluation."""
    eta, lam, x = (values.astype(np.float32) for values in (eta, lam, x0))
    one, largest = np.float32(1), x
    for _ in range(num_steps):
        x = (one - eta * lam) * x + eta if name == "decayed" else (x + eta) / (one + eta * lam)
        largest = np.maximum(largest, x)
    return largest.astype(np.float64)


def compute(seed: int, step_sizes: int, smallest: float, inside: int, inside_steps: int) -> dict[str, Any]:
    """Stalls from outside at λ = 1 and four more λ, and the largest λx of runs from inside in three orders."""
    etas = np.geomspace(smallest, 0.25, step_sizes)
    data: dict[str, Any] = {"etas": etas}
    lams = np.array([1.0, 0.3, 0.7, 1.7, 3.0])
    eta, lam = (grid.ravel() for grid in np.meshgrid(etas, lams))
    for dtype in DTYPES:
        kept_eta, kept_lam = stored(eta, dtype), stored(lam, dtype)
        x0 = stored(START / kept_lam, dtype)
        # From START − 1 down to half a roundoff takes log(2/(u/2))/(ηλ) steps; half as many again to be sure.
        num_steps = int(1.5 * np.log(4 / unit_roundoff(dtype)) / (smallest * lams.min()))
        x, _, moves = pushed_outward(dtype, kept_eta, kept_lam, x0, num_steps)
        rows = [predicted_stall(*row, dtype) for row in zip(x0, kept_eta, kept_lam, strict=True)]
        ulp = 2.0 ** (np.floor(np.log2(x)) - int(jnp.finfo(dtype).nmant))
        data |= {
            f"{dtype}_excess": kept_lam * x - 1,
            f"{dtype}_predicted": kept_lam * np.array(rows) - 1,
            f"{dtype}_off_in_ulp": (x - np.array(rows)) / ulp,
            f"{dtype}_moves": moves,
            f"{dtype}_step_size": kept_eta,
            f"{dtype}_weight_decay": kept_lam,
        }
    rng = np.random.default_rng(seed)
    eta, lam = np.exp(rng.uniform(np.log((1e-3, 0.3)), np.log((0.1, 3.0)), (inside, 2))).T
    eta, lam = stored(eta, "float32"), stored(lam, "float32")
    x0 = np.nextafter(np.float32(1 / lam), np.float32(0)) * rng.choice([1.0, 0.5], inside)
    x0 = stored(x0, "float32")
    largest = {"lion_k": pushed_outward("float32", eta, lam, x0, inside_steps)[1]}
    largest |= {name: other_order(name, eta, lam, x0, inside_steps) for name in ("decayed", "divided")}
    for name, x in largest.items():
        data[f"inside_{name}"] = lam * x - 1
    return data | {"inside_rate": eta * lam}


def findings(data: Data) -> dict[str, float | int | str | bool]:
    """The stall at η = 0.01, the farthest from the law in ulp, and how far outside runs from inside settled."""
    found: dict[str, float | int | str | bool] = {}
    first = slice(0, len(data["etas"]))  # λ = 1
    nearest = int(np.argmin(np.abs(data["etas"] - 0.01)))
    for dtype in DTYPES:
        found[f"excess_in_{dtype}_at_step_size_{data['etas'][nearest]:.3g}"] = float(data[f"{dtype}_excess"][nearest])
        found[f"predicted_in_{dtype}"] = float(data[f"{dtype}_predicted"][nearest])
        found[f"farthest_from_the_law_in_{dtype}_in_ulp"] = float(np.abs(data[f"{dtype}_off_in_ulp"]).max())
        found[f"every_run_in_{dtype}_has_stalled"] = not data[f"{dtype}_moves"].any()
    stuck = data["bfloat16_excess"][first] >= START - 1
    found["largest_step_size_at_which_bfloat16_never_moves"] = float(np.max(data["etas"][stuck], initial=0.0))
    for name in ORDERS:
        found[f"largest_excess_from_inside_{name}"] = float(data[f"inside_{name}"].max())
        scaled = data[f"inside_{name}"] * data["inside_rate"] / unit_roundoff(np.float32)
        found[f"largest_in_units_of_u_over_rate_{name}"] = float(scaled.max())
    return found


def draw(data: Data) -> Figure:
    """(a) excess against η at λ = 1 in four precisions on the law, (b) excess from inside in units of u/(ηλ)."""
    figure, axes = new_figure(2, 1, width=COLUMN, height=4.9, height_ratios=(1.25, 1))
    stall, order = axes.ravel()
    count = len(data["etas"])
    label: str | None = "law"
    for dtype, (color, marker) in DTYPES.items():
        stall.plot(data[f"{dtype}_step_size"][:count], data[f"{dtype}_predicted"][:count], **THEORY, label=label)
        label = None
        stall.plot(
            data[f"{dtype}_step_size"][:count],
            data[f"{dtype}_excess"][:count],
            color=COLORS[color],
            linestyle="none",
            marker=marker,
            markersize=3.5,
            fillstyle="none",
            label=dtype,
        )
    stall.axhline(START - 1, color=COLORS["grey"], linewidth=0.8, linestyle=":")
    stall.annotate("start", (0.25, START - 1), ha="right", va="bottom", color="#555555")
    stall.set(xscale="log", yscale="log", xlabel="step size $\\eta$  ($\\lambda=1$)", ylabel="excess $\\lambda x-1$")
    stall.set_ylim(1e-16, 1e4)
    stall.legend(loc="upper right", ncols=3, columnspacing=0.8, handletextpad=0.3, borderaxespad=0.0)
    rate = data["inside_rate"]
    for name, (text, color, marker) in ORDERS.items():
        order.plot(
            rate,
            data[f"inside_{name}"] * rate / unit_roundoff(np.float32),
            color=COLORS[color],
            linestyle="none",
            marker=marker,
            markersize=3.5,
            fillstyle="none",
            label=text,
        )
    order.axhline(0, color=COLORS["black"], linewidth=0.7)
    order.axhline(3, **THEORY)
    order.annotate("bound: 3", (rate.min(), 3), xytext=(0, -2), textcoords="offset points", va="top")
    order.set(xscale="log", xlabel="$\\eta\\lambda$  (float32)", ylabel="$(\\lambda x-1)\\,\\eta\\lambda/u$")
    order.set_ylim(-2.6, 5.2)
    order.legend(loc="upper left", ncols=2, columnspacing=0.8, handletextpad=0.2, borderaxespad=0.0)
    label_panels(axes)
    return figure


EXPERIMENT = Experiment(
    stem="low_precision",
    title="Where rounding stops phase 1",
    caption=(
        "Lion by `lion_k`, its gradient pushing outward at every step. (a) From λx = 3: the excess at which the run "
        "stands still, in four precisions (u = 2⁻⁸, 2⁻¹¹, 2⁻²⁴, 2⁻⁵³), on the law λx − 1 = ulp(x)/(2η) (dashed), near "
        "the set u/(ηλ). Where it exceeds the start (dotted), the decay rounds away and nothing moves. (b) From "
        "inside, the largest λx of a run in float32, for random η and λ, in units of u/(ηλ): x + η(u − λx) stays below "
        "the edge of the set, other orders of evaluation settle outside it, by at most 3 units (dashed)."
    ),
    compute=compute,
    findings=findings,
    draw=draw,
    parameters={"step_sizes": 17, "smallest": 2e-4, "inside": 90, "inside_steps": 20000},
    quick={"step_sizes": 5, "smallest": 4e-3, "inside": 30, "inside_steps": 3000},
)
