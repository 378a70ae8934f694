"""What fails when a part of Lion-K is changed: claims that hold when the failure is shown.

The planted wrongs are variants in which nothing fails; they must not pass for failures.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from jax import Array

from ..convex import L1Norm
from ..dynamics import LionK
from ..energy import energy_ledger
from ..objectives import Loss, Quadratic, random_quadratic
from ..precision import unit_roundoff
from ..simulation import simulate, simulate_batch
from ._claim import Claim, Hypothesis, Measurement, Run, Wrong
from ._observed_loss import breaks_convexity, pairs_in
from ._recipe import LAST_STEP_SIZE, NUM_STEPS, first_step_size, geometric, iterates


class CoupledDecay(Loss):
    """f(x) + (λ/2)‖x‖²: weight decay put into the gradient (L2), as before it was decoupled."""

    loss: Quadratic
    weight_decay: np.ndarray

    @property
    def shape(self) -> tuple[int, ...]:
        return self.loss.shape

    def value(self, x: Array) -> Array:
        return self.loss.value(x) + self.weight_decay.astype(x.dtype) / 2 * (x**2).sum()

    def slope(self, x: Array) -> Array:
        return self.loss.slope(x) + self.weight_decay.astype(x.dtype) * x


@dataclass(frozen=True)
class Decayed:
    """A quadratic and a weight decay; `ridge` is where coupled decay leads, (A + λI)⁻¹Ac."""

    loss: Quadratic
    weight_decay: float

    @property
    def ridge(self) -> np.ndarray:
        A = self.loss.matrix
        return np.linalg.solve(A + self.weight_decay * np.eye(len(A)), A @ self.loss.center)


def decayed(run: Run) -> list[Decayed]:
    """f = ½(x−10)² with λ = 1, the textbook case, and quadratics in ten dimensions."""
    rates = (0.8, 2.0) if run.is_quick else (0.3, 0.8, 1.0, 2.0, 5.0)
    far = [Decayed(random_quadratic(10, 20.0, 50 * run.seed + i, distance=5.0), lam) for i, lam in enumerate(rates)]
    return [Decayed(Quadratic([[1.0]], [10.0]), 1.0), *far]


# A run still moves by the step sizes that one memory of the momentum holds, 1/(1−β2) = 100 of them, ten times over.
ARRIVED = 10 * LAST_STEP_SIZE / (1 - 0.99)


def measure_coupled(
    cases: Sequence[Decayed], run: Run, subject: Callable[[Decayed], tuple[float, float]]
) -> Measurement:
    """The largest distance of x_T from (A + λI)⁻¹Ac; `subject` splits the decay in a coupled and a decoupled part."""
    worst, where = 0.0, None
    for members in (cases[:1], cases[1:]):
        methods, losses = [], []
        for case in members:
            coupled, decoupled = subject(case)
            methods.append(LionK(L1Norm(), geometric(first_step_size(decoupled)), decoupled))
            losses.append(CoupledDecay(case.loss, np.asarray(coupled)))
        if not members:
            continue
        x0 = np.zeros((len(members), *members[0].loss.shape))
        found = simulate_batch(methods, losses, x0, NUM_STEPS, record=("x",), record_every=1000)
        limits = iterates(found)[-1]
        for case, x in zip(members, limits, strict=True):
            ratio = float(np.max(np.abs(x - case.ridge))) / ARRIVED
            if not ratio <= worst:
                worst, where = ratio, {"center": case.loss.center, "weight_decay": case.weight_decay, "x": x}
    return Measurement(worst, 1.0, len(cases), where)


def not_convex(case: Decayed) -> str | None:
    around = pairs_in(np.stack([np.zeros(case.loss.shape), case.ridge]))
    return breaks_convexity(case.loss, around)


def inside_anyway(case: Decayed) -> str | None:
    reach = case.weight_decay * float(np.max(np.abs(case.ridge)))
    return None if reach > 1 else f"coupled decay leads to λ‖x‖∞ = {reach:.3g} ≤ 1, inside the box anyway."


@dataclass(frozen=True)
class Order:
    """One (β1, β2), tried on several runs."""

    beta1: float
    beta2: float
    step_size: float


def in_order(k: Order) -> str | None:
    return None if k.beta1 > k.beta2 else f"β1 = {k.beta1:g} does not exceed β2 = {k.beta2:g}; the theorem covers that."


def reversed_orders(run: Run) -> list[Order]:
    return [Order(beta1, beta2, 0.01) for beta1, beta2 in ((0.99, 0.9), (0.9, 0.5), (0.92, 0.9))]


def measure_order(cases: Sequence[Order], run: Run, subject: Callable[[Order], tuple[float, float]]) -> Measurement:
    """The largest ratio cap/ΔH over (β1, β2), where a step's ΔH has passed its cap (L/2)‖Δx‖²; inf where none has."""
    losses = [
        (Quadratic([[1.0, 1.0], [1.0, 1.0]], [2.0, 0.0]), 0.5),
        (Quadratic([[1.0, 0.0], [0.0, 3.0]], [0.3, -4.0]), 1.0),
    ]
    smallest_excess = np.full(len(cases), -np.inf)
    for loss, lam in losses:
        methods = [LionK(L1Norm(), k.step_size, lam, *subject(k)) for k in cases]
        found = simulate_batch(methods, loss, np.zeros((len(cases), 2)), 3000)
        change, rounding = (getattr(energy_ledger(methods, loss, found), name) for name in ("change", "rounding_bound"))
        cap = loss.smoothness / 2 * np.sum(np.diff(iterates(found), axis=0) ** 2, axis=-1)
        # A step's excess counts with the rounding of H taken off.
        excess = np.where(cap > 0, (change - rounding - cap) / np.where(cap > 0, cap, 1.0), -np.inf)
        smallest_excess = np.maximum(smallest_excess, excess.max(axis=0))
    least = int(np.argmin(smallest_excess))
    ratio = float(1 / (1 + max(smallest_excess[least], -1 + 1e-300)))
    worst = {"beta1, beta2": subject(cases[least]), "excess over the cap, in caps": smallest_excess[least]}
    return Measurement(ratio, 1.0, len(cases), worst)


