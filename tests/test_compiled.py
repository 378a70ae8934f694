"""Long runs are compiled with an option of XLA's that leaves out copies; it must not change what a run returns.

The option has been seen to overwrite results in a loop more intricate than ours, so every kind of ours is held against
the same run compiled without it.
"""

import jax
import numpy as np
import pytest

from lionlab import L1Norm, LionK, NuclearNorm, SortedL1Norm, simulate, simulate_batch
from lionlab.dynamics import _compiled
from lionlab.theorems._bowls import bowl


@pytest.mark.parametrize(
    ("K", "shape"),
    [
        pytest.param(L1Norm(), (2,), id="small"),
        pytest.param(L1Norm(), (40,), id="large", marks=pytest.mark.thorough),
        pytest.param(SortedL1Norm([1.0, 0.5, 0.2]), (3,), id="sorted"),
        pytest.param(NuclearNorm(), (3, 2), id="singular values", marks=pytest.mark.thorough),
    ],
)
def test_an_option_for_long_runs_changes_nothing(K, shape, monkeypatch: pytest.MonkeyPatch):
    rng = np.random.default_rng(0)
    f, method = bowl(shape), LionK(K, 0.02, 0.5)
    x0, m0 = rng.normal(size=(4, *shape)) / 10, rng.normal(size=(4, *shape))
    everything = {"record": ("x", "m", "lyapunov")}

    def runs() -> list[np.ndarray]:
        single = simulate(method, f, x0[0], 60, m0[0], **everything)
        thinned = simulate(method, f, x0[0], 60, m0[0], gradient_noise=0.1, key=1, record_every=7)
        batch = simulate_batch(method, f, x0, 60, m0, record_every=5, **everything)
        arrays = [array for run in (single, thinned, batch) for array in (run.x, run.m, run.lyapunov)]
        return [array for array in arrays if array is not None]

    short = runs()
    monkeypatch.setattr(_compiled, "SHORT_RUN", 0)
    long = runs()
    assert jax.default_backend() == "cpu"
    for one, other in zip(short, long, strict=True):
        finite = np.isfinite(one)
        assert (finite == np.isfinite(other)).all()
        # Rounding differs between the two, and a step on the other side of a kink by η at most does not show here.
        np.testing.assert_allclose(other[finite], one[finite], rtol=1e-9, atol=1e-9)
