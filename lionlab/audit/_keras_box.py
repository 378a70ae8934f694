"""A Keras optimizer as a black box, rebuilt from its configuration for every run."""

from contextlib import nullcontext
from typing import Any

import numpy as np

from ..precision import double_precision
from ._black_box import BlackBox, Course, Recorder, each_gradient
from ._jax_box import oriented


class KerasBox(BlackBox):
    """A `keras.optimizers.Optimizer`, on whatever backend Keras runs. Keras is only used once it is given."""

    def __init__(self, optimizer: Any) -> None:
        self.kind, self.settings = type(optimizer), optimizer.get_config()
        self.name = self.kind.__name__
        given = self.settings.get("learning_rate")
        is_number = isinstance(given, (int, float, np.floating))
        self.learning_rate = float(given) if is_number else None
        self.accepts_rate = self.accepts_schedule = is_number

    def _run(self, x: np.ndarray, gradients: Any, rate: Any) -> Course:
        import keras

        with double_precision() if keras.backend.backend() == "jax" else nullcontext():
            variable = keras.Variable(x, dtype=x.dtype.name)
            optimizer = self.kind.from_config(self.settings)
            optimizer.build([variable])
            recorder, momenta, seen = Recorder(x, None), [np.zeros_like(x)], []
            for t, g in each_gradient(gradients, lambda: recorder.x[-1]):
                if rate is not None:
                    optimizer.learning_rate = float(rate(t)) if callable(rate) else rate
                optimizer.apply([keras.ops.convert_to_tensor(g, dtype=x.dtype.name)], [variable])
                seen.append(g)
                recorder.record(_numpy(keras, variable.value, x.dtype), None)
                arrays = [v for v in optimizer.variables if tuple(v.shape) == x.shape and x.shape]
                momenta += [_numpy(keras, arrays[0].value, x.dtype)] if len(arrays) == 1 else []
            course = recorder.course(str(variable.dtype))
        has_momentum = len(momenta) == len(course.x) > 1
        return course._replace(momentum=oriented(np.stack(momenta), np.stack(seen)) if has_momentum else None)


def _numpy(keras: Any, tensor: Any, dtype: Any) -> np.ndarray:
    return np.array(keras.ops.convert_to_numpy(keras.ops.cast(tensor, "float64" if dtype == np.float64 else "float32")),
                    ).astype(dtype)  # fmt: skip
