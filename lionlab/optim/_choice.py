"""Which K belongs to which parameter: one for all, a rule, a tree of them, or a `Choice`."""

import inspect
from collections.abc import Callable
from typing import Any, TypeAlias

import jax
from jax import Array

from ..convex import ConvexFunction, L1Norm
from ._newton_schulz import NewtonSchulz

# ∇K of a convex function, or what stands in its place.
Direction: TypeAlias = ConvexFunction | NewtonSchulz
Rule: TypeAlias = Callable[[str, Any], Direction]


class Choice:
    """A direction for every parameter of a tree; made by `by_label` and `spectral_for_matrices`."""

    def __init__(self, of_tree: Callable[[Any], Any]):
        self._of_tree = of_tree

    def directions(self, params: Any) -> Any:
        """The tree of directions, in the structure of `params`; of the leaves only shapes and dtypes are read."""
        return self._of_tree(params)


# One direction, a Choice, a rule (path, leaf) -> direction, or a tree of directions.
ChosenK: TypeAlias = Direction | Choice | Rule | Any


def require_choice(K: ChosenK | None) -> ChosenK:
    """K, or `L1Norm()` for None. **Raises:** `TypeError` unless K is of a kind that `directions_of` understands."""
    if K is None:
        return L1Norm()
    if isinstance(K, (Direction, Choice)) or _is_tree_of_directions(K):
        return K
    if is_function(K):
        _require_rule(K)
        return K
    hint = ' Under optax.inject_hyperparams pass static_args=("K",).' if isinstance(K, Array) else ""
    if isinstance(K, type) and issubclass(K, Direction):
        hint = f" That is the class; write {K.__name__}(…)."
    raise TypeError(
        f"K must be a lionlab ConvexFunction such as L1Norm(), a rule (path, leaf) -> K, or a tree of them; "
        f"got {K!r}.{hint}"
    )


def directions_of(K: ChosenK, params: Any) -> Any:
    """The tree of directions in the structure of `params`, whose leaves have a shape and a dtype.

    **Raises:** `ValueError` when K is a tree that is no prefix of the parameters', `TypeError` when a rule returns
    something else than a K.
    """
    if isinstance(K, Direction):
        return jax.tree.map(lambda _: K, params)
    if isinstance(K, Choice):
        return K.directions(params)
    if not _is_tree_of_directions(K):
        return by_rule(K, params)
    return spread("K", K, params)


def by_rule(rule: Rule, params: Any) -> Any:
    """`rule(path, leaf)` for every leaf. **Raises:** `TypeError` when it returns no K."""

    def chosen(path: Any, leaf: Any) -> Direction:
        name = path_name(path)
        found = rule(name, jax.ShapeDtypeStruct(leaf.shape, leaf.dtype))
        if not is_direction(found):
            raise TypeError(f"K({name!r}, leaf) must return a ConvexFunction or NewtonSchulz, got {found!r}.")
        return found

    return jax.tree_util.tree_map_with_path(chosen, params)


def spread(name: str, prefix: Any, params: Any) -> Any:
    """A prefix of the tree `params`, spread to all of it. **Raises:** `ValueError` when it is no prefix."""
    try:
        return jax.tree.map(
            lambda given, part: jax.tree.map(lambda _: given, part), prefix, params, is_leaf=is_direction
        )
    except (ValueError, TypeError) as error:
        # JAX prints both trees on the lines below the first.
        reason = str(error).split("\n", 1)[0]
        raise ValueError(f"{name} must be a tree that is a prefix of the parameters': {reason}") from None


def path_name(path: Any) -> str:
    """A path in a tree as "encoder/0/kernel"; the empty path of a lone array as ""."""
    return jax.tree_util.keystr(path, simple=True, separator="/")


def is_direction(value: Any) -> bool:
    """Whether it is a K, or stands in place of one."""
    return isinstance(value, Direction)


def is_function(value: Any) -> bool:
    """Whether it is a function and no tree: a network of Equinox can be called, and a tree of flags in its form too."""
    return callable(value) and not isinstance(value, type) and all(map(callable, jax.tree.leaves(value)))


def _is_tree_of_directions(K: Any) -> bool:
    leaves = jax.tree.leaves(K, is_leaf=is_direction)
    return bool(leaves) and all(map(is_direction, leaves))


def _require_rule(rule: Callable[..., Any]) -> None:
    try:
        inspect.signature(rule).bind("path", None)
    except TypeError as error:
        raise TypeError(f"K as a rule must take (path, leaf), two arguments; {error}.") from None
    except ValueError:
        return  # a function that does not tell its arguments
