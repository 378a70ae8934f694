"""Every law over the whole catalogue, in float32 and float64."""

import functools

import hypothesis
import numpy as np
import pytest
from convex.laws import observation, observe, violations
from hypothesis import strategies as st
from strategies import points
from tiers import VARIANTS, waiting

from lionlab.convex.catalogue import CATALOGUE

# What is rare is in the points themselves, so few examples reach it; LIONLAB_EXAMPLES asks for more.
BATCH, EXAMPLES = 6, 12


@functools.lru_cache(maxsize=4)
def compiled_for(name: str):
    return observation(CATALOGUE[name].function)


# One of each way to compute: elementwise, a power, sorting, a bisection, singular values, a minimum over K*.
IN_FLOAT32 = {"l1", "huber", "lp 1.5", "top 2", "log cosh", "nuclear", "truncated log cosh"}
CASES = [(name, dtype) for dtype in ("float32", "float64") for name in CATALOGUE]
# Long to compile, and made of what others are made of: a power, and the truncation of what is no norm.
WAIT = {"lp 40", "truncated lp 1.5"} | VARIANTS
WAIT = [(name, dtype) for name, dtype in CASES if name in WAIT or (dtype == "float32" and name not in IN_FLOAT32)]


@pytest.mark.parametrize("case", waiting(CASES, WAIT), ids=" ".join)
def test_every_law_holds(case: tuple[str, str]) -> None:
    name, dtype = case
    K, shape = CATALOGUE[name]
    compiled = compiled_for(name)

    @hypothesis.settings(deadline=None, max_examples=max(EXAMPLES, _asked_for()))
    @hypothesis.given(
        z=points(BATCH, shape, dtype), w=points(BATCH, shape, dtype),
        step=st.sampled_from([0.125, 1.0, 7.0]), bound=st.sampled_from([0.5, 3.0]),
    )  # fmt: skip
    def laws(z: np.ndarray, w: np.ndarray, step: float, bound: float) -> None:
        assert violations(K, observe(compiled, z, w, step, bound)) == {}

    laws()


def _asked_for() -> int:
    return (
        hypothesis.settings.default.max_examples if hypothesis.settings.get_current_profile_name() == "thorough" else 0
    )
