"""Hypotheses about flows that several claims share, each checked on a `FlowCase` before anything runs."""

from types import SimpleNamespace

from . import _hypotheses
from ._claim import Hypothesis
from ._flow_cases import FlowCase


def of_flow(discrete: Hypothesis) -> Hypothesis:
    """A hypothesis about K, λ and x0 of the discrete method, asked of a flow."""

    def failure(case: FlowCase) -> str | None:
        return discrete.failure(SimpleNamespace(method=case.flow, x0=case.x0))

    return Hypothesis(discrete.statement, failure)


def _is_smooth(case: FlowCase) -> str | None:
    if case.flow.K.is_smooth:
        return None
    return (
        f"∇K of {case.flow.K!r} jumps, so that its flow is a differential inclusion; take a smooth K such as "
        "MoreauEnvelope(K, smoothing), or see the claims about the implicit step."
    )


def _has_constant_alpha(case: FlowCase) -> str | None:
    return "α changes with time, which moves H by itself; give a number." if callable(case.flow.alpha) else None


SMOOTH = Hypothesis("∇K is Lipschitz", _is_smooth)
CONSTANT_ALPHA = Hypothesis("α is constant", _has_constant_alpha)
FINITE_FUNCTION = of_flow(_hypotheses.FINITE_FUNCTION)
STARTS_INSIDE = of_flow(_hypotheses.starts_inside("flow-global-lyapunov"))
STARTS_OUTSIDE = of_flow(_hypotheses.starts_outside("flow-descent"))
CONJUGATE_SUBGRADIENT = of_flow(_hypotheses.CONJUGATE_SUBGRADIENT)
DECAYS = of_flow(_hypotheses.DECAYS)
LEAST_AT_ZERO = of_flow(_hypotheses.LEAST_AT_ZERO)

ENERGY = (SMOOTH, FINITE_FUNCTION, CONSTANT_ALPHA, STARTS_INSIDE, CONJUGATE_SUBGRADIENT, LEAST_AT_ZERO)
"""What the balance law of H asks for: any f."""
