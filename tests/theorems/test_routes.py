"""What proofs do to a verdict: two routes that agree lift it, and nothing else does."""

from fractions import Fraction

import pytest

from lionlab.proofs import Outcome, Planted, Proof, check
from lionlab.theorems._routes import judged, proved_by, summary

CONSISTENT = ("CONSISTENT", "")


def proof(route="symbolic", subject=1, is_complete=True, needs=(), planted=(2, 3, 4), replays=True, **fields):
    """That `subject` is 1: 0 is undecided, everything else refuted."""

    def prove(number, is_quick):
        if number == 0:
            return Outcome("undecided", "it is 0.")
        seen = {"number": str(number)} if replays else None
        return Outcome("proved", "it is 1.", 1) if number == 1 else Outcome("refuted", "it is not 1.", 1, seen)

    wrong = tuple(Planted(f"it is {number}", number) for number in planted)
    return Proof("is-one", route, "it is 1", "all", is_complete, (), prove, subject, wrong, needs, **fields)


def outcome(*proofs, measured=CONSISTENT):
    found = [check(one) for one in proofs]
    return (*judged(*measured, found), proved_by(found))


def test_two_routes_that_agree_prove():
    verdict, reason, by = outcome(proof("symbolic"), proof("smt", is_complete=False))
    assert (verdict, reason, by) == ("PROVED", "", ("symbolic", "smt"))
    assert outcome(proof("symbolic"), proof("smt"), measured=("CHECKED_EXACT", ""))[0] == "PROVED"


@pytest.mark.parametrize(
    "proofs",
    [
        (),
        (proof("symbolic"),),
        (proof("symbolic"), proof("symbolic")),  # one route twice is one route
        (proof("symbolic", is_complete=False), proof("smt", is_complete=False)),  # none covers the claim
        (proof("symbolic"), proof("smt", subject=0)),  # undecided
        (proof("symbolic"), proof("smt", needs=("no_such_module",))),
    ],
)
def test_anything_less_does_not_lift_a_verdict(proofs):
    assert outcome(*proofs)[0] == "CONSISTENT"


def test_a_route_that_is_not_available_is_said():
    verdict, reason, by = outcome(proof("symbolic"), proof("smt", needs=("no_such_module",)))
    assert verdict == "CONSISTENT"
    assert by == ("symbolic",)
    assert "smt is not available" in reason
    assert "rigor" in reason


@pytest.mark.parametrize("verdict", ["INCONCLUSIVE", "VIOLATED"])
def test_proofs_do_not_mend_a_measurement(verdict):
    found = outcome(proof("symbolic"), proof("smt"), measured=(verdict, "said."))
    assert found[0] == verdict
    assert ("CONFLICT" in found[1]) == (verdict == "VIOLATED")


def test_a_replayed_refutation_violates_against_all_others():
    verdict, reason, _ = outcome(proof("symbolic"), proof("smt"), proof("worst case", subject=5))
    assert verdict == "VIOLATED"
    assert "CONFLICT" in reason
    assert outcome(proof("worst case", subject=5, replays=False))[0] == "INCONCLUSIVE"


def test_a_missed_wrong_makes_the_claim_inconclusive():
    for careless in (proof("smt", planted=(2, 3, 1)), proof("smt", planted=(2, 3, 0))):
        verdict, reason, by = outcome(proof("symbolic"), proof("worst case"), careless)
        assert verdict == "INCONCLUSIVE"
        assert "was not refuted" in reason
        assert "smt" not in by


def test_the_smallest_error_of_a_coefficient_is_found():
    def sees(smallest):
        def perturbed(name, size):
            return 1 + size if size >= smallest else 1

        return check(proof(coefficients=("c",), perturbed=perturbed))

    assert sees(Fraction(1, 10**9)).detected == Fraction(1, 10**9)
    assert sees(Fraction(1, 10**6)).detected == Fraction(1, 10**6)
    blind = sees(Fraction(1, 10))
    assert blind.detected is None
    assert blind.missed == ("a relative error of 0.001 in c",)
    assert not blind.is_proved
    assert summary(blind)["caught"] == 3
    assert check(proof(coefficients=("c",), perturbed=lambda name, size: 1 + size), is_quick=True).detected == Fraction(
        1, 1000
    )


def test_a_proof_needs_a_known_route_and_three_wrongs():
    with pytest.raises(ValueError, match="route must be one of"):
        proof("intuition")
    with pytest.raises(ValueError, match="plants 2 wrongs"):
        proof(planted=(2, 3))
