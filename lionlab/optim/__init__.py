"""Optimizers to train with, as optax transformations: Lion-K for every convex function K.

    >>> import jax.numpy as jnp, optax
    >>> from lionlab.optim import lion_k
    >>> optimizer = lion_k(3e-4, weight_decay=1.0)          # Lion: K is the ℓ1 norm, and |x_i| ≤ 1/weight_decay
    >>> params = {"w": jnp.zeros(3)}
    >>> state = optimizer.init(params)
    >>> updates, state = optimizer.update({"w": jnp.ones(3)}, state, params)
    >>> params = optax.apply_updates(params, updates)

`K` chooses the norm of the constraint, for all parameters or per parameter (`spectral_for_matrices`, `by_label`).
"""

from ._choice import Choice as Choice
from ._compiled_update import CompiledUpdate as CompiledUpdate
from ._compiled_update import compiled_update as compiled_update
from ._labels import by_label as by_label
from ._labels import rms_factor as rms_factor
from ._labels import spectral_for_matrices as spectral_for_matrices
from ._labels import width_factor as width_factor
from ._lion_k import lion_k as lion_k
from ._metrics import ConstraintMetrics as ConstraintMetrics
from ._metrics import constraint_metrics as constraint_metrics
from ._newton_schulz import NewtonSchulz as NewtonSchulz
from ._phase_one import phase_one_length as phase_one_length
from ._radius import weight_decay_for_radius as weight_decay_for_radius
from ._scale_by_lion_k import LionKState as LionKState
from ._scale_by_lion_k import scale_by_lion_k as scale_by_lion_k
from ._unfolded import Unfolded as Unfolded
