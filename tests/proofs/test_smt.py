"""The route smt: every proof holds and misses nothing planted; the engine calls nothing proved that is not."""

import copy
import importlib
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction

import pytest

from lionlab.proofs import check, proofs
from lionlab.proofs.smt import _plain
from lionlab.proofs.smt._facts import FACTS, facts, truncated_facts
from lionlab.proofs.smt._formulas import Scene, Term, either, size_of, term
from lionlab.proofs.smt._functions import CONCRETE, Absolute, DeadZone, Huber
from lionlab.proofs.smt._obligation import Obligation, discharge
from lionlab.proofs.smt._solver import ask

z3 = pytest.importorskip("z3")

MODULES = (
    *"bracket conjugates contraction convexity descent flow invariance".split(),
    *"kkt ledger parabola proximal reversed_betas".split(),
)
PROOFS = [proof for name in MODULES for proof in importlib.import_module(f"lionlab.proofs.smt.{name}").PROOFS]
SMALL = ["contraction-explicit", "flow-descent", "kkt-score-bounds-the-gap", "ledger-identity", "two-cycle-exact"]
by_claim = {proof.claim: proof for proof in PROOFS}


def test_every_one_is_among_the_proofs_that_are_checked_with_all_that_is_planted():
    """By test_every_proof.py, errors of a thousandth included."""
    assert {(proof.claim, proof.route) for proof in PROOFS} <= {(proof.claim, proof.route) for proof in proofs()}
    assert all(proof.coefficients for proof in PROOFS)


@pytest.mark.parametrize("claim", SMALL)
def test_smaller_errors_and_dropped_hypotheses_are_seen(claim: str):
    found = check(by_claim[claim])
    assert found.is_proved
    assert found.detected == Fraction(1, 10**9)


@pytest.mark.parametrize("claim", SMALL)
def test_the_stored_queries_say_what_is_expected_of_them(claim: str):
    proof = by_claim[claim]
    artefacts = proof.prove(proof.subject, False).artefacts
    assert len(artefacts) >= 2
    for name, text in artefacts.items():
        expected = "sat" if "dropped" in name else "unsat"
        assert f"; expected: {expected}\n" in text
        solver = z3.Solver()
        solver.add(z3.parse_smt2_string(text))
        assert str(solver.check()) == expected, name


def test_queries_are_the_same_in_every_process():
    code = (
        "from lionlab.proofs.smt.contraction import PROOFS; import hashlib, sys; p = PROOFS[0];"
        "texts = p.prove(p.subject, False).artefacts; assert 'jax' not in sys.modules;"
        "print(hashlib.sha256(repr(sorted(texts.items())).encode()).hexdigest())"
    )
    seen = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert len(seen) == 1
    lazy = "import sys, lionlab.proofs.smt.flow, lionlab.proofs.smt.parabola; assert 'z3' not in sys.modules"
    subprocess.run([sys.executable, "-c", lazy], check=True)


def test_a_refutation_can_be_replayed_by_hand():
    proof = by_claim["contraction-explicit"]
    found = proof.prove(proof.planted[0].subject, False).counterexample
    assert found is not None
    v = {name: Fraction(text) for name, text in found.items() if name != "obligation"}
    step = v["step_size"] * v["weight_decay"]
    y_next = (1 - step) * v["y"] + step * v["u"]
    before, after = (max(y - v["high"], v["low"] - y, Fraction(0)) for y in (v["y"], y_next))
    assert v["low"] <= v["u"] <= v["high"]
    assert after - (1 - step) ** 2 * before == v["excess"] > 0


# What is known of the functions is proved, and a wrong function is caught.


def test_facts_hold():
    assert discharge([*facts(), *truncated_facts()]).word == "proved"


class TwiceAsLarge(Absolute):
    def value(self, name: str, z: Term) -> Term:
        return self.scene.define(f"K_{name}", 2 * size_of(z))


class WithoutKink(Absolute):
    def is_slope(self, u: Term, z: Term):
        return u.equals(either(z > 0, 1, either(z < 0, -1, 0)))


class WithoutPenalty(DeadZone):
    def conjugate(self, name: str, y: Term) -> Term:
        return self.scene.define(f"dual_{name}", 0)


class SteepDual(Huber):
    def is_dual_slope(self, z: Term, y: Term):
        return super().is_dual_slope(z, Fraction(999, 1000) * y)


@pytest.mark.parametrize("wrong", [TwiceAsLarge, WithoutKink, WithoutPenalty, SteepDual])
def test_a_wrong_function_is_caught(wrong: type[Absolute]):
    assert discharge(facts((wrong,))).word == "undecided"


@pytest.mark.parametrize("of", CONCRETE)
def test_plain_functions_know_their_slopes(of: type[Absolute]):
    K = _plain.function(of.__name__, {"bend": Fraction(1, 3)})
    grid = [Fraction(i, 6) for i in range(-12, 13)]
    for z in grid[1:-1]:
        others = [*grid, z - Fraction(1, 1000), z + Fraction(1, 1000)]
        tangents = [u for u in grid if all(K.value(v) >= K.value(z) + u * (v - z) for v in others)]
        assert [u for u in grid if K.is_slope(u, z)] == tangents
    assert K.conjugate(Fraction(7, 6)) is None
    with pytest.raises(ValueError, match="no plain function"):
        _plain.function("Cubic", {"bend": Fraction(1)})


