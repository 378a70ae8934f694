"""Muon is Lion-K with the nuclear norm: the dictionary to `optax.contrib.muon`, exact and Newton–Schulz."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from optim.optimizer_runs import course, gradients, parameters

from lionlab import NuclearNorm
from lionlab.optim import NewtonSchulz, lion_k, rms_factor, spectral_for_matrices, width_factor
from lionlab.precision import double_precision

SHAPES = {"tall": (4, 2), "wide": (2, 3), "kernel": (3, 3)}
ETA, LAMBDA, BETA, NUM_STEPS = 0.05, 0.4, 0.95, 6
CUBIC, SHIPPED = (1.5, -0.5, 0.0), (3.4445, -4.7750, 2.0315)
# Thirty steps of the cubic take any singular value above 2⁻¹³ to 1 within rounding; the quintic magnifies an error at
# most |p′|⁵ ≤ 3.4445⁵ = 485 times. A hundred operations, and a smallest singular value above a hundredth.
TOLERANCE = 485 * 100 * 100 * 2.0**-53


def nesterov(step: Any) -> Any:
    """b1 of optax's Muon: β r/(r + 1 − β) with r = β(1 − βᵗ)/(1 − βᵗ⁺¹), t = 1, 2, …, from its bias correction."""
    t = step.astype(jnp.float64) + 1
    r = BETA * (1 - BETA**t) / (1 - BETA ** (t + 1))
    return BETA * r / (r + 1 - BETA)


def muon(**settings: Any) -> Any:
    return optax.contrib.muon(ETA, beta=BETA, weight_decay=LAMBDA, eps=0.0, **settings)


def ours(K: Any, b1: Any) -> Any:
    return optax.inject_hyperparams(lion_k, static_args=("K", "decay"))(ETA, K, b1, BETA, LAMBDA)


# Given one by one, optax loops over the steps and need not compile each.
EXACT = {"ns_coeffs": (CUBIC,) * 30, "ns_steps": 30}
AS_SHIPPED = {"ns_coeffs": (SHIPPED,) * 5, "ns_steps": 5}
PAIRS = {
    "exact, Nesterov": (EXACT, spectral_for_matrices(factor=width_factor), nesterov),
    "exact, plain": ({**EXACT, "nesterov": False}, spectral_for_matrices(factor=width_factor), BETA),
    "exact, consistent RMS": (
        {**EXACT, "nesterov": False, "consistent_rms": 0.2},
        spectral_for_matrices(factor=rms_factor(0.2)),
        BETA,
    ),
    "as shipped": (AS_SHIPPED, spectral_for_matrices(NewtonSchulz(), factor=width_factor), nesterov),
}
PLANTED = {
    "b1 for the other order": (EXACT, spectral_for_matrices(factor=width_factor), BETA),
    "the limit of b1": (EXACT, spectral_for_matrices(factor=width_factor), BETA**2),
    "no width factor": (EXACT, spectral_for_matrices(), nesterov),
    "the exact factor for the shipped": (AS_SHIPPED, spectral_for_matrices(factor=width_factor), nesterov),
}


def gap(settings: Any, K: Any, b1: Any) -> float:
    """The largest difference of any parameter after any step."""
    with double_precision(), jax.numpy_dtype_promotion("standard"):
        params = parameters(1, jnp.float64, SHAPES)
        stream = gradients(params, NUM_STEPS)
        *mine, _ = course(ours(K, b1), params, stream)
        *theirs, _ = course(muon(**settings), params, stream)
        found = [
            np.max(np.abs(a[name] - b[name])) for (a, _), (b, _) in zip(mine, theirs, strict=True) for name in SHAPES
        ]
    assert np.isfinite(found).all()
    return float(max(found))


@pytest.mark.parametrize("name", PAIRS)
def test_it_is_muon(name: str):
    assert gap(*PAIRS[name]) <= TOLERANCE


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_difference_to_muon_is_caught(name: str):
    assert gap(*PLANTED[name]) > 1e3 * TOLERANCE


def quintic(sigma: np.ndarray, num_steps: int, coefficients: tuple[float, float, float]) -> np.ndarray:
    a, b, c = coefficients
    for _ in range(num_steps):
        sigma = a * sigma + b * sigma**3 + c * sigma**5
    return sigma


@pytest.mark.parametrize(
    ("coefficients", "known"), [(SHIPPED, 1.2023686051632), (CUBIC, 1.0), ((2.0, -1.5, 0.5), 1.12 * 0.8**0.5)]
)
def test_the_effective_radius_is_reached_and_not_exceeded(coefficients: Any, known: float):
    for num_steps in (1, 2, 5):
        direction = NewtonSchulz(num_steps, coefficients)
        reached = np.max(quintic(np.linspace(0, 1, 400_001), num_steps, coefficients))
        assert direction.largest_singular_value() == pytest.approx(known, rel=1e-11)
        assert known * (1 - 1e-6) <= reached <= known * (1 + 1e-11)
        assert direction.effective_radius(0.5) == pytest.approx(2 * known, rel=1e-11)
    assert NewtonSchulz(factor=3.0).effective_radius(1.0) == pytest.approx(3 * 1.202368605163)


def test_as_shipped_the_ball_is_larger():
    """A gradient whose singular values are sent to the overshoot leaves 1/λ, and stays within the effective radius."""
    grid = np.linspace(0, 1, 400_001)
    sigma = grid[np.argmax(quintic(grid, 5, SHIPPED))]
    g = -jnp.diag(jnp.asarray([sigma, np.sqrt(1 - sigma**2)], jnp.float32))
    radius = {}
    for direction in (NewtonSchulz(), NuclearNorm()):
        *steps, _ = course(lion_k(0.5, direction, 0.0, 0.0, 1.0), jnp.zeros((2, 2)), [g] * 20)
        radius[type(direction)] = float(np.linalg.norm(steps[-1][0], 2))
    assert radius[NuclearNorm] == pytest.approx(1, abs=1e-5)
    assert radius[NewtonSchulz] == pytest.approx(NewtonSchulz().effective_radius(1.0), abs=1e-3)


def test_newton_schulz_is_the_gradient_of_no_convex_function():
    """⟨O(A) − O(Y), A − tY⟩ < 0 for t = 10⁻³, where O(Y) = O(tY): no monotone map does that; UVᵀ does not."""
    a, y = jnp.diag(jnp.asarray([1.0, 0.0])), jnp.diag(jnp.asarray([0.004, 1.0]))

    def product(direction: Any) -> float:
        return float(jnp.sum((direction.selection(a) - direction.selection(1e-3 * y)) * (a - 1e-3 * y)))

    assert product(NewtonSchulz()) == pytest.approx(-0.504, abs=2e-3)
    assert product(NuclearNorm()) >= 0


def test_the_rms_factor_gives_the_entries_that_size():
    choice = spectral_for_matrices(factor=rms_factor(0.2))
    z = jnp.asarray(np.random.default_rng(0).normal(size=(2, 3)), jnp.float32)
    update = choice.directions({"w": z})["w"].selection(z)
    assert float(jnp.sqrt(jnp.mean(update**2))) == pytest.approx(0.2, rel=1e-5)
