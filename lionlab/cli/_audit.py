"""`lionlab audit module:factory`: which constraint set an optimizer really keeps, and whether it is what it claims."""

import shlex
from pathlib import Path
from typing import Any

import click

from ._check_k import _named
from ._console import print_json, print_prose, print_table
from ._ending import FAILED, HOLDS, USAGE, VIOLATED, Ending, code_of, input_checked
from ._options import Request, read_request, takes
from ._paths import made, shown

FOLDER = "lionlab-audit"
"""Where counterexamples go when --out does not say: here, below the current folder."""
SHAPE_HELP = "Shape of the parameters, two entries or more: 5, 3x4, 2x3x4; no scalar."
COLUMNS = ("property", "finding", "claimed", "verdict", "certainty")


@click.command("audit")
@click.argument("target", metavar="MODULE:FACTORY", required=False)
@click.option("--K", "K", metavar="NAME", help="The K it claims, as a name or a call: L1Norm, 'LpNorm(1.5)'.")
@click.option("--weight-decay", type=float, help="The λ it claims.")
@click.option("--learning-rate", type=float, help="η to run it at; where none can be passed, the η it claims.")
@click.option("--beta1", type=float, help="The β1 it claims.")
@click.option("--beta2", type=float, help="The β2 it claims.")
@click.option("--decay", type=click.Choice(["explicit", "implicit"]), help="The form of decay it claims.")
@click.option("--shape", "lengths", metavar="N[xM…]", default="3x4", show_default=True, help=SHAPE_HELP)
@click.option("--replay", type=click.Path(path_type=Path), help="Run a stored counterexample again, and nothing else.")
@takes("out", "seed", "quick")
def audit_command(target: str | None, lengths: str, replay: Path | None, **options: Any) -> int:
    """Finds out by experiment what an optimizer is, and holds that against what it claims to be.

    MODULE:FACTORY names an optimizer, or a function that makes one without arguments, in a module on the path or in
    the current folder: an optax transformation, a torch or Keras optimizer, a LionK or a StepFunction. Where the
    function takes learning_rate, schedules are tried too. Its source is not read. A run that contradicts the claim is
    stored as lionlab-audit/audit-MODULE-FACTORY.json in the current folder, or below --out; its path is printed.

    Exit codes: 0 it does what it claims, or without a claim is a Lion-K; 1 it does not; 2 the input makes no sense;
    3 undecided, or without a claim no Lion-K. With --replay: 0 the counterexample is gone, 1 it is still there.
    """
    claims = {key: options.pop(key) for key in ("K", "weight_decay", "learning_rate", "beta1", "beta2", "decay")}
    request = read_request(**options)
    if replay is not None:
        return _replay(target, replay, request)
    if target is None:
        raise Ending(USAGE, "name a module and the optimizer in it, as my_module:make_optimizer.")
    from ._check_k import _shape

    shape = _shape(lengths)
    found, _ = _named(target, None)
    if request.out is not None:
        made(request.out)
    from ..audit import audit
    from ..audit._audit import STAGES

    with request.talk.progress(f"auditing {target}", [1.0] * STAGES) as progress, input_checked():
        report = audit(
            found,
            **claims,
            shape=shape,
            seed=request.seed,
            is_quick=request.is_quick,
            name=target,
            tell=lambda line: progress.finish(line, 1.0),
        )
    document = report.to_json()
    document["counterexample_file"] = _stored(report, target, claims, lengths, request, document)
    if request.out is not None:
        path = request.out / f"{_stem(target)}.json"
        _write(lambda: _report_to(path, document), path, document)
        document["files"] = [shown(path), *_pictured(found, report, target, claims["learning_rate"], request, document)]
    if request.as_json:
        print_json(document)
    else:
        _print(report, document)
    return code_of([report.verdict])


def _stem(target: str) -> str:
    return "audit-" + "".join(c if c.isalnum() or c in "-_" else "-" for c in target)


def _pictured(
    found: Any, report: Any, target: str, learning_rate: float | None, request: Request, document: dict[str, Any]
) -> list[str]:
    """Draws the plane of what can be reached beside what is claimed; nothing where it cannot be run in one."""
    from ..audit import as_black_box
    from ..audit._plane import picture_of
    from ._picture_of_set import picture_of_set

    try:
        seen, claimed, shape = picture_of(as_black_box(found, learning_rate), report)
    except ValueError as error:
        request.talk.say(f"no picture: {error}")
        return []
    path = request.out / f"{_stem(target)}.png"  # type: ignore[operator]  # called where a folder was given
    _write(lambda: path.write_bytes(picture_of_set(seen, claimed, shape)), path, document)
    return [shown(path)]


def _report_to(path: Path, document: dict[str, Any]) -> None:
    from ..reproduction._store import write_json

    write_json(path, document)


def _write(write: Any, path: Path, document: dict[str, Any]) -> None:
    try:
        write()
    except OSError as error:
        raise Ending(FAILED, f"cannot write {shown(path)}: {error}; name a folder with --out.", document) from error


def _stored(
    report: Any, target: str, claims: dict[str, Any], lengths: str, request: Request, document: dict[str, Any]
) -> str | None:
    if report.counterexample is None:
        return None
    from ..reproduction._versions import versions

    folder = Path.cwd() / FOLDER if request.out is None else request.out / "counterexamples"
    path = folder / f"{_stem(target)}.json"
    words = ["lionlab", "audit", target, f"--shape={lengths}", *([f"--seed={request.seed}"] if request.seed else [])]
    words += [f"--{key.replace('_', '-')}={value}" for key, value in claims.items() if value is not None]
    more = {"target": target, "claims": report.claims, "command": shlex.join(words), "versions": versions()}
    _write(lambda: report.save_counterexample(path, **more), path, document)
    return shown(path)


def _print(report: Any, document: dict[str, Any]) -> None:
    print_prose(f"{report.verdict}: {report.sentence}")
    print()
    rows = [(f.aspect, f.found, f.claimed or "–", f.verdict or "–", f.certainty) for f in report.findings]
    print_table("", COLUMNS, rows)
    if report.counterexample is not None:
        print_prose(f"what shows it: {report.counterexample.sentence}")
        print(f"counterexample: {document['counterexample_file']}")
    elif report.verdict == "VIOLATED":
        print("counterexample: none that is a run of its own; the findings above say what contradicts the claim")
    for path in document.get("files", ()):
        print(f"written: {path}")
    print_prose(f"{report.runs} runs in {report.seconds:.1f} s; the evidence of each finding is in --json")


def _replay(target: str | None, path: Path, request: Request) -> int:
    from ..audit import as_black_box, read_counterexample

    with input_checked():
        stored, more = read_counterexample(path)
    named = target or more.get("target")
    if not named:
        raise Ending(USAGE, f"{path} does not say which optimizer it is of; name it, as my_module:make_optimizer.")
    found, _ = _named(str(named), None)
    with input_checked():
        done = stored.replay(as_black_box(found))
    words = "as stored" if done.is_same else "otherwise than stored"
    if request.as_json:
        kept = {"target": named, "sentence": stored.sentence, "is_same": done.is_same, "still_parts": done.still_parts}
        print_json({**kept, "x": done.x[-1].tolist()})
    else:
        print_prose(f"stored: {stored.sentence}")
        said = "the counterexample stands" if done.still_parts else "the counterexample is gone"
        print_prose(f"{named} ran {words}: {said}.")
    return VIOLATED if done.still_parts else HOLDS
