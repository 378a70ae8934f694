"""K and its chosen subgradient at many points at once, by one compiled program, as float64 on the host."""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..conjugation import ConvexOracle
from ..convex import ConvexFunction
from ..precision import cast_floats, double_precision, unit_roundoff

CHUNK = 1024
FAR = 1e6
FEW = 32


class Evaluation:
    """K on arrays of one shape and dtype. Points are rows (n, d); they are evaluated in two batch sizes only.

    `count` is how many points have been evaluated so far.
    """

    def __init__(self, K: ConvexFunction, shape: tuple[int, ...], dtype: str) -> None:
        self.K, self.shape, self.dtype = in_dtype(K, dtype), shape, dtype
        self.size = int(np.prod(shape))
        self.count = 0
        self._look = compiled_over_points(lambda z: (self.K.value(z), self.K.selection(z)))

    @property
    def unit(self) -> float:
        """The relative tolerance: unit roundoff × an operation count.

        Each entry passes through some 8 roundings (a power counts for several) and is summed; an SVD is backward stable
        up to a multiple of the matrix's sides.
        """
        matrix = 4 if len(self.shape) > 1 else 1
        return unit_roundoff(self.dtype) * (64 + 8 * self.size) * matrix

    @property
    def floor(self) -> float:
        """The absolute error a value may have besides: 0 for homogeneous K, else that of intermediates of size 1."""
        return 0.0 if self.K.is_positively_homogeneous else self.unit

    def at(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(K, an element of ∂K) at rows (n, d): shapes (n,) and (n, d), float64."""
        self.count += len(points)
        return in_chunks(self._look, points, self.shape, self.dtype)

    def values(self, points: np.ndarray) -> np.ndarray:
        """K at rows (n, d)."""
        return self.at(points)[0]

    @functools.cached_property
    def is_finite(self) -> bool:
        """Whether K is finite at far points in every kind of direction; overflow counts as infinite."""
        d = self.size
        signs = np.random.default_rng(0).choice([-1.0, 1.0], size=(32, d))
        return bool(np.isfinite(self.values(FAR * np.concatenate([np.eye(d)[:64], -np.eye(d)[:64], signs]))).all())

    def oracle(self) -> ConvexOracle:
        """K as numerical conjugation sees it, whatever closed form it has."""
        recession = getattr(self.K, "recession", None)
        growth: Callable[[np.ndarray], np.ndarray] | None = None
        if recession is not None:
            call = recession.value if isinstance(recession, ConvexFunction) else recession
            look = compiled_over_points(lambda z: (call(z),))

            def growth(points: np.ndarray) -> np.ndarray:
                return in_chunks(look, points, self.shape, self.dtype)[0]

        look_at_slope = compiled_over_points(lambda z: (jax.jacfwd(self.K.selection)(z),))

        def hessian(point: np.ndarray) -> np.ndarray:
            return in_chunks(look_at_slope, point[None], self.shape, self.dtype)[0].reshape(self.size, self.size)

        return ConvexOracle(
            self.at,
            self.size,
            is_smooth=self.K.is_smooth,
            is_positively_homogeneous=self.K.is_positively_homogeneous,
            recession=growth,
            hessian=hessian if self.K.is_smooth else None,
            evaluation_error=self.unit,
        )


def compiled_over_points(look: Callable[..., tuple[Any, ...]]) -> Callable[..., tuple[Any, ...]]:
    """`look` over a batch of arrays, compiled; optimising code that runs a few hundred times would take longer."""
    options = {"xla_backend_optimization_level": 1} if jax.default_backend() == "cpu" else None
    return jax.jit(jax.vmap(look), compiler_options=options)


def in_chunks(look: Callable[..., Any], points: np.ndarray, shape: tuple[int, ...], dtype: str) -> Any:
    """`look` at rows (n, d), in batches padded to one of two sizes, each result as float64 rows."""
    parts = []
    for start in range(0, len(points), CHUNK):
        rows = points[start : start + CHUNK]
        padded = np.zeros((FEW if len(rows) <= FEW else CHUNK, *shape), dtype)
        padded[: len(rows)] = rows.reshape(len(rows), *shape)
        with double_precision(), np.errstate(over="ignore"):
            found = look(jnp.asarray(padded))
        parts.append([_as_rows(array, len(rows)) for array in found])
    return tuple(np.concatenate(arrays) for arrays in zip(*parts, strict=True))


def _as_rows(array: Any, count: int) -> np.ndarray:
    found = np.asarray(array).astype(np.float64)[:count]
    return found.reshape(count, -1) if found.ndim > 1 else found


def in_dtype(K: ConvexFunction, dtype: str) -> ConvexFunction:
    """K with its Python numbers in `dtype`, as a run in that dtype has them; arrays it holds keep their own dtype."""
    return cast_floats(K, dtype)


def dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """⟨a, b⟩ row by row."""
    return np.sum(a * b, axis=-1)


def norm(a: np.ndarray) -> np.ndarray:
    """‖a‖₂ row by row."""
    return np.linalg.norm(a, axis=-1)


def finite(a: np.ndarray) -> np.ndarray:
    """a with 0 in place of what is not a number: such entries are found elsewhere, and excuse nothing."""
    return np.where(np.isfinite(a), a, 0.0)
