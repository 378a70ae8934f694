"""A claim: one sentence of the theory as something that can be measured, bounded, and caught when wrong.

A claim names its hypotheses, the cases it runs on, a measurement, the bound the measurement must not exceed, and at
least three planted wrongs: subjects that break the statement and must be seen to break it, in every run.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Run:
    """How a claim is run: the seed of everything random, how much work to do, and the user's own parameters.

    `is_quick` asks for fewer cases (never for looser bounds). `parameters` replace the claim's own cases.
    """

    seed: int = 0
    is_quick: bool = False
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Hypothesis:
    """A condition of the theorem. `failure(case)` says in words why a case does not meet it, or returns None."""

    statement: str
    failure: Callable[[Any], str | None] = lambda case: None


@dataclass(frozen=True)
class Wrong:
    """A planted wrong: `subject` takes the place of the claim's own, and the measurement must exceed the bound."""

    description: str
    subject: Any


@dataclass(frozen=True)
class Measurement:
    """The worst value found over `cases` cases, the bound it is held against, and where it was found.

    The statement is consistent with the measurement when `measured` ≤ `bound`. Both are in the unit the claim's
    `observable` names; ratios to a derived bound have `bound` 1. `counterexample` holds what is needed to replay the
    worst case: plain numbers, strings, lists. `note` says what could not be measured on some of the cases, if anything.

    `is_from_below`: `measured` is only known to be at least this, as where it was found by maximising. Such a number
    can refute a statement and never confirm it.
    """

    measured: float
    bound: float
    cases: int
    counterexample: Mapping[str, Any] | None = None
    note: str = ""
    is_from_below: bool = False

    @property
    def holds(self) -> bool:
        """Finite, at most the bound, of at least one case, and no mere lower bound. NaN never holds."""
        is_known = self.cases > 0 and math.isfinite(self.measured) and not self.is_from_below
        return is_known and self.measured <= self.bound

    @property
    def is_violation(self) -> bool:
        """Seen to exceed the bound (infinitely, perhaps). NaN is not a violation: nothing was seen."""
        return self.cases > 0 and self.measured > self.bound


def worst(measurements: Sequence[Measurement]) -> Measurement:
    """The measurement with the largest ratio to its bound, counting the cases of all; NaN is worse than anything."""
    if not measurements:
        return Measurement(math.nan, 0.0, 0)

    def badness(m: Measurement) -> float:
        if math.isnan(m.measured) or math.isnan(m.bound):
            return math.inf
        return m.measured / m.bound if m.bound > 0 else math.copysign(math.inf, m.measured - m.bound)

    found = max(measurements, key=badness)
    notes = " ".join(dict.fromkeys(m.note for m in measurements if m.note))
    is_from_below = any(m.is_from_below for m in measurements)
    cases = sum(m.cases for m in measurements)
    return Measurement(found.measured, found.bound, cases, found.counterexample, notes, is_from_below)


@dataclass(frozen=True)
class Claim:
    """One statement of the theory, ready to be run.

    - `id`: kebab-case name.   `statement`: one sentence.   `source`: paper and theorem or equation.
    - `hypotheses`: conditions checked on every case before anything runs.
    - `observable`: what `measured` is, with its unit.   `tolerance`: where `bound` comes from.
    - `cases(run)`: what it is measured on; honours `run.parameters` for the names in `parameters`.
    - `measure(cases, run, subject)`: a `Measurement`; `subject` is the thing under test.
    - `subject`: the correct one.   `wrongs`: the planted ones, at least three.
    - `is_exact`: the measurement is exact arithmetic, no tolerance (verdict CHECKED_EXACT rather than CONSISTENT).
    """

    id: str
    statement: str
    source: str
    hypotheses: tuple[Hypothesis, ...]
    observable: str
    tolerance: str
    cases: Callable[[Run], Sequence[Any]]
    measure: Callable[[Sequence[Any], Run, Any], Measurement]
    subject: Any
    wrongs: tuple[Wrong, ...]
    parameters: tuple[str, ...] = ()
    is_exact: bool = False

    def __post_init__(self) -> None:
        if len(self.wrongs) < 3:
            raise ValueError(f"claim {self.id} plants {len(self.wrongs)} wrongs; at least 3 are needed to trust it.")
