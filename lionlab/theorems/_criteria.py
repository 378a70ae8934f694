"""Pre-registered criteria: what each claim must show, and how it is tried, written down before it is run.

`criteria.json` beside this file says for every claim its statement, hypotheses, observable, where its bound comes from,
its planted wrongs, and the routes of its proofs with their domains. A claim that differs from what is registered of it
cannot hold, so that no bar moves without a line in the file's history; one that is not registered yet can hold, and is
not PROVED. To register a new claim or a change, `make criteria`.
"""

import functools
import hashlib
import json
from pathlib import Path
from typing import Any

from ..proofs import proofs_of
from ._claim import Claim
from ._registry import claims

FILE = Path(__file__).with_name("criteria.json")


def criteria_of(claim: Claim) -> dict[str, Any]:
    """What is registered of a claim."""
    return {
        "statement": claim.statement,
        "hypotheses": [hypothesis.statement for hypothesis in claim.hypotheses],
        "observable": claim.observable,
        "bound": claim.tolerance,
        "is exact": claim.is_exact,
        "planted": [wrong.description for wrong in claim.wrongs],
        "proofs": [
            {
                "route": proof.route,
                "domain": proof.domain,
                "is complete": proof.is_complete,
                "planted": [planted.description for planted in proof.planted],
                "coefficients": list(proof.coefficients),
            }
            for proof in proofs_of(claim.id)
        ],
    }


def departure(claim: Claim) -> str:
    """In words, how a claim differs from what is registered of it; "" where it does not, or nothing is."""
    if not is_registered(claim):
        return ""
    known = registered()["claims"][claim.id]
    found = criteria_of(claim)
    other = [name for name in found if found[name] != known.get(name)]
    if not other:
        return ""
    verb = "differs" if len(other) == 1 else "differ"
    return f"{', '.join(other)} {verb} from what is registered in criteria.json (`make criteria` registers it)."


def is_registered(claim: Claim) -> bool:
    """Whether a claim of that id stands in the file."""
    return claim.id in registered()["claims"]


@functools.cache
def registered() -> dict[str, Any]:
    """The content of the file: "version" and "claims".

    **Raises:** `ValueError` naming the file where it is not what `register` wrote.
    """
    if not FILE.exists():
        return {"version": 0, "claims": {}}
    try:
        content = json.loads(_content())
    except ValueError as error:
        raise ValueError(f"{FILE} is no JSON ({error}); restore it, or delete it and `make criteria`.") from None
    if not isinstance(content, dict) or not {"version", "claims"} <= content.keys():
        raise ValueError(f'{FILE} must hold "version" and "claims"; restore it, or delete it and `make criteria`.')
    return content


@functools.cache
def stamp() -> str:
    """Version of the file and the first 16 digits of its SHA-256, as reports print them."""
    return f"version {registered()['version']}, sha256 {hashlib.sha256(_content()).hexdigest()[:16]}…"


def _content() -> bytes:
    return FILE.read_bytes() if FILE.exists() else b""


def register() -> str:
    """Writes the file for the claims as they are, with the next version number, and says which have changed."""
    found, known = {claim.id: criteria_of(claim) for claim in claims()}, registered()["claims"]
    changed = sorted(name for name in found.keys() | known.keys() if found.get(name) != known.get(name))
    if not changed:
        return f"nothing changed: version {registered()['version']} stands."
    version = registered()["version"] + 1
    content = {"version": version, "claims": found}
    FILE.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return f"version {version} registers {', '.join(changed)}."
