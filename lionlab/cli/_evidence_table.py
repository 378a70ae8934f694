"""Evidence as people read it: a row per claim, reasons below it, what a proof rests on, and stored counterexamples."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ._console import number, print_prose, print_table

Evidence = Mapping[str, Any]
NUMBERS = ("measured", "bound", "margin", "planted caught", "cases", "seconds")
PROOF_COLUMNS = ("route", "outcome", "domain", "facts", "planted caught", "smallest error caught")


def print_evidence(evidences: Sequence[Evidence]) -> None:
    """The table of claims with their margins, then why each one that does not hold does not."""
    # Stored evidence does not say how long it took.
    numbers = NUMBERS if any("seconds" in evidence for evidence in evidences) else NUMBERS[:-1]
    columns = ("claim", "verdict", *numbers)
    print_table("", columns, [_row(evidence)[: len(columns)] for evidence in evidences], right=numbers)
    for evidence in evidences:
        if evidence["reason"]:
            left_out = evidence["not_applicable"]
            cases = f" ({left_out} case(s) left out)" if left_out and evidence["cases"] else ""
            print_prose(f"{evidence['id']}: {evidence['reason']}{cases}")
        if evidence["verdict"] == "INCONCLUSIVE":
            missed = [wrong["description"] for wrong in evidence["wrongs"] if not wrong["caught"]]
            for wrong in missed:
                print_prose(f"planted wrong not caught: {wrong}", indent=2)


def print_wrongs(evidence: Evidence) -> None:
    """What was planted in one claim, and by how much each wrong was caught."""
    print_prose(evidence["statement"])
    for heading, key in (("source", "source"), ("measured", "observable"), ("bound", "tolerance")):
        print_prose(f"{heading}: {evidence[key]}", indent=2)
    rows = [
        (
            wrong["description"],
            number(wrong["measured"]),
            number(wrong["bound"]),
            "caught" if wrong["caught"] else "MISSED",
        )
        for wrong in evidence["wrongs"]
    ]
    if rows:
        print_table("planted wrongs", ("wrong", "measured", "bound", "outcome"), rows, right=("measured", "bound"))


def print_proofs(evidence: Evidence) -> None:
    """The routes tried on one claim: outcome, domain, what was planted, what is taken for granted."""
    proofs = evidence.get("proofs", ())
    if not proofs:
        return
    rows = [
        (
            proof["route"],
            proof["outcome"],
            proof["domain"] + ("" if proof["is_complete"] else " (part of what the claim speaks of)"),
            str(proof["obligations"]),
            f"{proof['caught']}/{proof['planted']}",
            number(proof["smallest_error_caught"]),
        )
        for proof in proofs
    ]
    print_table("proofs", PROOF_COLUMNS, rows, right=PROOF_COLUMNS[3:])
    for proof in proofs:
        print_prose(f"{proof['route']}: {proof['said'] or proof['statement']}", indent=2)
        if proof["assumptions"]:
            print_prose(f"takes for granted: {'; '.join(proof['assumptions'])}", indent=4)
        for missed in proof["missed"]:
            print_prose(f"NOT REFUTED: {missed}", indent=4)


def tally(evidences: Iterable[Evidence]) -> str:
    """How many there are of each verdict, in words."""
    verdicts = [evidence["verdict"] for evidence in evidences]
    return ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in dict.fromkeys(verdicts)) or "no claims"


def store_counterexample(evidence: Evidence, folder: Path, command: str) -> Path:
    """Writes what is needed to replay a violation, and the command that does; returns the path."""
    from ..reproduction._store import write_json
    from ..reproduction._versions import versions

    path = folder / "counterexamples" / f"{evidence['id']}.json"
    kept = ("id", "statement", "source", "seed", "observable", "measured", "bound", "counterexample")
    write_json(path, {**{key: evidence[key] for key in kept}, "command": command, "versions": versions()})
    return path


def _row(evidence: Evidence) -> list[str]:
    caught = f"{evidence['caught']}/{evidence['planted']}" if evidence["cases"] else "–"
    return [
        evidence["id"],
        evidence["verdict"],
        *(number(evidence[key]) for key in ("measured", "bound", "margin")),
        caught,
        str(evidence["cases"]),
        f"{evidence.get('seconds', 0.0):.1f}",
    ]
