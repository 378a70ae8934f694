"""`lionlab check-k module:K`: a convex function of yours, searched for violations of everything the theory asks."""

import importlib
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ._console import number, print_json, print_prose, print_table
from ._ending import FAILED, USAGE, Ending, code_of, input_checked
from ._options import Request, read_request, takes
from ._paths import home, made, shown

CHECK_COLUMNS = ("check", "verdict", "measured", "bound", "probes", "finding")


@click.command("check-k")
@click.argument("target", metavar="MODULE:K")
@click.option("--shape", "lengths", metavar="N[xM]", help="Shape of z, such as 4 or 3x2; else the first that K takes.")
@click.option("--subgradient", metavar="NAME", help="For a plain function: the subgradient, in the same module.")
@click.option("--smooth", is_flag=True, help="For a plain function: ∇K exists and is Lipschitz (it is then jax.grad).")
@click.option("--homogeneous", is_flag=True, help="For a plain function: K(tz) = tK(z) for t > 0.")
@takes("out", "seed", "quick", "dtype")
def check_k_command(
    target: str, lengths: str | None, subgradient: str | None, smooth: bool, homogeneous: bool, **options: Any
) -> int:
    """Searches a convex function of yours for violations: is it convex, is its subgradient one, is K* its conjugate?

    MODULE:K names a ConvexFunction, a class or function that makes one without arguments, or a plain JAX function
    z -> number, in a module on the path or in the current folder. With --out the report, and for two entries the data
    and the picture of dom K* and the unit set, are written there.

    The best outcome is "no violation in n probes", which is no proof. Exit codes: 0 no violation found, 1 violated,
    2 the input makes no sense, 3 inconclusive.
    """
    request = read_request(**options)
    shape = None if lengths is None else _shape(lengths)
    given, chosen = _named(target, subgradient)
    if request.out is not None:
        made(request.out)
    from ..inspection import as_convex_function, check_convex_function, shape_of_argument

    with input_checked():
        K = as_convex_function(given, chosen, smooth, homogeneous)
        shape = shape_of_argument(K, shape)
    request.talk.say(f"checking {target} on arrays of shape {shape} …")
    dtype = request.dtype or "float64"
    found = check_convex_function(K, shape, dtype=dtype, seed=request.seed, is_quick=request.is_quick, name=target)
    document = found.to_json()
    flags = [f"--shape={lengths}"] * bool(lengths) + [f"--subgradient={subgradient}"] * bool(subgradient)
    flags += ["--smooth"] * smooth + ["--homogeneous"] * homogeneous
    paths = [
        _store_violation(finding, document, request, _command(target, flags, request))
        for finding in document["findings"]
        if finding["verdict"] == "VIOLATED"
    ]
    document["counterexample_files"] = [shown(path) for path in paths]
    stored = [] if request.out is None else _store(found, document, request.out)
    document["files"] = [shown(path) for path in stored]
    if request.as_json:
        print_json(document)
    else:
        _print(document)
    return code_of([found.verdict])


def _shape(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.lower().replace("×", "x").replace(",", "x").split("x"))
    except ValueError:
        raise Ending(USAGE, f"--shape takes whole numbers such as 4 or 3x2, got {text!r}.") from None


def _named(target: str, subgradient: str | None) -> tuple[Any, Any]:
    """The object that `module:K` names, and the subgradient beside it."""
    module_name, colon, name = target.partition(":")
    if not colon or not module_name or not name:
        raise Ending(USAGE, f"name a module and what is in it, as my_module:K; got {target!r}.")
    if module_name.endswith(".py") or "/" in module_name:
        stem = Path(module_name).stem
        raise Ending(USAGE, f"name the module, not its file: {stem}:{name}, from the folder that {stem}.py is in.")
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        module = importlib.import_module(module_name)
    except (Exception, SystemExit) as error:  # whatever the user's module does when it is imported
        reason = f"{type(error).__name__}: {error}"
        raise Ending(USAGE, f"module {module_name} cannot be imported: {reason}") from error
    found = _attribute(module, module_name, name)
    return found, None if subgradient is None else _attribute(module, module_name, subgradient)


def _attribute(module: Any, module_name: str, name: str) -> Any:
    found = module
    for part in name.split("."):
        if not hasattr(found, part):
            from ._names import near

            alike = near(part, [known for known in dir(found) if not known.startswith("_")])
            hint = f" Did you mean {' or '.join(alike)}?" if alike else ""
            raise Ending(USAGE, f"{module_name} has no {name!r}.{hint}")
        found = getattr(found, part)
    return found


def _command(target: str, flags: Sequence[str], request: Request) -> str:
    words = ["lionlab", "check-k", target, *flags, *([f"--seed={request.seed}"] if request.seed else [])]
    words += [f"--dtype={request.dtype}"] * bool(request.dtype) + ["--quick"] * request.is_quick
    return shlex.join(words)


def _stem(document: dict[str, Any]) -> str:
    return "check-k-" + "".join(c if c.isalnum() or c in "-_" else "-" for c in document["name"])


def _store_violation(finding: dict[str, Any], document: dict[str, Any], request: Request, command: str) -> Path:
    from ..reproduction._store import write_json
    from ..reproduction._versions import versions

    folder = (request.out or home() / "build") / "counterexamples"
    check = finding["check"].replace(" ", "-").replace("-⇔-", "-")
    path = folder / f"{_stem(document)}-{check}.json"
    kept = {key: document[key] for key in ("name", "shape", "dtype", "seed")}
    try:
        write_json(path, {**kept, **finding, "command": command, "versions": versions()})
    except OSError as error:
        raise Ending(FAILED, f"cannot write {shown(path)}: {error}; name a folder with --out.", document) from error
    return path


def _store(found: Any, document: dict[str, Any], out: Path) -> list[Path]:
    """The report, and where there is a picture its data and its drawing."""
    from ..reproduction._store import array_bytes, write_bytes, write_json

    stem = out / _stem(document)
    paths = [stem.with_name(f"{stem.name}.json")]
    write_json(paths[0], document)
    if "unit_set" in found.domain:
        from ._picture_of_k import drawn

        paths += [stem.with_name(f"{stem.name}.npz"), stem.with_name(f"{stem.name}.png")]
        write_bytes(paths[1], array_bytes(found.domain))
        write_bytes(paths[2], drawn(found.domain, found.name))
    return paths


def _print(document: dict[str, Any]) -> None:
    findings = document["findings"]
    rows = [
        (
            f["check"],
            f["verdict"],
            number(_number(f["measured"])),
            number(f["bound"]),
            str(f["probes"] or "–"),
            f["outcome"],
        )
        for f in findings
    ]
    print_table("", CHECK_COLUMNS, rows, right=("measured", "bound", "probes"))
    for warning in document["warnings"]:
        print_prose(f"warning: {warning}")
    if document["domain"]:
        least, largest = document["domain"]["least"], document["domain"]["largest"]
        print_prose(f"dom K* as K grows: least y = {least}, largest y = {largest}")
    words = [f["verdict"] for f in findings]
    counts = ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))
    probes = sum(f["probes"] for f in findings)
    said = "no violation found" if document["verdict"] == "CONSISTENT" else f"{document['verdict']}"
    print_prose(f"{document['name']}: {said} in {probes} probes, z of shape {document['shape']} ({counts})")
    for path in document["counterexample_files"]:
        print(f"counterexample: {path}")
    for path in document["files"]:
        print(f"written: {path}")


def _number(value: Any) -> Any:
    """Infinite numbers are strings in the document."""
    return float(value) if value in ("inf", "-inf", "nan") else value
