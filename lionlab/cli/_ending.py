"""How the program ends: the exit codes, and the one sentence that goes with all but the first."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

HOLDS = 0  # everything selected holds; not applicable beside claims that hold included
VIOLATED = 1  # a claim is violated, or stored results are stale
USAGE = 2  # the input makes no sense
UNDECIDED = 3  # none violated, but something inconclusive, or nothing except not applicable
FAILED = 4  # the program or the numerics failed
INTERRUPTED = 130


class Ending(Exception):
    """Ends the program with an exit code and one line; under --json with `document` and the line as its "error"."""

    def __init__(self, code: int, message: str, document: Mapping[str, Any] | None = None, trace: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = " ".join(message.split())
        self.document = dict(document or {})
        self.trace = trace


@contextmanager
def input_checked() -> Iterator[None]:
    """What is refused inside this block is the input's fault."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise Ending(USAGE, str(error)) from error


def code_of(verdicts: Iterable[str]) -> int:
    """The exit code for these verdicts together."""
    from ..theorems import HOLDING

    found = set(verdicts)
    if "VIOLATED" in found:
        return VIOLATED
    if "INVALID_INPUT" in found:
        return USAGE
    if "INCONCLUSIVE" in found or not found & set(HOLDING):
        return UNDECIDED
    return HOLDS
