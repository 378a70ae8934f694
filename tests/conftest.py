"""How the tests run: on the CPU, with JAX's strictest rules on, and with examples that repeat.

The x64 flag stays False, as a user finds it: float64 in the tests is the library's own scoped float64.
"""

import ctypes
import gc
import os
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("JAX_PLATFORMS", "cpu")
# The suite spends most of its time compiling. Compiled code is kept, bit for bit, so that a second run need not; that
# makes it five times as fast. Set in the environment, it serves the programs that tests start as well.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(Path(__file__).parents[1] / "build" / "jax-cache"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")
# Keras asks for TensorFlow unless it is told otherwise.
os.environ.setdefault("KERAS_BACKEND", "jax")
# XLA's former way of writing kernels, in one piece, compiles in half the time and differs by rounding at most. JAX 0.11
# no longer has it, and ends a process that asks for it. Workers inherit this.
if "--kernels=quick" in sys.argv and version("jaxlib").startswith("0.10.") and "PYTEST_XDIST_WORKER" not in os.environ:
    quick = "--xla_cpu_use_fusion_emitters=false --xla_cpu_parallel_codegen_split_count=1"
    os.environ["XLA_FLAGS"] = f"{quick} {os.environ.get('XLA_FLAGS', '')}".strip()

import hypothesis
import jax
import pytest
from tiers import ABOUT_KERNELS, LONGEST

# A silent promotion hides a float32 constant in a float64 computation, and a wrong broadcast hides a wrong shape.
jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")

# Deadlines time the first compilation, not the law, so there are none.
# The same examples for everybody: a suite that changes from run to run fails on someone else's change. New examples are
# looked for on purpose, with LIONLAB_EXAMPLES.
hypothesis.settings.register_profile("repeatable", deadline=None, derandomize=True, print_blob=True)
if "LIONLAB_EXAMPLES" in os.environ:
    examples = int(os.environ["LIONLAB_EXAMPLES"])
    hypothesis.settings.register_profile("thorough", deadline=None, max_examples=examples, print_blob=True)
    hypothesis.settings.load_profile("thorough")
else:
    hypothesis.settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--thorough", action="store_true", help="try also the examples that tests/tiers.py lets wait")
    told = "quick: all but the files of tests/tiers.py that are about kernels, compiled fast; users: those files alone"
    parser.addoption("--kernels", choices=("quick", "users"), help=told)


def pytest_configure(config: pytest.Config) -> None:
    # xdist would begin with the files of most tests, which are not those that take longest.
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One for each core there is for this process; psutil, where it is installed, would count those of the machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Divides the files between the two ways of compiling, where one is asked for."""
    kernels = config.getoption("--kernels")
    if kernels is None or collection_path.suffix != ".py" or not collection_path.name.startswith("test_"):
        return None
    is_about_kernels = collection_path.relative_to(Path(__file__).parent).as_posix() in ABOUT_KERNELS
    return True if is_about_kernels != (kernels == "users") else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts the longest files first; leaves out what is marked thorough, unless asked for by --thorough or by name."""
    order = {Path(__file__).parent / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path, len(order)))
    is_named = any("::" in argument for argument in config.invocation_params.args)
    if config.getoption("--thorough") or is_named:
        return
    waiting = [item for item in items if item.get_closest_marker("thorough")]
    config.hook.pytest_deselected(items=waiting)
    items[:] = [item for item in items if not item.get_closest_marker("thorough")]


# Compiled code is mapped into memory piece by piece, and Linux ends a process that maps more than 65530 pieces, or that
# leaves no memory for others. No ten tests take as much as is left; counting takes longer than many a test.
MOST_MAPS = 40_000
MOST_PAGES = 3 * 10**9 // 4096
TESTS_BETWEEN_COUNTS = 10
# What JAX traces is garbage by the thousand: collecting it at Python's usual 700 objects takes a tenth of all time.
gc.set_threshold(50_000, 20, 20)
_tests_ended = 0


@pytest.fixture(autouse=True)
def _room_for_compiled_code() -> Iterator[None]:
    """Forgets what was compiled before the process has no room for more; what is cached on disk comes back quickly."""
    global _tests_ended
    yield
    _tests_ended += 1
    if _tests_ended % TESTS_BETWEEN_COUNTS == 0 and _is_full():
        jax.clear_caches()
        gc.collect()
        _return_free_memory()


def _return_free_memory() -> None:
    """Glibc keeps what is freed: the process would look full ever after, and forget everything every ten tests."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


def _is_full() -> bool:
    maps, memory = Path("/proc/self/maps"), Path("/proc/self/statm")
    if not maps.exists():
        return False
    return maps.read_bytes().count(b"\n") > MOST_MAPS or int(memory.read_text().split()[1]) > MOST_PAGES
