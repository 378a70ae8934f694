"""How many mechanical mistakes in the formulas the tests notice: `make mutants`.

A seeded sample of the mutations of every formula file in plan.toml, or all of them with --all, is tried one by one on a
copy of the tree against the tests named there. Finished trials are kept under build/mutants and not repeated; a mutant
that survived is tried again when tests have changed. What survives must stand in survivors.toml with a reason, else
this program names it and exits with 1. --write puts the score into mutants/score.md.
"""

import argparse
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
KEPT = REPOSITORY / "build" / "mutants"
LAWS = "tests/convex/test_laws.py::test_every_law_holds[{} float64]"
CALCULUS = "tests/convex/test_calculus.py::test_every_law_holds[{} float64]"
ROOMS = ("convex", "dynamics", "energy")

os.environ.setdefault("JAX_PLATFORMS", "cpu")
# Not the suite's own cache: what mutants compile to would fill it.
os.environ["JAX_COMPILATION_CACHE_DIR"] = str(KEPT / "jax-cache")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")

from mutations import Mutation, mutations, sample  # noqa: E402 - JAX reads the environment when it is imported
from trial import Trial, import_heavy_modules  # noqa: E402


class Task(NamedTuple):
    """A mutation (None: the file as it is) with the tests to hold it against, and the key its outcome is kept under."""

    path: str
    mutation: Mutation | None
    source: str | None
    tests: tuple[str, ...]
    tests_now: str  # a digest of what the tests are
    key: str


class Reason(NamedTuple):
    """Why a mutant may survive: it is equivalent, or what it changes is promised to nobody."""

    kind: str
    text: str


def main() -> int:
    options = parsed_options()
    plan = tomllib.loads((HERE / "plan.toml").read_text(encoding="utf-8"))
    check_plan(plan)
    chosen = {path: entry for path, entry in plan["files"].items() if any(part in path for part in options.files)}
    if not chosen:
        print(f"no file of mutants/plan.toml has {' or '.join(options.files)} in its path.", file=sys.stderr)
        return 2
    KEPT.mkdir(parents=True, exist_ok=True)
    outcomes = Outcomes(KEPT / "outcomes.jsonl")
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        tree = Path(folder)
        copy_tree(tree)
        tasks = [task for path, entry in chosen.items() for task in tasks_of(tree, path, entry, options)]
        waiting = [task for task in tasks if not outcomes.is_known(task)]
        print(f"{len(tasks)} trials, {len(tasks) - len(waiting)} of them known", flush=True)
        if waiting:
            import_heavy_modules()
            run_all(tree, waiting, outcomes, options)
    return report(tasks, outcomes, options)


def parsed_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", default=[""], help="only files whose path contains one of these")
    parser.add_argument("--per-file", type=int, default=6, help="mutants drawn from every file (default 6)")
    parser.add_argument("--all", action="store_true", help="every mutation there is; many hours")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    parser.add_argument("--jobs", type=int, default=1, help="trials at a time")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds after which a trial counts as killed")
    parser.add_argument("--write", action="store_true", help="write mutants/score.md")
    options = parser.parse_args()
    if options.per_file < 1 or options.jobs < 1 or options.limit <= 0:
        parser.error("--per-file and --jobs must be at least 1, --limit positive.")
    return options


def check_plan(plan: dict) -> None:
    """**Raises:** `ValueError` for a file of the three rooms that is neither tried nor left out with a reason."""
    named = {*plan["files"], *plan["left_out"]}
    there = {
        str(path.relative_to(REPOSITORY))
        for room in ROOMS
        for path in (REPOSITORY / "lionlab" / room).glob("*.py")
        if path.name != "__init__.py"
    }
    if named != there:
        raise ValueError(f"plan.toml and the tree differ in {sorted(named ^ there)}.")


def copy_tree(tree: Path) -> None:
    """What the trials import and run, as it is now."""
    for name in ("lionlab", "tests", "experiments"):
        shutil.copytree(REPOSITORY / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", tree)


def tasks_of(tree: Path, path: str, entry: dict, options: argparse.Namespace) -> Iterator[Task]:
    source = (tree / path).read_text(encoding="utf-8")
    tests = (
        *entry.get("tests", []),
        *map(LAWS.format, entry.get("laws", [])),
        *map(CALCULUS.format, entry.get("calculus", [])),
    )
    now = digest(*tests, *texts_of(tree, tests))
    yield Task(path, None, None, tests, now, digest(path, "as it is", source, now))
    candidates = mutations(path, source)
    for one in candidates if options.all else sample(candidates, options.per_file, options.seed):
        changed = one.applied(source)
        yield Task(path, one, changed, tests, now, digest(path, changed))


def texts_of(tree: Path, tests: tuple[str, ...]) -> list[str]:
    """The texts that a selection of tests is made of: the files it names, what they import, and what all share."""
    every = {path: path.read_text(encoding="utf-8") for path in sorted((tree / "tests").rglob("*.py"))}
    named = {tree / test.split("::")[0] for test in tests}
    imports = "\n".join(line for path in named for line in every[path].splitlines() if line.startswith("from "))
    return [
        text
        for path, text in every.items()
        if path in named or not path.name.startswith("test_") or f"{path.stem} import" in imports
    ]


def digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:24]


