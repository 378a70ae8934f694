"""A K* known from below only: it can be refuted, and is never confirmed."""

import math

import numpy as np
import pytest

from lionlab.cli._ending import UNDECIDED, code_of
from lionlab.conjugation import Bracket
from lionlab.convex import Huber
from lionlab.inspection import _conjugacy
from lionlab.inspection._conjugacy import check_bracket, observe
from lionlab.inspection._evaluation import Evaluation


def one_sided(lower: float):
    def bracket(oracle, y, **options):
        return Bracket(
            lower, math.inf, "INCONCLUSIVE", np.zeros_like(y), math.inf, lower, 1.0, 1, "nothing certifies it."
        )

    return bracket


@pytest.mark.parametrize(("lower", "verdict"), [(0.0, "INCONCLUSIVE"), (1e3, "VIOLATED")])
def test_from_below_it_refutes_and_never_confirms(lower: float, verdict: str, monkeypatch: pytest.MonkeyPatch):
    seen = observe(Evaluation(Huber(0.5), (2,), "float64"), np.random.default_rng(0))
    assert check_bracket(seen).verdict == "CONSISTENT"
    monkeypatch.setattr(_conjugacy, "bracket_conjugate", one_sided(lower))
    found = check_bracket(seen)
    assert found.verdict == verdict
    if verdict == "INCONCLUSIVE":
        assert found.outcome.startswith("no two-sided bound")
        assert code_of([found.verdict]) == UNDECIDED
