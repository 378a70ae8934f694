"""The claims there are, in the order the paper tells its story. Adding a claim is one file and one line here."""

import functools
import importlib

from ._claim import Claim

# Each module defines CLAIMS, a tuple of `Claim`.
MODULES: tuple[str, ...] = (
    "conjugate_laws",
    "grid_conjugates",
    "piecewise_conjugates",
    "scalar_conjugates",
    "numerical_conjugates",
    "domain_gap",
    "monotonicity",
    "decay_equivalence",
    "dictionary",
    "contraction",
    "invariance",
    "stored_distances",
    "entry_time",
    "lower_bound",
    "ledger_identity",
    "ledger_signs",
    "descent",
    "slack_constant",
    "stored_states",
    "monotone_reading",
    "global_lyapunov",
    "lyapunov_interval",
    "any_beta_lyapunov",
    "flow_contraction",
    "flow_derivative",
    "flow_balance",
    "flow_descent",
    "flow_stationarity",
    "flow_global_lyapunov",
    "flow_enhancement",
    "proximal_ledger",
    "proximal_descent",
    "proximal_step_length",
    "proximal_inclusion",
    "sliding_modes",
    "flow_order",
    "sliding_order",
    "moreau_bias",
    "special_cases",
    "flow_special_cases",
    "kkt_score",
    "annealed_optimum",
    "lambda_sweep",
    "rates",
    "stochastic_rate",
    "two_cycle",
    "constant_step",
    "constant_step_rate",
    "ablations",
    "floating_point",
    "cautious_lion",
    "cautious_lion_appendix",
    "cautious_decay",
    "cautious_decay_muon",
    "cautious_decay_box",
    "newton_schulz",
    "newton_schulz_gradient",
    "newton_schulz_ball",
    "distributed_vote",
    "adamw_box",
)


@functools.cache
def claims() -> tuple[Claim, ...]:
    """Every claim of the library: `id`, `statement`, `source`, `hypotheses`, and what runs it."""
    found = [claim for name in MODULES for claim in importlib.import_module(f"{__package__}.{name}").CLAIMS]
    names = [claim.id for claim in found]
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        raise ValueError(f"claim ids must be unique, repeated: {sorted(repeated)}.")
    return tuple(found)
