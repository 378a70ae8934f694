"""Which examples are tried every time, and which only by `make test-thorough`.

The suite's time is XLA compiling each kind of K, in each dtype, on each route. Every law and every route is tried
every time, on every family of K; variants of a family (the same code with other parameters, shapes or parts) and second
dtypes wait for the thorough run. An example nobody wrote down here, such as a new line of the catalogue, never waits.
"""

from collections.abc import Iterable
from typing import Any

import pytest

ABOUT_KERNELS = frozenset({
    "convex/test_ties.py", "test_compiled.py", "test_every_step.py", "test_one_kernel.py", "test_simulation.py",
})  # fmt: skip
"""Files about what XLA makes of the code, which `make test` compiles as a user does; the rest it compiles fast."""

VARIANTS = frozenset({
    "lp 1", "lp 1.05", "lp 1.2", "lp 2", "lp 3", "lp inf", "dead zone 0", "top 1", "top 3 of 4", "huber 3",
    "squared 0.3", "l2 matrix", "group of all", "log cosh 0.3", "sorted l1 flat", "nuclear wide", "spectral",
    "scaled l1", "scaled log cosh", "sum of norms", "sum of separables", "sum of matrices", "envelope of l1",
    "envelope of linf", "envelope of nuclear, scaled", "envelope of scaled dead zone", "truncated l2",
    "truncated spectral", "truncated linf", "truncated envelope", "scaled truncated",
})  # fmt: skip
"""The lines of the catalogue that are variants of another line."""


LONGEST = (
    "reproduction/test_reproduce.py", "proofs/test_every_proof.py", "convex/test_laws.py", "integration/test_smooth.py",
    "inspection/test_inspection.py", "theorems/test_every_claim.py", "theorems/test_proximal.py",
    "convex/test_calculus.py", "dynamics/test_proximal_step.py", "energy/test_ledger.py",
    "test_every_step.py", "test_unstacked.py",
)  # fmt: skip
"""Files that begin first, the longest before all: a long one that begins last has the other processes wait for it."""


def waiting(examples: Iterable[Any], wait: Iterable[Any]) -> list[Any]:
    """`examples` for `parametrize`, those in `wait` marked thorough.

    An entry of `wait` that is no example is a mistake: what it was to name would silently be tried every time.
    """
    examples, wait = list(examples), list(wait)
    unknown = [entry for entry in wait if entry not in examples]
    if unknown:
        raise ValueError(f"{unknown[0]!r} waits for the thorough run, but is none of {examples}.")
    return [pytest.param(example, marks=pytest.mark.thorough) if example in wait else example for example in examples]
