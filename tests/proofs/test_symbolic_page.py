"""The pages: every proof's LaTeX is ASCII, balanced and read by an independent parser, and says what the text says."""

import functools
import re

import pytest

from lionlab.proofs import proofs
from lionlab.proofs.symbolic import Derivation, Derived, at_most, latex, pages, text
from lionlab.proofs.symbolic._facts import given
from lionlab.proofs.symbolic._page import chain_text, merged
from lionlab.proofs.symbolic._signs import Signs, chain
from lionlab.proofs.symbolic._terms import constants, squared_norm, vectors
from lionlab.proofs.symbolic._writing import LATEX, latex_name, latex_prose

a, b, x = constants("a b x")
(u,) = vectors("u")
DERIVED = [proof for proof in proofs() if isinstance(proof.prove, Derived)]
FUNCTIONS = "sign|max|min|prox|exp|log|dom|cosh|argmin|argmax|dist|inf"


@pytest.mark.parametrize("proof", DERIVED, ids=lambda proof: proof.claim)
def test_every_page_in_latex_is_well_formed(proof):
    assert isinstance(proof.prove, Derived)
    page = pages(proof.prove.build(proof.subject))["derivation.tex"]
    assert page.isascii()
    assert page.count(r"\begin{") == page.count(r"\end{")
    for line in page.splitlines():
        bare = re.sub(r"\\[{}]", "", line)
        assert is_balanced(bare, "{", "}"), line
        assert bare.count("$") % 2 == 0, line
        assert not re.search(r"[_^][A-Za-z0-9]|[_^]\{[a-z]\}[a-z]{2}", line), line
        assert not re.search(r"\}\^\{[^{}]*\}\^|_\{[^{}]*\}_", line), line
        for formula in formulas(line):
            assert is_balanced(re.sub(r"\\(left|right|bigl|bigr)", "", formula), "(", ")"), line
            assert not re.search(rf"(?<![a-z{{\\])({FUNCTIONS})(?![a-z])", formula), line
        outside = re.sub(r"\$[^$]*\$|\\[a-z]+", "", bare)
        if line.startswith(("Let", r"\paragraph", r"  \newline")):
            assert not re.search(r"[_^|<>=\\]", outside), line


@pytest.mark.parametrize("proof", DERIVED, ids=lambda proof: proof.claim)
def test_an_independent_reader_takes_every_formula(proof):
    seen = set()
    for one in proof.prove.build(proof.subject):
        seen |= {LATEX(term) for term in one.terms()}
        seen |= {found for line in latex(one).splitlines() for found in formulas(line) if "square" not in found}
    for formula in seen:
        # The parser has no small fractions.
        read(formula.replace(r"\tfrac", r"\frac"))


@functools.cache
def read(formula: str) -> None:
    """Once, though many proofs have it; what cannot be read is an error every time."""
    from matplotlib.mathtext import MathTextParser

    MathTextParser("path").parse(f"${formula}$")


@pytest.mark.parametrize("proof", DERIVED, ids=lambda proof: proof.claim)
def test_the_sum_of_an_inequality_stands_in_latex_as_in_the_text(proof):
    for one in proof.prove.build(proof.subject):
        sums = [step for step in one.steps if step.because]
        written = latex(one)
        said = "the right side less the left is"
        assert written.count(said) == text(one).count(said) == sum(step.relation == "≤" for step in sums)
        assert written.count(r"& \phantom{+} ") + written.count("& +{} ") + written.count("& -{} ") == sum(
            len(step.because) for step in sums
        )


