"""docs/your_own_k.md keeps its word: its K is the file beside it, its run is as told, its figure can be drawn."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "your_own_k.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.fixture(autouse=True)
def _beside_the_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(DOCS / "examples"), *sys.path])


def test_the_k_is_the_file_and_has_fifteen_lines():
    file = (DOCS / "examples" / "my_k.py").read_text(encoding="utf-8")
    assert BLOCKS[0] == file
    assert len(file.splitlines()) <= 15


def test_the_run_the_figure_and_what_is_said_of_them():
    import your_own_k

    data = your_own_k.compute(num_steps=60)
    assert data["verdict"] == "CONSISTENT"
    assert data["residual"] < 1
    contraction = 1 - your_own_k.STEP_SIZE * your_own_k.WEIGHT_DECAY
    assert np.all(data["distance"][1:] <= contraction * data["distance"][:-1] + 1e-9)
    assert data["distance"][0] > 1 > 1e-9 > data["distance"][-1]
    assert np.all(np.diff(data["lyapunov"][:30]) < 0)
    corners = np.array([[2, 2], [2, 0], [0, -2], [-2, -2], [-2, 0], [0, 2]])
    assert max(np.min(np.linalg.norm(data["set"] - corner, axis=1)) for corner in corners) < 1e-9
    assert len(your_own_k.draw(data).axes) == 3


def test_the_page_runs_what_the_script_runs():
    script = (DOCS / "examples" / "your_own_k.py").read_text(encoding="utf-8")
    for said in ("matrix=[[1.0, 0.0], [0.0, 4.0]], center=[2.6, -1.8]", "x0=[-3.5, 2.5]"):
        assert said in BLOCKS[2]
        assert said in script
    for block in BLOCKS[1:]:
        compile(block, "your_own_k.md", "exec")


def test_the_files_it_points_to_exist():
    targets = re.findall(r"\]\(([^)#:]+)\)", PAGE)
    assert "your_own_k.png" in targets
    assert [target for target in targets if not (DOCS / target).exists()] == []
