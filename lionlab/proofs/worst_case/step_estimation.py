"""The one step as a worst-case problem: all samples of K and f that it meets, and every inequality between them."""

import importlib.util
from collections.abc import Callable, Mapping
from itertools import permutations
from typing import Any

from ..gram import Expression, value, vector
from .certificate import Refuter
from .estimation import Inequalities, Problem, counterexample
from .interpolation import Sample, conjugate_value, convex, smooth, smooth_convex, square
from .step import Constants, Step, start, step


def sampled_step(k: Constants) -> tuple[Step, Sample, Sample]:
    """The step with λx ∈ ∂K(z) for some z, so that K*(λx) = ⟨z, λx⟩ − K(z); the samples of K at m and at z. λ > 0."""
    at = start()
    dual = Sample(vector("z0"), k.lam * at.x, value("K(z0)"))
    return step(k, at._replace(conjugate=conjugate_value(dual))), Sample(at.m, vector("w0"), at.K), dual


def inequalities(k: Constants, is_convex: bool = False) -> tuple[Step, Inequalities]:
    """The step, and what the samples of a convex K and an L-smooth f (convex, if asked) satisfy, by name."""
    s, at_m, at_z = sampled_step(k)
    at_look_ahead = s.at_look_ahead
    kernel = {"m": at_m, "m⁺": s.at_momentum, "z": at_z, "z⁺": s.at_dual}
    if k.beta1 != k.beta2:
        kernel["m̃⁺"] = at_look_ahead
    found = {f"K at {a} from {b}": convex(kernel[a], kernel[b]) for a, b in permutations(kernel, 2)}
    between: Any = smooth_convex if is_convex else smooth
    found["f at x from x⁺"] = between(s.loss, s.loss_after, k.L)
    found["f at x⁺ from x"] = between(s.loss_after, s.loss, k.L)
    return s, found


def problem(k: Constants, target: Any, size: Any = None, is_convex: bool = False) -> Problem:
    """max target(step) with size(step) ≤ 1; `size` is by default the sum of the squares of all vectors."""
    s, all_of_them = inequalities(k, is_convex)
    objective = target(s)
    names = Problem(objective, all_of_them, Expression()).vectors
    total = size(s) if size else sum((square(vector(name)) for name in names), Expression())
    return Problem(objective, all_of_them, total)


def estimated(k: Constants, target: Callable[[Step], Expression]) -> Refuter:
    """A counterexample to "target ≤ 0" by the semidefinite program, made rational; None without cvxpy or Clarabel."""

    def refuter() -> Mapping[str, Any] | None:
        if any(importlib.util.find_spec(name) is None for name in ("cvxpy", "clarabel")):
            return None
        found = counterexample(problem(k, target))
        if found is None:
            return None
        vectors = {name: ", ".join(map(str, entries)) for name, entries in found.vectors.items()}
        values = {name: str(number) for name, number in found.values.items()}
        constants = {name: str(number) for name, number in k._asdict().items()}
        why = "some convex K and L-smooth f take these values and slopes: every interpolation inequality holds"
        return {**constants, **vectors, **values, "why": why, "excess": str(found.target)}

    return refuter


def movement(s: Step) -> Expression:
    """‖x⁺−x‖²."""
    return square(s.move)
