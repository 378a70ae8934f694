"""What a result was computed with: Python and the packages whose versions can move its last digits."""

import platform
from importlib import metadata

from .. import __version__

PACKAGES = ("jax", "numpy", "scipy", "matplotlib")


def versions() -> dict[str, str]:
    """Name → version of lionlab, Python and the numerical packages, read without importing them."""
    return {"lionlab": __version__, "python": platform.python_version(), **{name: _version(name) for name in PACKAGES}}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"
