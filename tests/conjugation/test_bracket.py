"""The bracket of K*(y) holds K*(y), is narrow, and says +inf exactly where that is certified: against closed forms."""

import dataclasses
import math

import numpy as np
import pytest
from conjugation.numpy_functions import KNOWN, D, l1, log_cosh, oracle_from, singular

from lionlab.conjugation import Bracket, ConvexOracle, bracket_conjugate, locate_in_domain, proximal_point

WIDEST = 1e-6  # of K*(y), for every K at d = 20
ROUNDING = 1e-10  # the same where K*(y) is 0, for the K here are of order 1


def faults(found: Bracket, exact: float) -> list[str]:
    """What is wrong with a bracket, in words: this is the check that the planted wrongs below must not pass."""
    wrong = []
    if not found.contains(exact):
        wrong.append(f"[{found.lower}, {found.upper}] misses {exact}")
    if found.status == "INFINITE" and math.isfinite(exact):
        wrong.append("a finite K* is called infinite")
    if found.status == "FINITE" and not found.width <= WIDEST * abs(exact) + ROUNDING:
        wrong.append(f"the bracket is {found.relative_width:.1e} wide")
    if found.status in ("BOUNDARY", "INCONCLUSIVE"):
        wrong.append(found.status)
    return wrong


def boundary_point(name: str, seed: int = 0) -> np.ndarray:
    y = np.random.default_rng(seed).standard_normal(D)
    size = KNOWN[name].gauge(y)
    return y / size if size > 0 else y


@pytest.mark.parametrize("factor", [0.0, 0.5, 0.999])
@pytest.mark.parametrize("name", KNOWN)
def test_inside_it_is_narrow_and_holds_the_closed_form(name: str, factor: float):
    y = factor * boundary_point(name)
    assert faults(bracket_conjugate(KNOWN[name].oracle(), y), KNOWN[name].conjugate(y)) == []


BOUNDED = [name for name, known in KNOWN.items() if known.is_homogeneous or known.recession is not None]


@pytest.mark.parametrize("factor", [1.001, 3.0])
@pytest.mark.parametrize("name", BOUNDED)
def test_outside_it_is_certified_infinite(name: str, factor: float):
    y = factor * boundary_point(name)
    found = bracket_conjugate(KNOWN[name].oracle(), y)
    assert found.status == "INFINITE"
    assert faults(found, math.inf) == []
    known = KNOWN[name]
    r = known.value(found.maximiser) if known.recession is None else known.recession(found.maximiser)
    assert found.maximiser @ y > r  # the certificate, checked by hand


@pytest.mark.parametrize("name", ["l1", "linf", "top 3", "dead zone", "huber"])
def test_on_the_boundary_it_promises_nothing(name: str):
    found = bracket_conjugate(KNOWN[name].oracle(), boundary_point(name))
    assert found.status in ("BOUNDARY", "FINITE")
    assert found.contains(KNOWN[name].inside(boundary_point(name)))
    assert found.distance <= 1e-6


@pytest.mark.parametrize("name", ["l1", "dead zone", "huber", "log cosh"])
def test_without_a_declaration_nothing_is_infinite(name: str):
    """However fast ⟨y, z⟩ − K(z) grew, a black box may grow faster later on."""
    known = KNOWN[name]._replace(is_homogeneous=False, recession=None)
    y = 1.5 * boundary_point(name)
    found = bracket_conjugate(known.oracle(), y, most_evaluations=400)
    assert found.status == "INCONCLUSIVE"
    assert found.upper == math.inf > found.lower
    assert found.growth > 1
    assert found.searched > 1
    assert "recession" in found.reason


@pytest.mark.parametrize("name", ["log cosh", "pseudo huber", "huber", "square"])
def test_smooth_in_a_hundred_dimensions(name: str):
    known = KNOWN[name]
    y = 0.999 * known.subgradient(np.random.default_rng(1).standard_normal(100))
    found = bracket_conjugate(known.oracle(100), y)
    assert faults(found, known.conjugate(y)) == []
    assert found.relative_width <= 1e-8


def test_brute_force_in_one_and_two_dimensions():
    """No closed form at all: K(z) = log cosh(z₁ + z₂) + |z₁| + z₂²."""

    def value(z):
        return log_cosh(z.sum(keepdims=True)) + abs(z[0]) + z[1] ** 2

    def subgradient(z):
        slope = math.tanh(z.sum())
        return np.array([slope + np.sign(z[0]), slope + 2 * z[1]])

    axis = np.linspace(-6, 6, 1201)
    one, two = np.meshgrid(axis, axis)
    total = np.abs(one + two)
    table = total + np.log1p(np.exp(-2 * total)) - np.log(2) + np.abs(one) + two**2
    for y in ([0.3, 0.2], [1.2, -0.5], [-1.5, 2.0], [0.0, 0.0]):
        found = bracket_conjugate(oracle_from(value, subgradient, 2), np.array(y))
        best = float(np.max(y[0] * one + y[1] * two - table))
        # The grid's maximum is below K* by at most its spacing 0.01 squared times the curvature, or to first order
        # across a kink that is on the grid.
        assert found.status == "FINITE"
        assert best <= found.upper
        assert found.lower <= best + 2e-4


