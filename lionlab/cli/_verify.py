"""`lionlab verify [CLAIM…]`: claims run, each with its margin and its planted wrongs."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from ._console import print_json, print_prose
from ._ending import FAILED, INTERRUPTED, USAGE, VIOLATED, Ending, code_of, input_checked
from ._evidence_table import print_evidence, print_proofs, print_wrongs, store_counterexample, tally
from ._names import resolved
from ._options import Request, read_request, takes
from ._paths import home, made, shown


class Task(NamedTuple):
    """One claim to be verified, or only proved, in whatever process."""

    claim_id: str
    seed: int
    is_quick: bool
    parameters: Mapping[str, Any]
    out: Path | None
    is_proof: bool


@click.command("verify")
@click.argument("claims", nargs=-1, metavar="[CLAIM]...")
@takes("out", "seed", "quick", "config", "set", "float64", "jobs")
@click.option("--proofs", "is_proof", is_flag=True, help="Only what is proved: nothing is measured.")
def verify_command(claims: tuple[str, ...], is_proof: bool, **options: Any) -> int:
    """Runs claims (all of them when none is named): verdict, margin, planted wrongs caught, and their proofs.

    --proofs leaves the measurement out: PROVED where two routes agree, NOT_APPLICABLE where there are fewer.

    --set replaces a claim's own cases, for example: lionlab verify CLAIM --set 'K=LpNorm(1.5)' --set x0=3,4
    """
    request = read_request(**options)
    if request.dtype not in (None, "float64"):
        reason = "claims are verified in float64, for which their bounds are derived"
        raise Ending(USAGE, f"{reason}; leave --dtype {request.dtype} out.")
    if is_proof and request.parameters:
        raise Ending(USAGE, "--proofs are of the claim as it stands: leave --set out, or --proofs.")
    tasks = _tasks(claims, request, is_proof)
    if request.out is not None:
        made(request.out)
    evidences, failures = _run(tasks, request)
    code = code_of(evidence["verdict"] for evidence in evidences)
    for evidence in evidences:
        if evidence["verdict"] == "VIOLATED":
            path = store_counterexample(evidence, request.out or home() / "build", _command([evidence["id"]], request))
            evidence["counterexample_file"] = shown(path)
    if not request.as_json:
        _print(evidences, request)
    _end_early(evidences, failures, code, request)
    if request.as_json:
        print_json({"claims": evidences})
    return code


def _tasks(names: Sequence[str], request: Request, is_proof: bool) -> list[Task]:
    from ..proofs import proofs_of
    from ..theorems import claims, find_claim

    with input_checked():
        ids = [claim.id for claim in claims()]
        wanted = dict.fromkeys(resolved(name, ids) for name in names)
        chosen = [find_claim(name) for name in wanted] if names else list(claims())
        given = set(request.parameters)
        if not names and given:
            skipped = len(chosen)
            chosen = [claim for claim in chosen if given <= set(claim.parameters)]
            skipped -= len(chosen)
            if not chosen:
                raise ValueError(f"no claim takes all of: {', '.join(sorted(given))}.")
            if skipped:
                request.talk.say(f"{skipped} claims do not take {', '.join(sorted(given))} and are left out.")
        for claim in chosen:
            unknown = sorted(given - set(claim.parameters))
            if unknown:
                takes_these = ", ".join(claim.parameters) or "none"
                raise ValueError(f"claim {claim.id} takes no parameter {unknown[0]!r}; it takes: {takes_these}.")
        if is_proof and not names:
            chosen = [claim for claim in chosen if proofs_of(claim.id)]
        asked = (request.seed, request.is_quick, dict(request.parameters), request.out, is_proof)
        return [Task(claim.id, *asked) for claim in chosen]


def _run(tasks: Sequence[Task], request: Request) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Evidence in the order of the tasks, and the outcomes of those that failed."""
    from ..reproduction._freshness import MODULES, ids_in
    from ..reproduction._pool import default_jobs, perform_all
    from ..reproduction._sources import shared_runs

    groups = {claim_id: shared_runs(module) for module in MODULES for claim_id in ids_in(module)}
    jobs = request.jobs or default_jobs()
    found: dict[str, dict[str, Any]] = {}
    failures: dict[str, Any] = {}
    with request.talk.progress("verifying", [1.0] * len(tasks)) as progress:
        try:
            for task, outcome in perform_all(
                _verify, tasks, jobs, group=lambda task: (task.claim_id,) if task.is_proof else groups[task.claim_id]
            ):
                if outcome.error:
                    failures[task.claim_id] = outcome
                else:
                    found[task.claim_id] = outcome.value
                word = "FAILED" if outcome.error else outcome.value["verdict"]
                progress.finish(f"{task.claim_id}: {word} ({outcome.seconds:.1f} s)", 1.0)
        except KeyboardInterrupt:
            raise _interruption([task.claim_id for task in tasks], found, request) from None
    order = [task.claim_id for task in tasks]
    return [found[name] for name in order if name in found], failures


