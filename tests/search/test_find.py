"""The search finds what is known, its certificates cannot be bent, and a semidefinite program agrees with it."""

import random
from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from lionlab.proofs.bracket.smooth_loss import interpolations
from lionlab.proofs.bracket.step import Constants, one_step
from lionlab.proofs.gram import Expression, value, vector
from lionlab.search import NO_FORM, Candidate, bracket_interval, find_lyapunov

METHOD = {"step_size": 0.1, "weight_decay": 0.5, "decay": "implicit"}
LION = {**METHOD, "beta1": 0.9, "beta2": 0.99}
FORM_OF_S = ((0, 0, 0), (0, None, None), (0, None, None))


@pytest.mark.parametrize(
    ("beta1", "beta2", "weight_decay", "low", "high"),
    [
        (0.9, 0.99, 0.5, "6", "10"),
        (0.9, 0.9, 0.5, "6/7", "1"),
        (0.2, 0.99, 0.5, "2/5", "40/79"),
        (0.3, 0.5, 2, "3/64", "1/5"),
        (0, 0.5, 0.5, "0", "0"),
    ],
)
def test_the_interval_is_found(beta1, beta2, weight_decay, low, high):
    found = bracket_interval(beta1=beta1, beta2=beta2, step_size=0.1, weight_decay=weight_decay, decay="implicit")
    assert found is not None
    assert (found.low.weight, found.high.weight) == (Fraction(low), Fraction(high))
    assert (low in found, Fraction(high) + Fraction(1, 10**9) in found) == (True, False)
    for end, sign in ((found.low, -1), (found.high, 1)):
        assert end.excess(end.weight) == 0 < end.excess(end.weight + sign * Fraction(1, 10**9))


def test_reversed_betas_have_no_interval():
    assert bracket_interval(beta1=0.92, beta2=0.9, step_size=0.1, weight_decay=0.5) is None


def test_explicit_decay_is_implicit_decay_with_another_step():
    explicit = bracket_interval(beta1=0.9, beta2=0.99, step_size=0.1, weight_decay=0.5)
    implicit = bracket_interval(beta1=0.9, beta2=0.99, step_size="2/19", weight_decay=0.5, decay="implicit")
    assert explicit is not None
    assert implicit is not None
    assert explicit.low.weight == implicit.low.weight
    assert explicit.high.weight == implicit.high.weight


def test_any_pair_of_betas_has_a_function():
    for beta1, beta2 in product(map(Fraction, ("0", "1/5", "1/2", "23/25", "19/20")), repeat=2):
        found = find_lyapunov(Candidate(), **METHOD, beta1=beta1, beta2=beta2, smoothness=3)
        least = Fraction(1, 2) if beta1 <= beta2 else Fraction(1, 2) + beta1 / (1 - beta2)
        assert (found.word, found.rise) == ("found", 3 * least)
        assert found.certificate is not None
        assert found.certificate.is_valid()
        assert found.worst_step is not None
        assert found.worst_step.excess(found.weights, found.rise) == 0
        if beta1 > beta2:
            weights = found.weights
            assert found.brackets == (0, 0)
            assert (weights.conjugate, weights.momentum, weights.square) == (2, 0, beta1 / 6)


def test_a_bent_certificate_is_no_certificate():
    certificate = find_lyapunov(Candidate(), **METHOD, beta1=0.92, beta2=0.9).certificate
    assert certificate is not None
    assert certificate.is_valid()
    little = 1 + Fraction(1, 10**12)
    bent = [
        replace(certificate, rise=certificate.rise / little),
        replace(certificate, balance=certificate.balance * little),
        replace(certificate, weights=replace(certificate.weights, square=certificate.weights.square * little)),
        replace(certificate, weights=replace(certificate.weights, conjugate=certificate.weights.conjugate * little)),
        replace(certificate, method=certificate.method._replace(beta1=certificate.method.beta1 * little)),
    ]
    bent += [
        replace(certificate, remainders={**certificate.remainders, pair: weight * little})
        for pair, weight in certificate.remainders.items()
    ]
    assert not any(one.is_valid() for one in bent)


def test_a_form_with_wrong_weights_cannot_rest():
    for candidate in (
        Candidate(momentum=6, product=5),
        Candidate(conjugate=8, momentum=7),
        Candidate(quadratic=((0, 0, 0), (0, 1, None), (0, None, 2))),
        Candidate(quadratic=((1, 0, None), (0, None, None), (None, None, None))),
    ):
        found = find_lyapunov(candidate, **LION)
        assert found.word == "infeasible"
        assert found.restless is not None
        assert found.restless.total != 0
        rng = random.Random(0)
        for _ in range(3):
            chosen = {name: rng.randint(-9, 9) if w is None else w for name, w in candidate.known().items()}
            assert found.restless.is_valid({name: Fraction(weight) for name, weight in chosen.items()})


@pytest.mark.parametrize(("bracket", "word"), [(5.9, "infeasible"), (6, "found"), (10, "found"), (10.1, "infeasible")])
def test_without_a_square_the_bracket_must_lie_in_the_interval(bracket, word):
    found = find_lyapunov(Candidate(momentum=bracket, quadratic=NO_FORM), **LION)
    assert found.word == word
    if word == "infeasible":
        k = Fraction(str(bracket))
        assert found.worst_step is not None
        weights = replace(find_lyapunov(Candidate(momentum=6), **LION).weights, conjugate=k + 2, momentum=k, product=k)
        assert found.worst_step.excess(weights, 999) > 0


