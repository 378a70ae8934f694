"""A Python that has imported what lionlab needs but not lionlab, and forks: what a test starts in it is ready at once.

Started as a script, it reads one request per line, forks a process for it, and answers with the process's exit code.
The process then does what `python -m lionlab.cli` does, in a folder of its own and with output of its own.
"""

import contextlib
import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MODULE = "lionlab.cli"
LONGEST_SECONDS = 120


class WarmPython:
    """Runs `python -m lionlab.cli`, one after the other, in processes of their own that need not import the rest."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None

    def run(self, arguments: tuple[str, ...], folder: Path) -> "subprocess.CompletedProcess[str]":
        """As `subprocess.run` would, with `folder` to run in and to import from."""
        if self.process is None or self.process.poll() is not None:
            # Whatever a fork says belongs to nobody's output; the requests end with the tests, and so does the process.
            self.process = subprocess.Popen(
                [sys.executable, __file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with tempfile.TemporaryDirectory() as scratch:
            files = {name: str(Path(scratch) / name) for name in ("stdout", "stderr")}
            request = {"arguments": arguments, "folder": str(folder), "environment": dict(os.environ), **files}
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            code = int(self.process.stdout.readline())
            stdout, stderr = (Path(path).read_text(encoding="utf-8") for path in files.values())
        return subprocess.CompletedProcess([MODULE, *arguments], code, stdout, stderr)


def _serve() -> dict | None:
    """Answers requests until they end; returns a request in the process that is to carry it out."""
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            return request
        print(_exit_code(child), flush=True)
    return None


def _exit_code(child: int) -> int:
    """What the process ended with; one that does not end is ended."""
    end = time.monotonic() + LONGEST_SECONDS
    ended, status = 0, 0
    while not ended:
        time.sleep(0.005)
        ended, status = os.waitpid(child, os.WNOHANG)
        if not ended and time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            ended, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _carry_out(request: dict) -> None:
    for name, descriptor in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
        path, flags = (os.devnull, os.O_RDONLY) if name == "stdin" else (request[name], os.O_WRONLY | os.O_CREAT)
        os.dup2(os.open(path, flags), descriptor)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"], PYTHONPATH=request["folder"])
    sys.path[0] = request["folder"]
    sys.argv[1:] = request["arguments"]
    code = 0
    try:
        runpy.run_module(MODULE, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code
    sys.stdout.flush()
    sys.stderr.flush()
    # Taking every module apart would take longer than most commands.
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


if __name__ == "__main__":
    # Of jax nothing is started: a fork would not have its threads.
    for name in ("click", "rich.console", "rich.table", "equinox", "optax", "sympy", "matplotlib.figure",
                 "matplotlib.backends.backend_agg", "matplotlib.backends.backend_pdf", "scipy.optimize"):  # fmt: skip
        with contextlib.suppress(ImportError):
            __import__(name)
    gc.freeze()
    asked = _serve()
    if asked is not None:
        _carry_out(asked)
