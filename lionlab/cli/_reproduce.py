"""`lionlab reproduce`: every figure and claim, and the pages that tell of them; `--check` says what is stale."""

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ._console import print_json
from ._ending import FAILED, HOLDS, INTERRUPTED, USAGE, VIOLATED, Ending, code_of
from ._evidence_table import print_evidence, tally
from ._options import Request, read_request, takes
from ._paths import default_out, shown

if TYPE_CHECKING:
    from ..reproduction._freshness import Part
    from ..reproduction._reproduction import Reproduction


@click.command("reproduce")
@takes("out", "seed", "quick", "config", "jobs")
@click.option("--only", multiple=True, metavar="NAME", help="Only this claim or experiment; may be repeated.")
@click.option("--check", "is_check", is_flag=True, help="Run nothing; say what is stale, and exit 1 if anything is.")
def reproduce_command(only: tuple[str, ...], is_check: bool, **options: Any) -> int:
    """Runs every claim and experiment; writes figures/ and paper_repro.md.

    What was finished here before, and has not changed since, is not run again. OUT is the clone, or the current
    folder; with --quick or --seed it is build/reproduce below that.
    """
    request = read_request(**options)
    if request.parameters:
        raise Ending(USAGE, f"reproduce takes no parameter {next(iter(request.parameters))!r}; `lionlab run` does.")
    out = default_out(request, "reproduce")
    return _check(out, request) if is_check else _reproduce(out, only, request)


def _check(out: Path, request: Request) -> int:
    from ..reproduction._layout import Layout
    from ..reproduction._reproduction import stale

    found = stale(Layout(out))
    if request.as_json:
        print_json({"stale": found})
    elif found:
        print(*(f"{name}: {reason}" for name, reason in found.items()), sep="\n")
        print("`lionlab reproduce` brings them up to date.")
    else:
        print("Everything that is stored stands for the code as it is.")
    return VIOLATED if found else HOLDS


def _reproduce(out: Path, only: Sequence[str], request: Request) -> int:
    from ..reproduction._reproduction import Reproduction

    reproduction = Reproduction(out, request.seed, request.is_quick)
    chosen = _chosen(reproduction.parts, only)
    left = reproduction.left(chosen)
    failures: dict[str, Any] = {}
    if left:
        request.talk.say(f"{len(chosen) - len(left)} of {len(chosen)} parts are finished already; {len(left)} to run.")
        failures = _run(reproduction, left, request)
    written = reproduction.write_pages()
    evidences = reproduction.evidence(chosen)
    code = code_of(evidence["verdict"] for evidence in evidences) if evidences or not chosen else HOLDS
    stored = {
        evidence["id"]: shown(reproduction.layout.evidence(evidence["id"]))
        for evidence in evidences
        if evidence["verdict"] == "VIOLATED"
    }
    document = {"claims": evidences, "experiments": [part.name for part in chosen if part.kind == "experiment"]}
    if not request.as_json:
        _print(evidences, stored, bool(left or written), reproduction)
    if failures:
        name, outcome = next(iter(failures.items()))
        others = f" ({len(failures) - 1} more failed)" if len(failures) > 1 else ""
        ending = VIOLATED if code == VIOLATED else FAILED
        raise Ending(ending, f"{name} failed: {outcome.error}{others}", document, outcome.trace)
    if request.as_json:
        print_json(document)
    return code


def _chosen(parts: "list[Part]", only: Sequence[str]) -> "list[Part]":
    names = {part.name for part in parts}
    for name in only:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=3, cutoff=0.4)
            hint = f"Did you mean {', '.join(near)}?" if near else "`lionlab list` names them all."
            raise Ending(USAGE, f"no claim or experiment is called {name!r}. {hint}")
    return [part for part in parts if not only or part.name in only]


def _run(reproduction: "Reproduction", left: "list[Part]", request: Request) -> dict[str, Any]:
    """Runs what is left, storing each part as it finishes; returns the outcomes of those that failed."""
    from ..reproduction._pool import default_jobs, perform_all
    from ..reproduction._reproduction import group, perform

    failures: dict[str, Any] = {}
    done = 0
    weights = [reproduction.finished.seconds(part) for part in left]
    with request.talk.progress("reproducing", weights) as progress:
        try:
            work = [reproduction.work(part) for part in left]
            for (part, *_), outcome in perform_all(
                perform, work, request.jobs or default_jobs(), group=lambda one: group(one[0])
            ):
                weight = reproduction.finished.seconds(part)
                if outcome.error:
                    failures[str(part)] = outcome
                else:
                    reproduction.finished.add(part, outcome.seconds)
                    done += 1
                progress.finish(f"{part}: {_word(outcome)} ({outcome.seconds:.1f} s)", weight)
        except KeyboardInterrupt:
            kept = f"{done} of {len(left)} parts were finished and are kept in {shown(reproduction.layout.figures)}"
            message = f"interrupted; {kept}. Run the same command to go on with the rest."
            raise Ending(INTERRUPTED, message, {"finished": done, "left": len(left) - done}) from None
    return failures


def _word(outcome: Any) -> str:
    if outcome.error:
        return f"FAILED: {outcome.error}"
    value: Mapping[str, Any] = outcome.value
    return value["evidence"]["verdict"] if "evidence" in value else "drawn"


def _print(evidences: Sequence[Any], stored: Mapping[str, str], is_new: bool, reproduction: "Reproduction") -> None:
    layout = reproduction.layout
    if is_new and evidences:
        print_evidence(evidences)
    figures = len([part for part in reproduction.parts if part.kind == "experiment"])
    if not is_new:
        print("Nothing has changed since it was all reproduced here.")
    print(f"{tally(evidences)}; {figures} figures. Report: {shown(layout.report)}, figures: {shown(layout.figures)}")
    for claim_id, path in stored.items():
        print(f"counterexample of {claim_id}: {path}")
