"""`unstack` and the maps and scans on scalars against the plain functions they stand for, rule by rule."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from tiers import waiting

import lionlab as ll
from lionlab.dynamics import _unstacked as subject
from lionlab.dynamics import compiled
from lionlab.dynamics._unstacked import map_in_turn, map_unstacked, scan_unstacked, unstack
from lionlab.energy import _evaluate as evaluate

# Both sides do the same operations; sums may be ordered differently, over at most 16 terms.
ROUNDINGS = 32

MATRIX = np.asarray([[2.0, 0.3, 0.0], [0.3, 1.0, -0.5], [0.0, -0.5, 3.0]])


def matrix(x):
    return jnp.asarray(MATRIX, x.dtype)


@jax.custom_vjp
def doubled(x):
    return x + x


doubled.defvjp(lambda x: (x + x, None), lambda _, cotangent: (cotangent,))

# Functions of a vector in R³.
RULES = {
    "elementwise": lambda x: jnp.tanh(x) * 2.0 - jnp.maximum(x, 0.5) / (1 + x * x),
    "integer power": lambda x: x**3 + 1 / (1 + x**2),
    "bits": lambda x: lax.bitcast_convert_type(x, jnp.int32 if x.dtype == jnp.float32 else jnp.int64) >> 20,
    "bits of another width": lambda x: lax.bitcast_convert_type(x, jnp.int16),
    "select": lambda x: jnp.where(x > 0, x, -x),
    "select by one": lambda x: jnp.where(jnp.sum(x) > 0, x, -x),
    "clip": lambda x: jnp.clip(x, -0.5, 0.5),
    "compare": lambda x: (x > 0.5, jnp.isfinite(x), x.astype(jnp.int32)),
    "broadcast": lambda x: x[:, None] * x[None, :] + jnp.ones((3, 3), x.dtype),
    "transpose": lambda x: jnp.outer(x, jnp.arange(2, dtype=x.dtype)).T,
    "reshape": lambda x: jnp.outer(x, x).reshape(9)[2:8:3],
    "reverse": lambda x: x[::-1],
    "concatenate": lambda x: jnp.concatenate([x, -x, x[:1]]),
    "stack": lambda x: jnp.stack([x, -x], axis=1),
    "split": lambda x: jnp.split(jnp.outer(x, x), [1], axis=1),
    "pad": lambda x: jnp.pad(x, (1, 2), constant_values=7),
    "negative pad": lambda x: lax.pad(x, jnp.zeros((), x.dtype), [(-1, 1, 1)]),
    "reductions": lambda x: (x.sum(), x.prod(), x.max(), x.min(), (x > 0).all(), (x > 0).any()),
    "reduce an axis": lambda x: jnp.outer(x, x).sum(0) + jnp.outer(x, x).max(1),
    "norms": lambda x: (jnp.linalg.norm(x), jnp.linalg.norm(x, 1), jnp.linalg.norm(x, jnp.inf), jnp.linalg.norm(x, 3)),
    "mean": lambda x: (x.mean(), x.std()),
    "arguments": lambda x: (jnp.argmax(x), jnp.argmin(jnp.abs(x)), jnp.argmax(jnp.outer(x, x), axis=0)),
    "dot": lambda x: jnp.dot(x, x),
    "matrix vector": lambda x: (matrix(x) @ x, x @ matrix(x), matrix(x) @ matrix(x)),
    "batched dot": lambda x: jnp.einsum("bi,bij->bj", jnp.stack([x, -x]), jnp.stack([jnp.outer(x, x)[:, :2]] * 2)),
    "cumulative": lambda x: (jnp.cumsum(x), jnp.cumprod(x), lax.cummax(x), lax.cummin(x, reverse=True)),
    "cumulative on an axis": lambda x: jnp.cumsum(jnp.outer(x, x), axis=0),
    "sort": lambda x: (jnp.sort(x), jnp.sort(-jnp.outer(x, x), axis=0)),
    "argsort": lambda x: jnp.argsort(jnp.round(x)),
    "sort by two keys": lambda x: lax.sort((jnp.sign(x), x, jnp.arange(3)), num_keys=2),
    "top": lambda x: lax.top_k(x, 2),
    "top of rows": lambda x: lax.top_k(jnp.stack([x, -x]), 1),
    "median": jnp.median,
    "iota": lambda x: x * jnp.arange(3, dtype=x.dtype) + jnp.eye(3, dtype=x.dtype)[1],
    "known index": lambda x: (x[1], x[-1], x[jnp.asarray([2, 0])], x.at[1].set(5), jnp.take(x, 1), jnp.roll(x, 1)),
    "index out of bounds": lambda x: x.at[jnp.asarray([0, 9])].get(mode="fill", fill_value=3),
    "index found": lambda x: (x[jnp.argmax(x)], lax.dynamic_slice(x, (jnp.argmin(x) + 1,), (2,))),
    "set at an index found": lambda x: x.at[jnp.argmax(x)].set(0),
    "add at an index": lambda x: x.at[1].add(2),
    "one hot": lambda x: jax.nn.one_hot(jnp.argmax(jnp.abs(x)), 3, dtype=x.dtype) * jnp.sign(x),
    "gradient": jax.grad(lambda x: jnp.sum(jnp.log1p(jnp.exp(matrix(x) @ x)))),
    "custom derivatives": lambda x: (jax.nn.relu(x), jax.nn.softplus(x), doubled(x), jax.scipy.special.xlogy(x, x * x)),
    "nested": lambda x: jax.jit(jax.checkpoint(lambda y: jnp.sin(y) * 2))(x),
    "weakly typed": lambda x: (jnp.sin(1.0), x * jnp.asarray(2.0)),
    "constant output": lambda x: (jnp.zeros(2, x.dtype), 1.0, x),
    "integers": lambda x: jnp.cumsum(jnp.arange(4)) // 2,
    "large inside": lambda x: jnp.linspace(0, 1, 50, dtype=x.dtype) @ jnp.tile(x[:, None], (1, 50)).T,
    "empty": lambda x: (x[:0], x[:0].sum()),
    "while": lambda x: lax.while_loop(lambda y: jnp.sum(y) < 9, lambda y: y + 1, x),
    "loop": lambda x: lax.fori_loop(0, 5, lambda i, y: y * 0.5 + i, x),
    "condition": lambda x: lax.cond(x[0] > 0, lambda y: y, lambda y: -y, x),
    "scan": lambda x: lax.scan(lambda c, a: (c + a, c * a), jnp.zeros((), x.dtype), x),
    "library calls": lambda x: (jnp.linalg.svd(jnp.outer(x, x), compute_uv=False), jnp.linalg.solve(matrix(x), x)),
    "random": lambda x: x + jax.random.normal(jax.random.key(0), x.shape, x.dtype),
}

POINTS = np.asarray([[1.0, -2.0, 0.4], [0.3, 0.3, -0.3], [-0.7, 0.1, 2.0]])


def assert_same(expected, found):
    assert jax.tree.structure(expected) == jax.tree.structure(found)
    for a, b in zip(jax.tree.leaves(expected), jax.tree.leaves(found), strict=True):
        a_type, b_type = jax.typeof(a), jax.typeof(b)
        assert (a_type.shape, a_type.dtype, a_type.weak_type) == (b_type.shape, b_type.dtype, b_type.weak_type)
        a, b = np.asarray(a), np.asarray(b)
        if jnp.issubdtype(a.dtype, jnp.inexact):
            tolerance = ROUNDINGS * float(jnp.finfo(a.dtype).eps)
            np.testing.assert_allclose(b, a, rtol=tolerance, atol=tolerance)
        else:
            np.testing.assert_array_equal(b, a)


# What a rule does depends on the dtype where it looks at bits, orders, counts or types; the rest only round otherwise.
DEPENDS_ON_DTYPE = {
    "bits", "bits of another width", "compare", "norms", "arguments", "sort", "argsort", "sort by two keys", "top",
    "custom derivatives", "weakly typed", "constant output", "integers", "iota", "known index", "random", "while",
}  # fmt: skip
CASES = [(name, x64) for name in RULES for x64 in (False, True)]
WAIT = [(name, x64) for name, x64 in CASES if not x64 and name not in DEPENDS_ON_DTYPE]


@pytest.mark.parametrize("case", waiting(CASES, WAIT), ids=lambda case: f"{case[0]} float{64 if case[1] else 32}")
def test_unstacked_function_is_the_function(case):
    name, x64 = case
    function = RULES[name]
    with jax.enable_x64(x64):
        points = jnp.asarray(POINTS, float)
        both = jax.jit(lambda x: (function(x), unstack(function)(x)))
        for point in points:
            assert_same(*both(point))


@pytest.mark.parametrize("name", RULES)
def test_mapped_function_is_the_function_row_by_row(name):
    function = RULES[name]
    with jax.enable_x64(True):
        points = jnp.asarray(POINTS)
        assert_same(*jax.jit(lambda rows: (jax.vmap(function)(rows), map_unstacked(function, rows)))(points))


@pytest.mark.parametrize("name", ["norms", "stack", "while"])
def test_mapped_in_turn_it_is_the_function_row_by_row(name):
    function = RULES[name]
    with jax.enable_x64(True):
        points = jnp.asarray(POINTS)
        assert_same(*jax.jit(lambda rows: (jax.vmap(function)(rows), map_in_turn(function, rows)))(points))
        program = jax.make_jaxpr(lambda rows: map_in_turn(function, rows))(points).jaxpr
    # What has a loop of its own would be a kernel no more.
    assert ("scan" in {equation.primitive.name for equation in program.eqns}) == (name != "while")


@pytest.mark.parametrize(("name", "is_taken_apart"), [("bits", True), ("bits of another width", False)])
def test_bits_stay_apart(name, is_taken_apart):
    """Put together again, they were half the time of a logarithm, of which they are a part."""
    rows = jnp.asarray(POINTS, jnp.float32)
    program = jax.make_jaxpr(lambda rows: map_unstacked(RULES[name], rows))(rows).jaxpr
    shapes = {e.invars[0].aval.shape for e in program.eqns if e.primitive.name == "bitcast_convert_type"}
    assert shapes == ({(3,)} if is_taken_apart else {(3, 3)})


@pytest.mark.parametrize("name", ["dot", "sort", "known index", "weakly typed", "while", "random"])
def test_outside_jit(name):
    point = jnp.asarray(POINTS[0], jnp.float32)
    assert_same(RULES[name](point), unstack(RULES[name])(point))


@pytest.mark.parametrize("dtype", [jnp.float16, jnp.bfloat16, jnp.int32, jnp.uint8, jnp.complex64])
def test_other_dtypes(dtype):
    x = jnp.asarray([3, 1, 2]).astype(dtype)

    def function(x):
        return x + x, x * x[::-1], jnp.dot(x, x), x.sum()

    assert_same(jax.jit(function)(x), jax.jit(unstack(function))(x))


NAN = float("nan")


@pytest.mark.parametrize("x", [[0.0, -0.0, 0.0], [NAN, 1.0, 1.0], [1.0, NAN, NAN], [2.0, 2.0, 1.0], [1.0, 3.0, NAN]])
@pytest.mark.parametrize("x64", [False, True], ids=["float32", "float64"])
def test_ties_and_nan_go_where_jax_puts_them(x, x64):
    def function(x):
        order, top = jnp.argsort(x), lax.top_k(x, 3)
        return order, jnp.argsort(x, descending=True), top, jnp.argmax(x), jnp.argmin(x), x.max(), x.min()

    with jax.enable_x64(x64):
        x = jnp.asarray(x, float)
        assert_same(jax.jit(function)(x), jax.jit(unstack(function))(x))


def test_arrays_captured_from_an_outer_trace():
    def outer(captured, x):
        return unstack(lambda y: captured @ y + captured[0, 1])(x)

    captured, x = jnp.asarray(MATRIX, jnp.float32), jnp.asarray(POINTS[0], jnp.float32)
    assert_same(captured @ x + captured[0, 1], jax.jit(outer)(captured, x))


def lion(constants, state, noise):
    x, m = state
    gradient = matrix(x) @ x + noise
    x_next = x + constants[0] * (jnp.sign(0.9 * m - 0.1 * gradient) - constants[1] * x)
    return (x_next, 0.99 * m - 0.01 * gradient), {"state": state, "energy": 0.5 * jnp.dot(x, gradient)}


@pytest.mark.parametrize("largest", [0, 10**6], ids=["plain", "taken apart"])
@pytest.mark.parametrize("x64", [False, True], ids=["float32", "float64"])
def test_scan_is_lax_scan(x64, largest, monkeypatch):
    monkeypatch.setattr(subject, "LARGEST_KERNEL_BYTES", largest)
    with jax.enable_x64(x64):
        init = (jnp.ones(3, float), jnp.zeros(3, float))
        noise = jnp.asarray(np.random.default_rng(0).normal(size=(50, 3)), float)
        constants = jnp.asarray([0.01, 0.5], float)

        def run(scan, constants, init, noise):
            return scan(lambda state, x: lion(constants, state, x), init, noise)

        expected = jax.jit(run, static_argnums=0)(lax.scan, constants, init, noise)
        found = jax.jit(run, static_argnums=0)(scan_unstacked, constants, init, noise)
        assert jax.tree.structure(expected) == jax.tree.structure(found)
        # Fifty steps, each of about twenty roundings.
        tolerance = 1000 * float(jnp.finfo(constants.dtype).eps)
        jax.tree.map(lambda a, b: np.testing.assert_allclose(b, a, rtol=tolerance, atol=tolerance), expected, found)


def test_batched_scan_has_the_batch_last_inside():
    def run(x, scan):
        return scan(lambda y, _: (y * 0.5 + jnp.flip(y), jnp.dot(y, y)), x, None, 20)[1]

    x = jnp.asarray(POINTS, jnp.float32)
    expected = jax.vmap(lambda x: run(x, lax.scan), out_axes=1)(x)

    def taken_apart(x):
        return run(x, lambda *arguments: scan_unstacked(*arguments, batched=True))

    assert_same(expected, jax.jit(jax.vmap(taken_apart, out_axes=1))(x))
    jaxpr = jax.make_jaxpr(jax.vmap(taken_apart, out_axes=1))(x).jaxpr
    (loop,) = [equation for equation in jaxpr.eqns if equation.primitive.name == "scan"]
    assert {variable.aval.shape for variable in loop.invars + loop.outvars} == {(3,), (20, 3)}


def test_scan_takes_a_carry_that_only_lax_scan_can_type():
    # A Python float as initial value takes the dtype that the step gives it.
    def run(scan):
        return scan(lambda c, x: (c + x, c), 0.0, jnp.ones(4, jnp.bfloat16))

    assert_same(run(lax.scan), run(scan_unstacked))


RUNS = {
    "sorted l1": (ll.SortedL1Norm(np.linspace(2, 0.1, 16)), (16,)),
    "sum of matrices": (ll.SeparableSum([ll.NuclearNorm(), ll.L1Norm()]), (4, 2)),
}


@pytest.mark.parametrize("name", RUNS)
def test_a_ledger_is_never_more_than_xla_compiles(name, monkeypatch):
    """Every program is counted before XLA sees it: sixteen numbers sorted as scalars would keep it busy for hours."""
    K, shape = RUNS[name]
    seen = []

    def counted(function, number_count):
        def call(*arguments):
            program = eqx.filter_make_jaxpr(function)(*arguments)[0].jaxpr
            seen.append((len(program.eqns), subject.repeated_size(program)))
            assert seen[-1][0] <= subject.LARGEST_MAPPED_ROW, seen
            assert seen[-1][1] <= subject.LARGEST_REPEATED_SIZE, seen
            return compiled(function, number_count)(*arguments)

        return call

    monkeypatch.setattr(evaluate, "compiled", counted)
    method = ll.LionK(K, 0.01, 0.5)
    rng = np.random.default_rng(0)
    objective = (
        ll.Quadratic(np.diag(np.linspace(1, 2, 16)), rng.normal(size=16))
        if len(shape) == 1
        else ll.LeastSquaresMatrix(rng.normal(size=(5, 4)), rng.normal(size=(5, 2)))
    )
    ledger = ll.energy_ledger(method, objective, ll.simulate(method, objective, np.zeros(shape), 5))
    assert len(seen) >= 3
    assert np.all(np.abs(ledger.residual) <= ledger.rounding_bound)


@pytest.mark.parametrize(("size", "is_taken_apart"), [(4, True), (16, False)])
def test_a_long_sort_is_left_to_xla(size, is_taken_apart):
    def by_rank(x):
        order = jnp.argsort(x)
        return lax.sort((order, x * x), num_keys=1)[1]

    rows = jnp.asarray(np.random.default_rng(0).normal(size=(3, size)), jnp.float32)
    assert_same(jax.jit(jax.vmap(by_rank))(rows), jax.jit(lambda rows: map_unstacked(by_rank, rows))(rows))
    primitives = {e.primitive.name for e in jax.make_jaxpr(lambda rows: map_unstacked(by_rank, rows))(rows).jaxpr.eqns}
    assert ("select_n" in primitives) == is_taken_apart


def test_the_repeated_size_doubles_with_every_comparator():
    def chain(x, count):
        for _ in range(count):
            x = lax.min(x, -x) - lax.max(x, -x)
        return x

    sizes = [subject.repeated_size(jax.make_jaxpr(chain, static_argnums=1)(1.0, n).jaxpr) for n in (9, 10, 11)]
    assert sizes[2] / sizes[1] == pytest.approx(sizes[1] / sizes[0], rel=1e-2)
    assert sizes[1] / sizes[0] > 3.9


@pytest.mark.parametrize("largest", [subject.LARGEST_MAPPED_ROW, 0])
def test_columns_left_apart_are_what_the_next_map_takes(largest, monkeypatch):
    """Also where the next map is too large to take rows apart, and puts them together again."""
    rows = np.arange(12.0, dtype=np.float32).reshape(4, 3)

    def first(row):
        return {"twice": 2 * row, "one": jnp.ones_like(row), "sum": jnp.sum(row)}

    @jax.jit
    def both(rows):
        between = map_unstacked(first, rows, leave_apart=True)
        monkeypatch.setattr(subject, "LARGEST_MAPPED_ROW", largest)
        return between, map_unstacked(lambda row, had: row @ had["twice"] + had["one"] * had["sum"], rows, between)

    between, found = both(rows)
    assert [len(between[name].entries) for name in ("twice", "one")] == [3, 3]
    assert between["sum"].shape == (4,)
    total = rows.sum(axis=1, keepdims=True)
    np.testing.assert_array_equal(found, 2 * (rows**2).sum(axis=1, keepdims=True) + np.repeat(total, 3, axis=1))
