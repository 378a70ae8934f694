"""The exact simplex method agrees with HiGHS, certificates cannot be bent, and what refutes can be replayed by hand."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog

from lionlab.proofs.bracket import interval_worst_case
from lionlab.proofs.bracket.ends import Ends
from lionlab.proofs.bracket.linear_program import (
    Infeasible,
    Optimum,
    Program,
    Unbounded,
    is_infeasible,
    is_optimal,
    solve,
)
from lionlab.proofs.bracket.program import Extreme, extreme, is_proof
from lionlab.proofs.bracket.replay import Weights, step_of
from lionlab.proofs.bracket.smooth_loss import is_positive_semidefinite
from lionlab.proofs.bracket.step import Method, bracket_weights, one_step

LION = Method(*map(Fraction, ("9/10", "99/100", "1/10", "1/2", "1")))


def random_program(rng: np.random.Generator) -> Program:
    rows, columns = int(rng.integers(1, 5)), int(rng.integers(2, 8))
    numbers = rng.integers(-3, 4, size=(rows + 1, columns + 1))
    if rng.random() < 0.3:
        numbers[-1] = numbers[0]  # a row twice
    fractions = [[Fraction(int(n), int(rng.integers(1, 4))) for n in row[:-1]] for row in numbers]
    right = tuple(Fraction(int(row[-1])) for row in numbers[1:])
    free = frozenset(int(j) for j in np.flatnonzero(rng.random(columns) < 0.2))
    return Program(tuple(fractions[0]), tuple(map(tuple, fractions[1:])), right, free)


def test_the_exact_simplex_method_agrees_with_highs():
    rng, kinds = np.random.default_rng(0), set()
    for _ in range(150):
        program = random_program(rng)
        answer = solve(program)
        kinds.add(type(answer))
        bounds = [(None, None) if j in program.free else (0, None) for j in range(len(program.objective))]
        A, b = np.array(program.rows, float), np.array(program.right, float)
        c = np.array(program.objective, float)
        other = linprog(c, A_eq=A, b_eq=b, bounds=bounds, method="highs")
        if isinstance(answer, Optimum):
            assert is_optimal(program, answer)
            assert other.status == 0
            assert float(answer.value) == pytest.approx(other.fun, abs=1e-9)
            assert not is_optimal(program, replace(answer, value=answer.value + 1))
            assert not is_optimal(program, replace(answer, x=tuple(x + 1 for x in answer.x)))
        elif isinstance(answer, Infeasible):
            assert is_infeasible(program, answer)
            assert other.status in (2, 4)
            assert not is_infeasible(program, Infeasible((Fraction(0),) * len(program.right)))
        else:
            assert other.status in (3, 4)
            along = np.array(answer.direction, float)
            assert np.allclose(A @ along, 0)
            assert c @ along < 0
            assert all(along[j] >= 0 for j in range(len(along)) if j not in program.free)
    assert kinds == {Optimum, Infeasible, Unbounded}


def test_definiteness_is_that_of_the_eigenvalues():
    rng, seen = np.random.default_rng(1), set()
    for _ in range(60):
        half = rng.integers(-3, 4, size=(3, int(rng.integers(1, 4))))
        matrix = half @ half.T - (rng.random() < 0.5) * np.diag(rng.integers(0, 2, size=3))
        exact = [[Fraction(int(entry)) for entry in row] for row in matrix]
        is_definite = bool(np.linalg.eigvalsh(matrix).min() >= -1e-9)
        seen.add(is_definite)
        assert is_positive_semidefinite(exact) is is_definite
    assert seen == {True, False}


def test_an_end_is_proved_on_one_side_and_refuted_on_the_other():
    question = one_step(LION.constants)
    standing, bracketed = (question.rise(weights) for weights in bracket_weights(LION.constants))
    found = extreme(question, standing, {"q": bracketed}, "q", 1)
    assert isinstance(found, Extreme)
    assert found.value * LION.step_size == 10
    # Any weight bent, and any free weight, breaks the identity.
    assert is_proof(question, standing, {"q": bracketed}, found.proved)
    for pair, weight in found.proved.remainders.items():
        bent = replace(found.proved, remainders={**found.proved.remainders, pair: weight * (1 + Fraction(1, 10**12))})
        assert not is_proof(question, standing, {"q": bracketed}, bent)
    assert not is_proof(question, standing, {"q": bracketed}, replace(found.proved, free={"q": found.value + 1}))

    step = step_of(question, found.samples, LION)
    half = Fraction(1, 2)
    excess = [step.excess(Weights(1, q + 2, q, q), half) for q in map(Fraction, ("999/100", "10", "1001/100"))]
    assert excess[0] < excess[1] == 0 < excess[2]
    other = {**step.pieces, "m": replace(step.pieces["m"], value=step.pieces["m"].value + 1)}
    with pytest.raises(ArithmeticError, match="do not belong to a step"):
        replace(step, pieces=other).excess(Weights(), half)


@pytest.mark.parametrize(("q", "is_refuted"), [("59/10", True), ("6", False), ("10", False), ("101/10", True)])
def test_one_dimension_refutes_59_and_101(q: str, is_refuted: bool):
    """The three steps on K = |·| of the symbolic proof, in numbers: β = (0.9, 0.99), η = 0.1, λ = 0.5, L = 1."""
    q, half = Fraction(q), Fraction(1, 2)
    excess = []
    for y, m, g, u in ((0, 1, 9, 1), (0, 0, -1, 1), (-1, Fraction(-1, 10), Fraction(-9, 10), 1)):
        m_next, m_tilde = Fraction(99, 100) * m - Fraction(1, 100) * g, Fraction(9, 10) * m - Fraction(1, 10) * g
        assert abs(m_tilde) == u * m_tilde
        x = Fraction(2 * y)
        x_next = (x + Fraction(1, 10) * u) / (1 + Fraction(1, 20))
        change = g * (x_next - x) + half * (x_next - x) ** 2
        change += q * (abs(m_next) - half * x_next * m_next - abs(m) + half * x * m)
        assert abs(x_next) <= 2
        excess.append(change - half * (x_next - x) ** 2)
    assert (max(excess) > 0) is is_refuted


def test_a_wrong_end_comes_with_an_exact_step():
    outcome = interval_worst_case.prove_step(Ends(low=Fraction(999, 1000)), True)
    assert outcome.word == "refuted"
    assert outcome.counterexample is not None
    assert Fraction(outcome.counterexample["excess of the change of H over it"]) > 0
