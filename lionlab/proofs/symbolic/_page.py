"""A derivation as a page to read, in Unicode, and the same page in LaTeX."""

from collections.abc import Iterable, Sequence

from ._derivation import Derivation, Step
from ._signs import Chain
from ._terms import ONE, Defined, Number, Sum, Term
from ._writing import LATEX, PRODUCT, TEXT, Script, latex_name

WIDTH = 108
LATEX_RELATIONS = {"=": "=", "≤": r"\leq", "≥": r"\geq", "<": "<"}


def chain_text(one: Chain, script: Script = TEXT) -> str:
    """0 ≤ β₁ ≤ β₂ < 1."""
    found = script(one.terms[0])
    for relation, part in zip(one.relations, one.terms[1:], strict=True):
        found += f" {LATEX_RELATIONS[relation] if script.is_stacked else relation} {script(part)}"
    return found


def relation_lines(left: Term, relation: str, right: Term, indent: int = 0) -> list[str]:
    """left relation right; where the line is too long the right side is broken before a sign."""
    start = f"{TEXT(left)} {relation} "
    if len(start) + len(TEXT(right)) <= WIDTH - indent:
        return [start + TEXT(right)]
    parts = TEXT.summands(right) if isinstance(right, Sum) else [TEXT(right)]
    lines, room = [start], min(len(start), 12)
    for part in parts:
        if len(lines[-1]) + len(part) > WIDTH - indent and lines[-1].strip():
            lines.append(" " * room + part.lstrip())
        else:
            lines[-1] += part
    return lines


def statement(one: Step) -> str:
    """The step as one line."""
    return f"{TEXT(one.left)} {one.relation} {TEXT(one.right)}"


def text(derivation: Derivation) -> str:
    """The page in Unicode."""
    lines = [derivation.title, ""]
    said = [*derivation.setting, ", ".join(map(chain_text, derivation.hypotheses))]
    lines += _hanging("Let", (one for one in said if one))
    named = [line for one in derivation.definitions() for line in _definition(one)]
    lines += _hanging("Where", named) if named else []
    lines += ["", *_hanging("Then", _of_step(derivation.statement)), "", "  Proof."]
    for i, step in enumerate(derivation.steps, 1):
        head, *rest = _of_step(step, 6)
        lines += [f"  {f'({i})':5} {head}", *(f"        {line}" for line in rest), *_reasons(step)]
    lines[-1] += "  ∎"
    return "\n".join(line.rstrip() for line in lines)


def _of_step(step: Step, indent: int = 0) -> list[str]:
    return relation_lines(step.left, step.relation, step.right, indent + 8)


def _definition(one: Defined) -> list[str]:
    return relation_lines(one, "=", one.body, 8)


def _hanging(word: str, items: Iterable[str]) -> list[str]:
    lines: list[str] = []
    for item in items:
        for line in _filled(item):
            lines.append(f"  {word if not lines else '':6}{line}")
    return lines


def _filled(line: str) -> list[str]:
    """The line, broken between words where it is longer than the page."""
    if len(line) <= WIDTH - 8 or line != " ".join(line.split()):
        return [line]
    lines = [""]
    for word in line.split(" "):
        if len(lines[-1]) + len(word) + 1 > WIDTH - 8:
            lines.append("  ")
        lines[-1] += (" " if lines[-1].strip() else "") + word
    return lines


def _reasons(step: Step) -> list[str]:
    found = [f"            {line}" for line in _filled(step.reason)]
    if not step.because:
        return found
    found[-1] += "; " + ("the right side less the left is" if step.relation == "≤" else "by")
    room = " " * 14
    for i, (weight, fact) in enumerate(step.because):
        is_negative = isinstance(weight, Number) and weight.value < 0
        sign = "− " if is_negative else "+ " if i else "  "
        size = -weight if is_negative else weight
        factor = "" if size == ONE else f"{TEXT.held(size, PRODUCT)} · "
        whole = factor + (f"[{TEXT(fact.term)}]" if isinstance(fact.term, Sum) else TEXT.held(fact.term, PRODUCT))
        ends = f"{fact.relation} 0, {fact.reason}"
        if len(room + sign + whole + ends) + 4 <= WIDTH + 12:
            found.append(f"{room}{sign}{whole}    {ends}")
        else:
            found += [room + sign + whole, f"{room}      {ends}"]
    return found


def latex(derivation: Derivation) -> str:
    """The page in LaTeX (needs amsmath); theorem and proof, nothing else of a document."""
    lines = [rf"\paragraph{{{_prose(derivation.title)}.}}"]
    lines += [f"Let {'; '.join(map(_prose, derivation.setting))}."] if derivation.setting else []
    if derivation.hypotheses:
        lines.append("Suppose $" + ",\\ ".join(chain_text(one, LATEX) for one in derivation.hypotheses) + "$.")
    named = [rf"{LATEX(one)} &= {LATEX(one.body)}" for one in derivation.definitions()]
    if named:
        lines += ["Write", *_aligned(named)]
    lines += ["Then", r"\[", f"  {formula(derivation.statement)}.", r"\]", r"\emph{Proof.}", r"\begin{enumerate}"]
    for step in derivation.steps:
        lines += [rf"\item ${formula(step)}$", rf"  \\ {_prose(step.reason)}."]
        if step.because:
            lines += _aligned(
                f"{'' if weight == ONE else LATEX.held(weight, PRODUCT) + ' '}"
                rf"&\bigl[{LATEX(fact.term)}\bigr] {LATEX_RELATIONS[fact.relation]} 0"
                rf" &&\text{{{_prose(fact.reason)}}}"
                for weight, fact in step.because
            )
    return "\n".join([*lines, r"\end{enumerate}", r"\hfill$\square$"])


def formula(step: Step) -> str:
    """left relation right in LaTeX."""
    return f"{LATEX(step.left)} {LATEX_RELATIONS[step.relation]} {LATEX(step.right)}"


def _aligned(rows: Iterable[str]) -> list[str]:
    joined: Sequence[str] = list(rows)
    return [r"\begin{align*}", " \\\\\n".join(f"  {row}" for row in joined), r"\end{align*}"]


def _prose(words: str) -> str:
    """Prose for LaTeX: neighbouring words that are formulas are set as one."""
    groups: list[tuple[bool, list[str]]] = []
    is_open = False
    for word in words.split(" "):
        core = word.rstrip(",;:.")
        is_formula = _is_formula(core)
        if groups and groups[-1][0] == is_formula and (is_open or not is_formula):
            groups[-1][1].append(word)
        else:
            groups.append((is_formula, [word]))
        is_open = core == word
    return " ".join(
        _formula_in_prose(" ".join(group)) if is_formula else " ".join(group) for is_formula, group in groups
    )


def _is_formula(word: str) -> bool:
    has_signs = any(letter in "=<>*/+|^_" or not (letter.isascii() or letter in "–éö’…") for letter in word)
    return has_signs or word.isdigit() or (len(word) == 1 and word.isalpha() and word not in "aA") or ("(" in word[1:])


def _formula_in_prose(text: str) -> str:
    core = text.rstrip(",;:.")
    return f"${latex_name(core)}${text[len(core) :]}"
