"""One Lyapunov function for both phases: H_M, with K_M = K + indicator of {‖·‖_B ≤ M} in place of K.

K_M*(y) is M·dist_B(y, dom K*) for a norm: finite outside the constraint set, K* inside. Where ‖m̃_t‖_B ≤ M all along,
∇K(m̃) ∈ ∂K_M(m̃), so the same run is a Lion-K_M run and the ledger, signs included, holds through phase 1 and phase 2.
"""

import dataclasses
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import ConvexFunction
from ..energy import Ledger, energy_ledger
from ..precision import double_precision
from ._cases import (
    KINDS,
    ORDERED_BETAS,
    PARAMETERS,
    RATES,
    Batch,
    Case,
    RippledBowl,
    batches,
    bowl,
    compiled_once,
    nonconvex_bowl,
    shape_for,
    standard_or_given,
    sweep,
)
from ._claim import Claim, Measurement, Run, Wrong
from ._energy_runs import one_of
from ._hypotheses import BELOW_ONE, CONSTANT_STEP, DECAYS, FINITE_BRACKET, FINITE_FUNCTION
from ._hypotheses import ORDERED_BETAS as ORDERED
from ._plain_ledger import Pieces, look_ahead, pieces, plain_ledger

SMALLER = 1 - 1e-6
SIGNED = ("alignment", "enhancement", "conjugate_remainder", "momentum_remainder")


@dataclass(frozen=True)
class Extension:
    """How K* is continued outside dom K*: with `fraction` of the least valid M, and the pieces changed by `change`."""

    fraction: float = 1.0
    change: Callable[[Pieces], Pieces] | None = None


LIBRARY = Extension()


@functools.cache
def standard_cases(is_quick: bool) -> tuple[Case, ...]:
    """Starts well outside dom K*, and the case on which M/3 fails: x0 = 1.5, f = ½(x−10)², λ = 1, K = ‖·‖₁."""
    names = ("‖·‖₁",) if is_quick else ("‖·‖₁", "Huber", "‖·‖_p", "nuclear")
    found: list[Case] = []
    for label in names:
        K = KINDS[label]
        shape = shape_for(K)
        for f in (bowl(shape), nonconvex_bowl(shape)):

            def far(rng: np.random.Generator, lam: float, shape: tuple[int, ...] = shape) -> np.ndarray:
                return rng.choice((-1.0, 1.0), size=shape) * rng.uniform(1.5, 4, size=shape) / lam

            found += sweep(K, f, rates=RATES, betas=ORDERED_BETAS, start=far, label=label)
    away = RippledBowl(np.eye(4), np.full(4, 10.0), np.asarray(0.0))
    lion = dataclasses.replace(found[0].method, step_size=0.1, weight_decay=1.0, beta1=0.9, beta2=0.99)
    found.append(Case("f = ½(x−10)², x0 = 1.5", lion, away, np.full(4, 1.5), np.zeros(4), found[0].num_steps))
    return tuple(found)


@dataclass(frozen=True)
class GlobalRun:
    """A run that starts outside, the M it stays within, its ledger of H_M, and H, infinite until it enters."""

    case: Case
    x: np.ndarray
    m: np.ndarray
    gradient: np.ndarray
    bound: float
    ledger: Ledger
    lyapunov: np.ndarray
    is_small_bound_refused: bool

    @property
    def has_entered(self) -> bool:
        """Whether K is a norm and H is finite at some step, so that H_M can be compared with it."""
        return self.case.method.K.is_positively_homogeneous and bool(np.isfinite(self.lyapunov[:-1]).any())


@functools.lru_cache(maxsize=256)
def _runs_of(batch_cases: tuple[Case, ...]) -> tuple[GlobalRun, ...]:
    batch = Batch(batch_cases)
    trajectory = batch.simulate(record=("x", "m", "lyapunov"))
    x, m, g, H = trajectory.x, trajectory.m, trajectory.gradient, trajectory.lyapunov
    if x is None or m is None or g is None or H is None:
        raise RuntimeError("a run recorded with x, m and lyapunov must hold them and the gradients.")
    bound = max(_largest(case, m[:, b], g[:, b]) for b, case in enumerate(batch.cases))
    ledger = energy_ledger(batch.methods, batch.objective, trajectory, bound=bound)
    # The batch shares one M, so this is the check of the run with the largest momentum.
    try:
        energy_ledger(batch.methods, batch.objective, trajectory, bound=SMALLER * bound)
        is_refused = False
    except ValueError:
        is_refused = True
    return tuple(
        GlobalRun(case, x[:, b], m[:, b], g[:, b], bound, one_of(ledger, b), H[:, b], is_refused)
        for b, case in enumerate(batch.cases)
    )


def _largest(case: Case, m: np.ndarray, g: np.ndarray) -> float:
    """max over the run of ‖m_t‖_B and ‖m̃_t‖_B, with a rounding to spare."""
    with double_precision():
        both = jnp.asarray(np.concatenate([m, look_ahead(case, m, g)]))
        return float(np.max(np.asarray(_ball_norms(case.method.K, both)))) * (1 + 1e-12)


