"""Real data: Lion on handwritten digits keeps every weight inside ±1/λ, and is there when the theory says.

The theorem about the constraint set (arXiv 2310.05898, §3) asks nothing of the loss or of the gradients. So it holds
for a neural network, float32 and minibatches just as for a quadratic: for each weight x

    |λx_t| − 1 ≤ (1−ηλ)^t (|λx_0| − 1),

and none comes within δ of the box before (1−ηλ)^t (|λx_0| + 1) ≤ 2 + δ. Both bounds are known before training.

Multinomial logistic regression and a network with one hidden layer learn scikit-learn's 8 × 8 digits. They start about
three times wider than usual, so that there is a phase 1 to see. Beside Lion: AdamW, and SGD with momentum, both with
decoupled decay, built from optax.

What to look at: in (a), (e) all weights are funnelled between dashed lines that were computed beforehand, and then pile
up at ±1/λ, where a constrained optimum has its active coordinates. In (b), (f) the observed times lie in the predicted
band, mostly at its far edge: with hundreds of weights some gradient is always in the way. Four pixels are blank in
every training image. Their gradient is exactly 0 and sign(0) = 0, so their weights decay as (1−ηλ)^t x_0 and enter at a
step known exactly. In (c), (g) λ is a radius for Lion; AdamW feels it too, though minibatch noise carries weights past
1/λ; for SGD, where K = ½‖·‖², it is only a ridge. On the accuracy in (d), (h) the theory is silent.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from lionlab import L1Norm
from lionlab.dynamics import Constants, State, step
from lionlab.plotting import COLORS, PAGE, THEORY, draw_band, draw_counts_over_time, label_panels, new_figure
from lionlab.reproduction import Data, Experiment

METHODS = ("Lion", "AdamW", "SGD")
STEP_SIZES = {"Lion": 3e-3, "AdamW": 3e-3, "SGD": 3e-2}  # fixed beforehand, the same at every λ
MODELS = {"logistic": (64, 10), "network": (64, 32, 10)}  # widths of the layers
METHOD_STYLES = [{"color": COLORS[c], "linestyle": s} for c, s in (("blue", "-"), ("orange", "--"), ("green", "-."))]
ARRIVALS = ("earliest", "observed", "guaranteed")
SHOWN_DECAY = 3.0  # the panels of weights show the λ nearest to this one
DENSITY_EDGES = np.linspace(-1.5, 1.5, 62)
RECORD_EVERY, BATCH_SIZE = 20, 64
START_SCALE = 0.5  # the standard deviation of the weights at the start
TOLERANCE = 0.01  # δ: within 1% of the box counts as arrived; rounding in float32 stays 100 times below that

Split = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # training images and digits, test images and digits


def digits() -> Split:
    """Images as rows of 64 float32 intensities in [0, 1], and their digits: a fixed stratified split, 3 : 1."""
    images, labels = load_digits(return_X_y=True)
    parts = train_test_split(images / 16, labels, test_size=0.25, stratify=labels, random_state=0)
    return parts[0].astype(np.float32), parts[2], parts[1].astype(np.float32), parts[3]


def logits(weights: Any, images: Any, widths: tuple[int, ...]) -> Any:
    """Class scores of affine layers with ReLU between them; matrices and biases are cut from one flat vector."""
    cut = 0
    for inputs, outputs in pairwise(widths):
        matrix = weights[cut : cut + inputs * outputs].reshape(inputs, outputs)
        images = (images.clip(min=0) if cut else images) @ matrix
        cut += (inputs + 1) * outputs
        images = images + weights[None, cut - outputs : cut]
    return images


def method(name: str, weight_decay: Array) -> tuple[Callable[[Array], Any], Callable[[Array, Any, Array], Any]]:
    """(initial memory, step) of an optimizer: step(x, memory, gradient) gives the next (x, memory)."""
    eta = STEP_SIZES[name]
    if name == "Lion":
        constants = Constants(*(jnp.asarray(c, jnp.float32) for c in (eta, weight_decay, 0.9, 0.99)))
        return jnp.zeros_like, lambda x, m, g: tuple(step(L1Norm(), constants, "explicit", State(x, m), g))
    momentum = optax.scale_by_adam() if name == "AdamW" else optax.trace(decay=0.9)
    optimizer = optax.chain(momentum, optax.add_decayed_weights(weight_decay), optax.scale_by_learning_rate(eta))

    def decoupled(x: Array, memory: Any, gradient: Array) -> tuple[Array, Any]:
        updates, memory = optimizer.update(gradient, memory, x)
        return x + updates, memory

    return optimizer.init, decoupled


class Runs(NamedTuple):
    """Every RECORD_EVERY-th state, and after every step the largest |weight|: of all, and of those of blank pixels."""

    states: Any  # (runs, T/RECORD_EVERY + 1, weights)
    largest: Any  # (runs, T + 1)
    largest_blank: Any


def minibatches(keys: Array, num_steps: int, num_images: int) -> Array:
    """The rows of the images of every step, (keys, T, BATCH_SIZE): the same for every model, method and λ."""
    each = jax.vmap(jax.vmap(jax.random.fold_in, (None, 0)), (0, None))(keys, jnp.arange(num_steps, dtype=jnp.uint32))
    return jax.vmap(jax.vmap(lambda key: jax.random.randint(key, (BATCH_SIZE,), 0, num_images)))(each)


def train(name: str, widths: tuple[int, ...], split: Split, starts: Array, decays: Array, batches: Array) -> Runs:
    """Trains one run per row of `starts`, compiled as one batch; each has its row of `minibatches`."""
    images, labels = jnp.asarray(split[0]), jnp.asarray(split[1], jnp.int32)

    def loss(x: Array, rows: Array) -> Array:
        return optax.softmax_cross_entropy_with_integer_labels(logits(x, images[rows], widths), labels[rows]).mean()

    def sizes(x: Array) -> tuple[Array, Array]:
        return jnp.max(jnp.abs(x)), jnp.max(jnp.abs(x[blank_weights(split, widths)]))

    def run(x: Array, weight_decay: Array, drawn: Array) -> Runs:
        initial, update = method(name, weight_decay)

        def advance(carry: tuple[Array, Any], rows: Array) -> tuple[tuple[Array, Any], tuple[Array, Array]]:
            return update(*carry, jax.grad(loss)(carry[0], rows)), sizes(carry[0])

        def window(carry: tuple[Array, Any], several: Array) -> tuple[tuple[Array, Any], Any]:
            after, during = jax.lax.scan(advance, carry, several)
            return after, (carry[0], during)

        (last, _), (states, during) = jax.lax.scan(window, (x, initial(x)), drawn.reshape(-1, RECORD_EVERY, BATCH_SIZE))
        ends = zip(during, sizes(last), strict=True)
        return Runs(jnp.concatenate([states, last[None]]), *(jnp.append(steps.ravel(), end) for steps, end in ends))

    with jax.numpy_dtype_promotion("standard"):  # optax raises a Python float to an integer power
        return jax.tree.map(np.asarray, jax.jit(jax.vmap(run))(starts, decays, batches))


def blank_weights(split: Split, widths: tuple[int, ...]) -> np.ndarray:
    """The positions, in the flat vector, of weights behind pixels that are 0 in every training image."""
    pixels = np.flatnonzero(split[0].max(axis=0) == 0)
    return (pixels[:, None] * widths[1] + np.arange(widths[1])).ravel()


def steps_to_shrink(factor: np.ndarray, decays: np.ndarray) -> np.ndarray:
    """The first t with (1−ηλ)^t · factor ≤ 1, for Lion."""
    return np.ceil(np.log(np.maximum(factor, 1)) / -np.log1p(-STEP_SIZES["Lion"] * decays)).astype(int)


def predictions(size: np.ndarray, blank_size: np.ndarray, decays: np.ndarray) -> dict[str, np.ndarray]:
    """Steps known before training, from the largest |x_0| of all weights and of those of blank pixels.

    No gradients whatever bring Lion within δ of the box before the earliest arrival, or keep it out after the
    guaranteed one; a weight whose gradient is always 0 enters the box at the blank entry.
    """
    return {
        "earliest_arrival": steps_to_shrink((decays * size + 1) / (2 + TOLERANCE), decays),
        "guaranteed_arrival": steps_to_shrink((decays * size - 1) / TOLERANCE, decays),
        "predicted_blank_entry": steps_to_shrink(decays * blank_size, decays),
    }


def arrival(outside: np.ndarray) -> np.ndarray:
    """For each row, the first t from which it is False to the end; −1 when the end is outside."""
    return np.where(outside[:, -1], -1, outside.shape[1] - np.argmax(outside[:, ::-1], axis=1)) * outside.any(axis=1)


def compute(seed: int, models: str, num_steps: int, num_decays: int, num_seeds: int) -> dict[str, Any]:
    """Trains every model named in `models` by every method at every λ from several starts."""
    names = models.split()
    if not names or not set(names) <= set(MODELS) or num_steps % RECORD_EVERY or num_steps <= 0:
        raise ValueError(
            f"models must name some of {', '.join(MODELS)}, separated by spaces, and num_steps be a positive multiple "
            f"of {RECORD_EVERY}; got {models!r} and {num_steps!r}."
        )
    split, decays = digits(), np.geomspace(0.03, 30, num_decays)
    keys = jax.random.split(jax.random.key(seed), num_seeds)
    batches = minibatches(keys, num_steps, len(split[1]))
    parts = [_model(MODELS[name], split, decays, keys, batches) for name in names]
    return {key: np.stack([part[key] for part in parts]) for key in parts[0]} | {
        "models": np.array(names),
        "methods": np.array(METHODS),
        "weight_decays": decays,
        "steps": np.arange(0, num_steps + 1, RECORD_EVERY),
    }


def _model(widths: tuple[int, ...], split: Split, decays: np.ndarray, keys: Array, batches: Array) -> dict[str, Any]:
    """Everything about one model; arrays over runs have shape (seeds, λ)."""
    count = sum((inputs + 1) * outputs for inputs, outputs in pairwise(widths))
    starts = START_SCALE * jax.vmap(lambda key: jax.random.normal(key, (count,), jnp.float32))(keys)
    grid, cast = (len(keys), len(decays)), jnp.asarray(decays, jnp.float32)
    batch = (jnp.repeat(starts, grid[1], 0), jnp.tile(cast, grid[0]), jnp.repeat(batches, grid[1], 0))
    runs = {name: train(name, widths, split, *batch) for name in METHODS}
    shown = int(np.argmin(np.abs(np.log(decays / SHOWN_DECAY))))
    decay = float(decays[shown])
    accuracy = np.stack([_accuracies(run.states[:, -1], widths, split).reshape(grid) for run in runs.values()])
    # Weights in units of 1/λ; whatever lies beyond the outermost edges counts in the outermost bins.
    scaled = [np.clip(decay * run.states[shown :: grid[1], -1], *DENSITY_EDGES[[0, -1]]) for run in runs.values()]
    return {
        **_phase_one(runs["Lion"], np.tile(decays, grid[0]), grid),
        **_funnel(runs["Lion"].states[shown], decay),
        "accuracy": accuracy,
        "accuracy_range": np.stack([accuracy.min(axis=1), accuracy.mean(axis=1), accuracy.max(axis=1)], axis=1),
        "largest_scaled_weight": np.stack([run.largest[:, -1].reshape(grid) * decays for run in runs.values()]),
        "final_density": np.stack([np.histogram(x, DENSITY_EDGES)[0] / x.size for x in scaled]),
        "density_edges": DENSITY_EDGES,
        "shown": np.int64(shown),
    }


def _phase_one(lion: Runs, decays: np.ndarray, grid: tuple[int, int]) -> dict[str, Any]:
    """Times to enter the box, predicted and observed, and the excess over the box against its envelope."""
    eta, steps = STEP_SIZES["Lion"], np.arange(lion.largest.shape[1])
    largest, blank = lion.largest.astype(np.float64), lion.largest_blank.astype(np.float64)
    start, blank_start = largest[:, 0], blank[:, 0]
    excess = np.maximum(decays[:, None] * largest - 1, 0)
    envelope = excess[:, :1] * (1 - eta * decays[:, None]) ** steps
    # Each float32 step errs by at most 3 roundings of |λx|, and forgets a share ηλ of the errors before it.
    rounding = np.finfo(np.float32).eps / 2 * (1 + 3 / (eta * decays)) * np.maximum(decays * start, 1)
    # The predictions over all λ: the widest band that holds for every seed, and a line for each.
    lines, seeds = np.geomspace(decays.min(), decays.max(), 200), slice(None, None, grid[1])
    curves = predictions(start[seeds, None], blank_start[seeds, None], lines)
    return {
        **{name: steps.reshape(grid) for name, steps in predictions(start, blank_start, decays).items()},
        "line_decays": lines,
        "earliest_line": curves["earliest_arrival"].min(axis=0),
        "guaranteed_line": curves["guaranteed_arrival"].max(axis=0),
        "blank_lines": curves["predicted_blank_entry"],
        "observed_arrival": arrival(~(excess <= TOLERANCE)).reshape(grid),
        "observed_blank_entry": arrival(~(decays[:, None] * blank <= 1)).reshape(grid),
        "excess_over_envelope": (excess - envelope).max(axis=1).reshape(grid),
        "envelope_rounding": rounding.reshape(grid),
    }


def _funnel(states: np.ndarray, decay: float) -> dict[str, Any]:
    """One run's weights over time as counts in bins, with the box and the envelope of phase 1."""
    edges = np.linspace(-1.02, 1.02, 122) * float(np.abs(states).max())
    shrunk = (1 - STEP_SIZES["Lion"] * decay) ** (RECORD_EVERY * np.arange(len(states)))
    return {
        "weight_edges": edges,
        "weight_counts": np.stack([np.histogram(state, edges)[0] for state in states]),
        "radius": np.float64(1 / decay),
        "weight_envelope": 1 / decay + max(float(np.abs(states[0]).max()) - 1 / decay, 0.0) * shrunk,
    }


