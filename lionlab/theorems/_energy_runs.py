"""Runs with their energy ledgers: computed once, shared by the claims about the discrete Lyapunov function."""

import dataclasses
import functools
import weakref
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from ..convex import ConvexFunction, DeadzoneL1, Huber, L1Norm, LpNorm
from ..energy import Ledger, energy_ledger
from ..objectives import Loss, example_objectives
from ._cases import (
    DECAYS,
    KINDS,
    ORDERED_BETAS,
    PAPER_ROWS,
    RATES,
    REVERSED_BETAS,
    VECTOR,
    Batch,
    Case,
    RippledBowl,
    batches,
    bowl,
    filled,
    nonconvex_bowl,
    shape_for,
    standard_or_given,
    sweep,
)
from ._claim import Hypothesis, Run
from ._hypotheses import boundary
from ._observed_loss import breaks_smoothness, pairs_in
from ._plain_ledger import Pieces, pieces

UNCONSTRAINED = ((0.05, 0.0),)
# Of one K, decay and loss; cases with fewer (η, λ) or (β1, β2) then run in the batches that the others have compiled.
BATCH_SIZE = len(RATES + UNCONSTRAINED) * len(ORDERED_BETAS + REVERSED_BETAS)


@dataclass(frozen=True)
class EnergyRun:
    """One case, its states (T+1, …), the gradients it used (T, …), and its ledger, arrays of (T,)."""

    case: Case
    x: np.ndarray
    m: np.ndarray
    gradient: np.ndarray
    ledger: Ledger


def isotropic_bowl(shape: Sequence[int]) -> RippledBowl:
    """½‖x − C‖²: every step of it meets D_f ≤ (L/2)‖Δx‖² with equality."""
    center = 3 * np.random.default_rng(7).normal(size=shape)
    return RippledBowl(np.eye(shape[0]), center, np.asarray(0.0))


def start_inside(K: ConvexFunction, shape: Sequence[int]) -> Callable[[np.random.Generator, float], np.ndarray]:
    """Starts with λx0 in dom K*, on its boundary where ∂K* is never empty there (homogeneous K)."""

    def start(rng: np.random.Generator, weight_decay: float) -> np.ndarray:
        far = 2 * rng.normal(size=shape)
        if weight_decay == 0:
            return far
        projected = boundary(K, far).projection
        return (1.0 if K.is_positively_homogeneous else 0.9) * projected / weight_decay

    return start


@functools.cache
def energy_cases(is_quick: bool) -> tuple[Case, ...]:
    """K × decay × (η, λ), λ = 0 included × (β1, β2) × f convex, nonconvex and isotropic.

    Every kind of K: the paper's rows with both decays, the others with explicit and implicit by turns, as each pair of
    a kind and a decay is a compilation; a quick run has three rows. With K = ‖·‖₁ also the worst steps and losses that
    have no smoothness constant. The tests run every kind with both decays.
    """
    quick = ("‖·‖₁", "‖·‖_p", "dead zone")
    both = quick[:1] if is_quick else tuple(PAPER_ROWS)
    cases: list[Case] = []
    for number, label in enumerate(quick if is_quick else KINDS):
        decays = DECAYS if label in both else DECAYS[:1] if is_quick or number % 2 else DECAYS[1:]
        for decay in decays:
            cases += kind_cases(label, decay)
    cases += [case for decay in DECAYS for case in worst_steps(decay)]
    for name in () if is_quick else ("rosenbrock", "beale"):
        cases += _sweep(KINDS["‖·‖₁"], example_objectives()[name], "explicit", f"‖·‖₁, f {name}")
    return tuple(cases)


def kind_cases(label: str, decay: str) -> list[Case]:
    """The cases of one kind of K and one decay, all of one compilation."""
    K = KINDS[label]
    shape = shape_for(K)
    losses = {"convex": bowl(shape), "nonconvex": nonconvex_bowl(shape), "isotropic": isotropic_bowl(shape)}
    return [case for name, f in losses.items() for case in _sweep(K, f, decay, f"{label}, f {name}")]


def worst_steps(decay: str) -> list[Case]:
    """First steps that rise by all of D_f = ±(L/2)‖x⁺−x‖²: every other term of the ledger is 0 or of the order 1e-9.

    K = ‖·‖₁, x0 = 0, m0 = 1, f = ±½‖x−C‖² with ∇f(0) = (β1−δ)/(1−β1), δ = 1e-9: m̃ = δ and m⁺ are positive, so that
    u = ∇K(m̃) = ∇K(m⁺) = ∇K(m), K*(λx⁺) = 0, and Δ1 ≤ ⟨u, m̃⟩ = dδ.
    """
    beta1, slope = 0.9, (0.9 - 1e-9) / (1 - 0.9)
    found: list[Case] = []
    for name, sign in (("convex", 1.0), ("concave", -1.0)):
        f = RippledBowl(sign * np.eye(*VECTOR), np.full(VECTOR, -sign * slope), np.asarray(0.0))
        betas = ((beta1, 0.99), (beta1, beta1))
        swept = sweep(KINDS["‖·‖₁"], f, decay, RATES, betas, label=f"‖·‖₁, worst step, f {name}")
        found += [dataclasses.replace(one, m0=np.ones(VECTOR)) for one in swept]
    return found


