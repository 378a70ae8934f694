"""What a benchmark says of where it ran; JAX, and nothing else that a bare machine may lack."""

import os
import platform
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import jax

RESULTS = Path(__file__).parent / "results"


def processor() -> str:
    """The model of the processor, no name of a machine."""
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        found = None
    return found.group(1).strip() if found else platform.machine()


def load_average() -> list[float] | None:
    return list(os.getloadavg()) if hasattr(os, "getloadavg") else None


def cores() -> int:
    """How many processors this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def installed(*packages: str) -> dict[str, str]:
    """The versions of those that are installed; a clone that is only on the path counts as a version of its own."""
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            if package == "lionlab":
                from lionlab import __version__

                found[package] = __version__
    return found


def machine() -> dict[str, Any]:
    device = jax.devices()[0]
    return {
        "device": processor() if device.platform == "cpu" else device.device_kind,
        "platform": device.platform,
        "cores": cores(),
        "load_average_before": load_average(),
        "python": platform.python_version(),
        **installed("jax", "jaxlib", "numpy", "lionlab"),
    }


def kind(facts: dict[str, Any]) -> str:
    """A file name for this kind of machine: 'amd-epyc-4-cores'."""
    return re.sub(r"[^a-z0-9]+", "-", f"{facts['device']} {facts['cores']} cores".lower()).strip("-")
