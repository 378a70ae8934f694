"""On several devices: what travels is counted on the compiled program, and the numbers are those of one device."""

import json
import os
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from optim.collectives import collectives

FOLDER = Path(__file__).parent
U = 2.0**-24


def environment(devices: int) -> dict[str, str]:
    path = os.pathsep.join([str(FOLDER.parents[1]), str(FOLDER.parent), os.environ.get("PYTHONPATH", "")])
    flag = f"--xla_force_host_platform_device_count={devices}"
    return {**os.environ, "JAX_PLATFORMS": "cpu", "XLA_FLAGS": flag, "PYTHONPATH": path}


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    program = [sys.executable, str(FOLDER / "eight_devices.py")]
    done = subprocess.run(program, capture_output=True, text=True, env=environment(8), timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def kinds(sent: list[list[Any]]) -> Counter[str]:
    return Counter(kind for kind, _ in sent)


def test_a_separable_k_sends_nothing_and_computes_the_same(report):
    assert report["separable"]["sent"] == []
    assert report["separable"]["many"] == report["separable"]["one"]


def test_an_l2_norm_sends_one_all_reduce(report):
    # Of three numbers, for every axis of devices along which an array lies: one lies on a row, the other on a grid.
    assert report["l2"]["sent"] == [["all-reduce", 3]] * (1 + 2)
    assert report["group"]["sent"] == [["all-reduce", 12]]  # four groups, each at three scales


def test_norms_are_those_of_one_device_to_rounding(report):
    for name in ("l2", "group"):
        for many, one in zip(report[name]["many"], report[name]["one"], strict=True):
            # A sum of 192 squares on either side errs by 192u at most, its root by half of that; η = 0.01 of it and the
            # roundings of a step of numbers below 8 remain.
            np.testing.assert_allclose(many, one, rtol=0, atol=0.01 * 192 * U + 4 * 8 * U)


def test_the_largest_entry_sends_integers_alone(report):
    assert kinds(report["linf"]["sent"]) == {"all-reduce": 2 * (1 + 2)}
    assert all(count == 1 for _, count in report["linf"]["sent"])
    assert report["linf"]["many"] == report["linf"]["one"]


@pytest.mark.parametrize("k", ["1", "7"])
def test_top_k_sends_counts_alone_and_is_exact(report, k):
    found = report["top"][k]
    assert kinds(found["sent"]).keys() == {"all-reduce"}
    assert all(count <= 2 for _, count in found["sent"])
    np.testing.assert_array_equal(found["many"], found["expected"])
    np.testing.assert_array_equal(found["one"], found["expected"])


def test_a_sort_is_caught_gathering(report):
    assert any(kind == "all-gather" and count >= 96 for kind, count in report["sorted"])


def test_collectives_are_read_off_a_program():
    text = (
        "%a = (f32[], f32[3,2]{1,0}) all-reduce(%b, %c), x\n  %d = f32[8]{0} all-gather-start(%e)\n %f = f32[2] add(%a)"
    )
    assert collectives(text) == [("all-reduce", 7), ("all-gather", 8)]


def test_metrics_of_shards_are_those_of_one_device(report):
    """Sums of n ≤ 192 terms, of sizes below 500 in all, on either side: at most 2·200u of that apart."""
    many, one = (np.array(report["metrics"][where]) for where in ("many", "one"))
    assert (np.isfinite(many) == np.isfinite(one)).all()
    assert np.isfinite(one).sum() >= 6
    assert not np.isfinite(one).all()  # an array outside the set has no finite score
    np.testing.assert_allclose(many[np.isfinite(many)], one[np.isfinite(one)], rtol=0, atol=2 * 200 * U * 500)
    # What travels is some numbers of every device, never an array.
    assert max(count for _, count in report["metrics"]["sent"]) <= 8 * 15


def test_a_compiled_update_of_shards_works_in_place(report):
    assert len(report["compiled"]) == 2  # meshes whose axes JAX places by itself, and explicit ones
    for found in report["compiled"]:
        assert found["temporary"] < 1000
        assert found["unshared"] < 100  # a shard of μ would be 32 KiB
        assert found["sent"] == []
        assert all(found[name] for name in ("gone", "placed", "same", "kept option"))


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def run_two_processes() -> list[subprocess.CompletedProcess[str]]:
    """Both programs to their ends, neither of which outlives the other's failure."""
    program = [sys.executable, str(FOLDER / "two_processes.py"), f"127.0.0.1:{free_port()}"]
    started = [
        subprocess.Popen(
            [*program, str(i)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(1)
        )
        for i in range(2)
    ]
    try:
        ended = [process.communicate(timeout=60) for process in started]
    except subprocess.TimeoutExpired:
        for process in started:
            process.kill()
        ended = [process.communicate() for process in started]
    return [
        subprocess.CompletedProcess(process.args, process.returncode, *texts)
        for process, texts in zip(started, ended, strict=True)
    ]


def test_two_processes_take_the_step_of_one():
    ended = run_two_processes()
    if any(done.returncode for done in ended):  # another program may have taken the port in the meantime
        ended = run_two_processes()
    assert [done.returncode for done in ended] == [0, 0], ended[0].stderr[-2000:] + ended[1].stderr[-2000:]
    reports = [json.loads(done.stdout.splitlines()[-1]) for done in ended]
    x, g, mu = (np.float32(0.5 * np.random.default_rng(seed).normal(size=64)).astype(np.float64) for seed in range(3))
    was_inside = 0
    for index, (direction, dual) in enumerate(((np.sign, 1), (lambda v: v / np.linalg.norm(v), 2))):
        first, second = sorted((report[index] for report in reports), key=lambda part: part["first"])
        assert first["metrics"] == second["metrics"]
        moved = x - 0.01 * (direction(0.1 * g + 0.9 * mu) + 0.5 * x)
        # Numbers below 8, a handful of roundings each; a norm errs by 64u of a direction below 1.
        np.testing.assert_allclose(first["x"] + second["x"], moved, rtol=0, atol=(6 * 8 + 64) * U)
        distance, score, energy = first["metrics"]
        y, m = 0.5 * moved, -(0.01 * g + 0.99 * mu)
        size = np.abs if dual == 1 else np.linalg.norm
        nearest = np.clip(y, -1, 1) if dual == 1 else y / max(np.linalg.norm(y), 1)
        outside = np.linalg.norm(y - nearest)
        # Sums of 64 terms below 8 in size: 2·64u of it, on the way to a distance, a score and H.
        rounding = 2 * 64 * U * 64 * 8
        assert abs(distance - outside) <= rounding
        expected = np.sum(size(g)) + y @ g if outside == 0 else np.inf
        assert score == expected or abs(score - expected) <= rounding
        c = 0.01 * 0.9 / (0.005 * 0.1 + 0.995 * 0.01)
        expected = 0.7 + c * (np.sum(size(m)) - y @ m) if outside == 0 else np.inf
        assert energy == expected or abs(energy - expected) <= rounding
        was_inside += outside == 0
    assert was_inside == 1  # both kinds were seen
