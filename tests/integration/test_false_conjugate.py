"""H knows K by its K* too, the implicit step by nothing else: a K* that belongs to another K must not pass."""

import numpy as np
import pytest

import lionlab as ll


class Impostor(ll.L1Norm):
    """‖·‖₁ with the conjugate of ‖·‖∞."""

    def conjugate(self):
        return ll.LinfNorm().conjugate()


def test_a_conjugate_of_another_k_is_refused():
    f, times = ll.Quadratic(np.diag([1.0, 3.0]), [0.3, -4.0]), [0.0, 0.5]
    ll.integrate(ll.LionKFlow(ll.L1Norm(), 1.0, 1.0, 0.5, 1.0), f, [0.0, 0.0], [0.0, 0.0], times, step=0.1)
    with pytest.raises(ll.IntegrationError, match="do not belong together"):
        ll.integrate(ll.LionKFlow(Impostor(), 1.0, 1.0, 0.5, 1.0), f, [0.0, 0.0], [0.0, 0.0], times, step=0.1)


class WrongScale(ll.PseudoHuber):
    """K with the conjugate of a multiple of K, whose domain is too large or too small."""

    scale: float = 1.01

    def conjugate(self):
        return ll.Scaled(ll.PseudoHuber(self.threshold), self.scale).conjugate()


@pytest.mark.parametrize("scale", [1.01, 0.99])
@pytest.mark.parametrize(("solver", "step"), [("tsit5", None), ("rk4", 0.1)])
def test_general_solvers_refuse_it_too(solver, step, scale):
    f, times = ll.Quadratic(np.diag([1.0, 3.0]), [0.3, -4.0]), [0.0, 0.5, 1.0]
    flow = ll.LionKFlow(WrongScale(0.1, scale), 1.0, 1.0, 0.5, 1.0)
    with pytest.raises(ll.IntegrationError, match="do not belong together"):
        ll.integrate(flow, f, [0.0, 0.0], [0.0, 0.0], times, solver=solver, step=step)


@pytest.mark.parametrize(
    ("alpha", "words"),
    [
        (lambda t: -1.0 + 0 * t, "must be finite and > 0"),
        (lambda t: 1.0 if t > 0 else 2.0, "must be written in jax.numpy"),
        ("1", "must be a number"),
        (True, "must be a number"),
    ],
)
def test_an_alpha_that_is_none_is_refused(alpha, words):
    with pytest.raises((ValueError, TypeError), match=words):
        ll.integrate(
            ll.LionKFlow(ll.PseudoHuber(0.1), alpha, 1.0, 0.5, 1.0),
            ll.Quadratic(np.eye(2), [1.0, 1.0]), [0.0, 0.0], [0.0, 0.0], [0.0, 1.0],
        )  # fmt: skip


def test_tolerances_that_would_admit_anything_are_refused():
    flow, f = ll.LionKFlow(ll.PseudoHuber(0.1), 1.0, 1.0, 0.5, 1.0), ll.Quadratic(np.eye(2), [1.0, 1.0])
    for tolerances in ({"rtol": 0.1}, {"atol": 0.1}):
        with pytest.raises(ValueError, match=r"must be in \[.*, 0\.001\]"):
            ll.integrate(flow, f, [0.0, 0.0], [0.0, 0.0], [0.0, 1.0], **tolerances)
