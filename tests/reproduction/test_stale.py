"""What `reproduce --check`, `reproduce`, `reproduce --stale` and `report` make of the same stored results."""

import shutil
import subprocess
from pathlib import Path

import pytest
from small_clone import Clone, document

EVERY = {"claim holds", "claim exact", "experiment counts"}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A small clone that was reproduced; its tests work on copies of the results."""
    clone = Clone(tmp_path_factory.mktemp("finished"), ("holds", "exact"))
    assert clone.run("reproduce", "--jobs", "1").returncode == 0
    return clone


@pytest.fixture
def copied(finished: Clone, tmp_path: Path) -> Path:
    """The results in a folder of their own, without what this machine knows of its runs; one missing, one broken."""
    shutil.copytree(finished.figures, tmp_path / "figures")
    (tmp_path / "figures" / "counts.pdf").unlink()
    (tmp_path / "figures" / "data" / "claims" / "exact.json").write_text("{")
    return tmp_path


def ran(done: "subprocess.CompletedProcess[str]") -> set[str]:
    """The parts that a reproduction ran, by its own account."""
    return {line.split("] ")[1].split(":")[0] for line in done.stderr.splitlines() if line.startswith("[")}


def test_check_names_what_stale_runs_and_what_else_would_run(finished: Clone, copied: Path):
    out = ("--out", str(copied))
    told = document(finished.run("reproduce", "--check", *out, "--json"))
    assert told["stale"] == {"experiment counts": "counts.pdf is missing", "claim exact": "exact.json cannot be read"}
    assert told["run_elsewhere"] == ["claim holds"]
    check = finished.run("reproduce", "--check", *out)
    assert check.returncode == 1
    assert f"To bring that up to date: lionlab reproduce --out {copied} --stale\n" in check.stdout
    assert "Current, but not run on this machine as it is: 1; without --stale" in check.stdout
    done = finished.run("reproduce", "--stale", *out, "--jobs", "1")
    assert (done.returncode, ran(done)) == (0, set(told["stale"]))
    assert "1 of 3 parts stand as they are stored; 2 to run." in done.stderr
    assert document(finished.run("reproduce", "--check", *out, "--json")) == {
        "stale": {},
        "run_elsewhere": ["claim holds"],
    }
    assert ran(finished.run("reproduce", *out, "--jobs", "1")) == {"claim holds"}
    assert document(finished.run("reproduce", "--check", *out, "--json")) == {"stale": {}, "run_elsewhere": []}


def test_check_tells_a_touched_record_from_a_missing_one(finished: Clone, tmp_path: Path):
    out = ("--out", str(tmp_path))
    assert set(document(finished.run("reproduce", "--check", *out, "--json"))["stale"].values()) == {"missing"}
    shutil.copytree(finished.figures, tmp_path / "figures")
    for record in ("counts.json", "claims/holds.json"):
        with (tmp_path / "figures" / "data" / record).open("a") as stream:
            stream.write("\n")
    assert document(finished.run("reproduce", "--check", *out, "--json"))["stale"] == {
        "experiment counts": "counts.json is not the file that was written",
        "claim holds": "holds.json is not the file that was written",
    }


def test_without_stale_all_runs_and_says_why(finished: Clone, copied: Path):
    done = finished.run("reproduce", "--out", str(copied), "--jobs", "1")
    assert ran(done) == EVERY
    assert "1 of these are current, but were run elsewhere; --stale believes them." in done.stderr


def test_check_judges_a_run_by_its_own_size_and_names_the_command(finished: Clone, tmp_path: Path):
    out = ("--out", str(tmp_path))
    assert finished.run("reproduce", "--quick", "--seed", "3", *out, "--jobs", "1").returncode == 0
    assert finished.run("reproduce", "--check", *out).returncode == 0
    assert finished.run("reproduce", "--check", "--seed", "4", *out).returncode == 1
    (tmp_path / "figures" / "counts.pdf").unlink()
    command = f"lionlab reproduce --out {tmp_path} --seed=3 --quick"
    assert f"up to date: {command}\n" in finished.run("reproduce", "--check", *out).stdout
    assert ran(finished.run(*command.split()[1:], "--jobs", "1")) == {"experiment counts"}


def test_check_takes_no_choice(finished: Clone):
    for option in (("--only", "holds"), ("--stale",)):
        done = finished.run("reproduce", "--check", *option)
        assert done.returncode == 2
        assert "leave out --only and --stale" in done.stderr


def test_the_report_of_incomplete_results_is_written_and_is_no_success(finished: Clone, copied: Path):
    done = finished.run("report", "--out", str(copied))
    assert done.returncode == 3
    assert "experiment counts: counts.pdf is missing\n" in done.stderr
    assert "claim exact: exact.json cannot be read\n" in done.stderr
    assert done.stderr.endswith(
        "lionlab: 2 of 3 parts are missing or stale and stand in the report as not reproduced: "
        "experiment counts, claim exact.\n"
    )
    report = (copied / "paper_repro.md").read_text(encoding="utf-8")
    assert "Not reproduced: claim exact: exact.json cannot be read." in report
    assert "| [holds](#holds) |" in report
    again = finished.run("report", "--out", str(copied), "--json", "-q")
    assert again.returncode == 3
    assert set(document(again)["not_reproduced"]) == {"experiment counts", "claim exact"}
    assert len(again.stderr.splitlines()) == 1


def test_the_report_says_what_its_exit_codes_are(finished: Clone):
    told = " ".join(finished.run("report", "--help").stdout.split())
    assert "the exit code is then 3, or 1 if a stored claim is violated" in told


def test_the_report_of_a_violation_exits_as_the_run_did(tmp_path: Path):
    clone = Clone(tmp_path, ("holds", "violated"))
    assert clone.run("reproduce", "--jobs", "1").returncode == 1
    done = clone.run("report")
    assert done.returncode == 1
    assert "1 CONSISTENT, 1 VIOLATED" in done.stdout


def test_an_interrupted_quick_run_is_reported_as_one(tmp_path: Path):
    clone = Clone(tmp_path, ("holds", "fails"))
    code = "import sys; from lionlab.cli import _reproduce, main; from lionlab.reproduction import _reproduction; "
    code += "_reproduction.Reproduction.write_pages = lambda self: (_ for _ in ()).throw(KeyboardInterrupt); "
    code += "sys.argv[1:] = ['reproduce', '--quick', '--jobs', '1']; main()"
    stopped = subprocess.run([*clone.command()[:1], "-c", code], cwd=clone.root, env=clone.environment(), timeout=60)
    assert stopped.returncode == 130
    done = clone.run("report", "--out", str(clone.root / "build" / "reproduce"))
    assert done.returncode == 3
    assert "claim fails: missing\n" in done.stderr
    assert "claim holds" not in done.stderr
    assert "1 CONSISTENT; 1 figures." in done.stdout
