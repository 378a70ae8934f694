"""`lionlab run`, `list`, `describe`, `--help`: what they print, and how they refuse."""

import subprocess

import pytest
from small_clone import Clone, document, one_line
from tiers import waiting

from lionlab.cli._console import WIDTH_IN_FILES

BAD_INPUT = {
    "unknown experiment": (("run", "count"), "unknown experiment 'count'. Did you mean counts?"),
    "nothing named": (("run",), "Missing argument 'EXPERIMENT...'"),
    "unknown parameter": (("run", "counts", "--set", "size=2"), "has no parameter 'size'; it has: count, scale."),
    "not a number": (("run", "counts", "--set", "count=many"), "count must be a whole number, such as 5; got 'many'."),
    "not a whole number": (
        ("run", "counts", "--set", "count=2.5"),
        "count must be a whole number, such as 5; got 2.5.",
    ),
    "no number in a list": (
        ("run", "counts", "--set", "scale=[nan, 1]"),
        "scale must be a number, such as 1.0; got [nan, 1].",
    ),
    "not any number": (("run", "counts", "--set", "scale=nan"), "scale must be a number, such as 1.0; got nan."),
    "refused by the experiment": (("run", "counts", "--set", "count=0"), "count must be at least 1, got 0."),
    "parameters of reproduce": (("reproduce", "--config", "p.toml"), "reproduce takes no parameter 'count'"),
    "unknown name": (("describe", "LpNrm"), "nothing is called 'LpNrm'. Did you mean LpNorm"),
    "unknown part": (
        ("reproduce", "--only", "holdss"),
        "no claim or experiment is called 'holdss'. Did you mean holds",
    ),
}


@pytest.mark.parametrize(("arguments", "message"), BAD_INPUT.values(), ids=BAD_INPUT)
def test_bad_input_is_one_sentence(clone: Clone, arguments: tuple[str, ...], message: str):
    (clone.root / "p.toml").write_text("count = 3\n")
    done = clone.run(*arguments, "-q")
    assert done.returncode == 2
    assert message in one_line(done)
    assert message in document(clone.run(*arguments, "--json"))["error"]


def test_a_run_of_its_own_leaves_the_committed_results_alone(clone: Clone):
    done = clone.run("run", "counts", "--set", "count=3", "--set", "scale=2", "--json", "--seed", "4")
    assert done.returncode == 0
    (record,) = document(done)["experiments"]
    assert record["parameters"] == {"count": 3, "scale": 2.0}
    assert (record["seed"], record["findings"]["largest | value"], record["findings"]["nothing"]) == (4, 4.0, "nan")
    assert not clone.figures.exists()
    assert (clone.root / "build" / "run" / "figures" / "counts.png").read_bytes().startswith(b"\x89PNG")


def test_findings_are_printed(clone: Clone, tmp_path):
    done = clone.run("run", "counts", "--quick", "--out", str(tmp_path))
    assert "how many" in done.stdout
    assert str(tmp_path / "figures" / "counts.png") in done.stdout


def test_list_and_describe(clone: Clone):
    listed = document(clone.run("list", "--json"))
    assert {"holds", "violated"} < {claim["name"] for claim in listed["claims"]}
    assert listed["experiments"] == [{"name": "counts", "title": "Counting | aloud"}]
    assert {"L1Norm", "Scaled"} < {entry["name"] for entry in listed["convex_functions"]}
    assert {"Quadratic", "bowl"} < {entry["name"] for entry in listed["objectives"]}
    assert "Experiments (1)" in clone.run("list").stdout
    for name, text in (("holds", "x0 ≤ 2"), ("counts", "count = 5"), ("L1Norm", "K"), ("bowl", "Quadratic")):
        assert text in clone.run("describe", name).stdout


@pytest.mark.parametrize("width", waiting([60, 80, 120, 200, None], [80, 200]), ids=str)
def test_a_list_has_a_line_for_each_name_whatever_the_width(clone: Clone, width: int | None):
    """On a terminal of that width, or piped (None)."""
    command = clone.command("list")
    if width is not None:
        command = [command[0], "-c", f"import pty; pty.spawn({command!r})"]
    environment = clone.environment(COLUMNS=str(width or 80), NO_COLOR="1", TERM="xterm")
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=clone.root, timeout=60)
    lines = done.stdout.splitlines()
    for name in ("holds", "violated", "counts", "GroupL2Norm", "SchattenNorm", "LogisticRegression", "log_sum_exp"):
        (line,) = [line for line in lines if line.split()[:1] == [name]]
        assert len(line) > len(name)
        assert len(line) <= (width or WIDTH_IN_FILES)


def test_a_script_that_does_not_load_hides_nothing(clone: Clone):
    broken = clone.root / "experiments" / "broken.py"
    broken.write_text("1/0")
    try:
        assert "does not load: division by zero" in clone.run("list").stdout
    finally:
        broken.unlink()


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("reproduce", "--help"), ("verify", "--help")])
def test_help_imports_nothing_heavy(clone: Clone, arguments: tuple[str, ...]):
    code = f"""
import sys
sys.argv = ["lionlab", *{arguments!r}]
from lionlab.cli import main
try:
    main()
finally:
    heavy = {{"jax", "numpy", "matplotlib", "sympy", "rich", "scipy"}} & set(sys.modules)
    print("heavy:", sorted(heavy), file=sys.stderr)
"""
    import sys

    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, env=clone.environment(), cwd=clone.root, timeout=60)
    assert done.returncode == 0
    assert done.stdout
    assert done.stderr == "heavy: []\n"


def test_asking_for_nothing_shows_the_help(clone: Clone):
    done = clone.run()
    assert done.returncode == 2
    assert "Commands:" in done.stderr


def test_a_poor_terminal_gets_question_marks(clone: Clone):
    done = clone.run("describe", "holds", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "x0 ? 2" in done.stdout


@pytest.mark.parametrize("value", [0, -3, 2.5])
def test_a_number_of_things_is_above_0(value: float):
    from lionlab.cli._run import _matched

    with pytest.raises(ValueError, match="num_steps must be a whole number above 0, such as 10; got "):
        _matched("num_steps", value, 10)
    assert _matched("num_steps", 3.0, 10) == 3
