"""H lies above what is minimised: H(x, m) ≥ F(x) = f(x) + K*(λx)/λ, with equality exactly at m ∈ ∂K*(λx).

The bracket K*(λx) + K(m) − ⟨λx, m⟩ is a Fenchel–Young gap, so inf_m H(x, m) = F(x) wherever ∂K*(λx) is not empty.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..convex import ConvexFunction
from ._cases import KINDS, ORDERED_BETAS, PAPER_ROWS, RATES, Case, batches, bowl, shape_for, sweep
from ._claim import Claim, Measurement, Run, Wrong
from ._hypotheses import FINITE_FUNCTION, boundary
from ._plain_ledger import Pieces, inner, pieces

NUM_POINTS = 3  # for every (η, λ) and (β1, β2)


@dataclass(frozen=True)
class Function:
    """H, or a wrong one: factors on K(m), on ⟨λx, m⟩ and on the K* of the bracket. None: the library's H."""

    momentum: float = 1.0
    product: float = 1.0
    conjugate: float = 1.0


LIBRARY = Function()


def cases(run: Run) -> Sequence[Case]:
    """Points (x, m) as the starts of runs of one step: m free, or m ∈ ∂K*(λx), where H = F."""
    names = ("‖·‖₁", "dead zone") if run.is_quick else (*PAPER_ROWS, "log cosh", "nuclear")
    found: list[Case] = []
    for label in names:
        K = KINDS[label]
        rng = np.random.default_rng([run.seed, len(found)])
        for one in sweep(K, bowl(shape_for(K)), rates=RATES, betas=ORDERED_BETAS, num_steps=1, label=label):
            for number in range(NUM_POINTS):
                x, m, is_equal = point(K, one.x0.shape, one.method.weight_decay, rng, number)
                name = f"{'m ∈ ∂K*(λx)' if is_equal else 'free m'}: {one.label}"
                found.append(Case(name, one.method, one.objective, x, m, 1))
    return found


def point(
    K: ConvexFunction, shape: tuple[int, ...], weight_decay: float, rng: np.random.Generator, number: int
) -> tuple[np.ndarray, np.ndarray, bool]:
    """(x, m, whether m ∈ ∂K*(λx)) with λx in dom K*.

    Every third pair is a free one. Of the others one lies inside with m = ∇K*(λx), one on the boundary with the
    outward normal added to it, which stays in ∂K*(λx).
    """
    far = 2 * rng.normal(size=shape)
    nearest = boundary(K, far).projection
    kind = number % 3
    y = nearest if kind == 2 else 0.9 * nearest
    slope = boundary(K, y).slope
    if kind == 0 or not np.isfinite(slope).all():
        return 0.9 * nearest / weight_decay, 3 * rng.normal(size=shape), False
    return y / weight_decay, slope + (far - nearest if kind == 2 else 0), True


def measure(cases: Sequence[Case], run: Run, subject: Function) -> Measurement:
    """Worst (F − H) over rounding, and |F − H| over rounding where m ∈ ∂K*(λx)."""
    found = []
    for batch in batches(cases):
        library = None
        if subject is LIBRARY:
            library = batch.simulate(record=("lyapunov",)).lyapunov
        for number, case in enumerate(batch.cases):
            F, H, rounding = _values(case, subject)
            H = float(library[0, number]) if library is not None else H
            below = (F - H) / rounding
            found.append((abs(below) if case.label.startswith("m ∈") else below, case))
    ratio, case = max(found, key=lambda pair: np.inf if np.isnan(pair[0]) else pair[0])
    return Measurement(ratio, 1.0, len(found), {"ratio": ratio, **case.replay()})


@functools.lru_cache(maxsize=2048)
def _pieces_at(case: Case) -> Pieces:
    x, m = np.stack([case.x0] * 2), np.stack([case.m0] * 2)
    return pieces(case, x, m, np.zeros_like(x[:1]))


def _values(case: Case, wrong: Function) -> tuple[float, float, float]:
    """(F, H, what rounding can make of their difference)."""
    method = case.method
    eta, lam, beta1, beta2 = float(method.step_size), method.weight_decay, method.beta1, method.beta2  # type: ignore[arg-type]
    x, m = case.x0[None], case.m0[None]
    p = _pieces_at(case)
    c = eta * beta1 / (eta * lam * (1 - beta1) + (1 - eta * lam) * (1 - beta2))
    product = float(inner(lam * x, m)[0])
    f, K, K_star = float(p.f[0]), float(p.K[0]), float(p.K_star[0])
    F = f + K_star / lam
    bracket = wrong.conjugate * K_star + wrong.momentum * K - wrong.product * product
    size = abs(f) + (1 / lam + c) * abs(K_star) + c * (abs(K) + float(inner(abs(lam * x), abs(m))[0]))
    return F, F + c * bracket, (4 * x.size + 40) * 2**-53 * size


CLAIMS = (
    Claim(
        id="lyapunov-lower-bound",
        statement="H(x, m) ≥ F(x) = f(x) + K*(λx)/λ, with equality for m ∈ ∂K*(λx), so that inf_m H(x, m) = F(x).",
        source="arXiv 2310.05898, §4 (Fenchel–Young inequality)",
        hypotheses=(FINITE_FUNCTION,),
        observable="largest F − H, and |F − H| where m ∈ ∂K*(λx), in units of the rounding bound",
        tolerance="1: (4d+40)·u·Σ|terms| of H: d-term products, λx placed on the boundary, a projection, and K, K*, f.",
        cases=cases,
        measure=measure,
        subject=LIBRARY,
        wrongs=(
            Wrong("the product ⟨λx, m⟩ too large by a relative 1e-6", Function(product=1 + 1e-6)),
            Wrong("the product added instead of subtracted", Function(product=-1.0)),
            Wrong("K(m) too small by a relative 1e-6", Function(momentum=1 - 1e-6)),
            Wrong("K* left out of the bracket", Function(conjugate=0.0)),
        ),
    ),
)
