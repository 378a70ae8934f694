"""`lionlab reproduce`: what it writes, what it skips, what it notices, and that it can be interrupted."""

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from small_clone import Clone, document, one_line
from tiers import waiting

NAMES = ("holds", "exact", "is-not-near")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A small clone that was reproduced; its tests work on copies."""
    clone = Clone(tmp_path_factory.mktemp("finished"), NAMES)
    done = clone.run("reproduce", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    return clone


@pytest.fixture
def clone(finished: Clone, tmp_path: Path) -> Clone:
    """A copy of the finished clone, to be changed."""
    copy = object.__new__(Clone)
    copy.root = tmp_path / "clone"
    shutil.copytree(finished.root, copy.root)
    return copy


def ran(done: "subprocess.CompletedProcess[str]") -> set[str]:
    """The parts that a reproduction ran, by its own account."""
    lines = [line for line in done.stderr.splitlines() if line.startswith("[")]
    return {line.split("] ")[1].split(":")[0].split(" ")[1] for line in lines}


def test_the_report_says_it_all(clone: Clone):
    report = clone.report.read_text(encoding="utf-8")
    for text in (
        "holds \\| holds, K\\*(x) ≤ K\\*(y)",
        "CHECKED_EXACT",
        "3/3",
        "counts.png",
        "largest \\| value",
        "How \\*many\\*",
    ):
        assert text in report
    assert "[is-not-near](#is-not-near) shows where a reading fails or a hypothesis is needed: is-not-near" in report
    assert "Every claim was run and holds" in report
    rows = [line for line in report.splitlines() if line.startswith("|")]
    assert len(rows) > 20
    unescaped = {row.replace("\\|", "").count("|") for row in rows}
    assert unescaped == {3, 4, 5, 6, 11}  # the columns of the five kinds of table, and one
    readme = (clone.root / "README.md").read_text(encoding="utf-8")
    assert "| [holds](paper_repro.md#holds) | CONSISTENT | 0.5 | 1 | 0.5 | 3/3 |" in readme
    assert "what was here before" not in readme
    assert readme.startswith("# small")
    assert readme.endswith("\n\nend\n")


def test_nothing_changed_nothing_run_and_no_jax(clone: Clone):
    before = clone.files()
    code = """
