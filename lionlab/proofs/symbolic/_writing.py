"""Terms as they stand on a page: in Unicode, and in LaTeX."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

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
OPERATORS = {
    "=": "=", "≠": r"\neq ", "<": "<", ">": ">", "≤": r"\leq ", "≥": r"\geq ", "+": "+", "−": "-", "±": r"\pm ",
    "∈": r"\in ", "∉": r"\notin ", "→": r"\to ", "×": r"\times ", "/": "/",
}  # fmt: skip
SYMBOLS = {
    "∇": r"\nabla ", "∂": r"\partial ", "‖": r"\|", "|": "|", "·": r"\cdot ", "½": r"\tfrac{1}{2}", "∞": r"\infty ",
    "Σ": r"\textstyle\sum ", "ℓ": r"\ell ", "∅": r"\emptyset ", "Γ": r"\Gamma ", "Δ": r"\Delta ", "Θ": r"\Theta ",
    "Λ": r"\Lambda ", "Φ": r"\Phi ", "Ψ": r"\Psi ", "Ω": r"\Omega ", "α": r"\alpha ", "β": r"\beta ", "γ": r"\gamma ",
    "δ": r"\delta ", "ε": r"\varepsilon ", "ζ": r"\zeta ", "η": r"\eta ", "θ": r"\theta ", "ι": r"\iota ",
    "κ": r"\kappa ", "λ": r"\lambda ", "μ": r"\mu ", "ν": r"\nu ", "ξ": r"\xi ", "π": r"\pi ", "ρ": r"\rho ",
    "σ": r"\sigma ", "τ": r"\tau ", "υ": r"\upsilon ", "φ": r"\varphi ", "χ": r"\chi ", "ψ": r"\psi ",
    "ω": r"\omega ",
}  # fmt: skip
BRACKETS = {"(": ")", "[": "]", "{": "}", "⟨": "⟩"}
BRACKET_LATEX = {"⟨": r"\langle ", "⟩": r"\rangle ", "{": r"\{", "}": r"\}"}
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ₜₕₖᵢₙ", "0123456789+-thkin", strict=True))
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻*", "0123456789+-*", strict=True))
OUTSIDE = {"–": "--", "—": "---", "’": "'", "“": "``", "”": "''", "…": r"\ldots{}", "\\": r"\textbackslash{}"}
OUTSIDE |= {letter: f"\\{letter}" for letter in "%&#$_{}"} | {"^": r"\^{}", "~": r"\~{}"}
FUNCTIONS = "argmax argmin conv cosh dist dom exp inf log max min prox sup tanh".split()
SHORT_WORDS = frozenset("am an as at be by do go he if in is it no of on or so to up us we".split())

TOKEN = re.compile(
    r"(?P<space>\s+)"
    rf"|(?P<function>(?:{'|'.join(FUNCTIONS)})(?![A-Za-z])|sign(?=\())"
    r"|(?P<tail>['’-][A-Za-z]+)"
    r"|(?P<letters>[A-Za-z]+)(?P<accent>[\u0300-\u036f]?)"
    r"|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<script>(?<=D)_[A-Za-z]\*|[_^]\{[^{}]*\}|_[A-Za-z]+"
    rf"|[{''.join(LOWERED)}]+|[{''.join(RAISED)}]+|[′″]+)"
    rf"|(?P<operator>[{''.join(OPERATORS)}])"
    rf"|(?P<symbol>[{''.join(SYMBOLS)}])(?P<hat>[\u0300-\u036f]?)"
    r"|(?P<open>[(\[{⟨])|(?P<close>[)\]}⟩])|(?P<comma>[,;])|(?P<other>.)",
    re.DOTALL,
)

Kind = Literal["math", "function", "operator", "open", "close", "space", "comma", "word"]


@dataclass(frozen=True)
class Piece:
    """A piece of a line: `math` is how it is set in a formula, `said` how it is set in prose if no formula takes it."""

    kind: Kind
    math: str
    said: str


def latex_name(name: str) -> str:
    """A name in LaTeX: m̃⁺ is \\tilde{m}^{+}."""
    return _joined(_pieces(name, is_prose=False))


def latex_prose(words: str) -> str:
    """Prose for LaTeX, its formulas between dollars.

    A bracket is part of a formula only together with the one that closes it and with nothing but formulas between, so
    that what stands between two dollars is balanced.
    """
    pieces = _bracketed(_pieces(words, is_prose=True))
    found, run = "", list[Piece]()
    for i, piece in enumerate(pieces):
        after = pieces[i + 1].kind if i + 1 < len(pieces) else "word"
        is_inside = piece.kind in ("math", "function", "operator")
        if piece.kind == "space" and run:
            # Of two formulas side by side, as `K(z) M`, each is set on its own: only a sign or a function joins them.
            is_joint = run[-1].kind != "math" or after != "math"
            is_inside = is_joint and after in ("math", "function", "operator")
        if is_inside:
            run.append(piece)
            continue
        found += (f"${_joined(run)}$" if run else "") + piece.said
        run = []
    return found + (f"${_joined(run)}$" if run else "")


def _joined(pieces: Sequence[Piece]) -> str:
    return re.sub(" +", " ", "".join(piece.math for piece in pieces)).strip()


def _pieces(text: str, is_prose: bool) -> list[Piece]:
    # Decomposed, so that accents stand alone; ≠ and ∉ are no accented letters.
    plain = unicodedata.normalize("NFD", text).replace("=\u0338", "≠").replace("∈\u0338", "∉")
    return [_piece(found, is_prose) for found in TOKEN.finditer(plain)]


def _piece(found: re.Match[str], is_prose: bool) -> Piece:
    raw, kind = found[0], found.lastgroup
    match kind:
        case "space":
            return Piece("space", " ", " ")
        case "function":
            return Piece("function", rf"\operatorname{{{raw}}}", "")
        case "number":
            return Piece("math", raw, "")
        case "script":
            return Piece("math", _script(raw), "")
        case "operator":
            return Piece("operator", OPERATORS[raw], "")
        case "open" | "close":
            in_math = BRACKET_LATEX.get(raw, raw)
            said = raw if raw in "()[]" else f"${in_math.strip()}$"
            return Piece("open" if kind == "open" else "close", in_math, said)
        case "comma":
            return Piece("comma", raw, raw)
        case "hat":
            return Piece("math", _accented(SYMBOLS[found["symbol"]], found["hat"]), "")
        case "accent" if not is_prose or not _is_word(found):
            letters = found["letters"]
            product = letters[:-1] + _accented(letters[-1], found["accent"])
            return Piece("math", r"\mathrm{lr}" if letters == "lr" else product, "")
        case _:
            return _outside(raw)


def _outside(raw: str) -> Piece:
    """What is no formula; a sign that has no name here is said in words, since a page has to be ASCII."""
    said = ""
    for letter in raw:
        said += OUTSIDE.get(letter) or (letter if letter.isascii() else unicodedata.name(letter, "sign").lower())
    return Piece("word", rf"\text{{{said}}}", said)


def _accented(letter: str, accent: str) -> str:
    if not accent:
        return letter
    return f"{ACCENTS[accent]}{{{letter.strip()}}}" if accent in ACCENTS else letter + _outside(accent).math


def _script(raw: str) -> str:
    if raw[0] in "′″":
        return raw.replace("″", "′′").replace("′", "'")
    if raw[0] in LOWERED:
        return f"_{{{''.join(LOWERED[letter] for letter in raw)}}}"
    if raw[0] in RAISED:
        return f"^{{{''.join(RAISED[letter] for letter in raw)}}}"
    body = raw[2:-1] if raw[1] == "{" else raw[1:]
    is_word = len(body) > 1 and body.isalpha() and body.isascii() and raw[1] != "{"
    set_body = rf"\mathrm{{{body}}}" if is_word else latex_name(body)
    return f"{raw[0]}{{{set_body}}}"


def _is_word(found: re.Match[str]) -> bool:
    """Whether letters are a word: longer than any product of letters here, a short word, or the article."""
    letters = found["letters"]
    if letters not in ("a", "A"):
        return len(letters) > 2 or letters.casefold() in SHORT_WORDS
    before, after = found.string[: found.start()].rstrip(), found.string[found.end() :]
    is_factor = before[-1:] in {*OPERATORS, *SYMBOLS, "("} or before[-1:].isdigit()
    return not (is_factor or re.match(rf"\s?[{''.join(OPERATORS)}]|[^\s\w'’-]|_|[^\W\d_a-z]", after))


def _bracketed(pieces: Sequence[Piece]) -> list[Piece]:
    """Brackets with nothing but formulas between become one piece; a bracket without its partner stays in the prose."""
    found: list[Piece] = []
    opened: list[int] = []
    for piece in pieces:
        found.append(piece)
        if piece.kind == "open":
            opened.append(len(found) - 1)
        elif piece.kind == "close" and opened:
            start = opened.pop()
            within, is_pair = found[start:], _closes(found[start], piece)
            if is_pair and all(one.kind not in ("word", "open", "close") for one in within[1:-1]):
                found[start:] = [Piece("math", _joined(within), "")]
    return found


def _closes(first: Piece, last: Piece) -> bool:
    pair = (first.math, last.math)
    return any((BRACKET_LATEX.get(low, low), BRACKET_LATEX.get(high, high)) == pair for low, high in BRACKETS.items())


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
        if self.is_stacked:
            # Two superscripts on one letter are an error in LaTeX.
            return f"{{{base}}}^{{{exponent}}}" if re.search(r"(\^\{[^{}]*\}|')$", base) else f"{base}^{{{exponent}}}"
        return base + str(exponent).translate(SUPERSCRIPTS)

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
