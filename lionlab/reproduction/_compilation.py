"""XLA's options for processes that compile many programs and run each of them once or twice."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

# One thread for each process: there are as many processes as cores.
ONE_THREAD = ("--xla_cpu_parallel_codegen_split_count=1", "--xla_cpu_multi_thread_eigen=false")
# The older of XLA's two ways of writing a kernel takes half the time to compile. An option that XLA does not know ends
# the process, and JAX 0.11 no longer has this one.
OLDER_KERNELS = "--xla_cpu_use_fusion_emitters=false"


@contextmanager
def compiled_in_haste() -> Iterator[None]:
    """In this block, processes that start, and this one if it has not used JAX before, compile as fast as they can.

    Results differ from others by rounding at most. What the environment's XLA_FLAGS say comes last, and so decides.
    """
    given = os.environ.get("XLA_FLAGS")
    os.environ["XLA_FLAGS"] = " ".join([*_options(version("jaxlib")), *([given] if given else [])])
    try:
        yield
    finally:
        if given is None:
            del os.environ["XLA_FLAGS"]
        else:
            os.environ["XLA_FLAGS"] = given


def _options(jaxlib: str) -> tuple[str, ...]:
    return (*ONE_THREAD, OLDER_KERNELS) if jaxlib.startswith("0.10.") else ONE_THREAD
