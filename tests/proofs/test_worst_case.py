"""The certificates of the route "worst case": proved, their wrongs refuted, what they rest on true of functions."""

import importlib
import json
import math
import pkgutil
import random
from fractions import Fraction

import pytest
import sympy

from lionlab.proofs import proofs, worst_case
from lionlab.proofs.coefficients import THEOREM
from lionlab.proofs.gram import Expression, value, vector
from lionlab.proofs.worst_case import constraint_set, flow, proximal, proximal_step, step_scenes
from lionlab.proofs.worst_case import step as discrete
from lionlab.proofs.worst_case.certificate import Certificate, Term, outcome
from lionlab.proofs.worst_case.descent import gap, loss_terms, rate_terms, remainder_terms
from lionlab.proofs.worst_case.interpolation import Sample, smooth, smooth_convex
from lionlab.proofs.worst_case.plain_functions import FUNCTIONS
from lionlab.proofs.worst_case.ranges import Range

MODULES = [
    importlib.import_module(f"{worst_case.__name__}.{one.name}") for one in pkgutil.iter_modules(worst_case.__path__)
]
PROOFS = {proof.claim: proof for module in MODULES for proof in getattr(module, "PROOFS", ())}


def test_every_one_is_among_the_proofs_that_are_checked_with_all_that_is_planted():
    """By test_every_proof.py, errors of one in a thousand included; the smaller ones are `verify`'s."""
    assert {(proof.claim, proof.route) for proof in PROOFS.values()} <= {(p.claim, p.route) for p in proofs()}
    assert not any(proof.needs for proof in PROOFS.values())


def test_a_millionth_of_a_millionth_is_seen():
    """The scenes are exact, so that no error of a coefficient is too small for them."""
    tiny = Fraction(1, 10**12)
    for claim in ("one-step-descent", "flow-descent", "proximal-weakly-convex"):
        proof = PROOFS[claim]
        for name in proof.coefficients:
            found = proof.prove(proof.perturbed(name, tiny), True)
            assert found.word == "refuted", (claim, name)
            assert found.counterexample is not None


def test_a_stored_certificate_is_checked_by_reading_it():
    """Nothing of the route's own code: the text, parsed by SymPy."""
    (text,) = PROOFS["one-step-descent"].prove(PROOFS["one-step-descent"].subject, True).artefacts.values()
    record = json.loads(text)["certificates"][0]
    symbols = {name: sympy.Symbol(name, positive=True) for name in record["positive"] + record["not negative"]}

    def read(formula: str):
        return sympy.sympify(formula, locals=symbols)

    keys = set(record["target"]).union(*(term["expression"] for term in record["terms"]))
    for key in keys:
        total = read(record["target"].get(key, "0"))
        total += sum(read(term["weight"]) * read(term["expression"].get(key, "0")) for term in record["terms"])
        assert sympy.cancel(sympy.together(total)) == 0, key
    # Symbols that are > 0 in sums of products without a minus.
    assert all(read(term["weight"]).is_positive for term in record["terms"])


def step_terms(k: discrete.Constants) -> list[Term]:
    s = step_scenes.one_step(k)
    spread = 0 if k.beta1 == k.beta2 else (1 - k.beta2) / (k.beta2 - k.beta1)
    case = discrete.Case(Range("", ()), k, spread, is_reversed=False)
    return [*loss_terms(s), *remainder_terms(s), *rate_terms(case, s)]


@pytest.mark.parametrize("k", step_scenes.ORDERED, ids=str)
def test_the_inequalities_of_a_step_hold_of_functions(k: discrete.Constants):
    """Each is named an inequality of convex or L-smooth functions; here it meets some."""
    for scene in step_scenes.scenes(k)[::4]:
        for term in step_terms(k):
            assert term.weight >= 0
            assert term.expression.at(scene.vectors, scene.values) >= 0, (term.reason, scene.said)


