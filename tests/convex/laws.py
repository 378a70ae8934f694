"""The laws of convex analysis as measured residuals, each in units of its rounding tolerance: at most 1 means it holds.

`observe` evaluates everything a law needs in one compiled call, in the dtype under test; the laws themselves are plain
NumPy in float64 on what was observed, so that they share no code with the library. NaN never passes.
"""

from collections.abc import Callable, Collection

import jax
import jax.numpy as jnp
import numpy as np

from lionlab.convex import ConvexFunction
from lionlab.precision import double_precision

Observed = dict[str, np.ndarray]

SEGMENT = 0.25  # where on the segment from z to w convexity is tried


def observation(K: ConvexFunction, laws: Collection[str] | None = None) -> Callable:
    """The compiled map from (z, w, step, bound), z and w batched, to everything the laws look at.

    Where only some laws are asked for, it is what these look at: the rest is not compiled. An operation is applied to
    all its points by one inner `vmap`: XLA's compile time, which dominates, grows with every further copy of it.
    """

    def look(z, w, step, bound):
        conjugate = K.conjugate()
        u, v = K.proximal(z, step), conjugate.proximal(z / step, 1 / step)
        s, s_w, s_u = at_all(K.selection, z, w, u)
        p, projected_s, projected_z = at_all(conjugate.projection, w, s, z)
        tilted, tilted_s, tilted_v = at_all(conjugate.selection, p, s, v)
        bounds = jnp.stack([bound, 2 * bound, bound, bound])
        truncated, slopes = jax.vmap(K.truncated_conjugate)(jnp.stack([w, w, s, p]), bounds)
        size, slope_size, wide_size = at_all(K.ball_norm, z, slopes[0], slopes[1])
        in_ball = z * jnp.minimum(1, bound / jnp.maximum(size, bound))
        # The maximiser over twice the ball, shortened into it: nearly the maximiser, however the true one was missed.
        aimed = slopes[1] * jnp.minimum(1, bound / jnp.maximum(wide_size, bound))
        excess = conjugate.excess(w)
        middle = (1 - SEGMENT) * z + SEGMENT * w
        finite_tilted = jnp.where(jnp.isfinite(tilted), tilted, 0)
        K_of = at_all(K.value, z, w, 3 * z, middle, finite_tilted, u, slopes[0], in_ball, aimed)
        conjugate_of = at_all(conjugate.value, s, s_w, p, w, v)
        within = jax.vmap(conjugate.value_within, (None, 0))(w, jnp.stack([1.01 * excess, 0.5 * excess]))
        entries = jnp.diag(jnp.ravel(z)).reshape(-1, *z.shape) if K.is_separable else z[None]
        return {
            "z": z, "w": w, "step": step, "bound": bound, "s": s, "s_w": s_w, "u": u, "∇K(u)": s_u, "v": v,
            "tilted": tilted, "∇K*(s)": tilted_s, "∇K*(v)": tilted_v,
            "p": p, "P(p)": conjugate.projection(p), "P(s)": projected_s, "P(z)": projected_z, "excess(w)": excess,
            **named("K(z) K(w) K(3z) K(mid) K(tilted) K(u) K(slope) K(in_ball) K(aimed)", K_of),
            **named("K*(s) K*(s_w) K*(p) K*(w) K*(v)", conjugate_of),
            **named("KM*(w) KM*(w)_wider KM*(s) KM*(p)", truncated),
            "K*(w) within excess": within[0], "K*(w) within half": within[1],
            "slope": slopes[0], "|slope|": slope_size, "in_ball": in_ball, "aimed": aimed, "|z|": size,
            "K**(z)": conjugate.conjugate().value(z), "entries": jnp.sum(jax.vmap(K.value)(entries)),
        }  # fmt: skip

    def look_for(z, w, step, bound):
        seen = look(z, w, step, bound)
        looked_at = seen.keys() if laws is None else looked_at_by(laws, K, seen)
        return {name: array for name, array in seen.items() if name in looked_at}

    # A law is evaluated a few times and compiled once: LLVM's optimisation would be a third of the suite's time. At
    # level 0 a number computed in two kernels can have two values, and K*(s) > 0 with ∇K*(s) = 0 violates a law.
    options = {"xla_backend_optimization_level": 1} if jax.default_backend() == "cpu" else None
    return jax.jit(jax.vmap(look_for, in_axes=(0, 0, None, None)), compiler_options=options)


