"""What an experiment needs beyond lionlab's own packages, read off its script: nothing has to be imported to be told.

Where something is missing, the experiment is not run. What is stored of it stays, and is used while it is current; that
it was not run is said, with the packages that were missing.
"""

import ast
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path


@cache
def needs_of(script: Path) -> Mapping[str, tuple[str, ...]]:
    """Extra → its packages that the script's `Experiment(needs=…)` names; empty without.

    **Raises:** `ValueError` where `needs` is given but is not written out.
    """
    for node in ast.walk(ast.parse(script.read_bytes())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Experiment":
            for word in node.keywords:
                if word.arg == "needs":
                    return _written_out(word.value, script)
    return {}


def packages_of(script: Path) -> tuple[str, ...]:
    """All packages that the script needs beyond lionlab's own."""
    return tuple(name for names in needs_of(script).values() for name in names)


def missing_of(script: Path) -> dict[str, tuple[str, ...]]:
    """Extra → those of its packages that the script needs and that are not installed."""
    lacking = {extra: tuple(name for name in names if not _has(name)) for extra, names in needs_of(script).items()}
    return {extra: names for extra, names in lacking.items() if names}


def require_packages(script: Path) -> None:
    """**Raises:** `ValueError` where a package that the script needs is not installed."""
    if missing := missing_of(script):
        raise ValueError(f"experiment {script.stem} {in_words(missing)}")


def in_words(missing: Mapping[str, Iterable[str]]) -> str:
    """What is missing, and how to get it."""
    names = [name for packages in missing.values() for name in packages]
    verb = "is" if len(names) == 1 else "are"
    return f"needs {', '.join(names)}, which {verb} not installed here: pip install 'lionlab[{','.join(missing)}]'"


def _written_out(value: ast.expr, script: Path) -> Mapping[str, tuple[str, ...]]:
    try:
        found = ast.literal_eval(value)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(names, tuple) for names in found.values()):
        raise ValueError(f"needs in {script.name} must be written out, as {{'extra': ('package',)}}.")
    return found


def _has(package: str) -> bool:
    try:
        metadata.distribution(package)
    except metadata.PackageNotFoundError:
        return False
    return True
