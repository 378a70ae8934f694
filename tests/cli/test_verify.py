"""`lionlab verify`: exit codes, one-line errors, pure JSON, counterexamples, interruption."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from small_clone import Clone, document, one_line

BAD_INPUT = {
    "unknown claim": (("verify", "hold"), "unknown claim 'hold'. Did you mean holds"),
    "unknown option": (("verify", "--sed", "3"), "No such option '--sed'"),
    "unknown command": (("verfy",), "No such command 'verfy'"),
    "no equals sign": (("verify", "holds", "--set", "x0"), "--set takes KEY=VALUE"),
    "no value": (("verify", "holds", "--set", "x0="), "--set takes KEY=VALUE"),
    "unknown parameter": (("verify", "holds", "--set", "y0=1"), "claim holds takes no parameter 'y0'; it takes: x0, K"),
    "parameter of no claim": (("verify", "--set", "y0=1"), "no claim takes all of: y0"),
    "invalid value": (("verify", "holds", "--set", "x0=left"), "claim holds: x0 must be a number, such as 1.5."),
    "negative seed": (("verify", "holds", "--seed", "-1"), "'--seed'"),
    "no jobs": (("verify", "holds", "--jobs", "0"), "'--jobs'"),
    "unknown dtype": (("verify", "holds", "--dtype", "int8"), "'--dtype'"),
    "other precision": (("verify", "holds", "--set", "x0=1", "--dtype", "float32"), "claims are verified in float64"),
    "no configuration": (("verify", "--config", "missing.toml"), "--config missing.toml cannot be read"),
}

EXIT_CODES = {
    ("holds", "exact"): 0,
    ("holds", "violated", "uncaught"): 1,
    ("holds", "uncaught"): 3,
    ("nan",): 3,
    ("fails",): 4,
    ("holds", "fails"): 4,
    ("violated", "fails"): 1,
}


@pytest.mark.parametrize(("names", "code"), EXIT_CODES.items(), ids=map(" ".join, EXIT_CODES))
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_exit_codes_and_pure_json(clone: Clone, names: tuple[str, ...], code: int, jobs: str):
    done = clone.run("verify", *names, "--json", "--jobs", jobs)
    assert done.returncode == code
    told = document(done)
    assert ("error" in told) == ("fails" in names)
    assert [claim["id"] for claim in told["claims"]] == [name for name in names if name != "fails"]


def test_not_applicable_beside_a_claim_that_holds_is_0_and_alone_is_3(clone: Clone):
    alone = clone.run("verify", "holds", "--set", "x0=3", "--json")
    assert alone.returncode == 3
    assert document(alone)["claims"][0]["reason"] == "x0 is 3, above 2; start lower"
    from lionlab.cli._ending import code_of

    assert code_of(["NOT_APPLICABLE", "CONSISTENT"]) == 0
    assert code_of(["NOT_APPLICABLE"]) == code_of([]) == 3


@pytest.mark.parametrize(("arguments", "message"), BAD_INPUT.values(), ids=BAD_INPUT)
def test_bad_input_is_one_sentence(clone: Clone, arguments: tuple[str, ...], message: str):
    done = clone.run(*arguments, "-q")
    assert done.returncode == 2
    assert message in one_line(done)
    told = clone.run(*arguments, "--json")
    assert told.returncode == 2
    assert message in document(told)["error"]


def test_a_failure_is_one_line_and_its_traceback_on_request(clone: Clone):
    done = clone.run("verify", "fails", "-q")
    assert one_line(done) == (
        "lionlab: claim fails failed: ArithmeticError: a sum ran away (run it with -v for the traceback)"
    )
    assert "Traceback" in clone.run("verify", "fails", "-v").stderr


def test_a_counterexample_is_stored_and_its_path_printed(clone: Clone, tmp_path: Path):
    done = clone.run("verify", "violated", "--set", "x0=1.5", "--seed", "7", "--out", str(tmp_path))
    assert done.returncode == 1
    path = tmp_path / "counterexamples" / "violated.json"
    assert f"counterexample of violated: {path}" in done.stdout
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert stored["counterexample"] == {"x0": 1.5}
    assert stored["command"] == "lionlab verify violated --seed=7 --set=x0=1.5"
    again = clone.run(*stored["command"].split()[1:], "--json", "--out", str(tmp_path))
    assert document(again)["claims"][0]["counterexample"] == stored["counterexample"]


def test_a_configuration_file_means_the_options(clone: Clone, tmp_path: Path):
    (tmp_path / "a.toml").write_text("seed = 5\nquick = true\nx0 = 1.5\n")
    (tmp_path / "a.json").write_text('{"seed": 5, "quick": true, "x0": 1.5}')
    for name in ("a.toml", "a.json"):
        claim = document(clone.run("verify", "holds", "--json", "--config", str(tmp_path / name)))["claims"][0]
        assert (claim["seed"], claim["cases"]) == (5, 1)
    told = clone.run("verify", "holds", "--json", "--config", str(tmp_path / "a.toml"), "--seed", "6")
    assert document(told)["claims"][0]["seed"] == 6


def test_float64_is_what_a_claim_is_verified_in(clone: Clone, tmp_path: Path):
    assert clone.run("verify", "holds", "--dtype", "float64", "-q").returncode == 0
    assert "Only float64" in clone.run("verify", "--help").stdout
    (tmp_path / "single.toml").write_text('dtype = "float32"\n')
    done = clone.run("verify", "holds", "-q", "--config", str(tmp_path / "single.toml"))
    assert done.returncode == 2
    assert "claims are verified in float64" in one_line(done)


def test_what_is_not_watched_is_plain(clone: Clone):
    done = clone.run("verify", "holds", "violated", "--jobs", "1")
    assert "\x1b" not in done.stdout + done.stderr
    assert "holds" in done.stdout
    assert "[2/2]" in done.stderr
    assert clone.run("verify", "holds", "violated", "--jobs", "1", "-q").stderr == ""


@pytest.mark.parametrize(("variable", "is_coloured"), [("", True), ("1", False)])
def test_colour_on_a_terminal_unless_no_color(clone: Clone, variable: str, is_coloured: bool):
    code = f"import pty; pty.spawn({clone.command('verify', 'holds', 'violated', '--jobs', '1')!r})"
    environment = clone.environment(NO_COLOR=variable, TERM="xterm")
    done = subprocess.run(
        [*clone.command()[:1], "-c", code], capture_output=True, cwd=clone.root, env=environment, timeout=60
    )
    assert b"violated" in done.stdout
    assert (b"\x1b[" in done.stdout) == is_coloured


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_interrupted_it_prints_what_it_has_and_how_to_go_on(clone: Clone, tmp_path: Path, jobs: str, name: str):
    began = tmp_path / "began"
    arguments = ("verify", "holds", "exact", "waits", "--jobs", jobs, "--json")
    process = clone.start(*arguments, SMALL_CLONE_WAIT=str(began))
    wait_for(began)
    assert process.stderr is not None
    while not process.stderr.readline().startswith("[2/3]"):
        assert process.poll() is None
    if name == "SIGINT":
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does: every process of the terminal gets it
    else:
        process.send_signal(signal.SIGTERM)
    stdout, stderr = process.communicate(timeout=20)
    assert process.returncode == 130, stderr
    told = json.loads(stdout)
    assert [claim["id"] for claim in told["claims"]] == ["holds", "exact"]
    assert "interrupted; 2 of 3 claims were finished" in told["error"]
    assert told["error"].endswith("The rest: lionlab verify waits")
    assert "Traceback" not in stderr


def wait_for(path: Path, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < end, f"{path} did not appear"
        time.sleep(0.02)
