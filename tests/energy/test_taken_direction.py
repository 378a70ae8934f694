"""What a ledger takes for the direction of a step: an element of ∂K(m̃⁺), told from what is only nearly one."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from tiers import waiting

from lionlab.convex import (
    ConvexFunction,
    CustomFunction,
    GroupL2Norm,
    Huber,
    InfimalConvolution,
    L1Norm,
    L2Norm,
    LinfNorm,
    LogCosh,
    LpNorm,
    NuclearNorm,
    Scaled,
    SortedL1Norm,
    SquaredL2,
    Sum,
    TopKL1,
    Truncated,
)
from lionlab.convex.catalogue import CATALOGUE
from lionlab.dynamics import LionK, Trajectory
from lionlab.energy import energy_ledger
from lionlab.objectives import Objective, Quadratic
from lionlab.precision import double_precision
from lionlab.simulation import simulate, simulate_batch

F = Quadratic(np.diag([1.0, 10.0, 3.0]), [3.0, 0.5, -1.0])
X0, M0 = np.array([0.5, -0.2, 1.0]), np.array([1.0, -0.3, 0.2])
STEPS = 200
CURVED = {
    "l2": L2Norm(),
    "lp 1.05": LpNorm(1.05),
    "lp 3": LpNorm(3),
    "group": GroupL2Norm([[0, 2], [1]]),
    "sparse groups": Sum([GroupL2Norm([[0, 2], [1]]), Scaled(L1Norm(), 0.5)]),
    "infimal convolution": InfimalConvolution([L1Norm(), Scaled(L2Norm(), 1.5)]),
}
"""Functions with kinks whose ∇K, away from them, turns with its argument."""

TIED = ["l1", "top 2", "linf", "sorted l1", "group", "lp 1.05", "sparse groups"]


@pytest.mark.parametrize("name", waiting(CURVED, ["lp 3", "sparse groups"]))
def test_a_millionth_of_beta1_is_seen_at_every_step_size(name):
    """At a smooth point the Fenchel–Young gap of a wrong direction is the square of what is wrong: it saw nothing."""
    for eta in (1e-2, 1e-4, 1e-6):
        method = LionK(CURVED[name], eta, 0.1)
        run = simulate(method, F, X0, STEPS, m0=M0)
        own = energy_ledger(method, F, run)
        assert (np.abs(own.residual) <= own.rounding_bound).all()
        for factor in (1 + 1e-6, 1 - 1e-6):
            other = energy_ledger(dataclasses.replace(method, beta1=0.9 * factor), F, run)
            assert (np.abs(other.residual) > other.rounding_bound).any(), (eta, factor)


@pytest.mark.parametrize("name", waiting(TIED, ["linf", "group", "lp 1.05", "sparse groups"]))
def test_every_element_that_rounding_can_select_is_accepted(name):
    """m̃⁺ is a tie, and the step took ∇K a rounding error beside it, which no recomputation finds again."""
    K, shape = CATALOGUE[name]
    rng, runs = np.random.default_rng(4), 100
    slope = rng.integers(-3, 4, shape).astype(float)
    f = Objective(lambda x: jnp.sum(jnp.asarray(slope, x.dtype) * x), shape)
    moved = 0
    for eta in (1e-1, 1e-5):
        method = LionK(K, eta, 0.5)
        ties = rng.integers(-2, 3, (runs, *shape)).astype(float)
        x0, m0 = 1e-2 * rng.normal(size=(runs, *shape)), (ties + 0.1 * slope) / 0.9
        run = simulate_batch(method, f, x0, 1, m0=m0)
        m_tilde = 0.9 * m0 - 0.1 * slope
        beside = m_tilde + 2.0**-52 * (0.9 * np.abs(m0) + 0.1 * np.abs(slope)) * rng.integers(-1, 2, m0.shape)
        with double_precision():
            x = np.stack([x0, x0 + eta * (np.asarray(_selections(K, beside)) - 0.5 * x0)])
        ledger = energy_ledger(method, f, dataclasses.replace(run, x=x))
        assert (np.abs(ledger.residual) <= ledger.rounding_bound).all()
        assert (ledger.alignment <= ledger.sign_allowance).all()
        moved += np.sum(np.abs(x[1] - run.x[1]).reshape(runs, -1).max(axis=1) > 1e-3 * eta)
    assert moved > 5  # so many steps could not have been recomputed


def _selections(K, points):
    return jax.jit(jax.vmap(K.selection))(jnp.asarray(points))


@pytest.mark.parametrize("K", [TopKL1(2), LinfNorm(), SortedL1Norm([2.0, 1.0, 0.3])], ids=repr)
def test_at_a_tie_a_direction_outside_the_subdifferential_is_refused(K):
    method = LionK(K, 1e-4, 0.5)
    f = Objective(lambda x: jnp.sum(x) * 0.0, 3)
    m0 = np.array([1.0, 1.0, 1.0]) / 0.9
    run = simulate(method, f, np.zeros(3), 1, m0=m0)
    for wrong in (1e-6, -1e-6):
        x = run.x.copy()
        x[1, 0] += 1e-4 * wrong
        ledger = energy_ledger(method, f, dataclasses.replace(run, x=x))
        assert abs(ledger.residual[0]) > ledger.rounding_bound[0]


class Bare(ConvexFunction):
    """The l1 norm by its three primitives alone: neither it nor its conjugate has a proximal step."""

    def value(self, z):
        return jnp.sum(jnp.abs(z))

    def selection(self, z):
        return jnp.sign(z)

    def conjugate(self):
        return BareConjugate()


class BareConjugate(ConvexFunction):
    def value(self, y):
        return jnp.where(jnp.max(jnp.abs(y)) <= 1 + 1e-12, jnp.zeros((), y.dtype), jnp.inf)

    def selection(self, y):
        return jnp.zeros_like(y)

    def conjugate(self):
        return Bare()


def test_a_function_without_a_proximal_step_says_so_and_has_its_ledger():
    with pytest.raises(NotImplementedError, match="Bare has no proximal step: implement `proximal`"):
        Bare().prox(X0, 0.5)
    method = LionK(Bare(), 0.1, 0.5)
    f, x0 = Quadratic(np.eye(2), [1.0, 2.0]), np.array([0.1, 0.2])
    for jitter in (0, 1, -1, 2, -2):
        m0 = 0.1 * (x0 - [1.0, 2.0]) / 0.9 * (1 + jitter * np.finfo(float).eps)
        ledger = energy_ledger(method, f, simulate(method, f, x0, 50, m0=m0))
        assert (np.abs(ledger.residual) <= ledger.rounding_bound).all()


def test_matrices_too():
    K, f = NuclearNorm(), Objective(lambda x: jnp.sum((x - 1) ** 2), (3, 2))
    rng = np.random.default_rng(0)
    for eta in (1e-2, 1e-5):
        method = LionK(K, eta, 0.1)
        run = simulate(method, f, 0.1 * rng.normal(size=(3, 2)), STEPS, m0=rng.normal(size=(3, 2)))
        own = energy_ledger(method, f, run)
        assert (np.abs(own.residual) <= own.rounding_bound).all()
        other = energy_ledger(dataclasses.replace(method, beta1=0.9 * (1 + 1e-6)), f, run)
        assert (np.abs(other.residual) > other.rounding_bound).any()


class Ball(ConvexFunction):
    """The Euclidean norm by its three primitives alone."""

    def value(self, z):
        return jnp.sqrt(jnp.sum(z * z))

    def selection(self, z):
        size = jnp.sqrt(jnp.sum(z * z))
        return z / jnp.where(size > 0, size, 1)

    def conjugate(self):
        return BallConjugate()


class BallConjugate(BareConjugate):
    def value(self, y):
        return self.value_within(y, jnp.asarray(1e-12, y.dtype))

    def value_within(self, y, allowance):
        return jnp.where(jnp.sqrt(jnp.sum(y * y)) <= 1 + allowance, jnp.zeros((), y.dtype), jnp.inf)

    def conjugate(self):
        return Ball()


def test_a_millionth_is_seen_without_a_proximal_step():
    for eta in (1e-2, 1e-4, 1e-6):
        method = LionK(Ball(), eta, 0.1)
        run = simulate(method, F, X0, STEPS, m0=M0)
        own = energy_ledger(method, F, run)
        assert (np.abs(own.residual) <= own.rounding_bound).all()
        other = energy_ledger(dataclasses.replace(method, beta1=0.9 * (1 + 1e-6)), F, run)
        assert (np.abs(other.residual) > other.rounding_bound).any(), eta


@pytest.mark.parametrize("K", [L1Norm(), L2Norm(), LinfNorm(), Huber(0.5)], ids=repr)
def test_no_step_is_wrong_at_right_angles_to_the_sum(K):
    """A direction that is off by e with ⟨e, ηa(m̃−z) + c(m⁺−m)⟩ = 0 leaves the sum as it is."""
    eta, lam, beta1, beta2 = 0.01, 0.5, 0.9, 0.99
    method = LionK(K, eta, lam, beta1, beta2)
    c = eta * beta1 / (eta * lam * (1 - beta1) + (1 - eta * lam) * (1 - beta2))
    for size in (1e-6, 0.3):
        x, m = X0 / 4, np.full(3, 0.1)
        xs, ms = [x], [m]
        for _ in range(STEPS):
            g = F.gradient(x)
            m_tilde, m_next = beta1 * m - (1 - beta1) * g, beta2 * m - (1 - beta2) * g
            z = np.asarray(K.conjugate().subgradient(lam * x))  # that of x⁺ but for O(η)
            e = np.cross(eta * (1 + c * lam) * (m_tilde - z) + c * (m_next - m), [1.0, 0.3, -0.7])
            x = x + eta * (np.asarray(K.subgradient(m_tilde)) + size * e / np.linalg.norm(e) - lam * x)
            xs.append(x)
            ms.append(m := m_next)
        ledger = energy_ledger(
            method, F, Trajectory(x=np.array(xs), m=np.array(ms), step_sizes=np.full(STEPS + 1, eta))
        )
        assert (np.abs(ledger.residual) > ledger.rounding_bound).all()


def test_at_beta2_one_a_wrong_beta1_and_a_moved_momentum_are_seen():
    method = LionK(L2Norm(), 1e-3, 1.0, 0.9, 1.0)
    run = simulate(method, F, X0 / 4, STEPS, m0=3 * M0)
    own = energy_ledger(method, F, run)
    assert (np.abs(own.residual) <= own.rounding_bound).all()
    other = energy_ledger(dataclasses.replace(method, beta1=0.9 * (1 + 1e-6)), F, run)
    assert (np.abs(other.residual) > other.rounding_bound).all()
    m = run.m.copy()
    m[1:] *= 1 + 1e-12
    moved = energy_ledger(method, F, dataclasses.replace(run, m=m))
    assert abs(moved.residual[0]) > moved.rounding_bound[0]


def test_a_run_that_leaves_the_domain_of_k_has_no_ledger():
    for beta1, name in ((0.9, "m"), (0.1, "m̃")):
        K = Truncated(LogCosh(1.0), 2.0)
        run = simulate(LionK(K, 0.01, 0.5, beta1, 0.99), F, X0 / 4, STEPS, m0=[2.5, 0, 0] if name == "m" else None)
        with pytest.raises(ValueError, match=f"^{name} leaves dom K at step 0, where K is infinite"):
            energy_ledger(LionK(K, 0.01, 0.5, beta1, 0.99), F, run)


class OtherConjugate(Huber):
    """Huber's K with the conjugate of another threshold."""

    share: float = 1e-6

    def conjugate(self):
        return Huber(self.threshold * (1 + self.share)).conjugate()


