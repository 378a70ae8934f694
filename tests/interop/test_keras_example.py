"""The Keras example in its smallest setting: it trains, and the distance falls as fast as it must."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from interop.keras_runs import as_keras_expects  # noqa: F401

pytest.importorskip("sklearn", reason="needs the extra experiments")


@pytest.fixture(scope="module")
def example() -> ModuleType:
    path = Path(__file__).parents[2] / "examples" / "train_keras.py"
    spec = importlib.util.spec_from_file_location("train_keras", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.usefixtures("as_keras_expects")
def test_its_smallest_setting(example: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["train_keras.py", "--epochs", "3", "--width", "8"])
    example.main()
    _, *lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    losses = [float(line.split("loss ")[1].split()[0]) for line in lines]
    assert losses[-1] < losses[0]
    distances, allowed = np.array([line.split("distance ")[1].split(" of ") for line in lines]).astype(float).T
    assert distances[0] > 0
    # Four digits are printed.
    assert np.all(distances <= allowed + 1e-4)
    assert example.factor_per_epoch() < 0.95
