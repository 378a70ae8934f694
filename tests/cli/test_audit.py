"""`lionlab audit module:factory`: exit codes, pure JSON, replay, and input that is none."""

import json
import sys
from pathlib import Path

import pytest

from lionlab.cli._program import run_program

MODULE = """
import functools
from lionlab.audit import StepFunction, zoo

right = functools.partial(zoo.lion, weight_decay=0.5)
wrong = functools.partial(zoo.coupled_decay, weight_decay=0.5)
number = 3

def broken():
    raise RuntimeError("no such thing")

def failing(learning_rate=0.01):
    return StepFunction(lambda x: 0, lambda g, s, x, eta: 1 / 0, learning_rate)

def flat(learning_rate=0.01):
    return StepFunction(lambda x: 0, lambda g, s, x, eta: (x.ravel(), s), learning_rate)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "shop.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "shop", raising=False)
    return tmp_path


CLAIM = ("--K", "L1Norm", "--weight-decay", "0.5", "--quick", "-q")


@pytest.mark.parametrize(
    ("arguments", "code", "verdict"),
    [
        (["shop:right", *CLAIM, "--beta1", "0.9", "--beta2", "0.99"], 0, "CONSISTENT"),
        (["shop:right", "--quick", "-q"], 0, "CONSISTENT"),
        (["shop:right", "--quick", "-q", "--weight-decay", "1"], 1, "VIOLATED"),
        (["shop:wrong", *CLAIM], 1, "VIOLATED"),
        (["shop:wrong", "--quick", "-q"], 3, "NOT_APPLICABLE"),
    ],
    ids=["claims kept", "no claim", "another decay", "coupled", "coupled, no claim"],
)
def test_exit_codes_and_pure_json(arguments: list[str], code: int, verdict: str, folder: Path, capsys):
    assert run_program(["audit", *arguments, "--json", "--out", str(folder / "out")]) == code
    told = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert told["verdict"] == verdict
    assert told["name"] == arguments[0]
    assert (told["counterexample_file"] is None) == (verdict == "CONSISTENT")
    assert [Path(path).suffix for path in told["files"]] == [".json", ".png"]
    assert all(Path(path).exists() for path in told["files"])


def test_the_table_and_the_replay(folder: Path, capsys):
    assert run_program(["audit", "shop:wrong", *CLAIM, "--out", "out"]) == 1
    said = capsys.readouterr().out
    assert said.startswith("VIOLATED: shop:wrong is not what it claims to be: decay is coupled")
    path = "out/counterexamples/audit-shop-wrong.json"
    assert f"counterexample: {path}" in said
    stored = json.loads(Path(path).read_text(encoding="utf-8"))
    assert stored["command"].startswith("lionlab audit shop:wrong --shape=3x4 --K=L1Norm --weight-decay=0.5")
    assert run_program(["audit", "--replay", path]) == 1
    assert "shop:wrong ran as stored: the counterexample stands." in capsys.readouterr().out
    assert run_program(["audit", "shop:right", "--replay", path, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["still_parts"] is False


def test_a_counterexample_lands_below_the_current_folder(folder: Path, capsys):
    assert run_program(["audit", "shop:wrong", *CLAIM]) == 1
    assert "counterexample: lionlab-audit/audit-shop-wrong.json" in capsys.readouterr().out
    assert [path.name for path in folder.iterdir() if path.is_dir() and path.name != "__pycache__"] == ["lionlab-audit"]


def test_progress_is_told(capsys):
    assert run_program(["audit", "shop:right", "--quick"]) == 0
    told = capsys.readouterr().err
    assert "[1/7]" in told
    assert "[7/7] effective set" in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "name a module"),
        (["shop"], "name a module and what is in it"),
        (["shop:righ"], "Did you mean right"),
        (["shop:number"], "optimizer must be an optax transformation"),
        (["shop:broken"], "no such thing"),
        (
            ["shop:right", "--K", "Lyon"],
            "'Lyon' is unknown, did you mean LpNorm or L2Norm or L1Norm? All are listed by",
        ),
        (["shop:right", "--K", "NuclearNorm", "--shape", "5"], "matrix"),
        (["shop:right", "--shape", "1"], "shape must have at least two entries"),
        (["shop:failing"], "shop:failing raises ZeroDivisionError at step 0"),
        (["shop:flat"], "shop:flat returned x of shape (12,) at step 0, and was given x of shape (3, 4)"),
        (["shop:right", "--weight-decay", "-1"], "weight_decay must be"),
        (["shop:right", "--shape", "big"], "--shape takes whole numbers"),
        (["--replay", "nothing.json"], "nothing.json"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_input_that_makes_no_sense_ends_in_one_line(arguments: list[str], words: str, capsys):
    assert run_program(["audit", *arguments, "-q"]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert len(said) < 250
