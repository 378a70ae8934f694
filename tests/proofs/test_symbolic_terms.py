"""The bilinear algebra, the signs, the calculus and the writing, each against something independent."""

import importlib
import re
from fractions import Fraction

import pytest

from lionlab.proofs.symbolic import Derivation, at_most, equation, gaps, latex, text
from lionlab.proofs.symbolic._calculus import derivative
from lionlab.proofs.symbolic._facts import given
from lionlab.proofs.symbolic._normal import vanishes
from lionlab.proofs.symbolic._signs import Signs, chain
from lionlab.proofs.symbolic._terms import (
    ONE,
    ZERO,
    Constant,
    Defined,
    Function,
    Number,
    Term,
    Vector,
    constants,
    inner,
    squared_norm,
    vectors,
)  # fmt: skip
from lionlab.proofs.symbolic._values import Instance, Written, nonzero
from lionlab.proofs.symbolic._writing import LATEX, TEXT, latex_name

a, b, c = constants("a b c")
u, v, w = vectors("u v w")
f, h = Function("f"), Function("h")

IDENTITIES = {
    "bilinear": (inner(a * u + v, w), a * inner(u, w) + inner(v, w)),
    "symmetric": (inner(u, v), inner(v, u)),
    "a square": (squared_norm(u - v), squared_norm(u) - 2 * inner(u, v) + squared_norm(v)),
    "fractions": (a / b + c / b, (a + c) / b),
    "one value at equal points": (f((a * u + a * v) / a), f(u + v)),
    "one slope at equal points": (inner(f.gradient(2 * u - u), v), inner(f.gradient(u), v)),
    "definitions": (Defined("d", a * u) - a * u, ZERO),
    "powers": ((a + b) ** 2, a**2 + 2 * a * b + b**2),
}
NON_IDENTITIES = {
    "another value": (f(u), f(v)),
    "another function": (f(u), h(u)),
    "a slope is no value": (inner(f.gradient(u), u), f(u)),
    "not one coordinate": (inner(u, v) ** 2, squared_norm(u) * squared_norm(v)),
    "a part in a billion": (a * u, Fraction(10**9 + 1, 10**9) * a * u),
    "a sign": (a - b, b - a),
}


@pytest.mark.parametrize("name", IDENTITIES)
def test_identities_vanish(name: str):
    left, right = IDENTITIES[name]
    assert vanishes(left - right)
    assert nonzero(left - right) is None


@pytest.mark.parametrize("name", NON_IDENTITIES)
def test_what_is_no_identity_does_not(name: str):
    left, right = NON_IDENTITIES[name]
    assert not vanishes(left - right)


def test_scalars_are_not_vectors():
    with pytest.raises(TypeError, match="scalar where a vector"):
        vanishes(u + f(u))


HYPOTHESES = Signs([chain(0, "≤", a, "<", b, "≤", 1), chain(0, "<", c)])
SIGNS: dict[str, tuple[Term, str | None]] = {
    "a hypothesis": (b - a, "> 0"),
    "through the chain": (1 - a, "> 0"),
    "a product": (a * c, "≥ 0"),
    "a quotient": (a / (b - a), "≥ 0"),
    "a sum": (1 + a * c, "> 0"),
    "a square": ((a - c) ** 2, "≥ 0"),
    "a norm": (squared_norm(u), "≥ 0"),
    "a number": (Number(Fraction(1, 2)), "> 0"),
    "nothing known": (a - c, None),
    "the wrong way": (a - b, None),
    "a quotient by what may be 0": (c / a, None),
    "a negative number": (-ONE, None),
    "an odd power": ((a - c) ** 3, None),
    "an inner product": (inner(u, v), None),
}


@pytest.mark.parametrize("name", SIGNS)
def test_signs_are_those_that_show(name: str):
    term, sign = SIGNS[name]
    assert HYPOTHESES.of(term) == sign


def only(step, *hypotheses) -> list[str]:
    return [gap.said for gap in gaps(Derivation("", (), hypotheses, (step,)))]


