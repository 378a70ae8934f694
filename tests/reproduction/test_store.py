"""Results on disk: whole or not at all, the same bytes for the same numbers, keys that follow the code."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from lionlab.reproduction import _sources, _store
from lionlab.reproduction._markdown import number, prose, table
from lionlab.reproduction._report import with_block


def test_a_crash_while_writing_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "result.json"
    _store.write_json(path, {"value": 1})

    def crash(*_: object) -> None:
        raise OSError("no space left")

    for step in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, step, crash)
            with pytest.raises(OSError, match="no space left"):
                _store.write_json(path, {"value": 2})
        assert _store.read_json(path) == {"value": 1}
        assert [file.name for file in tmp_path.iterdir()] == ["result.json"]


def test_a_process_killed_while_writing_leaves_the_old_file(tmp_path: Path):
    path = tmp_path / "result.json"
    _store.write_json(path, {"value": 1})
    code = f"""
import os, signal
from pathlib import Path
from lionlab.reproduction import _store
os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
_store.write_json(Path({str(path)!r}), {{"value": 2}})
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode < 0
    assert _store.read_json(path) == {"value": 1}
    assert len(list(tmp_path.iterdir())) == 2
    _store.remove_unfinished(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["result.json"]


def test_same_arrays_same_bytes(tmp_path: Path):
    arrays = {"b": np.arange(6.0).reshape(2, 3).T, "a": np.float64(np.nan), "c": np.array(["x", "yy"])}
    first = _store.array_bytes(arrays)
    time.sleep(2.1)  # the resolution of a date in a zip file
    assert _store.array_bytes(dict(reversed(arrays.items()))) == first
    (tmp_path / "a.npz").write_bytes(first)
    loaded = _store.read_arrays(tmp_path / "a.npz")
    assert loaded.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(loaded[name], array)
        assert loaded[name].shape == np.shape(array)
    with pytest.raises(TypeError, match="array 'a' holds Python objects"):
        _store.array_bytes({"a": [{}, 1]})


def test_infinite_numbers_are_stored_as_text(tmp_path: Path):
    _store.write_json(tmp_path / "a.json", {"a": float("inf"), "b": np.float32(np.nan), "c": (1, -np.inf)})
    assert _store.read_json(tmp_path / "a.json") == {"a": "inf", "b": "nan", "c": [1, "-inf"]}
    assert _store.read_json(tmp_path / "none.json") is None
    (tmp_path / "half.json").write_text('{"a": 1')
    assert _store.read_json(tmp_path / "half.json") is None


SCRIPT = '''
"""About."""
import numpy as np
SIZE = 3
def helper(x): return x + 1
def compute(seed): return {"x": helper(np.arange(SIZE))}
def findings(data): return {"n": 1}
def shade(): return "blue"
def draw(data): return shade()
EXPERIMENT = Experiment(stem="s", title="T", caption="C", compute=compute, findings=findings, draw=draw)
'''
# What is changed, whether the data must be computed again, and whether the figure must be drawn again.
CHANGES = {
    "docstring": ('"""About."""', '"""Of what."""', False, False),
    "comment and layout": ("SIZE = 3", "SIZE = (  # three\n    3\n)", False, False),
    "caption": ('"C"', '"D"', False, True),
    "drawing": ("return shade()", "return 1", False, True),
    "what only drawing uses": ('"blue"', '"red"', False, True),
    "computing": ("np.arange(SIZE)", "np.ones(SIZE)", True, True),
    "what computing uses": ("x + 1", "x + 2", True, True),
    "a constant": ("SIZE = 3", "SIZE = 4", True, True),
    "findings": ('{"n": 1}', '{"n": 2}', True, True),
    "float for int": ("x + 1", "x + 1.0", True, True),
    "theorems": ("import numpy as np", "import numpy as np\nfrom lionlab import verify", True, True),
}


@pytest.mark.parametrize(("old", "new", "computes", "draws"), CHANGES.values(), ids=CHANGES)
def test_keys_follow_the_code_and_nothing_else(tmp_path: Path, old: str, new: str, computes: bool, draws: bool):
    before, after = tmp_path / "before.py", tmp_path / "after.py"
    before.write_text(SCRIPT, "utf-8")
    assert old in SCRIPT
    after.write_text(SCRIPT.replace(old, new), "utf-8")
    keys = [_sources.experiment_key(path, 0, False, {}) for path in (before, after)]
    assert (keys[0] != keys[1]) == computes
    figures = [_sources.figure_key(path, key) for path, key in zip((before, after), keys, strict=True)]
    assert (figures[0] != figures[1]) == draws


def test_keys_follow_seed_size_and_parameters(tmp_path: Path):
    script = tmp_path / "s.py"
    script.write_text(SCRIPT, "utf-8")
    asked = [(0, False, {}), (1, False, {}), (0, True, {}), (0, False, {"n": 1}), (0, False, {"n": 2})]
    assert len({_sources.experiment_key(script, *how) for how in asked}) == len(asked)


def test_a_script_that_is_no_plain_experiment_counts_whole(tmp_path: Path):
    first, second = tmp_path / "a.py", tmp_path / "b.py"
    text = SCRIPT.replace("EXPERIMENT = ", "EXPERIMENT: object = ")
    first.write_text(text, "utf-8")
    second.write_text(text.replace('"blue"', '"red"'), "utf-8")
    assert _sources.experiment_key(first, 0, False, {}) != _sources.experiment_key(second, 0, False, {})


def test_mathematics_survives_markdown():
    assert prose("K*(x) − K*(y) | a_b_c <d> `K*|a`") == "K\\*(x) − K\\*(y) \\| a\\_b\\_c \\<d\\> `K*\\|a`"
    assert prose("one\ntwo ` three") == "one two  three"
    assert table(("a", "b"), [("1", "")], right=("b",)) == "| a | b |\n| --- | ---: |\n| 1 | – |"
    values = (None, True, 3, 1e9, 0.123456, "inf", [1, 2.0])
    assert [number(value) for value in values] == ["–", "yes", "3", "1e+09", "0.1235", "∞", "1, 2"]


def test_the_readme_is_only_changed_between_its_marks():
    block = "<!-- claims:begin -->\nnew\n<!-- claims:end -->"
    assert with_block("a\n<!-- claims:begin -->\nold\n<!-- claims:end -->\nb", block) == f"a\n{block}\nb"
    for readme in ("no marks", "<!-- claims:begin --> only"):
        assert with_block(readme, block) == readme
