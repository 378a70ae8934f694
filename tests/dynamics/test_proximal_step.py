"""The implicit step against the same convex problem solved by Clarabel, its certificate, and its limits."""

import dataclasses
import warnings

import cvxpy as cp
import jax.numpy as jnp
import numpy as np
import pytest
from tiers import waiting

from lionlab.convex import (
    DeadzoneL1,
    GroupL2Norm,
    Huber,
    L1Norm,
    L2Norm,
    LinfNorm,
    LogCosh,
    LpNorm,
    MoreauEnvelope,
    NuclearNorm,
    SchattenNorm,
    SeparableSum,
    SortedL1Norm,
    TopKL1,
    Truncated,
)
from lionlab.dynamics import LionKFlow
from lionlab.integration import IntegrationError, integrate, integrate_batch
from lionlab.objectives import Objective, Quadratic
from lionlab.objectives.catalogue import example_objectives, random_quadratic

GROUPS = [[0, 3], [1, 2, 4, 5]]
OWL = np.array([2.0, 1.5, 1.0, 0.7, 0.3, 0.1])


def _top(s, k):
    return cp.sum_largest(cp.abs(s), k)


# (K, its conjugate in CVXPY: the finite part and the constraints), on vectors of 6 or matrices of (3, 2). All that the
# step asks of a K is the prox of K*: what is left out differs in that alone, and the laws of tests/convex hold it to K.
KINDS = {
    "l1": (L1Norm(), lambda s: (0, [cp.norm_inf(s) <= 1])),
    "top-k": (TopKL1(2), lambda s: (0, [cp.norm_inf(s) <= 1, cp.norm1(s) <= 2])),
    "sorted": (SortedL1Norm(OWL), lambda s: (0, [_top(s, k + 1) <= OWL[: k + 1].sum() for k in range(6)])),
    "group": (GroupL2Norm(GROUPS), lambda s: (0, [cp.norm2(s[group]) <= 1 for group in GROUPS])),
    "nuclear": (NuclearNorm(), lambda s: (0, [cp.sigma_max(s) <= 1])),
    "dead zone": (DeadzoneL1(0.5), lambda s: (0.5 * cp.norm1(s), [cp.norm_inf(s) <= 1])),
    "log cosh": (LogCosh(2.0), lambda s: (-cp.sum(cp.entr(1 + s) + cp.entr(1 - s)) / 4, [])),
    "sum": (SeparableSum([L2Norm(), LinfNorm()]), lambda s: (0, [cp.norm2(s[:3]) <= 1, cp.norm1(s[3:]) <= 1])),
    "three": (
        SeparableSum([LpNorm(1.5), MoreauEnvelope(L2Norm(), 0.5), Huber(0.4)]),
        lambda s: (
            0.25 * cp.sum_squares(s[2:4]) + 0.2 * cp.sum_squares(s[4:]),
            [cp.pnorm(s[:2], 3) <= 1, cp.norm2(s[2:4]) <= 1, cp.norm_inf(s[4:]) <= 1],
        ),
    ),
    "truncated": (Truncated(L1Norm(), 12.0), lambda s: (12 * cp.sum(cp.pos(cp.abs(s) - 1)), [])),
}  # fmt: skip
MATRIX = np.diag([1.0, 0.5, 2.0, 0.3, 0.8, 1.5])
MATRIX[0, 1] = MATRIX[1, 0] = 0.3
CENTER = np.array([0.3, -4.0, 2.0, 0.0, -1.0, 6.0])
VECTOR_F = Quadratic(MATRIX, CENTER)


def _as_matrix(x):
    away = x.ravel() - jnp.asarray(CENTER, x.dtype)
    return jnp.sum(away * (jnp.asarray(MATRIX, x.dtype) @ away)) / 2


MATRIX_F = Objective(_as_matrix, (3, 2), smoothness=float(np.linalg.eigvalsh(MATRIX)[-1]), is_convex=True)
CONSTANTS = (1.2, 0.8, 0.5, 0.7)

# φ of the step is strongly convex with modulus κh·0.25/(1+hλ) ≥ 0.007: gaps of 1e-12 are errors of 2e-5 in s.
IN_S = 1e-4
# Some twenty roundings of x⁺, of size 4 at most, and of (m − hα∇f)/(1+hγ), of size 20 at most.
IN_X, IN_M = 1e-14, 1e-13
# Two searches for s, in a batch and alone, end within their tolerance of one another, and 20 steps add that up.
IN_A_BATCH = 1e-10
# 80 steps with hλ = ½ leave 1.5⁻⁸⁰ < 1e-14 of the way to the boundary.
AT_REST = 1e-6


def on(K):
    return (MATRIX_F, (3, 2)) if isinstance(K, NuclearNorm | SchattenNorm) else (VECTOR_F, (6,))