@dataclass(frozen=True)
class OneStep:
    """f = px, K = |·|, implicit decay, from (x, m): every number a fraction."""

    slope: Fraction
    x: Fraction
    m: Fraction
    eta: Fraction
    lam: Fraction


def rise(k: OneStep, beta1: Fraction, beta2: Fraction) -> Fraction:
    """ΔH of the step, H = f + c(|m| − λxm) while |λx| ≤ 1; f is linear, so D_f = 0 and (L/2)‖Δx‖² = 0 with L = 0."""
    m_tilde = beta1 * k.m - (1 - beta1) * k.slope
    u = (m_tilde > 0) - (m_tilde < 0)
    x_next = (k.x + k.eta * u) / (1 + k.eta * k.lam)
    m_next = beta2 * k.m - (1 - beta2) * k.slope
    c = k.eta * beta1 / (k.eta * k.lam * (1 - beta1) + 1 - beta2)
    bracket = abs(m_next) - k.lam * x_next * m_next - abs(k.m) + k.lam * k.x * k.m
    return k.slope * (x_next - k.x) + c * bracket


# By hand: c = 0.099/(0.05·0.01 + 0.5) = 198/1001, m⁺ = 0.5 − 0.5·3 = −1, and m̃ = 0.99 − 0.03 > 0, so x⁺ = 0.1/1.05;
# ΔH = 3x⁺ + c(|m⁺| − λx⁺m⁺ − 1) = 6/21 + (198/1001)(1/21) = 6204/21021.
EXPECTED_RISE = Fraction(6204, 21021)


def measure_step(cases: Sequence[OneStep], run: Run, subject: tuple[str, str]) -> Measurement:
    """|ΔH − 6204/21021|, exactly."""
    beta1, beta2 = (Fraction(text) for text in subject)
    off = max(abs(rise(k, beta1, beta2) - EXPECTED_RISE) for k in cases)
    return Measurement(float(off), 0.0, len(cases), {"|ΔH − 6204/21021|": str(off)})


def leaves_box(k: OneStep) -> str | None:
    reach = max(abs(k.lam * k.x), abs(k.lam * (abs(k.x) + k.eta) / (1 + k.eta * k.lam)))
    return None if reach <= 1 else f"|λx| can reach {float(reach):g} > 1, where H is infinite."


