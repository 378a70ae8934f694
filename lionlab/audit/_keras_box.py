"""A Keras optimizer as a black box, rebuilt from its configuration: on JAX compiled whole, else stepped one by one."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..precision import double_precision
from ._black_box import BlackBox, Course, Recorder, each_gradient, known_steps
from ._failures import OptimizerError, stepping
from ._jax_box import NOT_COMPILED, JaxBox, Pure, oriented


class KerasBox(BlackBox):
    """A `keras.optimizers.Optimizer`, on whatever backend Keras runs. Keras is only used once it is given."""

    def __init__(self, optimizer: Any) -> None:
        import keras

        self.kind, self.settings = type(optimizer), optimizer.get_config()
        self.name = self.kind.__name__
        self.settings_told = _settings_told(self.settings)
        given = self.settings.get("learning_rate")
        is_number = isinstance(given, (int, float, np.floating))
        self.learning_rate = float(given) if is_number else None
        self.accepts_rate = self.accepts_schedule = is_number
        self._is_on_jax = keras.backend.backend() == "jax"
        self.is_compiled = self._is_on_jax
        self._boxes: dict[Any, JaxBox] = {}

    def uncompiled(self) -> BlackBox | None:
        if not self.is_compiled:
            return None
        plain = object.__new__(KerasBox)
        vars(plain).update({**vars(self), "is_compiled": False})
        return plain

    def _run(self, x: np.ndarray, gradients: Any, rate: Any) -> Course:
        if not self._is_on_jax:
            return self._stepped(x, gradients, rate)
        with double_precision(), jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
            if self.is_compiled:
                try:
                    return self._compiled(x)._compiled(x, gradients, rate)
                except (OptimizerError, *NOT_COMPILED) as error:  # the latter where it has no stateless form
                    if isinstance(error, OptimizerError) and not isinstance(error.__cause__, NOT_COMPILED):
                        raise
                    self.is_compiled = False
            return self._stepped(x, gradients, rate)

    def _compiled(self, x: np.ndarray) -> JaxBox:
        """The optimizer for arrays like x in JAX alone: its variables are the state that a step is given."""
        key = (x.shape, x.dtype.name)
        if key not in self._boxes:
            optimizer, _ = self._built(x)
            start = [np.asarray(v.value) for v in optimizer.variables]
            where = [i for i, v in enumerate(optimizer.variables) if v is getattr(optimizer, "_learning_rate", None)]

            def make(rates: Any) -> Pure:
                def step(g: Any, state: Any, x: Any, eta: Any) -> tuple[Any, Any]:
                    state = list(state)
                    if rates is not None:
                        state[where[0]] = jnp.asarray(eta, state[where[0]].dtype)
                    new, state = optimizer.stateless_apply(state, [g], [x])
                    return new[0], list(state)

                return Pure(lambda x: [jnp.asarray(v) for v in start], step)

            self._boxes[key] = JaxBox(make, self.name, self.learning_rate, self.accepts_rate, self.accepts_schedule)
        return self._boxes[key]

    def _built(self, x: np.ndarray) -> tuple[Any, Any]:
        import keras

        variable = keras.Variable(x, dtype=x.dtype.name)
        with stepping(self.name, "build"):
            optimizer = self.kind.from_config(self.settings)
            optimizer.build([variable])
        return optimizer, variable

    def _stepped(self, x: np.ndarray, gradients: Any, rate: Any) -> Course:
        import keras

        optimizer, variable = self._built(x)
        recorder, momenta, seen = Recorder(x, None, self.name, known_steps(gradients)), [np.zeros_like(x)], []
        for t, g in each_gradient(gradients, lambda: recorder.last):
            if rate is not None:
                optimizer.learning_rate = float(rate(t)) if callable(rate) else rate
            with stepping(self.name, t):
                optimizer.apply([keras.ops.convert_to_tensor(g, dtype=x.dtype.name)], [variable])
            seen.append(g)
            recorder.record(_numpy(keras, variable.value, x.dtype), None)
            arrays = [v for v in optimizer.variables if tuple(v.shape) == x.shape and x.shape]
            momenta += [_numpy(keras, arrays[0].value, x.dtype)] if len(arrays) == 1 else []
        course = recorder.course(str(variable.dtype))
        has_momentum = len(momenta) == len(course.x) > 1
        return course._replace(momentum=oriented(np.stack(momenta), np.stack(seen)) if has_momentum else None)


def _settings_told(settings: dict[str, Any]) -> str:
    """What a Keras optimizer does beside its own step, as its configuration has it."""
    changed = ("clipnorm", "global_clipnorm", "clipvalue", "gradient_accumulation_steps", "loss_scale_factor")
    said = [f"{name} = {settings[name]:g}" for name in changed if settings.get(name)]
    if settings.get("use_ema"):
        every = settings.get("ema_overwrite_frequency")
        when = f"every {every} steps" if every else "when training is finalized, which no run here does,"
        said.append(f"{when} x is overwritten by its moving average")
    return "; ".join(said)


def _numpy(keras: Any, tensor: Any, dtype: Any) -> np.ndarray:
    wide = keras.ops.cast(tensor, "float64" if dtype == np.float64 else "float32")
    return np.array(keras.ops.convert_to_numpy(wide)).astype(dtype)
