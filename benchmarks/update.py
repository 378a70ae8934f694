"""How fast one step of Lion is in every implementation, beside the least time that its bytes take to move.

    python benchmarks/update.py [--quick | --tiny] [--parts jax,fused,keras,torch] [--json] [--out FILE]

An update reads x, m and g and writes x and m: 20 bytes per float32 parameter, whatever separable K is. Each part is a
process of its own with a floor of its own, and only ratios to that floor are compared: "jax" has `lion_k` and
`optax.lion` under XLA's defaults and with the option that `compiled_update` sets ("region"); "fused" has both under
multi-output fusion, a flag of a whole process; "keras" and "torch" are left out where they are not installed, "fused"
where JAX finds an accelerator. There the floor is one copy on the device. Nothing but lionlab and what it imports is
needed.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PARTS = ("jax", "fused", "keras", "torch")
NEEDED = {"keras": "keras", "torch": "torch"}
FUSION = "--xla_backend_extra_options=xla_cpu_use_multi_output_fusion"
# Threads that spin while they wait would slow down whoever's turn is next; memory of a GPU is taken as it is needed.
ENVIRONMENT = {
    "OMP_WAIT_POLICY": "passive",
    "KMP_BLOCKTIME": "0",
    "KERAS_BACKEND": "jax",
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    "TF_CPP_MIN_LOG_LEVEL": "2",
}
TARGETS = {"fused": 1.10, "region": 1.60}
GPU_TARGET = 1.10
MOST_TIMES_OPTAX = 1.03
# A fused loop has a table of where its results go, in a cache line of its own: no memory that grows with the arrays.
MOST_TEMPORARY_BYTES, TABLE_BYTES = 1000, 64


def measure_part(part: str, size: str) -> dict[str, Any]:
    """What one process finds out, itself being that process."""
    import jax
    from _machine import installed, load_average, machine
    from _update_engines import keras_engines, optax_engines, torch_engines
    from _update_problem import problems
    from _update_turns import free, measured

    facts, lines = machine(), []
    if part == "fused" and facts["platform"] != "cpu":
        return {"skipped": "an accelerator fuses without being told to"}
    for problem in problems(size):
        if part == "keras":
            engines = keras_engines(problem)
        elif part == "torch":
            engines = torch_engines(problem)
        else:
            engines = optax_engines(problem, is_fused=part == "fused")
        floor, *others = measured(part, problem, size, engines)
        # Copies in NumPy took 1.6 times as long as Lion in C: beside them every target would be met.
        if problem.judged and not floor["build"].startswith("NumPy"):
            for line in others:
                line["target"] = target_of(line, jax.default_backend())
        lines += [floor, *others]
        free(engines)
    versions = installed(
        "optax", *(("keras",) if part == "keras" else ("torch", "lion-pytorch") if part == "torch" else ())
    )
    return {"machine": facts, "versions": versions, "load_average_after": load_average(), "lines": lines}


def target_of(line: dict[str, Any], platform: str) -> float | None:
    """The most times the floor that the library promises; other people's engines promise nothing."""
    if line["name"] != "lionlab.optim.lion_k":
        return None
    return TARGETS.get(line["build"]) if platform == "cpu" else GPU_TARGET


def verdict(line: dict[str, Any], lines: list[dict[str, Any]]) -> bool | None:
    """Whether everything promised of the line holds; None where nothing is.

    Two copies of one program have been seen to differ by a twentieth, by where their memory lies: where the program is
    that of optax, it is as fast, whatever the clock says.
    """
    judged = []
    if line["target"] is not None:
        judged.append(line["times_floor"] <= line["target"])
        most = max(MOST_TEMPORARY_BYTES, TABLE_BYTES * line["arrays"] if line["build"] == "fused" else 0)
        judged.append(line["temporary_bytes"] < most)
    if line["times_optax"] is not None:
        place = ("process", "problem", "build", "program")
        is_optax = any(o["name"] == "optax.lion" and all(o[key] == line[key] for key in place) for o in lines)
        judged.append(is_optax or line["times_optax"] <= MOST_TIMES_OPTAX)
    return all(judged) if judged else None


