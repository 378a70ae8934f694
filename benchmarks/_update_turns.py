"""Engines and floor take turns in one process; what is kept is how long each took beside the floor of the same turn."""

import gc
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from _update_engines import OPTAX, OURS, Engine
from _update_floor import floor_of
from _update_problem import Problem, require_lion

TURNS = {"full": 15, "quick": 15, "tiny": 2}
# lion_k and optax.lion are held against each other to three hundredths, which takes more.
TURNS_OF_JAX = {"full": 31, "quick": 31, "tiny": 2}
# A step on few parameters is over before a clock or a thread has settled: as many as move this many parameters.
PARAMETERS_PER_CALL = 2 * 10**7
CHECKED_STEPS = 2


def measured(part: str, problem: Problem, size: str, engines: list[Engine]) -> list[dict[str, Any]]:
    """One line per engine and one for the floor.

    Every other turn goes backwards, so that none always comes after the same one, and the floor is measured at both
    ends of a turn.
    """
    for engine in engines:
        for _ in range(CHECKED_STEPS):
            engine.advance()
        engine.wait()
        require_lion(engine.name, problem, engine.parameters(), CHECKED_STEPS)
    name, floor = floor_of(problem)
    count = 1 if size == "tiny" else max(1, PARAMETERS_PER_CALL // problem.size)
    taken: list[list[float]] = [[] for _ in engines]
    floors: list[float] = []
    floor()
    turns = (TURNS_OF_JAX if part in ("jax", "fused") else TURNS)[size]
    print(f"{part}, {problem.name}: {turns} turns", file=sys.stderr, flush=True)
    for turn in range(turns):
        first = seconds(floor, lambda: None, count)
        order = range(len(engines))
        for index in order if turn % 2 else reversed(order):
            taken[index].append(seconds(engines[index].advance, engines[index].wait, count))
        floors.append((first + seconds(floor, lambda: None, count)) / 2)
    lines = [line(part, problem, "floor", name, floors, floors)]
    of_optax = {e.build: times for e, times in zip(engines, taken, strict=True) if e.name == OPTAX}
    for engine, times in zip(engines, taken, strict=True):
        found = line(part, problem, engine.name, engine.build, times, floors)
        found["temporary_bytes"], found["program"] = engine.temporary_bytes, engine.program
        if engine.name == OURS:
            found["times_optax"] = middle_ratio(times, of_optax[engine.build])
        lines.append(found)
    return lines


def seconds(advance: Callable[[], Any], wait: Callable[[], Any], count: int) -> float:
    """Of one step, among `count` of them; one that is not counted goes before where many fit."""
    if count > 1:
        advance()
        wait()
    begin = time.perf_counter()
    for _ in range(count):
        advance()
    wait()
    return (time.perf_counter() - begin) / count


def middle_ratio(times: list[float], others: list[float]) -> float:
    """The median over turns: what slows a whole turn down does not show in it."""
    return statistics.median(mine / theirs for mine, theirs in zip(times, others, strict=True))


def line(part: str, problem: Problem, name: str, build: str, times: list[float], floors: list[float]) -> dict[str, Any]:
    return {
        "process": part,
        "problem": problem.name,
        "name": name,
        "build": build,
        "parameters": problem.size,
        "arrays": len(problem.shapes),
        "seconds": statistics.median(times),
        "best_seconds": min(times),
        "times_floor": middle_ratio(times, floors),
        "times_optax": None,
        "temporary_bytes": None,
        "program": None,
        "target": None,
        "met": None,
    }


def free(engines: list[Engine]) -> None:
    """Gives the arrays of one problem back before the next one's are made."""
    engines.clear()
    gc.collect()
