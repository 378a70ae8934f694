"""Cases of the flow: what a claim about continuous time is measured on, and how a user's parameters become one.

As for the discrete method, one kind of K and shape is one compilation and constants are free: the standard cases are
wide in (α, γ, ε, λ) and narrow in shapes and times.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..convex import ConvexFunction, parse_convex_function
from ..dynamics import LionKFlow
from ..integration import FlowSolution, integrate_batch
from ..objectives import Loss, parse_objective
from ..precision import as_numpy
from ._cases import KINDS, _described, _takes, bowl, shape_for
from ._claim import Run

SMOOTH_KINDS: dict[str, ConvexFunction] = {label: K for label, K in KINDS.items() if K.is_smooth}
"""One K of every kind with a Lipschitz ∇K."""

CONSTANTS = (
    (1.0, 1.0, 0.5, 0.5),
    (2.0, 0.5, 0.0, 1.0),
    (1.0, 0.5, 2.0, 2.0),
    (0.7, 0.0, 0.4, 0.5),
    (1.5, 2.0, 0.25, 0.0),
)
"""(α, γ, ε, λ): the two-β method's α = γ, ε = 0, εγ = 1, γ = 0, and λ = 0."""

PARAMETERS = ("K", "objective", "x0", "m0", "alpha", "gamma", "epsilon", "weight_decay")
"""What of a `FlowCase` a user may replace."""


@dataclass(frozen=True, eq=False)
class FlowCase:
    """One run of the flow to measure on, in float64. Equal only to itself.

    `times` are those at which it is observed; the first is the start's. `step` is the length of an implicit step where
    the claim is about one, else None. `is_given` marks a user's own case.

    **Raises:** `ValueError` or `TypeError` in words when the parts do not fit.
    """

    label: str
    flow: LionKFlow
    objective: Any
    x0: np.ndarray
    m0: np.ndarray
    times: np.ndarray
    step: float | None = None
    is_given: bool = False

    def __post_init__(self) -> None:
        for name in ("x0", "m0"):
            array = as_numpy(name, getattr(self, name)).astype(np.float64)
            if not np.isfinite(array).all():
                raise ValueError(f"{name} must be finite, got {array[~np.isfinite(array)].flat[0]} among its entries.")
            object.__setattr__(self, name, array)
        if self.x0.shape != self.m0.shape:
            raise ValueError(f"m0 must have the shape of x0, {self.x0.shape}, got {self.m0.shape}.")
        if tuple(self.objective.shape) != self.x0.shape:
            raise ValueError(f"x0 must have the objective's shape {tuple(self.objective.shape)}, got {self.x0.shape}.")
        # A K that cannot take this shape says so here, not in the middle of a run.
        jax.eval_shape(self.flow.K.value, jax.ShapeDtypeStruct(self.x0.shape, jnp.float32))

    def replay(self) -> dict[str, Any]:
        """Plain values from which the run can be repeated."""
        flow = self.flow
        return {
            "label": self.label, "K": repr(flow.K), "objective": _described(self.objective), "alpha": flow.alpha,
            "gamma": flow.gamma, "epsilon": flow.epsilon, "weight_decay": flow.weight_decay, "x0": self.x0.tolist(),
            "m0": self.m0.tolist(), "times": [float(self.times[0]), float(self.times[-1])], "step": self.step,
        }  # fmt: skip


