"""f ≥ 0 on a whole box, or a rational point of it where f < 0: decided by Arb balls, or said to be undecided.

A box is cut in halves until on each piece a ball of f, or its Taylor polynomial with a ball for the remainder, has no
negative number in it. Beside the prover runs a refuter, which looks at points and answers with one where the ball of f
is negative. Neither can be talked over by rounding; where both fail, the smallest box left is named.

f takes one argument a variable and may use + − × ÷, `exp`, `log`, `sqrt` of its arguments; fractions by way of `ball`.
It is asked with balls, and with a series in the first variable. Zeros of f are no obstacle where they lie at an end of
the first variable and the leading Taylor coefficients there vanish exactly.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from .._proof import Word
from .arithmetic import misbehaviour
from .balls import ball, interval, precision

Function = Callable[..., Any]
Box = tuple[tuple[Fraction, Fraction], ...]
ORDER = 8  # of the Taylor polynomials: a composition of polynomials is proved in half the boxes of order 4
MOST_BOXES = 4000
DEEPEST = 40  # how near to the ends the refuter looks: 2^−40 of the width


@dataclass(frozen=True)
class Decision:
    """`word` is "proved", "refuted" or "undecided"; `point` where f < 0, `value` its ball there as text.

    `boxes` were looked at; `left` is the smallest box that stayed open. `said` tells it in a sentence.
    """

    word: Word
    boxes: int
    point: tuple[Fraction, ...] | None = None
    value: str = ""
    left: Box | None = None
    said: str = field(default="")


def decide(f: Function, box: Sequence[tuple[Any, Any]], *, bits: int = 128, most_boxes: int = MOST_BOXES) -> Decision:
    """Whether f ≥ 0 everywhere on the closed box of one (low, high) a variable."""
    reason = misbehaviour()
    if reason is not None:
        return Decision("undecided", 0, said=reason)
    whole: Box = tuple((Fraction(low), Fraction(high)) for low, high in box)
    with precision(bits):
        for point in _suspects(whole):
            if (found := _refuted(f, point, 0)) is not None:
                return found
        waiting, boxes, smallest = deque([whole]), 0, whole
        while waiting:
            current = waiting.popleft()
            boxes += 1
            if _is_proved(f, current):
                continue
            if (found := _refuted(f, tuple((low + high) / 2 for low, high in current), boxes)) is not None:
                return found
            smallest = min(smallest, current, key=_widest)
            if boxes >= most_boxes:
                return Decision("undecided", boxes, left=smallest, said=f"open on {_text(smallest)}.")
            waiting.extend(_halves(current, whole))
    return Decision("proved", boxes, said=f"f ≥ 0 on {_text(whole)}, in {boxes} boxes.")


def _widest(box: Box) -> Fraction:
    return max(high - low for low, high in box)


def _text(box: Box) -> str:
    return " × ".join(f"[{float(low):.6g}, {float(high):.6g}]" for low, high in box)


def _suspects(box: Box) -> Iterator[tuple[Fraction, ...]]:
    """Points ever nearer to the ends of one variable, the others in the middle: there a nearly true f is false."""
    middle = tuple((low + high) / 2 for low, high in box)
    for i, (low, high) in enumerate(box):
        for k in range(DEEPEST + 1):
            part = (high - low) / 2**k
            for value in (low + part, high - part):
                yield (*middle[:i], value, *middle[i + 1 :])


def _refuted(f: Function, point: tuple[Fraction, ...], boxes: int) -> Decision | None:
    value = f(*map(ball, point))
    if value < 0:
        said = f"f < 0 at {', '.join(map(str, point))}."
        return Decision("refuted", boxes, point, value.str(20), said=said)
    return None


def _halves(box: Box, whole: Box) -> tuple[Box, Box]:
    """The box cut across its widest side, widths measured by those of the whole."""
    widths = [(high - low) / (b - a) if b > a else Fraction(0) for (low, high), (a, b) in zip(box, whole, strict=True)]
    i = widths.index(max(widths))
    low, high = box[i]
    middle = (low + high) / 2
    return (*box[:i], (low, middle), *box[i + 1 :]), (*box[:i], (middle, high), *box[i + 1 :])


def _is_proved(f: Function, box: Box) -> bool:
    others = [interval(*ends) for ends in box[1:]]
    low, high = box[0]
    if f(interval(low, high), *others) >= 0:
        return True
    remainder = _coefficient(f, interval(low, high), others, ORDER)
    if remainder is None:
        return False
    for start, sign in ((low, 1), (high, -1)):
        coefficients = _series(f, ball(start), others, ORDER)
        if coefficients is None:
            continue
        signed = [c * sign**k for k, c in enumerate([*coefficients, remainder])]
        if _is_nonnegative(signed, interval(Fraction(0), high - low)):
            return True
    return False


def _is_nonnegative(coefficients: list[Any], t: Any) -> bool:
    """Whether Σ c_k t^k ≥ 0 for the t ≥ 0 given: leading zeros are divided out, as t^j ≥ 0."""
    while coefficients and coefficients[0].is_zero():
        coefficients = coefficients[1:]
    total = ball(0)
    for c in reversed(coefficients):
        total = total * t + c
    return bool(total >= 0)


def _series(f: Function, start: Any, others: Sequence[Any], order: int) -> list[Any] | None:
    """The first `order` Taylor coefficients of f in its first variable, about `start`."""
    from flint import arb_series, ctx

    before = ctx.cap
    ctx.cap = order
    try:
        found = f(arb_series([start, 1], order), *others)
        if isinstance(found, arb_series):
            if found.prec < order:  # a division by a series that begins with 0 has cost terms
                return None
            coefficients = [found[k] for k in range(order)]
        else:
            coefficients = [found]
    except (ValueError, ZeroDivisionError):  # flint refuses 1/0 and log 0 of a series, where a ball is NaN
        return None
    finally:
        ctx.cap = before
    coefficients += [ball(0)] * (order - len(coefficients))
    return coefficients if all(c.is_finite() for c in coefficients) else None


def curvature(f: Function) -> Function:
    """f″/2 of an f of one variable, where f is smooth: a function of balls, NaN where it is not known."""
    from flint import arb

    def evaluated(x: Any) -> Any:
        if not isinstance(x, arb):
            raise ValueError("f″ is asked with balls, not with series.")
        found = _series(f, x, (), 3)
        return arb("nan") if found is None else found[2]

    return evaluated


def _coefficient(f: Function, start: Any, others: Sequence[Any], order: int) -> Any | None:
    found = _series(f, start, others, order + 1)
    return None if found is None else found[order]
