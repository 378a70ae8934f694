"""How fast the library is, beside hand-written floors measured in the same process, and whether the targets are met.

    python benchmarks/run.py [--json] [--tiny] [--out FILE]

Every rate is from NumPy in to NumPy out under XLA's default flags. Measurements of one group take turns, so that a busy
moment of the machine falls on all of them; the median decides whether a target is met, and the ratio to the floor of
the same run is what compares two machines or two days. The result is written to `benchmarks/results/`.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import floors
import jax
import numpy as np
from _machine import RESULTS, kind, machine
from rich.console import Console
from rich.table import Table

from lionlab.convex import ConvexFunction, L1Norm
from lionlab.convex.catalogue import CATALOGUE
from lionlab.dynamics import LionK
from lionlab.energy import energy_ledger
from lionlab.objectives import Quadratic
from lionlab.precision import double_precision
from lionlab.simulation import simulate, simulate_batch

SINGLE, SINGLE_L1, LEDGER, BATCH = 3e7, 5e7, 1e7, 4e8  # steps per second, from performance targets of the project
RATES = (("", ""), ("best_", ""), ("", "processor_"))
LEDGERS = ["l1", "lp 1.5", "dead zone", "top 1", "huber", "l2", "log cosh"]


@dataclass(frozen=True)
class Sizes:
    """How much is measured: steps of a run, runs of a batch, turns, and how long one measurement may take."""

    steps: int = 10**6
    loop_steps: int = 3000
    trial_steps: int = 50_000  # long enough to be compiled like a long run
    batch: int = 4096
    batch_steps: int = 1000
    turns: int = 5
    seconds: float = 0.25  # a K far from the target gets fewer steps
    names: tuple[str, ...] | None = None


TINY = Sizes(20, 5, 10, 4, 5, 2, 0.01, ("l1", "group"))


@dataclass
class Measurement:
    """One line: `steps` counts trajectory-steps of one call; `seconds` and `processor_seconds` one entry per turn."""

    group: str
    name: str
    steps: int
    call: Callable[[], Any]
    target: float | None = None
    dimension: int = 2
    seconds: list[float] = field(default_factory=list)
    processor_seconds: list[float] = field(default_factory=list)

    def take_a_turn(self) -> None:
        wall, processor = time.perf_counter(), time.process_time()
        result = self.call()
        self.seconds.append(time.perf_counter() - wall)
        self.processor_seconds.append(time.process_time() - processor)
        del result

    @property
    def rate(self) -> float:
        return self.steps / statistics.median(self.seconds)

    def summary(self, floor: float) -> dict[str, Any]:
        return {
            "group": self.group,
            "name": self.name,
            "dimension": self.dimension,
            "steps": self.steps,
            "steps_per_second": self.rate,
            "best_steps_per_second": self.steps / min(self.seconds),
            "steps_per_processor_second": self.steps / max(min(self.processor_seconds), 1e-9),
            "ratio_to_floor": self.rate / floor,
            "target": self.target,
            "met": None if self.target is None else self.rate >= self.target,
        }


def method_of(K: ConvexFunction) -> LionK:
    return LionK(K, floors.STEP_SIZE, floors.WEIGHT_DECAY, floors.BETA1, floors.BETA2)


def objective_of(dimension: int) -> Quadratic:
    """The floors' quadratic, with further coordinates of its own where a K needs them."""
    matrix, center = np.eye(dimension), np.zeros(dimension)
    matrix[:2, :2], center[:2] = floors.MATRIX, floors.CENTER
    return Quadratic(matrix, center)


def dimension_of(K: ConvexFunction, shape: tuple[int, ...]) -> int:
    """2 where K takes vectors of any length, else the length it was made for."""
    try:
        with double_precision():
            jax.eval_shape(K.selection, jax.ShapeDtypeStruct((2,), np.float64))
    except (TypeError, ValueError, IndexError):
        return shape[0]
    return 2


def start_of(dimension: int) -> np.ndarray:
    return np.resize(floors.START, dimension)


def selected(sizes: Sizes, names: list[str]) -> list[str]:
    return [name for name in names if sizes.names is None or name in sizes.names]


def single_runs(sizes: Sizes) -> list[Measurement]:
    """One trajectory with H at every step, for the floors and every K that takes vectors."""
    group = "single run with H"
    lines = [
        Measurement(group, "floor: NumPy loop", sizes.loop_steps, floors.numpy_loop(sizes.loop_steps)),
        Measurement(
            group, "floor: loop over a jitted step", sizes.loop_steps,
            floors.python_loop_over_a_compiled_step(sizes.loop_steps),
        ),
        Measurement(group, "floor: scan by hand", sizes.steps, floors.scan_over_scalars(sizes.steps)),
    ]  # fmt: skip
    vectors = [name for name, example in CATALOGUE.items() if len(example.shape) == 1]
    on_accelerator = jax.default_backend() != "cpu"  # where one small run is all latency
    for name in selected(sizes, LEDGERS if on_accelerator else vectors):
        K, shape = CATALOGUE[name]
        dimension = dimension_of(K, shape)

        def call(steps: int, K: ConvexFunction = K, dimension: int = dimension) -> Any:
            start = start_of(dimension)
            return simulate(method_of(K), objective_of(dimension), start, steps, record=("lyapunov",))

        steps = affordable_steps(call, sizes)
        target = SINGLE_L1 if isinstance(K, L1Norm) else SINGLE if dimension == 2 else None
        lines.append(Measurement(group, name, steps, lambda c=call, n=steps: c(n), target, dimension))
    return lines


