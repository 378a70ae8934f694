"""Textbook methods are Lion-K: each named constructor of `lionlab.dynamics` against a textbook written on its own.

gradient descent, heavy ball, Nesterov, dual-space preconditioning, mirror descent      smooth K, λ = 0
Signum, sign descent, normalised momentum                                               a norm, λ = 0
Frank–Wolfe, Lion, Muon                                                                 a norm, λ > 0
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import jax.numpy as jnp
import numpy as np

from .. import dynamics
from ..convex import L1Norm, L2Norm, LinfNorm, NuclearNorm, PseudoHuber, SpectralNorm, SquaredL2, TopKL1
from ..dynamics import LionK
from ..objectives import LeastSquaresMatrix, LogisticRegression, Objective, Quadratic, random_quadratic
from . import _textbook as textbook
from ._claim import Claim
from ._special_case import (
    Example,
    Expected,
    Now,
    SpecialCase,
    claim,
    direction_sensitivity,
    polar_sensitivity,
    scaled_error,
    tie_sensitivity,
)

DIM = 6
MILLIONTH = 1 + 1e-6
Arguments = Mapping[str, Any]


def with_sign_of(K: Any, beta1: Callable[[float], float], weight_decay: float = 0.0) -> Callable[..., LionK]:
    """A faulty constructor (learning_rate, momentum): β1 a function of μ."""
    return lambda learning_rate, momentum: LionK(K, learning_rate, weight_decay, beta1(momentum), momentum)


def with_square(
    eta: Callable[[float, float], float], beta1: Callable[[float], float], beta2: Callable[[float], float]
) -> Callable[..., LionK]:
    """A faulty constructor (learning_rate, momentum) with K = ½‖·‖², λ = 0."""
    return lambda learning_rate, momentum: LionK(
        SquaredL2(), eta(learning_rate, momentum), 0.0, beta1(momentum), beta2(momentum)
    )


def vector_examples(arguments: Sequence[Arguments], seed: int, has_momentum: bool = True) -> list[Example]:
    """Every set of arguments on a quadratic and on a logistic regression, from random states."""
    rng = np.random.default_rng(seed)
    a, quadratic = rng.normal(size=(20, DIM)), random_quadratic(DIM, 30.0, seed)
    logistic = LogisticRegression(a, a @ rng.normal(size=DIM) + rng.normal(size=20) > 0)
    signed = a * logistic.signs[:, None]
    found = []
    for chosen in arguments:
        for loss, gradient in (
            (quadratic, lambda x: quadratic.matrix @ (x - quadratic.center)),
            (logistic, lambda x: -signed.T @ (1 / (1 + np.exp(signed @ x))) / len(signed)),
        ):
            m0 = rng.normal(size=DIM) if has_momentum else np.zeros(DIM)
            label = f"{type(loss).__name__}, {dict(chosen)!r}"
            found.append(Example(label, chosen, loss, gradient, rng.normal(size=DIM), m0))
    return found


def feasible_examples(arguments: Sequence[Arguments], seed: int) -> list[Example]:
    """The quadratics among them, from the origin, which lies in every constraint set."""
    return [
        Example(one.label, one.arguments, one.objective, one.gradient, np.zeros(DIM), np.zeros(DIM))
        for one in vector_examples(arguments, seed)
        if isinstance(one.objective, Quadratic)
    ]


def matrix_examples(arguments: Sequence[Arguments], seed: int) -> list[Example]:
    rng = np.random.default_rng(seed)
    left, target = rng.normal(size=(8, 4)), rng.normal(size=(8, 3))
    loss = LeastSquaresMatrix(left, target)
    return [
        Example(
            f"matrix least squares, {dict(one)!r}",
            one, loss, lambda X: left.T @ (left @ X - target), rng.normal(size=(4, 3)), rng.normal(size=(4, 3)),
        )
        for one in arguments
    ]  # fmt: skip


ENTROPY_CONJUGATE = Objective(lambda y: jnp.sum(jnp.exp(y)), DIM, is_convex=True)


def entropy_examples(arguments: Sequence[Arguments], seed: int) -> list[Example]:
    """Mirror descent of a quadratic h, with the entropy for mirror map: a run on φ*(y) = Σe^y from y_0 = log p_0."""
    h = random_quadratic(DIM, 5.0, seed, distance=1.0)
    start = np.random.default_rng(seed).normal(size=DIM) - 1
    return [
        Example(f"entropy, {one!r}", {"objective": h, **one}, ENTROPY_CONJUGATE, np.exp, start, np.zeros(DIM))
        for one in arguments
    ]


def _expected_heavy_ball(now: Now, learning_rate: float, momentum: float) -> Expected:
    # x_{−1} = x_0 − ηm_0 with η = lr/(1−μ): the only place where the dictionary is needed.
    before = now.x - learning_rate / (1 - momentum) * now.m if now.x_before is None else now.x_before
    return textbook.polyak_heavy_ball(now.x, before, now.g, learning_rate, momentum), None


def _expected_nesterov(now: Now, learning_rate: float, momentum: float) -> Expected:
    scale = learning_rate / (1 - momentum)
    v = scale * now.m
    theta, v_next = textbook.nesterov_momentum(now.x - momentum * v, v, now.gradient, learning_rate, momentum)
    return theta + momentum * v_next, v_next / scale


def _expected_mirror(now: Now, objective: Quadratic, learning_rate: float) -> Expected:
    p = np.exp(now.x)
    slope = objective.matrix @ (p - objective.center)
    return np.log(textbook.exponentiated_gradient(p, slope, learning_rate)), None


def _expected_frank_wolfe(now: Now, K: Any, step_fraction: Any, weight_decay: float) -> Expected:
    if isinstance(K, TopKL1):
        corners = textbook.k_sparse_vertices(DIM, K.k, 1 / weight_decay)
    else:
        corners = (textbook.box_vertices if isinstance(K, L1Norm) else textbook.cross_polytope_vertices)(
            DIM, 1 / weight_decay
        )
    fraction = step_fraction(now.t) if callable(step_fraction) else step_fraction
    return textbook.conditional_gradient(now.x, now.g, corners, fraction), None


def _negated(step: Callable[..., tuple[np.ndarray, np.ndarray]]) -> Callable[..., Expected]:
    """The dictionary b = −m of the methods that keep an average of gradients."""

    def expected(now: Now, **arguments: Any) -> Expected:
        x_next, b_next = step(now.x, -now.m, now.g, **arguments)
        return x_next, -b_next

    return expected


def _without_momentum(step: Callable[..., np.ndarray]) -> Callable[..., Expected]:
    return lambda now, **arguments: (step(now.x, now.g, **arguments), None)


def _expected_preconditioned(now: Now, K: PseudoHuber, learning_rate: float) -> Expected:
    return textbook.dual_space_preconditioned(now.x, now.g, learning_rate, float(K.threshold)), None


def _vertex_sensitivity(m_tilde: np.ndarray, error: float) -> np.ndarray:
    """The best corner stays the best unless two magnitudes, or a magnitude and 0, agree up to rounding."""
    magnitude = np.abs(m_tilde)
    apart = np.abs(magnitude[:, None] - magnitude[None, :]) + np.where(np.eye(len(magnitude)), np.inf, 0)
    return np.where(np.minimum(magnitude, apart.min(axis=1)) <= 2 * error, 2.0, 0.0)


ONE = [{"learning_rate": 0.3}, {"learning_rate": 0.02}]
TWO = [{"learning_rate": lr, "momentum": mu} for lr, mu in ((0.1, 0.9), (0.03, 0.5), (0.2, 0.25))]
PRECONDITIONED = [{"K": PseudoHuber(e), "learning_rate": lr} for e, lr in ((0.5, 0.1), (0.05, 0.02))]
FRANK_WOLFE = [
    {"K": K, "step_fraction": fraction, "weight_decay": lam}
    for K in (L1Norm(), LinfNorm(), TopKL1(2))
    for fraction, lam in ((lambda t: 2 / (t + 2), 0.7), (lambda t: 0.1 + 0 * t, 2.0))
]
LION = [
    {"learning_rate": lr, "weight_decay": lam, "beta1": b1, "beta2": b2}
    for lr, lam, b1, b2 in ((0.1, 0.5, 0.9, 0.99), (0.02, 1.0, 0.95, 0.98), (0.3, 2.0, 0.5, 0.9))
]
MUON = [
    {"learning_rate": lr, "weight_decay": lam, "momentum": mu} for lr, lam, mu in ((0.1, 0.5, 0.95), (0.02, 1.0, 0.8))
]


def _not_reflected(objective: Quadratic, learning_rate: float) -> LionK:
    """K(z) = h(z): the reflection of h(−·)."""
    return dynamics.mirror_descent(Quadratic(objective.matrix, -objective.center), learning_rate)


def _preconditioned_with(threshold: float, beta1: float = 0.0) -> Callable[..., LionK]:
    return lambda K, learning_rate: LionK(PseudoHuber(K.threshold * threshold), learning_rate, 0.0, beta1, beta1)


def _frank_wolfe_with(eta: Callable[[float, float], float], beta1: float = 0.0) -> Callable[..., LionK]:
    """A faulty constructor whose step size is a function of (γ, λ)."""

    def constructor(K: Any, step_fraction: Any, weight_decay: float) -> LionK:
        def step_size(t: Any) -> Any:
            fraction = step_fraction(t) if callable(step_fraction) else step_fraction
            return jnp.minimum(eta(fraction, weight_decay), 1 / weight_decay)

        # Always a schedule: the constant fraction then needs no compilation of its own.
        return LionK(K, step_size, weight_decay, beta1, beta1)

    return constructor


SPECIAL_CASES: tuple[SpecialCase, ...] = (
    SpecialCase(
        "gradient-descent", "gradient descent", "K = ½‖·‖², λ = 0, β1 = 0", "x⁺ = x − lr·g",
        dynamics.gradient_descent, _without_momentum(textbook.gradient_descent), partial(scaled_error, 1.0),
        partial(vector_examples, ONE),
        (
            ("the learning rate off by one part in a million",
             lambda learning_rate: dynamics.gradient_descent(learning_rate * MILLIONTH)),
            ("a momentum of 1e-6 left on", lambda learning_rate: LionK(SquaredL2(), learning_rate, 0.0, 1e-6, 1e-6)),
            ("K = ‖·‖²", lambda learning_rate: LionK(SquaredL2(2.0), learning_rate, 0.0, 0.0, 0.0)),
        ),
    ),
    SpecialCase(
        "heavy-ball", "Polyak's heavy ball", "K = ½‖·‖², λ = 0, β1 = β2 = μ, η = lr/(1−μ), x₋₁ = x₀ − ηm₀",
        "Polyak 1964, eq. (9)", dynamics.heavy_ball, _expected_heavy_ball, partial(scaled_error, 1.0),
        partial(vector_examples, TWO),
        (
            ("η = lr, without the factor 1/(1−μ)", with_square(lambda lr, mu: lr, lambda mu: mu, lambda mu: mu)),
            ("β1 = 0", with_square(lambda lr, mu: lr / (1 - mu), lambda mu: 0.0, lambda mu: mu)),
            ("β1 = μ², which is Nesterov", dynamics.nesterov),
            ("μ off by one part in a million",
             lambda learning_rate, momentum: dynamics.heavy_ball(learning_rate, momentum / MILLIONTH)),
        ),
    ),
    SpecialCase(
        "nesterov", "Nesterov's method with constant momentum",
        "K = ½‖·‖², λ = 0, β2 = μ, β1 = μ², η = lr/(1−μ), the iterate being θ + μv",
        "Sutskever et al. 2013, eq. (3)–(4)", dynamics.nesterov, _expected_nesterov, partial(scaled_error, 1.0),
        partial(vector_examples, TWO),
        (
            ("β1 and β2 swapped", with_square(lambda lr, mu: lr / (1 - mu), lambda mu: mu, lambda mu: mu**2)),
            ("β1 = μ, which is the heavy ball", dynamics.heavy_ball),
            ("η = lr, without the factor 1/(1−μ)", with_square(lambda lr, mu: lr, lambda mu: mu**2, lambda mu: mu)),
            ("μ off by one part in a million",
             lambda learning_rate, momentum: dynamics.nesterov(learning_rate, momentum / MILLIONTH)),
        ),
    ),
    SpecialCase(
        "signum", "sign momentum (Signum)", "K = ‖·‖₁, λ = 0, β1 = β2", "Bernstein et al. 2018, algorithm 2",
        dynamics.signum, _negated(textbook.signum), tie_sensitivity, partial(vector_examples, TWO),
        (
            ("β1 = 0", with_sign_of(L1Norm(), lambda mu: 0.0)),
            ("β1 = 1, the sign of the old momentum", with_sign_of(L1Norm(), lambda mu: 1.0)),
            ("a weight decay of 1e-6", with_sign_of(L1Norm(), lambda mu: mu, weight_decay=1e-6)),
        ),
    ),
    SpecialCase(
        "normalized-momentum", "normalised momentum", "K = ‖·‖₂, λ = 0, β1 = β2",
        "Cutkosky and Mehta 2020, algorithm 1", dynamics.normalized_momentum, _negated(textbook.normalized_momentum),
        direction_sensitivity, partial(vector_examples, TWO),
        (
            ("β1 = 0", with_sign_of(L2Norm(), lambda mu: 0.0)),
            ("the max-norm", with_sign_of(LinfNorm(), lambda mu: mu)),
            ("μ off by one part in a million",
             lambda learning_rate, momentum: dynamics.normalized_momentum(learning_rate, momentum / MILLIONTH)),
        ),
    ),
    SpecialCase(
        "sign-descent", "sign gradient descent", "K = ‖·‖₁, λ = 0, β1 = 0", "x⁺ = x − lr·sign(g)",
        dynamics.sign_descent, _without_momentum(textbook.sign_descent), tie_sensitivity,
        partial(vector_examples, ONE),
        (
            ("a momentum left on", lambda learning_rate: dynamics.signum(learning_rate, 0.5)),
            ("the learning rate off by one part in a million",
             lambda learning_rate: dynamics.sign_descent(learning_rate * MILLIONTH)),
            ("a weight decay of 1e-6", lambda learning_rate: LionK(L1Norm(), learning_rate, 1e-6, 0.0, 0.0)),
        ),
    ),
    SpecialCase(
        "dual-space-preconditioning", "dual-space preconditioned gradient descent", "an even smooth K, λ = 0, β1 = 0",
        "Maddison et al. 2019 (arXiv 1902.02257)", dynamics.dual_space_preconditioning, _expected_preconditioned,
        # √(z²+e²) has slope 1/e at most, and 20 is the largest 1/e here.
        partial(scaled_error, 20.0), partial(vector_examples, PRECONDITIONED),
        (
            ("the threshold off by one part in a million", _preconditioned_with(MILLIONTH)),
            ("a momentum of 1e-6 left on", _preconditioned_with(1.0, beta1=1e-6)),
            ("the sign in place of ∇K", lambda K, learning_rate: dynamics.sign_descent(learning_rate)),
        ),
    ),
    SpecialCase(
        "mirror-descent", "mirror descent with the entropy (exponentiated gradient)",
        "K(z) = h(−z), run on f = φ* from ∇φ(p₀), λ = 0, β1 = 0", "Kivinen and Warmuth 1997", dynamics.mirror_descent,
        _expected_mirror, partial(scaled_error, 1.0), partial(entropy_examples, ONE),
        (
            ("the learning rate off by one part in a million",
             lambda objective, learning_rate: dynamics.mirror_descent(objective, learning_rate * MILLIONTH)),
            ("K(z) = h(z), not reflected", _not_reflected),
            ("the roles of h and φ* exchanged",
             lambda objective, learning_rate: dynamics.mirror_descent(ENTROPY_CONJUGATE, learning_rate)),
        ),
    ),
    SpecialCase(
        "frank-wolfe", "Frank–Wolfe (conditional gradient) over a polytope",
        "K its support function, β1 = 0, explicit decay, step ηλ, oracle ∇K(−∇f)/λ", "Frank and Wolfe 1956",
        dynamics.frank_wolfe, _expected_frank_wolfe, _vertex_sensitivity, partial(feasible_examples, FRANK_WOLFE),
        (
            ("η = γ, not γ/λ", _frank_wolfe_with(lambda fraction, lam: fraction)),
            ("η = γλ", _frank_wolfe_with(lambda fraction, lam: fraction * lam)),
            ("a momentum left on", _frank_wolfe_with(lambda fraction, lam: fraction / lam, beta1=0.5)),
            ("γ off by one part in a million", _frank_wolfe_with(lambda fraction, lam: fraction * MILLIONTH / lam)),
        ),
    ),
    SpecialCase(
        "lion", "Lion", "K = ‖·‖₁", "Chen et al., arXiv 2302.06675, program 1", dynamics.lion, _negated(textbook.lion),
        tie_sensitivity, partial(vector_examples, LION),
        (
            ("β1 and β2 swapped", lambda learning_rate, weight_decay, beta1, beta2: LionK(
                L1Norm(), learning_rate, weight_decay, beta2, beta1)),
            ("decay not multiplied by the learning rate", lambda learning_rate, weight_decay, beta1, beta2: LionK(
                L1Norm(), learning_rate, min(weight_decay / learning_rate, 1 / learning_rate), beta1, beta2)),
            ("implicit decay", lambda learning_rate, weight_decay, beta1, beta2: LionK(
                L1Norm(), learning_rate, weight_decay, beta1, beta2, "implicit")),
            ("λ off by one part in a million", lambda learning_rate, weight_decay, beta1, beta2: LionK(
                L1Norm(), learning_rate, weight_decay * MILLIONTH, beta1, beta2)),
        ),
    ),
    SpecialCase(
        "muon", "Muon with weight decay and the exact polar factor", "K the nuclear norm, β2 = μ, β1 = μ²",
        "Jordan et al. 2024; Liu et al., arXiv 2502.16982", dynamics.muon, _negated(textbook.muon), polar_sensitivity,
        partial(matrix_examples, MUON),
        (
            ("β1 = μ, without Nesterov's second average", lambda learning_rate, weight_decay, momentum: dynamics.muon(
                learning_rate, weight_decay, momentum, nesterov=False)),
            ("the spectral norm for K", lambda learning_rate, weight_decay, momentum: LionK(
                SpectralNorm(), learning_rate, weight_decay, momentum**2, momentum)),
            ("β2 off by one part in a million", lambda learning_rate, weight_decay, momentum: LionK(
                NuclearNorm(), learning_rate, weight_decay, momentum**2, momentum / MILLIONTH)),
        ),
    ),
)  # fmt: skip
"""Every two-beta special case of the paper's family."""

CLAIMS: tuple[Claim, ...] = tuple(claim(special) for special in SPECIAL_CASES)
