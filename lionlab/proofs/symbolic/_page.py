"""A derivation as a page to read, in Unicode, and the same page in LaTeX."""

from collections.abc import Iterable, Sequence

from ._derivation import Derivation, Step
from ._signs import Chain
from ._terms import ONE, Defined, Number, Sum, Term
from ._writing import LATEX, PRODUCT, TEXT, Script, latex_prose

WIDTH = 108
LATEX_RELATIONS = {"=": "=", "≤": r"\leq", "≥": r"\geq", "<": "<"}


def chain_text(one: Chain, script: Script = TEXT) -> str:
    """0 ≤ β₁ ≤ β₂ < 1."""
    found = script(one.terms[0])
    for relation, part in zip(one.relations, one.terms[1:], strict=True):
        found += f" {LATEX_RELATIONS[relation] if script.is_stacked else relation} {script(part)}"
    return found


def merged(chains: Iterable[Chain]) -> list[Chain]:
    """The same hypotheses without repetition: 0 ≤ β₂ ≤ 1, β₂ < 1 is 0 ≤ β₂ < 1, and ηλ ≤ 1 < 2 is ηλ ≤ 1."""
    found = [_without_numbers(one) for one in chains]
    strict = {link for one in found for link in _links(one) if link[1] == "<"}
    found = [
        Chain(one.terms, tuple("<" if (low, "<", high) in strict else sign for low, sign, high in _links(one)))
        for one in found
    ]
    kept: list[Chain] = []
    for one in sorted(found, key=lambda one: -len(one.terms)):
        if not any(set(_links(one)) <= set(_links(other)) for other in kept):
            kept.append(one)
    joined: list[Chain] = []
    for one in (one for one in dict.fromkeys(found) if one in kept):
        last = next((each for each in joined if each.terms[-1] == one.terms[0]), None)
        if last is None or isinstance(one.terms[0], Number):
            joined.append(one)
        else:
            whole = Chain(last.terms + one.terms[1:], last.relations + one.relations)
            joined[joined.index(last)] = whole
    return joined


def _links(one: Chain) -> list[tuple[Term, str, Term]]:
    return list(zip(one.terms, one.relations, one.terms[1:], strict=False))


def _without_numbers(one: Chain) -> Chain:
    """Without what a chain says of two numbers at its end: the steps need it, a reader knows it."""
    while len(one.terms) > 2 and isinstance(one.terms[-1], Number) and isinstance(one.terms[-2], Number):
        one = Chain(one.terms[:-1], one.relations[:-1])
    return one


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
    said = [*derivation.setting, ", ".join(map(chain_text, merged(derivation.hypotheses)))]
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
    found[-1] += f"; {_link(step)}"
    room = " " * 14
    for i, (weight, fact) in enumerate(step.because):
        sign, size = _signed(weight, i)
        factor = "" if size == ONE else f"{TEXT.held(size, PRODUCT)} · "
        whole = factor + (f"[{TEXT(fact.term)}]" if isinstance(fact.term, Sum) else TEXT.held(fact.term, PRODUCT))
        ends = f"{fact.relation} 0, {fact.reason}"
        if len(room + sign + whole + ends) + 4 <= WIDTH + 12:
            found.append(f"{room}{sign}{whole}    {ends}")
        else:
            found += [room + sign + whole, f"{room}      {ends}"]
    return found


def _link(step: Step) -> str:
    """What stands between the reason and the weighted sum of the facts."""
    return "the right side less the left is" if step.relation == "≤" else "by"


def _signed(weight: Term, index: int) -> tuple[str, Term]:
    """The sign before a weight in the sum, and what follows it."""
    if isinstance(weight, Number) and weight.value < 0:
        return "− ", -weight
    return "+ " if index else "  ", weight


def _weighted_fact(step: Step, index: int) -> tuple[str, str]:
    """A summand of right − left in LaTeX, and below it why its bracket is ≥ 0 or = 0."""
    weight, fact = step.because[index]
    sign, size = _signed(weight, index)
    before = {"−": "-{}", "+": "+{}", "": r"\phantom{+}"}[sign.strip()]
    factor = "" if size == ONE else rf"{LATEX.held(size, PRODUCT)} \cdot "
    return (
        rf"& {before} {factor}\bigl[{LATEX(fact.term)}\bigr]",
        rf"& \qquad \text{{where $[\ldots] {LATEX_RELATIONS[fact.relation]} 0$: {latex_prose(fact.reason)}}}",
    )


def latex(derivation: Derivation) -> str:
    """The page in LaTeX (needs amsmath and amssymb); theorem and proof, nothing else of a document."""
    lines = [rf"\paragraph{{{latex_prose(derivation.title)}.}}"]
    lines += [f"Let {'; '.join(map(latex_prose, derivation.setting))}."] if derivation.setting else []
    if derivation.hypotheses:
        lines.append("Suppose $" + ",\\ ".join(chain_text(one, LATEX) for one in merged(derivation.hypotheses)) + "$.")
    named = [rf"{LATEX(one)} &= {LATEX(one.body)}" for one in derivation.definitions()]
    if named:
        lines += ["Write", *_aligned(named)]
    lines += ["Then", r"\[", f"  {formula(derivation.statement)}.", r"\]", r"\emph{Proof.}", r"\begin{enumerate}"]
    for step in derivation.steps:
        end = f"; {_link(step)}" if step.because else "."
        lines += [rf"\item ${formula(step)}$", rf"  \newline {latex_prose(step.reason)}{end}"]
        if step.because:
            lines += _aligned(row for i in range(len(step.because)) for row in _weighted_fact(step, i))
    return "\n".join([*lines, r"\end{enumerate}", r"\hfill$\square$"])


def formula(step: Step) -> str:
    """left relation right in LaTeX."""
    return f"{LATEX(step.left)} {LATEX_RELATIONS[step.relation]} {LATEX(step.right)}"


def _aligned(rows: Iterable[str]) -> list[str]:
    joined: Sequence[str] = list(rows)
    return [r"\begin{align*}", " \\\\\n".join(f"  {row}" for row in joined), r"\end{align*}"]