class ShortSubgradient(Huber):
    """Huber's K with a subgradient that is too short."""

    share: float = 1e-6

    def selection(self, z):
        return super().selection(z) * (1 - self.share)


@pytest.mark.parametrize("threshold", [0.05, 5.0])
@pytest.mark.parametrize("kind", [OtherConjugate, ShortSubgradient])
def test_a_pair_of_k_that_does_not_belong_together_is_seen(kind, threshold):
    """The sum closes for a wrong K* or subgradient, and its signs need not break where the error is one way."""
    for share in (1e-6, -1e-6) if kind is OtherConjugate else (1e-3, -1e-3):
        method = LionK(kind(threshold, share=share), 0.01, 0.5)
        ledger = energy_ledger(method, F, simulate(method, F, X0 / 4, STEPS, m0=M0))
        terms = (ledger.alignment, ledger.enhancement, ledger.conjugate_remainder, ledger.momentum_remainder)
        has_lost_a_sign = any((term > ledger.sign_allowance).any() for term in terms)
        assert (np.abs(ledger.residual) > ledger.rounding_bound).any() or has_lost_a_sign, share


@pytest.mark.parametrize("claimed", [0.99 * (1 - 1e-6), 0.9, 0.0])
def test_in_a_corner_of_the_box_another_beta2_is_seen(claimed):
    """x rests there, u = λx, and the sum depends on no momentum at all."""
    far = Quadratic(np.diag([1.0, 3.0, 10.0]), [30.0, -20.0, 10.0])
    method = LionK(L1Norm(), 0.125, 1.0, 0.9, 0.99)
    run = simulate(method, far, [1.0, -1.0, 1.0], STEPS, m0=[1.0, -1.0, 1.0])
    own = energy_ledger(method, far, run)
    assert (np.abs(own.residual) <= own.rounding_bound).all()
    other = energy_ledger(dataclasses.replace(method, beta2=claimed), far, run)
    assert (np.abs(other.residual) > other.rounding_bound).any()


