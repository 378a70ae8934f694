"""What proofs add to a measurement: PROVED where two routes agree with it, and a loud word where they do not."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from ..proofs import Checked

# PROVED takes this many proofs of different routes, one of which covers all that the claim speaks of.
ROUTES_NEEDED = 2


def judged(verdict: str, reason: str, found: Sequence[Checked]) -> tuple[str, str]:
    """The verdict of a measurement, and its reason, in the light of the proofs of the same claim.

    A route that is not available, undecided, or misses a planted wrong never lifts a verdict. A refutation with a
    replayed counterexample is a violation whatever else was found; other conflicts leave the claim INCONCLUSIVE.
    """
    proved = [one for one in found if one.is_proved]
    refuted = [one for one in found if one.outcome.word == "refuted"]
    if verdict == "VIOLATED":
        conflict = f"CONFLICT: a run violates what is proved by {_names(proved)}." if proved else ""
        return verdict, _joined(conflict, reason)
    if refuted:
        return _refuted(refuted, proved, reason)
    careless = [one for one in found if one.outcome.word == "proved" and one.missed]
    if careless:
        missed = "; ".join(f"{one.proof.route}: {one.missed[0]}" for one in careless)
        return "INCONCLUSIVE", _joined(f"a planted wrong was not refuted by a proof ({missed}).", reason)
    if verdict not in ("CONSISTENT", "CHECKED_EXACT"):
        return verdict, reason
    if len({one.proof.route for one in proved}) >= ROUTES_NEEDED and any(one.proof.is_complete for one in proved):
        return "PROVED", reason
    return verdict, _joined(reason, *map(_shortfall, [one for one in found if not one.is_proved]))


def _refuted(refuted: Sequence[Checked], proved: Sequence[Checked], reason: str) -> tuple[str, str]:
    said = "; ".join(f"{one.proof.route}: {one.outcome.said}" for one in refuted)
    conflict = f"CONFLICT with what is proved by {_names(proved)}: " if proved else ""
    is_replayed = any(one.outcome.counterexample is not None for one in refuted)
    return "VIOLATED" if is_replayed else "INCONCLUSIVE", _joined(f"{conflict}refuted by {said}", reason)


def _shortfall(one: Checked) -> str:
    if one.missing:
        return f"route {one.proof.route} is not available: {one.outcome.said}"
    return f"route {one.proof.route} is undecided: {one.outcome.said}"


def proved_by(found: Sequence[Checked]) -> tuple[str, ...]:
    """The routes that proved the claim on their domains, with nothing planted missed."""
    return tuple(dict.fromkeys(one.proof.route for one in found if one.is_proved))


def counterexample_of(found: Sequence[Checked]) -> Mapping[str, Any] | None:
    """That of the first route with one."""
    return next((one.outcome.counterexample for one in found if one.outcome.counterexample is not None), None)


def shortage(found: Sequence[Checked]) -> str:
    """Why the proofs of a claim are not enough for PROVED, in words."""
    routes = proved_by(found)
    if not routes:
        return "no route proves it"
    if len(routes) < ROUTES_NEEDED:
        return f"one route alone proves it ({routes[0]}): PROVED takes two"
    return f"none of the routes that succeed ({', '.join(routes)}) covers all that the claim speaks of"


def summary(one: Checked) -> dict[str, Any]:
    """A proof as it stands in the evidence; the texts of its artefacts are named by their SHA-256."""
    tried = len(one.proof.planted) + len(one.proof.coefficients) * (one.proof.perturbed is not None)
    return {
        "route": one.proof.route,
        "outcome": one.outcome.word,
        "said": one.outcome.said,
        "statement": one.proof.statement,
        "domain": one.proof.domain,
        "is_complete": one.proof.is_complete,
        "assumptions": list(one.proof.assumptions),
        "obligations": one.outcome.obligations,
        "planted": 0 if one.missing else tried,
        "caught": 0 if one.missing else tried - len(one.missed),
        "missed": list(one.missed),
        "smallest_error_caught": None if one.detected is None else float(one.detected),
        "artefacts": {name: digest(text) for name, text in sorted(artefacts([one]).items())},
        "seconds": one.seconds,
    }


def artefacts(found: Sequence[Checked]) -> dict[str, str]:
    """File name → text of all that the proofs leave for others to check; a name opens with its route."""
    return {
        f"{one.proof.route.replace(' ', '-')}.{name}": text
        for one in found
        for name, text in one.outcome.artefacts.items()
    }


def digest(text: str) -> str:
    """The SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def _names(found: Sequence[Checked]) -> str:
    return " and ".join(dict.fromkeys(one.proof.route for one in found))


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)
