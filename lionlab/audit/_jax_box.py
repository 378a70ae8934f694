"""optax transformations and `LionK` as black boxes: whole runs compiled once for each shape, dtype and length."""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ..dynamics import Constants, LionK, State
from ..dynamics import step as lion_k_step
from ..precision import double_precision
from ._black_box import BlackBox, Course, Recorder, each_gradient, known_steps
from ._failures import OptimizerError, stepping

SHORTEST = 32
"""Runs are padded to this length times a power of four, so that few programs are compiled."""
LONGEST = 4096
"""The most steps of a run that only its gradients end."""
NOT_COMPILED = (jax.errors.JAXTypeError, jax.errors.JAXIndexError, NotImplementedError, TypeError)
"""What is raised by a program that looks at numbers while it runs: it can only be run operation by operation."""


class Pure(NamedTuple):
    """`init(x) -> state` and `step(gradient, state, x, rate) -> (x, state)` in JAX; `rate` may be ignored."""

    init: Callable[[Any], Any]
    step: Callable[[Any, Any, Any, Any], tuple[Any, Any]]


class JaxBox(BlackBox):
    """A pure JAX optimizer: `make(rates)` returns it, for rates η_0, …, η_{T−1} as an array, or None for its own."""

    is_compiled = True

    def __init__(
        self,
        make: Callable[[Any], Pure],
        name: str,
        learning_rate: float | None,
        accepts_rate: bool,
        accepts_schedule: bool,
        is_plain: bool = False,
    ) -> None:
        self.make, self.name, self.learning_rate = make, name, learning_rate
        self.accepts_rate, self.accepts_schedule = accepts_rate, accepts_schedule
        self.is_compiled = not is_plain
        self._can_compile = not is_plain
        self._programs: dict[Any, Any] = {}

    def uncompiled(self) -> BlackBox | None:
        if not self._can_compile:
            return None
        return JaxBox(self.make, self.name, self.learning_rate, self.accepts_rate, self.accepts_schedule, is_plain=True)

    def _run(self, x: np.ndarray, gradients: Any, rate: Any) -> Course:
        # A user's own program promotes silently; strictness is for ours.
        with double_precision(), jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
            if self._can_compile:
                try:
                    return self._compiled(x, gradients, rate)
                except OptimizerError as error:
                    if not isinstance(error.__cause__, NOT_COMPILED):
                        raise
                    self._can_compile = self.is_compiled = False
            return self._plainly(x, gradients, rate)

    def _compiled(self, x: np.ndarray, gradients: Any, rate: Any) -> Course:
        if callable(gradients):
            return self._closed_loop(x, gradients, rate)
        length = len(gradients)
        padded = SHORTEST
        while padded < length:
            padded *= 4
        streams = np.zeros((padded, *gradients.shape[1:]), gradients.dtype)
        streams[:length] = gradients
        rates = _rates(rate, length, padded, x.dtype)
        run = self._programs.setdefault("run", jax.jit(self._whole))
        with stepping(self.name, None):
            xs, ms, end = run(jnp.asarray(x), jnp.asarray(streams), rates)
        momentum = None
        if ms is not None:
            momentum = np.concatenate([np.zeros_like(x)[None], np.asarray(ms[:length]).astype(x.dtype)])
            momentum = oriented(momentum, gradients)
        x_all = np.concatenate([x[None], np.asarray(xs[:length]).astype(x.dtype)])
        return Course(x_all, momentum, np.asarray(end).dtype.name)

    def _whole(self, x: Any, gradients: Any, rates: Any) -> tuple[Any, Any, Any]:
        # The rates are an argument of the compiled program: a new schedule needs no new compilation.
        pure = self.make(rates)

        def advance(carry: Any, inputs: Any) -> tuple[Any, Any]:
            x, state = carry
            g, eta = inputs
            x_next, state = pure.step(g, state, x, eta)
            return (x_next.astype(x.dtype), state), (x_next, _momentum(state, x.shape))

        given = jnp.zeros(len(gradients)) if rates is None else rates
        _, (xs, ms) = jax.lax.scan(advance, (x, pure.init(x)), (gradients, given))
        return xs, ms, xs[0]

    def _closed_loop(self, x: np.ndarray, gradients: Any, rate: Any) -> Course:
        length = LONGEST if gradients.steps is None else gradients.steps
        rates = _rates(rate, length, length, x.dtype)
        step = self._programs.setdefault(
            "step", jax.jit(lambda g, s, x, eta, rates: self.make(rates).step(g, s, x, eta))
        )
        with stepping(self.name, "init"):
            state = self.make(rates).init(jnp.asarray(x))
        return self._loop(x, gradients, rates, state, lambda g, s, x, eta: step(g, s, x, eta, rates))

    def _plainly(self, x: np.ndarray, gradients: Any, rate: Any) -> Course:
        length = (gradients.steps or LONGEST) if callable(gradients) else len(gradients)
        rates = _rates(rate, length, length, x.dtype)
        with stepping(self.name, "init"):
            pure = self.make(rates)
            state = pure.init(jnp.asarray(x))
        with jax.disable_jit():
            return self._loop(x, gradients, rates, state, pure.step)

    def _loop(self, x: np.ndarray, gradients: Any, rates: Any, state: Any, step: Callable[..., Any]) -> Course:
        m = np.zeros_like(x) if _momentum(state, x.shape) is not None else None
        recorder = Recorder(x, m, self.name, known_steps(gradients))
        current, seen = jnp.asarray(x), []
        etas = None if rates is None else np.asarray(rates)
        for t, g in each_gradient(gradients, lambda: recorder.last):
            if etas is not None and t >= len(etas):
                raise ValueError(f"gradients that depend on x: name `steps` for a run of more than {LONGEST} steps.")
            seen.append(g)
            with stepping(self.name, t):
                current, state = step(jnp.asarray(g), state, current, 0.0 if etas is None else etas[t])
            recorder.record(current, _momentum(state, x.shape))
        course = recorder.course(np.asarray(current).dtype.name)
        momentum = course.momentum
        return course if momentum is None else course._replace(momentum=oriented(momentum, np.stack(seen)))


