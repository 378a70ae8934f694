"""The least time that an update of N float32 parameters can take: 20 bytes moved for each, and nothing else.

Measured in the process whose engines are held against it, since the speed of memory differs between processes. On a
CPU it is Lion itself in C, in place, on every core; without a C compiler copies of as many bytes, which take longer and
judge nothing. On an accelerator it is one copy on the device that reads 10 bytes per parameter and writes 10.
"""

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from _machine import cores
from _update_problem import BETA1, BETA2, LEARNING_RATE, WEIGHT_DECAY, Problem

SOURCE = Path(__file__).with_name("_update_floor.c")


def floor_of(problem: Problem) -> tuple[str, Callable[[], None]]:
    """(what it is, the call to time)."""
    if jax.default_backend() != "cpu":
        return "copy on the device", device_copy(problem.size)
    library = compiled_floor()
    if library is None:
        return f"NumPy copies, {cores()} threads", threaded_copy(problem.size)
    return f"Lion in C, {cores()} threads", lion_in_c(library, problem.size)


@cache
def compiled_floor() -> ctypes.CDLL | None:
    """The floor, compiled for this processor and with its threads started; None where that cannot be done."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "floor.so"
        options = ("-O3", "-march=native", "-shared", "-fPIC", "-pthread")
        if subprocess.run([compiler, *options, "-o", str(path), str(SOURCE)], check=False).returncode:
            return None
        library = ctypes.CDLL(str(path))
    return library if library.start(cores()) == cores() else None


def lion_in_c(library: ctypes.CDLL, size: int) -> Callable[[], None]:
    x, m, g = (aligned(size) for _ in range(3))
    constants = (LEARNING_RATE, WEIGHT_DECAY, BETA1, BETA2)

    def call() -> None:
        pointers = (ctypes.c_void_p(array.ctypes.data) for array in (x, m, g))
        library.lion(*pointers, ctypes.c_size_t(size), *map(ctypes.c_float, constants))

    return call


def aligned(size: int) -> np.ndarray:
    """Ones that begin at a cache line, as the arrays of the engines do."""
    whole = np.ones(size + 16, np.float32)
    begin = -(whole.ctypes.data // 4) % 16
    return whole[begin : begin + size]


def threaded_copy(size: int) -> Callable[[], None]:
    source = np.ones(5 * size // 2, np.float32)
    target, pool = np.zeros_like(source), ThreadPoolExecutor(cores())
    parts = list(zip(np.array_split(target, cores()), np.array_split(source, cores()), strict=True))
    return lambda: list(pool.map(lambda part: np.copyto(*part), parts)) and None


def device_copy(size: int) -> Callable[[], None]:
    source, copy = jnp.ones(5 * size // 2, jnp.float32), jax.jit(jnp.copy)

    def call() -> None:
        jax.block_until_ready(copy(source))

    return call