def clarabels(conjugate, x, m, h):
    """s, the minimiser of K*(s) − ⟨a, s⟩ + κ(1+hλ)/h·f((x+hs)/(1+hλ)), by an interior-point method."""
    alpha, gamma, epsilon, lam = CONSTANTS
    retained = 1 - epsilon * gamma
    a = retained * m / (1 + h * gamma)
    kappa = retained * h * alpha / (1 + h * gamma) + epsilon * alpha
    s = cp.Variable(x.shape)
    finite, constraints = conjugate(s)
    away = cp.vec((x + h * s) / (1 + h * lam), order="C") - CENTER
    f = cp.sum_squares(np.linalg.cholesky(MATRIX).T @ away) / 2
    problem = cp.Problem(cp.Minimize(finite - cp.sum(cp.multiply(a, s)) + kappa * (1 + h * lam) / h * f), constraints)
    # Clarabel reports "inaccurate" where it stops short of these, at about 1e-11.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        problem.solve(solver=cp.CLARABEL, tol_gap_abs=1e-12, tol_gap_rel=1e-12, tol_feas=1e-12)
    return np.asarray(s.value)


@pytest.mark.parametrize(
    "name", waiting(KINDS, ["sorted", "group", "dead zone", "three", "sum", "truncated", "log cosh"])
)
def test_the_step_is_clarabels(name):
    K, conjugate = KINDS[name]
    f, shape = on(K)
    flow = LionKFlow(K, *CONSTANTS)
    alpha, gamma, _, lam = CONSTANTS
    rng = np.random.default_rng(0)
    for h in (0.05, 1.0, 20.0):
        x, m = 2 * rng.normal(size=(2, *shape))
        run = integrate(flow, f, x, m, [0.0, h], solver="proximal", step=h)
        s = run.selection[0]
        assert np.abs(s - clarabels(conjugate, x, m, h)).max() <= IN_S
        np.testing.assert_allclose(run.x[1], (x + h * s) / (1 + h * lam), rtol=0, atol=IN_X)
        certify(K, f, run)
        g = f.gradient(run.x[1])
        np.testing.assert_allclose(run.m[1], (m - h * alpha * g) / (1 + h * gamma), rtol=0, atol=IN_M)


def certify(K, f, run):
    """s ∈ ∂K(m̃ + e): the Fenchel–Young gap of (m̃, s) is at most ‖e‖‖u − s‖ for u ∈ ∂K(m̃)."""
    alpha, _, epsilon, _ = CONSTANTS
    retained = 1 - epsilon * CONSTANTS[1]
    eps = np.finfo(run.x.dtype).eps
    for t, s in enumerate(run.selection):
        m_tilde = (retained * run.m[t + 1] - epsilon * alpha * f.gradient(run.x[t + 1])).astype(run.x.dtype)
        value, u = float(K(m_tilde)), K.subgradient(m_tilde)
        # Some twenty roundings of each of six terms.
        rounding = 200 * eps * (1 + np.abs(m_tilde * s).sum() + abs(value))
        assert abs(K.fenchel_young_gap(m_tilde, s)) <= run.inclusion_residual[t] * np.linalg.norm(u - s) + rounding
        assert run.inclusion_residual[t] <= 1e3 * eps * (1 + 20 * np.abs(run.m).max() + 20 * np.abs(run.x).max())


@pytest.mark.parametrize(
    ("K", "dtype"),
    [
        (L1Norm(), np.float32),
        # Clarabel's steps above are certified for it, one by one.
        pytest.param(L1Norm(), np.float64, marks=pytest.mark.thorough),
        (LogCosh(2.0), np.float64),
        pytest.param(LogCosh(2.0), np.float32, marks=pytest.mark.thorough),
        pytest.param(TopKL1(2), np.float64, marks=pytest.mark.thorough),
        pytest.param(SchattenNorm(1.5), np.float64, marks=pytest.mark.thorough),
    ],
    ids=repr,
)
def test_the_certificate_is_true_all_along_a_run(K, dtype):
    f, shape = on(K)
    rng = np.random.default_rng(1)
    x, m = (3 * rng.normal(size=(2, *shape))).astype(dtype)
    run = integrate(LionKFlow(K, *CONSTANTS), f, x, m, 0.3 * np.arange(11), solver="proximal", step=0.3)
    assert run.x.dtype == run.selection.dtype == run.inclusion_residual.dtype == dtype
    certify(K, f, run)


def test_a_false_selection_is_not_certified():
    f = VECTOR_F
    run = integrate(LionKFlow(L1Norm(), *CONSTANTS), f, np.zeros(6), np.ones(6), [0.0, 0.3], step=0.3)
    certify(L1Norm(), f, run)
    with pytest.raises(AssertionError):
        certify(L1Norm(), f, dataclasses.replace(run, selection=0.999 * run.selection))


