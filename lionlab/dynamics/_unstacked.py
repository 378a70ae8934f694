"""Small states as scalars: the same function, with every small array taken apart.

A trajectory in R² is a long chain of very small steps. On a CPU, XLA compiles such a loop into one kernel only if its
body has no sort, scatter or library call and its operations together touch less than a kilobyte per step; a loop that
misses this is dispatched operation by operation, twenty times slower. Batched, `jax.vmap` of small vectors puts the
batch in the major axis, where nothing vectorises. Both are cured by computing with scalars: the function is traced
once to a jaxpr and evaluated again with each array of at most `LARGEST_SMALL_ARRAY` entries held as separate scalars.
Under `jax.vmap` a scalar has the batch as its only axis. An operation without a rule is computed on the reassembled
arrays, so the answer is right for every function and fast for the ordinary ones.

Values and dtypes are kept, custom derivative rules are not: differentiate inside the function, not through it.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.extend.core import ClosedJaxpr, Literal
from jax.extend.core.primitives import convert_element_type_p

from ._program_size import bytes_per_step, repeated_size
from ._unstacked_rules import RULES, Value, is_known, is_small, known_array, put_together, take_apart
from ._unstacked_rules import Unstacked as Unstacked

Tree = Any
Step = Callable[[Tree, Tree], tuple[Tree, Tree]]

# XLA's own limit is 1024 bytes per step after fusion; `bytes_per_step` guesses fusion and never guessed below 850
# for a loop over the limit, on 336 loops (5 functions K, d = 2…6, both precisions, four sets of recorded outputs).
LARGEST_KERNEL_BYTES = 850
# Compilation grows with the step, up to 0.2 s from 400 scalar operations to 800. A batch in the plane then runs 1.2
# (1024 wide) to 5 times faster (4096 wide), which takes a long run to earn back.
LARGEST_BATCHED_STEP = 400
LARGEST_STEP_OF_A_LONG_BATCH = 800
LONG = 500  # steps
# A map over rows compiles in some 3 s at 4,000 scalar operations, in proportion to their number.
LARGEST_MAPPED_ROW = 10_000
# XLA copies what a kernel needs into it. A comparator of a sort hands both its inputs to both its outputs, so that each
# may double the work: on functions K of 4 to 16 entries a `repeated_size` below 1e12 compiled in at most 4 s, 1e15 took
# 6 s, and sorting 7 pairs minutes.
LARGEST_REPEATED_SIZE = 1e12

INLINED = {"jit", "pjit", "closed_call", "core_call", "custom_jvp_call", "custom_vjp_call", "remat2", "checkpoint"}


def evaluate(jaxpr: Any, constants: Sequence[Value], arguments: Sequence[Value]) -> list[Value]:
    """The jaxpr's outputs on values taken apart: inputs and outputs are `Unstacked` exactly where they are small."""
    values = dict(zip((*jaxpr.constvars, *jaxpr.invars), (*constants, *arguments), strict=True))

    def read(atom: Any) -> Value:
        if isinstance(atom, Literal):
            aval: Any = atom.aval
            return _constant(np.asarray(atom.val, aval.dtype))
        return values[atom]

    for equation in jaxpr.eqns:
        operands = [read(atom) for atom in equation.invars]
        values.update(zip(equation.outvars, _results(equation, operands), strict=True))
    return [read(atom) for atom in jaxpr.outvars]


def _results(equation: Any, operands: list[Value]) -> Sequence[Value]:
    name, params = equation.primitive.name, equation.params
    if name in INLINED:
        inner = params["jaxpr"] if "jaxpr" in params else params["call_jaxpr"]
        if isinstance(inner, ClosedJaxpr):
            return evaluate(inner.jaxpr, [_constant(array) for array in inner.consts], operands)
        return evaluate(inner, [], operands)
    types = [variable.aval for variable in equation.outvars]
    if all(isinstance(operand, Unstacked) for operand in operands) and all(map(is_small, types)):
        is_index = types and all(jnp.issubdtype(aval.dtype, np.integer) for aval in types)
        if is_index and operands and all(map(is_known, operands)):
            with jax.ensure_compile_time_eval():
                return [take_apart(np.asarray(a)) for a in _bind(equation, [known_array(value) for value in operands])]
        answer = RULES[name](equation, operands) if name in RULES else None
        if answer is not None:
            return answer
    return [take_apart(result) for result in _bind(equation, [put_together(operand) for operand in operands])]


