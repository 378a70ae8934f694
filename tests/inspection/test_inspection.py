"""`check_convex_function` refuses what is no K, with the points that show it, and finds nothing where K is right."""

import functools
import json
import math
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from tiers import waiting

sys.path.insert(0, str(Path(__file__).parent))
import planted

from lionlab.convex import CustomFunction, L1Norm
from lionlab.convex.catalogue import CATALOGUE
from lionlab.inspection import (
    Finding,
    Inspection,
    _inspect,
    as_convex_function,
    check_convex_function,
    shape_of_argument,
)
from lionlab.inspection._finding import searched

WRONGS = [f"{check}: {name}" for check, kinds in planted.WRONG.items() for name in kinds]
# Each solves its conjugate numerically or takes another route through the checks; every other line repeats one of them.
EVERY_TIME = {"l1", "huber", "l2 matrix", "truncated l1"}
# Compiling K* and the ledger is what costs: what stops before them is tried every time.
SLOW = [
    "fenchel-young: K* scaled by 1.0001",
    "fenchel-young: dom K* too small",
    "domain: dom K* too large",
    "conjugate: K* never infinite",
]


@pytest.mark.parametrize("wrong", waiting(WRONGS, SLOW))
def test_what_is_wrong_is_refused_with_its_evidence(wrong: str):
    check, name = wrong.split(": ")
    found = check_convex_function(planted.WRONG[check][name], 2, is_quick=True)
    assert found.verdict == "VIOLATED"
    assert check in [finding.check for finding in found.violations], found
    finding = found.finding(check)
    assert finding.counterexample
    assert finding.probes > 0
    assert finding.measured is None or finding.measured > finding.bound
    assert "no violation" not in finding.outcome
    json.dumps(found.to_json(), allow_nan=False)


@functools.cache
def found_of(name: str) -> Inspection:
    """What is found of a right function, looked for once."""
    return check_convex_function(planted.RIGHT[name], 2, is_quick=True)


@pytest.mark.parametrize("name", waiting(planted.RIGHT, ["bowl", "softplus", "quartic"]))
def test_what_is_right_is_not_refused(name: str):
    found = found_of(name)
    assert found.verdict == "CONSISTENT", found.violations
    assert found.finding("convexity").outcome.startswith("no violation in ")
    assert found.finding("ledger").verdict == "CONSISTENT"
    assert "convex" not in " ".join(finding.outcome for finding in found.findings)


@pytest.mark.parametrize("name", waiting(CATALOGUE, set(CATALOGUE) - EVERY_TIME))
def test_the_catalogue_is_not_refused(name: str):
    found = check_convex_function(*CATALOGUE[name], is_quick=True)
    assert found.verdict == "CONSISTENT", [
        f for f in found.findings if f.verdict not in ("CONSISTENT", "NOT_APPLICABLE")
    ]


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["l1", "huber", "top 2", "l2"])
def test_it_works_in_single_precision(name: str):
    found = check_convex_function(*CATALOGUE[name], is_quick=True, dtype="float32")
    assert found.verdict == "CONSISTENT", found.violations
    assert found.finding("conjugate").verdict == "NOT_APPLICABLE"


def test_the_violating_points_are_plain_and_violate():
    example = (
        check_convex_function(planted.WRONG["convexity"]["roots"], 2, is_quick=True).finding("convexity").counterexample
    )
    z, w, share = np.array(example["z"]), np.array(example["w"]), example["share"]
    value = float(planted.roots((1 - share) * z + share * w))
    assert value > (1 - share) * float(planted.roots(z)) + share * float(planted.roots(w)) + 1e-3
    assert max(np.abs(z).max(), np.abs(w).max()) < 100
    assert all(len(f"{abs(x):.15g}") <= 10 for x in (*z, *w))


def test_a_wrong_subgradient_comes_with_the_point_below_its_tangent():
    example = check_convex_function(planted.WRONG["subgradient"]["its sign"], 2, is_quick=True).finding("subgradient")
    found = example.counterexample
    z, w, s = (np.array(found[key]) for key in ("z", "w", "subgradient"))
    np.testing.assert_array_equal(s, -z)
    assert (w @ w) / 2 < (z @ z) / 2 + s @ (w - z)


