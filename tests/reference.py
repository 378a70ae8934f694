"""Lion-K, its Lyapunov function and its ledger once more: plain NumPy float64 loops, straight from the formulas.

Slow on purpose and sharing nothing with the library. Each K is three functions (value, subgradient, conjugate).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class PlainK(NamedTuple):
    value: Callable
    subgradient: Callable
    conjugate: Callable  # finite part; the tests using it stay inside dom K*
    conjugate_subgradient: Callable


def _entropy(y, b):
    def xlogx(t):
        return np.where(t > 0, t * np.log(np.where(t > 0, t, 1.0)), 0.0)

    return float(np.sum(xlogx(1 + y) + xlogx(1 - y)) / (2 * b))


PLAIN = {
    "l1": PlainK(lambda z: np.abs(z).sum(), np.sign, lambda y: 0.0, np.zeros_like),
    "l2": PlainK(
        lambda z: np.sqrt((z * z).sum()),
        lambda z: z / np.sqrt((z * z).sum()) if np.any(z) else 0 * z,
        lambda y: 0.0,
        np.zeros_like,
    ),
    "lp": PlainK(
        lambda z: (np.abs(z) ** 1.5).sum() ** (1 / 1.5),
        lambda z: (
            np.sign(z) * np.abs(z) ** 0.5 / ((np.abs(z) ** 1.5).sum() ** (1 / 1.5)) ** 0.5 if np.any(z) else 0 * z
        ),
        lambda y: 0.0,
        np.zeros_like,
    ),
    "deadzone": PlainK(
        lambda z: np.maximum(np.abs(z) - 0.5, 0).sum(),
        lambda z: np.sign(z) * (np.abs(z) > 0.5),
        lambda y: 0.5 * np.abs(y).sum(),
        lambda y: 0.5 * np.sign(y),
    ),
    "huber": PlainK(
        lambda z: np.where(np.abs(z) <= 0.4, z * z / 0.8, np.abs(z) - 0.2).sum(),
        lambda z: np.clip(z / 0.4, -1, 1),
        lambda y: 0.2 * (y * y).sum(),
        lambda y: 0.4 * y,
    ),
    "log_cosh": PlainK(
        lambda z: (np.logaddexp(2 * z, -2 * z) - np.log(2)).sum() / 2,
        lambda z: np.tanh(2 * z),
        lambda y: _entropy(y, 2.0),
        lambda y: np.arctanh(y) / 2,
    ),
    "squared": PlainK(lambda z: (z * z).sum(), lambda z: 2 * z, lambda y: (y * y).sum() / 4, lambda y: y / 2),
}


def reference_run(K, gradient, x, m, eta, lam, beta1, beta2, decay, steps):
    """(x_t), (m_t), (g_t) as lists of arrays; eta is a number or a list."""
    xs, ms, gs = [np.array(x, float)], [np.array(m, float)], []
    for t in range(steps):
        x, m, g = xs[-1], ms[-1], gradient(xs[-1])
        h = eta[t] if np.ndim(eta) else eta
        u = K.subgradient(beta1 * m - (1 - beta1) * g)
        xs.append(x + h * (u - lam * x) if decay == "explicit" else (x + h * u) / (1 + h * lam))
        ms.append(beta2 * m - (1 - beta2) * g)
        gs.append(g)
    return np.array(xs), np.array(ms), np.array(gs)


def reference_c(eta, lam, beta1, beta2, decay):
    """The bracket weight, through the equivalent implicit step."""
    if decay == "explicit":
        eta = eta / (1 - eta * lam)
    return eta * beta1 / (eta * lam * (1 - beta1) + 1 - beta2)


def reference_lyapunov(K, f, x, m, eta, lam, beta1, beta2, decay):
    c = reference_c(eta, lam, beta1, beta2, decay)
    if lam == 0:
        return f(x) + c * K.value(m)
    K_star = K.conjugate(lam * x)
    return f(x) + K_star / lam + c * (K_star + K.value(m) - lam * x @ m)


def reference_ledger(K, f, gradient, x, m, x_next, m_next, eta, lam, beta1, beta2, decay):
    """The five terms as the theorem writes them: implicit form, V = u − λx⁺, divisions by β2 − β1 and all."""
    c = reference_c(eta, lam, beta1, beta2, decay)
    if decay == "explicit":
        eta = eta / (1 - eta * lam)
    g = gradient(x)
    m_tilde = beta1 * m - (1 - beta1) * g
    u, w = K.subgradient(m_tilde), K.subgradient(m_next)
    z = K.conjugate_subgradient(lam * x_next) if lam > 0 else np.zeros_like(x)
    V = u - lam * x_next
    a, b = 1 + c * lam, c * (1 - beta2) / (eta * (beta2 - beta1))
    terms = {
        "alignment": -eta * a * V @ (m_tilde - z),
        "enhancement": -eta * b * (u - w) @ (m_tilde - m_next),
        "loss_remainder": f(x_next) - f(x) - g @ (x_next - x),
        "conjugate_remainder": 0.0,
        "momentum_remainder": -c * (K.value(m) - K.value(m_next) - w @ (m - m_next)),
    }
    if lam > 0:
        remainder = K.conjugate(lam * x) - K.conjugate(lam * x_next) - z @ (lam * x - lam * x_next)
        terms["conjugate_remainder"] = -(1 / lam + c) * remainder
    return terms
