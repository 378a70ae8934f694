"""Compiling for the length of a run: a short one is over long before its machine code has been improved."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp

Function = TypeVar("Function", bound=Callable[..., Any])

# On a CPU, LLVM's optimisation takes a third to a half of the time to compile and makes the code some ten times faster,
# a gain that this many floating-point numbers of states do not earn back. Level 1 and not 0: at 0 LLVM fuses
# multiply-adds in one kernel and not in the next, so that a number computed in two of them has two values, and
# whatever decides by order (a sort, the largest entries) can contradict itself at a tie.
SHORT_RUN = 2**16
HARDLY_OPTIMIZED = (
    ("xla_backend_optimization_level", 1),
    # The newer of XLA's two ways of writing a kernel takes as long as all the rest. JAX 0.11 has no other left.
    ("xla_cpu_use_fusion_emitters", False),
    # A program cut into parts for several threads is ready sooner only where threads are idle, and costs more in all.
    ("xla_cpu_parallel_codegen_split_count", 1),
)
# A run over this many numbers takes seconds, and earns back what the newer way of writing a kernel costs, even where a
# process was told (by XLA_FLAGS) to compile the older way.
VERY_LONG_RUN = 2**24
NEWER_KERNELS = (("xla_cpu_use_fusion_emitters", True),)
# Otherwise XLA copies what a loop carries at every step.
WITHOUT_LOOP_COPIES = (("xla_cpu_copy_insertion_use_region_analysis", True),)


def compiled(
    function: Callable[..., Any],
    number_count: int,
    for_long_runs: tuple[tuple[str, Any], ...] = WITHOUT_LOOP_COPIES,
) -> Callable[..., Any]:
    """`function` under `equinox.filter_jit`, with XLA's options for a run over `number_count` floating-point numbers.

    Results differ between the two sets of options by rounding at most. Accelerators take XLA's own defaults. In loops
    within loops, as in a search at every step, WITHOUT_LOOP_COPIES has given wrong values: there nothing is safe but
    `for_long_runs=()`.
    """
    if jax.default_backend() != "cpu":
        return _jit(function, ())
    if number_count <= SHORT_RUN:
        return _jit(function, known(HARDLY_OPTIMIZED))
    return _jit(function, (*for_long_runs, *(known(NEWER_KERNELS) if number_count >= VERY_LONG_RUN else ())))


def compiled_once(function: Function) -> Function:
    """`function` under jit, for what runs once per compilation: optimising its code would take longer than it saves."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return compiled(function, 0)(*args, **kwargs)  # the backend is not asked for before something runs on it

    return call  # type: ignore[return-value]


@functools.cache
def _jit(function: Callable[..., Any], options: tuple[tuple[str, Any], ...]) -> Callable[..., Any]:
    return eqx.filter_jit(function, compiler_options=dict(options))  # type: ignore[call-overload]  # handed to jax.jit


@functools.cache
def known(options: tuple[tuple[str, Any], ...]) -> tuple[tuple[str, Any], ...]:
    """Those of the options that this version of XLA has: they come and go, and one that it lacks is an error."""
    return tuple(option for option in options if _is_known(*option))


def _is_known(name: str, value: Any) -> bool:
    try:
        jax.jit(jnp.negative).lower(jax.ShapeDtypeStruct((), jnp.float32)).compile({name: value})
    except RuntimeError:
        return False
    return True
