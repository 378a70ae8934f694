"""Keys: a result is current while the code that decides it, its parameters and its seed are what they were.

The code is hashed as syntax, without comments, docstrings and layout, so that prose can be improved without running
anything again. A key says nothing of the machine, and means the same under every Python version.
"""

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ..proofs import proofs_of
from ..theorems._evidence import _json_ready as json_ready

PACKAGE = Path(__file__).resolve().parents[1]
# Rooms that decide no number: they draw, write, or are read file by file below.
NOT_LIBRARY = {"cli", "inspection", "proofs", "reproduction", "search", "theorems", "plotting.py", "__init__.py"}
# What decides a claim that has proofs, beside the library.
PROVING = ("proofs", "search")
THEOREMS = PACKAGE / "theorems"
VERDICT_FILES = ("_claim.py", "_evidence.py", "_routes.py", "_verify.py")
COMPUTING_FILES = ("_experiment.py",)
DRAWING_FILES = ("plotting.py", "reproduction/_figure.py")


def experiment_key(script: Path, seed: int, is_quick: bool, overrides: Mapping[str, Any]) -> str:
    """The key of an experiment's data: the library, what the script computes, and how it is asked to."""
    return _digest("data", _library(), _computed_part(script), seed, is_quick, overrides)


def figure_key(script: Path, data_key: str) -> str:
    """The key of a figure: its data, the whole script, and how figures look."""
    return _digest("figure", data_key, _file(script), *(_file(PACKAGE / name) for name in DRAWING_FILES))


def claim_key(module: str, claim_id: str, seed: int, is_quick: bool) -> str:
    """The key of a claim's evidence: the library, the claim's file with what it imports beside it, its proofs, and the
    seed."""
    proving = _proving() if proofs_of(claim_id) else ""
    return _digest("claim", claims_source(module), claim_id, seed, is_quick, proving)


@cache
def claims_source(module: str) -> str:
    """The hash of all that decides which claims a file has and how they fare: it, its siblings, the library."""
    names = {*_closure(f"{module}.py"), *VERDICT_FILES}
    return _digest(_library(), *((name, _file(THEOREMS / name)) for name in sorted(names)))


def shared_runs(module: str) -> tuple[str, ...]:
    """What claims of this file share with those of others: runs kept by files named `_…_runs.py`, else the file."""
    return tuple(name for name in sorted(_closure(f"{module}.py")) if name.endswith("_runs.py")) or (module,)


@cache
def _closure(name: str) -> frozenset[str]:
    """A file of theorems with those that it imports beside it, and that they import."""
    waiting, found = [name], set()
    while waiting:
        name = waiting.pop()
        if name in found or name in ("_registry.py", "__init__.py") or not (THEOREMS / name).is_file():
            continue
        found.add(name)
        waiting += [f"{sibling}.py" for sibling in _read(THEOREMS / name)[1]]
    return frozenset(found)


def _siblings(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            yield from [node.module.split(".")[0]] if node.module else [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lionlab.theorems."):
            yield str(node.module).split(".")[2]


@cache
def _library() -> str:
    files = [path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] not in NOT_LIBRARY]
    files += [PACKAGE / "reproduction" / name for name in COMPUTING_FILES]
    return _digest(*sorted((path.relative_to(PACKAGE).as_posix(), _file(path)) for path in files))


@cache
def _proving() -> str:
    files = [path for name in PROVING for path in (PACKAGE / name).rglob("*.py")]
    return _digest(*sorted((path.relative_to(PACKAGE).as_posix(), _file(path)) for path in files))


def _file(path: Path) -> str:
    return _read(path)[0]


@cache
def _read(path: Path) -> tuple[str, tuple[str, ...]]:
    """A file's hash, and for a file of theorems those that it imports beside it."""
    tree = ast.parse(path.read_bytes())
    return _hash([_syntax(tree)]), tuple(_siblings(tree)) if path.parent == THEOREMS else ()


@cache
def _computed_part(script: Path) -> str:
    """The hash of a script without the functions that only `draw` uses and without what decides no number."""
    tree = ast.parse(script.read_bytes())
    body = tree.body[_opens_with_text(tree) :]
    functions = {node.name: node for node in body if isinstance(node, ast.FunctionDef)}
    described = _experiment_call(body)
    if described is None:
        return _file(script)
    told = {word.arg: word.value for word in described.keywords if word.arg}
    kept: list[ast.AST] = [told[name] for name in sorted(told.keys() - {"draw", "title", "caption", "needs"})]
    kept += [node for node in body if not isinstance(node, ast.FunctionDef) and described not in ast.walk(node)]
    reached: dict[str, ast.AST] = {}
    waiting = list(kept)
    while waiting:
        names = {node.id for node in ast.walk(waiting.pop()) if isinstance(node, ast.Name)}
        for name in sorted(names & functions.keys() - reached.keys()):
            reached[name] = functions[name]
            waiting.append(functions[name])
    rest = (_theorems_too(body), _proving() if _words(body) & set(PROVING) else "")
    return _digest(*(_syntax(node) for node in kept), *(_syntax(reached[name]) for name in sorted(reached)), *rest)


def _experiment_call(body: Iterable[ast.stmt]) -> ast.Call | None:
    """The call in `EXPERIMENT = Experiment(...)` where everything is given by keyword, else None."""
    for node in body:
        names = [target.id for target in getattr(node, "targets", ()) if isinstance(target, ast.Name)]
        value = getattr(node, "value", None)
        if names == ["EXPERIMENT"] and isinstance(value, ast.Call) and not value.args:
            return value if all(word.arg for word in value.keywords) else None
    return None


def _theorems_too(body: Iterable[ast.stmt]) -> str:
    """The hash of every theorem file, where a script names anything of theirs."""
    if not _words(body) & {"theorems", "verify", "claims", "Evidence"}:
        return ""
    return _digest(*(_file(path) for path in sorted(THEOREMS.glob("*.py"))))


def _words(body: Iterable[ast.stmt]) -> set[str]:
    """The names of attributes and of what is imported."""
    nodes = [node for top in body for node in ast.walk(top)]
    words = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            words.update(ast.unparse(node).replace(",", " ").replace(".", " ").split())
    return words


def _syntax(node: Any) -> Any:
    """A syntax tree as nested lists, without docstrings and without the fields that some Python versions leave out."""
    if isinstance(node, ast.AST):
        fields = []
        for name, value in ast.iter_fields(node):
            if name == "body" and _opens_with_text(node):
                value = value[1:]
            if value is not None and value != [] and name not in ("ctx", "kind", "type_comment"):
                fields.append([name, _syntax(value)])
        return [type(node).__name__, *fields]
    if isinstance(node, list):
        return [_syntax(item) for item in node]
    return [type(node).__name__, repr(node)]


def _opens_with_text(node: ast.AST) -> bool:
    if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) or not node.body:
        return False
    first = node.body[0]
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)


def _digest(*parts: Any) -> str:
    return _hash(json_ready(parts))


def _hash(parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
