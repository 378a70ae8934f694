"""Every claim holds on its quick cases with all its planted wrongs caught, which is what its verdict rests on.

Those that compile for more than a few seconds wait for the thorough run: a reproduction runs every claim anyway, and
fails when one does not hold.
"""

import pytest
from tiers import waiting

from lionlab.theorems import _verify, claims, verify

CLAIMS = {claim.id: claim for claim in claims()}
LONG = (
    "ledger-identity", "global-lyapunov", "explicit-is-implicit", "lambda-sweep-penalty", "lambda-sweep",
    "annealed-optimum-lp", "annealed-optimum-top-k", "annealed-optimum-l1", "annealed-optimum-deadzone",
    "constant-step-without-floor", "contraction-explicit", "conjugate-laws-schatten-norm", "stochastic-rate",
    "flow-balance", "flow-balance-order", "flow-global-lyapunov", "flow-derivative", "flow-enhancement",
    "discrete-to-flow-order", "proximal-to-flow-order", "sliding-order", "sliding-modes", "moreau-bias",
    "proximal-ledger", "special-case-accelerated-mirror-descent-flow", "special-case-frank-wolfe-flow",
    "special-case-muon-flow", "special-case-gradient-flow", "special-case-hamiltonian-descent-flow",
    "special-case-nesterov-in-time-flow", "special-case-signum-flow", "special-case-normalized-momentum-flow",
    "ledger-signs", "proximal-signs", "flow-descent", "proximal-growing-steps", "annealing-theorem",
    "contraction-envelope", "annealed-optimum-huber", "one-step-descent", "proximal-descent", "average-descent",
    "special-case-heavy-ball-flow", "bounded-rise", "proximal-weakly-convex", "proximal-shrinking-steps-fail",
    "exact-one-step", "exact-ledger", "any-beta-lyapunov",
    "exact-kkt-score", "special-case-dual-space-preconditioning-flow", "special-case-mirror-descent-flow",
    "conjugate-bracket-smooth", "conjugate-laws-sorted-l1-norm", "conjugate-laws-infimal-convolution",
    "conjugate-laws-lp-norm", "exact-contraction", "proximal-inclusion",
    "conjugate-laws-sum", "conjugate-laws-group-l2-norm", "conjugate-laws-spectral-norm",
    "conjugate-laws-separable-sum", "monotonicity", "flow-contraction",
    "flow-stationarity", "kkt-score-bounds-the-gap", "deterministic-rate", "special-case-nesterov-flow",
)  # fmt: skip


@pytest.mark.parametrize("name", waiting(CLAIMS, LONG))
def test_holds_and_catches_every_planted_wrong(name, monkeypatch):
    # Its proofs are tried one by one in tests/proofs.
    monkeypatch.setattr(_verify, "proofs_of", lambda claim_id: ())
    evidence = verify(name, is_quick=True)
    assert evidence.verdict == ("CHECKED_EXACT" if CLAIMS[name].is_exact else "CONSISTENT"), evidence
    assert evidence.caught == evidence.planted >= 3
    # The margin is 0 where counts are compared.
    assert evidence.margin >= 0
