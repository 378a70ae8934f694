"""What makes the constraint: decoupled decay, and nothing else. Three ablations of Lion that must fail.

Lion's weight decay acts on x after the sign. Moved before the sign, into the gradient ("coupled" or L2 decay),
it becomes a ridge penalty: the method then minimises f(x) + (λ/2)‖x‖², and keeps no box. Without decay nothing is
kept. For f(x) = ½(x−10)² and λ = 1 the three end at 1, 5 and 10.

The last panel takes away the look-ahead instead: with β1 = 1 the sign sees only the old momentum, and the iterate
oscillates about the minimum with an amplitude near 1.8η/√(1−β2), where Lion stays within a few η at any β2.

What to look at: the dashed predictions. Decoupled decay follows min(10, 1/λ), coupled decay 10/(1+λ).
"""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from lionlab import L1Norm, LionK, Quadratic, simulate, simulate_batch
from lionlab.plotting import COLORS, PAGE, THEORY, label_panels, new_figure
from lionlab.reproduction import Data, Experiment

TARGET = 10.0
KINDS = ("decoupled", "coupled", "none")
STYLES = {"decoupled": ("blue", "-", "o"), "coupled": ("orange", "-", "s"), "none": ("green", "-", "^")}


def ridged(weight_decay: float) -> Quadratic:
    """½(x−10)² + (λ/2)x² up to a constant: coupled decay is the method without decay on this loss."""
    return Quadratic([[1 + weight_decay]], [TARGET / (1 + weight_decay)])


def compute(
    seed: int, step_size: float, num_steps: int, decays: int, oscillation_betas: list[float], oscillation_steps: int
) -> dict[str, Any]:
    """Trajectories at λ = 1, limits over λ, and amplitudes of the method that forgets to look ahead."""
    rng = np.random.default_rng(seed)
    loss = Quadratic([[1.0]], [TARGET])
    with_decay, without = LionK(L1Norm(), step_size, 1.0), LionK(L1Norm(), step_size, 0.0)
    x0 = np.zeros(1)
    paths = {
        "decoupled": simulate(with_decay, loss, x0, num_steps).x,
        "coupled": simulate(without, ridged(1.0), x0, num_steps).x,
        "none": simulate(without, loss, x0, num_steps).x,
    }
    lambdas = np.geomspace(0.05, 5.0, decays)
    methods = [LionK(L1Norm(), step_size / max(lam, 1.0), float(lam)) for lam in lambdas]
    # The mean of the last fifth: constant steps end in an oscillation of order η about the limit.
    tail = num_steps // 5
    limits = {
        "decoupled": np.asarray(simulate_batch(methods, loss, np.zeros((decays, 1)), num_steps).x)[-tail:, :, 0].mean(0)
    }
    coupled = [simulate(without, ridged(float(lam)), x0, num_steps).x for lam in lambdas]
    limits["coupled"] = np.array([np.asarray(x)[-tail:, 0].mean() for x in coupled])
    limits["none"] = np.full(decays, np.asarray(paths["none"])[-tail:, 0].mean())
    return {
        "steps": np.arange(num_steps + 1),
        **{f"path_{kind}": np.asarray(path)[:, 0] for kind, path in paths.items()},
        "predicted_limits": np.array([1.0, TARGET / 2, TARGET]),
        "weight_decays": lambdas,
        **{f"limit_{kind}": values for kind, values in limits.items()},
        "predicted_decoupled": np.minimum(TARGET, 1 / lambdas),
        "predicted_coupled": TARGET / (1 + lambdas),
        **_oscillations(rng, oscillation_betas, oscillation_steps),
    }


