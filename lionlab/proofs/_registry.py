"""The proofs there are. Adding one is one file and one line here."""

import functools
import importlib

from ._proof import Proof

# Each module defines PROOFS, a tuple of `Proof`.
MODULES: tuple[str, ...] = (
    "symbolic.ledger",
    "symbolic.ledger_signs",
    "symbolic.descent",
    "symbolic.flow_energy",
    "symbolic.proximal",
    "symbolic.optimality",
    "symbolic.constraint_set",
    "symbolic.one_coordinate",
    "symbolic.special_cases",
    "symbolic.special_flows",
    "symbolic.global_energy",
    "symbolic.conjugate_pairs",
    "smt.bracket",
    "smt.conjugates",
    "smt.contraction",
    "smt.convexity",
    "smt.descent",
    "smt.flow",
    "smt.invariance",
    "smt.kkt",
    "smt.ledger",
    "smt.parabola",
    "smt.proximal",
    "smt.reversed_betas",
    "worst_case.descent",
    "worst_case.ledger",
    "worst_case.decay",
    "worst_case.slack_constant",
    "worst_case.conjugacy",
    "worst_case.monotonicity",
    "worst_case.flow",
    "worst_case.proximal",
    "worst_case.proximal_signs",
    "worst_case.global_lyapunov",
    "worst_case.constraint_set",
    "exact.ledger_identities",
    "exact.distances",
    "exact.phase_one",
    "exact.one_dimension",
    "exact.counterexamples",
    "exact.proximal_lengths",
    "exact.conjugate_pairs",
    "exact.stationarity",
    "exact.newton_schulz",
    "bracket.interval_symbolic",
    "bracket.interval_worst_case",
    "bracket.any_beta_symbolic",
    "bracket.any_beta_worst_case",
    "published.cautious_lion_symbolic",
    "published.cautious_lion_smt",
    "published.cautious_lion_appendix",
    "published.cautious_decay",
    "published.cautious_decay_box",
    "published.cautious_decay_muon",
    "published.newton_schulz_symbolic",
    "published.newton_schulz_smt",
    "published.newton_schulz_gradient",
    "published.constant_step_rate",
    "published.adamw_box",
)


@functools.cache
def proofs() -> tuple[Proof, ...]:
    """Every proof of the library."""
    found = [proof for name in MODULES for proof in importlib.import_module(f"{__package__}.{name}").PROOFS]
    pairs = [(proof.claim, proof.route) for proof in found]
    repeated = {pair for pair in pairs if pairs.count(pair) > 1}
    if repeated:
        raise ValueError(f"a claim has at most one proof by each route, repeated: {sorted(repeated)}.")
    return tuple(found)


def proofs_of(claim_id: str) -> tuple[Proof, ...]:
    """The proofs of one claim."""
    return tuple(proof for proof in proofs() if proof.claim == claim_id)