def _accuracies(weights: np.ndarray, widths: tuple[int, ...], split: Split) -> np.ndarray:
    """The share of test images classified rightly, per row of `weights`; a diverged run classifies nothing."""
    scores = np.stack([logits(row, split[2], widths) for row in weights])
    return np.mean((scores.argmax(axis=2) == split[3]) & np.isfinite(scores).all(axis=2), axis=1)


def findings(data: Data) -> dict[str, float | int | str | bool]:
    """Per model: arrival predicted and observed, the envelope, and accuracies, for which nothing is predicted."""
    table: dict[str, float | int | str | bool] = {}
    num_steps, decays = int(data["steps"][-1]), data["weight_decays"]
    for i, model in enumerate(data["models"]):
        shown = (i, 0, int(data["shown"][i]))
        earliest, observed, latest = (data[f"{kind}_arrival"][i] for kind in ARRIVALS)
        in_time = (earliest <= observed) & (observed <= latest)
        too_late = np.where(observed >= 0, observed > latest, latest <= num_steps)
        blank, predicted = data["observed_blank_entry"][i], data["predicted_blank_entry"][i]
        excess = data["excess_over_envelope"][i] / data["envelope_rounding"][i]
        facts: dict[str, float | int] = {
            "λ shown": float(decays[shown[2]]),
            **{f"{k} step within {TOLERANCE:.0%} of the box": int(data[f"{k}_arrival"][shown]) for k in ARRIVALS},
            "runs": int(observed.size),
            "runs that arrived between the earliest and the guaranteed step": int(in_time.sum()),
            "runs later than guaranteed (predicted 0)": int(too_late.sum()),
            "predicted entry step of blank-pixel weights": int(data["predicted_blank_entry"][shown]),
            "observed entry step of blank-pixel weights": int(data["observed_blank_entry"][shown]),
            "largest error of that prediction in any run": int(np.abs(blank - predicted)[blank >= 0].max(initial=0)),
            "largest excess over the envelope / rounding bound": float(excess.max()),
        }
        for j, name in enumerate(data["methods"]):
            accuracy = data["accuracy_range"][i, j, 1]
            facts[f"{name}, highest mean test accuracy of all λ"] = float(accuracy.max())
            facts[f"{name}, λ of that"] = float(decays[np.argmax(accuracy)])
            facts[f"{name}, final λ‖x‖∞ at the λ shown"] = float(data["largest_scaled_weight"][i, j, 0, shown[2]])
        table |= {f"{model}: {fact}": value for fact, value in facts.items()}
    return table