def _bind(equation: Any, arrays: Sequence[Any]) -> Sequence[Any]:
    """The equation as jax does it, on whole arrays."""
    results = equation.primitive.bind(*arrays, **equation.primitive.get_bind_params(equation.params))
    return results if equation.primitive.multiple_results else [results]


def _constant(array: Any) -> Value:
    """A constant of the jaxpr. One known now stays in NumPy: XLA sees literals, and indices are computed here."""
    is_known_now = not isinstance(array, jax.core.Tracer) and is_small(array)
    return take_apart(np.asarray(array)[()] if is_known_now else array)


class UnstackedFunction:
    """A function of trees of small arrays, traced at given arguments, acting on flat lists of leaves taken apart."""

    def __init__(self, function: Callable[..., Tree], *arguments: Tree) -> None:
        closed, types = jax.make_jaxpr(function, return_shape=True)(*arguments)
        self.jaxpr = closed.jaxpr
        self.constants = [_constant(array) for array in closed.consts]
        self.input_types = [variable.aval for variable in self.jaxpr.invars]
        self.output_types = [atom.aval for atom in self.jaxpr.outvars]
        self.structure = jax.tree.structure(types)

    def __call__(self, leaves: Sequence[Value]) -> list[Value]:
        return evaluate(self.jaxpr, self.constants, leaves)

    def rebuild(self, values: Sequence[Value], leave_apart: bool = False) -> Tree:
        """The output tree, from its leaves taken apart or from columns of them, which stay columns on request."""

        def leaf(value: Value, aval: Any) -> Any:
            if leave_apart and isinstance(value, Unstacked) and value.shape:
                return Unstacked(tuple(_retyped(entry, aval) for entry in value.entries), value.shape)
            return _retyped(put_together(value), aval)

        return jax.tree.unflatten(self.structure, map(leaf, values, self.output_types))


def _retyped(array: Any, aval: Any) -> jax.Array:
    """Literals lost their weak type on the way; an output that had one gets it back, for promotion by the caller."""
    if jnp.issubdtype(aval.dtype, jax.dtypes.extended):
        return array
    array = jnp.asarray(array, aval.dtype)
    if not aval.weak_type or jax.typeof(array).weak_type:
        return array
    return convert_element_type_p.bind(array, new_dtype=aval.dtype, weak_type=True, sharding=None)


def _rows(arrays: Tree) -> Tree:
    """The types of one row of each array, its first axis dropped."""
    return jax.tree.map(lambda array: jax.ShapeDtypeStruct(array.shape[1:], array.dtype), arrays)


def _whole_rows(arrays: Tree) -> Tree:
    """`_rows`, put together where an array is held as columns."""

    def row(array: Any) -> Any:
        return jax.ShapeDtypeStruct(array.shape, array.entries[0].dtype) if is_apart(array) else _rows(array)

    return jax.tree.map(row, arrays, is_leaf=is_apart)


def _columns(arrays: Tree) -> list[Value]:
    leaves = jax.tree.leaves(arrays, is_leaf=is_apart)
    return [leaf if is_apart(leaf) else take_apart(leaf, leading=1) for leaf in leaves]


def is_apart(value: Any) -> bool:
    """Whether an array is held as columns, one for each entry of a row."""
    return isinstance(value, Unstacked)


def unstack(function: Callable[..., Tree]) -> Callable[..., Tree]:
    """The same function, computed on scalars inside."""

    @functools.wraps(function)
    def unstacked(*arguments: Tree) -> Tree:
        arguments = jax.tree.map(jnp.asarray, arguments)
        scalars = UnstackedFunction(function, *arguments)
        return scalars.rebuild(scalars([take_apart(leaf) for leaf in jax.tree.leaves(arguments)]))

    return unstacked


