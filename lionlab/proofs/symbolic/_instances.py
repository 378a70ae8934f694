"""Instances in one dimension and in exact rationals: what the derivation of a wrong statement speaks of, made to fail.

A bound without slack somewhere shows every error there, however small. K is a dead zone, f a parabola: the remainders
of K and K* vanish where nothing changes its branch, and the descent lemma is an equality. At the edge of the dead zone
and at rest all rates vanish as well. K Huber's function: Fenchel–Young is an equality at its slopes, at every point.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice

from ._derivation import Derivation, Step
from ._signs import Chain
from ._terms import Constant, Gradient, Term, Vector, within
from ._values import Instance, Written, rational_draws

NUM_DRAWS = 80
NEAR = 10**14  # of a place without slack: an error of 1e-9 shows, as slack is of second order there
HALF = Fraction(1, 2)
FREE = Constant | Vector


def admits(instance: Instance, derivation: Derivation) -> bool:
    """Whether the constants satisfy the hypotheses."""
    return all(satisfies(instance, one) for one in derivation.hypotheses)


def satisfies(instance: Instance, one: Chain) -> bool:
    """Whether the constants satisfy a chain of inequalities."""
    try:
        values = [instance(part) for part in one.terms]
    except ZeroDivisionError:
        return False
    pairs = zip(values, one.relations, values[1:], strict=False)
    return all(low < high or (relation == "≤" and low == high) for low, relation, high in pairs)


def falsifies(instance: Instance, step: Step) -> bool:
    """Whether the step is false here."""
    left, right = instance(step.left), instance(step.right)
    return left != right if step.relation == "=" else left > right or (left == right and step.relation == "<")


def parabola(curvature: Fraction, slope: Fraction) -> Written:
    """f = (curvature/2)x² + slope·x."""
    return Written(
        f"({curvature}/2)x² + ({slope})x",
        lambda v: curvature / 2 * v**2 + slope * v,
        lambda v: curvature * v + slope,
    )


def dead_zone(e: Fraction) -> dict[str, Written]:
    """K = max(|z| − e, 0) and K* = e|y| on [−1, 1]."""
    return {
        "K": Written(
            f"max(|z| − {e}, 0)", lambda z: max(abs(z) - e, Fraction(0)), lambda z: sign(z) * (abs(z) > e),
        ),
        "K*": Written(f"{e}|y| on [−1, 1]", lambda y: e * abs(y), lambda y: e * sign(y)),
    }  # fmt: skip


def huber(e: Fraction) -> dict[str, Written]:
    """K = z²/2e near 0 and |z| − e/2 beyond e, K* = (e/2)y² on [−1, 1]."""

    def value(z: Fraction) -> Fraction:
        return z**2 / (2 * e) if abs(z) <= e else abs(z) - e / 2

    return {
        "K": Written(f"Huber's function, e = {e}", value, lambda z: max(Fraction(-1), min(Fraction(1), z / e))),
        "K*": Written(f"({e}/2)y² on [−1, 1]", lambda y: e / 2 * y**2, lambda y: e * y),
    }


def sign(z: Fraction) -> Fraction:
    """−1, 0 or 1."""
    return Fraction((z > 0) - (z < 0))


def instances(derivation: Derivation) -> Iterator[Instance]:
    """Instances that satisfy the hypotheses, with every chosen vector what its choice says."""
    if not derivation.choices and not derivation.instances:
        return
    used = [*derivation.terms(), *(each for one in derivation.hypotheses for each in one.terms)]
    used += [choice for _, choice in derivation.choices]
    names = sorted({part.name for one in used for part in within(one) if isinstance(part, FREE)})
    drawn = [name for name in names if name not in {vector.name for vector, _ in derivation.choices}]
    for draw in islice(rational_draws(len(drawn) + 3), NUM_DRAWS):
        numbers = dict(zip(drawn, draw[3:], strict=True))
        numbers["x"] = (2 * numbers.get("x", draw[0]) - 1) / numbers.get("λ", Fraction(1, 3))
        if "m" in numbers:
            numbers["m"] = 6 * numbers["m"] - 3
        if "τ" in numbers:
            numbers["τ"] = (2 * numbers["τ"] - 1) / NEAR
        # A straight line for every other f: there the convexity of f is an equality.
        bent = 3 * draw[0] if draw[0] < HALF else Fraction(0)
        curvature = -numbers["ρ"] if "ρ" in numbers else numbers.setdefault("L", bent)
        loss, e = parabola(curvature, 20 * draw[1] - 10), draw[2] / 4
        flat, curved = (Instance(numbers, {"f": loss, **pair(e)}) for pair in (dead_zone, huber))
        found: list[Instance | None] = [curved] if derivation.instances == "smooth K" else [flat, curved]
        if "m" in numbers and derivation.choices and not derivation.instances:
            found += [at_the_edge(flat, derivation.choices[0][1], e, curvature), at_rest(flat, e, draw[1])]
        for one in found:
            for complete in _with_choices(one, derivation.choices) if one is not None else ():
                if admits(complete, derivation):
                    yield complete


def at_the_edge(instance: Instance, choice: Term, e: Fraction, curvature: Fraction) -> Instance | None:
    """The same with f so inclined that m̃⁺ is the end of the dead zone on the side of x, and m inside.

    There z⁺ = m̃⁺, and the chosen subgradient is 0: x moves, and both rates and all remainders but that of f vanish.
    """
    if not isinstance(choice, Gradient):
        return None
    numbers = {**instance.numbers, "m": instance.numbers["m"] / 3 * e}

    def ahead(slope: Fraction) -> Fraction:
        return Instance(numbers, {**instance.functions, "f": parabola(curvature, slope)})(choice.point)

    try:
        start, change = ahead(Fraction(0)), ahead(Fraction(1)) - ahead(Fraction(0))
        slope = (e * sign(numbers["x"]) - start) / change
    except (KeyError, ZeroDivisionError):
        return None
    return Instance(numbers, {**instance.functions, "f": parabola(curvature, slope)})


def at_rest(instance: Instance, e: Fraction, draw: Fraction) -> Instance:
    """The same with x at an end of the box, m beyond the dead zone on that side, and f a slight incline.

    Where the look-ahead stays there, x rests: only the bracket of H changes, and it does not when H is right.
    """
    side, numbers = sign(instance.numbers["x"]) or Fraction(1), instance.numbers
    moved = {"x": side / numbers.get("λ", Fraction(1, 3)), "m": side * (e + abs(numbers["m"]))}
    return Instance({**numbers, **moved}, {**instance.functions, "f": parabola(Fraction(0), draw - HALF)})


def _with_choices(instance: Instance, choices: Sequence[tuple[Vector, Term]]) -> Iterator[Instance]:
    """The instance with the chosen vectors; one that depends on itself is looked for among −1, 0 and 1."""
    if not choices:
        yield instance
        return
    (vector, choice), *others = choices
    try:
        candidates = [instance(choice)]
    except KeyError:
        candidates = [Fraction(-1), Fraction(0), Fraction(1)]
    except ZeroDivisionError:
        return
    for candidate in candidates:
        found = Instance({**instance.numbers, vector.name: candidate}, instance.functions)
        try:
            is_consistent = found(choice) == candidate
        except ZeroDivisionError:
            return
        if is_consistent:
            yield from _with_choices(found, others)


def counterexample(derivation: Derivation) -> Mapping[str, str] | None:
    """Numbers at which something stated is false, for functions written out; None where none was met."""
    for one in instances(derivation):
        for step in derivation.statements:
            if falsifies(one, step):
                return {
                    **{name: f"{function.formula}" for name, function in one.functions.items()},
                    **{name: str(number) for name, number in one.numbers.items()},
                    "left side": str(one(step.left)),
                    "right side": str(one(step.right)),
                }
    return None