def in_a_process(part: str, size: str) -> dict[str, Any]:
    """The same, in a process that has the flags of the part from its beginning."""
    if part in NEEDED and find_spec(NEEDED[part]) is None:
        return {"skipped": f"{NEEDED[part]} is not installed"}
    environment = {**os.environ, **ENVIRONMENT}
    environment["PYTHONPATH"] = os.pathsep.join(
        filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH")))
    )
    # What a persistent cache holds may have been compiled under other flags.
    environment.pop("JAX_COMPILATION_CACHE_DIR", None)
    flags = [flag for flag in os.environ.get("XLA_FLAGS", "").split() if FUSION not in flag]
    environment["XLA_FLAGS"] = " ".join([*flags, FUSION] if part == "fused" else flags)
    command = [sys.executable, str(Path(__file__)), "--only", part, "--size", size]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def show(result: dict[str, Any]) -> None:
    facts, versions = result["machine"], result["versions"]
    load = ", ".join(f"{value:.1f}" for value in facts["load_average_before"] or [])
    software = ", ".join(f"{name} {number}" for name, number in {"jax": facts["jax"], **versions}.items())
    print(
        f"{facts['device']} ({facts['platform']}), {facts['cores']} cores, load average {load} at the start; {software}"
    )
    headings = ("problem", "", "build", "ms", "GB/s", "× floor", "target", "× optax", "temp. bytes", "")
    rows = [cells(line) for line in result["measurements"]]
    if find_spec("rich") is None:
        for row in (headings, *rows):
            print("  ".join(row))
    else:
        from rich.console import Console
        from rich.table import Table

        table = Table(title="One update; GB/s if it moved 20 bytes per parameter", title_justify="left")
        for index, heading in enumerate(headings):
            table.add_column(heading, justify="right" if 2 < index < 9 else "left", no_wrap=True)
        for before, row in zip([None, *rows], rows, strict=False):
            if before is not None and row[1] == "floor":
                table.add_section()
            table.add_row(*row)
        Console(width=140).print(table)
    for part, reason in result["skipped"].items():
        print(f"{part}: left out, {reason}")
    judged = [line["met"] for line in result["measurements"] if line["met"] is not None]
    print(f"{sum(judged)} of {len(judged)} targets met, in {result['seconds']:.0f} s")


def cells(line: dict[str, Any]) -> tuple[str, ...]:
    def shown(key: str, form: str) -> str:
        return "" if line[key] is None else format(line[key], form)

    speed = 20e-9 * line["parameters"] / line["seconds"]
    return (
        *(line[key] for key in ("problem", "name", "build")), f"{1e3 * line['seconds']:.3f}", f"{speed:.1f}",
        shown("times_floor", ".2f"), shown("target", ".2f"), shown("times_optax", ".3f"),
        shown("temporary_bytes", ",d"), {None: "", True: "met", False: "NOT MET"}[line["met"]],
    )  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON document and no table")
    parser.add_argument(
        "--quick", dest="size", action="store_const", const="quick", help="10⁶ and 10⁷ parameters alone"
    )
    parser.add_argument("--tiny", dest="size", action="store_const", const="tiny", help="sizes that show that all runs")
    parser.add_argument("--parts", default=",".join(PARTS), help="which processes to run (default: %(default)s)")
    parser.add_argument(
        "--out", type=Path, help="the file to write (default: results/<machine>-update.json, full runs)"
    )
    parser.add_argument("--only", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--size", choices=("full", "quick", "tiny"), default="full", help=argparse.SUPPRESS)
    options = parser.parse_args()
    size = options.size or "full"
    if options.only:
        print(json.dumps(measure_part(options.only, size)))
        return 0
    parts = options.parts.split(",")
    if not set(parts) <= set(PARTS):
        parser.error(f"--parts must be some of {','.join(PARTS)}, got {options.parts}")
    begin = time.perf_counter()
    found = {part: in_a_process(part, size) for part in parts}
    ran = {part: result for part, result in found.items() if "skipped" not in result}
    if not ran:
        parser.error(f"nothing to measure: {', '.join(result['skipped'] for result in found.values())}")
    lines = [line for result in ran.values() for line in result["lines"]]
    for line in lines:
        line["met"] = verdict(line, lines)
    lines = [{k: float(f"{v:.4g}") if isinstance(v, float) else v for k, v in line.items()} for line in lines]
    result = {
        "machine": next(iter(ran.values()))["machine"],
        "versions": {name: number for part in ran.values() for name, number in part["versions"].items()},
        "load_average_after": {part: result["load_average_after"] for part, result in ran.items()},
        "skipped": {part: result["skipped"] for part, result in found.items() if part not in ran},
        "seconds": round(time.perf_counter() - begin, 1),
        "measurements": lines,
    }
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    if options.json:
        print(text, end="")
    else:
        show(result)
    path = options.out
    if path is None and size == "full" and not result["skipped"] and set(parts) == set(PARTS):
        from _machine import RESULTS, kind

        path = RESULTS / f"{kind(result['machine'])}-update.json"
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"written: {path.name}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