@pytest.mark.parametrize("K", [Huber(0.5), SquaredL2(1.0)], ids=repr)
def test_what_underflows_is_in_the_bound(K):
    f = Quadratic(np.diag([1e-19, 3e-19, 1e-18]), [0.5, -2.0, 0.1])
    method = LionK(K, 0.01, 0.5)
    ledger = energy_ledger(method, f, simulate(method, f, np.array([0.2, 0.1, -0.3], np.float32), STEPS))
    assert (np.abs(ledger.residual) <= ledger.rounding_bound).all()
    # Far below them x and m come to rest at 0.
    method, f = LionK(K, 0.1, 0.5), Quadratic(np.eye(3), [0.0, 0.0, 0.0])
    ledger = energy_ledger(method, f, simulate(method, f, np.array([0.2, 0.1, -0.3], np.float32), 3000))
    assert ledger.lyapunov[-1] == 0
    assert (np.abs(ledger.residual) <= ledger.rounding_bound).all()


def test_a_formula_that_cancels_near_zero_belongs_to_its_conjugate():
    K = CustomFunction(lambda z: jnp.sum(jnp.logaddexp(z, -z) - jnp.log(2.0)), is_smooth=True, is_separable=True)
    f = Quadratic(np.diag([1.0, 3.0, 10.0]), [0.2, -0.3, 0.1])
    method = LionK(K, 0.01, 0.5)
    for dtype in (np.float64, np.float32):
        run = simulate(method, f, np.array([0.2, -0.3, 0.1001], dtype), 30, m0=np.full(3, 1e-5, dtype))
        ledger = energy_ledger(method, f, run)
        assert (np.abs(ledger.residual) <= ledger.rounding_bound).all()
