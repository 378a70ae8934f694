"""Ctrl-C and SIGTERM end the program in the same way, and neither of them gets lost."""

import signal
import sys
from typing import Any

SECONDS_BEFORE_AGAIN = 0.05
_asked = False


def listen() -> None:
    """From now on SIGTERM is an interruption as Ctrl-C is; a Ctrl-C that is ignored, as under nohup, stays so."""
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _interrupt)
        sys.unraisablehook = _raise_again


def is_asked() -> bool:
    """Whether the program was told to end."""
    return _asked


def stop_listening() -> None:
    """All is said: Ctrl-C on the way out changes nothing, SIGTERM ends at once."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _interrupt(*_: Any) -> None:
    global _asked
    _asked = True
    raise KeyboardInterrupt


def _raise_again(event: Any) -> None:
    """An exception in a callback of the garbage collector, of which JAX has one, goes no further than to this hook."""
    if issubclass(event.exc_type, KeyboardInterrupt):
        signal.setitimer(signal.ITIMER_REAL, SECONDS_BEFORE_AGAIN)
    else:
        sys.__unraisablehook__(event)