def test_a_support_function_against_clarabel():
    """K = ‖·‖₁ + nuclear norm: y ∈ dom K* exactly if y is a sum of points of the two dual balls."""
    import cvxpy

    def value(z):
        return l1(z) + float(singular(z).sum())

    def subgradient(z):
        return np.sign(z) + KNOWN["nuclear"].subgradient(z)

    y = np.random.default_rng(3).standard_normal((4, 5))
    part = cvxpy.Variable((4, 5))
    radius = cvxpy.Variable()
    problem = cvxpy.Problem(
        cvxpy.Minimize(radius), [cvxpy.norm(part, 2) <= radius, cvxpy.max(cvxpy.abs(y - part)) <= radius]
    )
    size = float(problem.solve(solver="CLARABEL"))
    oracle = oracle_from(value, subgradient, 20, is_homogeneous=True)
    assert bracket_conjugate(oracle, y.ravel() / (size * 1.001)).status == "FINITE"
    assert bracket_conjugate(oracle, y.ravel() / (size * 0.999)).status == "INFINITE"


def planted(name: str, wrong: str) -> ConvexOracle:
    known = KNOWN[name]
    changes = {
        "a subgradient 1% too long": {"subgradient": lambda z: 1.01 * known.subgradient(z)},
        "a subgradient of the wrong sign": {"subgradient": lambda z: -known.subgradient(z)},
        "a value 1% too small": {"value": lambda z: 0.99 * known.value(z)},
        "a recession function 1% too small": {"recession": lambda z: 0.99 * l1(z)},
    }
    return known._replace(**changes[wrong]).oracle()


@pytest.mark.parametrize(
    ("name", "wrong", "factor"),
    [
        ("log cosh", "a subgradient 1% too long", 0.5),
        ("dead zone", "a subgradient of the wrong sign", 0.5),
        ("square", "a value 1% too small", 0.5),
        ("l2 and a square", "a subgradient 1% too long", 0.5),
        ("l1", "a subgradient 1% too long", 1.005),
        ("l1", "a value 1% too small", 0.995),
        ("dead zone", "a recession function 1% too small", 0.995),
    ],
)
def test_a_wrong_function_is_caught(name: str, wrong: str, factor: float):
    y = factor * boundary_point(name)
    assert faults(bracket_conjugate(planted(name, wrong), y), KNOWN[name].conjugate(y)) != []


@pytest.mark.parametrize("name", ["log cosh", "dead zone", "l2 and a square", "square"])
def test_a_bracket_that_is_scaled_is_caught(name: str):
    y = 0.5 * boundary_point(name)
    found = bracket_conjugate(KNOWN[name].oracle(), y)
    scaled = dataclasses.replace(found, lower=0.99 * found.lower, upper=0.99 * found.upper)
    assert faults(scaled, KNOWN[name].conjugate(y)) != []


def test_a_missing_infinity_is_caught():
    finite = Bracket(0.0, 0.0, "FINITE", np.zeros(D), 0.0, 0.0, 1.0, 1)
    assert faults(finite, KNOWN["l1"].conjugate(1.001 * boundary_point("l1"))) != []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"status": "SURE"}, "status must be one of"),
        ({"lower": 2.0}, "lower must be at most upper"),
        ({"upper": math.inf}, "cannot be FINITE"),
        ({"lower": math.nan}, "lower must be at most upper"),
        ({"lower": math.inf, "upper": math.inf}, "cannot be FINITE"),
    ],
)
def test_a_bracket_that_contradicts_itself_is_refused(change: dict, message: str):
    sound = Bracket(0.0, 1.0, "FINITE", np.zeros(1), 0.0, 0.0, 1.0, 1)
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(sound, **change)


@pytest.mark.parametrize("y", [np.full(D, np.nan), np.full(D, np.inf), np.zeros(3)])
def test_a_point_that_is_none_is_refused(y: np.ndarray):
    with pytest.raises(ValueError, match="y must"):
        bracket_conjugate(KNOWN["l1"].oracle(), y)


def test_an_evaluation_error_that_means_nothing_is_refused():
    with pytest.raises(ValueError, match="evaluation_error must be in"):
        dataclasses.replace(KNOWN["l1"].oracle(), evaluation_error=0.5)


def test_a_larger_evaluation_error_widens_the_bracket():
    y = 0.5 * boundary_point("log cosh")
    exact = KNOWN["log cosh"].conjugate(y)
    sharp = KNOWN["log cosh"].oracle()
    blunt = dataclasses.replace(sharp, evaluation_error=1e-8)
    narrow, wide = bracket_conjugate(sharp, y), bracket_conjugate(blunt, y)
    assert wide.width > 1e3 * narrow.width
    assert wide.contains(exact)


@pytest.mark.parametrize("radius", [1e-5, 2.0, 1e6])
def test_a_function_that_ends_is_refused(radius: float):
    def truncated(points: np.ndarray):
        values = np.abs(points).sum(axis=1)
        return np.where(np.abs(points).max(axis=1) <= radius, values, math.inf), np.sign(points)

    oracle = ConvexOracle(truncated, 3)
    for call in (bracket_conjugate, lambda oracle, y: proximal_point(oracle, y, 0.5), locate_in_domain):
        with pytest.raises(ValueError, match=r"K is not finite beyond ‖z‖ = .* finite everywhere"):
            call(oracle, np.array([1.5, 0.2, 0.0]))


def test_a_function_that_overflows_is_not():
    def cosh(points: np.ndarray):
        with np.errstate(over="ignore"):
            return np.sum(np.cosh(points) - 1, axis=1), np.sinh(points)

    y = np.array([1.0, -2.0, 0.3])
    found = bracket_conjugate(ConvexOracle(cosh, 3, is_smooth=True), y)
    assert found.contains(np.sum(y * np.arcsinh(y) - np.sqrt(1 + y * y) + 1))
    assert found.relative_width < 1e-8
