"""Lion-K runs with it: a short run on a quadratic, its energy ledger, and the way into the constraint set."""

from typing import Any

import numpy as np

from ..dynamics import LionK
from ..energy import constraint_distance, energy_ledger
from ..objectives import LeastSquaresMatrix, Quadratic
from ..simulation import simulate
from ._conjugacy import Duality
from ._evaluation import norm
from ._finding import Finding, no_violation, not_run, plain

STEPS = 100
STEP_SIZE, WEIGHT_DECAY = 0.05, 0.8
SIGNED = ("alignment", "enhancement", "conjugate_remainder", "momentum_remainder")
RESIDUAL = "worst |residual| of the energy ledger over its rounding bound"
SIGNS = "worst positive part of the four signed terms over their allowance"
CONTRACTION = "worst distance to dom K* over (1 − ηλ)·(the one before)"


def check_run(seen: Duality) -> list[Finding]:
    """The ledger of Lion-K closes, its four terms have their signs, and λx approaches dom K* by 1 − ηλ per step."""
    names = ("ledger", "ledger signs", "constraint distance")
    evaluation, shape, dtype = seen.evaluation, seen.evaluation.shape, seen.evaluation.dtype
    if not evaluation.is_finite:
        return [not_run(name, "K is not finite everywhere, and a momentum may leave its domain.") for name in names]
    method = LionK(evaluation.K, STEP_SIZE, WEIGHT_DECAY)
    objective = loss(shape)
    # Half of a mean of subgradients, which is inside dom K*: there H is finite.
    inside = 0.25 * (seen.slopes[-1] + seen.slopes[-2]).reshape(shape) / WEIGHT_DECAY
    run = simulate(method, objective, inside.astype(dtype), STEPS if not seen.is_numerical else STEPS // 4)
    try:
        ledger = energy_ledger(method, objective, run)
    except ValueError as error:
        return [Finding(name, "INCONCLUSIVE", f"no ledger: {error}") for name in names]
    return [_residual(ledger, run), _signs(ledger, run, seen), _distance(method, objective, run, seen)]


def loss(shape: tuple[int, ...]) -> Any:
    """A quadratic whose minimiser is outside the unit sets of most K."""
    if len(shape) == 1:
        return Quadratic(np.diag(1.0 + np.arange(shape[0]) % 3), 2.0 - 0.7 * np.arange(shape[0]))
    return LeastSquaresMatrix(np.eye(shape[0]) + 0.1, 2.0 - 0.3 * np.arange(np.prod(shape)).reshape(shape))


def _state(run: Any, t: int) -> dict[str, Any]:
    return {"step": t, "x": plain(run.x[t]), "m": plain(run.m[t]), "step_size": STEP_SIZE, "weight_decay": WEIGHT_DECAY}


def _residual(ledger: Any, run: Any) -> Finding:
    ratios = np.abs(ledger.residual) / ledger.rounding_bound
    t = int(np.argmax(np.where(np.isnan(ratios), np.inf, ratios)))
    if ratios[t] <= 1:
        return Finding("ledger", "CONSISTENT", no_violation(len(ratios)), float(ratios[t]), 1.0, RESIDUAL, len(ratios))
    if not np.isfinite(ledger.change[t]):
        sentence = f"H is not finite at step {t}, although the run started inside dom K*."
    else:
        sentence = f"the ledger misses {ledger.residual[t]:.3g} at step {t}, {ratios[t]:.3g} times its rounding bound."
    found = float(ratios[t])
    return Finding("ledger", "VIOLATED", sentence, found, 1.0, RESIDUAL, len(ratios), _state(run, t))


def _signs(ledger: Any, run: Any, seen: Duality) -> Finding:
    terms = np.stack([getattr(ledger, name) for name in SIGNED])
    # A numerical K* is known to its tolerance, and enters with the weight 1/λ + c ≤ 1/λ + η/(1 − β2).
    weight = 1 / WEIGHT_DECAY + STEP_SIZE / 0.01
    rough = weight * 8e-9 * (1 + np.abs(ledger.lyapunov[1:])) if seen.is_numerical else 0.0
    ratios = terms / (ledger.sign_allowance + rough)
    name, t = divmod(int(np.argmax(np.where(np.isnan(ratios), np.inf, ratios))), terms.shape[1])
    worst = float(ratios[name, t])
    if worst <= 1:
        count = terms.size
        return Finding("ledger signs", "CONSISTENT", no_violation(count), max(worst, 0.0), 1.0, SIGNS, count)
    sentence = f"{SIGNED[name]} is {terms[name, t]:.3g} at step {t}; for a convex K with this K* it is at most 0."
    return Finding("ledger signs", "VIOLATED", sentence, worst, 1.0, SIGNS, terms.size, _state(run, t))


def _distance(method: LionK, objective: Any, run: Any, seen: Duality) -> Finding:
    name, K = "constraint distance", seen.evaluation.K
    if seen.is_numerical and not (K.is_positively_homogeneous or getattr(K, "recession", None) is not None):
        return not_run(
            name, "K declares neither homogeneity nor recession: distances to dom K* are known from above only."
        )
    outside = (3 * run.x[0] + 4 * (1 + norm(seen.slopes).max())).astype(run.x.dtype)
    away = simulate(method, objective, outside, run.num_steps)
    distance = constraint_distance(method, away).astype(np.float64)
    x = np.asarray(away.x)
    size = WEIGHT_DECAY * np.linalg.norm(x.reshape(len(x), -1), axis=1)
    # Storing x and projecting λx round each to a multiple of the unit; a numerical distance has a gap of 1e-12.
    rounding = 2 * (seen.evaluation.unit + (1e-9 if seen.is_numerical else 0.0)) * (size[1:] + size[:-1])
    ratios = distance[1:] / ((1 - STEP_SIZE * WEIGHT_DECAY) * distance[:-1] + rounding)
    t = int(np.argmax(np.where(np.isnan(ratios), np.inf, ratios)))
    if ratios[t] <= 1:
        return Finding(name, "CONSISTENT", no_violation(len(ratios)), float(ratios[t]), 1.0, CONTRACTION, len(ratios))
    sentence = (
        f"λx is {distance[t + 1]:.6g} from dom K* after step {t}, and was {distance[t]:.6g}: it does not contract."
    )
    return Finding(name, "VIOLATED", sentence, float(ratios[t]), 1.0, CONTRACTION, len(ratios), _state(away, t))
