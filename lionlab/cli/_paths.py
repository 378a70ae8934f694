"""Where results go when --out does not say, whether they can go there, and how paths are shown."""

import os
from pathlib import Path

from ._ending import USAGE, Ending
from ._options import Request


def home() -> Path:
    """The clone that the program runs from, or the current folder when it is installed."""
    from ..reproduction._layout import clone

    return clone() or Path.cwd()


def default_out(request: Request, purpose: str) -> Path:
    """--out; else home for a standard request, and `build/<purpose>` below it for any other.

    Results in home are committed, so that a quick look or another seed must not replace them.
    """
    if request.out is not None:
        if request.out.exists() and not request.out.is_dir():
            raise Ending(USAGE, f"{request.out} is a file; name a folder with --out.")
        return request.out.resolve()
    return home() if request.is_standard else home() / "build" / purpose


def made(folder: Path) -> Path:
    """The folder, made if need be: what cannot be stored must not be computed first.

    **Raises:** `Ending` where it cannot be made, or not be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        reason = "" if os.access(folder, os.W_OK | os.X_OK) else "no permission"
    except OSError as error:
        reason = error.strerror or type(error).__name__
    if reason:
        raise Ending(USAGE, f"cannot write to {shown(folder)} ({reason}); name another folder with --out.")
    return folder


def shown(path: Path) -> str:
    """The path, from the current folder where it lies below it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
