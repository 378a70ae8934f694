"""Does this process compute with float64 as IEEE 754 has it? Asked once, before floats or balls are trusted.

A library loaded into the process can switch rounding or flush subnormals for the thread it was loaded in, and a run
that was stored, a start that is rational only because a float is, and the radii of balls would all be off. XLA flushes
subnormals in threads of its own, which this does not look at and on which nothing exact runs.
"""

import functools
import operator
from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Operations(NamedTuple):
    """Addition, multiplication and division of the process."""

    add: Callable[[float, float], float] = operator.add
    multiply: Callable[[float, float], float] = operator.mul
    divide: Callable[[float, float], float] = operator.truediv


def _on_arrays(operation: Callable[..., np.ndarray]) -> Callable[[float, float], float]:
    def evaluated(left: float, right: float) -> float:
        # Eight lanes, so that vector instructions and not their scalar remainders are asked.
        found = operation(np.full(8, left), np.full(8, right))
        return float(found[0]) if np.all(found == found[0]) else float("nan")

    return evaluated


OPERATIONS: dict[str, Operations] = {
    "Python": Operations(),
    "NumPy": Operations(_on_arrays(np.add), _on_arrays(np.multiply), _on_arrays(np.divide)),
}

UNIT, LEAST_NORMAL, LEAST = "0x1p-53", "0x1p-1022", "0x0.0000000000001p-1022"

# (operation, left, right, result) in hexadecimal: read when asked, so that no compiler has computed them beforehand.
EXPECTED: tuple[tuple[str, str, str, str], ...] = (
    ("add", "0x1p0", UNIT, "0x1p0"),  # a tie goes to the even one: downwards here,
    ("add", "0x1.0000000000001p0", UNIT, "0x1.0000000000002p0"),  # upwards here
    ("add", "0x1p0", "0x1.0000000000001p-53", "0x1.0000000000001p0"),
    ("add", "-0x1p0", "-0x1.0000000000001p-53", "-0x1.0000000000001p0"),
    ("add", "-0x1p0", "-" + UNIT, "-0x1p0"),
    ("divide", "0x1p0", "0x3p0", "0x1.5555555555555p-2"),
    ("divide", "-0x2p0", "0x3p0", "-0x1.5555555555555p-1"),
    # 10¹⁶ + 2.9999 is 10¹⁶ + 2 rounded once, and 10¹⁶ + 4 by way of 64 bits.
    ("add", "0x1.1c37937e08000p+53", "0x1.7ff2e48e8a71ep+1", "0x1.1c37937e08001p+53"),
    ("multiply", LEAST_NORMAL, "0x1p-1", "0x0.8p-1022"),
    ("divide", LEAST_NORMAL, "0x1p52", LEAST),
    ("multiply", LEAST, "0x1p52", LEAST_NORMAL),
    ("add", LEAST, LEAST, "0x0.0000000000002p-1022"),
    ("add", LEAST_NORMAL, "-" + LEAST, "0x0.fffffffffffffp-1022"),
)


@functools.cache
def misbehaviour() -> str | None:
    """What float64 does here that it must not, in words; None where all is well. Asked of the process once."""
    for name, operations in OPERATIONS.items():
        for operation, left, right, expected in EXPECTED:
            found = getattr(operations, operation)(float.fromhex(left), float.fromhex(right))
            if found != float.fromhex(expected):
                return (
                    f"float64 does not follow IEEE 754 in this process: {name} gives {found.hex()} for {operation} of "
                    f"{left} and {right}, which is {expected} to nearest with subnormals kept."
                )
    return None
