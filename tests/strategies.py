"""Where laws are tried: points with zeros, ties and boundary values, at ordinary, huge and tiny scales."""

import hypothesis.extra.numpy as hnp
import numpy as np
from hypothesis import strategies as st

# Squares of these still fit the dtype, with room for a few hundred terms: K = ½‖·‖² is finite at them.
HUGE = {"float32": 1e15, "float64": 1e150}
TINY = {"float32": 1e-15, "float64": 1e-150}

# Few distinct values: ties, zeros, and the kinks and boundaries of the functions with parameters 0.5, 1 and 2.
_LANDMARKS = st.sampled_from([0.0, 0.5, -0.5, 1.0, -1.0, 2.0, -2.0])


def entries(dtype: str) -> st.SearchStrategy[float]:
    width = int(dtype.removeprefix("float"))
    return st.one_of(_LANDMARKS, st.floats(-10, 10, width=width, allow_subnormal=False))


@st.composite
def points(draw: st.DrawFn, count: int, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """`count` points of a shape, each at its own scale, which a point may also change half-way through its entries."""
    scales = st.sampled_from([1.0, 1.0, 1.0, HUGE[dtype], TINY[dtype]])
    array = draw(hnp.arrays(dtype, (count, *shape), elements=entries(dtype)))
    flat = array.reshape(count, -1)
    for row in flat:
        row *= np.asarray(draw(scales), dtype)
        if draw(st.integers(0, 3)) == 0:
            row[row.size // 2 :] *= np.asarray(draw(scales), dtype)
    # A huge scale twice over would overflow the square.
    return np.clip(flat, -10 * HUGE[dtype], 10 * HUGE[dtype]).astype(dtype).reshape(array.shape)
