"""What is left of a formula where numbers end: NaN beside infinity, the width of an allowance, the last digits."""

import math
from decimal import Decimal, localcontext

import jax.numpy as jnp
import numpy as np
import pytest

from lionlab.convex import L1Norm, L2Norm, LinfNorm, PseudoHuber
from lionlab.convex._function import rounding_allowance
from lionlab.precision import double_precision


@pytest.mark.parametrize("K", [L1Norm(), L2Norm(), LinfNorm()], ids=repr)
def test_a_nan_beside_an_infinity_gives_no_number(K) -> None:
    for z in ([math.inf, math.nan], [math.nan, 1.0, -math.inf]):
        assert math.isnan(K(z))
        assert math.isnan(K.conjugate().domain_distance(z))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("count", "contraction"), [(3.0, 1.0), (11.0, 1e-4)])
def test_an_allowance_is_its_count_of_roundings(count: float, contraction: float, dtype: type) -> None:
    """u(1 + count + 3/(ηλ))‖y‖: storing the point, evaluating its distance, and where a run settles."""
    y = np.array([3.0, -4.0], dtype)
    with double_precision():
        found = float(rounding_allowance(jnp.asarray(y), count, contraction))
    u = float(np.finfo(dtype).eps) / 2
    assert found == pytest.approx(5 * u * (1 + count + 3 / contraction), rel=4 * u)


@pytest.mark.parametrize("power", [*range(20, 34), 60, 200])
def test_a_smoothed_sign_far_out_is_right_to_the_last_digits(power: int) -> None:
    """z/√(z²+e²) = 1 − e²/2z² + …, which is not 1 before |z| = 2²⁷e."""
    e = 0.5
    with localcontext(prec=60):
        z = Decimal(2) ** power * Decimal("1.3")
        point = float(z)
        exact = float(Decimal(point) / (Decimal(point) ** 2 + Decimal(e) ** 2).sqrt())
        value = float((Decimal(point) ** 2 + Decimal(e) ** 2).sqrt() - Decimal(e))
    K = PseudoHuber(e)
    assert abs(float(K.subgradient(point)) - exact) <= 2.0**-53
    assert float(K(point)) == pytest.approx(value, rel=2.0**-51)
