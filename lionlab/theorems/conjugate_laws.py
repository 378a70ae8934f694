"""Every K is the convex function it says, and K* its conjugate: one claim for each kind in the catalogue.

A wrong K* or ∇K closes the energy ledger as well as the right one does, so it must be caught here. K* is compared with
the supremum of ⟨z, y⟩ − K(z) over all samples, a lower bound that can refute it, and met at z with y = ∇K(z), which
confirms it. A new line of the catalogue is measured here with no line added.
"""

import functools
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..convex import ConvexFunction, parse_convex_function
from ..convex.catalogue import CATALOGUE
from ._cases import shape_for
from ._claim import Claim, Hypothesis, Measurement, Run, Wrong
from ._conjugate_laws import LAWS, textbook
from ._conjugate_runs import known_values
from ._conjugate_samples import SMALL, Values, evaluation_count
from ._hypotheses import not_convex

Change = Callable[[Values], Values]
Example = tuple[str, ConvexFunction, tuple[int, ...]]

PAPER_ROWS = {
    "L1Norm": "row 1, ‖·‖₁",
    "LpNorm": "row 2, ‖·‖_p",
    "DeadzoneL1": "row 3, dead zone Σ max(|z_i|−e, 0)",
    "TopKL1": "row 4, the k largest |z_i|",
    "Huber": "row 5, Huber",
}


def examples(kind: str, run: Run) -> Sequence[Example]:
    """The catalogue's examples of one kind, a few of each in a quick run; or the user's own K."""
    if "K" in run.parameters:
        given = run.parameters["K"]
        K = parse_convex_function(given) if isinstance(given, str) else given
        if not isinstance(K, ConvexFunction):
            raise TypeError(f"K must be a lionlab ConvexFunction such as L1Norm(), got {K!r}.")
        return [(f"{K!r}", K, shape_for(K))]
    return catalogued(kind)[: 1 if run.is_quick else 2]


def catalogued(kind: str) -> Sequence[Example]:
    """The lines of the catalogue whose K is of one kind."""
    return [(label, *example) for label, example in CATALOGUE.items() if type(example.function).__name__ == kind]


def measure(kind: str, examples: Sequence[Example], run: Run, subject: Change | None) -> Measurement:
    """The worst error of any law. A planted wrong may not show in a user's own K, so one of the catalogue joins it."""
    if run.parameters and subject is not None:
        examples = [*examples, *catalogued(kind)[:1]]
    found = []
    for label, K, shape in examples:
        v, C = known_values(label, K, shape, run.seed), evaluation_count(K, shape)
        v = v if subject is None else subject(v)
        with np.errstate(invalid="ignore"):  # inf − inf, where a K is infinite, is looked for by the laws themselves
            errors = {name: law(v, C) for name, law in LAWS.items()}
            errors["textbook formula"] = textbook(K, v, C)
        found += [(error, name, label) for name, error in errors.items()]
    error, law, label = max(found, key=lambda entry: np.inf if np.isnan(entry[0]) else entry[0])
    return Measurement(error, 1.0, len(found), {"K": label, "law": law, "error": error, "seed": run.seed})


def _is_convex_and_vanishes_at_zero(example: Example) -> str | None:
    label, K, shape = example
    if label not in CATALOGUE and (reason := not_convex(K, shape)):
        return reason
    at_zero = float(known_values(label, K, shape, 0).K[0])  # the first sample is 0
    return None if at_zero == 0 else f"K(0) is {at_zero:g} for {label}; the laws are stated for K(0) = 0."


def _exchanged(v: Values) -> Values:
    return v._replace(u=np.roll(v.u.reshape(len(v.u), -1), 1, axis=1).reshape(v.u.shape))


WRONGS: tuple[Wrong, ...] = (
    Wrong("∇K too long by a relative 1e-6", lambda v: v._replace(u=v.longer, K_star_u=v.K_star_longer)),
    Wrong("∇K with its coordinates exchanged", _exchanged),
    Wrong("K too large by a relative 1e-6", lambda v: v._replace(K=SMALL * v.K)),
    Wrong("K* as small a relative 1e-6 further out", lambda v: v._replace(K_star_longer=v.K_star_u)),
    Wrong("prox too long by a relative 1e-6", lambda v: v._replace(prox=v.z - SMALL * (v.z - v.prox))),
    Wrong("∇K* off by 1e-6 in every coordinate", lambda v: v._replace(slope_inner=v.slope_inner + 1e-6)),
)


def _without_penalty(v: Values) -> Values:
    return _on_conjugates(v, lambda values: np.where(np.isfinite(values), 0.0, np.inf))


def _doubled_penalty(v: Values) -> Values:
    return _on_conjugates(v, lambda values: 2 * values)


def _on_conjugates(v: Values, change: Callable[[np.ndarray], np.ndarray]) -> Values:
    changed: dict[str, Any] = {name: change(getattr(v, name)) for name in Values._fields if "K_star" in name}
    return v._replace(**changed)


def _finite_outside(v: Values) -> Values:
    return v._replace(K_star_z=np.where(np.isposinf(v.K_star_z), 0.0, v.K_star_z))


def wrongs_for(kind: str) -> tuple[Wrong, ...]:
    """The wrongs that must show on the examples of a kind, of which the first always runs.

    A penalty must be there to be forgotten.
    """
    functions = [K for _, K, _ in catalogued(kind)]
    found = WRONGS
    if not functions[0].is_positively_homogeneous:
        found += (
            Wrong("declared homogeneous", lambda v: v._replace(is_homogeneous=True)),
            Wrong("K* without its penalty", _without_penalty),
            Wrong("K* with twice its penalty, as e in place of e/2", _doubled_penalty),
        )
    if all(K.is_positively_homogeneous for K in functions):
        found += (Wrong("K* finite outside its domain", _finite_outside),)
    return found


def claim_for(kind: str) -> Claim:
    """The claim of the laws for one kind of K."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", kind).lower()
    row = f", table 2, {PAPER_ROWS[kind]}" if kind in PAPER_ROWS else ""
    return Claim(
        id=f"conjugate-laws-{name}",
        statement=(
            f"{kind}: K(z) + K*(y) ≥ ⟨z, y⟩ with equality at y = ∇K(z); K** = K; K* = +inf outside its domain; "
            "Moreau's identity; K(tz) = tK(z) exactly where K* is an indicator; K and K* are the textbook's."
        ),
        source=f"arXiv 2310.05898, §2{row}; Rockafellar, Convex Analysis, §12, §23, §31",
        hypotheses=(Hypothesis("K is convex with K(0) = 0", _is_convex_and_vanishes_at_zero),),
        observable="worst violation of any law in units of its rounding bound; infinite where K* is finite wrongly",
        tolerance=(
            "1: C·u·(|K(z)| + |K*(y)| + ‖z‖‖y‖), C = 4(d+8) roundings for vectors, 32(p+q) for p×q matrices (an SVD), "
            "times max(p, q) for powers p and times the depth of a composition."
        ),
        cases=functools.partial(examples, kind),
        measure=functools.partial(measure, kind),
        subject=None,
        wrongs=wrongs_for(kind),
        parameters=("K",),
    )


KINDS = tuple(dict.fromkeys(type(example.function).__name__ for example in CATALOGUE.values()))
CLAIMS = tuple(claim_for(kind) for kind in KINDS)
