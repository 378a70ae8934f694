"""Lion-K for Keras 3: `LionK`, an optimizer with every argument of Keras' own Lion, and any K of `lionlab.convex`.

    import os
    os.environ["KERAS_BACKEND"] = "jax"                # or "torch"; Keras reads it when it is imported
    import lionlab as ll, lionlab.keras

    model.compile(lionlab.keras.LionK(3e-4, K=ll.Huber(0.01), weight_decay=1.0), loss=...)
    model.fit(x, y, callbacks=[lionlab.keras.ConstraintDistance()])

It needs the extra `keras`, and is imported by its own name only: `import lionlab` does not import Keras.
"""

try:
    import keras as _keras  # noqa: F401 - asked for once, here, so that the answer names the extra
except ImportError as error:
    if error.name == "keras":
        raise ImportError("lionlab.keras needs Keras 3: pip install 'lionlab[keras]'.", name="keras") from error
    raise ImportError(
        f"lionlab.keras: Keras is installed, but not the backend it is set to ({error}). Set KERAS_BACKEND to "
        "'jax' or 'torch' before Keras is imported; for torch, pip install 'lionlab[torch]'.",
        name=error.name,
    ) from error

from ._constraint_distance import ConstraintDistance as ConstraintDistance
from ._lion_k import LionK as LionK
from ._unfolded import Unfolded as Unfolded
