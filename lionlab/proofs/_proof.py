"""A proof: one route by which a claim is shown for all functions, states and constants of a domain, or is refuted.

A run looks at some trajectories. A proof looks at all of them, and must be trusted as little: it names what it takes
for granted, covers a stated domain, and is tried on planted wrongs that it must refute, in every run.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal

Word = Literal["proved", "refuted", "undecided"]

# The routes there are. Two proofs of one claim are independent when their routes differ: different machinery decides.
ROUTES: Mapping[str, str] = MappingProxyType(
    {
        "symbolic": "identities in computer algebra, for symbolic constants and abstract functions",
        "smt": "the negation is unsatisfiable over the reals, by a decision procedure",
        "worst case": "a weighted sum of the inequalities that define the functions, with weights checked exactly",
        "exact arithmetic": "rational numbers, nothing rounded",
        "enclosure": "intervals that hold the true value, rounded outward",
    }
)


@dataclass(frozen=True)
class Outcome:
    """What one route found.

    - `word`: "proved", "refuted" or "undecided". A solver's status alone is never "proved" or "refuted".
    - `said`: one sentence: what was established, or seen.   `obligations`: how many separate facts were discharged.
    - `counterexample`: for "refuted", numbers as exact text ("3/7") with which the statement was seen to fail; None
      where only the argument failed (a residual that is not zero), which shows no more than that the route is closed.
    - `artefacts`: file name → text that lets others check it: SMT-LIB, multipliers, a derivation.
    """

    word: Word
    said: str = ""
    obligations: int = 0
    counterexample: Mapping[str, Any] | None = None
    artefacts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Planted:
    """A planted wrong: `subject` takes the place of the proof's own and must come out "refuted"."""

    description: str
    subject: Any


@dataclass(frozen=True)
class Proof:
    """One route to one claim.

    - `claim`: id of the claim.   `route`: a name of `ROUTES`.   `statement`: what exactly this route shows.
    - `domain`: for which K, f, dimensions and constants.   `is_complete`: whether that is all the claim speaks of.
    - `assumptions`: what is taken for granted, as "the subgradient inequality".
    - `needs`: modules of the extra `rigor` without which the route is not available.
    - `prove(subject, is_quick)`: the outcome. `is_quick` may leave out cases, never loosen anything.
    - `subject`: what is proved.   `planted`: at least three wrong ones.
    - `coefficients`, `perturbed`: `perturbed(name, δ)` is the subject with the relative error δ in that coefficient,
      signed so that the statement becomes false; from it the smallest error the route detects is found.
    """

    claim: str
    route: str
    statement: str
    domain: str
    is_complete: bool
    assumptions: tuple[str, ...]
    prove: Callable[[Any, bool], Outcome]
    subject: Any
    planted: tuple[Planted, ...]
    needs: tuple[str, ...] = ()
    coefficients: tuple[str, ...] = ()
    perturbed: Callable[[str, Fraction], Any] | None = None

    def __post_init__(self) -> None:
        if self.route not in ROUTES:
            raise ValueError(f"route must be one of {', '.join(ROUTES)}, got {self.route!r}.")
        if len(self.planted) < 3:
            raise ValueError(f"the {self.route} proof of {self.claim} plants {len(self.planted)} wrongs, not 3.")
