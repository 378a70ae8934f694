"""The symbolic route: every proof closes, every planted wrong is refuted, and the instances against them are real."""

import importlib
from fractions import Fraction

import pytest

from lionlab.proofs import check
from lionlab.proofs.coefficients import THEOREM
from lionlab.proofs.symbolic import Derived, gaps
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


@pytest.mark.parametrize("claim", BY_CLAIM)
def test_it_is_proved_and_its_planted_wrongs_are_refuted(claim: str):
    checked = check(BY_CLAIM[claim], is_quick=True)
    assert checked.outcome.word == "proved", checked.outcome.said
    assert checked.missed == ()
    assert checked.is_proved
    assert checked.outcome.obligations > 0
    assert {"derivation.txt", "derivation.tex"} <= set(checked.outcome.artefacts)


@pytest.mark.parametrize("claim", ["ledger-identity", "flow-derivative"])
def test_errors_of_a_billionth_are_refuted(claim: str):
    assert check(BY_CLAIM[claim]).detected == Fraction(1, 10**9)


@pytest.mark.parametrize("claim", ["ledger-identity", "one-step-descent", "proximal-ledger", "proximal-descent"])
def test_wrong_coefficients_are_false_in_an_instance(claim: str):
    """The route does not only fail to close: in exact rationals the statement is seen to be false."""
    proof = BY_CLAIM[claim]
    assert proof.perturbed is not None
    for name in proof.coefficients:
        outcome = proof.prove(proof.perturbed(name, Fraction(1, 1000)), True)
        assert outcome.word == "refuted"
        assert outcome.counterexample is not None, name
        left, right = (Fraction(outcome.counterexample[side]) for side in ("left side", "right side"))
        assert left != right if "ledger" in claim else left > right


def test_no_instance_is_against_the_theorems():
    """Every statement about the steps, tried on instances: K a dead zone, f a parabola."""
    from lionlab.proofs.symbolic._instances import counterexample, instances

    tried = 0
    for claim in ("ledger-identity", "one-step-descent", "bounded-rise", "proximal-descent", "proximal-weakly-convex"):
        prove = BY_CLAIM[claim].prove
        assert isinstance(prove, Derived)
        for derivation in prove.build(THEOREM):
            assert counterexample(derivation) is None
            tried += sum(1 for _ in instances(derivation)) if derivation.choices else 0
    assert tried > 500


def test_a_gap_says_which_step_and_where():
    prove = BY_CLAIM["ledger-identity"].prove
    assert isinstance(prove, Derived)
    wrong = prove.build(THEOREM.with_error("momentum", Fraction(1, 1000)))[0]
    (gap,) = list(gaps(wrong))
    assert gap.index == len(wrong.steps)
    assert "does not vanish" in gap.said
    assert "β₁ = " in gap.said
