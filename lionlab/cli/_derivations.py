"""What `describe` tells of a claim's proofs: the routes there are, and the derivation as mathematics."""

from typing import Any

Lines = dict[str, Any]


def proofs_of_claim(claim_id: str) -> Lines:
    """Each route to the claim with what it shows, its domain and what it takes for granted. Nothing is run."""
    from ..proofs import proofs_of

    return {proof.route: _of_proof(proof) for proof in proofs_of(claim_id)}


def derivation_pages(claim_id: str) -> dict[str, str]:
    """The derivation as "text" and as "latex"; empty where the claim has none. Written, not checked."""
    from ..proofs import proofs_of
    from ..proofs.symbolic import Derived, pages

    for proof in proofs_of(claim_id):
        if isinstance(proof.prove, Derived):
            written = pages(proof.prove.build(proof.subject))
            return {"text": written["derivation.txt"].rstrip(), "latex": written["derivation.tex"].rstrip()}
    return {}


def _of_proof(proof: Any) -> Lines:
    return {
        "shows": proof.statement,
        "for": proof.domain,
        "covers the whole claim": "yes" if proof.is_complete else "no",
        "takes for granted": list(proof.assumptions),
        "needs": list(proof.needs),
    }


def print_proofs(routes: Lines) -> None:
    """A paragraph for each route."""
    from ._console import print_prose

    print("proofs:" if routes else "proofs: none")
    for route, said in routes.items():
        print_prose(f"- {route}: {said['shows']}", indent=2)
        print_prose(f"for {said['for']}", indent=4)
        if said["covers the whole claim"] == "no":
            print_prose("a part of what the claim speaks of", indent=4)
        if said["takes for granted"]:
            print_prose(f"taken for granted: {'; '.join(said['takes for granted'])}", indent=4)
        if said["needs"]:
            print_prose(f"needs {', '.join(said['needs'])}, of the extra `rigor`", indent=4)


def print_derivation(text: str) -> None:
    """The page as it is: formulas are not filled again."""
    print("derivation:")
    for line in text.splitlines():
        print(f"  {line}".rstrip())
