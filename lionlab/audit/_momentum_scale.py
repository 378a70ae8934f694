"""How many times m the buffer is that an optimizer keeps: Σ β^k g_k, as many libraries keep it, is m/(1−β2)."""

import numpy as np

FOLLOWED = 1e-6
"""The buffer follows the law of m to this share; what departs by less is for the energy ledger to judge."""


def momentum_scale(momentum: np.ndarray, gradients: np.ndarray, beta2: float) -> float:
    """c > 0 where m_t = b_t/c obeys m⁺ = β2 m − (1−β2)g at every step; 1 where no c does.

    **Arguments:** `momentum`, b_0 … b_T in the paper's sign, (T+1, *shape); `gradients`, (T, *shape); β2 < 1.
    """
    with np.errstate(all="ignore"):
        added = momentum[1:] - beta2 * momentum[:-1]
        own = -(1 - beta2) * gradients
        scale = float(np.sum(added * own) / np.sum(own * own))
        size = np.abs(scale * own) + np.abs(momentum[1:]) + np.abs(momentum[:-1])
        is_followed = (np.abs(added - scale * own) <= FOLLOWED * size.max(axis=0)).all()
    is_other = abs(scale - 1) > FOLLOWED
    return scale if np.isfinite(scale) and scale > 0 and is_followed and is_other else 1.0
