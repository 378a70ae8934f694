"""An obligation: premises that have a point, a conclusion whose negation has none, hypotheses that cannot be left out.

    proved      every negation is unsatisfiable, every set of premises has a point that was replayed, and without any
                one of the hypotheses named as needed there is a counterexample that was replayed
    refuted     a counterexample was replayed
    undecided   anything else: no answer within the limit, a model that is not rational, one that does not replay

To replay is to evaluate the query's own formulas in fractions, and then to compute the statement a second time in
`_plain`, which knows K by its values alone.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from .._proof import Outcome
from ._formulas import Formula, Scene, Values
from ._solver import Answer, ask

# Excess of the claimed bound at given values of the unknowns, > 0 for a violation; None where a hypothesis other than
# those left out fails.
Replay = Callable[[Values, Collection[str]], Fraction | None]

# Counterexamples are looked for at fixed constants first, where they are easy to find or absent.
SEARCH_LIMIT = 3_000_000


@dataclass(frozen=True)
class Obligation:
    """One fact to be discharged.

    - `says`: the fact, in words.   `scene`, `conclusion`: its premises, and what follows from them.
    - `replay`: computes it a second time; without one a model refutes nothing.
    - `hints`: values of some unknowns at which a counterexample is looked for first.   `regular`: what is asked besides
      of points that are to be replayed, as that they are no kinks, and not at rest.
    - `needed`: labels of premises without which the conclusion fails, each with values to look at.
    - `follows`: the names of obligations from which it follows, so that its negation is not asked: "" if it is.
    """

    name: str
    says: str
    scene: Scene
    conclusion: Formula
    replay: Replay | None = None
    hints: Sequence[Values] = ()
    regular: Sequence[Formula] = ()
    needed: Mapping[str, Values] = field(default_factory=dict)
    follows: str = ""

    def text(self, *asserted: Formula, status: str, without: Collection[str] = (), pinned: Values | None = None) -> str:
        """The query; the conclusion's negation is asserted where `asserted` holds it."""
        left_out = "".join(f", without the premise: {label}" for label in without)
        head = f"{self.name}\nnegates: {self.says}{left_out}\nexpected: {status}"
        return self.scene.text(*asserted, head=head, without=without, pinned=pinned)

    def counterexample(self, pinned: Values, without: Collection[str] = ()) -> tuple[str, dict[str, Fraction] | None]:
        """The query that asks for one at the values pinned, and one that was replayed, if there is any."""
        asserted = (~self.conclusion, *self.regular)
        text = self.text(*asserted, status="sat", without=without, pinned=pinned)
        found = ask(text, self.scene.unknowns, SEARCH_LIMIT)
        return text, self.replayed(found, without)

    def replayed(self, found: Answer, without: Collection[str] = ()) -> dict[str, Fraction] | None:
        """The model, if it is one and violates the conclusion on a second computation too."""
        if found.model is None or self.replay is None:
            return None
        if not self.scene.holds(found.model, ~self.conclusion, without=without):
            return None
        excess = self.replay(found.model, without)
        return found.model if excess is not None and excess > 0 else None

    def is_vacuous(self) -> bool:
        """Whether no point with all premises was found at which the conclusion holds on a second computation too."""
        found = ask(self.text(*self.regular, status="sat"), self.scene.unknowns)
        if found.model is None or not self.scene.holds(found.model, self.conclusion, *self.regular):
            return True
        if self.replay is None:
            return False
        excess = self.replay(found.model, ())
        return excess is None or excess > 0


def discharge(obligations: Sequence[Obligation]) -> Outcome:
    """What becomes of all of them together."""
    for one in obligations:
        for pinned in one.hints:
            _, model = one.counterexample(pinned)
            if model:
                return _refuted(one, model)
    artefacts: dict[str, str] = {}
    for one in obligations:
        if one.follows:
            continue
        text = one.text(~one.conclusion, status="unsat")
        found = ask(text, one.scene.unknowns)
        if found.word == "unsat":
            artefacts[f"smt-{one.name}.smt2"] = text
            continue
        model = one.replayed(found)
        if model:
            return _refuted(one, model)
        why = "a model that does not replay" if found.word == "sat" else "no answer within the resource limit"
        return Outcome("undecided", f"{one.name}: {why}.")
    for one in obligations:
        if one.is_vacuous():
            return Outcome("undecided", f"{one.name}: no point with all premises was found and replayed.")
        for number, (label, pinned) in enumerate(one.needed.items()):
            text, model = one.counterexample(pinned, {label})
            if model is None:
                return Outcome("undecided", f"{one.name}: no counterexample without the hypothesis {label}.")
            artefacts[f"smt-{one.name}-dropped-{number}.smt2"] = text
    num_needed = sum(len(one.needed) for one in obligations)
    said = f"{len(artefacts) - num_needed} negations are unsatisfiable and all premises have points that were replayed"
    dropped = f"; {num_needed} times a hypothesis left out gave a counterexample that was replayed"
    return Outcome(
        "proved", said + (dropped if num_needed else "") + ".", len(obligations) + num_needed, None, artefacts
    )


def _refuted(one: Obligation, model: Mapping[str, Fraction]) -> Outcome:
    excess = None if one.replay is None else one.replay(model, ())
    numbers: dict[str, Any] = {name: str(value) for name, value in model.items()}
    where = {"obligation": one.name, "excess": str(excess), **numbers}
    return Outcome("refuted", f"a counterexample to: {one.says}", 1, where)
