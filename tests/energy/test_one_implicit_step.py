"""H of the flow, its rate of change and one row of the implicit step's ledger against the formulas in NumPy.

Single operations, nothing compiled. The implicit step is made backwards, from where it ends: s is known there.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from reference import PLAIN

from lionlab.convex import Huber, L1Norm, LogCosh
from lionlab.dynamics import FlowConstants, Motion, ProximalStep, State
from lionlab.energy._flow import ConjugateTerm, dissipation, flow_bracket_weight, flow_lyapunov_value
from lionlab.energy._ledger import Entry
from lionlab.energy._proximal_ledger import proximal_entry
from lionlab.precision import double_precision

U = np.finfo(float).eps / 2
# A hundred operations on numbers below 100.
CLOSE = 1e4 * U
MATRIX, CENTER = np.array([[2.0, 0.3], [0.3, 1.0]]), np.array([0.7, -1.9])
KINDS = {"huber": Huber(0.4), "log_cosh": LogCosh(2.0)}


@pytest.fixture(autouse=True)
def _in_double_precision():
    with double_precision():
        yield


def f(x):
    return float((x - CENTER) @ MATRIX @ (x - CENTER)) / 2


def gradient(x):
    return MATRIX @ (x - CENTER)


def traced(tree):
    return jax.tree.map(lambda leaf: jnp.asarray(leaf, jnp.float64), tree)


FLOW = FlowConstants(1.3, 0.7, 0.4, 0.6)


@pytest.mark.parametrize("h", [0.0, 0.25])
def test_H_of_the_flow_is_made_of_its_values(h):
    constants = traced(FLOW)
    c = (1 - 0.4 * 0.7) / (1 + (0.4 + h) * 0.6)
    assert abs(float(flow_bracket_weight(constants, h)) - c) <= 8 * U
    found = flow_lyapunov_value(constants, *traced((3.0, 1.1, 0.9, 0.2)), h)
    assert abs(float(found) - (1.3 * 3.0 + 0.7 / 0.6 * 0.9 + c * (0.9 + 1.1 - 0.2))) <= CLOSE
    free = flow_lyapunov_value(traced(FLOW._replace(weight_decay=0.0)), *traced((3.0, 1.1, np.inf, 0.2)), h)
    assert abs(float(free) - (1.3 * 3.0 + (1 - 0.4 * 0.7) * (1.1 - 0.2))) <= CLOSE


@pytest.mark.parametrize("weight_decay", [0.6, 0.0])
@pytest.mark.parametrize("name", ["huber", "log_cosh"])
def test_what_is_dissipated_is_the_derivative_of_H(name, weight_decay):
    """By the chain rule: ∇ₓH·ẋ + ∇ₘH·ṁ, ∇ₓH = αg + (γ+cλ)z − cλm, ∇ₘH = c(∇K(m) − λx)."""
    plain, rng = PLAIN[name], np.random.default_rng(1)
    alpha, gamma, epsilon, lam = *FLOW[:3], weight_decay
    c = (1 - epsilon * gamma) / (1 + epsilon * lam)
    for _ in range(4):
        x, m, g = rng.uniform(-1, 1, 3), rng.normal(size=3), rng.normal(size=3)
        m_dot = -alpha * g - gamma * m
        m_tilde = m + epsilon * m_dot
        u = plain.subgradient(m_tilde)
        x_dot, z = u - lam * x, plain.conjugate_subgradient(lam * x)
        slope_x = alpha * g + (gamma + c * lam) * z * (lam > 0) - c * lam * m
        rate = slope_x @ x_dot + c * (plain.subgradient(m) - lam * x) @ m_dot
        constants, state, motion = traced(
            (FLOW._replace(weight_decay=lam), State(x, m), Motion(x_dot, m_dot, m_tilde, u))
        )
        found = dissipation(KINDS[name], constants, state, motion, jnp.asarray(z))
        assert abs(float(found.alignment + found.enhancement) + rate) <= CLOSE
        assert min(found) >= -CLOSE
        assert abs(float(found.enhancement) - c * (u - plain.subgradient(m)) @ m_dot) <= CLOSE


def test_at_rest_on_the_boundary_an_infinite_z_dissipates_nothing():
    state, motion = traced((State(np.ones(1), np.ones(1)), Motion(np.zeros(1), np.zeros(1), np.ones(1), np.ones(1))))
    assert float(sum(dissipation(LogCosh(1.0), traced(FLOW), state, motion, jnp.full(1, jnp.inf)))) == 0


def implicit_step(plain, constants, h, x_next, m_next):
    """The step that ends at (x⁺, m⁺), backwards: s is known there, and x and m follow."""
    alpha, gamma, epsilon, lam = constants
    g = gradient(x_next)
    m_tilde = (1 - epsilon * gamma) * m_next - epsilon * alpha * g
    s = plain.subgradient(m_tilde)
    return x_next * (1 + h * lam) - h * s, m_next * (1 + h * gamma) + h * alpha * g, s, g, m_tilde


def proximal_row(K, constants, h, before, after, residual=0.0, tolerance=0.0) -> Entry:
    """`before` and `after` are (x, m, f, K*, z), `after` with (s, g, m̃) besides."""
    (x, m, f0, star, z), (x_next, m_next, f1, star_next, z_next, s, g, m_tilde) = traced((before, after))
    step = ProximalStep(
        State(x_next, m_next), m_tilde, s, g, *map(jnp.asarray, (residual, tolerance, 1.0)), jnp.asarray(1)
    )
    conjugates = (ConjugateTerm(star, z), ConjugateTerm(star_next, z_next))
    found = proximal_entry(K, traced(constants), jnp.asarray(h), State(x, m), step, (f0, f1), conjugates)
    return Entry(*map(float, found))


@pytest.mark.parametrize("h", [0.1, 3.0])
@pytest.mark.parametrize("weight_decay", [0.6, 0.0])
@pytest.mark.parametrize("epsilon", [0.4, 0.0])
@pytest.mark.parametrize("name", ["huber", "log_cosh"])
def test_a_row_of_the_implicit_step(name, epsilon, weight_decay, h):
    plain, rng = PLAIN[name], np.random.default_rng(5)
    constants = FlowConstants(1.3, 0.7, epsilon, weight_decay)
    alpha, gamma, _, lam = constants
    c = (1 - epsilon * gamma) / (1 + (epsilon + h) * lam)

    def H(x, m):
        star = plain.conjugate(lam * x) if lam else 0.0
        penalty = gamma / lam * star if lam else 0.0
        return alpha * f(x) + penalty + c * (star + plain.value(m) - lam * x @ m)

    tried = 0
    while tried < 3:
        x_next, m_next = rng.uniform(-1, 1, 2), rng.normal(size=2)
        x, m, s, g, m_tilde = implicit_step(plain, constants, h, x_next, m_next)
        if lam and np.abs(lam * x).max() >= 1:
            continue
        tried += 1
        w = plain.subgradient(m_next) if epsilon else s
        z = plain.conjugate_subgradient(lam * x_next) if lam else np.zeros(2)
        star, star_next = (plain.conjugate(lam * point) if lam else 0.0 for point in (x, x_next))
        found = proximal_row(
            KINDS[name], constants, h, (x, m, f(x), star, z), (x_next, m_next, f(x_next), star_next, z, s, g, m_tilde)
        )
        size = CLOSE * (1 + abs(H(x, m)) + np.abs(x).max() * np.abs(m).max())
        wanted = {
            "change": H(x_next, m_next) - H(x, m),
            "alignment": -h * (gamma + c * lam) * (s - lam * x_next) @ (m_tilde - z),
            "enhancement": -c * (s - w) @ (m_next - m),
            "loss_remainder": -alpha * (f(x) - f(x_next) - g @ (x - x_next)),
            "conjugate_remainder": -(gamma + c * lam) / lam * (star - star_next - z @ (lam * (x - x_next)))
            if lam
            else 0.0,
            "momentum_remainder": -c * (plain.value(m) - plain.value(m_next) - w @ (m - m_next)),
        }
        for term, value in wanted.items():
            assert abs(getattr(found, term) - value) <= size, term
            assert term == "change" or value <= size
        assert abs(found.residual) <= found.rounding_bound <= size
        assert found.rounding_bound <= found.sign_allowance
        assert found.ball_norm == pytest.approx(np.abs(m_tilde).max(), rel=8 * U)


# Everything a row is made of, in one dimension; each case has two that are not 0, and the product they enter H_h by.
H_STEP = 0.5
C = (1 - 0.4 * 0.7) / (1 + (0.4 + H_STEP) * 0.6)
A = 0.7 + C * 0.6
ALONE = {
    ("f",): 1.3, ("f⁺",): 1.3, ("K*",): 0.7 / 0.6 + C, ("K*⁺",): 0.7 / 0.6 + C, ("m",): C, ("m⁺",): C,
    ("x", "m"): 0.6 * C, ("x⁺", "m⁺"): 0.6 * C, ("s", "m"): C, ("s", "m⁺"): C, ("s", "m̃"): A * H_STEP,
    ("s", "z⁺"): A * H_STEP, ("g", "x"): 1.3, ("g", "x⁺"): 1.3, ("z⁺", "x"): A, ("z⁺", "x⁺"): A,
}  # fmt: skip


@pytest.mark.parametrize("size", [1.0, 1e6])
@pytest.mark.parametrize("alone", ALONE, ids="·".join)
def test_what_is_rounded_is_counted(alone, size):
    """A sum that holds a product of magnitude p was rounded by as much as 4up; and by less than 1000 times that."""
    has = {name: np.full(1, size) for name in alone}
    zero = np.zeros(1)

    def point(mark):
        x, m, z = (has.get(name + mark, zero) for name in ("x", "m", "z"))
        return x, m, *(float(has.get(name + mark, zero)[0]) for name in ("f", "K*")), z

    rest = (has.get(name, zero) for name in ("s", "g", "m̃"))
    found = proximal_row(L1Norm(), FLOW, H_STEP, point(""), (*point("⁺"), *rest))
    largest = size ** len(alone)
    assert 4 * U * ALONE[alone] * largest <= found.rounding_bound <= 4000 * U * largest
    assert found.rounding_bound <= found.sign_allowance


def test_what_misses_the_inclusion_counts_against_the_signs():
    """s ∈ ∂K(m̃⁺ + e): Δ1 may be wrong by ‖e‖‖s − λx⁺‖, whatever of residual and tolerance is the larger."""
    m = np.array([2.0, -1.0])
    before, after = (m, m, 1.0, 0.0, 0 * m), (m, m, 1.0, 0.0, 0 * m, np.sign(m), 0 * m, m)
    exact = proximal_row(L1Norm(), FLOW, H_STEP, before, after).sign_allowance
    off = A * H_STEP * np.linalg.norm(np.sign(m) - 0.6 * m)
    for residual, tolerance in ((1e-3, 0.0), (0.0, 1e-3)):
        found = proximal_row(L1Norm(), FLOW, H_STEP, before, after, residual, tolerance)
        assert off * 1e-3 <= found.sign_allowance - exact <= 10 * off * 1e-3