def with_parameters(default: FlowCase, parameters: Mapping[str, Any]) -> FlowCase:
    """`default` with what the user gave in place of its own; K and objective may be text.

    The default objective and start are kept where the user's K and arrays leave room for them, λx0 staying what it was;
    else f is a convex bowl of the user's shape and what is not given of the start is 0.

    **Raises:** `ValueError` or `TypeError` in words for parameters that make no sense.
    """
    flow = default.flow
    K = parameters.get("K", flow.K)
    K = parse_convex_function(K) if isinstance(K, str) else K
    numbers = {name: parameters.get(name, getattr(flow, name)) for name in PARAMETERS[4:]}
    chosen = LionKFlow(K, **numbers)
    f: Any = parameters.get("objective")
    f = parse_objective(f) if isinstance(f, str) else f
    x0: Any = parameters.get("x0")
    m0: Any = parameters.get("m0")
    keeps = {"objective", "x0", "m0"}.isdisjoint(parameters) and _takes(K, default.x0.shape)
    if keeps:
        lam = chosen.weight_decay
        f, m0 = default.objective, default.m0
        x0 = default.x0 * (flow.weight_decay / lam) if lam > 0 and flow.weight_decay > 0 else default.x0
    if f is None:
        f = bowl(np.shape(x0) if np.ndim(x0) else np.shape(m0) if np.ndim(m0) else shape_for(K))
    x0 = np.zeros(f.shape) if x0 is None else as_numpy("x0", x0)
    m0 = np.zeros(x0.shape) if m0 is None else as_numpy("m0", m0)
    label = f"{K!r}, α={chosen.alpha}, γ={chosen.gamma}, ε={chosen.epsilon}, λ={chosen.weight_decay}"
    return dataclasses.replace(default, label=label, flow=chosen, objective=f, x0=x0, m0=m0, is_given=True)


def standard_or_given(run: Run, standard: Callable[[], Sequence[FlowCase]]) -> list[FlowCase]:
    """The standard cases, or the one case of the user's parameters over the first of them, see `with_parameters`."""
    cases = list(standard())
    return [with_parameters(cases[0], run.parameters)] if run.parameters else cases


def flow_sweep(
    K: ConvexFunction,
    objective: Loss,
    times: np.ndarray,
    constants: Sequence[tuple[float, float, float, float]] = CONSTANTS,
    start: Callable[[np.random.Generator, float], np.ndarray] | None = None,
    seed: int = 0,
    label: str = "",
    momentum: float = 0.0,
    step: float | None = None,
) -> list[FlowCase]:
    """One case for every (α, γ, ε, λ), all of one compilation.

    `start(rng, λ)` draws x0, 0 by default; m0 is normal of size `momentum`.
    """
    rng = np.random.default_rng([seed, *objective.shape])
    cases = []
    for alpha, gamma, epsilon, lam in constants:
        x0 = np.zeros(objective.shape) if start is None else start(rng, lam)
        m0 = momentum * rng.normal(size=objective.shape) + 0.0
        name = f"{label or repr(K)}, α={alpha}, γ={gamma}, ε={epsilon}, λ={lam}"
        cases.append(FlowCase(name, LionKFlow(K, alpha, gamma, epsilon, lam), objective, x0, m0, times, step))
    return cases


@dataclass(frozen=True)
class FlowBatch:
    """Cases that run as one: the same kind of K, objective, times, step and shape."""

    cases: tuple[FlowCase, ...]

    @property
    def flows(self) -> list[LionKFlow]:
        return [one.flow for one in self.cases]

    def integrate(self, solver: str = "auto", **options: Any) -> FlowSolution:
        """The solutions of all cases, (n, B, …); `options` are those of `integrate_batch`."""
        first = self.cases[0]
        x0, m0 = (np.stack([getattr(one, name) for one in self.cases]) for name in ("x0", "m0"))
        if first.step is not None:
            options = {"step": first.step, **options}
        return integrate_batch(self.flows, first.objective, x0, m0, first.times, solver, **options)


def flow_batches(cases: Sequence[FlowCase]) -> Iterator[FlowBatch]:
    """The cases in groups that run as one, in the order of their first members."""
    groups: dict[Any, list[FlowCase]] = {}
    for one in cases:
        alpha = one.flow.alpha if callable(one.flow.alpha) else None
        kind = jax.tree.structure(one.flow.K), id(one.objective), one.times.tobytes(), one.step, one.x0.shape, alpha
        groups.setdefault(kind, []).append(one)
    for members in groups.values():
        yield FlowBatch(tuple(members))
