"""Terms as they stand on a page: in Unicode, and in LaTeX."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ._terms import (
    Constant,
    Defined,
    Gradient,
    Inner,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Term,
    Value,
    Vector,
)  # fmt: skip

# How tightly a written term holds together.
SUM, PRODUCT, POWER, ATOM = range(4)
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
ACCENTS = {"\u0303": r"\tilde", "\u0307": r"\dot", "\u0308": r"\ddot", "\u0304": r"\bar", "\u0302": r"\hat"}
LETTERS = {
    "∇": r"\nabla ", "∂": r"\partial ", "Δ": r"\Delta ", "≤": r"\leq ", "≥": r"\geq ", "⟨": r"\langle ",
    "⟩": r"\rangle ",
    "‖": r"\|", "·": r"\cdot ", "−": "-", "*": "^{*}", "⁺": "^{+}", "′": "'", "½": r"\tfrac{1}{2}", "∈": r"\in ",
    "α": r"\alpha ", "β": r"\beta ", "γ": r"\gamma ", "δ": r"\delta ", "ε": r"\varepsilon ", "η": r"\eta ",
    "θ": r"\theta ", "κ": r"\kappa ", "λ": r"\lambda ", "μ": r"\mu ", "ρ": r"\rho ", "σ": r"\sigma ", "φ": r"\varphi ",
    "ψ": r"\psi ", "Σ": r"\textstyle\sum ", "ℓ": r"\ell ", "²": "^{2}", "≠": r"\neq ", "→": r"\to ", "∞": r"\infty ",
}  # fmt: skip


def latex_name(name: str) -> str:
    """A name in LaTeX: m̃⁺ is \\tilde{m}^{+}."""
    found = ""
    name = name.replace("dist(", "\\operatorname{dist}(").replace("inf ", "\\inf ")
    for letter in unicodedata.normalize("NFD", re.sub(r"_(\w\*?)", r"_{\1}", name)):
        if letter in ACCENTS:
            body = found[-1:] if not found.endswith(" ") else found[found.rindex("\\") :].strip()
            found = f"{found[: len(found) - len(body) - found.endswith(' ')]}{ACCENTS[letter]}{{{body}}}"
        elif "₀" <= letter <= "₉":
            found += f"_{{{ord(letter) - ord('₀')}}}"
        elif letter in "ₜₕₖᵢ":
            found += f"_{{{'thki'['ₜₕₖᵢ'.index(letter)]}}}"
        else:
            found += LETTERS.get(letter, letter)
    return found.replace("}^{*}^{+}", "}^{*+}").replace("^{+}^{2}", "^{+2}").strip()


@dataclass(frozen=True)
class Script:
    """One way of writing: names, fractions, and brackets of two sizes."""

    name: Callable[[str], str]
    brackets: tuple[tuple[str, str], ...]
    angles: tuple[str, str, str]
    norm: tuple[str, str]
    minus: str
    is_stacked: bool

    def power(self, base: str, exponent: int) -> str:
        """base^exponent."""
        return f"{base}^{{{exponent}}}" if self.is_stacked else base + str(exponent).translate(SUPERSCRIPTS)

    def fraction(self, value: Fraction) -> tuple[str, int]:
        """A number ≥ 0, and how tightly it holds."""
        if value.denominator == 1:
            return str(value.numerator), ATOM
        if self.is_stacked:
            return rf"\tfrac{{{value.numerator}}}{{{value.denominator}}}", ATOM
        return ("½", ATOM) if value == Fraction(1, 2) else (f"{value.numerator}/{value.denominator}", PRODUCT)

    def enclosed(self, text: str) -> str:
        """The text in brackets, square ones around round ones, curly ones around square ones."""
        first, last = self.brackets[2 if "[" in text else 1 if "(" in text else 0]
        return f"{first}{text}{last}"

    def held(self, one: Term, tightness: int) -> str:
        """The term, in brackets if it does not hold together well enough."""
        text, own = self.written(one)
        return text if own >= tightness else self.enclosed(text)

    def __call__(self, one: Term) -> str:
        return self.written(one)[0]

    def written(self, one: Term) -> tuple[str, int]:
        """The term and how tightly it holds together."""
        match one:
            case Number(value):
                text, own = self.fraction(abs(value))
                return (text, own) if value >= 0 else (self.minus + text, SUM)
            case Constant(name) | Vector(name) | Defined(name, _):
                return self.name(name), ATOM
            case Sum():
                return "".join(self.summands(one)), SUM
            case Negative(body):
                return self.minus + self.held(body, PRODUCT), SUM
            case Quotient():
                return self._quotient(one)
            case Product(factors):
                return self._product(factors), PRODUCT
            case Power(base, exponent):
                return self.power(self.held(base, ATOM), exponent), POWER
            case Inner(left, right) if left == right:
                return self.power(self.norm[0] + self(left) + self.norm[1], 2), POWER
            case Inner(left, right):
                return f"{self.angles[0]}{self(left)}{self.angles[1]}{self(right)}{self.angles[2]}", ATOM
            case Value(function, point):
                return f"{self.name(function.name)}({self(point)})", ATOM
            case Gradient(function, point):
                return self.name(f"∇{function.name}") + f"({self(point)})", ATOM
        raise TypeError(f"{type(one).__name__} is not written.")

    def summands(self, one: Term) -> list[str]:
        """The summands with their signs, ready to be joined."""
        found: list[str] = []
        for part in _flat(one):
            is_negative = isinstance(part, Negative) or (isinstance(part, Number) and part.value < 0)
            body = -part if is_negative else part
            text = self.held(body, PRODUCT if is_negative or isinstance(body, Number) else SUM)
            sign = (f" {self.minus} " if is_negative else " + ") if found else self.minus if is_negative else ""
            found.append(sign + text)
        return found

    def _quotient(self, one: Quotient) -> tuple[str, int]:
        if self.is_stacked:
            return rf"\frac{{{self(one.numerator)}}}{{{self(one.denominator)}}}", PRODUCT
        above, below = self.held(one.numerator, PRODUCT), self.held(one.denominator, POWER)
        return f"{above}/{below}", PRODUCT

    def _product(self, factors: Sequence[Term]) -> str:
        texts: list[str] = []
        for i, factor in enumerate(factors):
            is_ratio = isinstance(factor, Quotient) and not self.is_stacked
            is_ratio |= isinstance(factor, Number) and "/" in self.fraction(abs(factor.value))[0]
            # A ratio in front of other factors takes brackets: (γ/λ)K*(λx).
            text = self.held(factor, POWER if is_ratio and len(factors) > 1 else PRODUCT)
            digits = i and text[0].isdigit()
            texts.append((" · " if not self.is_stacked else r" \cdot ") + text if digits else text)
        return (" " if self.is_stacked else "").join(texts)


def _flat(one: Term) -> list[Term]:
    """The summands of a sum of sums; those behind a minus stay together."""
    return [part for inner in one.terms for part in _flat(inner)] if isinstance(one, Sum) else [one]


TEXT = Script(str, (("(", ")"), ("[", "]"), ("{", "}")), ("⟨", ", ", "⟩"), ("‖", "‖"), "−", False)
LATEX = Script(
    latex_name,
    (("(", ")"), ("[", "]"), (r"\{", r"\}")),
    (r"\langle ", ",\\, ", r"\rangle "),
    (r"\| ", r" \|"),
    "-",
    True,
)
