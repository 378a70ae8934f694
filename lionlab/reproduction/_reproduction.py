"""The whole reproduction: what is left to do, what each finished part leaves, and the pages written at the end."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from ._freshness import (
    FinishedHere,
    Part,
    claim_parts,
    experiment_parts,
    problem,
    proof_files,
    unavailable,
    unknown_claim_files,
    write_contents,
)
from ._layout import Layout, clone
from ._report import Results, readme_block, rendered, results, with_block
from ._run import FORMS, run_experiment, verify_claim
from ._sources import shared_runs
from ._store import read_json, remove_unfinished, write_bytes

Work = tuple[Part, Path, int, bool]


class Reproduction:
    """Every claim and experiment, stored below `out`, for one seed and size."""

    def __init__(self, out: Path, seed: int = 0, is_quick: bool = False) -> None:
        self.layout = Layout(out)
        self.seed, self.is_quick = seed, is_quick
        self.parts = [*experiment_parts(), *claim_parts(self.layout)]
        self.finished = FinishedHere(self.layout)

    def left(self, parts: list[Part], is_only_stale: bool = False) -> list[Part]:
        """Those of `parts` that this machine has not finished for the code as it is, the longest group first.

        With `is_only_stale`, what is stored and current is believed, whoever ran it. What lacks a package is not among
        them; see `set_aside`.
        """
        left = [part for part in self._unfinished(parts, is_only_stale) if not unavailable(part)]
        seconds: dict[tuple[str, ...], float] = {}
        for part in left:
            seconds[group(part)] = seconds.get(group(part), 0.0) + self.finished.seconds(part)
        return sorted(left, key=lambda part: -seconds[group(part)])

    def set_aside(self, parts: list[Part], is_only_stale: bool = False) -> dict[str, str]:
        """What would be left but for a package that is not installed, with what becomes of it."""
        found = {part: lacking for part in self._unfinished(parts, is_only_stale) if (lacking := unavailable(part))}
        return {str(part): self._fate(part, lacking) for part, lacking in found.items()}

    def work(self, part: Part) -> Work:
        """What `perform` needs to do the part in another process."""
        return part, self.layout.out, self.seed, self.is_quick

    def evidence(self, parts: list[Part]) -> list[dict[str, Any]]:
        """The stored evidence of those claims among `parts` that have a current one."""
        claims = [part for part in self.current(parts) if part.kind == "claim"]
        return [(read_json(self.layout.evidence(part.name)) or {})["evidence"] for part in claims]

    def current(self, parts: list[Part]) -> list[Part]:
        """Those of `parts` whose stored result stands for the code as it is, whoever ran it."""
        return [part for part in parts if not self._problem(part)]

    def write_contents(self) -> None:
        """Stores what this reproduction consists of, so that it can be judged even if it is interrupted."""
        write_contents(self.layout, self.parts, self.seed, self.is_quick)

    def results(self) -> Results:
        """What is stored and current, and what is not, with the reasons."""
        return results(self.layout, self.parts, self.seed, self.is_quick)

    def write_pages(self) -> list[Path]:
        """Writes `paper_repro.md`, and in a clone the README's table; removes results of what no longer exists."""
        self.layout.data_folder.mkdir(parents=True, exist_ok=True)
        remove_unfinished(self.layout.figures)
        for path in obsolete(self.layout, self.parts):
            path.unlink(missing_ok=True)
        self.write_contents()
        written = []
        for path, text in pages(self.layout, self.results()).items():
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                write_bytes(path, text.encode())
                written.append(path)
        return written

    def _unfinished(self, parts: list[Part], is_only_stale: bool) -> list[Part]:
        return [part for part in parts if self._problem(part) or not (is_only_stale or self.finished.has(part))]

    def _fate(self, part: Part, lacking: str) -> str:
        kept = "" if self._problem(part) else ", and its stored result, which is current, is kept"
        return f"not run{kept}; {lacking}"

    def _problem(self, part: Part) -> str | None:
        return problem(self.layout, part, self.seed, self.is_quick)


def group(part: Part) -> tuple[str, ...]:
    """What is better done in one process: claims that share runs and compilations. An experiment is on its own."""
    return shared_runs(part.module) if part.kind == "claim" else (str(part),)


def perform(work: Work) -> Mapping[str, Any]:
    """Runs one part and stores it."""
    part, out, seed, is_quick = work
    if part.kind == "claim":
        return verify_claim(part.name, part.module, out, seed, is_quick)
    return run_experiment(part.name, out, seed, is_quick)


def pages(layout: Layout, found: Results) -> dict[Path, str]:
    """Path → text of every page that is written from the stored results."""
    texts = {layout.report: rendered(found)}
    readme = layout.out / "README.md"
    if layout.out == clone() and not found.is_quick and readme.exists():
        texts[readme] = with_block(readme.read_text(encoding="utf-8"), readme_block(found))
    return texts


def stale(layout: Layout, seed: int, is_quick: bool) -> dict[str, str]:
    """What is missing, stale, edited or left over, each with the reason, told without running or importing anything."""
    changed = unknown_claim_files(layout)
    found = {f"claims of theorems/{module}.py": reason for module, reason in changed.items()}
    parts = _known_parts(layout, changed)
    found |= {str(part): reason for part in parts if (reason := problem(layout, part, seed, is_quick))}
    if not changed:
        found |= {_shown(layout, path): "belongs to nothing any more" for path in obsolete(layout, parts)}
    if not found:
        for path, text in pages(layout, results(layout, parts, seed, is_quick)).items():
            if not path.exists():
                found[_shown(layout, path)] = "missing"
            elif path.read_text(encoding="utf-8") != text:
                found[_shown(layout, path)] = "does not say what the stored results say"
    return found


def run_elsewhere(layout: Layout, seed: int, is_quick: bool) -> list[str]:
    """What is current, but was not run by this machine as it is: `left` has it run again, unless told to believe it."""
    parts, finished = _known_parts(layout, unknown_claim_files(layout)), FinishedHere(layout)
    return [str(part) for part in parts if not problem(layout, part, seed, is_quick) and not finished.has(part)]


def _known_parts(layout: Layout, changed: Collection[str]) -> list[Part]:
    """Every experiment, and the claims of all files but those that have changed: those would have to be imported."""
    entries = (read_json(layout.contents) or {}).get("claims", [])
    known = [entry for entry in entries if entry["module"] not in changed]
    claims = [Part("claim", claim_id, entry["module"]) for entry in known for claim_id in entry["ids"]]
    return [*experiment_parts(), *claims]


def obsolete(layout: Layout, parts: list[Part]) -> list[Path]:
    """Files that a reproduction wrote for claims and experiments that no longer exist."""
    names = {part.name for part in parts}
    evidence = layout.claims_folder.glob("*.json")
    found = [path for path in evidence if path.stem not in names and _is_ours(path, "evidence")]
    current = [read_json(layout.evidence(part.name)) or {} for part in parts if part.kind == "claim"]
    kept = {path for stored in current if "evidence" in stored for path in proof_files(layout, stored)}
    found += [path for path in layout.proofs_folder.glob("*/*") if path.is_file() and path not in kept]
    for record in layout.data_folder.glob("*.json"):
        if record.stem not in names and _is_ours(record, "findings"):
            files = [record, layout.data(record.stem), *(layout.figure(record.stem, form) for form in FORMS)]
            found += [path for path in files if path.exists()]
    return sorted(found)


def _is_ours(path: Path, key: str) -> bool:
    return key in (read_json(path) or {})


def _shown(layout: Layout, path: Path) -> str:
    return path.relative_to(layout.out).as_posix()
