"""The step of an optimizer as one compiled program that works in the memory it is given.

Lion-K reads x, m and g and writes x and m: 20 bytes per float32 parameter, at the speed of memory. What is easily lost:

- Donated arrays are given to results of their shape in the order in which both are listed, and μ has the shape of x.
  Where one lists state before parameters and the results the other way round, x⁺ is written over μ, and both are
  copied first. Here they are listed alike.
- On a CPU XLA writes x⁺ and m⁺ by two loops, and takes a copy of m for the second, unless it is told to look closer at
  who reads what. That is an option of one program, and is set here; accelerators keep the defaults of XLA.
- One loop for both is faster by another third: XLA_FLAGS=--xla_backend_extra_options=xla_cpu_use_multi_output_fusion,
  for a whole process, set before the first operation. It makes other programs slow (a recorded loop 200 times), so it
  is for a process that runs nothing but this step, and nothing in this library sets it.
"""

from collections.abc import Callable
from typing import Any

import jax
import optax

from ..dynamics._compiled import WITHOUT_LOOP_COPIES

CONTROL_FLOW = ("stablehlo.while", "stablehlo.case", "stablehlo.if")


class _ControlFlow(Exception):
    """The step has loops or branches: let XLA copy what it wants to."""


class CompiledUpdate:
    """An optimizer's step, compiled; made by `compiled_update`."""

    def __init__(self, step: Callable[..., Any]):
        # Traced once, whichever of the two programs below it goes into.
        self._step = jax.jit(step)
        self._plain = jax.jit(self._step, donate_argnums=(0, 1))
        self._without_copies: Any = jax.jit(
            self._straight, donate_argnums=(0, 1), compiler_options=dict(WITHOUT_LOOP_COPIES)
        )

    def __call__(self, gradients: Any, state: Any, params: Any, **extra: Any) -> Any:
        """(params, state), and the metrics where there are any; the state and params given are gone afterwards."""
        return self._run("__call__", gradients, state, params, extra)

    def lower(self, gradients: Any, state: Any, params: Any, **extra: Any) -> jax.stages.Lowered:
        """The program for arguments of these shapes, to be looked at: `.compile().memory_analysis()`."""
        return self._run("lower", gradients, state, params, extra)

    def _run(self, name: str, gradients: Any, state: Any, params: Any, extra: dict[str, Any]) -> Any:
        arguments = params, state, gradients, extra
        leaves = jax.tree.leaves(arguments)
        if any(isinstance(leaf, jax.core.Tracer) for leaf in leaves):
            raise ValueError(
                "compiled_update is a whole program and cannot be part of another; inside jit, grad or scan call "
                "optimizer.update and optax.apply_updates, donate params and state there, and return them in the order "
                "they came in."
            )
        if self._without_copies is not None and _platform(leaves) == "cpu":
            try:
                return getattr(self._without_copies, name)(*arguments)
            except _ControlFlow:
                self._without_copies = None
        return getattr(self._plain, name)(*arguments)

    def _straight(self, *arguments: Any) -> Any:
        """The step, if it runs from top to bottom: without its copies XLA has been seen to compute loops wrongly."""
        shapes = jax.tree.map(lambda leaf: jax.typeof(leaf), arguments)
        # A sharded shape knows its mesh of devices without the devices, and so not for what they would compile.
        text = self._step.trace(*shapes).lower(lowering_platforms=("cpu",)).as_text()
        if any(operation in text for operation in CONTROL_FLOW):
            raise _ControlFlow
        return self._step(*arguments)


def compiled_update(
    optimizer: optax.GradientTransformation, metrics: Callable[[Any, Any], Any] | None = None
) -> CompiledUpdate:
    """The update of any optax optimizer and its application to the parameters, compiled into one program.

        update = compiled_update(lion_k(3e-4, weight_decay=1.0))
        params, state = update(gradients, state, params)

    The program is called as `optimizer.update` is, further keywords included, and writes the new parameters and the new
    state into the memory of the old ones: **those are gone after the call**, and only what it returns may be used. For
    a separable K it needs no memory beside them, as `.lower(gradients, state, params)` shows. Parameters move as by
    `optax.apply_updates`, which casts each update to its parameter's dtype. The numbers are those of the step under
    `jax.jit` alone, bit for bit. A further shape, dtype or placement is compiled once; a further step never
    (of sharded parameters the second: the step count of `init` lies on one device, that of a step on all).

    - `optimizer`: lion_k, or any `optax.GradientTransformation`. One with loops or branches (`optax.MultiSteps`, an
      iteration inside K) is compiled with XLA's own copies.
    - `metrics`: a function (new params, new state) -> tree of scalars, computed in the same program and returned third:
      `lambda params, state: constraint_metrics(K, weight_decay, params)`. It sees what the step returns, since a
      metric of what it was given would keep the old arrays alive, which is a copy of them.

    **Raises:** `TypeError` when `optimizer` is no optax transformation or `metrics` no function; the call a
    `ValueError` inside another transformation such as `jax.jit`.
    """
    if not (callable(getattr(optimizer, "init", None)) and callable(getattr(optimizer, "update", None))):
        raise TypeError(f"optimizer must be an optax.GradientTransformation such as lion_k(3e-4), got {optimizer!r}.")
    if metrics is not None and not callable(metrics):
        raise TypeError(f"metrics must be None or a function (params, state) -> tree of scalars, got {metrics!r}.")
    update = optax.with_extra_args_support(optimizer).update

    def step(params: Any, state: Any, gradients: Any, extra: dict[str, Any]) -> tuple[Any, ...]:
        updates, state = update(gradients, state, params, **extra)
        # The update of a bfloat16 parameter may be float32, and optax leaves its promotion to JAX.
        with jax.numpy_dtype_promotion("standard"):
            params = optax.apply_updates(params, updates)
        if metrics is None:
            return params, state
        # Else XLA computes the new arrays twice, the second time inside the metrics, from the old ones.
        params, state = jax.lax.optimization_barrier((params, state))
        return params, state, metrics(params, state)

    return CompiledUpdate(step)


def _platform(leaves: list[Any]) -> str:
    """Where the arrays are, or where JAX would put them."""
    first = next((leaf for leaf in leaves if isinstance(leaf, jax.Array)), None)
    return jax.default_backend() if first is None else next(iter(first.devices())).platform