@dataclass(frozen=True)
class Swing:
    """Lion near the solution of f = ½x², λ far too small to damp it: ηλ ≤ (1−β2)/100."""

    step_size: float
    weight_decay: float
    beta2: float


def swings(run: Run) -> list[Swing]:
    return [Swing(0.01, 0.1, 0.9), Swing(0.001, 0.1, 0.9), Swing(0.001, 0.1, 0.99), Swing(0.0001, 0.5, 0.99)]


def measure_swing(cases: Sequence[Swing], run: Run, subject: tuple[float, float]) -> Measurement:
    """How far the largest |x| of the last quarter, in units of η/√(1−β2), is from 1.8, over 15 %; from β1, constant."""
    beta1, constant = subject
    methods = [LionK(L1Norm(), k.step_size, k.weight_decay, beta1, k.beta2) for k in cases]
    x0 = np.array([[30.0 * k.step_size] for k in cases])
    num_steps = 20_000
    found = simulate_batch(methods, Quadratic([[1.0]], [0.0]), x0, num_steps, record=("x",))
    x = iterates(found)[-num_steps // 4 :, :, 0]
    units = np.array([k.step_size / np.sqrt(1 - k.beta2) for k in cases])
    amplitudes = np.abs(x).max(axis=0) / units
    off = np.abs(amplitudes / constant - 1) / 0.15
    worst = int(np.argmax(off))
    where = {"case": cases[worst].__dict__, "amplitude in η/√(1−β2)": amplitudes[worst]}
    return Measurement(float(off[worst]), 1.0, len(cases), where)


@dataclass(frozen=True)
class Push:
    """A loss ½(x−c)² whose minimum is farther away than the run can go."""

    step_size: float
    num_steps: int


def measure_escape(cases: Sequence[Push], run: Run, subject: float) -> Measurement:
    """|x_T/(ηT) − 1| over its rounding bound Tu: without decay every step goes outward by η."""
    worst, where = 0.0, None
    for k in cases:
        distance = k.step_size * k.num_steps
        found = simulate(LionK(L1Norm(), k.step_size, subject), Quadratic([[1.0]], [4 * distance]), [0.0], k.num_steps)
        last = float(iterates(found)[-1, 0])
        ratio = abs(last / distance - 1) / (k.num_steps * unit_roundoff(np.float64))
        if not ratio <= worst:
            worst, where = ratio, {"step_size": k.step_size, "num_steps": k.num_steps, "x": last}
    return Measurement(worst, 1.0, len(cases), where)


def damped(k: Swing) -> str | None:
    limit = (1 - k.beta2) / 100
    product = k.step_size * k.weight_decay
    if product <= limit * (1 + 1e-9):
        return None
    return f"ηλ = {product:g} exceeds (1−β2)/100 = {limit:g}: the decay damps the swing."


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="coupled-decay-fails",
        statement=(
            "Weight decay put into the gradient (L2) keeps no box: Lion then goes to (A + λI)⁻¹Ac, for f = ½(x−10)² "
            "and λ = 1 to 5, where decoupled decay stops at 1."
        ),
        source="arXiv 2310.05898, §1 and §3 (decoupled decay makes the constraint)",
        hypotheses=(
            Hypothesis("f is convex, and no pair of gradients shows otherwise", not_convex),
            Hypothesis("that point lies outside the box", inside_anyway),
        ),
        observable="largest distance of x_T from (A + λI)⁻¹Ac, over 1e-4",
        tolerance="10η_T/(1−β2) = 1e-4: what ten memories of the momentum still move at the last step size",
        cases=decayed,
        measure=measure_coupled,
        subject=lambda case: (case.weight_decay, 0.0),
        wrongs=(
            Wrong("decoupled decay", lambda case: (0.0, case.weight_decay)),
            Wrong("both", lambda case: (case.weight_decay, case.weight_decay)),
            Wrong("no decay at all", lambda case: (0.0, 0.0)),
            Wrong("coupled decay, λ off by one part in ten thousand", lambda case: (1.0001 * case.weight_decay, 0.0)),
        ),
    ),
    Claim(
        id="reversed-betas-fail",
        statement=(
            "At (β1, β2) = (0.99, 0.9), (0.9, 0.5) and (0.92, 0.9) some steps of Lion on convex quadratics raise H by "
            "more than (L/2)‖Δx‖²: Theorem 4.1 does not hold for every β2 < β1."
        ),
        source="arXiv 2310.05898, Theorem 4.1 (its condition β2 ≥ β1)",
        hypotheses=(Hypothesis("β2 < β1", in_order),),
        observable="largest (L/2)‖Δx‖²/ΔH over (β1, β2) = (0.99, 0.9), (0.9, 0.5), (0.92, 0.9), each at its worst step",
        tolerance="1: beyond it no step has exceeded its cap; the rounding bound of ΔH is taken off first",
        cases=reversed_orders,
        measure=measure_order,
        subject=lambda k: (k.beta1, k.beta2),
        wrongs=(
            Wrong("the order of the theorem", lambda k: (k.beta2, k.beta1)),
            Wrong("equal betas", lambda k: (k.beta1, k.beta1)),
            Wrong("β1 = 0", lambda k: (0.0, k.beta2)),
        ),
    ),
    Claim(
        id="reversed-betas-one-step",
        statement=(
            "f = 3x, K = |·|, x = 0, m = 1, η = 0.1, λ = 0.5, implicit decay, (β1, β2) = (0.99, 0.5): one step raises "
            "H by 6204/21021 = 0.295…, although f is linear and D_f = 0."
        ),
        source="arXiv 2310.05898, Theorem 4.1 (its condition β2 ≥ β1)",
        hypotheses=(Hypothesis("|λx| ≤ 1 before and after", leaves_box),),
        observable="|ΔH − 6204/21021|, exactly, in units of the loss",
        tolerance="none: equality of fractions",
        cases=lambda run: [OneStep(Fraction(3), Fraction(0), Fraction(1), Fraction(1, 10), Fraction(1, 2))],
        measure=measure_step,
        subject=("0.99", "0.5"),
        wrongs=(
            Wrong("the order of the theorem", ("0.5", "0.99")),
            Wrong("equal betas", ("0.99", "0.99")),
            Wrong("β2 larger by 1e-6", ("0.99", "0.500001")),
            Wrong("β1 smaller by 1e-6", ("0.989999", "0.5")),
        ),
        is_exact=True,
    ),
    Claim(
        id="sign-of-old-momentum-swings",
        statement=(
            "The sign of the old momentum alone (β1 = 1) swings about the solution by about 1.8η/√(1−β2) "
            "where the decay is weak, ηλ ≤ (1−β2)/100; 1.8 is an empirical constant."
        ),
        source="arXiv 2310.05898, §3 (the gradient enhancement ε)",
        hypotheses=(Hypothesis("ηλ ≤ (1−β2)/100: the decay does not damp the swing", damped),),
        observable="deviation of the amplitude of f = ½x², in units of η/√(1−β2), from 1.8, over 15 %",
        tolerance="15 %: the constant is read off runs, and swings of a few steps are quantised by the step",
        cases=swings,
        measure=measure_swing,
        subject=(1.0, 1.8),
        wrongs=(
            Wrong("Lion, β1 = 0.9", (0.9, 1.8)),
            Wrong("β1 = 0.99", (0.99, 1.8)),
            Wrong("the sign of the gradient, β1 = 0", (0.0, 1.8)),
            Wrong("a constant a quarter larger, 2.25", (1.0, 2.25)),
            Wrong("a constant a quarter smaller, 1.35", (1.0, 1.35)),
        ),
    ),
    Claim(
        id="no-decay-no-bound",
        statement="With λ = 0 no set of its own holds Lion: a push that keeps its sign takes |x_T| to ηT.",
        source="arXiv 2310.05898, §3 (the constraint is ‖x‖∞ ≤ 1/λ)",
        hypotheses=(
            Hypothesis("ηT is finite", lambda k: None if k.step_size * k.num_steps < np.inf else "ηT is not."),
        ),
        observable="largest |x_T/(ηT) − 1| over its rounding bound",
        tolerance="Tu: T additions round by u of at most ηT each",
        cases=lambda run: [Push(0.1, 1000), Push(1.0, 10_000), Push(50.0, 10_000)],
        measure=measure_escape,
        subject=0.0,
        wrongs=(
            Wrong("λ = 1e-2", 1e-2),
            Wrong("λ = 1e-6", 1e-6),
            Wrong("λ = 1e-9", 1e-9),
        ),
    ),
)
