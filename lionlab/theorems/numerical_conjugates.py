"""K* of a K that can only be evaluated, between two bounds: they hold K*(y), they are close, and +inf is a proof.

    ⟨y, z⟩ − K(z) ≤ K*(y) ≤ Σ w_i K*(g_i),     g_i ∈ ∂K(z_i),  y = Σ w_i g_i,  w ≥ 0,  Σ w_i = 1
    ⟨y, z⟩ > r(z) for one z, r the recession function of K (K itself if homogeneous)     ⇒     K*(y) = +inf

The functions are the atoms of the catalogue, known to the solvers through values and subgradients alone.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from ..conjugation import Bracket, bracket_conjugate
from ._claim import Claim, Hypothesis, Measurement, Run, Wrong
from ._dual_points import (
    CLOSED_FORM,
    DECLARED,
    FULL,
    SMALL,
    DualPoint,
    at_slopes,
    given_function,
    of_the_library,
    on_rays,
)
from ._plain_functions import PLAIN

Solver = Callable[[DualPoint], Bracket]

SMOOTH = tuple(name for name, K in PLAIN.items() if K.is_smooth)
HOMOGENEOUS = tuple(name for name, K in PLAIN.items() if K.is_positively_homogeneous)
BOUNDED = tuple(name for name in PLAIN if name != "SquaredL2")
INSIDE, OUTSIDE = (0.01, 0.5, 0.999), (1.001, 3.0)
SMOOTH_WIDTH, KINK_WIDTH = 1e-8, 1e-6


def solved(point: DualPoint) -> Bracket:
    """The library's own."""
    return point.bracket


def smooth_points(run: Run) -> Sequence[DualPoint]:
    """Every smooth atom in few dimensions, and one or all of them in 100; or the user's own K."""
    if "K" in run.parameters:
        return at_slopes(given_function(run), (0.01, 0.5, 1.0), run)
    sizes = (1, 3) if run.is_quick else (1, 3, FULL)
    points = [point for size in sizes for point in on_rays(SMOOTH, INSIDE, run, size)]
    large = on_rays(("LogCosh",), (0.5,), run, 100) if run.is_quick else on_rays(SMOOTH, (0.5,), run, 100)
    return [*points, *large]


def inside_points(run: Run) -> Sequence[DualPoint]:
    """Every atom in 20 dimensions, in plain NumPy and, in a full run, the library's own; or the user's own K."""
    if "K" in run.parameters:
        return at_slopes(given_function(run), (0.01, 0.5, 0.999), run)
    if run.is_quick:
        return on_rays(tuple(PLAIN), INSIDE[1:], run)
    return [*on_rays(tuple(PLAIN), INSIDE, run, count=2), *of_the_library(on_rays(tuple(PLAIN), INSIDE[1:], run))]


def outside_points(run: Run) -> Sequence[DualPoint]:
    """Near the edge of dom K* on both sides, with and without a word about how K grows; or the user's own K."""
    if "K" in run.parameters:
        return at_slopes(given_function(run), (0.999, *OUTSIDE), run)
    undeclared = on_rays(("L1Norm", "LpNorm", "DeadzoneL1", "LogCosh"), OUTSIDE, run, SMALL, is_declared=False)
    return [*on_rays(BOUNDED, (0.999, *OUTSIDE), run, count=1 if run.is_quick else 3), *undeclared]


def measure_width(width: float, points: Sequence[DualPoint], run: Run, subject: Solver) -> Measurement:
    """The widest bracket, over width·|K*(y)| + 64ω; infinite where there is none or K*(y) is not in it."""
    if run.parameters and subject is not solved:
        points = [*points, *on_rays(("DeadzoneL1", "LogCosh"), (0.5,), run, SMALL)]
    found = []
    for point in points:
        one = subject(point)
        holds = one.lower - point.rounding <= point.exact <= one.upper + point.rounding
        is_known = holds and one.status == "FINITE"
        allowed = width * abs(point.exact) + 64 * point.oracle.evaluation_error
        found.append((one.width / allowed if is_known else math.inf, one, point))
    ratio, one, point = max(found, key=lambda entry: entry[0])
    said = {"lower": one.lower, "upper": one.upper, "status": one.status}
    return Measurement(ratio, 1.0, len(found), {**point.replay(), **said, "seed": run.seed})


