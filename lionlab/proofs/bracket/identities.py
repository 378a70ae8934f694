"""What the symbolic routes of this room share: expressions that must vanish, and expressions that must be ≥ 0."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .._proof import Outcome


@dataclass(frozen=True)
class Zero:
    """`expression` is to vanish identically."""

    said: str
    expression: Any


@dataclass(frozen=True)
class Sign:
    """`expression` is to be ≥ 0 where its symbols are: no coefficient of the fraction, top or bottom, is negative."""

    said: str
    expression: Any


def outcome(name: str, obligations: Iterable[Zero | Sign], lines: Sequence[str]) -> Outcome:
    """Proved if all hold; refuted at the first that does not, by what is left of it."""
    count, written = 0, list(lines)
    for one in obligations:
        left = remains(one)
        if left is not None:
            return Outcome("refuted", f"{one.said}: {left}", count)
        count += 1
        written.append(f"{one.said}: {'residual 0' if isinstance(one, Zero) else f'{one.expression} >= 0'}")
    said = f"{count} facts of computer algebra, for symbolic constants and any values, points and slopes of K"
    return Outcome("proved", said, count, artefacts={f"{name}.symbolic.txt": "\n".join(written) + "\n"})


def remains(one: Zero | Sign) -> str | None:
    """What stands against it, as text; None where it holds."""
    import sympy as sp

    top, bottom = sp.fraction(sp.together(one.expression))
    top = sp.expand(top)
    if isinstance(one, Zero):
        return None if top == 0 else f"{sp.Mul(top, 1 / bottom)} is left"
    for part in (top, sp.expand(bottom)):
        negative = [term for term in sp.Add.make_args(part) if term.as_coeff_Mul()[0] < 0]
        if negative:
            return f"{negative[0]} in {part} may be negative"
    return None