def test_a_rise_that_is_asked_for():
    few, enough = (find_lyapunov(Candidate(), **METHOD, beta1=0.92, beta2=0.9, rise=rise) for rise in (9.69, 9.7))
    assert (few.word, enough.word) == ("infeasible", "found")
    assert few.worst_step is not None
    assert few.worst_step.excess(few.weights, Fraction("9.69")) > 0


@pytest.mark.parametrize(
    ("weights", "constants", "message"),
    [
        ({"momentum": "six"}, {}, "momentum must be written as a number"),
        ({"momentum": float("nan")}, {}, "momentum must be finite"),
        ({"product": True}, {}, "product must be a number"),
        ({"quadratic": 3}, {}, "quadratic must be a 3×3 array"),
        ({"quadratic": ((0, 0, 0), (0, 0, 1), (0, 0, 0))}, {}, "quadratic must be symmetric"),
        ({"quadratic": ((0, 1, 0), (1, 0, 0), (0, 0, 0))}, {}, "`product` weighs"),
        ({}, {"beta2": 1}, r"beta2 must be in \[0, 1\)"),
        ({}, {"weight_decay": 0}, "weight_decay must be > 0"),
        ({}, {"decay": "explicit", "step_size": 2}, "explicit decay needs less than 1"),
        ({}, {"decay": "coupled"}, "'explicit' or 'implicit'"),
        ({}, {"rise": "much"}, "rise must be written as a number"),
    ],
)
def test_bad_input_is_refused_in_words(weights, constants, message):
    with pytest.raises((TypeError, ValueError), match=message):
        find_lyapunov(Candidate(**weights), **{**LION, **constants})


def test_numbers_are_taken_as_they_are_written():
    exact = find_lyapunov(Candidate(), **METHOD, beta1="23/25", beta2="9/10").rise
    for beta1, beta2 in ((0.92, 0.9), (np.float64(0.92), np.float32(0.9)), (Fraction(23, 25), np.array(0.9))):
        assert find_lyapunov(Candidate(), **METHOD, beta1=beta1, beta2=beta2).rise == exact == Fraction("9.7")
    with pytest.raises(TypeError, match="candidate must be a Candidate"):
        find_lyapunov(3, **LION)


NAMES = ("a", "s", "z", "z+", "V", "y+", "w", "w+", "d")
VALUES = ("f", "K(m)", "K(m~)", "K(m+)", "K(z)", "K(z+)")


def arrays(one: Expression) -> tuple[np.ndarray, np.ndarray]:
    """The symmetric 9×9 matrix of the inner products, and the coefficients of the values."""
    matrix, values = np.zeros((9, 9)), np.zeros(len(VALUES))
    for key, factor in one.terms.items():
        if isinstance(key, tuple):
            i, j = (NAMES.index(name) for name in key)
            matrix[i, j] += float(factor) / 2
            matrix[j, i] += float(factor) / 2
        else:
            values[VALUES.index(key)] += float(factor)
    return matrix, values


@pytest.mark.filterwarnings("ignore:Solution may be inaccurate")
@pytest.mark.parametrize(("beta1", "beta2", "bracket"), [("0.92", "0.9", None), ("0.5", "0.8", "0.3")])
def test_a_semidefinite_program_agrees(beta1: str, beta2: str, bracket: str | None):
    """The same search as one 9×9 semidefinite program over p, q, r and all multipliers, by an interior-point solver."""
    cvxpy = pytest.importorskip("cvxpy")
    pytest.importorskip("clarabel")
    k = Constants(Fraction(beta1), Fraction(beta2), Fraction(1, 20))
    question, s, V, d = one_step(k), vector("s"), vector("V"), vector("d")
    s_next = k.beta2 * s + d
    bounds = [*question.remainders().values(), *interpolations(s - question.samples["m"].point).values()]
    free = [question.terms["conjugate"], question.terms["momentum"], -question.terms["product"]]
    free.append(s_next @ s_next - s @ s)
    weights, multipliers, rise = cvxpy.Variable(4), cvxpy.Variable(len(bounds), nonneg=True), cvxpy.Variable()
    columns = [(rise, V @ V), (-1, value("f"))]
    columns += [(-weights[i], one) for i, one in enumerate(free)]
    columns += [(-multipliers[i], one) for i, one in enumerate(bounds)]
    parts = [(factor, *arrays(one)) for factor, one in columns]
    slack = sum(factor * matrix for factor, matrix, _ in parts)
    constraints = [slack >> 0, sum(factor * values for factor, _, values in parts) == 0]
    if bracket is not None:
        constraints.append(weights[1] == 10 * float(bracket))  # q in units of η = 0.1
    cvxpy.Problem(cvxpy.Minimize(rise), constraints).solve(solver="CLARABEL")
    found = find_lyapunov(Candidate(momentum=bracket), **METHOD, beta1=beta1, beta2=beta2)
    # The program has no interior, and the solver says that it may be inaccurate; it is off by 1e-6 and less.
    assert rise.value == pytest.approx(float(found.rise), abs=1e-5)