@compiled_once
def _ball_norms(K: ConvexFunction, v: Array) -> Array:
    return jax.vmap(K.ball_norm)(v)


def measure(cases: Sequence[Case], run: Run, subject: Extension) -> Measurement:
    """Worst of: residual, signed terms, ΔH_M − D_f, and H_M − H once inside (norms), each over its rounding."""
    if subject is not LIBRARY and run.parameters:
        cases = [*cases, *standard_cases(True)]
    found = []
    for batch in batches(cases):
        for one in _runs_of(batch.cases):
            errors = _library_errors(one) if subject is LIBRARY else _sign_errors(one, _plain(one, subject))
            name, ratio = max(errors.items(), key=lambda pair: np.inf if np.isnan(pair[1]) else pair[1])
            found.append((ratio, name, one))
    if subject is LIBRARY and not run.parameters and not any(one.has_entered for _, _, one in found):
        return Measurement(np.nan, 1.0, len(found), note="No run of a norm entered dom K*: H_M = H was not measured.")
    ratio, name, one = max(found, key=lambda entry: np.inf if np.isnan(entry[0]) else entry[0])
    where = {"observed": name, "M": one.bound, **one.case.replay()}
    return Measurement(ratio, 1.0, len(found), where, _not_measured([one for _, _, one in found]))


def _not_measured(runs: Sequence[GlobalRun]) -> str:
    """How many runs never compare H_M with H."""
    norms = [one for one in runs if one.case.method.K.is_positively_homogeneous]
    outside = sum(not one.has_entered for one in norms)
    told = f"{outside} of {len(norms)} runs of a norm never enter dom K*, so H_M = H was not measured there." * (
        outside > 0
    )
    others = len(runs) - len(norms)
    return " ".join(
        part for part in (told, f"H_M = H was not measured on {others} runs of no norm." * (others > 0)) if part
    )


def _library_errors(one: GlobalRun) -> dict[str, float]:
    ledger = one.ledger
    errors = _sign_errors(one, {name: getattr(ledger, name) for name in SIGNED})
    errors["residual"] = float(np.max(np.abs(ledger.residual) / ledger.rounding_bound))
    errors["rise"] = float(np.max((ledger.change - ledger.loss_remainder) / ledger.sign_allowance))
    errors["M too small accepted"] = 0.0 if one.is_small_bound_refused else np.inf
    if one.has_entered:
        inside = np.isfinite(one.lyapunov[:-1])
        apart = np.abs(ledger.lyapunov[:-1] - one.lyapunov[:-1])[inside]
        errors["H_M − H"] = float(np.max(apart / ledger.sign_allowance[inside]))
    return errors


def _sign_errors(one: GlobalRun, terms: dict[str, np.ndarray]) -> dict[str, float]:
    method = one.case.method
    explicit = method.decay == "explicit"
    growth = 1 / (1 - float(method.step_size) * method.weight_decay) if explicit else 1.0  # type: ignore[arg-type]
    allowance = (1 + growth) * one.ledger.sign_allowance
    return {name: float(np.max(terms[name] / allowance)) for name in SIGNED}


def _plain(one: GlobalRun, wrong: Extension) -> dict[str, np.ndarray]:
    right = pieces(one.case, one.x, one.m, one.gradient, wrong.fraction * one.bound)
    changed = right if wrong.change is None else wrong.change(right)
    return plain_ledger(one.case, one.x, one.m, one.gradient, changed)


CLAIMS = (
    Claim(
        id="global-lyapunov",
        statement=(
            "Where ‖m̃_t‖_B ≤ M, H_M is finite from any start, keeps the exact ledger with its four signs through both "
            "phases, and for norms equals H inside the constraint set; an M below ‖m̃_t‖_B or ‖m_t‖_B is refused."
        ),
        source="derived here: K + indicator of a ball in place of K in arXiv 2310.05898, Theorem 4.1",
        hypotheses=(FINITE_FUNCTION, DECAYS, BELOW_ONE, FINITE_BRACKET, ORDERED, CONSTANT_STEP),
        observable=(
            "worst of residual, signed terms, ΔH_M − D_f and, for norms at every step inside, H_M − H, over their "
            "rounding; infinite where an M a relative 1e-6 below all ‖m̃_t‖_B, ‖m_t‖_B of a batch is accepted"
        ),
        tolerance="1: the bounds of the ledger (see ledger-identity, ledger-signs), whose terms now carry M·dist_B.",
        cases=lambda run: standard_or_given(run, lambda: standard_cases(run.is_quick)),
        measure=measure,
        subject=LIBRARY,
        wrongs=(
            Wrong("a third of the M the run needs", Extension(fraction=1 / 3)),
            Wrong("K* taken as 0 outside its domain", Extension(change=lambda p: p._replace(K_star=0 * p.K_star))),
            Wrong("∇K_M* forgotten outside", Extension(change=lambda p: p._replace(z=0 * p.z))),
            Wrong(
                "K_M* too small by a relative 1e-6", Extension(change=lambda p: p._replace(K_star=SMALLER * p.K_star))
            ),
        ),
        parameters=PARAMETERS,
    ),
)
