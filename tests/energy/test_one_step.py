"""One row of the discrete ledger and one value of H against the formulas in NumPy: no program is compiled.

A row takes every quantity as an argument, so it can be asked about steps that no run would make.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from reference import PLAIN, reference_c, reference_ledger, reference_lyapunov

from lionlab.convex import DeadzoneL1, Huber, L1Norm, LogCosh
from lionlab.dynamics import Constants
from lionlab.energy._directions import Directions
from lionlab.energy._function import conjugate_value, lyapunov_from_values
from lionlab.energy._ledger import Entry, ledger_entry
from lionlab.energy._step_rounding import Node, step_rounding
from lionlab.precision import double_precision

U = np.finfo(float).eps / 2
# A hundred operations on numbers below 100.
CLOSE = 1e4 * U
ETA, BETA1, BETA2 = 0.05, 0.8, 0.95
MATRIX, CENTER = np.array([[2.0, 0.3], [0.3, 1.0]]), np.array([0.7, -1.9])
KINDS = {"huber": Huber(0.4), "log_cosh": LogCosh(2.0), "deadzone": DeadzoneL1(0.5)}
TERMS = ("alignment", "enhancement", "loss_remainder", "conjugate_remainder", "momentum_remainder")


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


def numbers(weight_decay, eta=ETA, beta1=BETA1, beta2=BETA2):
    return traced(Constants(eta, weight_decay, beta1, beta2))


def row(K, constants, decay, before, after, g, u, w, spread=None, missed=(0.0, 0.0, 0.0)) -> Entry:
    directions = Directions(
        *traced((u, w)), None if spread is None else jnp.asarray(spread), *traced(missed), jnp.asarray(False)
    )
    found = ledger_entry(K, constants, decay, *traced((before, after)), jnp.asarray(g), directions)
    return Entry(*map(float, found))


@pytest.mark.parametrize("weight_decay", [0.4, 0.0])
@pytest.mark.parametrize("decay", ["explicit", "implicit"])
@pytest.mark.parametrize("name", KINDS)
def test_a_row_is_the_theorem(name, decay, weight_decay):
    plain, rng = PLAIN[name], np.random.default_rng(3)
    for _ in range(3):
        x, m = rng.uniform(-1.5, 1.5, 2), rng.normal(size=2)
        g = gradient(x)
        u = plain.subgradient(BETA1 * m - (1 - BETA1) * g)
        explicit = x + ETA * (u - weight_decay * x)
        x_next = explicit if decay == "explicit" else (x + ETA * u) / (1 + ETA * weight_decay)
        m_next = BETA2 * m - (1 - BETA2) * g

        def node(x, m):
            y = weight_decay * x
            return Node(x, m, f(x), plain.value(m), plain.conjugate(y), plain.conjugate_subgradient(y))

        spread = np.zeros(2) if KINDS[name].is_smooth else None
        found = row(
            KINDS[name], numbers(weight_decay), decay, node(x, m), node(x_next, m_next), g,
            u, plain.subgradient(m_next), spread,
        )  # fmt: skip
        settings = (ETA, weight_decay, BETA1, BETA2, decay)
        wanted = reference_ledger(plain, f, gradient, x, m, x_next, m_next, *settings)
        for term in TERMS:
            assert abs(getattr(found, term) - wanted[term]) <= CLOSE, term
        H, H_next = (reference_lyapunov(plain, f, *point, *settings) for point in ((x, m), (x_next, m_next)))
        assert abs(found.change - (H_next - H)) <= CLOSE
        assert abs(found.residual) <= found.rounding_bound <= CLOSE
        assert found.rounding_bound <= found.sign_allowance
        assert found.ball_norm == pytest.approx(np.abs(BETA1 * m - (1 - BETA1) * g).max(), rel=8 * U)


DIRECTIONS = (np.array([0.3]), np.array([-0.7]))


def test_with_equal_betas_the_second_term_is_exactly_zero():
    """Whatever element of ∂K(m⁺) is at hand: m̃⁺ = m⁺ there."""
    node = Node(np.ones(1), np.ones(1), 1.0, 1.0, 0.0, np.zeros(1))
    assert row(L1Norm(), numbers(0.5, beta2=BETA1), "explicit", node, node, np.ones(1), *DIRECTIONS).enhancement == 0
    moved = node._replace(m=np.zeros(1))
    assert row(L1Norm(), numbers(0.5), "explicit", node, moved, np.ones(1), *DIRECTIONS).enhancement != 0


# Everything a row is made of, in one dimension; each case has two that are not 0, and the product they enter H by.
C = reference_c(ETA, 0.4, BETA1, BETA2, "explicit")
A = 1 + 0.4 * C
ALONE = {
    ("f",): 1.0, ("f⁺",): 1.0, ("K",): C, ("K⁺",): C, ("K*",): 1 / 0.4 + C, ("K*⁺",): 1 / 0.4 + C,
    ("x", "m"): 0.4 * C, ("x⁺", "m⁺"): 0.4 * C, ("u", "m"): C, ("u", "m⁺"): C, ("w", "m"): C, ("w", "m⁺"): C,
    ("g", "x"): 1.0, ("g", "x⁺"): 1.0, ("z⁺", "x"): A, ("z⁺", "x⁺"): A, ("u", "z⁺"): A * ETA, ("u", "g"): A * ETA * 0.2,
}  # fmt: skip


@pytest.mark.parametrize("size", [1.0, 1e6])
@pytest.mark.parametrize("alone", ALONE, ids="·".join)
def test_what_is_rounded_is_counted(alone, size):
    """A sum that holds a product of magnitude p was rounded by as much as 4up; and by less than 1000 times that."""
    has = {name: np.full(1, size) for name in alone}
    zero = np.zeros(1)
    scalar = {name: float(value[0]) for name, value in has.items()}

    def node(mark):
        x, m, z = (has.get(name + mark, zero) for name in ("x", "m", "z"))
        return Node(x, m, *(scalar.get(name + mark, 0.0) for name in ("f", "K", "K*")), z)

    rest = (has.get("g", zero), has.get("u", zero), has.get("w", zero))
    found = row(L1Norm(), numbers(0.4), "explicit", node(""), node("⁺"), *rest)
    largest = size ** len(alone)
    assert 4 * U * ALONE[alone] * largest <= found.rounding_bound <= 4000 * U * largest


@pytest.mark.parametrize("decay", ["explicit", "implicit"])
def test_a_stored_step_is_known_to_four_roundings(decay):
    rng = np.random.default_rng(0)
    x, x_next, m, g = rng.normal(size=(4, 3))
    empty = (0.0, 0.0, 0.0, np.zeros(3))
    spread = np.array([0.0, 1.0, 2.0])
    before, after = traced((Node(x, m, *empty), Node(x_next, m, *empty)))
    found = step_rounding(numbers(0.4), decay, before, after, jnp.asarray(g), jnp.asarray(spread))
    growth = 1 + ETA * 0.4 if decay == "explicit" else (1 + ETA * 0.4) ** 2
    wanted = 8 * U * growth * (np.abs(x) + np.abs(x_next))
    np.testing.assert_allclose(found.x, wanted + ETA * spread, rtol=1e-14)
    np.testing.assert_allclose(found.m, 4 * U * (BETA2 * np.abs(m) + (1 - BETA2) * np.abs(g)), rtol=1e-14)
    np.testing.assert_allclose(found.m_tilde, 4 * U * (BETA1 * np.abs(m) + (1 - BETA1) * np.abs(g)), rtol=1e-14)
    without = step_rounding(numbers(0.4), decay, before, after, jnp.asarray(g), None)
    np.testing.assert_allclose(without.x, wanted, rtol=1e-14)


@pytest.mark.parametrize("decay", ["explicit", "implicit"])
@pytest.mark.parametrize("weight_decay", [0.4, 0.0])
def test_H_is_made_of_its_values(weight_decay, decay):
    c = reference_c(ETA, weight_decay, BETA1, BETA2, decay)
    found = lyapunov_from_values(numbers(weight_decay), decay, *traced((3.0, 0.7, 1.1, 0.2)))
    penalty = (1 / weight_decay + c) * 0.7 if weight_decay else 0.0
    assert abs(float(found) - (3.0 + penalty + c * (1.1 - 0.2))) <= CLOSE
    outside = lyapunov_from_values(numbers(weight_decay), decay, *traced((3.0, np.inf, 1.1, 0.2)))
    assert np.isinf(outside) == (weight_decay > 0)


@pytest.mark.parametrize(("excess", "is_inside"), [(0.0, True), (0.5, True), (2.0, False)])
def test_inside_is_what_a_run_settles_at(excess, is_inside):
    """A run of contraction ηλ = 1e-4 settles up to 3u/(ηλ) outside, in units of ‖λx‖."""
    y = np.array([1.0, 0.0]) * (1 + excess * 3 * U / 1e-4)
    found = conjugate_value(L1Norm(), numbers(0.1, eta=1e-3), jnp.asarray(y), None)
    assert float(found) == (0.0 if is_inside else np.inf)
    truncated = conjugate_value(L1Norm(), numbers(0.1), jnp.asarray([3.0, -1.5]), jnp.asarray(2.0))
    assert float(truncated) == 2 * (2 + 0.5)