@pytest.mark.parametrize("k", proximal_step.TRIED, ids=str)
def test_the_inequalities_of_the_implicit_step_hold_of_functions(k: proximal_step.Constants):
    s = proximal_step.one_step(k)
    for curvature in (Fraction(0), Fraction(1)):
        for scene in proximal_step.scenes(k, curvature)[::4]:
            for term in (*proximal.convexity(s), *proximal.kernel_terms(s), *proximal.rate_terms(s)):
                assert term.expression.at(scene.vectors, scene.values) >= 0, (term.reason, scene.said)


def test_smooth_functions_satisfy_their_inequalities_and_others_do_not():
    """sin and cos are 1-smooth, log(1 + e^x) is 1/4-smooth and convex; x² is not 1-smooth."""

    def left(kind, f, slope, L, at):
        points = {"a": (at[0],), "b": (at[1],), "p": (slope(at[0]),), "q": (slope(at[1]),)}
        a, b = (Sample(vector(x), vector(g), value(x)) for x, g in (("a", "p"), ("b", "q")))
        return kind(a, b, L).at(points, {"a": f(at[0]), "b": f(at[1])})

    rng = random.Random(2)
    pairs = [(rng.uniform(-4, 4), rng.uniform(-4, 4)) for _ in range(40)]
    # A dozen operations on numbers below 40.
    rounding = 12 * 40 * 2.0**-52
    assert all(left(smooth, math.sin, math.cos, 1.0, at) >= -rounding for at in pairs)
    log_exp = (lambda x: math.log1p(math.exp(x)), lambda x: 1 / (1 + math.exp(-x)))
    assert all(left(smooth_convex, *log_exp, 0.25, at) >= -rounding for at in pairs)
    assert any(left(smooth_convex, math.sin, math.cos, 1.0, at) < -rounding for at in pairs)
    assert any(left(smooth, lambda x: x * x, lambda x: 2 * x, 1.0, at) < -rounding for at in pairs)


@pytest.mark.parametrize("K", FUNCTIONS, ids=str)
def test_plain_functions_are_conjugate_to_what_they_say(K):
    """Against the supremum over a grid that has the kinks among its points."""
    grid = [Fraction(n, 4) for n in range(-24, 25)]
    for y in (Fraction(n, 8) for n in range(-10, 11)):
        if K.has_finite_conjugate(y):
            assert K.conjugate(y) == max(z * y - K(z) for z in grid)
        else:
            assert max(z * y - K(z) for z in grid) > max(z * y - K(z) for z in grid if abs(z) < 5)
    for z in grid:
        low, high = K.subgradients(z)
        assert all(K(v) >= K(z) + slope * (v - z) for v in grid for slope in (low, high))


def test_the_theorem_is_an_equality_in_some_scenes_and_false_in_none():
    for k in step_scenes.ORDERED:
        excess = gap(step_scenes.one_step(k), THEOREM)
        found = [excess.at(one.vectors, one.values) for one in step_scenes.scenes(k)]
        assert max(found) == 0
        assert found.count(0) >= 20


def test_a_slope_that_no_convex_function_has_is_no_state_of_the_flow():
    half = Fraction(1, 2)
    assert not flow._is_monotone((half, -half), (-half, half))
    assert not flow._is_monotone((half, half), (half, -half))
    assert flow._is_monotone((half, half), (-half, -half))


ANY = Range("t > 0, s >= 0", ("t",), ("s",))


def certificate(weight, target=None) -> Certificate:
    right = -weight * (vector("a") @ vector("a"))
    return Certificate("a", ANY, right if target is None else target, (Term("a", weight, vector("a") @ vector("a")),))


def test_a_certificate_fails_for_each_reason():
    t, s = ANY.numbers["t"], ANY.numbers["s"]
    assert certificate(t / (1 + s)).failures() == []
    assert "≥ 0" in certificate(t - s).failures()[0]
    assert "defined" in certificate(t / s).failures()[0]
    assert "defined" in certificate(t / (t - s)).failures()[-1]
    assert "<a,a>" in certificate(t, Expression()).failures()[0]


NOTHING = dict.fromkeys(("refuter", "last_resort"), lambda: None)