def _sweep(K: ConvexFunction, f: Loss, decay: str, label: str) -> list[Case]:
    betas = ORDERED_BETAS + REVERSED_BETAS
    return sweep(K, f, decay, RATES + UNCONSTRAINED, betas, start=start_inside(K, f.shape), seed=1, label=label)


def cases_of(run: Run) -> Sequence[Case]:
    """The standard cases, or the user's own."""
    return standard_or_given(run, lambda: energy_cases(run.is_quick), keeps_start=False)


def ordered_cases_of(run: Run) -> Sequence[Case]:
    """The standard cases with β1 ≤ β2, or the user's own whatever they are."""
    cases = cases_of(run)
    return cases if run.parameters else [one for one in cases if one.method.beta1 <= one.method.beta2]


def with_controls(cases: Sequence[Case], run: Run, is_right: bool) -> Sequence[Case]:
    """The cases; and for a planted wrong beside a user's own case, which need not show it, some standard ones too."""
    if is_right or not run.parameters:
        return cases
    controls = [case for case in energy_cases(True) if isinstance(case.method.K, L1Norm | DeadzoneL1)]
    return [*cases, *(case for case in controls if case.method.beta1 <= case.method.beta2)]


_KNOWN: weakref.WeakKeyDictionary[Case, EnergyRun] = weakref.WeakKeyDictionary()


def energy_runs(cases: Iterable[Case]) -> list[EnergyRun]:
    """The run and ledger of every case, those already known not repeated."""
    cases = list(cases)
    for batch in batches([case for case in cases if case not in _KNOWN]):
        for case, found in zip(batch.cases, _run(batch), strict=True):
            _KNOWN[case] = found
    return [_KNOWN[case] for case in cases]


def _shows_no_other_smoothness(case: Case) -> str | None:
    """A user's loss is judged along its own run, one of the standard losses once, about the start of its first case."""
    if case.objective.smoothness is None or case.is_given:
        run = energy_runs([case])[0].x if case.objective.smoothness is not None else case.x0[None]
        return breaks_smoothness(case.objective, pairs_in(run))
    if id(case.objective) not in _JUDGED:
        _JUDGED[id(case.objective)] = case.objective, breaks_smoothness(case.objective, pairs_in(case.x0[None]))
    return _JUDGED[id(case.objective)][1]


# By identity, and holding the loss so that its id stays its own: many cases share one.
_JUDGED: dict[int, tuple[Any, str | None]] = {}
SMOOTH = Hypothesis(
    "f is L-smooth with known L, and no pair of gradients of the run shows otherwise", _shows_no_other_smoothness
)

_PIECES: weakref.WeakKeyDictionary[Case, Pieces] = weakref.WeakKeyDictionary()


def pieces_of(run: EnergyRun) -> Pieces:
    """The `Pieces` of a run, evaluated once."""
    if run.case not in _PIECES:
        _PIECES[run.case] = pieces(run.case, run.x, run.m, run.gradient)
    return _PIECES[run.case]


# Kinds with every feature the plain ledger can get wrong: a norm, penalties kinked and smooth, a curved dual ball.
SECOND_ROUTE = (L1Norm, LpNorm, DeadzoneL1, Huber)


def second_route(cases: Sequence[Case]) -> list[Case]:
    """The cases that are also computed in plain NumPy: those of `SECOND_ROUTE`, or all where there are none of them."""
    return [case for case in cases if isinstance(case.method.K, SECOND_ROUTE)] or list(cases)


def _run(batch: Batch) -> list[EnergyRun]:
    cases, batch = batch.cases, filled(batch, BATCH_SIZE)
    trajectory = batch.simulate()
    x, m, g = trajectory.x, trajectory.m, trajectory.gradient
    if x is None or m is None or g is None:
        raise RuntimeError("a run recorded with x and m must hold x, m and the gradients.")
    try:
        ledger = energy_ledger(batch.methods, batch.objective, trajectory)
    except ValueError:
        # A run that rounding puts on a boundary where ∂K* is empty has no ledger: nothing is measured, nothing passes.
        ledger = Ledger(**{field.name: np.full(g.shape[:2], np.nan) for field in fields(Ledger)})
    return [EnergyRun(case, x[:, b], m[:, b], g[:, b], one_of(ledger, b)) for b, case in enumerate(cases)]


def one_of(ledger: Ledger, index: int) -> Ledger:
    """The ledger of one run of a batch."""
    return Ledger(**{field.name: getattr(ledger, field.name)[:, index] for field in fields(ledger)})
