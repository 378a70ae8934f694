"""Large parameters: constants are looked for on a few entries, and believed once they explain steps of all of them."""

import math
from collections.abc import Callable

from ._fingerprint import Claims, Fingerprint, take_fingerprint
from ._probe import Probe

MANY_ENTRIES = 1024
"""Parameters of more entries than these take milliseconds a step where entries are mixed, and probes take thousands."""
LONGEST_AXIS = 16


def smaller(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape to look for constants on: that of the parameters, or one in proportion if they are many."""
    if math.prod(shape) <= MANY_ENTRIES:
        return shape
    factor = LONGEST_AXIS / max(shape)
    return tuple(min(n, max(2, round(n * factor))) for n in shape)


def fingerprint_on(
    shape: tuple[int, ...], probe: Probe, claims: Claims, tell: Callable[[str], None]
) -> Fingerprint | None:
    """The fingerprint as parameters of this shape give it, for `probe` to go on with; None where they are not taken."""
    if shape == probe.shape:
        return take_fingerprint(probe, claims, tell)
    few = Probe(probe.box, shape, probe.dtype, probe.unit if probe.knows_rate else None, probe.seed)
    try:
        found = take_fingerprint(few, claims, tell)
    except (ArithmeticError, ValueError, TypeError):  # a K, or an optimizer, for this number of entries alone
        return None
    probe.step, probe.delay, probe.runs = few.step, few.delay, probe.runs + few.runs
    probe.momentum_roundoff, probe.seen = few.momentum_roundoff, [*few.seen, *probe.seen]
    return found
