"""The certificate of the implicit step: s ∈ ∂K(m̃⁺ + e) with ‖e‖ at most the `inclusion_residual` it reports.

Two consequences need neither e nor how s was found, and are computed here from x, s and m alone, in plain NumPy but for
K itself: for every τ > 0, as prox_{τK*} is nonexpansive and s = prox_{τK*}(s + τ(m̃⁺+e)),

    ‖prox_{τK*}(s + τm̃⁺) − s‖/τ ≤ ‖e‖,        K(m̃⁺) + K*(s) − ⟨m̃⁺, s⟩ ≤ ‖s − ∇K(m̃⁺)‖·‖e‖.

Where s slides in the interior of a face of dom K* the first is an equality for small τ, so that a residual reported
too small shows. Runs at a loose tolerance of the inclusion make ‖e‖ large enough to be told from rounding.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import ConvexFunction
from ..integration import IntegrationError
from ..precision import double_precision
from ._cases import KINDS, bowl, compiled_once, nonconvex_bowl, shape_for
from ._claim import Claim, Hypothesis, Measurement, Run, Wrong
from ._conjugate_samples import evaluation_count
from ._flow_cases import FlowBatch, FlowCase, flow_batches, flow_sweep
from ._observed_loss import breaks_smoothness, pairs_in
from ._proximal_runs import FINITE_FUNCTION, PARAMETERS, UNIT, grid, slopes, start_inside, with_step

TOLERANCES = (1e-13, 1e-5)
TAUS = (1e-3, 1.0, 1e3)


@dataclass(frozen=True)
class Certificate:
    """What is held to be certified: the selection, from all of them, and the residual times `share`."""

    selection: Callable[[np.ndarray], np.ndarray] = lambda s: s
    share: float = 1.0


HONEST = Certificate()


@dataclass(frozen=True)
class Reported:
    """What a batch of runs reports: states (T+1, B, …), s (T, B, …) and ‖e‖ (T, B)."""

    batch: FlowBatch
    x: np.ndarray
    m: np.ndarray
    s: np.ndarray
    residual: np.ndarray


@functools.cache
def inclusion_cases(is_quick: bool) -> tuple[FlowCase, ...]:
    """Short and long steps, f convex and not, ε = 0 and εγ = 1 among the constants."""
    labels = ("dead zone",) if is_quick else ("dead zone", "nuclear")
    cases: list[FlowCase] = []
    for label in labels:
        K = KINDS[label]
        shape = shape_for(K)
        for name, f in (("convex", bowl(shape)), ("nonconvex", nonconvex_bowl(shape))):
            for step in (0.1, 10.0):
                cases += flow_sweep(
                    K, f, grid(step), start=start_inside(K, shape), seed=5, momentum=1.0, step=step,
                    label=f"{label}, f {name}, h={step}",
                )  # fmt: skip
    return tuple(cases)


def _standard_or_given(run: Run) -> Sequence[FlowCase]:
    return [with_step(inclusion_cases(True)[0], run)] if run.parameters else inclusion_cases(run.is_quick)


def _is_not_smooth(case: FlowCase) -> str | None:
    return breaks_smoothness(case.objective, pairs_in(case.x0[None])) if case.is_given else None


SMOOTH_LOSS = Hypothesis("f is L-smooth with known L, and no pair of its gradients shows otherwise", _is_not_smooth)


@functools.lru_cache(maxsize=64)
def _reported(cases: tuple[FlowCase, ...], rtol: float) -> Reported | None:
    batch = FlowBatch(cases)
    try:
        found = batch.integrate("proximal", rtol=rtol)
    except IntegrationError:
        return None
    if found.selection is None or found.inclusion_residual is None:
        return None
    return Reported(batch, found.x, found.m, found.selection, found.inclusion_residual)


def _look_ahead(one: Reported, s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """m̃⁺ of every step by its own equations, x⁺ and m⁺ being those that s makes; and the size of its rounding."""
    cases = one.batch.cases
    first, column = cases[0], (len(cases), *(1 for _ in cases[0].x0.shape))
    alpha, gamma, epsilon, lam = (
        np.array([getattr(case.flow, name) for case in cases], float).reshape(column)
        for name in ("alpha", "gamma", "epsilon", "weight_decay")
    )
    h = float(first.step or 0.0)
    x_next = (one.x[:-1] + h * s) / (1 + h * lam)
    g = np.stack([slopes(first.objective, x_next[:, b]) for b in range(len(cases))], axis=1)
    m_next = (one.m[:-1] - h * alpha * g) / (1 + h * gamma)
    retained = np.maximum(1 - epsilon * gamma, 0.0)
    weight = retained * h * alpha / (1 + h * gamma) + epsilon * alpha
    sizes = retained / (1 + h * gamma) * np.abs(one.m[:-1]) + weight * np.abs(g)
    sizes = sizes + weight * first.objective.smoothness * (np.abs(x_next) + h * np.abs(s) / (1 + h * lam))
    return retained * m_next - epsilon * alpha * g, UNIT * _length(sizes)


def _length(v: np.ndarray) -> np.ndarray:
    return np.sqrt((v.reshape(*v.shape[:2], -1) ** 2).sum(2))


@compiled_once
def _evaluated(K: ConvexFunction, tau: Array, s: Array, m_tilde: Array) -> tuple[Array, Array, Array]:
    """‖prox_{τK*}(s + τm̃) − s‖/τ, the Fenchel–Young gap, and ‖s − ∇K(m̃)‖, of every step."""
    K_star = K.conjugate()

    def one(s: Array, m_tilde: Array) -> tuple[Array, Array, Array]:
        moved = K_star.proximal(s + tau * m_tilde, tau) - s
        gap = K.value(m_tilde) + K_star.value(K_star.projection(s)) - jnp.sum(s * m_tilde)
        return jnp.linalg.norm(moved.ravel()) / tau, gap, jnp.linalg.norm((s - K.selection(m_tilde)).ravel())

    return jax.vmap(one)(s, m_tilde)


def measure(cases: Sequence[FlowCase], run: Run, subject: Certificate) -> Measurement:
    """Worst of both left sides over ‖e‖ and rounding."""
    if run.parameters and subject is not HONEST:
        cases = [*cases, *inclusion_cases(True)]
    found: list[tuple[float, dict[str, object]]] = []
    for batch in flow_batches(cases):
        for rtol in TOLERANCES:
            one = _reported(batch.cases, rtol)
            ratio, where = (np.nan, {}) if one is None else _worst(one, subject)
            found.append((ratio, {"relative tolerance": rtol, **where}))
    ratio, where = max(found, key=lambda pair: np.inf if np.isnan(pair[0]) else pair[0])
    return Measurement(ratio, 1.0, len(cases) * len(TOLERANCES), {"ratio": ratio, **where})


def _worst(one: Reported, subject: Certificate) -> tuple[float, dict[str, object]]:
    cases, K = one.batch.cases, one.batch.cases[0].flow.K
    s = subject.selection(one.s)
    m_tilde, rounding = _look_ahead(one, s)
    rows = s.reshape(-1, *s.shape[2:]), m_tilde.reshape(-1, *s.shape[2:])
    e = subject.share * one.residual
    count = evaluation_count(K, cases[0].x0.shape) + 16.0
    size_s, size_m = _length(s), _length(m_tilde)
    worst = -np.inf
    where: dict[str, object] = {}
    with double_precision():
        for tau in TAUS:
            moved, gap, apart = (
                np.asarray(a).reshape(s.shape[:2])
                for a in _evaluated(K, jnp.asarray(tau), jnp.asarray(rows[0]), jnp.asarray(rows[1]))
            )
            by_prox = moved / (e + count * (rounding + UNIT * (size_s / tau + size_m)))
            by_gap = gap / (apart * e + count * (rounding * size_s + UNIT * size_s * size_m) + UNIT**2)
            for name, ratio in (("prox", by_prox), ("Fenchel–Young gap", by_gap)):
                step, b = np.unravel_index(int(np.argmax(np.where(np.isnan(ratio), np.inf, ratio))), ratio.shape)
                if not ratio[step, b] <= worst:
                    worst = float(ratio[step, b])
                    where = {"test": name, "τ": tau, "step of the run": int(step), **cases[b].replay()}
    return worst, where


def _delayed(s: np.ndarray) -> np.ndarray:
    return np.concatenate([s[:1], s[:-1]])


CLAIMS = (
    Claim(
        id="proximal-inclusion",
        statement=(
            "The implicit step's selection s is an element of ∂K(m̃⁺ + e) with ‖e‖₂ at most the inclusion residual it "
            "reports, for convex and nonconvex f."
        ),
        source="derived here; prox identities in Bauschke & Combettes, Convex Analysis, §23",
        hypotheses=(FINITE_FUNCTION, SMOOTH_LOSS),
        observable=(
            "worst of ‖prox_{τK*}(s + τm̃⁺) − s‖/τ over ‖e‖ and of the Fenchel–Young gap over ‖s − ∇K(m̃⁺)‖·‖e‖, with "
            "rounding, for τ = 1e-3, 1, 1e3 and relative tolerances 1e-13, 1e-5"
        ),
        tolerance=(
            "1: both quotients are at most 1 by nonexpansiveness and monotonicity; the denominators also hold C·u of "
            "‖s‖/τ, of m̃⁺ and of the summands of m̃⁺ (κL‖x⁺‖ among them), C counting the roundings of K and 16 more."
        ),
        cases=_standard_or_given,
        measure=measure,
        subject=HONEST,
        wrongs=(
            Wrong("the selection of the step before", Certificate(_delayed)),
            Wrong("the selection rounded to a sign", Certificate(np.sign)),
            Wrong("the selection too small by a relative 1e-6", Certificate(lambda s: (1 - 1e-6) * s)),
            Wrong("the residual reported too small by a relative 1e-3", Certificate(share=1 - 1e-3)),
        ),
        parameters=PARAMETERS,
    ),
)