def test_refuted_takes_a_counterexample_and_no_certificate():
    t = ANY.numbers["t"]
    no_identity = Certificate("x", ANY, value("f"))
    for wrong in (no_identity, certificate(t, Expression())):
        assert outcome("x", [certificate(t), wrong], **NOTHING).word == "undecided"
        assert outcome("x", [certificate(t), wrong], lambda: {"x": "1"}).word == "refuted"
        assert outcome("x", [wrong], lambda: None, lambda: {"x": "1"}).word == "refuted"
    found = outcome("x", [certificate(t)], lambda: {"x": "1"})
    assert found.word == "undecided"
    assert found.said.startswith("CONFLICT")


def test_nothing_is_not_proved_by_no_certificates():
    with pytest.raises(ValueError, match="no certificate"):
        outcome("x", [], **NOTHING)


def missed(claim: str) -> set[str]:
    proof = PROOFS[claim]
    return {one.description for one in proof.planted if proof.prove(one.subject, True).word != "refuted"}


@pytest.mark.parametrize(
    "claim",
    ["ledger-identity", "lyapunov-lower-bound", "kkt-score-bounds-the-gap", "monotonicity", "flow-descent",
     "global-lyapunov", "slack-constant-is-attained", "explicit-is-implicit"],
)  # fmt: skip
def test_without_the_residual_every_planted_wrong_is_missed(claim: str, monkeypatch: pytest.MonkeyPatch):
    """Were any sum of inequalities taken for a certificate, the counterexamples would not hide it."""
    monkeypatch.setattr(Certificate, "residual", lambda self: Expression())
    assert missed(claim) == {one.description for one in PROOFS[claim].planted}


@pytest.mark.parametrize(
    ("claim", "description"),
    [
        ("bounded-rise", "β1 > β2 allowed"),
        ("ledger-signs", "−ηbΔ2 ≤ 0 for every β"),
        ("proximal-growing-steps", "h may shrink"),
        ("invariance", "explicit decay with ηλ up to 3"),
    ],
)
def test_without_the_signs_of_the_weights_a_planted_wrong_is_missed(
    claim: str, description: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Range, "is_nonnegative", lambda self, number: True)
    assert missed(claim) == {description}


def test_a_range_with_a_pole_is_refused():
    """The theorem would cancel to 0 there, and say nothing."""
    numbers = ("eta", "lam", "L", "Q"), ("A", "P")
    assert discrete.case_on(Range("β1 < β2", *numbers)).k.lam != 0
    for said, positive, nonnegative, pole in (
        ("β1 <= β2", ("eta", "lam", "L"), ("A", "P", "Q"), "pole: S"),
        ("β1 <= β2 < 1", ("eta", "lam", "L", "P"), ("A", "Q"), "pole: β2−β1"),
        ("λ = 0, β2 = 1", ("eta", "L", "Q"), ("A", "P"), "pole: of_c"),
        ("λ >= 0", ("eta", "L", "P", "Q"), ("A", "lam"), "pole: λ"),
        ("L >= 0", ("eta", "lam", "P", "Q"), ("A", "L"), "pole: L"),
    ):
        with pytest.raises(ValueError, match=pole):
            discrete.case_on(Range(said, positive, nonnegative))
    t, s = ANY.numbers["t"], ANY.numbers["s"]
    assert ANY.is_nonzero(t + s)
    assert not any(ANY.is_nonzero(number) for number in (s, t - s, 1 / s, t / (t - s), t - t, 0))


def test_an_outward_push_need_not_aim_at_the_nearest_point():
    """K = ‖·‖₁, y = (2, 1/2), u = (1, 0): the distance shrinks by the factor, though p is (1, 1/2)."""
    half = Fraction(1, 2)
    numbers = {"y": (Fraction(2), half), "p": (Fraction(1), half), "u": (Fraction(1), Fraction(0))}
    right = constraint_set.attraction(constraint_set.explicit)
    farness = constraint_set.farness(right, half)
    grid = [Fraction(n, 8) for n in range(-8, 9)]
    nearest = max(farness.at({**numbers, "v": (a, b)}, {}) for a in grid for b in grid)
    assert nearest == 0
    inward = {**numbers, "u": (Fraction(-1), Fraction(0))}
    assert max(farness.at({**inward, "v": (a, b)}, {}) for a in grid for b in grid) > 0