def test_a_batch_is_its_single_runs():
    rng = np.random.default_rng(2)
    flows = [LionKFlow(Huber(e), 1.0, gamma, 0.2, 0.6) for e, gamma in ((0.1, 1.0), (0.5, 0.5), (2.0, 3.0))]
    x, m = rng.normal(size=(2, 3, 6))
    times = 0.1 * np.arange(21)
    batch = integrate_batch(flows, VECTOR_F, x, m, times, solver="proximal", step=0.1, bound=50.0)
    for run, flow in enumerate(flows):
        single = integrate(flow, VECTOR_F, x[run], m[run], times, solver="proximal", step=0.1, bound=50.0)
        for column in ("x", "m", "selection", "lyapunov"):
            np.testing.assert_allclose(getattr(batch, column)[:, run], getattr(single, column), rtol=0, atol=IN_A_BATCH)


@pytest.mark.parametrize("h", [1e-6, 1e-3, 1.0, 1e3])
@pytest.mark.parametrize("size", [0.0, 1.0, 1e4, 1e12], ids="size {:g}".format)
def test_any_step_from_anywhere_never_raises_H(h, size):
    rng = np.random.default_rng(3)
    flow = LionKFlow(L1Norm(), *CONSTANTS)
    run = integrate(flow, VECTOR_F, *(size * rng.normal(size=(2, 6))), h * np.arange(21), step=h)
    ledger = run.ledger
    assert (np.abs(ledger.residual) <= ledger.rounding_bound).all()
    assert (ledger.change <= ledger.sign_allowance + ledger.rounding_bound).all()
    for term in ("alignment", "enhancement", "loss_remainder", "conjugate_remainder", "momentum_remainder"):
        assert (getattr(ledger, term) <= ledger.sign_allowance).all(), term


def test_zero_everything_stays():
    flat = Quadratic(np.eye(2), [0.0, 0.0])
    run = integrate(LionKFlow(L1Norm(), 1.0, 1.0, 0.5, 1.0), flat, [0, 0], [0, 0], [0.0, 1.0, 2.0], step=1.0)
    for column in ("x", "m", "lyapunov", "selection", "dissipated", "inclusion_residual"):
        assert not getattr(run, column).any(), column


@pytest.mark.parametrize("smoothness", [0.0, None, 5.0])
def test_a_linear_loss_pushes_to_the_boundary(smoothness):
    slope = np.array([2.0, -3.0])
    f = Objective(lambda x: jnp.sum(jnp.asarray(slope, x.dtype) * x), 2, smoothness=smoothness, is_convex=True)
    run = integrate(LionKFlow(L1Norm(), 1.0, 1.0, 0.5, 1.0), f, [0, 0], None, 0.5 * np.arange(81), step=0.5)
    np.testing.assert_allclose(run.x[-1], [-1, 1], rtol=0, atol=AT_REST)
    np.testing.assert_array_equal(run.selection[-1], [-1, 1])
    assert run.most_iterations <= 60


@pytest.mark.parametrize(
    "name", waiting(["double_well", "waves", "rosenbrock", "saddle"], ["waves", "rosenbrock", "saddle"])
)
def test_nonconvex_losses_of_unknown_smoothness(name):
    known = example_objectives()[name]
    f = Objective(known.value, known.shape)
    rng = np.random.default_rng(4)
    for h, most in ((0.05, 2_000), (1.0, 10_000), (100.0, 10_000)):
        x, m = rng.normal(size=(2, 4, *known.shape))
        run = integrate_batch(LionKFlow(L1Norm(), 1.0, 1.0, 0.5, 0.8), f, x, m, h * np.arange(11), step=h)
        assert run.most_iterations <= most
        assert (np.abs(run.ledger.residual) <= run.ledger.rounding_bound).all()
        free = run.ledger.change - np.maximum(run.ledger.loss_remainder, 0)
        assert (free <= run.ledger.sign_allowance + run.ledger.rounding_bound).all()


@pytest.mark.parametrize("condition", [1e2, 1e4, 1e6])
def test_badly_conditioned_losses_take_the_square_root_of_the_condition(condition):
    f = random_quadratic(dim=50, condition=condition, seed=0)
    for h in (1e-2, 1.0, 100.0):
        run = integrate(LionKFlow(L1Norm(), 1.0, 1.0, 0.5, 0.1), f, np.zeros(50), None, h * np.arange(6), step=h)
        assert run.most_iterations <= 40 * np.sqrt(condition)
        assert (np.abs(run.ledger.residual) <= run.ledger.rounding_bound).all()
        assert (run.ledger.change <= run.ledger.sign_allowance + run.ledger.rounding_bound).all()


@pytest.mark.parametrize("smoothness", [1e-3, None])
def test_a_gradient_that_is_nan_ends_the_search_at_once(smoothness):
    f = Objective(lambda x: jnp.sum(jnp.sqrt(0.5 - x)), 2, smoothness=smoothness)
    flow = LionKFlow(L1Norm(), 1.0, 1.0, 0.5, 1.0)
    with pytest.raises(IntegrationError, match=r"found no s ∈ ∂K|not finite"):
        integrate(flow, f, [0.4, 0.0], [3.0, 0.0], 0.01 * np.arange(2001), step=0.01)
