"""The tests of the Keras optimizer once more, on the backends they were not run on: one process has one backend."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from interop.keras_runs import BACKEND

# What hangs on no backend need not be tried twice.
ONCE = {Path(__file__).name, "test_keras_refusals.py", "test_keras_example.py"}
FILES = sorted(path for path in Path(__file__).parent.glob("test_keras_*.py") if path.name not in ONCE)
# A planted wrong, or an argument against a second reference, need not be tried twice every time either.
USUALLY = "not planted and not description and not noticed and not nothing_overflows"


@pytest.mark.skipif(BACKEND != "jax", reason="this is another backend")
@pytest.mark.parametrize("backend", ["torch", "tensorflow"])
@pytest.mark.parametrize(
    "chosen", [["-k", USUALLY], pytest.param(["--thorough"], marks=pytest.mark.thorough)], ids=["most", "all"]
)
def test_every_test_passes_on(backend: str, chosen: list[str]) -> None:
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed: for torch, make interop; TensorFlow is in no extra")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    # Threads are of no use to arrays this small.
    environment |= {"KERAS_BACKEND": backend, "OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "2"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *chosen]
    repository = Path(__file__).parents[2]
    done = subprocess.run(
        [*command, *map(str, FILES)], env=environment, cwd=repository, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout[-6000:]
    # A run that skipped everything would have passed, too.
    passed = int(done.stdout.rsplit(" passed", 1)[0].split()[-1])
    assert passed > 75, done.stdout[-2000:]
