"""Formal sums of inner products agree with the numbers they stand for."""

import random
from fractions import Fraction

import numpy as np
import pytest

from lionlab.proofs.gram import Expression, value, vector

NAMES = ("a", "b", "c")


@pytest.fixture
def numbers():
    rng = random.Random(1)
    return {name: tuple(Fraction(rng.randint(-9, 9), 4) for _ in range(3)) for name in NAMES}


def test_inner_products_are_bilinear_and_symmetric(numbers):
    a, b, c = (vector(name) for name in NAMES)
    formal = (2 * a - b) @ (c + Fraction(1, 3) * a) - c @ b + Fraction(5, 7) * value("f") + 3
    u, v, w = (np.array([float(entry) for entry in numbers[name]]) for name in NAMES)
    f = Fraction(11, 2)
    plain = (2 * u - v) @ (w + u / 3) - w @ v + 5 / 7 * float(f) + 3
    found = formal.at(numbers, {"f": f})
    assert isinstance(found, Fraction)
    # Eleven operations on numbers below 30.
    assert abs(float(found) - plain) <= 11 * 30 * 2.0**-52
    assert a @ b == b @ a
    assert (a @ b)["a", "b"] == 1


def test_what_cancels_leaves_nothing():
    a, b = vector("a"), vector("b")
    assert ((a + b) @ (a - b) - (a @ a - b @ b)).terms == {}
    assert (value("f") - value("f") + 0).terms == {}
    assert (0 * (a @ b)).terms == {}


def test_a_vector_takes_the_entries_of_its_parts(numbers):
    combined = 2 * vector("a") - vector("b")
    assert combined.at(numbers) == tuple(2 * p - q for p, q in zip(numbers["a"], numbers["b"], strict=True))
    square = combined @ combined
    assert square.at(numbers, {}) == sum(entry * entry for entry in combined.at(numbers))


def test_a_name_without_a_number_is_missed():
    with pytest.raises(KeyError, match="f"):
        Expression({"f": 1}).at({}, {})


def test_zero_is_a_vector_and_nothing_else_is():
    a = vector("a")
    assert a + 0 == a - 0 == a
    with pytest.raises(TypeError, match="vector or 0"):
        a + 1
