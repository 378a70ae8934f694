"""Work spread over processes: each item's outcome as soon as it is there, an error being an outcome like any other."""

import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.util import Finalize
from typing import Any, TypeVar

from ._compilation import compiled_in_haste

Item = TypeVar("Item")
MOST_JOBS = 4  # each process compiles for itself, so that more of them mostly repeat each other's compilations


@dataclass(frozen=True)
class Outcome:
    """What came of one item: `value`, or `error` in one line with its `trace`. Value and type errors are refusals."""

    value: Any = None
    error: str = ""
    trace: str = ""
    is_refusal: bool = False
    seconds: float = 0.0


def default_jobs() -> int:
    """As many processes as there are cores for this one, at most `MOST_JOBS`."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST_JOBS)


def perform_all(
    function: Callable[[Item], Any],
    items: Sequence[Item],
    jobs: int,
    group: Callable[[Item], Hashable] = lambda item: object(),
) -> Iterator[tuple[Item, Outcome]]:
    """`function` of each item with its outcome, in the order they finish; `jobs` = 1 stays in this process.

    Items of one `group` run one after the other in the same process and so share what it has compiled and cached.
    With more than one process, `function` and the items must be picklable. Leaving the loop early, by an interrupt for
    example, ends the processes at once. What is not compiled yet is compiled in haste, see `compiled_in_haste`.
    """
    with compiled_in_haste():
        yield from _performed(function, items, jobs, group)


def _performed(
    function: Callable[[Item], Any], items: Sequence[Item], jobs: int, group: Callable[[Item], Hashable]
) -> Iterator[tuple[Item, Outcome]]:
    groups: dict[Hashable, list[Item]] = {}
    for item in items:
        groups.setdefault(group(item), []).append(item)
    if jobs == 1 or len(groups) <= 1:
        for item in (item for members in groups.values() for item in members):
            yield item, _attempt(function, item)
        return
    workers = [_Worker() for _ in range(min(jobs, len(groups)))]
    waiting: dict[Future[Outcome], tuple[_Worker, Item, list[Item]]] = {}
    untouched = iter(groups.values())

    def submit(worker: _Worker, rest: list[Item]) -> None:
        members = rest or list(next(untouched, ()))
        if members:
            waiting[worker.submit(function, members[0])] = worker, members[0], members[1:]

    try:
        for worker in workers:
            submit(worker, [])
        while waiting:
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                worker, item, rest = waiting.pop(future)
                outcome = worker.outcome(future)
                submit(worker, rest)
                yield item, outcome
        for worker in workers:
            worker.executor.shutdown()
    except BaseException:  # GeneratorExit and KeyboardInterrupt too: nothing may go on computing for nobody
        children = multiprocessing.active_children()
        for worker in workers:
            worker.executor.shutdown(wait=False, cancel_futures=True)
        for child in children:
            child.terminate()
        raise


class _Worker:
    """One process, replaced when it dies."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.executor = ProcessPoolExecutor(1, mp_context=spawn, initializer=_begin_worker)

    def submit(self, function: Callable[[Any], Any], item: Any) -> "Future[Outcome]":
        with _deaf_to_interrupts():
            return self.executor.submit(_attempt, function, item)

    def outcome(self, future: "Future[Outcome]") -> Outcome:
        try:
            return future.result()
        except BrokenProcessPool:
            self._begin()
            return Outcome(error="its process died, perhaps for want of memory; try fewer --jobs.")


def _attempt(function: Callable[[Item], Any], item: Item) -> Outcome:
    start = time.perf_counter()
    try:
        value = function(item)
    except Exception as error:  # noqa: BLE001  # one item's failure must not take the others with it
        trace = traceback.format_exc()
        refusal = isinstance(error, (ValueError, TypeError))
        return Outcome(None, one_line(error), trace, refusal, time.perf_counter() - start)
    return Outcome(value, seconds=time.perf_counter() - start)


def one_line(error: BaseException) -> str:
    """An error in one line: its message, after its type where the message alone would not say what happened."""
    message = " ".join(str(error).split())
    if isinstance(error, (ValueError, TypeError)) and message:
        return message
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Processes started in this block ignore Ctrl-C, which reaches all of a terminal: the first process decides."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, heard)


def _begin_worker() -> None:
    Finalize(None, _leave, exitpriority=0)
    # Tracing makes millions of objects that live long: collecting as often as Python does took a tenth of the time.
    gc.set_threshold(100_000, 20, 20)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _leave() -> None:
    """Ends a process whose work is done and handed over: taking a million objects apart one by one takes seconds."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)
