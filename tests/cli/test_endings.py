"""How the program ends: when nobody reads any more, when it is told to end, where it cannot write."""

import os
import subprocess
from pathlib import Path

import pytest
from small_clone import Clone, document, one_line

# An experiment that is told to end inside a callback of the garbage collector, where Python drops exceptions.
SWALLOWING = """
    import gc, os, signal, time
    def callback(phase, details):
        if phase == "start" and callback in gc.callbacks:
            gc.callbacks.remove(callback)
            os.kill(os.getpid(), signal.NAME)
    gc.callbacks.append(callback)
    gc.collect()
    for _ in range(SECONDS * 100):
        time.sleep(0.01)
"""


@pytest.mark.parametrize(("names", "code"), [(("holds", "exact"), 0), (("violated",), 1), (("holds", "uncaught"), 3)])
@pytest.mark.parametrize("which", ["stdout", "stderr", "both"])
def test_a_reader_who_leaves_changes_no_exit_code(clone: Clone, names: tuple[str, ...], code: int, which: str):
    broken, pipe = os.pipe()
    os.close(broken)
    streams = {name: pipe if which in (name, "both") else subprocess.PIPE for name in ("stdout", "stderr")}
    try:
        done = subprocess.run(
            clone.command("verify", *names, "--jobs", "1"),
            **streams,
            text=True,
            cwd=clone.root,
            env=clone.environment(),
            timeout=60,
        )
    finally:
        os.close(pipe)
    assert done.returncode == code
    assert "Broken" not in (done.stdout or "") + (done.stderr or "")


def test_a_full_disk_is_a_failure(clone: Clone):
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            clone.command("verify", "holds"), stdout=full, env=clone.environment(), cwd=clone.root, timeout=60
        )
    assert done.returncode not in (0, 1)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
@pytest.mark.parametrize("command", [("run", "counts"), ("reproduce", "--only", "counts")], ids=["run", "reproduce"])
def test_an_interruption_that_python_drops_is_heard_again(tmp_path: Path, name: str, command: tuple[str, ...]):
    clone = Clone(tmp_path, ("holds",))
    body = SWALLOWING.replace("NAME", name).replace("SECONDS", "30")
    clone.edit(clone.script, '    """Numbers."""\n', body)
    heard = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    code = f"{heard} sys.argv[1:] = {[*command, '--jobs', '1']!r}; from lionlab.cli import main; main()"
    done = subprocess.run(
        [*clone.command()[:1], "-c", code],
        capture_output=True,
        text=True,
        cwd=clone.root,
        env=clone.environment(),
        timeout=20,
    )
    assert done.returncode == 130, done.stderr
    assert "interrupted; 0 of 1" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (clone.data / "counts.json").exists()


def test_work_that_ends_before_it_hears_is_not_called_success(clone: Clone):
    code = "import sys, os, signal; from lionlab.cli import _interruption, main; _interruption._asked = True; "
    code += "sys.argv[1:] = ['verify', 'holds']; main()"
    command = [*clone.command()[:1], "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=clone.root, env=clone.environment(), timeout=60)
    assert done.returncode == 130
    assert done.stderr.endswith("lionlab: interrupted; what was finished is kept.\n")


@pytest.mark.parametrize("arguments", ["run counts", "reproduce", "verify holds", "reproduce --check"])
@pytest.mark.parametrize("out", ["afile", "afile/below"])
def test_a_file_is_no_folder_to_write_to(clone: Clone, tmp_path: Path, arguments: str, out: str):
    (tmp_path / "afile").write_text("mine")
    done = clone.run(*arguments.split(), "--out", str(tmp_path / out), "-q")
    if arguments == "reproduce --check" and out != "afile":
        assert done.returncode == 1  # there is nothing, hence everything is missing
        return
    assert done.returncode == 2
    assert str(tmp_path / "afile") in one_line(done)
    assert "folder" in one_line(done)
    assert (tmp_path / "afile").read_text() == "mine"


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs a folder in which nobody can make another")
@pytest.mark.parametrize("arguments", [("run", "counts"), ("reproduce",)])
def test_a_folder_that_cannot_be_made_is_refused_before_anything_runs(clone: Clone, arguments: tuple[str, ...]):
    done = clone.run(*arguments, "--out", "/proc/nothere", "--json")
    assert done.returncode == 2
    assert document(done)["error"].startswith("cannot write to /proc/nothere")
    assert "[1/" not in done.stderr


def test_what_is_refused_leaves_no_folder(clone: Clone, tmp_path: Path):
    assert clone.run("run", "counts", "--set", "count=many", "--out", str(tmp_path / "new")).returncode == 2
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["quantum", "sweep", "Verify"])
def test_an_unknown_command_is_one_line_with_what_there_is(clone: Clone, name: str):
    done = clone.run(name, "something")
    assert done.returncode == 2
    assert f"No such command {name!r}." in one_line(done)
    assert ("Did you mean verify" if name == "Verify" else "There are: list, describe, run") in one_line(done)
    assert document(clone.run(name, "--json"))["error"] == one_line(done).removeprefix("lionlab: ")


@pytest.mark.parametrize(
    ("typed", "meant"), [("HOLDS", "holds"), ("Counts", "counts"), ("l1norm", "L1Norm"), ("BOWL", "bowl")]
)
def test_names_are_found_in_other_capitals(clone: Clone, typed: str, meant: str):
    assert clone.run("describe", typed).stdout == clone.run("describe", meant).stdout != ""


def test_names_are_found_in_other_capitals_by_every_command(clone: Clone, tmp_path: Path):
    assert clone.run("verify", "Holds", "-q").returncode == 0
    assert clone.run("run", "COUNTS", "--out", str(tmp_path)).returncode == 0
    assert clone.run("reproduce", "--only", "HOLDS", "--quick", "--out", str(tmp_path)).returncode == 0


def test_capitals_that_leave_a_choice_are_asked_about(clone: Clone):
    done = clone.run("describe", "BEALE")
    assert done.returncode == 2
    assert "'BEALE' may be Beale or beale; write one of them." in one_line(done)
    assert "class" not in clone.run("describe", "beale").stdout
