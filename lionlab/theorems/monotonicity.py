"""The monotonicity lemma: what makes two terms of the ledger have a sign.

    ⟨∇K(x) − ∇K(y), x − y⟩ ≥ 0        ⟨∇K(m̃) − λx, m̃ − ∇K*(λx)⟩ ≥ 0,  λx ∈ dom K*, ∂K*(λx) ≠ ∅

The second is the first for ∂K* at the points ∇K(m̃) and λx, since m̃ ∈ ∂K*(∇K(m̃)).
"""

from collections.abc import Callable, Sequence

import numpy as np

from ..convex import ConvexFunction, parse_convex_function
from ._cases import KINDS, PAPER_ROWS, shape_for
from ._claim import Claim, Hypothesis, Measurement, Run, Wrong
from ._conjugate_laws import flat
from ._conjugate_runs import known_values
from ._conjugate_samples import SMALL, UNIT, Values, evaluation_count
from ._hypotheses import not_convex

Change = Callable[[Values], Values]
Example = tuple[str, ConvexFunction]


def examples(run: Run) -> Sequence[Example]:
    """The paper's rows and the other kinds of K, or the user's own."""
    if "K" in run.parameters:
        given = run.parameters["K"]
        K = parse_convex_function(given) if isinstance(given, str) else given
        if not isinstance(K, ConvexFunction):
            raise TypeError(f"K must be a lionlab ConvexFunction such as L1Norm(), got {K!r}.")
        return [(f"{K!r}", K)]
    return list((PAPER_ROWS if run.is_quick else KINDS).items())


def products(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """⟨a_i − b_j, c_i − d_j⟩ for all pairs, and (‖a_i‖+‖b_j‖)(‖c_i‖+‖d_j‖)."""
    found = np.einsum("ijk,ijk->ij", a[:, None] - b[None], c[:, None] - d[None])
    lengths = [np.linalg.norm(v, axis=1) for v in (a, b, c, d)]
    return found, (lengths[0][:, None] + lengths[1][None]) * (lengths[2][:, None] + lengths[3][None])


def measure(examples: Sequence[Example], run: Run, subject: Change | None) -> Measurement:
    """The most negative product over its rounding, all pairs of samples."""
    if run.parameters and subject is not None:
        examples = [*examples, *PAPER_ROWS.items()]
    found = []
    for label, K in examples:
        v, C = known_values(label, K, shape_for(K), run.seed), evaluation_count(K, shape_for(K))
        v = v if subject is None else subject(v)
        u, z = flat(v.u), flat(v.z)
        has_slope = np.isfinite(flat(v.slope_inner)).all(1)
        y, slope = flat(v.inner)[has_slope], flat(v.slope_inner)[has_slope]
        for name, arguments in (("∇K", (u, u, z, z)), ("∇K against ∇K*", (u, y, z, slope))):
            product, size = products(*arguments)
            found.append((float(np.max(-product / (C * UNIT * np.where(size > 0, size, 1)), initial=0.0)), name, label))
    error, name, label = max(found, key=lambda entry: np.inf if np.isnan(entry[0]) else entry[0])
    return Measurement(error, 1.0, len(found), {"K": label, "product": name, "error": error, "seed": run.seed})


def _is_finite(example: Example) -> str | None:
    label, K = example
    if label not in KINDS:
        return not_convex(K, shape_for(K), is_finite=True)
    finite = np.isfinite(known_values(label, K, shape_for(K), 0).K).all()
    return None if finite else f"K = {label} is +inf at some momenta; the lemma is stated for K that are finite."


def _exchanged(v: Values) -> Values:
    return v._replace(u=np.roll(flat(v.u), 1, axis=1).reshape(v.u.shape))


CLAIMS = (
    Claim(
        id="monotonicity",
        statement="⟨∇K(x) − ∇K(y), x − y⟩ ≥ 0, and ⟨∇K(m̃) − λx, m̃ − ∇K*(λx)⟩ ≥ 0 for λx ∈ dom K* with ∂K*(λx) ≠ ∅.",
        source="arXiv 2310.05898, monotonicity lemma of Theorem 4.1",
        hypotheses=(Hypothesis("K is convex and finite everywhere", _is_finite),),
        observable="most negative product in units of its rounding bound",
        tolerance="1: C·u·(‖a‖+‖b‖)(‖c‖+‖d‖) for ⟨a−b, c−d⟩, C the roundings in ∇K and ∇K* (see conjugate-laws).",
        cases=examples,
        measure=measure,
        subject=None,
        wrongs=(
            Wrong("∇K with its coordinates exchanged", _exchanged),
            Wrong("∇K less 1e-6 of its argument", lambda v: v._replace(u=v.u - 1e-6 * v.z)),
            Wrong(
                "λx a relative 1e-6 beyond ∇K(m̃) in dom K*",
                lambda v: v._replace(inner=SMALL * v.u, slope_inner=0 * v.z),
            ),
            Wrong("∇K* with its sign reversed", lambda v: v._replace(slope_inner=-v.slope_inner)),
        ),
        parameters=("K",),
    ),
)
