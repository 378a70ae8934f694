"""What K declares about itself, held against what it does: smooth, positively homogeneous, separable."""

import numpy as np

from ..convex import ConvexFunction, NumericalConjugate
from ._evaluation import Evaluation, compiled_over_points, finite, in_chunks, norm
from ._finding import Finding, not_run, searched, violated
from ._probes import pairs, plainest, points, rounded

HALVINGS = 44
LAST = 12
FACTORS = (0.125, 0.3, 3.0, 1024.0, 2.0**30)
DECADES = {"float64": 8, "float32": 5}
STEADY, LAST_DECADES = 1.3, 4
JUMP = "growth of |∇K(z) − ∇K(w)|/|z − w| over the last 12 halvings of |z − w|, over 8"


def check_smooth(evaluation: Evaluation, rng: np.random.Generator) -> Finding:
    """∇K is Lipschitz: its difference quotient is bounded far out, and as two points approach each other.

    At a jump of ∇K the quotient doubles with every halving, at a root |z|^½ it grows by √2. Twelve halvings may not
    multiply it by more than 8 = 2^(12/4).
    """
    name = "smooth"
    if not evaluation.K.is_smooth:
        return not_run(name, "not declared.")
    before = evaluation.count
    steeper = _steeper_far_out(evaluation, rng)
    if steeper is not None:
        return violated(name, steeper[0], evaluation.count - before, **steeper[1])
    # Of ordinary size: a smooth kink of width e is told from a jump only where the halvings get below e.
    a, b = pairs(evaluation.size, 512, rng, evaluation.dtype, (0.03, 0.3, 1.0, 3.0, 30.0))
    s_a, s_b = (finite(evaluation.at(p)[1]) for p in (a, b))
    # Rounding moves the points and the subgradients, and must not count as a jump. A subgradient that is small at one
    # point may be the difference of numbers of the usual size.
    usual = float(np.median(norm(s_a)))
    digits = HALVINGS if evaluation.dtype == "float64" else HALVINGS // 2
    quotients = []
    for _ in range(digits):
        middle = rounded((a + b) / 2, evaluation.dtype)
        s = finite(evaluation.at(middle)[1])
        left = norm(s - s_a) * norm(b - middle) >= norm(s_b - s) * norm(middle - a)
        b, s_b = np.where(left[:, None], middle, b), np.where(left[:, None], s, s_b)
        a, s_a = np.where(left[:, None], a, middle), np.where(left[:, None], s_a, s)
        distance = norm(b - a)
        jump = norm(s_b - s_a) - 4 * evaluation.unit * (norm(s_a) + norm(s_b) + usual)
        with np.errstate(divide="ignore", invalid="ignore"):
            quotients.append(np.where((distance > 0) & (jump > 0), jump / distance, 0.0))
        if (distance == 0).all():
            break
    early, late = quotients[-1 - min(LAST, len(quotients) - 1)], quotients[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.where((early > 0) & (late > 0), late / early / 8.0, 0.0)

    def explain(i: int) -> tuple[str, dict[str, object]]:
        jump, distance = norm(s_b[i] - s_a[i]), norm(b[i] - a[i])
        sentence = (
            f"declared smooth, but ∇K changes by {jump:.3g} between two points {distance:.3g} apart, at z = "
            f"{np.round(a[i], 9).tolist()}: no Lipschitz constant below {late[i]:.3g}."
        )
        shape = evaluation.shape
        return sentence, {"z": a[i].reshape(shape), "w": b[i].reshape(shape), "∇K(z)": s_a[i], "∇K(w)": s_b[i]}

    return searched(name, growth, explain, probes=evaluation.count - before, observable=JUMP)


def _steeper_far_out(evaluation: Evaluation, rng: np.random.Generator) -> tuple[str, dict[str, object]] | None:
    """Evidence that ∇K has no Lipschitz constant: from z to 2z it changes ever faster, decade by decade.

    A quotient that is bounded cannot grow by STEADY in each of the last four decades unless its bound lies beyond them,
    and a subgradient that overflows has grown beyond any bound a run could use.
    """
    d, radii = evaluation.size, 10.0 ** np.arange(1, DECADES[evaluation.dtype] + 1)
    along = rng.standard_normal((32, d))
    along /= norm(along)[:, None]
    z = rounded((radii[:, None, None] * along).reshape(-1, d), evaluation.dtype)
    slopes = evaluation.at(np.concatenate([z, rounded(2 * z, evaluation.dtype)]))[1].reshape(2, len(radii), 32, d)
    with np.errstate(invalid="ignore"):
        change = norm(slopes[1] - slopes[0])
    noise = 4 * evaluation.unit * (norm(finite(slopes[0])) + norm(finite(slopes[1])))
    quotients = np.max(np.where(np.isfinite(change), np.maximum(change - noise, 0), np.inf), axis=1) / radii
    known = quotients[: int(np.argmax(np.isinf(quotients)))] if np.isinf(quotients).any() else quotients
    last = known[-LAST_DECADES - 1 :]
    overflows = len(known) < len(quotients)
    grows = len(last) > LAST_DECADES and last[0] > 0 and bool(np.all(last[1:] >= STEADY * last[:-1]))
    if not (grows or overflows):
        return None
    far = radii[len(known) - 1] if grows or len(known) > 1 else radii[0]
    reached = "overflows soon after" if overflows else f"reaches {known[-1]:.3g}"
    sentence = (
        f"declared smooth, but ∇K has no Lipschitz constant: |∇K(2z) − ∇K(z)|/|z| grows with |z| and {reached} at "
        f"|z| = {far:g}. Without the declaration name the gradient as the subgradient."
    )
    return sentence, {"radii": radii, "quotients": quotients}


def check_homogeneous(evaluation: Evaluation, rng: np.random.Generator) -> tuple[Finding, bool]:
    """K(tz) = tK(z) for t > 0; and whether it holds at all probes, declared or not."""
    name = "positively homogeneous"
    before = evaluation.count
    z = points(evaluation.size, 200, rng, evaluation.dtype, (1e-3, 0.3, 1.0, 30.0))
    values, slopes = evaluation.at(z)
    ratios = []
    for t in FACTORS:
        longer = rounded(t * z, evaluation.dtype)
        found = evaluation.values(longer)
        both_infinite = np.isinf(found) & np.isinf(values)
        with np.errstate(invalid="ignore"):
            error = np.where(both_infinite, 0.0, np.abs(found - t * values))
        bound = evaluation.unit * t * (np.abs(finite(values)) + norm(finite(slopes)) * norm(z))
        ratios.append(np.where(error == 0, 0.0, error / np.maximum(bound, np.finfo(np.float64).tiny)))
    holds = bool(np.max(ratios) <= 1)
    if not evaluation.K.is_positively_homogeneous:
        return not_run(name, "not declared."), holds
    if holds and (wrong := _wrong_dual_norm(evaluation, z, values, slopes)) is not None:
        return violated(name, wrong[0], evaluation.count - before, **wrong[1]), holds

    def explain(i: int) -> tuple[str, dict[str, object]]:
        t, point = FACTORS[i // len(z)], z[i % len(z)]

        def still(candidate: np.ndarray) -> bool:
            one, many = evaluation.values(np.stack([candidate, t * candidate]))
            return bool(abs(many - t * one) > 1e-3 * abs(found_error))

        one, many = evaluation.values(np.stack([point, rounded(t * point, evaluation.dtype)]))
        found_error = many - t * one
        short = plainest(point, still)
        one, many = evaluation.values(np.stack([short, rounded(t * short, evaluation.dtype)]))
        sentence = (
            f"declared positively homogeneous, but at z = {short.tolist()} K({t:g}z) = {many:.10g} and {t:g}K(z) = "
            f"{t * one:.10g}."
        )
        return sentence, {"z": short.reshape(evaluation.shape), "t": t, "K(z)": one, "K(tz)": many}

    return searched(name, np.concatenate(ratios), explain, probes=evaluation.count - before), holds


def _wrong_dual_norm(
    evaluation: Evaluation, z: np.ndarray, values: np.ndarray, slopes: np.ndarray
) -> tuple[str, dict[str, object]] | None:
    """Evidence that `dual_norm` is not that of K: at ∇K(z) with K(z) > 0 it is 1. A computed one is left out."""
    K = evaluation.K
    if isinstance(K.conjugate(), NumericalConjugate) or type(K).dual_norm is ConvexFunction.dual_norm:
        return None
    chosen = (values > 0) & np.isfinite(values) & np.isfinite(slopes).all(axis=1)
    if not chosen.any():
        return None
    look = compiled_over_points(lambda s: (K.dual_norm(s),))
    (found,) = in_chunks(look, slopes[chosen], evaluation.shape, evaluation.dtype)
    off = np.abs(found - 1)
    worst = int(np.argmax(np.where(np.isnan(off), np.inf, off)))
    # Powers, roots and singular values each lose some digits; a wrong constant is far larger.
    if off[worst] <= 1e3 * evaluation.unit:
        return None
    point, slope = z[chosen][worst], slopes[chosen][worst]
    sentence = f"dual_norm(∇K(z)) is {found[worst]:.10g} at z = {point.tolist()}, where it must be 1."
    return sentence, {"z": point.reshape(evaluation.shape), "∇K(z)": slope, "dual_norm": found[worst]}


def check_separable(evaluation: Evaluation, rng: np.random.Generator) -> Finding:
    """K(z) = Σ k_i(z_i): what each entry adds to K(0), one at a time, sums to K(z) − K(0)."""
    name = "separable"
    if not evaluation.K.is_separable:
        return not_run(name, "not declared.")
    before, d = evaluation.count, evaluation.size
    z = points(d, 40, rng, evaluation.dtype, (0.03, 1.0, 30.0))
    values, slopes = evaluation.at(z)
    alone = evaluation.values((z[:, None, :] * np.eye(d)).reshape(-1, d)).reshape(len(z), d)
    at_zero = float(evaluation.values(np.zeros((1, d)))[0])
    with np.errstate(invalid="ignore"):
        total = at_zero + np.sum(alone - at_zero, axis=1)
        error = np.where(np.isinf(values) & np.isinf(total), 0.0, np.abs(total - values))
    bound = (
        evaluation.unit * (np.sum(np.abs(finite(alone)), axis=1) + norm(finite(slopes)) * norm(z)) + evaluation.floor
    )
    ratios = np.where(error == 0, 0.0, error / np.maximum(bound, np.finfo(np.float64).tiny))

    def explain(i: int) -> tuple[str, dict[str, object]]:
        sentence = (
            f"declared separable, but at z = {z[i].tolist()} K is {values[i]:.10g}, and its entries alone add up to "
            f"{total[i]:.10g}."
        )
        return sentence, {"z": z[i].reshape(evaluation.shape), "K(z)": values[i], "sum": total[i]}

    return searched(name, ratios, explain, probes=evaluation.count - before)


def check_indicator(evaluation: Evaluation, values: np.ndarray, y: np.ndarray, looks_homogeneous: bool) -> Finding:
    """K is positively homogeneous exactly where K* takes the values 0 and +inf only. `values` are K* at rows `y`."""
    name = "homogeneous ⇔ indicator"
    inside = np.isfinite(values)
    if not inside.any():
        return Finding(name, "INCONCLUSIVE", "K* is +inf at every probe", probes=len(y))
    is_penalty = inside & (np.abs(values) > evaluation.unit * (1 + norm(y)))
    if evaluation.K.is_positively_homogeneous and is_penalty.any():
        i = int(np.argmax(np.where(inside, np.abs(values), 0.0)))
        sentence = (
            f"K is positively homogeneous, so K* must be 0 or +inf, but K* is {values[i]:.6g} at y = {y[i].tolist()}."
        )
        return violated(name, sentence, len(y), y=y[i].reshape(evaluation.shape), K_star=values[i])
    if not looks_homogeneous and not is_penalty.any():
        sentence = "K* is 0 or +inf at every probe, so K* is an indicator; but K is not positively homogeneous."
        return violated(name, sentence, len(y), y=y[inside])
    return Finding(name, "CONSISTENT", f"no violation in {len(y)} probes", probes=len(y))
