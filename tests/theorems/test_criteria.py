"""The criteria in force are those that were registered."""

import dataclasses
import json

from lionlab.theorems import _criteria as criteria
from lionlab.theorems import _verify, claims, verify


def test_every_claim_is_registered_as_it_is():
    assert {claim.id for claim in claims()} == set(criteria.registered()["claims"])
    assert {claim.id: criteria.departure(claim) for claim in claims() if criteria.departure(claim)} == {}


def test_a_moved_bar_cannot_hold(monkeypatch):
    claim = next(one for one in claims() if one.id == "two-cycle-exact")
    moved = dataclasses.replace(claim, tolerance="whatever comes out")
    monkeypatch.setattr(_verify, "claims", lambda: (moved,))
    evidence = verify(moved)
    assert evidence.verdict == "INCONCLUSIVE"
    assert "bound differs from what is registered" in evidence.reason


def test_what_is_not_registered_is_not_proved(monkeypatch):
    claim = next(one for one in claims() if one.id == "two-cycle-exact")
    unknown = dataclasses.replace(claim, id="two-cycle-renamed")
    monkeypatch.setattr(_verify, "claims", lambda: (unknown,))
    assert verify(unknown).verdict == "CHECKED_EXACT"
    assert verify(unknown).criteria == ""
    monkeypatch.setattr(_verify._routes, "judged", lambda verdict, reason, found: ("PROVED", ""))
    evidence = verify(unknown)
    assert evidence.verdict == "CHECKED_EXACT"
    assert "not registered" in evidence.reason


def test_registering_raises_the_version(tmp_path, monkeypatch):
    monkeypatch.setattr(criteria, "FILE", tmp_path / "criteria.json")
    monkeypatch.setattr(criteria, "registered", lambda: {"version": 4, "claims": {}})
    assert "version 5 registers" in criteria.register()
    assert json.loads(criteria.FILE.read_text())["version"] == 5


def test_what_reports_print_is_the_hash_of_the_file():
    assert f"version {criteria.registered()['version']}, sha256 " in criteria.stamp()
    assert verify("two-cycle-exact").criteria == criteria.stamp()