def test_steps_that_are_no_proofs_are_seen():
    positive = chain(0, "<", a)
    square = given(squared_norm(u), "a square")
    assert only(at_most(0, a * squared_norm(u), "", [(a, square)]), positive) == []
    assert "weight" in only(at_most(0, a * squared_norm(u), "", [(a, square)]))[0]
    assert "weight" in only(at_most(a * squared_norm(u), 0, "", [(-a, square)]), positive)[0]
    assert "residual" in only(at_most(0, 2 * a * squared_norm(u), "", [(a, square)]), positive)[0]
    assert "denominator" in only(equation(b / a * a, b, ""))[0]
    assert only(equation(b / a * a, b, ""), positive) == []
    assert "sign" in only(at_most(0, b, ""))[0]
    never_shown = at_most(0, squared_norm(u), "").fact()
    assert "shown" in only(at_most(0, squared_norm(u), "", [(1, never_shown)]))[0]


def test_the_derivative_agrees_with_differences():
    """Along x = t², m = t³ in one dimension with f = v³, in exact fractions: the error of a difference is O(h)."""
    x, m, t = Vector("x"), Vector("m"), Constant("t")
    energy = a * f(b * x) + inner(x, m) / (1 + t) + t**3 * squared_norm(m)
    moved = derivative(energy, {x: 2 * t * Vector("1"), m: 3 * t**2 * Vector("1"), t: ONE})
    cube = {"f": Written("v³", lambda p: p**3, lambda p: 3 * p**2)}

    def at(time: Fraction) -> Instance:
        numbers = {"a": Fraction(2), "b": Fraction(3), "x": time**2, "m": time**3, "t": time, "1": Fraction(1)}
        return Instance(numbers, cube)

    start = Fraction(1, 3)
    errors = []
    for step in (Fraction(1, 10**3), Fraction(1, 10**4)):
        slope = (at(start + step)(energy) - at(start - step)(energy)) / (2 * step)
        errors.append(abs(slope - at(start)(moved)))
    assert 0 < errors[1] < errors[0] / 50
    with pytest.raises(TypeError, match="velocity"):
        derivative(inner(f.gradient(x), m), {x: m})


WRITTEN = {
    a - (b - c): "a − (b − c)",
    a + (b - c): "a + b − c",
    -(a + b): "−(a + b)",
    2 * (a + b) * c: "2(a + b)c",
    (1 - a * b) / (1 + c): "(1 − ab)/(1 + c)",
    a / b * f(u): "(a/b)f(u)",
    inner(u - v, w): "⟨u − v, w⟩",
    squared_norm(u - v): "‖u − v‖²",
    a * (f(u) + b): "a[f(u) + b]",
    f.gradient(a * u): "∇f(au)",
    a / 2 * b: "(a/2)b",
}


@pytest.mark.parametrize("term", WRITTEN, ids=WRITTEN.values())
def test_formulas_are_written_as_on_paper(term: Term):
    assert TEXT(term) == WRITTEN[term]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("m̃⁺", r"\tilde{m}^{+}"), ("ẋ", r"\dot{x}"), ("Δ₁", r"\Delta _{1}"), ("K*", "K^{*}"), ("D_K*", "D_{K^{*}}")],
)
def test_names_in_latex(name: str, expected: str):
    assert latex_name(name) == expected


def test_latex_is_accepted_by_an_independent_reader():
    """Every formula of some long pages, read by matplotlib's parser of mathematics."""
    from matplotlib.mathtext import MathTextParser

    parser = MathTextParser("path")
    derivations = []
    for name, index in (("ledger", 0), ("flow_energy", 0), ("proximal", 2)):
        proof = importlib.import_module(f"lionlab.proofs.symbolic.{name}").PROOFS[index]
        derivations += proof.prove.build(proof.subject)[:2]
    for one in derivations:
        for term in one.terms():
            parser.parse(f"${LATEX(term)}$")
        for formula in re.findall(r"\$([^$]+)\$", latex(one)):
            if "square" not in formula:
                parser.parse(f"${formula}$")
    assert len(derivations) == 6


def test_a_page_says_everything():
    step = at_most(0, a * squared_norm(u), "a weight times a square", [(a, given(squared_norm(u), "a square"))])
    page = text(Derivation("A title", ("u be a vector",), (chain(0, "≤", a),), (step,)))
    for part in ("A title", "u be a vector", "0 ≤ a", "Then  0 ≤ a‖u‖²", "a weight times a square", "∎"):
        assert part in page