def map_unstacked(function: Callable[..., Tree], *arrays: Tree, leave_apart: bool = False) -> Tree:
    """`jax.vmap(function)(*arrays)` over the first axis, which is the only axis inside: one fused pass over columns.

    Call it within `jax.jit`. What every row needs alike is closed over. Where scalars would take XLA minutes to compile
    it is `jax.vmap` itself. `leave_apart` gives small vectors as columns, `Unstacked`, as another such pass takes them:
    to be put side by side, an entry would be computed as often as it is asked for.
    """
    arrays = jax.tree.map(jnp.asarray, arrays)
    scalars, columns = UnstackedFunction(function, *_whole_rows(arrays)), _columns(arrays)
    if not compiles_soon(jax.make_jaxpr(scalars)(_rows(columns)).jaxpr, LARGEST_MAPPED_ROW):
        return jax.vmap(function)(*jax.tree.map(put_together, arrays, is_leaf=is_apart))
    values = jax.vmap(scalars)(columns)
    return scalars.rebuild(values, leave_apart)


def map_in_turn(function: Callable[..., Tree], *arrays: Tree) -> Tree:
    """`map_unstacked` for some hundred rows: one after the other, by one kernel if the results are a single array.

    Kernels for columns that short take longer to wake XLA's threads than to run. Where a row needs a loop of its own,
    or is large, it is `map_unstacked` itself.
    """
    arrays = jax.tree.map(jnp.asarray, arrays)
    scalars = UnstackedFunction(function, *_rows(arrays))
    jaxpr = jax.make_jaxpr(scalars)(_rows(_columns(arrays))).jaxpr
    has_loop = any(equation.primitive.multiple_results for equation in jaxpr.eqns)
    if has_loop or not compiles_soon(jaxpr, LARGEST_MAPPED_ROW):
        return map_unstacked(function, *arrays)
    in_scalars = unstack(function)
    return lax.scan(lambda _, row: (None, in_scalars(*row)), None, arrays)[1]


def scan_unstacked(
    step: Step, init: Tree, xs: Tree = None, length: int | None = None, *, batched: bool = False, unroll: int = 1
) -> tuple[Tree, Tree]:
    """`jax.lax.scan`: same arguments, same results; on scalars inside wherever that is faster on a CPU.

    Record little: a function of the recorded state is cheaper afterwards, by `map_unstacked`, and every number recorded
    counts against the kilobyte. Leave `unroll` at 1, two recorded steps do not fit.

    **Arguments:**

    - `batched`: the caller maps this scan over a batch by `jax.vmap`. Then there is no one-kernel loop to lose, and
      steps are taken apart up to `LARGEST_BATCHED_STEP` operations, of a long run `LARGEST_STEP_OF_A_LONG_BATCH`.
    """
    init, xs = jax.tree.map(jnp.asarray, (init, xs))
    scalars = UnstackedFunction(step, init, _rows(xs))
    leaves = jax.tree.leaves(init)
    carried = scalars.output_types[: len(leaves)]

    def body(carry: list[Value], x: list[Value]) -> tuple[list[Value], list[Value]]:
        values = scalars([*carry, *x])
        return values[: len(leaves)], values[len(leaves) :]

    def is_worthwhile(carry: list[Value], columns: list[Value]) -> bool:
        jaxpr = jax.make_jaxpr(body)(carry, _rows(columns)).jaxpr
        if batched:
            num_steps = len(jax.tree.leaves(xs)[0]) if length is None else length
            return compiles_soon(jaxpr, LARGEST_BATCHED_STEP if num_steps < LONG else LARGEST_STEP_OF_A_LONG_BATCH)
        return bytes_per_step(jaxpr, len(jax.tree.leaves(carry))) <= LARGEST_KERNEL_BYTES

    keeps_types = [_type(leaf) for leaf in map(jax.typeof, leaves)] == [_type(aval) for aval in carried]
    if keeps_types and all(map(is_small, scalars.output_types)):
        carry, columns = [take_apart(leaf) for leaf in leaves], _columns(xs)
        if is_worthwhile(carry, columns):
            carry, outputs = lax.scan(body, carry, columns, length, unroll=unroll)
            return scalars.rebuild([*carry, *outputs])
    return lax.scan(step, init, xs, length, unroll=unroll)


def _type(aval: Any) -> tuple[Any, ...]:
    return aval.shape, aval.dtype, aval.weak_type


def compiles_soon(jaxpr: Any, largest: int) -> bool:
    """Whether XLA compiles this body of scalar operations in seconds: at most `largest` of them, not repeated much."""
    return len(jaxpr.eqns) <= largest and repeated_size(jaxpr) <= LARGEST_REPEATED_SIZE
