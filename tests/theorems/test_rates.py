"""The rate claims hold, and both sides of the annealing theorem are those of a plain loop."""

import numpy as np
import pytest

from lionlab.dynamics import LionK
from lionlab.theorems import Run, verify
from lionlab.theorems.rates import CLAIMS, annealing_bound, annealing_courses, deterministic_courses, weighted_sum


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_the_claim_holds_and_every_planted_wrong_is_caught(claim):
    evidence = verify(claim, is_quick=True)
    assert evidence.verdict == "CONSISTENT", evidence
    assert evidence.caught == evidence.planted >= 3


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
