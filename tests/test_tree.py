"""What lies in the tree beside the code: pinned versions that fit together, and no address or path of one machine."""

import os
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parents[1]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PYTHONS = ("3.11", "3.12", "3.13")
PIN = re.compile(r'[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*( ; python_version (<|>=) "3\.\d\d")?')

# Put together here so that this file does not contain what it forbids.
FORBIDDEN = re.compile(
    "|".join(["index" + "-url", '"resolved": *"' + "http", "/sim" + "ple/", "find" + "-links"])
    + r"|(?<![\w.])/(?:"  # a folder of one machine
    + "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me"])
    + r")/\w"
)
# The folders that .gitignore names, and git's own.
NOT_OURS = {".git", ".venv", "build", "dist"} | {
    "__pycache__",
    ".hypothesis",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
}
TEXT = {"", ".cff", ".csv", ".json", ".md", ".py", ".svg", ".toml", ".txt", ".yaml", ".yml"}


def malformed(lines: list[str]) -> list[str]:
    return [line for line in lines if not PIN.fullmatch(line)]


def pins(python: str) -> dict[str, Requirement]:
    """The pin of each package for one Python version."""
    found: dict[str, Requirement] = {}
    for line in (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines():
        pin = Requirement(line)
        if pin.marker is None or pin.marker.evaluate({"python_version": python}):
            name = canonicalize_name(pin.name)
            assert name not in found, f"{name} is pinned twice for Python {python}"
            found[name] = pin
    return found


def test_constraints_are_pins_and_nothing_else():
    lines = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) > 30
    assert malformed(lines) == []
    assert lines == sorted(lines, key=str.lower)


@pytest.mark.parametrize("line", ["", "# why", "numpy", "numpy>=2", "numpy==2.4.6 --hash=x", "x @ file:x", "-r y"])
def test_a_planted_constraint_is_caught(line: str):
    assert malformed(["numpy==2.4.6", line]) == [line]


@pytest.mark.parametrize("python", PYTHONS)
def test_every_requirement_is_pinned_within_its_range(python: str):
    extras = PROJECT["optional-dependencies"]
    wanted = [
        Requirement(line) for line in (*PROJECT["dependencies"], *(r for group in extras.values() for r in group))
    ]
    pinned = pins(python)
    for requirement in wanted:
        if requirement.name == "lionlab":
            continue
        (pin,) = pinned[canonicalize_name(requirement.name)].specifier
        assert requirement.specifier.contains(pin.version), f"{requirement} against the pin {pin}"


def test_the_pythons_pinned_for_are_the_pythons_supported():
    stated = {
        c.rsplit(" ", 1)[1] for c in PROJECT["classifiers"] if c.startswith("Programming Language :: Python :: 3.")
    }
    assert stated == set(PYTHONS)


def texts() -> dict[str, str]:
    found = {}
    for folder, subfolders, files in os.walk(REPOSITORY):
        subfolders[:] = [name for name in subfolders if name not in NOT_OURS and not name.endswith(".egg-info")]
        for path in (Path(folder, name) for name in files):
            if path.suffix in TEXT and path.name not in {".coverage", ".git"}:
                found[str(path.relative_to(REPOSITORY))] = path.read_text(encoding="utf-8")
    return found


def test_no_address_of_a_registry_and_no_path_of_one_machine():
    tree = texts()
    assert {"README.md", "Makefile", ".ci/run", "lionlab/__init__.py"} <= set(tree)
    assert {name: hit.group() for name, text in tree.items() if (hit := FORBIDDEN.search(text))} == {}


@pytest.mark.parametrize(
    "text", ["pip install --extra-index" + "-url x", "cd /wo" + "rk/main", '"/ro' + 'ot/x"', '"resolved": "ht' + "tps:"]
)
def test_a_planted_address_is_caught(text: str):
    assert FORBIDDEN.search(text)
