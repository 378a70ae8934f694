"""`make bench` runs every script and reports every field; how fast anything is, no test asserts."""

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
FLOW_LINE = {"name", "seconds", "best_seconds", "times_scipy", "met"}
CONJUGATE_LINE = {"name", "seconds", "best_seconds", "growth", "times_brute_force", "met"}
UPDATE_LINE = {
    "process", "problem", "name", "build", "parameters", "arrays", "seconds", "best_seconds", "times_floor",
    "times_optax", "temporary_bytes", "program", "target", "met",
}  # fmt: skip
MACHINE = {"device", "platform", "cores", "load_average_before", "python", "jax", "jaxlib", "numpy", "lionlab"}

FIELDS = {"-flows": FLOW_LINE, "-conjugates": CONJUGATE_LINE, "-update": UPDATE_LINE}


def run(*options: str, script: str = "run.py") -> str:
    command = [sys.executable, str(REPOSITORY / "benchmarks" / script), "--tiny", *options]
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


@pytest.mark.thorough
def test_a_tiny_benchmark_of_updates_prints_and_writes_one_document(tmp_path):
    path = tmp_path / "speed-update.json"
    printed = json.loads(run("--json", "--parts", "jax,fused", "--out", str(path), script="update.py"))
    assert printed == json.loads(path.read_text(encoding="utf-8"))
    assert set(printed["machine"]) == MACHINE
    lines = printed["measurements"]
    assert all(set(line) == UPDATE_LINE and 0 < line["best_seconds"] <= line["seconds"] for line in lines)
    assert {line["build"] for line in lines} >= {"region", "default", "fused"}
    for line in lines:
        judged = line["times_optax"] is not None or line["target"] is not None
        assert (line["met"] is not None) == judged


@pytest.mark.thorough
def test_a_tiny_benchmark_of_flows_prints_and_writes_one_document(tmp_path):
    path = tmp_path / "speed-flows.json"
    printed = json.loads(run("--json", "--out", str(path), script="flows.py"))
    assert printed == json.loads(path.read_text(encoding="utf-8"))
    assert set(printed["machine"]) == MACHINE
    lines = {line["name"]: line for line in printed["measurements"]}
    assert all(set(line) == FLOW_LINE and 0 < line["best_seconds"] <= line["seconds"] for line in lines.values())
    for kind, is_judged in (("compiled", True), ("flows", True), ("implicit steps", True), ("SciPy", False)):
        found = [line for name, line in lines.items() if kind in name]
        assert found
        assert all((line["met"] is not None) == is_judged for line in found)
        assert all((line["times_scipy"] is not None) == (kind == "compiled") for line in found)


@pytest.mark.thorough
def test_a_tiny_benchmark_of_conjugates_prints_and_writes_one_document(tmp_path):
    path = tmp_path / "speed-conjugates.json"
    printed = json.loads(run("--json", "--out", str(path), script="conjugates.py"))
    assert printed == json.loads(path.read_text(encoding="utf-8"))
    lines = printed["measurements"]
    assert all(set(line) == CONJUGATE_LINE and 0 < line["best_seconds"] <= line["seconds"] for line in lines)
    for kind in ("grid, convex", "vmapped"):
        assert any(line["met"] is not None for line in lines if line["name"].startswith(kind))


def test_make_bench_runs_the_scripts_tested_here():
    recipe = (REPOSITORY / "Makefile").read_text(encoding="utf-8").split("\nbench:")[1].split("\n\n")[0]
    scripts = ("run.py", "flows.py", "conjugates.py", "update.py")
    assert all(f"python benchmarks/{script}\n" in f"{recipe}\n" for script in scripts)


@pytest.mark.parametrize("path", sorted((REPOSITORY / "benchmarks" / "results").glob("*.json")), ids=lambda p: p.stem)
def test_kept_results_have_the_fields(path):
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert set(kept["machine"]) == MACHINE
    fields = next((fields for ending, fields in FIELDS.items() if path.stem.endswith(ending)), LINE)
    assert kept["measurements"]
    assert all(set(line) == fields for line in kept["measurements"])
