"""The rate claims hold, and both sides of the annealing theorem are those of a plain loop."""

import numpy as np
import pytest

from lionlab.convex import GroupL2Norm, L1Norm, LpNorm, NuclearNorm, SquaredL2, TopKL1
from lionlab.dynamics import LionK
from lionlab.theorems import Run, verify
from lionlab.theorems._courses import Course, squared_radius
from lionlab.theorems.rates import CLAIMS as WITHOUT_NOISE
from lionlab.theorems.rates import annealing_bound, annealing_courses, deterministic_courses, weighted_sum
from lionlab.theorems.stochastic_rate import CLAIMS as WITH_NOISE
from lionlab.theorems.stochastic_rate import THEOREM, Terms, cases, limits, measure, rest

CLAIMS = WITHOUT_NOISE + WITH_NOISE


def test_both_sides_of_the_annealing_theorem_in_a_plain_loop():
    course = annealing_courses(Run(is_quick=True))[2]
    f, k, x, m = course.objective, course.method, course.x0, course.m0
    slope = lambda x: f.matrix @ (x - f.center) + f.height * np.sin(x)  # noqa: E731
    value = lambda x: (x - f.center) @ f.matrix @ (x - f.center) / 2 + f.height * np.sum(1 - np.cos(x))  # noqa: E731
    n0, start, left, squares = np.linalg.norm(m + slope(x)), value(x), 0.0, 0.0
    for t in range(course.num_steps):
        eta, g = 0.1 / np.sqrt(t + 1), slope(x)
        left += eta * (np.abs(g).sum() + k.weight_decay * x @ g)
        squares += eta**2
        x, m = (
            x + eta * (np.sign(k.beta1 * m - (1 - k.beta1) * g) - k.weight_decay * x),
            k.beta2 * m - (1 - k.beta2) * g,
        )
    patience, D, L = 1 / (1 - k.beta2), 4.0, np.linalg.norm(f.matrix, 2) + 1.0
    right = start - value(x) + 2 * np.sqrt(D) * k.beta1 * 0.1 * n0 * patience
    right += (2 + 4 * k.beta1 * patience) * L * D * squares
    np.testing.assert_allclose(weighted_sum(course), left, rtol=1e-9)
    np.testing.assert_allclose(annealing_bound(course), right, rtol=1e-9)
    assert left <= right


def test_hypotheses_are_named_in_words():
    from dataclasses import replace

    rates = {claim.id: claim for claim in CLAIMS}
    course = deterministic_courses(Run(is_quick=True))[0]
    outside = replace(course, x0=course.x0 + 10)
    swapped = replace(course, method=LionK(course.method.K, 0.02, 0.5, 0.99, 0.9))
    reasons = [h.failure(c) for h in rates["deterministic-rate"].hypotheses for c in (outside, swapped)]
    assert any(reason and "outside dom K*" in reason for reason in reasons)
    assert any(reason and "β1 = 0.99" in reason for reason in reasons)
    growing = replace(course, method=LionK(course.method.K, lambda t: 0.01 + 0.001 * t, 0.5))
    reasons = [h.failure(growing) for h in rates["annealing-theorem"].hypotheses]
    assert any(reason and "increase" in reason for reason in reasons)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"K": "SquaredL2()"}, "D = sup"),
        ({"weight_decay": 0.0}, "λ is 0"),
        ({"x0": [9.0, 9.0]}, "outside dom K*"),
        ({"beta2": 1.0}, "β1 or β2 is 1"),
        ({"objective": "rosenbrock"}, "no smoothness constant"),
    ],
)
@pytest.mark.parametrize("claim", [claim.id for claim in CLAIMS])
def test_a_users_own_run_outside_the_hypotheses_is_not_applicable(claim, parameters, words):
    evidence = verify(claim, is_quick=True, **parameters)
    assert evidence.verdict == "NOT_APPLICABLE"
    assert words in evidence.reason


@pytest.mark.parametrize("claim", [claim.id for claim in CLAIMS])
def test_a_users_own_run_holds(claim):
    assert verify(claim, is_quick=True, K="L2Norm()", weight_decay=1.0).verdict == "CONSISTENT"


@pytest.mark.parametrize(
    ("K", "shape"),
    [(L1Norm(), (5,)), (TopKL1(2), (5,)), (LpNorm(1.5), (5,)), (LpNorm(4.0), (5,)), (NuclearNorm(), (4, 3)),
     (GroupL2Norm([[0, 3], [1], [2, 4]]), (5,))],
)  # fmt: skip
def test_squared_radius_is_attained_and_not_exceeded(K, shape):
    rng, longest = np.random.default_rng(0), 0.0
    for z in (np.ones(shape), np.eye(*shape) if len(shape) == 2 else np.eye(*shape)[0], *rng.normal(size=(50, *shape))):
        longest = max(longest, float(np.sum(np.asarray(K.subgradient(z)) ** 2)))
    np.testing.assert_allclose(longest, squared_radius(K, shape), rtol=1e-12)


def test_squared_radius_of_an_unbounded_domain_is_not_given():
    assert squared_radius(SquaredL2(), (3,)) is None


def test_the_stochastic_bound_in_plain_numbers_and_its_limits():
    k = cases(Run(is_quick=True))[1]
    assert isinstance(k, Course)
    L, D, eta, sigma, T = 1.0, 4.0, 1e-4, 4.0, 1000
    assert k.method.beta1 == k.method.beta2 == 0.0
    np.testing.assert_allclose(rest(k, THEOREM), 2 * L * eta * D + 2 * np.sqrt(D) * sigma, rtol=1e-12)
    lower, upper = limits(k, THEOREM)
    S, F = k.observed[1], k.observed[2]
    values = [np.mean(S[:-1, seed]) - (F[0, seed] - F[-1, seed]) / (eta * T) for seed in range(16)]
    # 3.733 is the 0.999 quantile of Student's t with 15 degrees of freedom.
    np.testing.assert_allclose(upper - lower, 2 * 3.7328 * np.std(values, ddof=1) / 4, rtol=1e-4)
    np.testing.assert_allclose((upper + lower) / 2, np.mean(values), rtol=1e-12)


def test_a_bound_between_the_limits_is_not_decided():
    k = cases(Run(is_quick=True))[1]
    lower, upper = limits(k, THEOREM)
    factor = ((lower + upper) / 2 - 2 * 1e-4 * 4.0) / (2 * 2.0 * 4.0)
    found = measure([k], Run(), Terms(fresh=factor))
    assert np.isnan(found.measured)
    assert not found.holds
    assert not found.is_violation
