"""Instances in one dimension and in exact rationals: what the derivation of a wrong statement speaks of, made to fail.

K is the dead zone max(|z| − e, 0), f a parabola. All remainders of K and K*
vanish where nothing changes its
branch, and the descent lemma is an equality: the inequalities are attained, and wrong ones are false somewhere near.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice

from ._derivation import Derivation
from ._terms import Constant, Term, Vector, within
from ._values import Instance, Written, rational_draws

NUM_DRAWS = 80
HALF = Fraction(1, 2)
FREE = Constant | Vector


def admits(instance: Instance, derivation: Derivation) -> bool:
    """Whether the constants satisfy the hypotheses."""
    for one in derivation.hypotheses:
        try:
            values = [instance(part) for part in one.terms]
        except ZeroDivisionError:
            return False
        for low, relation, high in zip(values, one.relations, values[1:], strict=False):
            if not (low < high or (relation == "≤" and low == high)):
                return False
    return True


def falsifies(instance: Instance, derivation: Derivation) -> bool:
    """Whether the statement is false here."""
    left, right = instance(derivation.statement.left), instance(derivation.statement.right)
    return left != right if derivation.statement.relation == "=" else left > right


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


def sign(z: Fraction) -> Fraction:
    """−1, 0 or 1."""
    return Fraction((z > 0) - (z < 0))


def instances(derivation: Derivation) -> Iterator[Instance]:
    """Instances that satisfy the hypotheses, with every chosen vector what its choice says."""
    used = [*derivation.terms(), *(each for one in derivation.hypotheses for each in one.terms)]
    names = sorted({part.name for one in used for part in within(one) if isinstance(part, FREE)})
    drawn = [name for name in names if name not in {vector.name for vector, _ in derivation.choices}]
    for draw in islice(rational_draws(len(drawn) + 3), NUM_DRAWS):
        numbers = dict(zip(drawn, draw[3:], strict=True))
        numbers |= {"x": (2 * numbers["x"] - 1) / numbers.get("λ", Fraction(1, 3)), "m": 6 * numbers["m"] - 3}
        # A straight line for every other f: there the convexity of f is an equality.
        bent = 3 * draw[0] if draw[0] < HALF else Fraction(0)
        curvature = -numbers["ρ"] if "ρ" in numbers else numbers.setdefault("L", bent)
        found = Instance(numbers, {"f": parabola(curvature, 20 * draw[1] - 10), **dead_zone(draw[2] / 4)})
        for complete in _with_choices(found, derivation.choices):
            if admits(complete, derivation):
                yield complete


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
    """Numbers at which the statement is false, for functions written out; None where none was met."""
    if not derivation.choices:
        return None
    for one in instances(derivation):
        if falsifies(one, derivation):
            left, right = derivation.statement.left, derivation.statement.right
            return {
                **{name: f"{function.formula}" for name, function in one.functions.items()},
                **{name: str(number) for name, number in one.numbers.items()},
                "left side": str(one(left)),
                "right side": str(one(right)),
            }
    return None