def draw(data: Data) -> Figure:
    """A row per model: weights over time, time to arrive, final weights, test accuracy."""
    rows = len(data["models"])
    figure, axes = new_figure(rows, 4, width=PAGE, height=1.9 * rows)
    for i in range(rows):
        for draw_panel, panel in zip(PANELS, axes[i], strict=True):
            draw_panel(panel, data, i)
    axes[0, 1].legend(loc="upper right", fontsize=6, borderaxespad=0, handletextpad=0.2)
    axes[0, 3].legend(loc="lower left", fontsize=6)
    label_panels(axes)
    return figure


def _draw_funnel(axes: Axes, data: Data, i: int) -> None:
    t = data["steps"]
    draw_counts_over_time(axes, t, data["weight_edges"][i], data["weight_counts"][i])
    for sign in (-1, 1):
        axes.axhline(sign * float(data["radius"][i]), **{**THEORY, "linewidth": 0.6})
        axes.plot(t, sign * data["weight_envelope"][i], **THEORY)
    axes.set(xlabel="step $t$", ylabel=f"weights, {data['models'][i]}", xlim=(0, t[-1]), xticks=(0, t[-1] // 2, t[-1]))


def _draw_arrival(axes: Axes, data: Data, i: int) -> None:
    lines, T = data["line_decays"][i], data["steps"][-1]
    draw_band(axes, lines, data["earliest_line"][i], data["guaranteed_line"][i])
    for blank in data["blank_lines"][i]:
        axes.plot(lines, blank, **{**THEORY, "linestyle": ":", "linewidth": 0.8})
    decays = np.tile(data["weight_decays"], len(data["observed_arrival"][i]))
    points = {"markersize": 3, "linestyle": "none", "markerfacecolor": "none"}
    # Runs that start inside arrive at step 0, which a logarithmic axis does not show.
    observed = ("arrival", "o", "blue", "all weights"), ("blank_entry", "s", "orange", "blank pixels")
    for name, marker, color, label in observed:
        axes.plot(decays, data[f"observed_{name}"][i].ravel(), marker, color=COLORS[color], label=label, **points)
    axes.set(xscale="log", yscale="log", xlabel=r"weight decay $\lambda$", ylabel="step of arrival")
    axes.set(xlim=(0.4, 40), ylim=(10, 3 * T))


def _draw_density(axes: Axes, data: Data, i: int) -> None:
    for density, style in zip(data["final_density"][i], METHOD_STYLES, strict=True):
        axes.stairs(density, data["density_edges"][i], **style)
    for sign in (-1, 1):
        axes.axvline(sign, **{**THEORY, "zorder": 0})
    axes.set(yscale="log", xlabel=r"final weights $\times\,\lambda$", ylabel="share of weights")


def _draw_accuracy(axes: Axes, data: Data, i: int) -> None:
    decays = data["weight_decays"]
    for name, (low, mean, high), style in zip(data["methods"], data["accuracy_range"][i], METHOD_STYLES, strict=True):
        axes.fill_between(decays, low, high, color=style["color"], alpha=0.2, linewidth=0)
        axes.plot(decays, mean, label=name, **style)
    axes.set(xscale="log", xlabel=r"weight decay $\lambda$", ylabel="test accuracy", ylim=(0, 1.02))


PANELS = (_draw_funnel, _draw_arrival, _draw_density, _draw_accuracy)
EXPERIMENT = Experiment(
    stem="digits",
    title="Handwritten digits: Lion's weights enter ±1/λ when predicted, beside AdamW and SGD",
    caption=(
        "scikit-learn's digits, float32, minibatches; top: multinomial logistic regression, bottom: a 64–32–10 ReLU "
        "network. (a), (e) All weights of one Lion run over time (darker: more) at the λ nearest to 3, with ±1/λ "
        "(thin dashed) and the envelope ±[1/λ + (1−ηλ)^t(‖x_0‖∞ − 1/λ)] (theory, dashed). (b), (f) Step from which "
        "all weights stay within 1% of the box, three seeds, against the theory's earliest possible and latest "
        "possible step (dashed), and entry of the weights of always-blank pixels on its exact prediction (dotted, "
        "one per seed). (c), (g) Final weights in units of 1/λ, all seeds; dashed: ±1, the edge of Lion's box; "
        "values beyond ±1.5 count in the outermost bins. (d), (h) Test accuracy, mean and range over seeds, each "
        "method at one step size fixed beforehand; theory predicts nothing here."
    ),
    compute=compute,
    findings=findings,
    draw=draw,
    parameters={"models": "logistic network", "num_steps": 2000, "num_decays": 10, "num_seeds": 3},
    quick={"models": "logistic", "num_steps": 400, "num_decays": 4, "num_seeds": 2},
)