def looked_at_by(laws: Collection[str], K: ConvexFunction, seen: dict[str, jax.Array]) -> set[str]:
    """The names of what these laws look at, found by having them look at ones of the same shapes."""

    class Ones(dict):
        def __getitem__(self, name):
            looked_at.add(name)
            return np.ones((1, *np.shape(seen[name]))[:2] if name in seen else 1)

    looked_at: set[str] = {"z", "w"}
    with np.errstate(all="ignore"):
        for law in laws:
            LAWS[law](K, Ones())
    return looked_at


def named(names: str, values: jax.Array) -> dict[str, jax.Array]:
    return dict(zip(names.split(), values, strict=True))


def at_all(operation: Callable, *points: jax.Array) -> jax.Array:
    """The operation at every point, compiled once."""
    return jax.vmap(operation)(jnp.stack(points))


def observe(compiled: Callable, z: np.ndarray, w: np.ndarray, step: float, bound: float) -> Observed:
    """What `compiled` sees, as float64 with points flattened; "unit" is the relative tolerance the laws share."""
    shape, dtype = z.shape[1:], z.dtype
    with double_precision():
        seen = compiled(*(jnp.asarray(array, dtype) for array in (z, w, step, bound)))
        wrong = {name: array.dtype for name, array in seen.items() if array.dtype != dtype}
        assert not wrong, f"computed in another dtype than {dtype}: {wrong}"
        observed = {name: np.asarray(array, np.float64) for name, array in seen.items()}
    count = len(z)
    observed = {name: a.reshape(count, -1) if a.ndim > 1 else a for name, a in observed.items()}
    observed["unit"] = np.full(count, relative_tolerance(shape, dtype))
    observed["floor"] = np.full(count, 4 * np.prod(shape) * np.finfo(dtype).tiny)
    return observed


def relative_tolerance(shape: tuple[int, ...], dtype: np.dtype) -> float:
    """Unit roundoff × an operation count: each entry passes through some 8 roundings (a power counts for several) and
    is summed; a bisection or Newton's method stops within a few units; an SVD is backward stable up to a multiple
    of the matrix's sides."""
    size = int(np.prod(shape))
    return float(np.finfo(dtype).eps) / 2 * (64 + 8 * size) * (4 if len(shape) > 1 else 1)


def dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.sum(a * b, axis=-1)


