"""`lionlab check-k module:K`: exit codes, pure JSON, stored counterexamples, the picture, and input that is none."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lionlab.cli._program import run_program

FOLDER = Path(__file__).parents[1] / "inspection"
OUTCOMES = {
    "planted:roots_of": 1,
    "planted:nan_at_zero": 1,
    "planted:random": 1,
    "planted:short": 1,
    "planted:Elastic": 0,
}


@pytest.fixture(autouse=True)
def _beside_the_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    monkeypatch.setattr(sys, "path", list(sys.path))


@pytest.mark.parametrize(("target", "code"), OUTCOMES.items(), ids=OUTCOMES)
def test_exit_codes_pure_json_and_counterexamples(target: str, code: int, tmp_path: Path, capsys):
    assert run_program(["check-k", target, "--quick", "--shape", "2", "--json", "--out", str(tmp_path)]) == code
    told = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert told["verdict"] == ("VIOLATED" if code else "CONSISTENT")
    assert len(told["counterexample_files"]) == sum(f["verdict"] == "VIOLATED" for f in told["findings"])
    for path in told["counterexample_files"]:
        stored = json.loads(Path(path).read_text(encoding="utf-8"))
        assert stored["counterexample"]
        assert stored["command"].startswith(f"lionlab check-k {target} --shape=2")
    assert all(Path(path).exists() for path in told["files"])


def test_the_table_says_no_violation_and_never_convex(tmp_path: Path, capsys):
    assert run_program(["check-k", "planted:declared", "--homogeneous", "--shape=2", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "no violation in " in said
    assert "planted:declared: no violation found in" in said
    assert "is convex" not in said
    assert "dom K* as K grows: least y = [-1.0, -1.0], largest y = [1.0, 1.0]" in said
    picture = tmp_path / "check-k-planted-declared.png"
    assert f"written: {picture}" in said
    first = picture.read_bytes()
    assert first.startswith(b"\x89PNG")
    assert run_program(["check-k", "planted:declared", "--homogeneous", "--shape=2", "--out", str(tmp_path), "-q"]) == 0
    assert picture.read_bytes() == first


def test_a_violation_prints_the_points_and_the_path(tmp_path: Path, capsys):
    assert run_program(["check-k", "planted:roots_of", "--quick", "--shape=2", "--out", str(tmp_path)]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "not convex: between z = [" in said
    assert f"counterexample: {tmp_path / 'counterexamples' / 'check-k-planted-roots_of-convexity.json'}" in said


BAD_INPUT = {
    "no colon": (["planted"], "name a module and what is in it"),
    "a file": (["planted.py:K"], "name the module, not its file: planted:K"),
    "no module": (["no_such_module:K"], "module no_such_module cannot be imported: ModuleNotFoundError"),
    "no name": (["planted:maid"], "planted has no 'maid'. Did you mean made"),
    "no function": (["planted:not_a_function"], "must be a ConvexFunction"),
    "no subgradient": (["planted:absolute"], "comes without a subgradient"),
    "no such subgradient": (["planted:absolute", "--subgradient", "sine"], "planted has no 'sine'"),
    "no evaluation": (["planted:unevaluable", "--smooth"], "undefined_name"),
    "no shape": (["planted:declared", "--shape", "two"], "--shape takes whole numbers such as 4 or 3x2"),
    "an empty shape": (["planted:declared", "--shape", "0"], "whole numbers of at least 1"),
    "a failing factory": (["planted:failing"], "no threshold was given"),
    "declared twice": (["planted:made", "--smooth"], "declares what it is in its class"),
}


@pytest.mark.parametrize(("arguments", "message"), BAD_INPUT.values(), ids=BAD_INPUT)
def test_bad_input_is_one_sentence(arguments: list[str], message: str, capsys):
    assert run_program(["check-k", *arguments, "--json", "-q"]) == 2
    said = capsys.readouterr()
    assert message in json.loads(said.out)["error"]
    assert len(said.err.splitlines()) == 1


def test_a_module_that_cannot_be_imported_is_bad_input(tmp_path: Path, monkeypatch, capsys):
    (tmp_path / "broken_module.py").write_text("K = \n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert run_program(["check-k", "broken_module:K", "-q"]) == 2
    assert "module broken_module cannot be imported: SyntaxError" in capsys.readouterr().err


def test_as_a_program_it_ends_before_it_imports_jax():
    code = "import sys; from lionlab.cli import main; sys.argv = ['lionlab', 'check-k', 'planted_nowhere:K', '-q']\n"
    code += "try:\n    main()\nexcept SystemExit as end:\n    print(end.code, 'jax' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "2 False"
