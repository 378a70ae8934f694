"""Work in processes: outcomes of every kind, groups that stay together, and nobody left behind.

`eval` is the function that runs: a worker can import it, and each item says what happens.
"""

import multiprocessing
import os
import time

import pytest

from lionlab.reproduction._pool import perform_all

PROCESS = "__import__('os').getpid()"


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_is_an_outcome(jobs: int):
    items = ["1 + 1", "1 / 0", "int('x')"]
    found = dict(perform_all(eval, items, jobs))
    assert found["1 + 1"].value == 2
    assert found["1 / 0"].error == "ZeroDivisionError: division by zero"
    assert not found["1 / 0"].is_refusal
    assert "Traceback" in found["1 / 0"].trace
    assert found["int('x')"].is_refusal


def test_one_job_is_this_process():
    assert {outcome.value for _, outcome in perform_all(eval, [PROCESS, PROCESS + " "], 1)} == {os.getpid()}


def test_a_group_stays_in_one_process_and_groups_spread():
    items = [f"(__import__('time').sleep(0.2), {n}, {PROCESS})[1:]" for n in range(6)]
    found = list(perform_all(eval, items, 2, group=lambda item: items.index(item) % 2))
    processes = {parity: {pid for n, pid in (o.value for _, o in found) if n % 2 == parity} for parity in (0, 1)}
    assert [len(pids) for pids in processes.values()] == [1, 1]
    assert processes[0] != processes[1]
    assert os.getpid() not in processes[0] | processes[1]


def test_a_dead_process_is_an_outcome_and_its_group_goes_on():
    items = ["__import__('os')._exit(3)", "'after'", "'beside'"]
    found = dict(perform_all(eval, items, 2, group=lambda item: item == "'beside'"))
    assert found[items[0]].error.startswith("its process died")
    assert (found["'after'"].value, found["'beside'"].value) == ("after", "beside")


def test_leaving_early_ends_the_processes():
    outcomes = perform_all(eval, ["1", "__import__('time').sleep(60)"], 2)
    assert next(outcomes)[1].value == 1
    begin = time.monotonic()
    outcomes.close()
    # Asked again and not joined once: the executor's own thread may be about to note that a process has ended.
    while multiprocessing.active_children() and time.monotonic() - begin < 10:
        time.sleep(0.05)
    assert multiprocessing.active_children() == []
