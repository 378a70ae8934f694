"""Cases: what a claim about runs of Lion-K is measured on, and how a user's own parameters become one.

One K kind, shape and decay is one compilation, and constants are free, so the standard cases are wide in
(η, λ, β1, β2) and narrow in shapes: vectors of four entries, 3×2 matrices, and one loss, `RippledBowl`, that is a
convex quadratic, a convex non-quadratic or a nonconvex function by the value of its parameters.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import (
    ConvexFunction,
    DeadzoneL1,
    GroupL2Norm,
    Huber,
    L1Norm,
    L2Norm,
    LinfNorm,
    LogCosh,
    LpNorm,
    MoreauEnvelope,
    NuclearNorm,
    PseudoHuber,
    Scaled,
    SchattenNorm,
    SeparableSum,
    SortedL1Norm,
    SpectralNorm,
    SquaredL2,
    TopKL1,
    parse_convex_function,
)
from ..dynamics import LionK, Trajectory
from ..objectives import Loss, parse_objective
from ..precision import as_numpy
from ..simulation import simulate_batch
from ._claim import Run

VECTOR, MATRIX = (4,), (3, 2)

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled_once(function: Function) -> Function:
    """`function` under jit, for what runs once per compilation: optimising its code would take longer than it saves."""
    return eqx.filter_jit(function, compiler_options={"xla_backend_optimization_level": 0})


PAPER_ROWS: dict[str, ConvexFunction] = {
    "‖·‖₁": L1Norm(),
    "‖·‖_p": LpNorm(1.5),
    "dead zone": DeadzoneL1(0.5),
    "top-k": TopKL1(2),
    "Huber": Huber(0.5),
}
"""The five rows of table 2 of arXiv 2310.05898, by name."""

OTHER_KINDS: dict[str, ConvexFunction] = {
    "½‖·‖²": SquaredL2(1.0),
    "‖·‖₂": L2Norm(),
    "‖·‖∞": LinfNorm(),
    "groups": GroupL2Norm([[0, 3], [1], [2]]),
    "log cosh": LogCosh(2.0),
    "pseudo-Huber": PseudoHuber(0.5),
    "sorted ℓ1": SortedL1Norm([2.0, 1.0, 0.5, 0.0]),
    "scaled ℓ1": Scaled(L1Norm(), 2.0),
    "sum ℓ2 + Huber": SeparableSum([L2Norm(), Huber(0.3)], sizes=[2, 2]),
    "envelope of ℓ2": MoreauEnvelope(L2Norm(), 0.5),
    "nuclear": NuclearNorm(),
    "spectral": SpectralNorm(),
    "Schatten": SchattenNorm(3.0),
}
KINDS: dict[str, ConvexFunction] = {**PAPER_ROWS, **OTHER_KINDS}
"""One K of every kind that is finite everywhere, for vectors of shape `VECTOR` or matrices of shape `MATRIX`."""

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


class RippledBowl(Loss):
    """f(x) = ½⟨x−C, A(x−C)⟩ + h Σ(1 − cos x_i), A acting on the first axis of x; L ≤ ‖A‖ + |h|.

    Convex for 0 ≤ A and |h| ≤ λ_min(A). The parameters are arrays: quadratic, convex and nonconvex share a compilation.
    """

    matrix: np.ndarray
    center: np.ndarray
    height: np.ndarray

    @property
    def shape(self) -> tuple[int, ...]:
        return self.center.shape

    @property
    def smoothness(self) -> float:
        return float(np.linalg.norm(self.matrix, 2) + np.abs(self.height))

    @property
    def is_convex(self) -> bool:
        return bool(np.linalg.eigvalsh(self.matrix).min() >= np.abs(self.height))

    def value(self, x: Array) -> Array:
        off = x - jnp.asarray(self.center, x.dtype)
        return jnp.sum(off * self._curved(off)) / 2 + jnp.asarray(self.height, x.dtype) * jnp.sum(1 - jnp.cos(x))

    def slope(self, x: Array) -> Array:
        return self._curved(x - jnp.asarray(self.center, x.dtype)) + jnp.asarray(self.height, x.dtype) * jnp.sin(x)

    def _curved(self, off: Array) -> Array:
        A = jnp.asarray(self.matrix, off.dtype).reshape(self.matrix.shape + (1,) * (off.ndim - 1))
        return jnp.sum(A * off[None], axis=1)


def bowl(shape: Sequence[int], seed: int = 0, condition: float = 20.0) -> RippledBowl:
    """A convex quadratic with eigenvalues from 1/condition to 1 and a centre outside most constraint sets."""
    rng = np.random.default_rng([seed, *shape])
    basis, _ = np.linalg.qr(rng.normal(size=(shape[0], shape[0])))
    A = (basis * np.logspace(-np.log10(condition), 0, shape[0])) @ basis.T
    return RippledBowl((A + A.T) / 2, 3 * rng.normal(size=shape), np.asarray(0.0))


def nonconvex_bowl(shape: Sequence[int], seed: int = 0) -> RippledBowl:
    """The same bowl with ripples of height 1 ≥ λ_max: many stationary points, L ≤ 2."""
    smooth = bowl(shape, seed)
    return RippledBowl(smooth.matrix, smooth.center, np.asarray(1.0))


def shape_for(K: ConvexFunction) -> tuple[int, ...]:
    """The standard shape a K takes: `MATRIX` for those that know only matrices, else `VECTOR`."""
    for shape in (VECTOR, MATRIX):
        try:
            jax.eval_shape(K.value, jax.ShapeDtypeStruct(shape, jnp.float32))
        except ValueError:
            continue
        return shape
    raise ValueError(f"{K!r} takes neither shape {VECTOR} nor {MATRIX}; give x0 of a shape it takes.")


@dataclass(frozen=True, eq=False)
class Case:
    """One run of Lion-K to measure on. Arrays are float64 unless given otherwise. Equal only to itself.

    **Raises:** `ValueError` or `TypeError` in words when the parts do not fit.
    """

    label: str
    method: LionK
    objective: Any
    x0: np.ndarray
    m0: np.ndarray
    num_steps: int

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
    x0 = np.zeros(objective.shape) if x0 is None else x0
    m0 = np.zeros_like(as_numpy("x0", x0)) if m0 is None else m0
    # A K that cannot take this shape says so here, not in the middle of a run.
    jax.eval_shape(method.K.value, jax.ShapeDtypeStruct(np.shape(x0), jnp.float32))
    named = label or f"{K!r}, η={step_size}, λ={weight_decay}, β=({beta1}, {beta2}), {decay}"
    return Case(named, method, objective, x0, m0, num_steps)


def with_parameters(default: Case, parameters: Mapping[str, Any]) -> Case:
    """`default` with what the user gave in place of its own.

    The default start and objective are kept where the user's K, objective or start leaves room for them; otherwise
    the start is 0 and the objective a convex bowl of the user's shape.

    **Raises:** `ValueError` or `TypeError` in words for parameters that make no sense.
    """
    method = default.method
    parts = {name: getattr(method, name) for name in ("K", "step_size", "weight_decay", "beta1", "beta2", "decay")}
    parts["num_steps"] = default.num_steps
    chosen = {**parts, **parameters}
    if not {"objective", "x0", "m0"} & set(parameters):
        K = parse_convex_function(chosen["K"]) if isinstance(chosen["K"], str) else chosen["K"]
        if "K" not in parameters or _takes(K, default.x0.shape):
            chosen = {"objective": default.objective, "x0": default.x0, "m0": default.m0, **chosen}
    return case(**chosen)


def _takes(K: Any, shape: tuple[int, ...]) -> bool:
    try:
        jax.eval_shape(K.value, jax.ShapeDtypeStruct(shape, jnp.float32))
    except (ValueError, AttributeError):
        return False
    return True


def standard_or_given(run: Run, standard: Callable[[], Sequence[Case]]) -> list[Case]:
    """The standard cases, or the one case of the user's parameters over the first of them."""
    cases = list(standard())
    return [with_parameters(cases[0], run.parameters)] if run.parameters else cases


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