def test_a_violation_leaves_out_what_rests_on_it():
    found = check_convex_function(planted.WRONG["subgradient"]["its sign"], 2, is_quick=True)
    assert found.finding("ledger") == Finding("ledger", "NOT_APPLICABLE", "not run: subgradient is violated.")
    assert found.domain == {}


def test_the_domain_is_found_and_drawn_in_the_plane():
    found = found_of("hexagon")
    np.testing.assert_allclose(found.domain["largest"], [2, 2], rtol=1e-12)
    np.testing.assert_allclose(found.domain["least"], [-2, -2], rtol=1e-12)
    # dom K* is the sum of the segments from −a to a for a = (1, 0), (0, 1), (1, 1), its support function K itself.
    y, z = found.domain["outer"], np.array([[1, 0], [0, 1], [1, 1], [1, -1], [0.3, 0.8]])
    support = np.abs(z).sum(axis=1) + np.abs(z.sum(axis=1))
    np.testing.assert_allclose((z @ y.T).max(axis=1), support, rtol=2e-2)
    assert np.all((z @ found.domain["subgradients"].T).max(axis=1) <= support * (1 + 1e-12))
    values = [float(planted.RIGHT["hexagon"](point)) for point in found.domain["unit_set"][::40]]
    np.testing.assert_allclose(values, 1, rtol=1e-9)


def test_what_is_unbounded_is_said_to_be():
    domain = found_of("elastic").domain
    assert np.all(np.isinf(domain["largest"]))
    assert np.all(np.isnan(domain["outer"]))


def test_warnings_are_no_violations():
    shifted = planted.CustomFunction(lambda z: planted.absolute(z) + 1, jax.numpy.sign)
    found = check_convex_function(shifted, 2, is_quick=True)
    assert any("K(0) is 1, not 0" in warning for warning in found.warnings)
    assert found.finding("convexity").verdict == "CONSISTENT"
    undeclared = check_convex_function(as_convex_function(planted.declared), 2, is_quick=True)
    assert any("declare it positively homogeneous" in warning for warning in undeclared.warnings)


def test_the_same_seed_finds_the_same():
    first, second = (check_convex_function(planted.roots_of, 2, is_quick=True, seed=5) for _ in range(2))
    assert first == second


def test_no_global_setting_is_changed():
    before = repr(sorted(jax.config.values.items()))
    check_convex_function(planted.WRONG["dtype"]["a float32 constant"], 2, is_quick=True)
    assert repr(sorted(jax.config.values.items())) == before


def test_not_a_number_is_a_violation_and_no_probe_is_no_confirmation():
    assert searched("x", np.array([0.5, math.nan]), lambda i: (f"at {i}", {})).verdict == "VIOLATED"
    assert searched("x", np.array([]), lambda i: ("", {})).verdict == "INCONCLUSIVE"
    assert searched("x", np.array([0.5]), lambda i: ("", {})).outcome == "no violation in 1 probe"


def test_the_verdict_is_the_strongest_objection():
    def inspection(*verdicts: str) -> Inspection:
        return Inspection("K", (2,), "float64", 0, tuple(Finding("a", verdict, "") for verdict in verdicts))

    assert inspection("CONSISTENT", "VIOLATED", "INCONCLUSIVE").verdict == "VIOLATED"
    assert inspection("CONSISTENT", "INCONCLUSIVE").verdict == "INCONCLUSIVE"
    assert inspection("NOT_APPLICABLE", "CONSISTENT").verdict == "CONSISTENT"
    assert inspection("NOT_APPLICABLE").verdict == "NOT_APPLICABLE"


REFUSED = {
    "a number": (3.0, TypeError, "must be a ConvexFunction, a factory of one, or a JAX function"),
    "no subgradient": (planted.absolute, ValueError, "comes without a subgradient"),
    "a class with arguments": (type(planted.made()), TypeError, "Huber needs threshold"),
    "two arguments": (planted.of_two, TypeError, "of_two needs z, w"),
    "a factory that fails": (planted.failing, ValueError, "no threshold was given"),
    "a factory of nothing": (lambda: 3.0, TypeError, "must return a ConvexFunction, got 3.0"),
}


