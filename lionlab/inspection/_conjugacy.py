"""K and the K* it names: Fenchel and Young, K* between certified bounds, K** = K."""

import dataclasses
from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from ..conjugation import bracket_conjugate
from ..convex import ConvexFunction, NumericalConjugate
from ._evaluation import Evaluation, compiled_over_points, dot, finite, in_chunks, norm
from ._finding import Finding, no_violation, not_run, searched, violated
from ._probes import MODERATE, points


def is_numerical(K: ConvexFunction) -> bool:
    """Whether K, or anything it is made of, is a `NumericalConjugate`: then its values are known to a tolerance."""
    nodes = jax.tree.leaves(K, is_leaf=lambda node: isinstance(node, NumericalConjugate))
    return any(isinstance(node, NumericalConjugate) for node in nodes)


@dataclasses.dataclass(frozen=True)
class Duality:
    """What the checks of K* look at: points z with their K and ∇K, and points y with their K*.

    The first len(z) of the y are the ∇K(z), the next `means` are weighted means of those, inside dom K*; then some
    lie beyond them.
    """

    evaluation: Evaluation
    conjugate: ConvexFunction
    is_numerical: bool
    z: np.ndarray
    K: np.ndarray
    slopes: np.ndarray
    y: np.ndarray
    K_star: np.ndarray
    means: int

    @property
    def accuracy(self) -> float:
        """How far K* may be off, relative: rounding, and the tolerance of a numerical conjugate."""
        is_indicator = self.evaluation.K.is_positively_homogeneous
        return max(self.evaluation.unit, 2e-9 if self.is_numerical and not is_indicator else 0.0)


def observe(evaluation: Evaluation, rng: np.random.Generator) -> Duality:
    """K and K* at points that suit both. A numerical K* is asked at few, for each is solved for."""
    K_star = evaluation.K.conjugate()
    numerical = is_numerical(K_star)
    d, dtype = evaluation.size, evaluation.dtype
    count = 10 + 2 * min(d, 8) if numerical else 200
    z = points(d, count, rng, dtype, MODERATE if numerical else (1e-3, *MODERATE, 30.0))
    K, slopes = evaluation.at(z)
    is_usable = np.isfinite(K) & np.all(np.isfinite(slopes), axis=1)
    z, K, slopes = z[is_usable], K[is_usable], slopes[is_usable]
    weights = rng.dirichlet(np.full(min(len(z), d + 3), 1.0), size=8)
    picks = np.stack([rng.choice(len(z), weights.shape[1], replace=False) for _ in range(8)])
    means = np.einsum("nk,nkd->nd", weights, slopes[picks])
    beyond = np.concatenate([1.01 * slopes[-4:], 3.0 * slopes[-4:], rng.normal(size=(4, d)) * (1 + norm(slopes).max())])
    y = np.concatenate([slopes, means, beyond]).astype(dtype).astype(np.float64)
    look = compiled_over_points(lambda point: (K_star.value(point),))
    (values,) = in_few(look, y, evaluation) if numerical else in_chunks(look, y, evaluation.shape, dtype)
    return Duality(evaluation, K_star, numerical, z, K, slopes, y, values, len(means))


def in_few(look: Callable[..., Any], rows: np.ndarray, evaluation: Evaluation) -> Any:
    """As `in_chunks`, without padding to a thousand points, each of which would be solved for on the host."""
    parts = [in_chunks(look, rows[i : i + 32], evaluation.shape, evaluation.dtype) for i in range(0, len(rows), 32)]
    return tuple(np.concatenate(arrays) for arrays in zip(*parts, strict=True))


def check_fenchel_young(seen: Duality) -> Finding:
    """K(z) + K*(y) ≥ ⟨z, y⟩ for all z and y of the probes, and equality at y = ∇K(z), where K* must be finite."""
    evaluation, n = seen.evaluation, len(seen.z)
    is_wrong = np.isnan(seen.K_star) | (seen.K_star == -np.inf)
    if is_wrong.any():
        i = int(np.argmax(is_wrong))
        sentence = f"K* is {seen.K_star[i]} at y = {seen.y[i].tolist()}; it must be a number or +inf."
        return violated("fenchel-young", sentence, len(seen.y), y=seen.y[i].reshape(evaluation.shape))
    products = seen.z @ seen.y.T
    sizes = np.abs(seen.z) @ np.abs(seen.y).T
    bound = seen.accuracy * (np.abs(seen.K)[:, None] + np.abs(finite(seen.K_star)) + sizes)
    # The rounding of y moves K* by its slope times that: the slope at ∇K(z) is z, elsewhere it is not known.
    bound = bound + evaluation.floor + seen.accuracy * norm(seen.z)[:, None] * norm(seen.y)
    gap = seen.K[:, None] + seen.K_star - products
    ratios = np.where(np.isfinite(gap), -gap, -np.inf) / np.maximum(bound, np.finfo(np.float64).tiny)
    diagonal = np.arange(n)
    equality = np.abs(gap[diagonal, diagonal]) / np.maximum(bound[diagonal, diagonal], np.finfo(np.float64).tiny)
    ratios[diagonal, diagonal] = equality

    def explain(i: int) -> tuple[str, dict[str, object]]:
        row, column = divmod(i, len(seen.y))
        z, y = seen.z[row], seen.y[column]
        where = f"at z = {z.tolist()} and y = {y.tolist()}"
        found = f"K(z) = {seen.K[row]:.10g}, K*(y) = {seen.K_star[column]:.10g}, ⟨z, y⟩ = {products[row, column]:.10g}"
        law = "y = ∇K(z) must give K(z) + K*(y) = ⟨z, y⟩" if row == column else "K(z) + K*(y) ≥ ⟨z, y⟩ fails"
        example = {
            "z": z.reshape(evaluation.shape), "y": y.reshape(evaluation.shape), "K(z)": seen.K[row],
            "K*(y)": seen.K_star[column], "⟨z, y⟩": products[row, column],
        }  # fmt: skip
        return f"{law}: {where} {found}.", example

    return searched("fenchel-young", ratios.ravel(), explain)


