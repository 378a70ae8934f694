"""The symbolic route: every proof closes, every planted wrong is refuted, and the instances against them are real."""

import importlib
from dataclasses import replace
from fractions import Fraction

import pytest

from lionlab.proofs import check, proofs
from lionlab.proofs.coefficients import THEOREM, Coefficients
from lionlab.proofs.symbolic import Derived, gaps
from lionlab.proofs.symbolic._lion_k import β1, β2
from lionlab.proofs.symbolic._signs import chain
from lionlab.proofs.symbolic.conjugate_pairs import Errors
from lionlab.proofs.symbolic.descent import averages
from lionlab.proofs.symbolic.one_coordinate import Cycle, Floor
from lionlab.theorems import claims

NAMES = (
    "ledger", "ledger_signs", "descent", "flow_energy", "proximal", "optimality", "constraint_set", "one_coordinate",
    "special_cases", "special_flows", "global_energy", "conjugate_pairs",
)  # fmt: skip
PROOFS = [
    proof for name in NAMES for proof in importlib.import_module(f"lionlab.proofs.symbolic.{name}").PROOFS
]  # fmt: skip
BY_CLAIM = {proof.claim: proof for proof in PROOFS}


def test_every_claim_is_there_once():
    assert len(BY_CLAIM) == len(PROOFS)
    assert set(BY_CLAIM) <= {claim.id for claim in claims()}


def test_every_one_is_among_the_proofs_that_are_checked_with_all_that_is_planted():
    """By test_every_proof.py."""
    assert {(proof.claim, proof.route) for proof in PROOFS} <= {(proof.claim, proof.route) for proof in proofs()}


@pytest.mark.parametrize("claim", ["ledger-identity", "flow-derivative"])
def test_errors_of_a_billionth_are_refuted(claim: str):
    assert check(BY_CLAIM[claim]).detected == Fraction(1, 10**9)


TRUE = {
    "slack twice as large": ("one-step-descent", Coefficients(slack=2)),
    "the second rate halved": ("one-step-descent", Coefficients(second=Fraction(1, 2))),
    "a rise twice as large": ("bounded-rise", Coefficients(slack=2)),
    "a mean with twice the slack": ("average-descent", Coefficients(slack=2)),
    "K counted twice in the mean": ("average-descent", Coefficients(momentum=2)),
    "a score of twice K(−∇f)": ("kkt-score-bounds-the-gap", Coefficients(momentum=2)),
    "a larger first rate has its sign": ("ledger-signs", Coefficients(first=2)),
    "half of the floor of a step": ("constant-step-floor", Floor(step=Fraction(1, 2))),
    "the floor at c/2": ("constant-step-floor", Floor(size=Fraction(1, 2))),
    "the cycle where β1 ≤ β2 < 1": ("two-cycle-exact", Cycle(hypothesis=chain(β1, "≤", β2, "<", 1))),
}


@pytest.mark.parametrize("name", TRUE)
def test_what_is_true_is_not_refuted_where_the_weights_do_not_close(name: str):
    claim, subject = TRUE[name]
    assert BY_CLAIM[claim].prove(subject, True).word != "refuted"


INEQUALITIES = [
    "ledger-signs", "one-step-descent", "bounded-rise", "average-descent", "flow-descent", "proximal-descent",
    "proximal-weakly-convex", "proximal-growing-steps", "lyapunov-lower-bound", "kkt-score-bounds-the-gap",
    "contraction-explicit", "contraction-implicit", "flow-contraction", "invariance", "two-cycle-exact",
    "constant-step-floor", "conjugate-laws-l1-norm", "conjugate-laws-deadzone-l1", "conjugate-laws-huber",
]  # fmt: skip


@pytest.mark.parametrize("claim", INEQUALITIES)
def test_inequalities_wrong_by_a_billionth_are_refuted_by_numbers(claim: str):
    """Those that are planted, and errors of a thousandth, are so in test_every_proof.py."""
    proof = BY_CLAIM[claim]
    assert proof.perturbed is not None
    for name in proof.coefficients:
        outcome = proof.prove(proof.perturbed(name, Fraction(1, 10**9)), True)
        assert outcome.word == "refuted"
        assert outcome.counterexample


@pytest.mark.parametrize("radius", [Fraction(0), Fraction(1, 2), 1 - Fraction(1, 10**9), Fraction(2)])
@pytest.mark.parametrize("key", ["l1-norm", "deadzone-l1", "huber"])
def test_a_domain_too_small_or_too_large_is_refuted(key: str, radius: Fraction):
    prove = BY_CLAIM[f"conjugate-laws-{key}"].prove
    assert prove(Errors(radius=radius), True).word == "refuted"
    # The derivations alone see it too: they do not close.
    assert isinstance(prove, Derived)
    assert replace(prove, replay=None)(Errors(radius=radius), True).word != "proved"


@pytest.mark.parametrize("claim", BY_CLAIM)
def test_what_a_derivation_takes_for_granted_is_among_the_assumptions(claim: str):
    proof = BY_CLAIM[claim]
    assert isinstance(proof.prove, Derived)
    laws = {law for one in proof.prove.build(proof.subject) for law in one.laws()}
    assert laws <= set(proof.assumptions)


def test_the_mean_rests_on_the_step_that_was_shown():
    """Without the shown step in the derivation its induction has a gap."""
    for one in averages(THEOREM):
        assert list(gaps(one)) == []
        cut = [step for step in one.steps if step.left != one.steps[-3].left]
        assert any("shown" in gap.said for gap in gaps(replace(one, steps=tuple(cut))))


def test_no_instance_is_against_the_theorems(monkeypatch):
    """K a dead zone or Huber's function, f a parabola: the instances are what the theorems speak of, and obey them."""
    from lionlab.proofs.symbolic import _instances

    monkeypatch.setattr(_instances, "NUM_DRAWS", 12)
    tried = 0
    for claim in (
        "ledger-identity", "ledger-signs", "one-step-descent", "bounded-rise", "flow-derivative", "flow-descent",
        "proximal-signs", "proximal-descent", "proximal-weakly-convex", "proximal-shrinking-steps-fail",
        "lyapunov-lower-bound", "kkt-score-is-frank-wolfe-gap", "kkt-score-bounds-the-gap",
    ):  # fmt: skip
        prove = BY_CLAIM[claim].prove
        assert isinstance(prove, Derived)
        for derivation in prove.build(THEOREM):
            assert _instances.counterexample(derivation) is None
            facts = {fact for step in derivation.steps for _, fact in step.because}
            for one in _instances.instances(derivation):
                tried += 1
                for fact in facts:
                    value = one(fact.term)
                    assert value == 0 if fact.relation == "=" else value >= 0, fact.reason
    assert tried > 500


def test_a_gap_says_which_step_and_where():
    prove = BY_CLAIM["ledger-identity"].prove
    assert isinstance(prove, Derived)
    wrong = prove.build(THEOREM.with_error("momentum", Fraction(1, 1000)))[0]
    (gap,) = list(gaps(wrong))
    assert gap.index == len(wrong.steps)
    assert "does not vanish" in gap.said
    assert "β₁ = " in gap.said
