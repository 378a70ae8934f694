"""What a result was computed with: Python and the packages whose versions can move its last digits."""

import platform
from collections.abc import Iterable
from functools import cache
from importlib import metadata

from .. import __version__

PACKAGES = ("jax", "numpy", "scipy", "matplotlib")


def versions(more: Iterable[str] = ()) -> dict[str, str]:
    """Name → version of lionlab, Python, the numerical packages and `more`, read without importing them."""
    named = {name: _version(name) for name in (*PACKAGES, *more)}
    return {"lionlab": __version__, "python": platform.python_version(), **named}


@cache
def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"
