"""The projection on the ℓq ball against 60-digit arithmetic: the optimality conditions solved in Python's `decimal`."""

from decimal import Decimal, localcontext

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lionlab.convex._lq_ball import lq_ball_projection
from lionlab.precision import double_precision

POINTS = {
    "plain": [3.0, -0.7, 0.2],
    "ties": [2.0, 2.0, -2.0],
    "one far": [1e150, 1.0, -1e-120],
    "spread": [1e-120, 1e-3, 5.0, -40.0],
    "barely outside": [1.0 + 1e-6, 1e-3, -1e-8],
}
END = Decimal(10) ** -52


def logarithm_of_entry(a: Decimal, log_nu: Decimal, e: Decimal) -> Decimal:
    """v = log u with u + νu^e = a: Newton's method on log(e^v + νe^{ev}) = log a, convex and increasing, from above."""
    v = min(a.ln(), (a.ln() - log_nu) / e)
    for _ in range(300):
        linear, power = v.exp(), (log_nu + e * v).exp()
        step = ((linear + power).ln() - a.ln()) * (linear + power) / (linear + e * power)
        v -= step
        if abs(step) <= END * max(1, abs(v)):
            return v
    raise AssertionError("Newton's method in 60 digits has not converged.")


def exact_projection(y: list[float], q: float) -> list[float]:
    """u_i + νu_i^{q−1} = |y_i| and Σu_i^q = 1, with log ν bracketed and found by regula falsi (Illinois)."""
    with localcontext() as context:
        context.prec, context.Emax, context.Emin = 60, 10**9, -(10**9)
        p, a = Decimal(q), [abs(Decimal(v)) for v in y]

        def excess(log_nu: Decimal) -> Decimal:
            return sum(((p * logarithm_of_entry(b, log_nu, p - 1)).exp() for b in a), Decimal(0)).ln()

        low, high = Decimal(-300), Decimal(400)
        at_low, at_high = excess(low), excess(high)
        assert at_low > 0 > at_high
        for _ in range(200):
            middle = (low * at_high - high * at_low) / (at_high - at_low)
            at_middle = excess(middle)
            if at_middle > 0:
                low, at_low, at_high = middle, at_middle, at_high / 2
            else:
                high, at_high, at_low = middle, at_middle, at_low / 2
            if abs(at_middle) <= Decimal(10) ** -40:
                break
        logarithms = [logarithm_of_entry(b, middle, p - 1) for b in a]
        return [float(v.exp().copy_sign(Decimal(sign))) for v, sign in zip(logarithms, y, strict=True)]


@pytest.mark.parametrize("q", [1.001, 1.5, 3.0, 101.0])
@pytest.mark.parametrize("name", POINTS)
def test_projection_has_its_digits(name: str, q: float) -> None:
    """Each entry to an error of the order of u, relative to the largest, which is near 1."""
    y = POINTS[name]
    with double_precision():
        found = np.asarray(jax.jit(lq_ball_projection, static_argnums=1)(jnp.asarray(y, jnp.float64), q))
    error = np.abs(found - exact_projection(y, q))
    assert np.all(error <= 16 * 2.0**-53), error


@pytest.mark.parametrize("q", [1.05, 1.5, 3.0, 7.0])
def test_no_point_is_projected_badly(q: float) -> None:
    """y − p is parallel to the gradient of ‖·‖_q at p: over 20,000 points, as one in a thousand may miss by 1e-10."""
    rng = np.random.default_rng(0)
    y = rng.normal(size=(20_000, 3)) * 10 ** rng.uniform(-1, 3, size=(20_000, 1))
    y[:5000, 2] = y[:5000, 1]
    y[-1] = [-0.99204165, -0.92912935, 0.45498081]
    with double_precision():
        found = np.asarray(jax.jit(jax.vmap(lambda v: lq_ball_projection(v, q)))(jnp.asarray(y)))
    gradient = np.abs(found) ** (q - 1)
    gradient /= np.linalg.norm(gradient, axis=1, keepdims=True)
    normal = np.abs(y) - np.abs(found)
    across = normal - gradient * np.sum(normal * gradient, axis=1, keepdims=True)
    # Some 8 roundings of numbers below ‖y‖, and the power of the check.
    assert np.max(np.linalg.norm(across, axis=1) / np.linalg.norm(y, axis=1)) <= 32 * 2.0**-53