def test_derivatives_are_exact_and_absent_at_kinks():
    assert _plain.derivative(lambda t: (t - 3) ** 2 + abs(t - Fraction(1, 1000))) == -7
    assert _plain.derivative(abs) is None
    assert _plain.derivative(lambda t: None) is None
    assert len(FACTS) == 5


# The engine.


def scene_of_squares() -> tuple[Scene, Term]:
    scene = Scene()
    x = scene.real("x")
    scene.assume("x is at least 1", x >= 1)
    return scene, x


def test_what_follows_is_proved_and_what_does_not_is_refuted_or_undecided():
    scene, x = scene_of_squares()
    replay = lambda values, without: 1 - values["x"] ** 2  # noqa: E731
    holds = Obligation("squares", "x² ≥ 1", scene, x * x >= 1, replay, needed={"x is at least 1": {"x": Fraction(0)}})
    found = discharge([holds])
    assert found.word == "proved"
    assert set(found.artefacts) == {"smt-squares.smt2", "smt-squares-dropped-0.smt2"}
    wrong = Obligation("squares", "x² ≥ 2", scene, x * x >= 2, lambda values, without: 2 - values["x"] ** 2)
    assert discharge([wrong]).word == "refuted"
    for unreplayed in (None, lambda values, without: None, lambda values, without: Fraction(0)):
        assert discharge([Obligation("squares", "x² ≥ 2", scene, x * x >= 2, unreplayed)]).word == "undecided"


def test_premises_without_a_point_prove_nothing():
    scene, x = scene_of_squares()
    scene.assume("x is negative", x < 0)
    assert discharge([Obligation("nothing", "x² = 3", scene, (x * x).equals(3))]).word == "undecided"


@pytest.mark.parametrize("is_quick", [True, False])
@pytest.mark.parametrize("claim", by_claim)
def test_no_proof_survives_a_hypothesis_that_nothing_meets(claim: str, is_quick: bool, monkeypatch: pytest.MonkeyPatch):
    """All negations are unsatisfiable then; that is not enough, in a quick run neither."""

    def spoiled(one: Obligation) -> Obligation:
        scene = copy.copy(one.scene)
        size = Term("step_size") if "step_size" in scene.unknowns else term(1)
        scene.premises = [*scene.premises, ("η < 0", size < 0)]
        return replace(one, scene=scene, hints=[])

    route = importlib.import_module("lionlab.proofs.smt._route")
    monkeypatch.setattr(route, "discharge", lambda obligations: discharge([spoiled(one) for one in obligations]))
    proof = by_claim[claim]
    found = proof.prove(proof.subject, is_quick)
    assert (found.word, "no point with all premises" in found.said) == ("undecided", True)


def test_a_hypothesis_that_is_not_needed_is_not_said_to_be():
    scene, x = scene_of_squares()
    needless = Obligation(
        "squares",
        "x² ≥ 0",
        scene,
        x * x >= 0,
        lambda values, without: -(values["x"] ** 2),
        needed={"x is at least 1": {}},
    )
    assert discharge([needless]).word == "undecided"


def test_no_answer_proves_nothing(monkeypatch: pytest.MonkeyPatch):
    scene, x = scene_of_squares()
    y = scene.real("y")
    text = scene.text((x * x * x + y * y * y * x).equals(7), (x * y * y - y * x * x * x).equals(5))
    assert ask(text, (), 10).word == "unknown"
    module = importlib.import_module("lionlab.proofs.smt._obligation")
    monkeypatch.setattr(module, "ask", lambda *arguments: ask(text, (), 10))
    assert discharge([Obligation("squares", "x² ≥ 1", scene, x * x >= 1)]).word == "undecided"


def test_models_are_rational_where_there_is_a_rational_one():
    scene = Scene()
    x, y = scene.reals("x y")
    inside = (x * x * x > 2) & (x * x + y * y < 2)
    found = ask(scene.text(inside), scene.unknowns)
    assert found.model is not None
    assert scene.holds(found.model, inside)
    assert not scene.holds({**found.model, "y": Fraction(2)}, inside)
    irrational = ask(scene.text((x * x).equals(2)), scene.unknowns)
    assert (irrational.word, irrational.model) == ("sat", None)


def test_formulas_have_the_value_that_z3_gives_them():
    scene = Scene()
    x, y = scene.reals("x y")
    z = scene.define("z", either(x > y, x - 2 * y, -x) * Fraction(-3, 7))
    formulas = [z <= x, ~(z < 0) | (x * y >= 1), z.differs(y) & (y > -1), (x + z).equals(Fraction(4, 7) * x)]
    for values in ({"x": Fraction(1, 3), "y": Fraction(-2)}, {"x": Fraction(-1), "y": Fraction(5, 2)}):
        for formula in formulas:
            expected = ask(scene.text(formula, pinned=values)).word == "sat"
            assert scene.holds(values, formula) == expected
