"""The training example in its smallest setting: it learns, and the distance falls as phase 1 says."""

import importlib.util
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs the extra interop: make interop")
pytest.importorskip("sklearn", reason="needs the extra experiments")

EXAMPLE = Path(__file__).parents[2] / "examples" / "train_torch.py"


def test_it_learns_and_reaches_the_set(capsys: pytest.CaptureFixture) -> None:
    specification = importlib.util.spec_from_file_location("train_torch", EXAMPLE)
    assert specification is not None
    assert specification.loader is not None
    example = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(example)
    run = example.train(epochs=2, width=16)
    assert len(capsys.readouterr().out.splitlines()) == len(run) == 3
    assert run[-1].loss < run[0].loss
    # Each step shortens the distance by 1 − ηλ at least; η falls linearly to a hundredth.
    steps = 2 * ((1797 - example.TEST_IMAGES) // example.BATCH)
    bound = run[0].distance
    for t in range(steps):
        bound *= 1 - example.LEARNING_RATE * (1 - 0.99 * t / steps) * example.WEIGHT_DECAY
    assert run[0].distance > 0
    assert run[-1].distance <= bound * (1 + 1e-5)
