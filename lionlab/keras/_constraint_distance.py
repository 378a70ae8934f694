"""How far a model in training is from the set that weight decay draws it into, told after every epoch."""

from typing import Any

import keras
import numpy as np

from ._lion_k import LionK


class ConstraintDistance(keras.callbacks.Callback):
    """Puts "constraint_distance" into the logs of every epoch: the Euclidean distance of λx to dom K*, 0 inside.

    λ is the weight decay of the model's `LionK`. λx runs over all variables that are decayed, each held to the domain
    of its own K*, so that the distance is √Σ dist², in units of λx; divide by λ for units of x. The set attracts:
    whatever the gradients, a step brings the distance to at most 1−ηλ of what it was (explicit decay, 0 ≤ ηλ ≤ 1). It
    is told to `History` and, with `verbose=1`, printed. After each epoch `by_variable` has it for every variable, by
    path.

    Keras' moving average, when it overwrites the variables, is an average of points of the run, and at most as far out.

    **Raises:** `ValueError` when training starts with another optimizer, or without weight decay: there is no set then.
    """

    def __init__(self, verbose: int = 0):
        super().__init__()
        self.verbose = verbose
        self.by_variable: dict[str, float] = {}

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Refuses a model that no constraint set belongs to."""
        optimizer = self._optimizer()
        if not optimizer.weight_decay:
            raise ValueError(
                f"ConstraintDistance: LionK has weight_decay={optimizer.weight_decay}, and without weight decay there "
                "is no constraint set. Give LionK a weight_decay > 0, or leave the callback out."
            )

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Measures the variables as the epoch left them."""
        self.by_variable = self._optimizer().constraint_distances()
        total = float(np.sqrt(np.sum(np.square(list(self.by_variable.values())))))
        if logs is not None:
            logs["constraint_distance"] = total
        if self.verbose:
            print(f"epoch {epoch + 1}: constraint distance {total:.6g}")

    def _optimizer(self) -> LionK:
        optimizer = self.model.optimizer
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)  # within a LossScaleOptimizer
        if not isinstance(optimizer, LionK):
            raise ValueError(f"ConstraintDistance: the model must be compiled with LionK, got {optimizer!r}.")
        return optimizer
