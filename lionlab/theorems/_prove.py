"""`prove`: the proofs of a claim alone, without a run."""

import time
from dataclasses import replace

from ..proofs import check, proofs_of
from . import _routes
from ._claim import Claim, Run
from ._evidence import Evidence
from ._verify import evidence_of, find_claim, in_the_light_of_criteria, proof_fields


def prove(claim: str | Claim, *, is_quick: bool = False) -> Evidence:
    """What the proofs of a claim of the library say, with nothing measured.

    PROVED where two routes agree, one of which covers the claim; VIOLATED or INCONCLUSIVE where they refute or
    contradict it or miss a planted wrong; NOT_APPLICABLE where there are fewer than two, which `verify` can still
    measure. `measured`, `bound` and `margin` are None. **Raises:** `ValueError` for an unknown claim.
    """
    chosen = claim if isinstance(claim, Claim) else find_claim(claim)
    start = time.perf_counter()
    found = [check(proof, is_quick=is_quick) for proof in proofs_of(chosen.id)]
    verdict, reason = _routes.judged("CONSISTENT", "", found)
    if verdict == "CONSISTENT":
        verdict, reason = "NOT_APPLICABLE", f"nothing was measured, and {_routes.shortage(found)}. {reason}"
    elif verdict == "PROVED":
        reason = "nothing was measured."
    verdict, reason = in_the_light_of_criteria(chosen, verdict, reason.strip(), "NOT_APPLICABLE")
    counterexample = _routes.counterexample_of(found) if verdict == "VIOLATED" else None
    fields = proof_fields(chosen, found)
    evidence = evidence_of(
        chosen, Run(is_quick=is_quick), verdict, reason=reason, counterexample=counterexample, **fields
    )
    return replace(evidence, planted=0, seconds=time.perf_counter() - start)