def test_a_weighted_sum_is_written_as_one():
    step = at_most(
        0, a * squared_norm(u) + squared_norm(x * u), "two squares",
        [(a, given(squared_norm(u), "a square")), (1, given(squared_norm(x * u), "‖xu‖² ≥ 0"))],
    )  # fmt: skip
    page = latex(Derivation("A title", (), (chain(0, "≤", a),), (step,)))
    assert "two squares; the right side less the left is\n" in page
    assert r"& \phantom{+} a \cdot \bigl[\| u \|^{2}\bigr] \\" in page
    assert r"& +{} \bigl[\| x u \|^{2}\bigr] \\" in page
    assert r"where $[\ldots] \geq 0$: $\|xu\|^{2} \geq 0$" in page


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("the state be (c, m₀), with f′(c) = ac", "the state be $(c, m_{0})$, with $f'(c) = ac$"),
        ("⟨y, z⟩ ≤ ‖y‖_dual·K(z)", r"$\langle y, z\rangle \leq \|y\|_{\mathrm{dual}}\cdot K(z)$"),
        ("e = max(r − 1, 0)", r"$e = \operatorname{max}(r - 1, 0)$"),
        ("q̇ = λ(u − q)", r"$\dot{q} = \lambda (u - q)$"),
        ("with (v − p)/τ ∈ ∂K(p)", r"with $(v - p)/\tau \in \partial K(p)$"),
        ("m = (x − x₋₁)/η", r"$m = (x - x_{-1})/\eta$"),
        ("f be ρ-weakly convex", r"$f$ be $\rho$-weakly convex"),
        ("K(0) = min K", r"$K(0) = \operatorname{min} K$"),
        ("hence x⁺ ≠ −c", r"hence $x^{+} \neq -c$"),
        ("Fenchel–Young, a step (of z) in [0, 1)", "Fenchel--Young, a step (of $z$) in [$0$, $1$)"),
        ("change the sign of sign(v)", r"change the sign of $\operatorname{sign}(v)$"),
        ("50% of a_dual & ☃", r"50\% of $a_{\mathrm{dual}}$ \& snowman"),
    ],
)
def test_prose_in_latex(words: str, expected: str):
    assert latex_prose(words).replace("$50$", "50") == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("X″", "X''"), ("x₋₁", "x_{-1}"), ("c_h′", "c_{h}'"), ("K_M*", "K_{M}^{*}"), ("inf H", r"\operatorname{inf} H")],
)
def test_more_names_in_latex(name: str, expected: str):
    assert latex_name(name) == expected


def test_a_power_of_a_primed_name_has_one_superscript():
    (longer,) = constants("η⁺")
    assert LATEX(longer**2) == r"{\eta ^{+}}^{2}"


@pytest.mark.parametrize(
    ("chains", "expected"),
    [
        ([chain(a * b, "≤", 1, "<", 2)], "ab ≤ 1"),
        ([chain(b, "<", 1), chain(0, "≤", a, "<", b, "≤", 1)], "0 ≤ a < b < 1"),
        ([chain(0, "≤", b), chain(b, "<", 1)], "0 ≤ b < 1"),
        ([chain(0, "<", a), chain(0, "<", b)], "0 < a, 0 < b"),
        ([chain(b, "<", 1), chain(0, "≤", a, "≤", 1)], "b < 1, 0 ≤ a ≤ 1"),
        ([chain(0, "<", a), chain(0, "≤", a)], "0 < a"),
    ],
)
def test_hypotheses_are_written_without_repetition(chains, expected: str):
    assert ", ".join(map(chain_text, merged(chains))) == expected


@pytest.mark.parametrize("proof", DERIVED, ids=lambda proof: proof.claim)
def test_what_is_written_of_the_hypotheses_says_all_of_them(proof):
    for one in proof.prove.build(proof.subject):
        signs = Signs(merged(one.hypotheses))
        for whole in one.hypotheses:
            for low, relation, high in zip(whole.terms, whole.relations, whole.terms[1:], strict=False):
                assert signs.of(high - low) in ("> 0", "> 0" if relation == "<" else "≥ 0")


def formulas(line: str) -> list[str]:
    return re.findall(r"\$([^$]+)\$", line)


def is_balanced(line: str, first: str, last: str) -> bool:
    depth = 0
    for letter in line:
        depth += (letter == first) - (letter == last)
        if depth < 0:
            return False
    return depth == 0