import sys
from lionlab.cli._program import run_program
run_program(["reproduce"])
print("jax" in sys.modules or "lionlab.theorems.small" in sys.modules)
"""
    command = [*clone.command()[:1], "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, env=clone.environment(), cwd=clone.root, timeout=60)
    assert "Nothing has changed" in done.stdout
    assert done.stdout.endswith("False\n")
    assert clone.files() == before


def test_written_again_from_nothing_the_files_are_the_same(clone: Clone):
    before = clone.files()
    assert {"figures/counts.png", "figures/counts.pdf", "figures/data/counts.npz"} < set(before)
    shutil.rmtree(clone.figures)
    clone.report.unlink()
    assert clone.run("reproduce", "--check").returncode == 1
    done = clone.run("reproduce", "--jobs", "1")
    assert ran(done) == {*NAMES, "counts"}
    assert clone.files() == before
    assert not any(name.endswith(".unfinished") for name in before)


def test_committed_results_are_reproduced_and_not_believed(clone: Clone):
    shutil.rmtree(clone.root / ".lionlab")  # what a fresh clone does not have
    assert clone.run("reproduce", "--check").returncode == 0
    assert ran(clone.run("reproduce", "--jobs", "1")) == {*NAMES, "counts"}


def test_prose_changes_no_key(clone: Clone):
    clone.edit(clone.script, '"""Counts."""', '"""Counts, one by one."""  # a comment')
    clone.edit(clone.script, '    """Numbers."""\n', "")
    clone.edit(clone.theorems / "_verify.py", "def _split(", "# why\n\n\ndef _split(")
    done = clone.run("reproduce", "--check")
    assert (done.returncode, done.stderr) == (0, "")


def edit_compute(clone: Clone) -> None:
    clone.edit(clone.script, "* scale", "* scale * 2")


def edit_draw(clone: Clone) -> None:
    clone.edit(clone.script, "figsize=(2, 1)", "figsize=(2, 2)")


def edit_caption(clone: Clone) -> None:
    clone.edit(clone.script, "How *many*", "How few")


def edit_style(clone: Clone) -> None:
    clone.edit(clone.root / "lionlab" / "plotting.py", '"font.size": 8', '"font.size": 9')


def edit_claims(clone: Clone) -> None:
    clone.edit(clone.theorems / "small.py", "lambda cases: 0.25", "lambda cases: 0.75")


def edit_library(clone: Clone) -> None:
    clone.edit(clone.root / "lionlab" / "precision.py", "/ 2", "/ 4")


def edit_sibling(clone: Clone) -> None:
    clone.edit(clone.theorems / "_claim.py", "len(self.wrongs) < 3", "len(self.wrongs) < 2")


def lose_a_figure(clone: Clone) -> None:
    (clone.figures / "counts.pdf").unlink()


def alter_a_figure(clone: Clone) -> None:
    path = clone.figures / "counts.png"
    path.write_bytes(path.read_bytes() + b" ")


def alter_data(clone: Clone) -> None:
    path = clone.data / "counts.npz"
    path.write_bytes(path.read_bytes()[:-1])


def lose_evidence(clone: Clone) -> None:
    (clone.data / "claims" / "exact.json").unlink()


def alter_evidence(clone: Clone) -> None:
    clone.edit(clone.data / "claims" / "exact.json", '"measured": 0.25', '"measured": 0.2')


def edit_report(clone: Clone) -> None:
    clone.edit(clone.report, "CONSISTENT | 0.5", "CONSISTENT | 0.4")


def lose_report(clone: Clone) -> None:
    clone.report.unlink()


def edit_readme(clone: Clone) -> None:
    clone.edit(clone.root / "README.md", "CONSISTENT | 0.5", "CONSISTENT | 0.4")


def add_experiment(clone: Clone) -> None:
    text = clone.script.read_text(encoding="utf-8").replace('stem="counts"', 'stem="more"')
    (clone.root / "experiments" / "more.py").write_text(text, "utf-8")


def remove_claim(clone: Clone) -> None:
    clone.write_claims("holds", "exact")


# What happens to a clone, what --check must say of it, and what must then be run again.
STALE = {
    edit_compute: ("experiment counts: stale", {"counts"}),
    edit_draw: ("experiment counts: stale: the code that draws it", {"counts"}),
    edit_caption: ("experiment counts: stale: the code that draws it", {"counts"}),
    edit_style: ("experiment counts: stale: the code that draws it", {"counts"}),
    edit_claims: ("claims of theorems/small.py: stale", set(NAMES)),
    edit_library: ("experiment counts: stale", {*NAMES, "counts"}),
    edit_sibling: ("claims of theorems/small.py: stale", set(NAMES)),
    lose_a_figure: ("experiment counts: counts.pdf is missing", {"counts"}),
    alter_a_figure: ("experiment counts: counts.png is not the file", {"counts"}),
    alter_data: ("experiment counts: counts.npz is not the file", {"counts"}),
    lose_evidence: ("claim exact: missing", {"exact"}),
    alter_evidence: ("paper_repro.md: does not say", {"exact"}),
    edit_report: ("paper_repro.md: does not say", set()),
    lose_report: ("paper_repro.md: missing", set()),
    edit_readme: ("README.md: does not say", set()),
    add_experiment: ("experiment more: missing", {"more"}),
    remove_claim: ("claims of theorems/small.py: stale", {"holds", "exact"}),
}


# One of each: an input of the drawing, of the computing, of everything; a result lost, and one altered; a text.
EVERY_TIME = (edit_draw, edit_compute, edit_library, lose_a_figure, alter_evidence, edit_claims, edit_readme)


@pytest.mark.parametrize(
    "change",
    waiting(STALE, [change for change in STALE if change not in EVERY_TIME]),
    ids=lambda change: change.__name__,
)
def test_every_kind_of_staleness_is_seen_and_mended(clone: Clone, change):
    said, runs = STALE[change]
    change(clone)
    check = clone.run("reproduce", "--check", "--json")
    assert check.returncode == 1
    assert any(f"{name}: {reason}".startswith(said) for name, reason in document(check)["stale"].items())
    done = clone.run("reproduce", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert ran(done) == runs
    after = clone.run("reproduce", "--check")
    assert after.returncode == 0, after.stdout


def test_only_the_drawing_is_done_again_when_only_it_changed(clone: Clone):
    stored = (clone.data / "counts.npz").stat().st_mtime_ns
    edit_draw(clone)
    clone.run("reproduce", "--jobs", "1")
    assert (clone.data / "counts.npz").stat().st_mtime_ns == stored
    edit_compute(clone)
    clone.run("reproduce", "--jobs", "1")
    assert (clone.data / "counts.npz").stat().st_mtime_ns > stored


def test_results_of_what_is_gone_are_removed_and_other_files_are_not(clone: Clone):
    mine = clone.figures / "mine.png"
    mine.write_bytes(b"mine")
    shutil.move(clone.script, clone.root / "counts.txt")
    clone.write_claims("holds")
    assert clone.run("reproduce", "--jobs", "1").returncode == 0
    left = {path.name for path in clone.figures.rglob("*") if path.is_file()}
    assert left == {"mine.png", "contents.json", "holds.json"}


def test_a_violation_is_stored_reported_and_still_said_the_second_time(clone: Clone):
    clone.write_claims("holds", "violated")
    for _ in range(2):
        done = clone.run("reproduce", "--jobs", "1")
        assert done.returncode == 1
        assert "counterexample of violated: figures/data/claims/violated.json" in done.stdout
    stored = json.loads((clone.data / "claims" / "violated.json").read_text(encoding="utf-8"))
    assert stored["evidence"]["counterexample"] == {"x0": 1.0}
    assert "[violated](#violated) is VIOLATED" in clone.report.read_text(encoding="utf-8")


def test_a_failure_spares_the_rest_and_is_told_in_the_report(clone: Clone):
    clone.write_claims("holds", "fails")
    done = clone.run("reproduce", "--jobs", "1", "-q")
    assert done.returncode == 4
    assert "claim fails failed: ArithmeticError: a sum ran away" in one_line(done)
    report = clone.report.read_text(encoding="utf-8")
    assert "Not reproduced: claim fails: missing" in report
    assert "| [holds](#holds) |" in report
    assert document(clone.run("reproduce", "--json"))["claims"][0]["id"] == "holds"


def test_a_quick_or_other_reproduction_goes_elsewhere(clone: Clone):
    before = clone.files()
    assert clone.run("reproduce", "--quick", "--only", "holds").returncode == 0
    assert clone.files() == before
    elsewhere = clone.root / "build" / "reproduce"
    assert "This is a quick run" in (elsewhere / "paper_repro.md").read_text(encoding="utf-8")
    assert (elsewhere / "figures" / "data" / "claims" / "holds.json").exists()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_interrupted_it_keeps_what_is_finished_and_goes_on_from_there(clone: Clone, jobs: str):
    clone.write_claims("holds", "waits")
    shutil.rmtree(clone.root / ".lionlab")  # nothing known of how long parts take, so that they run as listed
    began = clone.root / "began"
    process = clone.start("reproduce", "--jobs", jobs, "--json", SMALL_CLONE_WAIT=str(began))
    assert process.stderr is not None
    while not process.stderr.readline().startswith("[2/3]"):
        assert process.poll() is None
    while not began.exists():
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate(timeout=20)
    assert process.returncode == 130, stderr
    assert "Traceback" not in stderr
    assert "interrupted; 2 of 3 parts were finished and are kept in figures" in json.loads(stdout)["error"]
    assert ran(clone.run("reproduce", "--jobs", jobs)) == {"waits"}


def test_the_report_can_be_written_again_alone(clone: Clone):
    before = clone.report.read_bytes()
    clone.report.unlink()
    assert clone.run("report").returncode == 0
    assert clone.report.read_bytes() == before
    done = clone.run("report", "--out", str(clone.root / "nowhere"), "-q")
    assert done.returncode == 2
    assert "holds no results" in one_line(done)
