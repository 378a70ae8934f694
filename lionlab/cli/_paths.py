"""Where results go when --out does not say, and how paths are shown."""

from pathlib import Path

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
        return request.out.resolve()
    return home() if request.is_standard else home() / "build" / purpose


def shown(path: Path) -> str:
    """The path, from the current folder where it lies below it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
