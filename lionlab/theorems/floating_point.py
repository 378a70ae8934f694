"""Phase 1 in floating point: where rounding stops the approach, and which order of evaluation stays inside."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np

from ..convex import L1Norm
from ..dynamics import LionK
from ..objectives import Quadratic
from ..simulation import simulate_batch
from ._claim import Claim, Hypothesis, Measurement, Run, Wrong
from ._recipe import iterates

FAR_AWAY = 1e4
"""Where the loss pulls to: the sign of the momentum is then always outward."""

DTYPES = (np.dtype(np.float32), np.dtype(np.float64), np.dtype(jnp.bfloat16))


@dataclass(frozen=True)
class Rates:
    """η and λ in one dtype, with the loss ½(x − 10⁴)²."""

    dtype: Any
    step_size: float
    weight_decay: float

    @property
    def exact(self) -> tuple[float, float]:
        """η and λ as the dtype stores them."""
        return float(self.dtype.type(self.step_size)), float(self.dtype.type(self.weight_decay))


def ulp(x: float, dtype: Any) -> float:
    """The spacing of the dtype's numbers just above x > 0."""
    return float(2.0 ** (np.floor(np.log2(x)) - jnp.finfo(dtype).nmant))


def stalling(run: Run) -> list[Rates]:
    rates = ((0.01, 1.0), (0.01, 0.5), (0.1, 0.7), (0.02, 1.3), (0.005, 3.0))
    dtypes = DTYPES[:1] if run.is_quick else DTYPES
    return [Rates(dtype, eta, lam) for dtype in dtypes for eta, lam in rates if dtype != DTYPES[2] or eta >= 0.01]


def measure_stall(cases: Sequence[Rates], run: Run, subject: Callable[[float, float], float]) -> Measurement:
    """The difference of the observed and the predicted excess x − 1/λ, in units of 2 ulp."""
    worst, where = 0.0, None
    for dtype in DTYPES:
        members = [rates for rates in cases if rates.dtype == dtype]
        if not members:
            continue
        methods = [LionK(L1Norm(), rates.step_size, rates.weight_decay) for rates in members]
        x0 = np.array([[3 / rates.weight_decay] for rates in members], dtype)
        found = simulate_batch(methods, Quadratic([[1.0]], [FAR_AWAY]), x0, 10_000, record=("x",), record_every=1000)
        x = iterates(found)
        for index, rates in enumerate(members):
            last, before = float(x[-1, index, 0]), float(x[-2, index, 0])
            eta, lam = rates.exact
            excess = (last - 1 / lam) / ulp(last, dtype)
            # A run that still moves has not stalled, and nothing was observed.
            off = abs(excess - subject(eta, lam)) / 2 if last == before else np.nan
            if not off <= worst:
                worst = off
                where = {"dtype": dtype.name, "step_size": eta, "weight_decay": lam, "excess in ulp": excess}
        if np.isnan(worst):
            break
    return Measurement(worst, 1.0, len(cases), where)


def staying(run: Run) -> list[Rates]:
    rng = np.random.default_rng(run.seed)
    pairs = rng.uniform((0.0005, 0.3), (0.05, 3.0), size=(32 if run.is_quick else 128, 2))
    return [Rates(DTYPES[0], float(eta), float(lam)) for eta, lam in pairs]


Path = Callable[[np.ndarray, np.ndarray, np.ndarray], float]
STARTS, NUM_STEPS = 4, 4000


def library_step(eta: np.ndarray, lam: np.ndarray, x0: np.ndarray) -> float:
    """max |λx| − 1 over runs of `LionK`, half of them pushed outward, half pulled about by noise."""
    methods = [LionK(L1Norm(), float(e), float(k)) for e, k in zip(eta.ravel(), lam.ravel(), strict=True)]
    x = x0.reshape(-1, 1)
    losses = [Quadratic([[1.0]], [FAR_AWAY if index % 2 else 0.0]) for index in range(len(x))]
    found = simulate_batch(methods, losses, x, NUM_STEPS, gradient_noise=10.0, key=0, record=("x",))
    return excess(lam.reshape(1, -1), iterates(found)[..., 0])


