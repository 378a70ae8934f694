"""The page on what is called Lion and is not: every number on it is what the code computes."""

from pathlib import Path

import pytest

from lionlab.audit.zoo import coupled_decay, lion, sign_after_update
from lionlab.audit.zoo._worked_example import first_step, forgets, path, tables

PAGE = Path(__file__).parents[2] / "docs" / "misdescriptions.md"


def test_the_tables_are_what_the_code_computes():
    page = PAGE.read_text(encoding="utf-8")
    for table in tables().split("\n\n"):
        assert table in page


def test_what_the_page_says_of_them():
    # Lion turns at β1(1−β2)/(1−β1); renewed first, at the same formula with (β1β2, β1).
    assert forgets(lion) == pytest.approx(0.9 * 0.01 / 0.1, rel=1e-9)
    assert forgets(sign_after_update) == pytest.approx(0.891 * 0.1 / 0.109, rel=1e-9)
    assert forgets(sign_after_update) > 9 * forgets(lion)
    assert first_step(lion, 10.0) == first_step(lion, 1000.0) == pytest.approx(-0.1)
    # Without decay, decay in the gradient is Lion.
    assert (path(coupled_decay, 0.0, 0.0, 50) == path(lion, 0.0, 0.0, 50)).all()
