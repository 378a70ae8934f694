"""How large XLA will find a program of scalar operations, told from its jaxpr before XLA sees it."""

from collections import Counter
from typing import Any

from jax.extend.core import Literal

# XLA computes these once and keeps the result; cheaper operations it repeats in every kernel that needs them.
COSTLY = frozenset(
    "bitcast_convert_type div erf exp exp2 expm1 log log1p logistic pow rem rsqrt sin cos sqrt tan tanh".split()
)


def repeated_size(jaxpr: Any) -> float:
    """The operations in the largest kernel if every result were computed anew wherever it is used, unless XLA keeps it.

    A number of operations alone does not tell: what a kernel repeats grows exponentially with a chain of comparators.
    """
    uses = Counter(atom for equation in jaxpr.eqns for atom in equation.invars if not isinstance(atom, Literal))
    sizes: dict[Any, float] = {}
    largest = 0.0
    for equation in jaxpr.eqns:
        size = 1 + sum(sizes.get(atom, 0.0) for atom in equation.invars if not isinstance(atom, Literal))
        largest = max(largest, size)
        for variable in equation.outvars:
            sizes[variable] = 1.0 if _is_kept(equation, uses[variable]) else size
    return largest


def _is_kept(equation: Any, use_count: int) -> bool:
    """Whether XLA stores a result instead of repeating it: what a loop or a library computes, and what is costly."""
    return equation.primitive.multiple_results or (equation.primitive.name in COSTLY and use_count > 1)


def bytes_per_step(jaxpr: Any, carried: int) -> int:
    """The memory that XLA will count for one step of a scan with this body of scalar operations.

    Each output, and each costly intermediate used twice, becomes a kernel that reads the inputs it depends on. The
    first `carried` inputs and outputs are the carry; the others are read from and written to columns.
    """
    uses = Counter(atom for equation in jaxpr.eqns for atom in equation.invars if not isinstance(atom, Literal))
    sources = {atom: frozenset([atom]) for atom in (*jaxpr.constvars, *jaxpr.invars)}
    pointers = 8 * (len(sources) + len(jaxpr.outvars) - carried + 1)
    kernels: dict[Any, frozenset[Any]] = {}
    for equation in jaxpr.eqns:
        read = frozenset[Any]().union(*(sources[atom] for atom in equation.invars if not isinstance(atom, Literal)))
        for variable in equation.outvars:
            is_kept = equation.primitive.name in COSTLY and uses[variable] > 1
            sources[variable] = frozenset([variable]) if is_kept else read
            if is_kept:
                kernels[variable] = read
    outputs = [atom for atom in jaxpr.outvars if not isinstance(atom, Literal) and atom not in jaxpr.invars]
    kernels |= {atom: sources[atom] for atom in outputs if atom not in kernels}
    touched = sum(_size(atom) for result, read in kernels.items() for atom in (result, *read))
    recorded, consumed = jaxpr.outvars[carried:], jaxpr.invars[carried:]
    return touched + pointers + sum(2 * _size(atom) + 8 for atom in (*recorded, *consumed))


def _size(atom: Any) -> int:
    return atom.aval.dtype.itemsize * atom.aval.size