def affordable_steps(call: Callable[[int], Any], sizes: Sizes) -> int:
    """As many steps as fit the time of one measurement, judged by a short trial; and compiled."""
    call(sizes.trial_steps)
    begin = time.perf_counter()
    call(sizes.trial_steps)
    rate = sizes.trial_steps / (time.perf_counter() - begin)
    if rate * sizes.seconds < sizes.trial_steps:
        return sizes.trial_steps
    return sizes.steps if rate * sizes.seconds > sizes.steps / 4 else max(int(rate * sizes.seconds), sizes.trial_steps)


def ledgers(sizes: Sizes) -> list[Measurement]:
    """A trajectory and its whole energy ledger."""

    def call(K: ConvexFunction) -> Any:
        method, f = method_of(K), objective_of(2)
        return energy_ledger(method, f, simulate(method, f, floors.START, sizes.steps))

    group = "run and ledger"
    lines = [Measurement(group, "floor: scan by hand", sizes.steps, floors.scan_over_scalars(sizes.steps))]
    for name in selected(sizes, LEDGERS):
        K = CATALOGUE[name].function
        lines.append(Measurement(group, name, sizes.steps, lambda K=K: call(K), LEDGER))
    return lines


def batches(sizes: Sizes) -> list[Measurement]:
    """A batch of float32 trajectories with H."""
    starts = np.random.default_rng(0).normal(size=(sizes.batch, 2)).astype(np.float32)
    count, f = sizes.batch * sizes.batch_steps, objective_of(2)

    def call(K: ConvexFunction) -> Any:
        return simulate_batch(method_of(K), f, starts, sizes.batch_steps, record=("lyapunov",))

    group = f"batch of {sizes.batch}, float32, with H"
    by_hand = floors.batched_scan_over_scalars(starts, sizes.batch_steps)
    lines = [Measurement(group, "floor: scan by hand", count, by_hand)]
    for name in selected(sizes, LEDGERS):
        K = CATALOGUE[name].function
        lines.append(Measurement(group, name, count, lambda K=K: call(K), BATCH))
    return lines


def measured(lines: list[Measurement], turns: int, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """Summaries after `turns` turns of every line, the first run of each left out because it compiles."""
    say(f"{lines[0].group}: compiling {len(lines)} runs")
    for line in lines:
        line.call()
    for turn in range(turns):
        say(f"{lines[0].group}: turn {turn + 1} of {turns}")
        for line in lines:
            line.take_a_turn()
    floor = next(line for line in lines if line.name == "floor: scan by hand")
    return [line.summary(floor.rate) for line in lines]


def show(result: dict[str, Any], console: Console) -> None:
    facts = result["machine"]
    load = ", ".join(f"{value:.1f}" for value in facts["load_average_before"] or [])
    console.print(
        f"{facts['device']} ({facts['platform']}), {facts['cores']} cores, load average {load} at the start; "
        f"Python {facts['python']}, jax {facts['jax']}, NumPy {facts['numpy']}"
    )
    for group in dict.fromkeys(line["group"] for line in result["measurements"]):
        table = Table(title=f"{group}: 1e6 steps per second", title_justify="left")
        for heading in ("", "d", "median", "best", "per core second", "× floor", "target", ""):
            table.add_column(heading, justify="left" if not heading else "right")
        for line in (line for line in result["measurements"] if line["group"] == group):
            rates = (line[f"{key}steps_per_{unit}second"] / 1e6 for key, unit in RATES)
            target = "" if line["target"] is None else f"{line['target'] / 1e6:.0f}"
            verdict = {None: "", True: "met", False: "NOT MET"}[line["met"]]
            table.add_row(
                line["name"], str(line["dimension"]), *(f"{rate:.3g}" for rate in rates),
                f"{line['ratio_to_floor']:.2g}", target, verdict,
            )  # fmt: skip
        console.print(table)
    judged = [line["met"] for line in result["measurements"] if line["met"] is not None]
    console.print(f"{sum(judged)} of {len(judged)} targets met, in {result['seconds']:.0f} s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON document and no tables")
    parser.add_argument("--tiny", action="store_true", help="sizes that show that everything runs, not how fast")
    parser.add_argument("--out", type=Path, help="the file to write (default: benchmarks/results/<machine>.json)")
    options = parser.parse_args()
    sizes, begin, facts = TINY if options.tiny else Sizes(), time.perf_counter(), machine()

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    lines = [line for group in (single_runs, ledgers, batches) for line in measured(group(sizes), sizes.turns, say)]
    result = {
        "machine": facts,
        "sizes": {key: value for key, value in asdict(sizes).items() if key != "names"},
        "seconds": round(time.perf_counter() - begin, 1),
        "measurements": [
            {key: float(f"{value:.4g}") if isinstance(value, float) else value for key, value in line.items()}
            for line in lines
        ],
    }
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    if options.json:
        print(text, end="")
    else:
        show(result, Console(width=110))
    path = options.out or (None if options.tiny else RESULTS / f"{kind(facts)}.json")
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        say(f"written: {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
