"""stdout and stderr: without the characters a terminal lacks, and without complaint when nobody reads them any more."""

import io
import sys
from typing import Any


def prepare_streams() -> None:
    """Makes both go on where their reader has left, as with `| head`: the exit code still says how the work ended."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            setattr(sys, name, _patient(stream))


def _patient(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(_Outlet(stream.fileno(), "w", closefd=False)),
        encoding=stream.encoding,
        # Mathematics has characters that some terminals do not; a question mark is better than no answer.
        errors="replace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


class _Outlet(io.FileIO):
    """A file that swallows what nobody reads."""

    def write(self, content: Any) -> int:
        try:
            return super().write(content)
        except BrokenPipeError:
            return len(content)