def fault(point: DualPoint, found: Bracket) -> str:
    """What is false, or unproved, in a bracket; empty where nothing is."""
    is_outside = point.exact == math.inf
    if found.upper < math.inf:
        return "a number for a point outside dom K*" if is_outside else ""
    if found.status != "INFINITE":
        return "+inf is not certified" if is_outside and point.is_declared else ""
    if not is_outside:
        return "+inf for a point inside dom K*"
    if not point.is_declared:
        return "+inf, though nothing is declared of how K grows"
    z = found.maximiser.ravel()
    growth = point.oracle.growth(z[None])
    is_proof = growth is not None and float(point.y @ z) > float(growth[0])
    return "" if is_proof else "a certificate that proves nothing"


def measure_outside(points: Sequence[DualPoint], run: Run, subject: Solver) -> Measurement:
    """How many points something false or unproved is said of."""
    if run.parameters and subject is not solved:
        points = [*points, *on_rays(("L1Norm", "Huber"), (0.999, *OUTSIDE), run, SMALL)]
        points += on_rays(("LogCosh",), OUTSIDE, run, SMALL, is_declared=False)
    faults = [(text, point) for point in points if (text := fault(point, subject(point)))]
    where = {"fault": faults[0][0], **faults[0][1].replay(), "seed": run.seed} if faults else None
    return Measurement(float(len(faults)), 0.0, len(points), where)


def _claimed(point: DualPoint, value: float) -> Bracket:
    """`value`, said without any doubt."""
    return replace(point.bracket, lower=value, upper=value, status="FINITE")


def _scaled(point: DualPoint) -> Bracket:
    found = point.bracket
    return replace(found, lower=0.99 * found.lower, upper=0.99 * found.upper)


def _from_below(point: DualPoint) -> Bracket:
    return replace(point.bracket, upper=math.inf, status="INCONCLUSIVE")


def _stopped_early(point: DualPoint) -> Bracket:
    z = 0.999 * point.bracket.maximiser
    return _claimed(point, float(point.y @ z) - point.oracle.at(z)[0])


def _with_misfit(point: DualPoint) -> Bracket:
    """K*(g) at a slope g near y is exact, and K*(y) differs from it to first order in y − g."""
    z = (1 + 1e-6) * point.bracket.maximiser
    value, slope = point.oracle.at(z)
    return _claimed(point, float(slope @ z) - value)


def _for_a_neighbour(point: DualPoint) -> Bracket:
    return bracket_conjugate(point.oracle, (1 - 1e-4) * point.y) if _has_kinks(point) else point.bracket


def _after_five_cuts(point: DualPoint) -> Bracket:
    if not _has_kinks(point):
        return point.bracket
    return _claimed(point, bracket_conjugate(point.oracle, point.y, most_evaluations=5).lower)


def _has_kinks(point: DualPoint) -> bool:
    """And is not homogeneous, whose brackets are [0, 0]."""
    return not (point.oracle.is_smooth or point.oracle.is_positively_homogeneous)


def _infinite(point: DualPoint) -> Bracket:
    return replace(point.bracket, lower=math.inf, upper=math.inf, status="INFINITE")


def _never_infinite(point: DualPoint) -> Bracket:
    return _claimed(point, 0.0) if point.bracket.status == "INFINITE" else point.bracket


def _growth_as_proof(point: DualPoint) -> Bracket:
    return _infinite(point) if point.bracket.upper == math.inf else point.bracket