class Outcomes:
    """What became of every trial, one line of JSON each; the last line of a key counts."""

    def __init__(self, file: Path):
        self.file = file
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        self.of = {row["key"]: row for row in map(json.loads, lines)}

    def is_known(self, task: Task) -> bool:
        row = self.of.get(task.key)
        if row is None or row["outcome"] == "error":
            return False
        return row["outcome"] != "survived" or task.mutation is None or row["tests"] == task.tests_now

    def add(self, task: Task, trial: Trial, outcome: str) -> None:
        killer = trial.killer() if outcome.startswith("killed") else ""
        name = task.mutation.name if task.mutation else f"{task.path} as it is"
        row = {
            "key": task.key, "outcome": outcome, "killer": killer, "tests": task.tests_now,
            "seconds": round(trial.seconds, 1), "name": name,
        }  # fmt: skip
        self.of[task.key] = row
        with self.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        print(f"{outcome:16} {row['seconds']:6.1f} s  {name}", flush=True)


def run_all(tree: Path, waiting: list[Task], outcomes: Outcomes, options: argparse.Namespace) -> None:
    running: list[tuple[Task, Trial]] = []
    queue = list(reversed(waiting))
    try:
        while queue or running:
            while queue and len(running) < options.jobs:
                task = queue.pop()
                log = KEPT / f"{task.key}.log"
                module = task.path.removesuffix(".py").replace("/", ".")
                running.append((task, Trial(tree, module, task.source, task.tests, log, options.limit)))
            time.sleep(0.05)
            for task, trial in list(running):
                outcome = trial.outcome()
                if outcome is not None:
                    running.remove((task, trial))
                    outcomes.add(task, trial, outcome)
                    if task.mutation is not None and outcome.startswith("killed"):
                        trial.log.unlink()
    finally:
        for _, trial in running:
            trial.stop()


def reasons() -> dict[str, Reason]:
    """Name of a mutation → why it may survive."""
    rows = tomllib.loads((HERE / "survivors.toml").read_text(encoding="utf-8")).get("survivor", [])
    return {
        f"{row['file']} {row['where']} {row.get('occurrence', 0)}: {row['before']} → {after}": Reason(
            row["kind"], row["reason"]
        )
        for row in rows
        for after in ([row["after"]] if isinstance(row["after"], str) else row["after"])
    }


def report(tasks: list[Task], outcomes: Outcomes, options: argparse.Namespace) -> int:
    broken = [task for task in tasks if task.mutation is None and outcomes.of[task.key]["outcome"] != "survived"]
    errors = [task for task in tasks if outcomes.of[task.key]["outcome"] == "error"]
    paths = list(dict.fromkeys(task.path for task in tasks))
    explained, lines, unexplained, total = reasons(), [], [], [0, 0, 0, 0]
    for path in paths:
        trials = [(task, outcomes.of[task.key]["outcome"]) for task in tasks if task.path == path and task.mutation]
        counted = [(task, outcome) for task, outcome in trials if outcome not in ("stillborn", "error")]
        survivors = [task for task, outcome in counted if outcome == "survived"]
        equivalent = [task for task in survivors if _kind(explained, task) == "equivalent"]
        unexplained += [task for task in survivors if _kind(explained, task) is None]
        numbers = (len(counted), len(counted) - len(survivors), len(equivalent), len(survivors) - len(equivalent))
        total = [a + b for a, b in zip(total, numbers, strict=True)]
        lines.append(_row(path, numbers))
    lines.append(_row("**all**", tuple(total)))
    known = {one.name for path in paths for one in mutations(path, (REPOSITORY / path).read_text(encoding="utf-8"))}
    stale = [name for name in explained if name.split()[0] in paths and name not in known]
    how = "every mutation" if options.all else f"{options.per_file} of every file, seed {options.seed}"
    head = (
        f"Written by `mutants/run.py`: {how}.\n\nA mutant is killed when a test of plan.toml fails on it. Equivalent "
        "ones compute the same; they and the others that survive stand in survivors.toml with a reason. The score is "
        "killed / (tried − equivalent).\n\n| file | tried | killed | equivalent | survived | score |\n"
        "|---|---:|---:|---:|---:|---:|"
    )
    text = "\n".join(["# The score of the mutants", "", head, *lines, ""])
    print("\n" + text)
    for task in broken:
        print(f"BROKEN: the tests fail on {task.path} as it is, so its mutants say nothing; see {KEPT}/{task.key}.log")
    for task in errors:
        print(f"ERROR: {KEPT}/{task.key}.log")
    for task in unexplained:
        print(f"SURVIVED without a reason: {task.mutation.line if task.mutation else 0}: {_name(task)}")
    for name in stale:
        print(f"STALE: survivors.toml gives a reason for what is no mutation any more: {name}")
    if options.write:
        (HERE / "score.md").write_text(text, encoding="utf-8")
    return int(bool(broken or errors or unexplained or stale))


def _name(task: Task) -> str:
    return task.mutation.name if task.mutation else task.path


def _kind(explained: dict[str, Reason], task: Task) -> str | None:
    reason = explained.get(_name(task))
    return None if reason is None else reason.kind


def _row(path: str, numbers: tuple[int, ...]) -> str:
    tried, killed, equivalent, survived = numbers
    score = f"{100 * killed / (tried - equivalent):.0f} %" if tried > equivalent else "–"
    return f"| {path} | {tried} | {killed} | {equivalent} | {survived} | {score} |"


if __name__ == "__main__":
    sys.exit(main())
