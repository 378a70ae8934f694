"""What each kind of optimizer is turned into: told apart by what it is and has, never by its source."""

import functools
import inspect
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from ..dynamics import LionK
from ._black_box import BlackBox, Course
from ._failures import brief, first_line
from ._jax_box import FactoryBox, lion_k_box, name_of, optax_box
from ._keras_box import KerasBox
from ._torch_box import TorchBox

DEFAULT_RATE = 0.01
"""η for a factory that demands one, when none is given."""
KNOWN = "an optax transformation, a torch or Keras optimizer, a LionK, a StepFunction"


def adapted(optimizer: Any, learning_rate: Any = None) -> BlackBox:
    """The black box for one optimizer; see `as_black_box`."""
    found = _known(optimizer, learning_rate)
    if found is not None:
        return found
    if callable(optimizer):
        return _from_factory(optimizer, learning_rate)
    raise TypeError(f"optimizer must be {KNOWN}, or a function that returns one of these, got {brief(optimizer)}.")


def _known(optimizer: Any, learning_rate: Any) -> BlackBox | None:
    if isinstance(optimizer, BlackBox):
        return optimizer if learning_rate is None else WithRate(optimizer, learning_rate)
    if isinstance(optimizer, LionK):
        return _at(lion_k_box(optimizer), learning_rate)
    torch, keras = sys.modules.get("torch"), sys.modules.get("keras")
    if torch is not None and _takes_params(optimizer, torch):
        return _at(TorchBox(optimizer), learning_rate)
    if keras is not None and isinstance(optimizer, keras.optimizers.Optimizer):
        return _at(KerasBox(optimizer), learning_rate)
    if isinstance(optimizer, tuple) and callable(getattr(optimizer, "update", None)) and hasattr(optimizer, "init"):
        return _at(optax_box(optimizer), learning_rate)
    return None


def _at(box: BlackBox, learning_rate: Any) -> BlackBox:
    return box if learning_rate is None else WithRate(box, learning_rate)


def _takes_params(optimizer: Any, torch: Any) -> bool:
    """Whether this is a torch optimizer, or a class or function that makes one of parameters."""
    if isinstance(optimizer, torch.optim.Optimizer):
        return True
    return callable(optimizer) and not isinstance(optimizer, tuple) and "params" in _parameters(optimizer)


def _parameters(factory: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    try:
        found = dict(inspect.signature(factory).parameters)
    except (TypeError, ValueError):
        return {}
    # What a partial application has settled is no longer asked for.
    settled = factory.keywords if isinstance(factory, functools.partial) else {}
    return {name: parameter for name, parameter in found.items() if name not in settled}


def _from_factory(factory: Callable[..., Any], learning_rate: Any) -> BlackBox:
    parameters = _parameters(factory)
    required = [
        p.name
        for p in parameters.values()
        if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD) and p.name != "learning_rate"
    ]
    if required:
        raise TypeError(
            f"{name_of(factory)} needs {', '.join(required)}; wrap it in a function that takes learning_rate at most, "
            "as functools.partial does."
        )
    if "learning_rate" not in parameters:
        return _at(_made(factory), learning_rate)
    default = parameters["learning_rate"].default
    if learning_rate is None and default is inspect.Parameter.empty:
        learning_rate = DEFAULT_RATE
    own = default if learning_rate is None else learning_rate
    inner = _made(factory, **({} if learning_rate is None else {"learning_rate": learning_rate}))
    if inner.accepts_schedule:  # torch, Keras and StepFunction are told the rate at each step, the same for all
        return inner if inner.learning_rate is not None or callable(own) else WithRate(inner, own)
    return FactoryBox(factory, own, inner)


def _made(factory: Callable[..., Any], **arguments: Any) -> BlackBox:
    try:
        product = factory(**arguments)
    except Exception as error:
        told = f"{name_of(factory)} makes no optimizer: {type(error).__name__}: {first_line(error)}"
        raise ValueError(told) from error
    box = _known(product, None)
    if box is None:
        hint = " Does it lack a return?" if product is None else ""
        raise TypeError(f"{name_of(factory)} must return an optimizer ({KNOWN}), got {brief(product)}.{hint}")
    return box


class WithRate(BlackBox):
    """A black box that runs at another learning rate than its own when none is given."""

    def __init__(self, box: BlackBox, learning_rate: Any) -> None:
        if callable(learning_rate) and not box.accepts_schedule:
            raise ValueError(f"{box.name} cannot be given a learning rate for each step; pass a factory.")
        is_other = not callable(learning_rate) and float(learning_rate) != box.learning_rate
        if is_other and not box.accepts_rate:
            raise ValueError(
                f"{box.name} cannot be given learning_rate={learning_rate:g} from outside; pass a function that takes "
                "learning_rate and returns the optimizer."
            )
        self.box, self._own = box, learning_rate
        self.accepts_rate, self.accepts_schedule = box.accepts_rate, box.accepts_schedule
        self.settings_told = box.settings_told
        self.learning_rate = None if callable(learning_rate) else float(learning_rate)

    @property
    def name(self) -> str:  # the box inside has it, and tells it when a step fails
        """The name of the optimizer."""
        return self.box.name

    @name.setter
    def name(self, name: str) -> None:
        self.box.name = name

    @property
    def is_compiled(self) -> bool:  # type: ignore[override]  # the box inside may find out that it cannot be
        """Whether runs are compiled."""
        return self.box.is_compiled

    def gradient_shape(self, x: np.ndarray) -> tuple[int, ...]:
        return self.box.gradient_shape(x)

    def uncompiled(self) -> BlackBox | None:
        plain = self.box.uncompiled()
        return None if plain is None else WithRate(plain, self._own)

    def _run(self, x: np.ndarray, gradients: Any, rate: Any) -> Course:
        return self.box._run(x, gradients, self._own if rate is None else rate)
