"""`lionlab describe CLAIM` shows the derivation and the routes; `--latex` the derivation alone, `--json` everything."""

import json

import pytest
from click.testing import CliRunner

from lionlab.cli._describe import describe_command
from lionlab.cli._ending import Ending
from lionlab.proofs import _registry


@pytest.fixture(autouse=True)
def one_module(monkeypatch: pytest.MonkeyPatch):
    """The proofs of one file, whatever else is registered."""
    monkeypatch.setattr(_registry, "MODULES", ("symbolic.optimality",))
    _registry.proofs.cache_clear()
    yield
    _registry.proofs.cache_clear()


def described(*arguments: str) -> str:
    return CliRunner().invoke(describe_command, list(arguments), catch_exceptions=False).output


def test_the_derivation_is_shown_as_mathematics():
    shown = described("kkt-score-is-frank-wolfe-gap")
    for part in (
        "proofs:",
        "- symbolic:",
        "taken for granted:",
        "Proof.",
        "S(x) = K(−∇f(x)) + ⟨λx, ∇f(x)⟩ + K*(λx)",
        "∎",
    ):
        assert part in shown
    assert "\\frac" not in shown
    assert shown.rstrip().endswith("command: lionlab verify kkt-score-is-frank-wolfe-gap")


def test_latex_stands_alone():
    shown = described("kkt-score-is-frank-wolfe-gap", "--latex")
    assert shown.startswith("\\paragraph{The KKT score")
    assert "\\begin{enumerate}" in shown
    assert "statement" not in shown
    assert not set("λΔ⟨≥∇") & set(shown)


def test_json_has_both():
    document = json.loads(described("lyapunov-lower-bound", "--json"))
    assert "Proof." in document["derivation"]
    assert "\\begin{align*}" in document["latex"]
    assert document["proofs"]["symbolic"]["covers the whole claim"] == "yes"


def test_a_claim_without_proofs_says_so():
    shown = described("stall-outside")
    assert "proofs: none" in shown
    assert "derivation" not in shown
    with pytest.raises(Ending, match="no derivation to write in LaTeX"):
        described("stall-outside", "--latex")