def oriented(momentum: np.ndarray, gradients: np.ndarray) -> np.ndarray | None:
    """A state array (T+1, …) in the paper's sign, if it is a momentum: its first nonzero step tells −g from +g."""
    for t in range(len(gradients)):
        change = np.asarray(momentum[t + 1] - momentum[t], np.float64)
        product = change * np.asarray(gradients[t], np.float64)
        if t == 0 and momentum[0].any():
            return None
        if gradients[t].any():
            is_along, is_against = (product >= 0).all(), (product <= 0).all()
            if not np.isfinite(product).all() or is_along == is_against:
                return None
            return -momentum if is_along else momentum
    return momentum


def _momentum(state: Any, shape: tuple[int, ...]) -> Any:
    """The one array of x's shape in the state; None where there are more or none."""
    found = [leaf for leaf in jax.tree.leaves(state) if getattr(leaf, "shape", None) == shape and shape != ()]
    found = [leaf for leaf in found if jnp.issubdtype(leaf.dtype, jnp.floating)]
    return found[0] if len(found) == 1 else None


def _rates(rate: Any, length: int, padded: int, dtype: Any) -> Any:
    if rate is None:
        return None
    values = [float(rate(t)) for t in range(length)] if callable(rate) else [rate] * length
    values += values[-1:] * (padded - length) if values else [0.0] * padded
    # Rates in the dtype of x, as optimizers cast them, and float32 where that is shorter.
    return jnp.asarray(values, jnp.float64 if np.dtype(dtype) == np.float64 else jnp.float32)


