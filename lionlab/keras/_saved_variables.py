"""What a saved optimizer remembers of each variable: by position, for loading a model may change every path."""

from collections.abc import Sequence
from typing import Any, NamedTuple


class SavedVariable(NamedTuple):
    """A variable an optimizer was built for; `choice` counts the entries of K, `is_excluded` is by `var_list`."""

    name: str
    shape: tuple[int, ...]
    choice: int
    is_excluded: bool

    def is_like(self, variable: Any) -> bool:
        """Whether the variable has this name and shape."""
        return self.name == variable.name and self.shape == tuple(variable.shape)


def saved_variables(config: Sequence[Sequence[Any]] | None) -> tuple[SavedVariable, ...]:
    """From the lists that a config holds."""
    return tuple(SavedVariable(name, tuple(shape), choice, excluded) for name, shape, choice, excluded in config or ())


def recognised(saved: tuple[SavedVariable, ...], variables: Sequence[Any]) -> bool:
    """Whether these are the variables that were saved.

    **Raises:** `ValueError` when they are others, and some of those saved were left out of decay one by one: nothing
    says which of the new ones are meant.
    """
    is_same = len(saved) == len(variables) and all(map(SavedVariable.is_like, saved, variables))
    if not is_same and any(variable.is_excluded for variable in saved):
        raise ValueError(
            "LionK: this optimizer was saved with variables of another model excluded from weight decay by var_list. "
            "Call exclude_from_weight_decay with those of this model before it is built."
        )
    return is_same
