"""`paper_repro.md` and the README's claim table: written from what is stored, and from nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..theorems._criteria import stamp
from ..theorems._evidence import HOLDING
from ._freshness import Part, problem
from ._layout import Layout
from ._markdown import number, prose, table
from ._notation import NOTATION
from ._store import read_json

PAPER = "Lion Secretly Solves Constrained Optimization, As Lyapunov Predicts"
MARKS = ("<!-- claims:begin -->", "<!-- claims:end -->")
# The head of the table in the README: the central results, in the order the paper tells them, and two ablations. Where
# some were not run, others follow.
HEAD = (
    "conjugate-laws-l1-norm",
    "contraction-explicit",
    "invariance",
    "ledger-identity",
    "ledger-signs",
    "one-step-descent",
    "global-lyapunov",
    "special-case-lion",
    "annealed-optimum-l1",
    "lambda-sweep",
    "coupled-decay-fails",
    "reversed-betas-fail",
)
# Words in the id or the file of claims that hold when a reading of the paper fails, or a hypothesis cannot be dropped.
REFUTATIONS = ("-not-", "ablation")
NUMBERS = ("measured", "bound", "margin", "wrongs caught", "cases")
LEGEND = """A claim holds when measured ≤ bound on every case; margin = bound − measured, in the unit of its full entry.
PROVED is shown for all by at least two independent routes, one of which covers all that the claim speaks of, and agrees
with what was measured; CHECKED_EXACT is exact arithmetic on the stated cases, CONSISTENT floating point within a
derived tolerance. The planted wrongs of a claim run on the same cases, and through each route, and must all be caught.
Hypotheses, units, where each bound comes from, what each proof takes for granted, and the command are under
[claims in full](#claims-in-full)."""


@dataclass(frozen=True)
class Results:
    """All that is stored and current, and what is not, each with the reason."""

    evidence: Sequence[Mapping[str, Any]]
    experiments: Sequence[Mapping[str, Any]]
    versions: Sequence[Mapping[str, str]]
    not_reproduced: Mapping[str, str]
    seed: int
    is_quick: bool


def results(layout: Layout, parts: Sequence[Part], seed: int, is_quick: bool) -> Results:
    """What is stored for `parts`; a result that does not stand for the code as it is counts as not reproduced."""
    problems = {str(part): found for part in parts if (found := problem(layout, part, seed, is_quick))}
    current = [part for part in parts if str(part) not in problems]
    claims = [read_json(layout.evidence(part.name)) or {} for part in current if part.kind == "claim"]
    experiments = [read_json(layout.record(part.name)) or {} for part in current if part.kind == "experiment"]
    versions: list[Mapping[str, str]] = []
    for record in (*claims, *experiments):
        if record["versions"] not in versions:
            versions.append(record["versions"])
    evidence = [{**claim["evidence"], "module": claim["module"]} for claim in claims]
    return Results(evidence, experiments, versions, problems, seed, is_quick)


def rendered(found: Results) -> str:
    """The text of `paper_repro.md`."""
    sections = (_head(found), _notation(), _claims(found), _figures(found), _differences(found), _details(found))
    return "\n\n".join(section.strip() for section in sections) + "\n"


def readme_block(found: Results) -> str:
    """The head of the claim table, as it stands in the README between its two marks."""
    columns = ("claim", "verdict", "measured", "bound", "margin", "planted wrongs caught")
    rows = [
        (_link(one), one["verdict"], *(number(one[key]) for key in ("measured", "bound", "margin")), _caught(one))
        for one in sorted(found.evidence, key=_rank)[: len(HEAD)]
    ]
    lines = [MARKS[0], table(columns, rows, right=columns[2:]), ""]
    if found.evidence:
        lines.append(f"{_tally(found)}. All of them are in [paper_repro.md](paper_repro.md#claims).")
    return "\n".join([*lines, MARKS[1]])


def with_block(readme: str, block: str) -> str:
    """The README with what stands between the marks replaced; unchanged where it does not have both marks."""
    before, begin, rest = readme.partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    return f"{before}{block}{after}" if begin and end else readme


def _head(found: Results) -> str:
    versions = [", ".join(f"{name} {version}" for name, version in one.items()) for one in found.versions]
    quick = "\n**This is a quick run, with fewer cases and steps than the full one.**\n" if found.is_quick else ""
    command = "lionlab reproduce" + (f" --seed {found.seed}" if found.seed else "") + (" --quick" * found.is_quick)
    return f"""# {PAPER}: what could be reproduced

The sentences of the paper ([arXiv 2310.05898](https://arxiv.org/abs/2310.05898)) about the discrete method, each as a
claim with what was measured. Written by `{command}` (`make reproduce` in a clone) from the results in `figures/data`:
do not edit it.
{quick}
- Claims: {_tally(found)}. Figures: {len(found.experiments)}. Not reproduced: {len(found.not_reproduced)}.
- Versions: {"; also ".join(versions) or "nothing was run"}.
- Seed: {found.seed}.
- Criteria, registered before the run: [criteria.json](lionlab/theorems/criteria.json), {stamp()}.
- Contents: [notation](#notation) · [claims](#claims) · [figures](#figures) ·
  [what differs](#what-differs-from-the-paper-or-could-not-be-reproduced) · [claims in full](#claims-in-full)"""


def _notation() -> str:
    rows = [(prose(symbol.symbol), symbol.code, prose(symbol.meaning)) for symbol in NOTATION]
    return "## Notation\n\n" + table(("symbol", "code", "meaning and sign"), rows)


def _claims(found: Results) -> str:
    columns = ("claim", "statement", "source", "verdict", "proved by", *NUMBERS)
    rows = [
        (
            _link(one, page=""),
            prose(one["statement"]),
            prose(one["source"]),
            one["verdict"],
            prose(", ".join(one["proved_by"])),
            *(number(one[key]) for key in ("measured", "bound", "margin")),
            _caught(one),
            str(one["cases"]),
        )
        for one in found.evidence
    ]
    return f"## Claims\n\n{LEGEND}\n\n" + table(columns, rows, right=NUMBERS)


def _figures(found: Results) -> str:
    columns = ("figure", "script", "title", "parameters", "seed")
    rows = [
        (
            f"[{prose(one['stem'])}](#{one['stem']})",
            f"[`experiments/{one['stem']}.py`](experiments/{one['stem']}.py)",
            prose(one["title"]),
            prose(_settings(one)),
            str(one["seed"]),
        )
        for one in found.experiments
    ]
    entries = [_figure(one) for one in found.experiments]
    return "\n\n".join(["## Figures", table(columns, rows, right=("seed",)), *entries])


def _figure(one: Mapping[str, Any]) -> str:
    stem = one["stem"]
    rows = [(prose(name.replace("_", " ")), number(value)) for name, value in one["findings"].items()]
    return f"""### {stem}

![{prose(one["title"])}](figures/{stem}.png)

{prose(one["caption"] or one["title"])}

{table(("finding", "value"), rows, right=("value",))}

`lionlab run {stem}` writes it, also [as PDF](figures/{stem}.pdf).
The numbers: [figures/data/{stem}.json](figures/data/{stem}.json)."""


def _differences(found: Results) -> str:
    lines = [f"- Not reproduced: {name}: {prose(reason)}." for name, reason in found.not_reproduced.items()]
    for one in found.evidence:
        reason = f": {prose(one['reason'])}" if one["reason"] else ""
        if one["verdict"] not in HOLDING:
            lines.append(f"- {_link(one, page='')} is {one['verdict']}{reason}")
        elif one["not_applicable"]:
            left_out = f"left out {one['not_applicable']} case(s) that miss a hypothesis"
            lines.append(f"- {_link(one, page='')} {left_out}{reason}")
        elif reason and not any(proof["outcome"] != "proved" for proof in one["proofs"]):
            lines.append(f"- {_link(one, page='')} did not measure all of its cases{reason}")
        if one["verdict"] in HOLDING and any(word in one["id"] + one["module"] for word in REFUTATIONS):
            shown = "shows where a reading fails or a hypothesis is needed"
            lines.append(f"- {_link(one, page='')} {shown}: {prose(one['statement'])}")
    if not found.evidence:
        lines.append("- No claim was run.")
    elif not found.not_reproduced and all(one["verdict"] in HOLDING for one in found.evidence):
        lines.append("- Every claim was run and holds on the cases it was run on; every figure was drawn.")
    measured = "\n".join(lines)
    told = (Path(__file__).parent / "differences.md").read_text(encoding="utf-8").strip()
    return f"""## What differs from the paper or could not be reproduced

What this run says:

{measured}

What was known before it:

{told}"""


def _details(found: Results) -> str:
    return "\n\n".join(["## Claims in full", *(_detail(one) for one in found.evidence)])


def _detail(one: Mapping[str, Any]) -> str:
    hypotheses = "; ".join(prose(hypothesis) for hypothesis in one["hypotheses"]) or "none"
    wrongs = [
        (
            prose(wrong["description"]),
            number(wrong["measured"]),
            number(wrong["bound"]),
            "yes" if wrong["caught"] else "**no**",
        )
        for wrong in one["wrongs"]
    ]
    planted = table(("planted wrong", "measured", "bound", "caught"), wrongs, right=("measured", "bound"))
    return f"""### {one["id"]}

{prose(one["statement"])} [{prose(one["source"])}]

- Hypotheses: {hypotheses}
- Measured: {prose(one["observable"])}
- Bound: {prose(one["tolerance"])}
- {one["verdict"]}: {number(one["measured"])} against {number(one["bound"])}, {one["cases"]} cases, seed {one["seed"]}
- Command: `lionlab verify {one["id"]}`

{planted if wrongs else "No planted wrong was run."}{_proofs(one)}"""


def _proofs(one: Mapping[str, Any]) -> str:
    """Each route's outcome, with what it takes for granted and what it leaves for others to check."""
    if not one["proofs"]:
        return ""
    columns = ("route", "outcome", "shows", "domain", "takes for granted", "wrongs caught", "smallest error", "files")
    rows = [
        (
            proof["route"],
            proof["outcome"],
            prose(proof["statement"]),
            prose(proof["domain"]) + ("" if proof["is_complete"] else " (part of what the claim speaks of)"),
            prose("; ".join(proof["assumptions"])),
            f"{proof['caught']}/{proof['planted']}",
            number(proof["smallest_error_caught"]),
            ", ".join(f"[{prose(name)}](figures/data/proofs/{one['id']}/{name})" for name in proof["artefacts"]),
        )
        for proof in one["proofs"]
    ]
    return "\n\n" + table(columns, rows, right=("wrongs caught", "smallest error"))


def _rank(one: Mapping[str, Any]) -> int:
    """Where a claim stands in the README's table; `sorted` keeps the order of those that are not of its head."""
    return HEAD.index(one["id"]) if one["id"] in HEAD else len(HEAD)


def _tally(found: Results) -> str:
    verdicts = [one["verdict"] for one in found.evidence]
    return ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in dict.fromkeys(verdicts)) or "none"


def _link(one: Mapping[str, Any], page: str = "paper_repro.md") -> str:
    return f"[{prose(one['id'])}]({page}#{one['id']})"


def _caught(one: Mapping[str, Any]) -> str:
    return f"{one['caught']}/{one['planted']}" if one["cases"] else "–"


def _settings(one: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {number(value)}" for name, value in one["parameters"].items())