def _oscillations(rng: np.random.Generator, betas: list[float], num_steps: int) -> dict[str, Any]:
    """Amplitudes max|x| over the second half of runs on ½x², in units of η, of Lion and of the method with β1 = 1."""
    eta, repeats = 0.01, 8
    starts = rng.uniform(-1, 1, (len(betas) * repeats, 1))
    amplitude = {}
    for name, beta1 in (("old_momentum", 1.0), ("lion", 0.9)):
        methods = [LionK(L1Norm(), eta, 0.1, beta1, beta2) for beta2 in betas for _ in range(repeats)]
        x = np.asarray(simulate_batch(methods, Quadratic([[1.0]], [0.0]), starts, num_steps).x)
        half = np.abs(x[num_steps // 2 :, :, 0]).max(axis=0).reshape(len(betas), repeats)
        amplitude[f"amplitude_{name}"] = half.mean(axis=1) / eta
    return {
        "beta2": np.array(betas),
        **amplitude,
        "predicted_amplitude": 1.8 / np.sqrt(1 - np.array(betas)),
    }


def findings(data: Data) -> dict[str, float | int | str | bool]:
    """Where each form of decay ends at λ = 1, the largest deviations from the predictions, and the amplitudes."""
    tail = len(data["steps"]) // 5
    found: dict[str, float | int | str | bool] = {}
    for kind, predicted in zip(KINDS, data["predicted_limits"], strict=True):
        found[f"{kind}_limit_predicted"] = float(predicted)
        found[f"{kind}_limit_observed"] = float(data[f"path_{kind}"][-tail:].mean())
    for kind in ("decoupled", "coupled"):
        gap = np.abs(data[f"limit_{kind}"] - data[f"predicted_{kind}"])
        found[f"{kind}_largest_gap_to_prediction_over_decays"] = float(gap.max())
    at = int(np.argmin(np.abs(data["beta2"] - 0.99)))
    found["amplitude_of_old_momentum_in_steps_at_beta2_0.99"] = float(data["amplitude_old_momentum"][at])
    found["amplitude_of_lion_in_steps_at_beta2_0.99"] = float(data["amplitude_lion"][at])
    ratio = data["amplitude_old_momentum"] / data["predicted_amplitude"]
    found["amplitude_over_its_law_least"] = float(ratio.min())
    found["amplitude_over_its_law_largest"] = float(ratio.max())
    return found


def draw(data: Data) -> Figure:
    """(a) three forms of decay over time, (b) their limits against λ, (c) the oscillation without look-ahead."""
    figure, axes = new_figure(1, 3, width=PAGE, height=2.4)
    path, limit, swing = axes[0]
    for kind, predicted in zip(KINDS, data["predicted_limits"], strict=True):
        color, line, marker = STYLES[kind]
        path.plot(data["steps"], data[f"path_{kind}"], color=COLORS[color], linestyle=line)
        path.axhline(predicted, **THEORY)
        path.annotate(
            kind if kind != "none" else "no decay",
            (data["steps"][-1], predicted),
            xytext=(-2, 3),
            textcoords="offset points",
            ha="right",
            color=COLORS[color],
        )
        limit.plot(
            data["weight_decays"],
            data[f"limit_{kind}"],
            color=COLORS[color],
            marker=marker,
            markersize=3,
            linestyle="none",
            label=kind if kind != "none" else "no decay",
        )
    for kind in ("decoupled", "coupled"):
        limit.plot(data["weight_decays"], data[f"predicted_{kind}"], **THEORY)
    path.set(xlabel="step $t$", ylabel="$x_t$", ylim=(0, 11.5))
    limit.set(xscale="log", yscale="log", xlabel="weight decay $\\lambda$", ylabel="limit of $x_t$")
    limit.legend(loc="lower left")
    swing.plot(
        1 - data["beta2"],
        data["amplitude_old_momentum"],
        color=COLORS["orange"],
        marker="s",
        markersize=3,
        linestyle="none",
        label="sign of the old $m$ ($\\beta_1=1$)",
    )
    swing.plot(
        1 - data["beta2"],
        data["amplitude_lion"],
        color=COLORS["blue"],
        marker="o",
        markersize=3,
        linestyle="none",
        label="Lion ($\\beta_1=0.9$)",
    )
    swing.plot(1 - data["beta2"], data["predicted_amplitude"], **THEORY, label="$1.8/\\sqrt{1-\\beta_2}$")
    swing.set(
        xscale="log",
        yscale="log",
        xlabel="$1-\\beta_2$",
        ylabel="amplitude of $x_t$ (units of $\\eta$)",
        ylim=(0.5, 400),
    )
    swing.legend(loc="upper right")
    label_panels(axes)
    return figure


EXPERIMENT = Experiment(
    stem="decay_ablation",
    title="Decoupled decay makes the constraint, the look-ahead stills the sign",
    caption=(
        "(a) Lion on f = ½(x−10)² at λ = 1 with decoupled decay, with coupled (L2) decay and with none; "
        "dashed: limits 1, 5 and 10 predicted by the three problems they solve. (b) Limits against λ; "
        "dashed: min(10, 1/λ) and 10/(1+λ). (c) Amplitude about the minimum of ½x² when the sign is taken "
        "of the old momentum (β1 = 1), against the empirical law 1.8η/√(1−β2) (dashed), and Lion's."
    ),
    compute=compute,
    findings=findings,
    draw=draw,
    parameters={
        "step_size": 0.01,
        "num_steps": 6000,
        "decays": 13,
        "oscillation_betas": [0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998],
        "oscillation_steps": 20000,
    },
    quick={"num_steps": 3000, "decays": 5, "oscillation_steps": 6000},
)
