"""Cases: what a claim about runs of Lion-K is measured on, and how a user's own parameters become one.

One K kind, shape and decay is one compilation, and constants are free, so the standard cases are wide in
(η, λ, β1, β2) and narrow in shapes: vectors of four entries, 3×2 matrices, and one loss, `RippledBowl`, that is a
convex quadratic, a convex non-quadratic or a nonconvex function by the value of its parameters.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..convex import ConvexFunction, parse_convex_function
from ..dynamics import LionK, Trajectory
from ..dynamics._compiled import compiled_once as compiled_once
from ..objectives import Loss, parse_objective
from ..precision import as_numpy
from ..simulation import simulate_batch
from ._bowls import RippledBowl as RippledBowl
from ._bowls import bowl as bowl
from ._bowls import nonconvex_bowl as nonconvex_bowl
from ._claim import Run
from ._kinds import KINDS as KINDS
from ._kinds import MATRIX as MATRIX
from ._kinds import PAPER_ROWS as PAPER_ROWS
from ._kinds import VECTOR as VECTOR
from ._kinds import shape_for as shape_for

DECAYS = ("explicit", "implicit")
RATES = ((0.1, 0.5), (0.02, 1.0), (0.3, 2.0))
"""(η, λ), ηλ from 0.02 to 0.6."""

ORDERED_BETAS = ((0.9, 0.99), (0.9, 0.9), (0.0, 0.5), (0.95, 0.951))
REVERSED_BETAS = ((0.99, 0.9), (0.6, 0.2))
"""(β1, β2) with β1 ≤ β2, which the theorem wants, and with β1 > β2."""

PARAMETERS = (
    "K", "objective", "x0", "m0", "step_size", "weight_decay", "beta1", "beta2", "decay", "num_steps",
)  # fmt: skip
"""What of a `Case` a user may replace."""


@dataclass(frozen=True, eq=False)
class Case:
    """One run of Lion-K to measure on. Arrays are float64 unless given otherwise. Equal only to itself.

    `is_given` marks a user's own case, whose loss is held to what it declares all along its run.

    **Raises:** `ValueError` or `TypeError` in words when the parts do not fit.
    """

    label: str
    method: LionK
    objective: Any
    x0: np.ndarray
    m0: np.ndarray
    num_steps: int
    is_given: bool = False

    def __post_init__(self) -> None:
        for name in ("x0", "m0"):
            array = as_numpy(name, getattr(self, name))
            if not np.isfinite(array).all():
                raise ValueError(f"{name} must be finite, got {array[~np.isfinite(array)].flat[0]} among its entries.")
            object.__setattr__(self, name, array)
        if self.x0.shape != self.m0.shape:
            raise ValueError(f"m0 must have the shape of x0, {self.x0.shape}, got {self.m0.shape}.")
        if self.x0.dtype != self.m0.dtype:
            raise TypeError(f"x0 and m0 must have one dtype, got {self.x0.dtype} and {self.m0.dtype}.")
        if tuple(self.objective.shape) != self.x0.shape:
            raise ValueError(f"x0 must have the objective's shape {tuple(self.objective.shape)}, got {self.x0.shape}.")
        if isinstance(self.num_steps, bool) or not isinstance(self.num_steps, int | np.integer) or self.num_steps < 1:
            raise ValueError(f"num_steps must be a whole number ≥ 1, got {self.num_steps!r}.")

    def replay(self) -> dict[str, Any]:
        """Plain values from which the run can be repeated."""
        method = self.method
        return {
            "label": self.label, "K": repr(method.K), "objective": _described(self.objective), "decay": method.decay,
            "step_size": method.step_size, "weight_decay": method.weight_decay, "beta1": method.beta1,
            "beta2": method.beta2, "x0": self.x0.tolist(), "m0": self.m0.tolist(), "num_steps": self.num_steps,
        }  # fmt: skip


def _described(objective: Any) -> dict[str, Any] | str:
    """An objective with the values of its parameters, or its name where they are not arrays."""
    if not dataclasses.is_dataclass(objective):
        return repr(objective)
    parameters = {field.name: getattr(objective, field.name) for field in dataclasses.fields(objective)}
    plain = {name: np.asarray(value).tolist() for name, value in parameters.items() if not callable(value)}
    return {"kind": type(objective).__name__, **plain}


def case(
    K: ConvexFunction | str,
    objective: Loss | str | None = None,
    step_size: Any = 0.1,
    weight_decay: float = 0.5,
    beta1: float = 0.9,
    beta2: float = 0.99,
    decay: str = "explicit",
    x0: Any = None,
    m0: Any = None,
    num_steps: int = 200,
    label: str = "",
) -> Case:
    """A `Case` from its parts: K and objective may be text, x0 = m0 = 0 and a convex bowl are what is left out."""
    K = parse_convex_function(K) if isinstance(K, str) else K
    method = LionK(K, step_size, weight_decay, beta1, beta2, decay)
    objective = parse_objective(objective) if isinstance(objective, str) else objective
    if objective is None:
        objective = bowl(np.shape(x0) if np.ndim(x0) else np.shape(m0) if np.ndim(m0) else shape_for(K))
    # The tolerances are those of float64, so that is what runs, whatever precision the start was written in.
    x0 = np.zeros(objective.shape) if x0 is None else as_numpy("x0", x0).astype(np.float64)
    m0 = np.zeros_like(x0) if m0 is None else as_numpy("m0", m0).astype(np.float64)
    # A K that cannot take this shape says so here, not in the middle of a run.
    jax.eval_shape(method.K.value, jax.ShapeDtypeStruct(np.shape(x0), jnp.float32))
    named = label or f"{K!r}, η={step_size}, λ={weight_decay}, β=({beta1}, {beta2}), {decay}"
    return Case(named, method, objective, x0, m0, num_steps)


def with_parameters(default: Case, parameters: Mapping[str, Any], keeps_start: bool = True) -> Case:
    """`default` with what the user gave in place of its own.

    The default objective is kept where the user's K, objective and start leave room for it, else it is a convex bowl
    of the user's shape. A start not given is that of the default, moved so that λx0 stays what it was, or 0 where the
    shape has changed or `keeps_start` is False.

    **Raises:** `ValueError` or `TypeError` in words for parameters that make no sense.
    """
    method = default.method
    parts = {name: getattr(method, name) for name in ("K", "step_size", "weight_decay", "beta1", "beta2", "decay")}
    parts["num_steps"] = default.num_steps
    chosen = {**parts, **parameters}
    if not {"objective", "x0", "m0"} & set(parameters):
        K = parse_convex_function(chosen["K"]) if isinstance(chosen["K"], str) else chosen["K"]
        if "K" not in parameters or _takes(K, default.x0.shape):
            chosen = {"objective": default.objective, **chosen}
            given = dataclasses.replace(case(**chosen), is_given=True)
            lam = given.method.weight_decay
            if keeps_start and lam > 0:
                return dataclasses.replace(given, x0=default.x0 * (method.weight_decay / lam), m0=default.m0)
            return given
    return dataclasses.replace(case(**chosen), is_given=True)


def _takes(K: Any, shape: tuple[int, ...]) -> bool:
    try:
        jax.eval_shape(K.value, jax.ShapeDtypeStruct(shape, jnp.float32))
    except (ValueError, AttributeError):
        return False
    return True


def standard_or_given(run: Run, standard: Callable[[], Sequence[Case]], keeps_start: bool = True) -> list[Case]:
    """The standard cases, or the one case of the user's parameters over the first of them, see `with_parameters`."""
    cases = list(standard())
    return [with_parameters(cases[0], run.parameters, keeps_start)] if run.parameters else cases


