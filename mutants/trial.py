"""One mutant held against its tests: the changed module is put in place of the true one in a process of its own.

Nothing is written where the sources are. The process is a fork of one that has imported JAX and pytest already, which
saves more than a second of every trial; no backend of JAX runs before the fork.
"""

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, ModuleType

SURVIVED, STILLBORN, NOT_TRIED = 0, 90, 91
"""Exit codes: all tests passed; the module does not even import; the changed module was never imported."""


def import_heavy_modules() -> None:
    """What every trial needs and no mutant changes."""
    for name in ("jax", "jax.numpy", "equinox", "optax", "diffrax", "scipy.optimize", "cvxpy", "hypothesis", "pytest"):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


class Trial:
    """A running trial; `outcome` is None until it has ended."""

    def __init__(self, tree: Path, module: str, source: str | None, tests: Sequence[str], log: Path, limit: float):
        """`source` is the changed text of `module`, None for the module as it is."""
        self.log, self.started, self.limit = log, time.monotonic(), limit
        self.code: int | None = None
        sys.stdout.flush()
        self.process = os.fork()
        if self.process == 0:  # the child
            code = NOT_TRIED
            try:
                code = _run(tree, module, source, tests, log)
            finally:
                os._exit(code)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def outcome(self) -> str | None:
        """survived, killed, killed by time, killed by a crash, stillborn, or an error of the trial itself."""
        if self.code is None:
            ended, status = os.waitpid(self.process, os.WNOHANG)
            if ended:
                self.code = os.waitstatus_to_exitcode(status)
            elif self.seconds > self.limit:
                self.stop()
            else:
                return None
        if self.code < 0:
            return "killed by time" if self.code == -int(signal.SIGALRM) else "killed by a crash"
        names = {SURVIVED: "survived", **dict.fromkeys(range(1, 6), "killed"), STILLBORN: "stillborn"}
        return names.get(self.code, "error")

    def stop(self) -> None:
        """Ends the trial and whatever it has started; it then counts as killed by time."""
        if self.code is None:
            os.killpg(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
            self.code = -int(signal.SIGALRM)

    def killer(self) -> str:
        """The first test that failed, from pytest's own summary."""
        for line in self.log.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith(("FAILED ", "ERROR ")):
                return line.split(" ", 1)[1].split(" - ")[0]
        return ""


def _run(tree: Path, module: str, source: str | None, tests: Sequence[str], log: Path) -> int:
    os.setpgid(0, 0)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.chdir(tree)
    sys.path.insert(0, str(tree))
    path = tree / (module.replace(".", "/") + ".py")
    if source is not None:
        sys.meta_path.insert(0, _Planted(module, path, source))
    try:
        changed = importlib.import_module(module)
    except Exception as error:  # noqa: BLE001 - whatever a mutant does
        print(f"not importable: {error!r}")
        return STILLBORN
    if Path(changed.__file__ or "").resolve() != path.resolve():
        print(f"imported {changed.__file__} and not {path}")
        return NOT_TRIED
    import pytest

    return int(pytest.main(["-x", "-q", "--no-header", "--tb=line", "-p", "no:cacheprovider", *tests]))


class _Planted(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds one module in a text instead of its file."""

    def __init__(self, module: str, path: Path, source: str):
        self.module, self.path, self.source = module, path, source

    def find_spec(self, fullname: str, path: object = None, target: object = None):  # type: ignore[no-untyped-def]
        if fullname != self.module:
            return None
        return importlib.util.spec_from_file_location(fullname, self.path, loader=self)  # type: ignore[arg-type]

    def get_source(self, fullname: str) -> str:
        return self.source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.source, str(self.path), "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        exec(self.get_code(module.__name__), vars(module))
