"""`lionlab reproduce`: every figure and claim, and the pages that tell of them; `--check` says what is stale."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ._console import print_json, print_prose
from ._ending import FAILED, HOLDS, INTERRUPTED, UNDECIDED, USAGE, VIOLATED, Ending, code_of
from ._evidence_table import print_evidence, tally
from ._names import near, resolved
from ._options import Request, read_request, takes
from ._paths import default_out, made, shown

if TYPE_CHECKING:
    from ..reproduction._freshness import Part
    from ..reproduction._reproduction import Reproduction


@click.command("reproduce")
@takes("out", "seed", "quick", "config", "jobs")
@click.option("--only", multiple=True, metavar="NAME", help="Only this claim or experiment; may be repeated.")
@click.option("--stale", "is_stale", is_flag=True, help="Only what --check names; believe the rest, whoever ran it.")
@click.option("--check", "is_check", is_flag=True, help="Run nothing; say what is stale, and exit 1 if anything is.")
def reproduce_command(only: tuple[str, ...], is_stale: bool, is_check: bool, **options: Any) -> int:
    """Runs every claim and experiment; writes figures/ and paper_repro.md.

    What this machine has finished before, and has not changed since, is not run again. Results that came with a clone
    or a copy are run again even if they are current, unless --stale is given. OUT is the clone, or the current folder;
    with --quick or --seed it is build/reproduce below that.
    """
    request = read_request(**options)
    if request.parameters:
        raise Ending(USAGE, f"reproduce takes no parameter {next(iter(request.parameters))!r}; `lionlab run` does.")
    out = default_out(request, "reproduce")
    if is_check and (only or is_stale):
        raise Ending(USAGE, "--check runs nothing and looks at everything; leave out --only and --stale.")
    return _check(out, request) if is_check else _reproduce(out, only, is_stale, request)


def _check(out: Path, request: Request) -> int:
    from ..reproduction._freshness import settings_of
    from ..reproduction._layout import Layout
    from ..reproduction._reproduction import run_elsewhere, stale

    layout = Layout(out)
    seed, is_quick = settings_of(layout) if request.is_standard else (request.seed, request.is_quick)
    found, elsewhere = stale(layout, seed, is_quick), run_elsewhere(layout, seed, is_quick)
    if request.as_json:
        print_json({"stale": found, "run_elsewhere": elsewhere})
        return VIOLATED if found else HOLDS
    for name, reason in found.items():
        print_prose(f"{name}: {reason}")
    if found:
        print(f"To bring that up to date: {_command(seed, is_quick, bool(elsewhere), request)}")
    else:
        print("Everything that is stored stands for the code as it is.")
    if elsewhere:
        others = f"Current, but not run on this machine as it is: {len(elsewhere)}"
        print_prose(f"{others}; without --stale, `lionlab reproduce` runs those again too.")
    return VIOLATED if found else HOLDS


def _command(seed: int, is_quick: bool, is_stale: bool, request: Request) -> str:
    out = [] if request.out is None else ["--out", str(request.out)]
    settings = [f"--seed={seed}"] * bool(seed) + ["--quick"] * is_quick + ["--stale"] * is_stale
    return shlex.join(["lionlab", "reproduce", *out, *settings])


def _reproduce(out: Path, only: Sequence[str], is_stale: bool, request: Request) -> int:
    from ..reproduction._reproduction import Reproduction

    reproduction = Reproduction(out, request.seed, request.is_quick)
    chosen = _chosen(reproduction.parts, only)
    left, aside = reproduction.left(chosen, is_stale), reproduction.set_aside(chosen, is_stale)
    failures: dict[str, Any] = {}
    made(reproduction.layout.claims_folder)
    if left:
        believed = "stand as they are stored" if is_stale else "are finished already"
        done = len(chosen) - len(left) - len(aside)
        lacking = f", {len(aside)} not to be run here" if aside else ""
        request.talk.say(f"{done} of {len(chosen)} parts {believed}; {len(left)} to run{lacking}.")
        current = len(reproduction.current(left))
        if current:
            request.talk.say(f"{current} of these are current, but were run elsewhere; --stale believes them.")
        reproduction.write_contents()
        failures = _run(reproduction, left, request)
    for name, fate in aside.items():
        request.talk.say(f"{name}: {fate}")
    written = reproduction.write_pages()
    evidences = reproduction.evidence(chosen)
    code = code_of(evidence["verdict"] for evidence in evidences) if evidences or not chosen else HOLDS
    if aside and not reproduction.current(chosen):
        code = UNDECIDED
    stored = {
        evidence["id"]: shown(reproduction.layout.evidence(evidence["id"]))
        for evidence in evidences
        if evidence["verdict"] == "VIOLATED"
    }
    document = {"claims": evidences, "experiments": [part.name for part in chosen if part.kind == "experiment"]}
    document["set_aside"] = aside
    if not request.as_json:
        _print(evidences, stored, bool(left or written), bool(aside), reproduction)
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
    wanted = [resolved(name, names) for name in only]
    for name in wanted:
        if name not in names:
            alike = near(name, names)
            hint = f"Did you mean {', '.join(alike)}?" if alike else "`lionlab list` names them all."
            raise Ending(USAGE, f"no claim or experiment is called {name!r}. {hint}")
    return [part for part in parts if not only or part.name in wanted]


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


def _print(
    evidences: Sequence[Any], stored: Mapping[str, str], is_new: bool, has_gaps: bool, reproduction: "Reproduction"
) -> None:
    layout = reproduction.layout
    if is_new and evidences:
        print_evidence(evidences)
    experiments = [part for part in reproduction.parts if part.kind == "experiment"]
    figures = len(reproduction.current(experiments)) if has_gaps else len(experiments)
    if not is_new and not has_gaps:
        print("Nothing has changed since it was all reproduced here.")
    print_prose(f"{tally(evidences)}; {figures} figures.")
    print(f"report: {shown(layout.report)}\nfigures: {shown(layout.figures)}")
    for claim_id, path in stored.items():
        print(f"counterexample of {claim_id}: {path}")