def excess(lam: np.ndarray, x: np.ndarray) -> float:
    """max |λx| − 1, exact: a product of two float32 numbers is a float64."""
    return float(np.max(np.abs(lam.astype(np.float64) * x.astype(np.float64)))) - 1


def in_order(step: Callable[[np.ndarray, np.float32, np.ndarray, np.ndarray], np.ndarray]) -> Path:
    """The same with another order of evaluation, in NumPy float32, pushed outward."""

    def path(eta: np.ndarray, lam: np.ndarray, x0: np.ndarray) -> float:
        x, largest, outward = x0.copy(), -1.0, np.float32(1)
        for _ in range(NUM_STEPS):
            x = step(x, outward, eta, lam)
            largest = max(largest, excess(lam, x))
        return largest

    return path


def measure_staying(cases: Sequence[Rates], run: Run, subject: Path) -> Measurement:
    """max |λx| − 1 over all steps of runs started inside."""
    rng = np.random.default_rng(run.seed)
    eta = np.repeat(np.array([[rates.step_size] for rates in cases], np.float32), STARTS, axis=1)
    lam = np.repeat(np.array([[rates.weight_decay] for rates in cases], np.float32), STARTS, axis=1)
    # The largest float32 numbers of the box, in half of the runs, and points anywhere in it.
    edge = np.nextafter((1 / lam).astype(np.float32), np.float32(0))
    x0 = np.where(rng.random(eta.shape) < 0.5, edge, edge * rng.uniform(0, 1, eta.shape)).astype(np.float32)
    worst = subject(eta, lam, x0)
    return Measurement(worst, 0.0, eta.size, {"|λx| − 1": worst})


def too_coarse(rates: Rates) -> str | None:
    eta, lam = rates.exact
    return None if eta * lam <= 0.25 else f"ηλ is {eta * lam:g}; the statement is for ηλ ≤ 1/4."


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="stall-outside",
        statement=(
            "Started outside, x + η(u − λx) in floating point stalls where the decay rounds away: 1/(2ηλ) units in the "
            "last place beyond 1/λ, in float32 at η = 0.01, λ = 1 an excess of 6e-6, in bfloat16 0.39."
        ),
        source="phase 1 of arXiv 2310.05898, in floating point",
        hypotheses=(Hypothesis("ηλ ≤ 1/4", too_coarse),),
        observable="largest difference of the excess x − 1/λ from 1/(2ηλ) ulp, in units of 2 ulp",
        tolerance="2 ulp: x stops at a whole ulp, and the rounding of λx shifts where by up to one more",
        cases=stalling,
        measure=measure_stall,
        subject=lambda eta, lam: 1 / (2 * eta * lam),
        wrongs=(
            Wrong("it reaches the set", lambda eta, lam: 0.0),
            Wrong("a tenth more", lambda eta, lam: 1.1 / (2 * eta * lam)),
            Wrong("a tenth less", lambda eta, lam: 0.9 / (2 * eta * lam)),
            Wrong("1/(ηλ) ulp", lambda eta, lam: 1 / (eta * lam)),
            Wrong("1/(2η) ulp", lambda eta, lam: 1 / (2 * eta)),
        ),
    ),
    Claim(
        id="inside-stays-inside",
        statement="Started inside, x + η(u − λx) evaluated in this order never leaves ‖λx‖∞ ≤ 1; other orders do.",
        source="phase 1 of arXiv 2310.05898, in floating point",
        hypotheses=(Hypothesis("ηλ ≤ 1/4", too_coarse),),
        observable="max |λx| − 1 over all steps, exactly (a product of two float32 numbers is a float64)",
        tolerance="none: 0",
        cases=staying,
        measure=measure_staying,
        subject=library_step,
        wrongs=(
            Wrong("(1 − ηλ)x + ηu", in_order(lambda x, u, eta, lam: (np.float32(1) - eta * lam) * x + eta * u)),
            Wrong("(x + ηu)/(1 + ηλ)", in_order(lambda x, u, eta, lam: (x + eta * u) / (np.float32(1) + eta * lam))),
            Wrong("(x + ηu)·(1/(1 + ηλ))", in_order(
                lambda x, u, eta, lam: (x + eta * u) * (np.float32(1) / (np.float32(1) + eta * lam)))),
        ),
    ),
)  # fmt: skip