@pytest.mark.parametrize(("given", "error", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_function_is_refused_in_words(given, error, words):
    with pytest.raises(error, match=words):
        as_convex_function(given)


def test_a_declared_function_declares_itself():
    with pytest.raises(ValueError, match="declares what it is in its class"):
        as_convex_function(planted.made(), is_smooth=True)
    assert as_convex_function(planted.made).threshold == 0.5
    assert as_convex_function(planted.Elastic) == planted.Elastic()


def test_shapes():
    assert shape_of_argument(CATALOGUE["group"].function) == (5,)
    assert shape_of_argument(CATALOGUE["nuclear"].function) == (3, 2)
    assert shape_of_argument(CATALOGUE["l1"].function, 7) == (7,)
    with pytest.raises(ValueError, match="whole numbers of at least 1"):
        shape_of_argument(CATALOGUE["l1"].function, (0,))
    with pytest.raises(ValueError, match="cannot be evaluated at 0 on arrays of shape"):
        shape_of_argument(CATALOGUE["group"].function, 3)
    with pytest.raises(ValueError, match="undefined_name"):
        shape_of_argument(as_convex_function(planted.unevaluable, np.sign))
    with pytest.raises(ValueError, match="float32 or float64"):
        check_convex_function(planted.Elastic(), dtype="int8")


def test_overflow_is_no_violation():
    K = CustomFunction(lambda z: jnp.sum(jnp.cosh(z / 3) - 1), lambda z: jnp.sinh(z / 3) / 3)
    found = check_convex_function(K, 2, is_quick=True)
    assert found.violations == ()
    assert found.finding("convexity").verdict == found.finding("subgradient").verdict == "CONSISTENT"


class OwnProx(L1Norm):
    def prox(self, z, step):
        return jnp.sign(z) * jnp.maximum(jnp.abs(z) - 1.001 * step, 0)


class LongDualNorm(L1Norm):
    def dual_norm(self, y):
        return 1.01 * super().dual_norm(y)


def test_what_lionlab_never_calls_is_refused():
    with pytest.raises(ValueError, match=r"OwnProx overrides prox, .* override proximal"):
        check_convex_function(OwnProx(), 2)


def test_a_wrong_dual_norm_is_refused():
    finding = check_convex_function(LongDualNorm(), 2, is_quick=True).finding("positively homogeneous")
    assert finding.verdict == "VIOLATED"
    assert "dual_norm(∇K(z)) is 1.01 at z" in finding.outcome


def test_a_bend_far_out_is_no_homogeneity():
    bent = CustomFunction(
        lambda z: jnp.maximum(jnp.sum(jnp.abs(z)), 2 * jnp.sum(jnp.abs(z)) - 1e6),
        lambda z: jnp.where(jnp.sum(jnp.abs(z)) > 1e6, 2, 1).astype(z.dtype) * jnp.sign(z),
        is_positively_homogeneous=True,
    )
    assert check_convex_function(bent, 2, is_quick=True).finding("positively homogeneous").verdict == "VIOLATED"


def test_a_K_that_ends_needs_a_conjugate_of_its_own():
    boxed = CustomFunction(lambda z: jnp.where(jnp.max(jnp.abs(z)) <= 1, jnp.sum(jnp.abs(z)), jnp.inf), jnp.sign)
    with pytest.raises(ValueError, match=r"K is not finite beyond ‖z‖ = 1"):
        check_convex_function(boxed, 2, is_quick=True)


@pytest.mark.parametrize("stages", ["of K", pytest.param("all", marks=pytest.mark.thorough)])
def test_a_rounding_is_no_kink(stages, monkeypatch):
    """It is K itself that was taken to have one; its conjugate, solved for numerically, takes seconds to compile."""
    if stages == "of K":
        for name in ("has_conjugate", "runs", "look_at_domain"):
            monkeypatch.setattr(_inspect._Inspector, name, lambda inspector: [])
    K = CustomFunction(
        lambda z: jnp.sum(jnp.logaddexp(z, -z) - jnp.log(jnp.asarray(2, z.dtype))), is_smooth=True,
        recession=lambda z: jnp.sum(jnp.abs(z)),
    )  # fmt: skip
    found = check_convex_function(K, 2, is_quick=True)
    assert found.violations == ()
    assert found.finding("smooth").verdict == "CONSISTENT"