def _verify(task: Task) -> dict[str, Any]:
    from ..reproduction._store import write_bytes
    from ..theorems import prove, verify

    if task.is_proof:
        found = prove(task.claim_id, is_quick=task.is_quick)
    else:
        found = verify(task.claim_id, seed=task.seed, is_quick=task.is_quick, **task.parameters)
    if task.out is not None:
        for name, text in found.artefacts.items():
            write_bytes(task.out / "proofs" / task.claim_id / name, text.encode())
    return found.to_json()


def _interruption(names: Sequence[str], found: Mapping[str, Any], request: Request) -> Ending:
    evidences = [found[name] for name in names if name in found]
    if evidences and not request.as_json:
        print_evidence(evidences)
    rest = _command([name for name in names if name not in found], request)
    kept = f"{len(found)} of {len(names)} claims were finished and are printed" if found else "no claim was finished"
    return Ending(INTERRUPTED, f"interrupted; {kept}. The rest: {rest}", {"claims": evidences})


def _command(names: Sequence[str], request: Request) -> str:
    settings = [f"--set={key}={_text(value)}" for key, value in request.parameters.items()]
    options = [f"--seed={request.seed}"] * bool(request.seed) + ["--quick"] * request.is_quick
    options += [f"--dtype={request.dtype}"] * bool(request.dtype) + settings
    return shlex.join(["lionlab", "verify", *names, *options])


def _text(value: Any) -> str:
    return str(value).replace(" ", "")


def _print(evidences: Sequence[Mapping[str, Any]], request: Request) -> None:
    if evidences:
        print_evidence(evidences)
    if len(evidences) == 1 or request.talk.is_verbose:
        for evidence in evidences:
            print_wrongs(evidence)
            print_proofs(evidence)
    if len(evidences) > 1:
        print_prose(tally(evidences))
    proofs = [proof for evidence in evidences for proof in evidence["proofs"]]
    if proofs:
        routes = ", ".join(dict.fromkeys(proof["route"] for proof in proofs))
        count = "1 proof" if len(proofs) == 1 else f"{len(proofs)} proofs"
        print_prose(f"{count} ({routes}) took {sum(proof['seconds'] for proof in proofs):.0f} s.")
    if evidences and evidences[0]["criteria"]:
        print_prose(f"criteria: {evidences[0]['criteria']}")
    for evidence in evidences:
        if "counterexample_file" in evidence:
            print(f"counterexample of {evidence['id']}: {evidence['counterexample_file']}")


def _end_early(evidences: Sequence[Any], failures: Mapping[str, Any], code: int, request: Request) -> None:
    """Ends with a sentence where claims failed to run, or their parameters make no sense."""
    document = {"claims": list(evidences)}
    if failures:
        name, outcome = next(iter(failures.items()))
        others = f" ({len(failures) - 1} more claims failed)" if len(failures) > 1 else ""
        # A refusal while the user's own parameters were in use is about those.
        ending = USAGE if outcome.is_refusal and request.parameters else FAILED
        ending = VIOLATED if code == VIOLATED else ending
        raise Ending(ending, f"claim {name} failed: {outcome.error}{others}", document, outcome.trace)
    if code == USAGE:
        invalid = next(evidence for evidence in evidences if evidence["verdict"] == "INVALID_INPUT")
        raise Ending(USAGE, f"claim {invalid['id']}: {invalid['reason']}", document)
