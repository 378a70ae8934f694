"""The README's head of the claim table: central results of different kinds, each a claim there is."""

from lionlab.reproduction._report import HEAD, Results, readme_block
from lionlab.theorems import claims


def row(claim_id):
    numbers = {"measured": 0.5, "bound": 1.0, "margin": 0.5, "caught": 3, "planted": 3, "cases": 1}
    return {"id": claim_id, "verdict": "CONSISTENT", **numbers}


def ids_of(evidence):
    block = readme_block(Results(evidence, [], [], {}, 0, False))
    return [line.split("](")[0].removeprefix("| [") for line in block.splitlines() if line.startswith("| [")]


def test_every_one_is_a_claim_and_no_kind_fills_the_table():
    modules = [claim.measure for claim in claims() if claim.id in HEAD]
    assert len(modules) == len(set(HEAD)) == len(HEAD) == 12
    assert sum(name.startswith("conjugate-laws") for name in HEAD) == 1


def test_the_head_stands_first_and_in_its_order():
    everything = [row(claim.id) for claim in claims()]
    assert ids_of(everything) == list(HEAD)


def test_others_fill_up_where_the_head_was_not_run():
    assert ids_of([row("other"), row("invariance")]) == ["invariance", "other"]