def sweep(
    K: ConvexFunction,
    objective: Loss,
    decay: str = "explicit",
    rates: Sequence[tuple[float, float]] = RATES,
    betas: Sequence[tuple[float, float]] = ORDERED_BETAS + REVERSED_BETAS,
    num_steps: int = 200,
    start: Callable[[np.random.Generator, float], np.ndarray] | None = None,
    seed: int = 0,
    label: str = "",
) -> list[Case]:
    """One case for every (η, λ) and (β1, β2), all of one compilation. `start(rng, λ)` draws x0, 0 by default."""
    rng = np.random.default_rng(seed)
    cases = []
    for eta, lam in rates:
        for beta1, beta2 in betas:
            x0 = np.zeros(objective.shape) if start is None else start(rng, lam)
            name = f"{label or repr(K)}, η={eta}, λ={lam}, β=({beta1}, {beta2}), {decay}"
            method = LionK(K, eta, lam, beta1, beta2, decay)
            cases.append(Case(name, method, objective, x0, np.zeros_like(x0), num_steps))
    return cases


@dataclass(frozen=True)
class Batch:
    """Cases that run as one: the same kind of K, decay, objective, shape and number of steps."""

    cases: tuple[Case, ...]

    @property
    def methods(self) -> list[LionK]:
        return [one.method for one in self.cases]

    @property
    def objective(self) -> Any:
        return self.cases[0].objective

    def simulate(self, gradient_noise: Any = None, key: Any = None, record: Sequence[str] = ("x", "m")) -> Trajectory:
        """The trajectories of all cases, (T+1, B, …)."""
        x0, m0 = (np.stack([getattr(one, name) for one in self.cases]) for name in ("x0", "m0"))
        steps = self.cases[0].num_steps
        return simulate_batch(self.methods, self.objective, x0, steps, m0, gradient_noise, key, record)


def filled(batch: Batch, size: int) -> Batch:
    """The batch, standard cases repeated up to `size` so that batches of several sizes are one compilation.

    The first `len(batch.cases)` of its runs are the batch's own. A user's case stays on its own.
    """
    missing = size - len(batch.cases)
    if missing <= 0 or any(one.is_given for one in batch.cases):
        return batch
    return Batch(batch.cases + batch.cases[-1:] * missing)


def batches(cases: Sequence[Case]) -> Iterator[Batch]:
    """The cases in groups that run as one, in the order of their first members."""
    groups: dict[Any, list[Case]] = {}
    for one in cases:
        kind = jax.tree.structure(one.method.K), one.method.decay, callable(one.method.step_size)
        groups.setdefault((kind, id(one.objective), one.num_steps, one.x0.shape, one.x0.dtype.name), []).append(one)
    for members in groups.values():
        yield Batch(tuple(members))


def renamed(one: Case, label: str) -> Case:
    """The same case under another label."""
    return dataclasses.replace(one, label=label)
