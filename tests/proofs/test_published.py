"""The proofs about published statements: each holds, refutes what is planted in it, and says where it fails."""

import importlib

import pytest

from lionlab.proofs import check
from lionlab.proofs.published._polynomials import is_nonnegative

FILES = (
    "cautious_lion_symbolic", "cautious_lion_smt", "cautious_lion_appendix", "cautious_decay", "cautious_decay_box",
    "cautious_decay_muon", "newton_schulz_symbolic", "newton_schulz_smt", "newton_schulz_gradient",
    "constant_step_rate", "adamw_box",
)  # fmt: skip
PROOFS = [proof for name in FILES for proof in importlib.import_module(f"lionlab.proofs.published.{name}").PROOFS]


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: f"{proof.claim} {proof.route}")
def test_proved_with_everything_planted_refuted(proof):
    for module in proof.needs:
        pytest.importorskip(module)
    found = check(proof, is_quick=True)
    assert found.is_proved, (found.outcome, found.missed)
    assert found.outcome.obligations > 0


def test_every_claim_has_two_routes_one_of_them_complete():
    for claim in {proof.claim for proof in PROOFS}:
        routes = {proof.route: proof.is_complete for proof in PROOFS if proof.claim == claim}
        assert len(routes) >= 2
        assert any(routes.values())


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: f"{proof.claim} {proof.route}")
def test_a_refutation_comes_with_numbers(proof):
    for module in proof.needs:
        pytest.importorskip(module)
    found = proof.prove(proof.planted[0].subject, True)
    assert found.word == "refuted"
    assert found.counterexample


def test_sign_of_a_polynomial_between_close_roots():
    import sympy as sp

    x = sp.Symbol("x")
    half = sp.Rational(1, 2)
    assert is_nonnegative((x - half) ** 2, x)
    assert not is_nonnegative((x - half) * (x - half - sp.Rational(1, 10**12)), x)
    assert is_nonnegative(x, x)
    assert not is_nonnegative(-x, x)
