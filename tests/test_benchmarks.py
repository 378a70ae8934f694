"""`make bench` runs and reports every field; how fast anything is, no test asserts."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
LINE = {
    "group", "name", "dimension", "steps", "steps_per_second", "best_steps_per_second", "steps_per_processor_second",
    "ratio_to_floor", "target", "met",
}  # fmt: skip
MACHINE = {"device", "platform", "cores", "load_average_before", "python", "jax", "jaxlib", "numpy", "lionlab"}


def run(*options: str) -> str:
    command = [sys.executable, str(REPOSITORY / "benchmarks" / "run.py"), "--tiny", *options]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=REPOSITORY).stdout


def test_a_tiny_benchmark_prints_and_writes_one_document(tmp_path):
    path = tmp_path / "speed.json"
    printed = json.loads(run("--json", "--out", str(path)))
    assert printed == json.loads(path.read_text(encoding="utf-8"))
    assert set(printed["machine"]) == MACHINE
    assert all(set(line) == LINE for line in printed["measurements"])
    groups = {line["group"] for line in printed["measurements"]}
    assert len(groups) == 3
    for line in printed["measurements"]:
        assert line["steps_per_second"] > 0
        assert line["met"] == (None if line["target"] is None else line["steps_per_second"] >= line["target"])
    for group in groups:
        names = [line["name"] for line in printed["measurements"] if line["group"] == group]
        assert "floor: scan by hand" in names
        assert "l1" in names


def test_tables_name_the_device_and_say_what_is_met():
    text = run()
    assert "cores" in text
    assert "floor: NumPy loop" in text
    assert "targets met" in text


@pytest.mark.parametrize("path", sorted((REPOSITORY / "benchmarks" / "results").glob("*.json")), ids=lambda p: p.stem)
def test_kept_results_have_the_fields(path):
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert set(kept["machine"]) == MACHINE
    assert all(set(line) == LINE for line in kept["measurements"])
