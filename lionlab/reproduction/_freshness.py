"""What is current, stale or missing: stored results held against the code, without running or importing it."""

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..theorems._registry import MODULES
from ._experiment import experiment_script, experiment_stems
from ._layout import Layout
from ._needs import in_words, missing_of, packages_of
from ._run import experiment_files
from ._sources import claim_key, claims_source, experiment_key, figure_key, shared_runs
from ._store import is_as_written, read_json, sha256, write_bytes, write_json
from ._versions import versions


@dataclass(frozen=True)
class Part:
    """One thing to reproduce: `kind` is "experiment" or "claim"; `module` is a claim's file."""

    kind: str
    name: str
    module: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def experiment_parts() -> list[Part]:
    """Every experiment."""
    return [Part("experiment", stem) for stem in experiment_stems()]


def claim_parts(layout: Layout) -> list[Part]:
    """Every claim, in the order of the paper; a file that is not as it was stored is imported, which loads JAX."""
    stored = _stored_ids(layout)
    names = {module: stored[module] if module in stored else ids_in(module) for module in MODULES}
    return [Part("claim", claim_id, module) for module in MODULES for claim_id in names[module]]


def write_contents(layout: Layout, parts: Iterable[Part], seed: int, is_quick: bool) -> None:
    """Stores which claims there are, so that what is missing can be told without importing them."""
    ids = {module: [part.name for part in parts if part.module == module] for module in MODULES}
    claims = [{"module": module, "source": claims_source(module), "ids": ids[module]} for module in MODULES]
    write_json(layout.contents, {"seed": seed, "is_quick": is_quick, "claims": claims})


def settings_of(layout: Layout) -> tuple[int, bool]:
    """Seed and size (quick or not) of the stored reproduction; those of a standard one where nothing is stored."""
    stored = read_json(layout.contents) or {}
    return stored.get("seed", 0), stored.get("is_quick", False)


def unknown_claim_files(layout: Layout) -> dict[str, str]:
    """Files of claims that have changed, or appeared, since the reproduction was stored, each with which of the two."""
    stored, listed = _stored_ids(layout), _contents(layout)
    reasons = dict.fromkeys(listed, "stale: their code has changed")
    return {module: reasons.get(module, "missing") for module in MODULES if module not in stored}


def unavailable(part: Part) -> str | None:
    """Which packages it needs are not installed here, in words, or None."""
    missing = missing_of(experiment_script(part.name)) if part.kind == "experiment" else {}
    return in_words(missing) if missing else None


def problem(layout: Layout, part: Part, seed: int, is_quick: bool) -> str | None:
    """Why a stored result does not stand for the code as it is, in words, or None; with what running it again lacks."""
    reason = _problem(layout, part, seed, is_quick)
    lacking = unavailable(part) if reason else None
    return f"{reason}; {lacking}" if lacking else reason


def _problem(layout: Layout, part: Part, seed: int, is_quick: bool) -> str | None:
    if part.kind == "claim":
        stored = read_json(layout.evidence(part.name))
        if stored is None or "evidence" not in stored:
            return _absent(layout.evidence(part.name))
        if not is_as_written(layout.evidence(part.name), stored):
            return _altered(layout.evidence(part.name))
        return _moved(stored, claim_key(part.module, part.name, seed, is_quick)) or _altered_proof(layout, stored)
    record = read_json(layout.record(part.name))
    if record is None:
        return _absent(layout.record(part.name))
    if not is_as_written(layout.record(part.name), record):
        return _altered(layout.record(part.name))
    script = experiment_script(part.name)
    key = experiment_key(script, seed, is_quick, {})
    for path in experiment_files(layout, part.name):
        found = sha256(path)
        if found is None:
            return f"{path.name} is missing"
        if found != record.get("sha256", {}).get(path.name):
            return _altered(path)
    moved = _moved(record, key)
    if moved is None and record.get("figure_key") != figure_key(script, key):
        return "stale: the code that draws it has changed"
    return moved


def proof_files(layout: Layout, stored: dict[str, Any]) -> dict[Path, str]:
    """Path → SHA-256 of every text that the proofs of a stored claim left."""
    evidence = stored["evidence"]
    named = [item for proof in evidence.get("proofs", ()) for item in proof["artefacts"].items()]
    return {layout.proof_file(evidence["id"], name): digest for name, digest in named}


def _altered_proof(layout: Layout, stored: dict[str, Any]) -> str | None:
    for path, digest in proof_files(layout, stored).items():
        if sha256(path) != digest:
            return _altered(path) if path.exists() else f"{path.name} is missing"
    return None


def _absent(path: Path) -> str:
    return f"{path.name} cannot be read" if path.exists() else "missing"


def _altered(path: Path) -> str:
    return f"{path.name} is not the file that was written"


def _moved(stored: dict[str, Any], key: str) -> str | None:
    return None if stored.get("key") == key else "stale: the code, the seed or the parameters have changed"


def _stored_ids(layout: Layout) -> dict[str, list[str]]:
    entries = _contents(layout).items()
    return {module: entry["ids"] for module, entry in entries if entry["source"] == claims_source(module)}


def _contents(layout: Layout) -> dict[str, dict[str, Any]]:
    """What is stored of which claims there are, by file."""
    return {entry["module"]: entry for entry in (read_json(layout.contents) or {}).get("claims", [])}


def ids_in(module: str) -> list[str]:
    """The claims of one file, which is imported."""
    return [claim.id for claim in importlib.import_module(f"lionlab.theorems.{module}").CLAIMS]


def _versions_for(part: Part) -> dict[str, str]:
    return versions(packages_of(experiment_script(part.name)) if part.kind == "experiment" else ())


class FinishedHere:
    """What this machine has finished itself, and how long it took: only that is skipped, never a committed result."""

    def __init__(self, layout: Layout) -> None:
        self.path = layout.local / "finished.json"
        self.entries: dict[str, Any] = read_json(self.path) or {}
        self._hashes = {
            "experiment": lambda part: sha256(layout.record(part.name)),
            "claim": lambda part: sha256(layout.evidence(part.name)),
        }

    def has(self, part: Part) -> bool:
        """Whether the stored result is the one that was made here, with the packages of today."""
        entry = self.entries.get(str(part), {})
        return entry.get("record") == self._hashes[part.kind](part) and entry.get("versions") == _versions_for(part)

    def seconds(self, part: Part) -> float:
        """How long it took when it last ran here; for what never did, a guess that puts the long ones first."""
        guess = 10.0 if part.kind == "experiment" else 30.0 if shared_runs(part.module) != (part.module,) else 3.0
        return float(self.entries.get(str(part), {}).get("seconds", guess))

    def add(self, part: Part, seconds: float) -> None:
        """Notes that `part` is finished and stored."""
        record = self._hashes[part.kind](part)
        self.entries[str(part)] = {"record": record, "versions": _versions_for(part), "seconds": round(seconds, 2)}
        write_json(self.path, self.entries)
        if not (self.path.parent / ".gitignore").exists():
            write_bytes(self.path.parent / ".gitignore", b"*\n")
