"""An experiment whose packages are missing: not run, what is stored of it kept and told, never failed or praised."""

import ast
import json
import shutil
from pathlib import Path

import pytest
from small_clone import Clone, document, one_line

from lionlab.reproduction import _needs
from lionlab.reproduction._experiment import experiment_script, experiment_stems

NEEDED = "small-extra-of-tests"
REMEDY = f"needs {NEEDED}, which is not installed here: pip install 'lionlab[interop]'"


class Needy(Clone):
    """A clone whose experiment needs a package, which can be installed beside it and removed."""

    def install(self, version: str = "1.0") -> None:
        self.remove()
        folder = self.root / f"small_extra_of_tests-{version}.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {NEEDED}\nVersion: {version}\n", "utf-8")

    def remove(self) -> None:
        for folder in self.root.glob("*.dist-info"):
            shutil.rmtree(folder)


@pytest.fixture(scope="module")
def reproduced(tmp_path_factory: pytest.TempPathFactory) -> Needy:
    clone = Needy(tmp_path_factory.mktemp("needy"), ("holds",))
    clone.edit(clone.script, 'quick={"count": 2},', f'quick={{"count": 2}}, needs={{"interop": ("{NEEDED}",)}},')
    clone.install()
    done = clone.run("reproduce", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert "drawn" in done.stderr
    return clone


@pytest.fixture
def clone(reproduced: Needy, tmp_path: Path) -> Needy:
    copy = object.__new__(Needy)
    copy.root = tmp_path / "clone"
    shutil.copytree(reproduced.root, copy.root)
    return copy


def test_its_version_is_stored_and_another_version_runs_it_again(clone: Needy):
    record = json.loads((clone.data / "counts.json").read_text(encoding="utf-8"))
    assert record["versions"][NEEDED] == "1.0"
    assert f"{NEEDED} 1.0" in clone.report.read_text(encoding="utf-8")
    claim = json.loads((clone.data / "claims" / "holds.json").read_text(encoding="utf-8"))
    assert NEEDED not in claim["versions"]
    before = (clone.data / "counts.npz").stat().st_mtime_ns
    clone.install("2.0")
    done = clone.run("reproduce", "--jobs", "1")
    assert "[1/1] experiment counts: drawn" in done.stderr
    assert (clone.data / "counts.npz").stat().st_mtime_ns > before


def test_without_it_a_current_result_is_kept_and_said_to_be(clone: Needy):
    before = clone.files()
    clone.remove()
    shutil.rmtree(clone.root / ".lionlab")  # as on a machine that has just cloned
    done = clone.run("reproduce", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert f"experiment counts: not run, and its stored result, which is current, is kept; {REMEDY}" in done.stderr
    assert "experiment counts: drawn" not in done.stderr
    assert clone.files() == before
    again = clone.run("reproduce", "--json")
    assert document(again)["set_aside"].keys() == {"experiment counts"}
    check = clone.run("reproduce", "--check")
    assert check.returncode == 0
    assert "not run on this machine as it is: 1" in check.stdout


def test_without_it_a_stale_result_does_not_count_but_stays(clone: Needy):
    clone.edit(clone.script, "* scale", "* scale * 2")
    clone.remove()
    figure = (clone.figures / "counts.png").read_bytes()
    done = clone.run("reproduce", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert f"experiment counts: not run; {REMEDY}" in done.stderr
    assert "0 figures" in done.stdout
    assert (clone.figures / "counts.png").read_bytes() == figure
    row = "Not reproduced: experiment counts: stale: the code, the seed or the parameters have changed; needs"
    report = clone.report.read_text(encoding="utf-8")
    assert row in report
    assert "counts.png" not in report
    check = clone.run("reproduce", "--check")
    assert check.returncode == 1
    assert NEEDED in check.stdout


def test_without_it_and_without_a_result_the_row_names_the_package(clone: Needy):
    shutil.rmtree(clone.figures)
    clone.remove()
    done = clone.run("reproduce", "--jobs", "1")
    assert done.returncode == 0
    report = clone.report.read_text(encoding="utf-8")
    assert f"Not reproduced: experiment counts: missing; needs {NEEDED}, which is not installed here" in report
    assert "Every claim was run and holds" not in report
    assert not (clone.figures / "counts.png").exists()
    assert clone.run("reproduce", "--only", "counts").returncode == 3


def test_run_says_what_is_missing(clone: Needy):
    clone.remove()
    done = clone.run("run", "counts", "-q")
    assert (done.returncode, one_line(done)) == (2, f"lionlab: experiment counts {REMEDY}")
    clone.install()
    assert clone.run("run", "counts", "-q").returncode == 0


def test_needs_change_no_key_of_the_data(clone: Needy):
    clone.edit(clone.script, f'needs={{"interop": ("{NEEDED}",)}},', "")
    check = clone.run("reproduce", "--check", "--json")
    assert document(check)["stale"] == {"experiment counts": "stale: the code that draws it has changed"}


def test_what_is_read_off_a_script_is_what_it_says():
    from lionlab.reproduction import load_experiment

    for stem in experiment_stems():
        script = experiment_script(stem)
        if _needs.needs_of(script):
            assert dict(load_experiment(stem).needs) == _needs.needs_of(script)
        else:
            assert "needs=" not in ast.unparse(ast.parse(script.read_bytes())).partition("EXPERIMENT = ")[2]


@pytest.mark.parametrize("written", ["NEEDS", "{'interop': 'torch'}", "('torch',)"])
def test_needs_that_are_not_written_out_are_refused(written: str, tmp_path: Path):
    script = tmp_path / "e.py"
    script.write_text(f"EXPERIMENT = Experiment(needs={written})")
    with pytest.raises(ValueError, match=r"needs in e\.py must be written out"):
        _needs.needs_of(script)
