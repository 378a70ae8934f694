"""Every proof proves, refutes all that is planted in it, and says what it rests on; absence lifts no verdict."""

import json
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction

import pytest

from lionlab import proofs as room
from lionlab.proofs import ROUTES, check, proofs, proofs_of
from lionlab.proofs.symbolic import Derived
from lionlab.theorems import _verify, claims, verify

PROOFS = {f"{proof.claim} by {proof.route}": proof for proof in proofs()}
# The central claims of the paper and of its discrete and continuous Lyapunov functions.
CENTRAL = (
    "flow-derivative", "flow-descent", "flow-contraction", "contraction-explicit", "contraction-implicit", "invariance",
    "ledger-identity", "ledger-signs", "one-step-descent", "explicit-is-implicit", "proximal-ledger",
    "proximal-descent", "lyapunov-lower-bound", "kkt-score-is-frank-wolfe-gap", "two-cycle-exact",
)  # fmt: skip


# What is wrong of an inequality is seen to be false in numbers, and not only fails to close; so are errors in these
# coefficients, where the two sides are told. Every first wrong of a published statement comes with numbers as well.
INEQUALITIES = (
    "ledger-signs", "one-step-descent", "bounded-rise", "average-descent", "flow-descent", "proximal-descent",
    "proximal-weakly-convex", "proximal-growing-steps", "lyapunov-lower-bound", "kkt-score-bounds-the-gap",
    "contraction-explicit", "contraction-implicit", "flow-contraction", "invariance", "two-cycle-exact",
    "constant-step-floor", "conjugate-laws-l1-norm", "conjugate-laws-deadzone-l1", "conjugate-laws-huber",
)  # fmt: skip
BY_COEFFICIENT = ("ledger-identity", "one-step-descent", "proximal-ledger", "proximal-descent")


@pytest.mark.parametrize("name", PROOFS)
def test_proves_and_refutes_every_planted_wrong(name):
    proof, outcomes = PROOFS[name], []

    def recorded(subject, is_quick):
        outcomes.append(proof.prove(subject, is_quick))
        return outcomes[-1]

    found = check(replace(proof, prove=recorded), is_quick=True)
    assert found.outcome.word == "proved", found.outcome
    assert found.missed == ()
    assert found.outcome.obligations > 0
    assert found.outcome.said
    json.dumps(dict(found.outcome.artefacts))
    if proof.coefficients:
        assert found.detected == Fraction(1, 1000)
    else:
        assert found.detected is None
    if isinstance(proof.prove, Derived):
        assert {"derivation.txt", "derivation.tex"} <= set(found.outcome.artefacts)
    planted, in_coefficients = outcomes[1 : 1 + len(proof.planted)], outcomes[1 + len(proof.planted) :]
    assert len(planted) >= 3
    assert len(in_coefficients) == len(proof.coefficients)
    if "published" in getattr(proof.prove, "__module__", ""):
        assert planted[0].counterexample
    if proof.route == "symbolic" and proof.claim in INEQUALITIES:
        assert all(outcome.counterexample for outcome in planted)
    if proof.route == "symbolic" and proof.claim in BY_COEFFICIENT:
        for outcome in in_coefficients:
            left, right = (Fraction(outcome.counterexample[side]) for side in ("left side", "right side"))
            assert left != right if "ledger" in proof.claim else left > right


def test_what_is_asked_of_some_proofs_is_asked_of_proofs_that_there_are():
    assert {f"{claim} by symbolic" for claim in (*INEQUALITIES, *BY_COEFFICIENT)} <= set(PROOFS)


def test_every_proof_is_of_a_claim():
    assert {proof.claim for proof in proofs()} <= {claim.id for claim in claims()}
    for proof in proofs():
        assert proof.statement, proof
        assert proof.domain, proof


@pytest.mark.parametrize("claim", CENTRAL)
def test_central_claims_have_two_routes_one_of_which_covers_them(claim):
    of_it = proofs_of(claim)
    assert len({proof.route for proof in of_it}) >= 2
    assert any(proof.is_complete for proof in of_it)


def test_two_routes_that_agree_with_the_runs_are_called_proved():
    evidence = verify("two-cycle-exact", is_quick=True)
    assert evidence.verdict == "PROVED"
    assert len(evidence.proved_by) >= 2
    assert all(proof["caught"] == proof["planted"] for proof in evidence.proofs)
    # With the user's own parameters it is the run that counts.
    given = verify("contraction-explicit", is_quick=True, K="LpNorm(1.5)", x0=[3.0, 4.0])
    assert given.verdict == "CONSISTENT"
    assert given.proofs == ()


def test_every_route_is_used():
    assert {proof.route for proof in proofs()} == set(ROUTES)


def test_proofs_import_no_jax_and_nothing_of_the_extra_until_they_run():
    heavy = ("jax", "z3", "flint", "cvxpy", "clarabel", "scipy", "sympy", "matplotlib")
    code = f"import sys; from lionlab.proofs import proofs; proofs(); print([n for n in {heavy} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_without_the_extra_a_verdict_is_not_lifted(monkeypatch):
    monkeypatch.setattr(room._check, "missing_modules", lambda proof: ("z3",) if proof.route != "symbolic" else ())
    monkeypatch.setattr(_verify, "check", room._check.check)
    evidence = verify("two-cycle-exact", is_quick=True)
    assert evidence.verdict == "CHECKED_EXACT"
    assert "not available" in evidence.reason
    assert all(proof["outcome"] == "undecided" for proof in evidence.proofs if proof["route"] != "symbolic")