def optax_box(transformation: Any) -> JaxBox:
    """An optax transformation; its learning rate can be set where `inject_hyperparams` has put it into the state."""
    state = _some_state(transformation)
    injected = getattr(state, "hyperparams", {}).get("learning_rate") if hasattr(state, "hyperparams") else None

    def make(rates: Any) -> Pure:
        def step(g: Any, state: Any, x: Any, eta: Any) -> tuple[Any, Any]:
            if injected is not None and rates is not None:
                kept = {**state.hyperparams, "learning_rate": eta.astype(state.hyperparams["learning_rate"].dtype)}
                state = state._replace(hyperparams=kept)
            return _applied(transformation, g, state, x)

        return Pure(transformation.init, step)

    is_settable = injected is not None
    own = float(injected) if injected is not None else None
    return JaxBox(make, "optax transformation", own, is_settable, is_settable)


def _some_state(transformation: Any) -> Any:
    """The state for one entry, or where that is refused for a matrix; None where both are, and a run will say why."""
    for shape in ((1,), (2, 2)):
        try:
            with double_precision():
                return transformation.init(jnp.zeros(shape))
        except Exception:  # noqa: BLE001  # whatever it says to a shape that it does not take
            continue
    return None


def _applied(transformation: Any, g: Any, state: Any, x: Any) -> tuple[Any, Any]:
    updates, state = transformation.update(g, state, x)
    return (x + updates).astype(x.dtype), state


def name_of(factory: Any) -> str:
    """What a factory is called, whatever has been settled of its arguments."""
    if isinstance(factory, functools.partial):
        return name_of(factory.func)
    return str(getattr(factory, "__name__", type(factory).__name__))


class FactoryBox(JaxBox):
    """`factory(learning_rate=…)` of an optax transformation: called with numbers, and with schedules step -> η."""

    def __init__(self, factory: Callable[..., Any], learning_rate: Any, inner: BlackBox) -> None:
        self.factory = factory
        self._own = learning_rate
        own = None if callable(learning_rate) else float(learning_rate)
        super().__init__(self._make, name_of(factory), own, True, self._takes_schedules())
        self._constant: dict[Any, JaxBox] = {}

    def uncompiled(self) -> BlackBox | None:
        if not self._can_compile:
            return None
        plain = FactoryBox(self.factory, self._own, self)
        plain._can_compile = plain.is_compiled = False
        return plain

    def _make(self, rates: Any) -> Pure:
        transformation = self.factory(learning_rate=lambda count: rates[jnp.minimum(count, len(rates) - 1)])
        return Pure(transformation.init, lambda g, state, x, eta: _applied(transformation, g, state, x))

    def _takes_schedules(self) -> bool:
        for shape in ((1,), (2, 2)):  # some are for matrices alone
            try:
                with double_precision():
                    made = self.factory(learning_rate=lambda count: jnp.float32(0.01))
                    made.update(jnp.ones(shape), made.init(jnp.zeros(shape)), jnp.zeros(shape))
            except Exception:  # noqa: BLE001  # whatever a factory says to a schedule that it does not take
                continue
            return True
        return False

    def _run(self, x: np.ndarray, gradients: Any, rate: Any) -> Course:
        rate = self._own if rate is None else rate
        if callable(rate):
            return super()._run(x, gradients, rate)
        # A constant is passed as the number it is: that is what most users do.
        box = self._constant.get(rate)
        if box is None:
            box = optax_box(self.factory(learning_rate=rate))
            box._can_compile = box.is_compiled = self._can_compile
            self._constant[rate] = box
        box.name = self.name
        return box._run(x, gradients, None)


def lion_k_box(method: LionK) -> JaxBox:
    """A `LionK` itself."""
    own = None if callable(method.step_size) else float(method.step_size)

    def make(rates: Any) -> Pure:
        def step(g: Any, state: Any, x: Any, eta: Any) -> tuple[Any, Any]:
            m, t = state
            if rates is None:
                eta = method.step_size(t) if callable(method.step_size) else method.step_size
            constants = (eta, method.weight_decay, method.beta1, method.beta2)
            state = lion_k_step(
                method.K, Constants(*(jnp.asarray(c, x.dtype) for c in constants)), method.decay, State(x, m), g
            )
            return state.x, (state.m, t + 1)

        return Pure(lambda x: (jnp.zeros_like(x), jnp.zeros((), jnp.int32)), step)

    return JaxBox(make, f"LionK with {type(method.K).__name__}", own, True, True)
