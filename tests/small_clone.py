"""A clone in miniature: the real program and reproduction around claims and experiments that take no time."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from warm_python import WarmPython

REPOSITORY = Path(__file__).parents[1]

CLAIMS = '''
"""Claims that say what they are told to."""

import math
import os
import time

from ._claim import Claim, Hypothesis, Measurement, Wrong


def cases(run):
    start = run.parameters.get("x0", 1.0)
    if not isinstance(start, (int, float)):
        raise ValueError("x0 must be a number, such as 1.5.")
    return [start] * (1 if run.is_quick else 2)


def claim(name, measure, bound=1.0, caught=3, **fields):
    def measured(cases, run, subject):
        if subject is not None:
            return Measurement(subject, bound, len(cases))
        return Measurement(measure(cases), bound, len(cases), {"x0": cases[0]})

    wrongs = tuple(Wrong(f"wrong {i}", 9.0 if i < caught else 0.0) for i in range(3))
    inside = Hypothesis("x0 ≤ 2", lambda x: f"x0 is {x}, above 2; start lower" if x > 2 else None)
    return Claim(
        id=name, statement=f"{name} | holds, K*(x) ≤ K*(y)", source="test", hypotheses=(inside,),
        observable="ratio", tolerance="1, by definition", cases=cases, measure=measured, subject=None,
        wrongs=wrongs, parameters=("x0", "K"), **fields,
    )


def waits(cases):
    if os.environ.get("SMALL_CLONE_WAIT"):
        open(os.environ["SMALL_CLONE_WAIT"], "w").close()
        time.sleep(60)
    return 0.5


def fails(cases):
    raise ArithmeticError("a sum\\nran away")


EVERY = {
    "holds": claim("holds", lambda cases: 0.5),
    "exact": claim("exact", lambda cases: 0.25, is_exact=True),
    "violated": claim("violated", lambda cases: 2.0),
    "uncaught": claim("uncaught", lambda cases: 0.5, caught=2),
    "nan": claim("nan", lambda cases: math.nan),
    "fails": claim("fails", fails),
    "waits": claim("waits", waits),
    "is-not-near": claim("is-not-near", lambda cases: 0.5),
}
CLAIMS = tuple(EVERY[name] for name in NAMES)
'''

OTHERS = {"violated", "fails", "waits"}

EXPERIMENT = '''
"""Counts."""

import numpy as np
from matplotlib.figure import Figure

from lionlab.reproduction import Experiment


def compute(seed, count, scale):
    """Numbers."""
    if count < 1:
        raise ValueError(f"count must be at least 1, got {count}.")
    return {"n": np.arange(count) * scale, "noise": np.random.default_rng(seed).normal(size=count)}


def findings(data):
    return {"how_many": len(data["n"]), "largest | value": float(data["n"].max()), "nothing": float("nan")}


def draw(data):
    figure = Figure(figsize=(2, 1))
    figure.subplots().plot(data["n"], data["noise"], label="$x_1$")
    return figure


EXPERIMENT = Experiment(
    stem="counts", title="Counting | aloud", caption="How *many*.", compute=compute, findings=findings, draw=draw,
    parameters={"count": 5, "scale": 1.0}, quick={"count": 2},
)
'''

# What the program and the reproduction are made of. A clone that describes functions has them as well; the rest of the
# library would only be hashed by every command.
PROGRAM = ("cli", "proofs", "reproduction", "theorems")
FUNCTIONS = ("conjugation", "convex", "objectives")

WARM = WarmPython()

README = "# small\n\n<!-- claims:begin -->\nwhat was here before\n<!-- claims:end -->\n\nend\n"


class Clone:
    """A folder that looks like a clone, and a way to run the program in it."""

    def __init__(self, root: Path, names: tuple[str, ...], rooms: tuple[str, ...] = PROGRAM) -> None:
        self.root = root
        library = REPOSITORY / "lionlab"
        # With its bytecode, which Python would otherwise compile again for the first command in every clone.
        left_out = {path.name for path in library.iterdir() if path.is_dir()} - {*rooms, "__pycache__"}
        shutil.copytree(library, root / "lionlab", ignore=lambda folder, names: left_out & set(names))
        for path in self.theorems.glob("[a-z]*.py"):
            path.unlink()
        self._register("theorems", "small", "other")
        self._register("proofs")
        self.write_claims(*names)
        (root / "experiments").mkdir()
        self.script.write_text(EXPERIMENT, "utf-8")
        (root / "README.md").write_text(README, "utf-8")
        (root / "pyproject.toml").write_text("", "utf-8")

    theorems = property(lambda self: self.root / "lionlab" / "theorems")
    script = property(lambda self: self.root / "experiments" / "counts.py")
    report = property(lambda self: self.root / "paper_repro.md")
    figures = property(lambda self: self.root / "figures")
    data = property(lambda self: self.figures / "data")

    def write_claims(self, *names: str) -> None:
        """Makes these the claims there are; those that do not hold are in a file of their own."""
        for module, own in (("small", set(names) - OTHERS), ("other", OTHERS & set(names))):
            chosen = tuple(name for name in names if name in own)
            (self.theorems / f"{module}.py").write_text(CLAIMS.replace("NAMES", repr(chosen)), "utf-8")

    def _register(self, room: str, *modules: str) -> None:
        path = self.root / "lionlab" / room / "_registry.py"
        head, begin, rest = path.read_text(encoding="utf-8").partition("MODULES: tuple[str, ...] = ")
        assert begin
        path.write_text(f"{head}{begin}{modules!r}{rest[rest.index(')') + 1 :]}", "utf-8")

    def edit(self, path: Path, old: str, new: str) -> None:
        """Replaces text that must be there."""
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "lionlab.cli", *arguments]

    def environment(self, **more: str) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.root), **more}

    def run(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Runs `lionlab` with these arguments; with variables of its own, in a Python that starts from nothing."""
        if not environment:
            return WARM.run(arguments, self.root)
        return subprocess.run(
            self.command(*arguments),
            capture_output=True,
            text=True,
            cwd=self.root,
            env=self.environment(**environment),
            timeout=120,
        )

    def start(self, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        """Starts `lionlab` in a session of its own, to be interrupted: Ctrl-C means there what it means at a terminal.

        A script that runs the tests in the background has them ignore SIGINT, and a child would inherit that.
        """
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return subprocess.Popen(
                self.command(*arguments),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                cwd=self.root,
                env=self.environment(**environment),
                start_new_session=True,
            )
        finally:
            signal.signal(signal.SIGINT, before)

    def files(self) -> dict[str, bytes]:
        """Path → bytes of everything a reproduction leaves, apart from what is of this machine only."""
        found = [path for path in self.figures.rglob("*") if path.is_file()]
        return {str(path.relative_to(self.root)): path.read_bytes() for path in [*found, self.report]}


def document(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    """The one JSON document on stdout."""

    def refuse(name: str) -> None:
        raise ValueError(f"{name} is no JSON")

    return json.loads(done.stdout, parse_constant=refuse)


def one_line(done: "subprocess.CompletedProcess[str]") -> str:
    """The one line on stderr."""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]
