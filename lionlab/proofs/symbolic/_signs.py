"""Signs that can be seen: a sum of what is ≥ 0, a product, a quotient by what is > 0, a square, or a hypothesis itself.

No inequality prover: a coefficient is written so that its sign shows, or it is not accepted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ._normal import canonical
from ._terms import ZERO, Defined, Inner, Number, Operand, Power, Product, Quotient, Sum, Term, term

Sign = Literal["> 0", "≥ 0"]


@dataclass(frozen=True)
class Chain:
    """A chain of inequalities between scalars, as 0 ≤ β₁ ≤ β₂ < 1; `relations` stand between the terms."""

    terms: tuple[Term, ...]
    relations: tuple[str, ...]

    def differences(self) -> list[tuple[Term, Sign]]:
        """Later minus earlier, for every pair; > 0 when a < stands between them."""
        found: list[tuple[Term, Sign]] = []
        for i, low in enumerate(self.terms):
            for j in range(i + 1, len(self.terms)):
                sign: Sign = "> 0" if "<" in self.relations[i:j] else "≥ 0"
                found.append((self.terms[j] - low, sign))
        return found


def chain(*words: "Operand | str") -> Chain:
    """`chain(0, "≤", β1, "<", 1)`."""
    if len(words) < 3 or not set(words[1::2]) <= {"<", "≤"}:
        raise ValueError(f"a chain is terms with < or ≤ between them, got {words!r}.")
    return Chain(tuple(term(word) for word in words[::2] if not isinstance(word, str)), tuple(map(str, words[1::2])))


class Signs:
    """What the hypotheses say: signs of some scalars, and of all that shows its sign by them."""

    def __init__(self, hypotheses: Sequence[Chain]) -> None:
        self.known: dict[object, Sign] = {}
        for one in hypotheses:
            for difference, sign in one.differences():
                form = canonical(difference)
                if self.known.get(form) != "> 0":
                    self.known[form] = sign

    def is_nonnegative(self, one: Term) -> bool:
        """Whether the term shows that it is ≥ 0."""
        return self.of(one) is not None

    def is_positive(self, one: Term) -> bool:
        """Whether the term shows that it is > 0."""
        return self.of(one) == "> 0"

    def of(self, one: Term) -> Sign | None:
        """The sign the term shows, None where it shows none."""
        if one.is_vector:
            return None
        by_parts = self._by_parts(one)
        if by_parts == "> 0":
            return by_parts
        form = canonical(one)
        if form.is_Rational and form > 0:
            return "> 0"
        return self.known.get(form, "≥ 0" if form == 0 else by_parts)

    def _by_parts(self, one: Term) -> Sign | None:
        match one:
            case Number(value):
                return "> 0" if value > 0 else "≥ 0" if one == ZERO else None
            case Defined(_, body):
                return self.of(body)
            case Sum(terms):
                signs = [self.of(part) for part in terms]
                return None if None in signs else "> 0" if "> 0" in signs else "≥ 0"
            case Product(factors):
                signs = [self.of(part) for part in factors]
                return None if None in signs else "≥ 0" if "≥ 0" in signs else "> 0"
            case Quotient(numerator, denominator):
                return self.of(numerator) if self.is_positive(denominator) else None
            case Power(base, exponent):
                return self.of(base) or ("≥ 0" if exponent % 2 == 0 else None)
            case Inner(left, right) if left == right:
                return "≥ 0"
        return None