def _another_certificate(point: DualPoint) -> Bracket:
    return replace(point.bracket, maximiser=-point.bracket.maximiser)


SMOOTHNESS = Hypothesis(
    "K is smooth",
    lambda point: None if point.oracle.is_smooth else f"{point.label} does not declare that it is smooth.",
)
CLOSED_FORM_ROUNDING = "K*(y) by formula is allowed 4(d+8)u(|K*(y)| + ‖y‖₁) outside the bracket."

CLAIMS = (
    Claim(
        id="conjugate-bracket-smooth",
        statement=(
            "For smooth K in up to 100 dimensions the numerical bracket of K*(y) holds K*(y), and is no wider than "
            "1e-8 of it."
        ),
        source="derived here: Fenchel's inequality below, convexity of K* over gradients above (Rockafellar, §12, §23)",
        hypotheses=(SMOOTHNESS, CLOSED_FORM),
        observable="width of the bracket over 1e-8·|K*(y)| + 64ω; infinite where K*(y) is not in it, or there is none",
        tolerance=f"1: ω is the error that K is evaluated with, without which K* is not known. {CLOSED_FORM_ROUNDING}",
        cases=smooth_points,
        measure=lambda points, run, subject: measure_width(SMOOTH_WIDTH, points, run, subject),
        subject=solved,
        wrongs=(
            Wrong("both bounds scaled by 0.99", _scaled),
            Wrong("the lower bound alone", _from_below),
            Wrong("⟨y, z⟩ − K(z) a relative 1e-3 before the maximiser, taken for both bounds", _stopped_early),
            Wrong("K* at a gradient next to y, the misfit ignored", _with_misfit),
        ),
        parameters=("K",),
    ),
    Claim(
        id="conjugate-bracket-kinks",
        statement=(
            "For every atom in 20 dimensions, used as if it had no closed form, the numerical bracket of K*(y) inside "
            "dom K* holds K*(y), and is no wider than 1e-6 of it."
        ),
        source="derived here: Fenchel's inequality below, a linear program over subgradients above (Rockafellar, §12)",
        hypotheses=(CLOSED_FORM,),
        observable="width of the bracket over 1e-6·|K*(y)| + 64ω; infinite where K*(y) is not in it, or there is none",
        tolerance=f"1: ω is the error that K is evaluated with, without which K* is not known. {CLOSED_FORM_ROUNDING}",
        cases=inside_points,
        measure=lambda points, run, subject: measure_width(KINK_WIDTH, points, run, subject),
        subject=solved,
        wrongs=(
            Wrong("both bounds scaled by 0.99", _scaled),
            Wrong("the combination of subgradients misses y by a relative 1e-4, which is ignored", _for_a_neighbour),
            Wrong("what is found after five cuts, taken for both bounds", _after_five_cuts),
            Wrong("+inf inside dom K*", _infinite),
        ),
        parameters=("K",),
    ),
    Claim(
        id="conjugate-is-infinite-outside",
        statement=(
            "K*(y) = +inf is certified at 1.001 times a boundary point of dom K* for every K that is homogeneous or "
            "declares its recession function, never said without a proof, and no point outside is given a number."
        ),
        source="Rockafellar, Convex Analysis, Theorem 13.3: ⟨y, z⟩ > r(z) for one z puts y outside dom K*",
        hypotheses=(DECLARED, CLOSED_FORM),
        observable="number of points with a finite upper bound outside, or +inf inside, unproved or not certified",
        tolerance="0: every point is counted.",
        cases=outside_points,
        measure=measure_outside,
        subject=solved,
        wrongs=(
            Wrong("0 instead of +inf outside dom K*", _never_infinite),
            Wrong("+inf everywhere", _infinite),
            Wrong("a direction that separates nothing as the certificate", _another_certificate),
            Wrong("the growth of ⟨y, z⟩ − K(z) taken for a proof of +inf", _growth_as_proof),
        ),
        parameters=("K",),
    ),
)