def magnitude(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.sum(np.abs(a * b), axis=-1)


def norm(a: np.ndarray) -> np.ndarray:
    """‖a‖₂, scaled: the square of a tiny entry would be 0, and with it the tolerance."""
    scale = np.max(np.abs(a), axis=-1)
    safe = np.where((scale > 0) & np.isfinite(scale), scale, 1.0)
    return safe * np.sqrt(np.sum((a / safe[..., None]) ** 2, axis=-1))


def finite_norm(a: np.ndarray) -> np.ndarray:
    """‖a‖₂, and 0 where a has an infinite entry: an empty subdifferential of K* excuses nothing."""
    return np.where(np.all(np.isfinite(a), axis=-1), norm(np.where(np.isfinite(a), a, 0)), 0)


def in_units(o: Observed, residual: np.ndarray, *terms: np.ndarray) -> np.ndarray:
    """residual / (tolerance × Σ|terms|), with NaN turned into a violation."""
    with np.errstate(invalid="ignore", over="ignore"):
        ratio = residual / (o["unit"] * sum(np.abs(term) for term in terms) + o["floor"])
    return np.where(np.isnan(ratio), np.inf, ratio)


def only_where(condition: np.ndarray, violation: np.ndarray) -> np.ndarray:
    return np.where(condition, violation, 0.0)


LAWS: dict[str, Callable[[ConvexFunction, Observed], np.ndarray]] = {}


def law(function: Callable[[ConvexFunction, Observed], np.ndarray]) -> Callable:
    LAWS[function.__name__] = function
    return function


def violations(K: ConvexFunction, o: Observed, laws: Collection[str] | None = None) -> dict[str, float]:
    """Law → the worst violation in units of its tolerance, for the laws, all unless said, that are violated."""
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        worst = {name: float(np.max(LAWS[name](K, o))) for name in (LAWS if laws is None else laws)}
    return {name: value for name, value in worst.items() if not value <= 1}


@law
def convex_along_segments(K: ConvexFunction, o: Observed) -> np.ndarray:
    """K((1−θ)z + θw) ≤ (1−θ)K(z) + θK(w); the midpoint is itself rounded, which moves K by its slope times that."""
    chord = (1 - SEGMENT) * o["K(z)"] + SEGMENT * o["K(w)"]
    steepest = np.maximum(norm(o["s"]), norm(o["s_w"])) * (norm(o["z"]) + norm(o["w"]))
    return only_where(np.isfinite(chord), in_units(o, o["K(mid)"] - chord, chord, steepest))


@law
def zero_at_zero_and_nonnegative(K: ConvexFunction, o: Observed) -> np.ndarray:
    is_zero = ~np.any(o["z"], axis=-1)
    return np.where(is_zero, np.where(o["K(z)"] == 0, 0.0, np.inf), np.where(o["K(z)"] >= 0, 0.0, np.inf))


@law
def subgradient_inequality(K: ConvexFunction, o: Observed) -> np.ndarray:
    """K(w) ≥ K(z) + ⟨s, w − z⟩."""
    rise = dot(o["s"], o["w"]) - dot(o["s"], o["z"])
    residual = in_units(
        o, o["K(z)"] + rise - o["K(w)"], o["K(z)"], magnitude(o["s"], o["w"]), magnitude(o["s"], o["z"])
    )
    return only_where(np.isfinite(o["K(z)"]) & np.isfinite(o["K(w)"]), residual)


@law
def fenchel_young_equality(K: ConvexFunction, o: Observed) -> np.ndarray:
    """K(z) + K*(s) = ⟨z, s⟩ at s = ∇K(z); in particular K*(∇K(z)) is finite.

    s is rounded, which moves K* by its slope times that: where K* has a kink, as K_M* at the boundary of dom K*, the
    slope on the far side may be M although z is tiny.
    """
    gap = o["K(z)"] + o["K*(s)"] - dot(o["z"], o["s"])
    kink = finite_norm(o["∇K*(s)"]) * norm(o["s"])
    return only_where(
        np.isfinite(o["K(z)"]), in_units(o, np.abs(gap), o["K(z)"], o["K*(s)"], magnitude(o["z"], o["s"]), kink)
    )


@law
def fenchel_young_inequality(K: ConvexFunction, o: Observed) -> np.ndarray:
    """K(z) + K*(y) ≥ ⟨z, y⟩ at y = ∇K(w), y = P(w) and y = w; and K* is finite at the first two."""
    worst = np.zeros(len(o["z"]))
    for y, value, must_be_finite in (
        (o["s_w"], o["K*(s_w)"], np.isfinite(o["K(w)"])),
        (o["p"], o["K*(p)"], True),
        (o["w"], o["K*(w)"], False),
    ):
        residual = in_units(
            o,
            dot(o["z"], y) - o["K(z)"] - value,
            o["K(z)"],
            np.where(np.isfinite(value), value, 0),
            magnitude(o["z"], y),
        )
        residual = only_where(np.isfinite(o["K(z)"]) & np.isfinite(value), residual)
        worst = np.maximum(worst, np.where(must_be_finite & ~np.isfinite(value), np.inf, residual))
    return worst


@law
def conjugate_is_plus_infinity_outside(K: ConvexFunction, o: Observed) -> np.ndarray:
    """K*(w) is a number or +inf, never NaN or −inf; and +inf once w is farther outside than rounding explains."""
    distance = norm(o["w"] - o["p"])
    outside = distance > o["unit"] * norm(o["w"]) + o["floor"]
    return np.where(np.isnan(o["K*(w)"]) | (o["K*(w)"] == -np.inf) | (outside & np.isfinite(o["K*(w)"])), np.inf, 0.0)


@law
def biconjugate(K: ConvexFunction, o: Observed) -> np.ndarray:
    """K** = K."""
    both_infinite = np.isinf(o["K(z)"]) & np.isinf(o["K**(z)"])
    return only_where(~both_infinite, in_units(o, np.abs(o["K**(z)"] - o["K(z)"]), o["K(z)"]))


@law
def conjugate_selection(K: ConvexFunction, o: Observed) -> np.ndarray:
    """x = ∇K*(p) satisfies K(x) + K*(p) = ⟨x, p⟩ wherever it is finite."""
    x, value = np.where(np.isfinite(o["tilted"]), o["tilted"], 0), o["K(tilted)"]
    gap = value + o["K*(p)"] - dot(x, o["p"])
    # p is known up to its rounding, on which K* may depend with slope x.
    terms = (value, o["K*(p)"], norm(x) * norm(o["p"]))
    return only_where(np.all(np.isfinite(o["tilted"]), axis=-1), in_units(o, np.abs(gap), *terms))


@law
def monotone_selection(K: ConvexFunction, o: Observed) -> np.ndarray:
    """⟨∇K(z) − ∇K(w), z − w⟩ ≥ 0."""
    change, step = o["s"] - o["s_w"], o["z"] - o["w"]
    sizes = (norm(o["s"]) + norm(o["s_w"])) * (norm(o["z"]) + norm(o["w"]))
    return in_units(o, -dot(change, step), sizes)


@law
def moreau_identity(K: ConvexFunction, o: Observed) -> np.ndarray:
    """prox_{tK}(z) + t·prox_{K*/t}(z/t) = z."""
    step = o["step"][:, None] if o["step"].ndim else o["step"]
    residual = norm(o["u"] + step * o["v"] - o["z"])
    return in_units(o, residual, norm(o["z"]), norm(o["u"]), norm(step * o["v"]))


@law
def prox_is_optimal(K: ConvexFunction, o: Observed) -> np.ndarray:
    """(z − u)/t ∈ ∂K(u): K(u) + K*(v) = ⟨u, v⟩ at v = prox_{K*/t}(z/t), which is (z − u)/t by Moreau's identity."""
    gap = o["K(u)"] + o["K*(v)"] - dot(o["u"], o["v"])
    # u carries the rounding of z, and v that of z/t; the gap moves by the other's size times that, and K and K* by
    # their slopes. That of K counts at a kink: where an entry that should be 0 is a rounding of z, K rises by as much.
    reach = norm(o["z"]) * (norm(o["v"]) + norm(o["u"]) / o["step"]) + finite_norm(o["∇K*(v)"]) * norm(o["v"])
    return in_units(o, np.abs(gap), o["K(u)"], o["K*(v)"], reach, norm(o["z"]) * finite_norm(o["∇K(u)"]))


@law
def projection_is_nearest(K: ConvexFunction, o: Observed) -> np.ndarray:
    """p = P(w): P(p) = p, and ⟨w − p, y − p⟩ ≤ 0 for every y of dom K*, here ∇K(z), P(∇K(z)) and P(z)."""
    worst = in_units(o, norm(o["P(p)"] - o["p"]), norm(o["p"]))
    for y, usable in ((o["s"], np.isfinite(o["K*(s)"])), (o["P(s)"], True), (o["P(z)"], True)):
        sizes = (norm(o["w"]) + norm(o["p"])) * (norm(y) + norm(o["p"]))
        residual = in_units(o, dot(o["w"] - o["p"], y - o["p"]), sizes)
        worst = np.maximum(worst, only_where(np.broadcast_to(usable, residual.shape), residual))
    return worst


@law
def excess_bounds_the_distance(K: ConvexFunction, o: Observed) -> np.ndarray:
    """dist(w) ≤ excess(w), which is 0 only where w is inside; K* within 1.01 of it is finite, within half of it not."""
    distance = norm(o["w"] - o["p"])
    residual = in_units(o, distance - o["excess(w)"], norm(o["w"]), norm(o["p"]))
    resolved = o["excess(w)"] > o["unit"] * norm(o["w"]) + o["floor"]
    misjudged = ~np.isfinite(o["K*(w) within excess"]) | np.isfinite(o["K*(w) within half"])
    return np.where(resolved & misjudged, np.inf, residual)


@law
def homogeneous_means_indicator(K: ConvexFunction, o: Observed) -> np.ndarray:
    """Declared homogeneous: K(3z) = 3K(z), and K* takes no value but 0 and +inf."""
    if not K.is_positively_homogeneous:
        return np.zeros(len(o["z"]))
    nonzero = [np.isfinite(o[name]) & (o[name] != 0) for name in ("K*(s)", "K*(p)", "K*(w)", "K*(v)")]
    residual = in_units(o, np.abs(o["K(3z)"] - 3 * o["K(z)"]), o["K(z)"])
    return np.where(np.any(nonzero, axis=0), np.inf, residual)


@law
def separable_splits(K: ConvexFunction, o: Observed) -> np.ndarray:
    """Declared separable: K(z) = Σ K(z_i e_i)."""
    both_infinite = np.isinf(o["K(z)"]) & np.isinf(o["entries"])
    return only_where(~both_infinite, in_units(o, np.abs(o["entries"] - o["K(z)"]), o["K(z)"]))


@law
def truncation_attains_its_value(K: ConvexFunction, o: Observed) -> np.ndarray:
    """K_M*(w) = ⟨w, x⟩ − K(x) at its selection x, and ‖x‖_B ≤ M: so it is not too large."""
    gap = np.abs(o["KM*(w)"] + o["K(slope)"] - dot(o["w"], o["slope"]))
    worst = in_units(o, gap, o["K(slope)"], norm(o["w"]) * norm(o["slope"]), o["bound"] * norm(o["w"]))
    return np.maximum(worst, in_units(o, o["|slope|"] - o["bound"], o["bound"]))


@law
def truncation_is_a_supremum(K: ConvexFunction, o: Observed) -> np.ndarray:
    """K_M*(w) ≥ ⟨w, x⟩ − K(x) for every x of the ball: so it is not too small. And it is monotone in M."""
    worst = np.zeros(len(o["w"]))
    for x, value in ((o["in_ball"], o["K(in_ball)"]), (o["aimed"], o["K(aimed)"])):
        terms = (o["KM*(w)"], value, norm(o["w"]) * (norm(x) + norm(o["slope"])))
        residual = in_units(o, dot(o["w"], x) - value - o["KM*(w)"], *terms)
        worst = np.maximum(worst, only_where(np.isfinite(value), residual))
    growth = in_units(o, o["KM*(w)"] - o["KM*(w)_wider"], o["KM*(w)"], o["bound"] * norm(o["w"]))
    return np.maximum(worst, growth)


@law
def truncation_is_the_conjugate_inside(K: ConvexFunction, o: Observed) -> np.ndarray:
    """K_M* ≤ K*, with equality at ∇K(z) for ‖z‖_B ≤ M."""
    below = in_units(o, o["KM*(p)"] - o["K*(p)"], o["K*(p)"], o["bound"] * norm(o["p"]))
    terms = (o["K*(s)"], o["bound"] * norm(o["s"]))
    inside = (o["|z|"] <= o["bound"]) & np.isfinite(o["K(z)"])
    return np.maximum(below, only_where(inside, in_units(o, np.abs(o["KM*(s)"] - o["K*(s)"]), *terms)))
