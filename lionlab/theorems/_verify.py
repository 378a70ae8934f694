"""`verify`: hypotheses first, then the measurement, the planted wrongs and the proofs, then one word."""

import difflib
import time
from collections.abc import Sequence
from typing import Any

from ..proofs import Checked, check, proofs_of
from . import _routes
from ._claim import Claim, Measurement, Run
from ._criteria import departure, is_registered, stamp
from ._evidence import Evidence
from ._registry import claims


def find_claim(claim_id: str) -> Claim:
    """The claim of that id.

    **Raises:** `ValueError` with the nearest names when there is none.
    """
    known = {claim.id: claim for claim in claims()}
    if claim_id not in known:
        near = difflib.get_close_matches(str(claim_id), known, n=3, cutoff=0.4)
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise ValueError(f"unknown claim {claim_id!r}.{hint} `lionlab list` names them all.")
    return known[claim_id]


def verify(claim: str | Claim, *, seed: int = 0, is_quick: bool = False, **parameters: Any) -> Evidence:
    """Runs one claim and returns its `Evidence`.

    **Arguments:** `claim`, its id (see `claims()`) or a `Claim` of your own; `seed` of everything random; `is_quick`
    for fewer cases; further keywords replace the claim's own cases, for example `K=LpNorm(1.5), weight_decay=1.0,
    x0=[3.0, 4.0]`, where the claim lists them in `parameters`.

    A case that misses a hypothesis is NOT_APPLICABLE, parameters that make no sense are INVALID_INPUT; neither is
    success. Proofs are of the claim as it stands, and run only where no parameters replace its cases.

    **Raises:** `ValueError` for an unknown claim or parameter name.
    """
    chosen = claim if isinstance(claim, Claim) else find_claim(claim)
    unknown = sorted(set(parameters) - set(chosen.parameters))
    if unknown:
        takes = ", ".join(chosen.parameters) or "none"
        raise ValueError(f"claim {chosen.id} takes no parameter {unknown[0]!r}; it takes: {takes}.")
    run = Run(seed=seed, is_quick=is_quick, parameters=parameters)
    start = time.perf_counter()
    try:
        cases = list(chosen.cases(run))
    except (ValueError, TypeError) as error:
        if not parameters:
            raise
        return evidence_of(chosen, run, "INVALID_INPUT", reason=str(error))
    applicable, reasons = _split(chosen, cases)
    if not applicable:
        reason = reasons[0] if reasons else "there are no cases."
        return evidence_of(chosen, run, "NOT_APPLICABLE", reason=reason, not_applicable=len(reasons))

    try:
        measurement = chosen.measure(applicable, run, chosen.subject)
        wrongs = [(wrong, chosen.measure(applicable, run, wrong.subject)) for wrong in chosen.wrongs]
    except (ValueError, TypeError) as error:
        if not parameters:
            raise
        return evidence_of(chosen, run, "INVALID_INPUT", reason=str(error))
    caught = sum(found.is_violation for _, found in wrongs)
    verdict, reason = _judge(chosen, measurement, caught)
    proved = _proved(chosen, run)
    verdict, reason = _routes.judged(verdict, reason, proved)
    verdict, reason = in_the_light_of_criteria(chosen, verdict, reason, _judge(chosen, measurement, caught)[0])
    counterexample = measurement.counterexample if measurement.is_violation else _routes.counterexample_of(proved)
    return evidence_of(
        chosen,
        run,
        verdict,
        reason=" ".join(part for part in (reason or (reasons[0] if reasons else ""), measurement.note) if part),
        measured=float(measurement.measured),
        bound=float(measurement.bound),
        margin=float(measurement.bound - measurement.measured),
        cases=measurement.cases,
        caught=caught,
        counterexample=counterexample if verdict == "VIOLATED" else None,
        not_applicable=len(reasons),
        wrongs=tuple(
            {
                "description": wrong.description,
                "measured": float(found.measured),
                "bound": float(found.bound),
                "caught": found.is_violation,
            }
            for wrong, found in wrongs
        ),
        **proof_fields(chosen, proved),
        seconds=time.perf_counter() - start,
    )


def in_the_light_of_criteria(claim: Claim, verdict: str, reason: str, unproved: str) -> tuple[str, str]:
    """Verdict and reason where a claim departs from what is registered, or is not registered.

    `unproved` is what PROVED falls to in the latter case.
    """
    departs = departure(claim) if _is_ours(claim) else ""
    if departs:
        return ("VIOLATED" if verdict == "VIOLATED" else "INCONCLUSIVE"), f"{departs} {reason}".strip()
    if verdict == "PROVED" and not is_registered(claim):
        return unproved, "its criteria are not registered."
    return verdict, reason


def proof_fields(claim: Claim, proved: Sequence[Checked]) -> dict[str, Any]:
    """What an evidence says of proofs and criteria."""
    return {
        "proofs": tuple(_routes.summary(one) for one in proved),
        "proved_by": _routes.proved_by(proved),
        "artefacts": _routes.artefacts(proved),
        "criteria": stamp() if _is_ours(claim) and is_registered(claim) else "",
    }


def _proved(claim: Claim, run: Run) -> list[Checked]:
    if run.parameters or not _is_ours(claim):
        return []
    return [check(proof, is_quick=run.is_quick) for proof in proofs_of(claim.id)]


def _is_ours(claim: Claim) -> bool:
    """Whether it is a claim of the library, to which its proofs and registered criteria belong."""
    return any(claim is one for one in claims())


def _split(claim: Claim, cases: Sequence[Any]) -> tuple[list[Any], list[str]]:
    applicable, reasons = [], []
    for case in cases:
        failures = (hypothesis.failure(case) for hypothesis in claim.hypotheses)
        reason = next((failure for failure in failures if failure), None)
        if reason is None:
            applicable.append(case)
        else:
            reasons.append(reason)
    return applicable, reasons


def _judge(claim: Claim, measurement: Measurement, caught: int) -> tuple[str, str]:
    if measurement.is_violation:
        return "VIOLATED", ""
    if measurement.is_from_below and measurement.cases:
        return "INCONCLUSIVE", "what was measured is known only from below, which can refute and never confirm."
    if not measurement.holds:
        return "INCONCLUSIVE", "nothing finite was measured."
    if caught < len(claim.wrongs):
        return "INCONCLUSIVE", f"only {caught} of {len(claim.wrongs)} planted wrongs were caught on these cases."
    return "CHECKED_EXACT" if claim.is_exact else "CONSISTENT", ""


def evidence_of(claim: Claim, run: Run, verdict: str, **fields: Any) -> Evidence:
    """The evidence with what the claim and the run say of themselves."""
    return Evidence(
        id=claim.id,
        verdict=verdict,
        seed=run.seed,
        planted=len(claim.wrongs),
        statement=claim.statement,
        source=claim.source,
        observable=claim.observable,
        tolerance=claim.tolerance,
        hypotheses=tuple(hypothesis.statement for hypothesis in claim.hypotheses),
        **fields,
    )
