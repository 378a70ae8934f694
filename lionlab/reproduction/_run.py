"""One experiment, one claim: run, stored under its key, and not run again while the key stands."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ._experiment import Experiment, experiment_script, load_experiment
from ._layout import Layout
from ._needs import packages_of, require_packages
from ._sources import claim_key, experiment_key, figure_key
from ._store import array_bytes, read_arrays, read_json, sha256, write_bytes, write_json
from ._versions import versions

FORMS = ("png", "pdf")


def run_experiment(
    stem: str, out: Path, seed: int = 0, is_quick: bool = False, overrides: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Computes an experiment's data, stores them, and draws the figure from what was stored.

    Data that are already there under the same key, made with the same versions, are drawn and not computed again.

    **Returns:** the record that lies beside the data: parameters, seed, versions, findings, keys, hashes.
    **Raises:** `ValueError` for an unknown experiment or parameter, and for packages that it needs and that are not
    installed, before anything runs.
    """
    from ._figure import drawn

    script = experiment_script(stem)
    require_packages(script)
    experiment = load_experiment(stem)
    overrides = dict(overrides or {})
    parameters = experiment.settings(is_quick, **overrides)
    layout, used = Layout(out), versions(packages_of(script))
    key = experiment_key(script, seed, is_quick, overrides)
    if not _has_data(layout, stem, key, used):
        write_bytes(layout.data(stem), array_bytes(experiment.compute(seed, **parameters)))
    data = read_arrays(layout.data(stem))
    images = drawn(experiment, data)
    for form in FORMS:
        write_bytes(layout.figure(stem, form), images[form])
    # Written last: a record stands for files that are all there.
    record = {
        **_description(experiment),
        "parameters": parameters,
        "overrides": overrides,
        "seed": seed,
        "is_quick": is_quick,
        "findings": dict(experiment.findings(data)),
        "versions": used,
        "key": key,
        "figure_key": figure_key(script, key),
        "sha256": {path.name: sha256(path) for path in experiment_files(layout, stem)},
    }
    write_json(layout.record(stem), record)
    return read_json(layout.record(stem)) or record


def verify_claim(claim_id: str, module: str, out: Path, seed: int = 0, is_quick: bool = False) -> dict[str, Any]:
    """Verifies a claim of `lionlab.theorems.<module>` and stores its evidence with the key it holds for."""
    from ..theorems import verify

    # Before it runs: whoever edits the code meanwhile must find the result stale.
    key = claim_key(module, claim_id, seed, is_quick)
    found = verify(claim_id, seed=seed, is_quick=is_quick)
    layout = Layout(out)
    for name, text in found.artefacts.items():
        write_bytes(layout.proof_file(claim_id, name), text.encode())
    # The time it took is no part of what was found, and would make every run differ from the last. The criteria stand
    # in a file of their own, which the report names.
    evidence = {key: value for key, value in found.to_json().items() if key not in ("seconds", "criteria")}
    evidence["proofs"] = [{key: proof[key] for key in proof if key != "seconds"} for proof in evidence["proofs"]]
    record = {
        "evidence": evidence,
        "module": module,
        "seed": seed,
        "is_quick": is_quick,
        "versions": versions(),
        "key": key,
    }
    write_json(layout.evidence(claim_id), record)
    return record


def experiment_files(layout: Layout, stem: str) -> tuple[Path, ...]:
    """The files an experiment leaves, apart from its record."""
    return (layout.data(stem), *(layout.figure(stem, form) for form in FORMS))


def _description(experiment: Experiment) -> dict[str, str]:
    return {"stem": experiment.stem, "title": experiment.title, "caption": experiment.caption}


def _has_data(layout: Layout, stem: str, key: str, used: Mapping[str, str]) -> bool:
    stored = read_json(layout.record(stem)) or {}
    known = stored.get("sha256", {}).get(layout.data(stem).name)
    same = stored.get("key") == key and stored.get("versions") == used
    return bool(same and known and known == sha256(layout.data(stem)))