def check_bracket(seen: Duality) -> Finding:
    """K*(y) lies between bounds computed from K alone, and is +inf where that is certified."""
    name, evaluation, n = "conjugate", seen.evaluation, len(seen.z)
    observable = "distance of K* from its bracket, over its tolerance"
    if evaluation.dtype != "float64":
        return not_run(name, "the bounds are computed in float64.")
    if evaluation.size > 64:
        return not_run(name, "the bounds are computed for at most 64 entries.")
    if not evaluation.is_finite:
        return not_run(name, "the bounds are for a K that is finite everywhere.")
    oracle = evaluation.oracle()
    chosen = [*range(n, n + seen.means), *range(n + seen.means, len(seen.y), 2)]
    words: list[str] = []
    ratios, brackets = [], []
    for i in chosen:
        y, value = seen.y[i], seen.K_star[i]
        found = bracket_conjugate(oracle, y, most_evaluations=1500)
        words.append(found.status)
        brackets.append(found)
        bound = seen.accuracy * (abs(value) + norm(y) * norm(finite(found.maximiser))) if np.isfinite(value) else 0.0
        bound += evaluation.floor + np.finfo(np.float64).tiny
        if found.status == "INFINITE":
            # Within rounding of the edge a point counts as inside.
            is_edge = float(evaluation.values(found.maximiser.reshape(1, -1))[0]) > (1 - 1e-9) * float(
                y @ found.maximiser
            )
            ratios.append(0.0 if value == np.inf or is_edge else np.inf)
        elif value == np.inf:
            # From below K* can be refuted, and +inf cannot be.
            ratios.append(np.inf if found.status == "FINITE" else 0.0)
        else:
            ratios.append(max(found.lower - value, value - found.upper, 0.0) / bound)
    decided = sum(word in ("FINITE", "INFINITE") for word in words)
    counts = ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))

    def explain(j: int) -> tuple[str, dict[str, object]]:
        y, value, found = seen.y[chosen[j]], seen.K_star[chosen[j]], brackets[j]
        z = found.maximiser.tolist()
        if found.status == "INFINITE":
            why = f"where it is +inf: K grows more slowly along z = {z} than ⟨y, z⟩"
        elif not value >= found.lower:
            why = f"where it is at least {found.lower:.10g}: that is ⟨y, z⟩ − K(z) at z = {z}"
        else:
            why = f"where it is at most {found.upper:.10g}, by convexity from subgradients of K"
        sentence = f"K* is {value:.10g} at y = {y.tolist()}, {why}."
        example = {"y": y.reshape(evaluation.shape), "K*(y)": value, "lower": found.lower, "upper": found.upper,
                   "status": found.status, "z": found.maximiser.reshape(evaluation.shape)}  # fmt: skip
        return sentence, example

    result = searched(name, np.asarray(ratios), explain, observable=observable)
    if result.verdict == "VIOLATED":
        return result
    if not decided:
        reason = next((found.reason for found in brackets if found.reason), "")
        return dataclasses.replace(result, verdict="INCONCLUSIVE", outcome=f"no two-sided bound ({counts}): {reason}")
    return dataclasses.replace(result, outcome=f"{no_violation(len(chosen))} ({counts})")


def check_biconjugate(seen: Duality) -> Finding:
    """K** = K: the largest ⟨z, y⟩ − K*(y) over the probes y is K(z), and so is K** where it is an object of its own."""
    name, evaluation = "biconjugate", seen.evaluation
    known = np.isfinite(seen.K_star)
    if not known.any():
        return Finding(name, "INCONCLUSIVE", "K* is +inf at every probe", probes=len(seen.y))
    supremum = np.max(np.where(known, seen.z @ seen.y.T - np.where(known, seen.K_star, 0.0), -np.inf), axis=1)
    found = [supremum]
    twice = seen.conjugate.conjugate()
    if not (type(twice) is type(evaluation.K) and jax.tree.map(id, twice) == jax.tree.map(id, evaluation.K)):
        look = compiled_over_points(lambda z: (twice.value(z),))
        numerical = is_numerical(twice)
        few = seen.z[:32] if numerical else seen.z
        (values,) = in_chunks(look, few, evaluation.shape, evaluation.dtype)
        found.append(np.concatenate([values, seen.K[len(few) :]]))
    size = np.abs(seen.K) + dot(np.abs(seen.z), np.abs(seen.slopes)) + norm(seen.z) * norm(seen.slopes)
    bound = np.maximum(2 * seen.accuracy * size + 2 * evaluation.floor, np.finfo(np.float64).tiny)
    ratios = np.stack([np.abs(values - seen.K) / bound for values in found])

    def explain(i: int) -> tuple[str, dict[str, object]]:
        kind, row = divmod(i, len(seen.z))
        z, value = seen.z[row], found[kind][row]
        sentence = f"K** is {value:.10g} at z = {z.tolist()}, where K is {seen.K[row]:.10g}."
        return sentence, {"z": z.reshape(evaluation.shape), "K(z)": seen.K[row], "K**(z)": value}

    return searched(name, ratios.ravel(), explain)
