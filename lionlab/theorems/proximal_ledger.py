"""The energy ledger of the implicit step is an identity: every change of H_h is the sum of five named terms.

    H_h(x⁺,m⁺) − H_h(x,m) = −h(γ+c_hλ)Δ1 − c_h⟨s−w, m⁺−m⟩ − αD_f(x;x⁺) − (γ/λ+c_h)D_K*(λx;λx⁺) − c_h D_K(m;m⁺)

for every f, K and length of step; and for convex f all five are ≤ 0. Equality leaves no slack for a wrong constant, but
is algebra that closes for a wrong K* or subgradient too; those break a sign.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np

from ._claim import Claim, Measurement, Run, Wrong
from ._flow_cases import FlowCase
from ._plain_ledger import TERMS
from ._plain_proximal import ProximalRecipe, pieces, plain_ledger, residual, wrong_pieces
from ._proximal_runs import (
    CONVEX,
    FINITE_FUNCTION,
    LEAST_AT_ZERO,
    PARAMETERS,
    ProximalRun,
    cases_of,
    positive,
    proximal_runs,
    with_controls,
)

SMALL = 1 + 1e-6
THEOREM = ProximalRecipe()
# Summed in another order, two evaluations of one term differ by the rounding of both.
BOTH = 2.0


def worst_ratio(found: Sequence[tuple[float, str, ProximalRun]]) -> Measurement:
    """The largest ratio, NaN above all."""
    ratio, name, one = max(found, key=lambda entry: np.inf if np.isnan(entry[0]) else entry[0])
    return Measurement(ratio, 1.0, len(found), {"term": name, "ratio": ratio, **one.case.replay()})


def measure_identity(cases: Sequence[FlowCase], run: Run, subject: ProximalRecipe) -> Measurement:
    """Worst |residual| / bound, by the library and in plain NumPy, which must agree term by term as well."""
    cases = with_controls(cases, run, subject is THEOREM)
    found: list[tuple[float, str, ProximalRun]] = []
    for one in proximal_runs(cases):
        bound = positive(one.ledger.rounding_bound)
        terms = plain_ledger(one, *pieces(one), subject)
        errors = {"residual of the plain route": residual(terms) / bound}
        if subject is THEOREM:
            errors["residual"] = one.ledger.residual / bound
            errors |= {name: (terms[name] - getattr(one.ledger, name)) / (BOTH * bound) for name in TERMS}
        found += [(float(np.max(np.abs(error))), name, one) for name, error in errors.items()]
    return worst_ratio(found)


def measure_signs(cases: Sequence[FlowCase], run: Run, subject: ProximalRecipe) -> Measurement:
    """Worst of (term / how far above 0 rounding can lift it), for the library's ledger and the plain one."""
    cases = with_controls(cases, run, subject is THEOREM, is_convex=True)
    found: list[tuple[float, str, ProximalRun]] = []
    for one in proximal_runs(cases):
        allowance = positive(one.ledger.sign_allowance)
        terms = plain_ledger(one, *pieces(one), subject)
        if subject is THEOREM:
            found += [(float(np.max(getattr(one.ledger, name) / allowance)), name, one) for name in TERMS]
        found += [(float(np.max(terms[name] / allowance)), name, one) for name in TERMS]
    return worst_ratio(found)


def _delayed(s: np.ndarray) -> np.ndarray:
    return np.concatenate([s[:1], s[:-1]])


CLAIMS = (
    Claim(
        id="proximal-ledger",
        statement=(
            "At every implicit step of length h > 0, H_h(x⁺,m⁺) − H_h(x,m) = −h(γ+c_hλ)Δ1 − c_h⟨s−w, m⁺−m⟩ "
            "− αD_f(x;x⁺) − (γ/λ+c_h)D_K*(λx;λx⁺) − c_hD_K(m;m⁺), c_h = (1−εγ)/(1+(ε+h)λ), for every differentiable "
            "f, every finite convex K, α ≠ γ, ε = 0 and εγ = 1 too, and from outside the set with K_M for K."
        ),
        source="derived here; the implicit form follows Acary & Brogliato (2010), H arXiv 2310.05898, Theorem 3.1",
        hypotheses=(FINITE_FUNCTION, LEAST_AT_ZERO),
        observable="worst |residual| of a step over its rounding bound; and of the terms between the two routes",
        tolerance=(
            "1: the bound is (d+18)·u·Σ|terms| for evaluating the ledger plus 4u of every summand of the stored step, "
            "carried through the identity; the two routes may differ by twice that."
        ),
        cases=cases_of,
        measure=measure_identity,
        subject=THEOREM,
        wrongs=(
            Wrong("c_h too large by a relative 1e-6", ProximalRecipe(c=SMALL)),
            Wrong("c of the flow in place of c_h", ProximalRecipe(is_flow=True)),
            Wrong("γ + c_hλ too large by a relative 1e-6", ProximalRecipe(a=SMALL)),
            Wrong("h too large by a relative 1e-6", ProximalRecipe(h=SMALL)),
            Wrong("the coefficient of the second term too large by a relative 1e-6", ProximalRecipe(second=SMALL)),
            Wrong("the α of the loss remainder too large by a relative 1e-6", ProximalRecipe(loss=SMALL)),
            Wrong("γ/λ + c_h of the fourth term too large by a relative 1e-6", ProximalRecipe(penalty=SMALL)),
            Wrong("f expanded around the old point", ProximalRecipe(is_at_old_point=True)),
            Wrong("the selection too small by a relative 1e-6", wrong_pieces(u=lambda r, p: (1 - 1e-6) * p.u)),
        ),
        parameters=PARAMETERS,
    ),
    Claim(
        id="proximal-signs",
        statement=(
            "For convex f all five terms of the implicit step's ledger are ≤ 0 at every step, whatever its length, "
            "inside the constraint set with H_h and outside it with H_M."
        ),
        source="derived here; monotonicity of ∂K and ∂K* as in arXiv 2310.05898, Theorem 3.1",
        hypotheses=(FINITE_FUNCTION, LEAST_AT_ZERO, CONVEX),
        observable="worst term of a step over its sign allowance",
        tolerance=(
            "1: the allowance is the rounding bound of the ledger, ‖e‖ of the certificate s ∈ ∂K(m̃⁺+e) times the "
            "distance of the subgradients it stands between, and what λx⁺ may stand outside dom K* by rounding, "
            "u(2d+15+3/(hλ))‖λx⁺‖, times what meets it."
        ),
        cases=partial(cases_of, is_convex=True),
        measure=measure_signs,
        subject=THEOREM,
        wrongs=(
            Wrong("K* twice too large, ∇K* right", wrong_pieces(K_star=lambda r, p: 2 * p.K_star)),
            Wrong("∇K* too large by a relative 1e-6", wrong_pieces(z=lambda r, p: (1 + 1e-6) * p.z)),
            Wrong("the selection too small by a relative 1e-6", wrong_pieces(u=lambda r, p: (1 - 1e-6) * p.u)),
            Wrong("the selection of the step before", wrong_pieces(u=lambda r, p: _delayed(p.u))),
            Wrong("∇K(m⁺) too large by a relative 1e-6", wrong_pieces(w=lambda r, p: (1 + 1e-6) * p.w)),
            Wrong("the loss remainder with the sign it has in an explicit step", ProximalRecipe(loss=-1.0)),
        ),
        parameters=PARAMETERS,
    ),
)
