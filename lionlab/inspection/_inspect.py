"""`check_convex_function`: every check on one K, those that others rest on first."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax
import numpy as np

from ..conjugation import require_finite
from ..convex import ConvexFunction
from ._conjugacy import check_biconjugate, check_bracket, check_fenchel_young, is_numerical, observe
from ._convexity import check_convexity, check_subgradient
from ._domain import check_domain, extents, picture
from ._evaluation import Evaluation
from ._finding import Finding, Inspection, not_run
from ._function_checks import check_dtype, check_purity, check_value, lost_digits
from ._predicates import check_homogeneous, check_indicator, check_separable, check_smooth
from ._proximal_checks import check_moreau
from ._subject import as_convex_function, refusal, shape_of_argument
from ._trial_run import check_run

STAGES = (
    ("value", "purity", "dtype"),
    ("convexity", "subgradient", "smooth", "positively homogeneous", "separable"),
    ("fenchel-young", "homogeneous ⇔ indicator", "conjugate", "biconjugate", "moreau", "domain"),
    ("ledger", "ledger signs", "constraint distance"),
)
"""The checks in order. A violation in one stage leaves out the later ones, whose numbers would mean nothing."""


def check_convex_function(
    K: Any,
    shape: Any = None,
    *,
    subgradient: Callable[..., Any] | None = None,
    is_smooth: bool = False,
    is_positively_homogeneous: bool = False,
    dtype: str = "float64",
    seed: int = 0,
    is_quick: bool = False,
    name: str | None = None,
) -> Inspection:
    """Searches K for violations of what the theory asks of it, and says how far it searched.

    Looked at: that K is a number, the same number however it is called, in z's dtype; convexity along segments and the
    subgradient inequality (at random, along lines, and by an optimiser that climbs the violation); the declared
    predicates; Fenchel–Young; K* between certified bounds; K** = K; Moreau's identity; dom K*; and Lion-K running with
    it, with its energy ledger. Nothing here proves anything: the best outcome is "no violation in n probes".

    **Arguments:**

    - `K`: a `ConvexFunction`, a class or factory of one, or a JAX function z ↦ number (then see the next three).
    - `subgradient`, `is_smooth`, `is_positively_homogeneous`: what to declare of a JAX function; see `CustomFunction`.
    - `shape`: of z, as 4 or (3, 2); without it the first of a few small shapes that K takes.
    - `dtype`: "float64" or "float32", the precision of the probes.   `seed`: of everything random.
    - `is_quick`: fewer probes, the same bounds.   `name`: what the report calls K.

    **Returns:** an `Inspection`. It is VIOLATED with the points that show it; INCONCLUSIVE where K* is known from one
    side only. K(0) ≠ 0 and undeclared homogeneity are warnings.

    **Raises:** `TypeError` or `ValueError` for what is no function, and for a shape that K does not take.
    """
    if dtype not in ("float32", "float64"):
        raise ValueError(f"dtype must be float32 or float64, got {dtype!r}.")
    function = as_convex_function(K, subgradient, is_smooth, is_positively_homogeneous)
    # A user's own program promotes silently; what strictness objects to is a finding of one check, not an exception.
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        inspector = _Inspector(function, shape_of_argument(function, shape), dtype, seed, is_quick)
        with np.errstate(over="ignore", invalid="ignore"):
            findings = inspector.findings()
    warnings = tuple(inspector.warnings)
    return Inspection(name or repr(function), inspector.shape, dtype, seed, findings, warnings, inspector.domain)


class _Inspector:
    """One K under inspection: the stages, and what an earlier one leaves for a later."""

    def __init__(self, K: ConvexFunction, shape: tuple[int, ...], dtype: str, seed: int, is_quick: bool) -> None:
        self.K, self.shape, self.is_quick = K, shape, is_quick
        self.rng = np.random.default_rng([seed, *shape])
        self.evaluation = Evaluation(K, shape, dtype)
        self.looks_homogeneous = False
        self.warnings: list[str] = []
        self.domain: dict[str, Any] = {}
        self.stages = (self.is_function, self.is_convex, self.has_conjugate, self.runs)

    def findings(self) -> tuple[Finding, ...]:
        """Every check, stage by stage; what is known of the domain, unless there is a violation."""
        found: list[Finding] = []
        for names, stage in zip(STAGES, self.stages, strict=True):
            stopped = next((finding.check for finding in found if finding.verdict == "VIOLATED"), None)
            if stopped is None:
                found += stage()
            else:
                found += [not_run(check, f"not run: {stopped} is violated.") for check in names]
        if not any(finding.verdict == "VIOLATED" for finding in found):
            self.look_at_domain()
        return tuple(found)

    def is_function(self) -> list[Finding]:
        found = [check_value(self.evaluation, self.rng)]
        if found[0].verdict == "VIOLATED":
            # A wrong dtype may be why: float32 overflows where float64 does not.
            found += [not_run("purity", "not run: value is violated."), check_dtype(self.K, self.shape)]
            return found
        found += [check_purity(self.evaluation, self.rng), check_dtype(self.K, self.shape)]
        if any(finding.verdict == "VIOLATED" for finding in found):
            return found
        # What is computed of K* rests on a K that is finite everywhere.
        if self.evaluation.dtype == "float64" and is_numerical(self.K.conjugate()):
            oracle = replace(self.evaluation.oracle(), is_positively_homogeneous=False)
            for direction in (np.ones(oracle.size), *np.eye(oracle.size)[:2]):
                require_finite(oracle, direction)
        at_zero = float(self.evaluation.values(np.zeros((1, self.evaluation.size)))[0])
        if at_zero != 0:
            self.warnings.append(
                f"K(0) is {at_zero:.10g}, not 0: with weight_decay=0 H needs K(0) = min K; subtract it from K."
            )
        if warning := lost_digits(self.K, self.evaluation, self.rng):
            self.warnings.append(warning)
        return found

    def is_convex(self) -> list[Finding]:
        evaluation, rng = self.evaluation, self.rng
        homogeneous, self.looks_homogeneous = check_homogeneous(evaluation, rng)
        if self.looks_homogeneous and not evaluation.K.is_positively_homogeneous:
            self.warnings.append(
                "K(tz) = tK(z) at every probe: declare it positively homogeneous, and K* = +inf can be certified."
            )
        return [
            check_convexity(evaluation, rng, self.is_quick),
            check_subgradient(evaluation, rng, self.is_quick),
            check_smooth(evaluation, rng),
            homogeneous,
            check_separable(evaluation, rng),
        ]

    def has_conjugate(self) -> list[Finding]:
        self.seen = seen = observe(self.evaluation, self.rng)
        return [
            check_fenchel_young(seen),
            check_indicator(self.evaluation, seen.K_star, seen.y, self.looks_homogeneous),
            check_bracket(seen),
            check_biconjugate(seen),
            check_moreau(seen, self.rng),
            check_domain(seen, self.rng),
        ]

    def runs(self) -> list[Finding]:
        return check_run(self.seen)

    def look_at_domain(self) -> None:
        """What K shows of dom K*; in the plane also its picture, where K takes arrays of two entries."""
        self.domain = extents(self.evaluation)
        if len(self.shape) == 1 and refusal(self.K, (2,)) is None:
            self.domain |= picture(self.K, self.evaluation.dtype)
