"""Lion-K as a Keras optimizer: all of Keras' own Lion, with ∇K of any convex K in place of the sign."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import keras
import numpy as np
from keras import ops

from ..convex import ConvexFunction, L1Norm, NuclearNorm, SchattenNorm, SpectralNorm
from ._arguments import check_common, check_schedule, number
from ._direction import direction, require_direction
from ._saved_variables import SavedVariable, recognised, saved_variables
from ._unfolded import Unfolded
from ._written import read, written

LION = L1Norm()


@keras.saving.register_keras_serializable(package="lionlab")
class LionK(keras.optimizers.Optimizer):
    """Lion-K with decoupled weight decay, for Keras 3 on any backend.

        u = ∇K(−(β1 v + (1−β1) g))            v, Keras' momentum, averages +∇f: it is −m of the paper
        x⁺ = (1 − ηλ)x + ηu                   decay="explicit", in the two roundings of Keras' own Lion
        x⁺ = (x + ηu)/(1 + ηλ)                decay="implicit", the form of the theorem
        v⁺ = β2 v + (1−β2) g

    With `L1Norm()`, the default, it is `keras.optimizers.Lion`. It minimises f(x) + K*(λx)/λ over each variable; for a
    norm K, f subject to ‖λx‖_dual ≤ 1. The set has the radius 1/λ in units of x, so λ is not a small number.

    **Arguments**, those of Keras' Lion beside `K` and `decay`:

    - `learning_rate`: η ≥ 0, a `LearningRateSchedule`, or a function of no arguments.
    - `K`: a convex function; or a mapping from patterns to functions, of which each variable takes the first whose
      pattern is found in its path: `{"kernel": NuclearNorm(), "": L1Norm()}`.
    - `beta_1`, `beta_2`: in [0, 1]; the theory wants beta_1 ≤ beta_2 < 1.
    - `weight_decay`: λ ≥ 0, or None for 0. Explicit decay needs ηλ ≤ 1.
    - `clipnorm`, `clipvalue`, `global_clipnorm`, `use_ema`, `ema_momentum`, `ema_overwrite_frequency`,
      `loss_scale_factor`, `gradient_accumulation_steps`, `name`: as in every Keras optimizer.

    Saved models keep K, as text, and what `exclude_from_weight_decay` left out, which Keras' own optimizers forget.
    Programs that load one import `lionlab.keras` first.

    **Raises:** `ValueError` or `TypeError` naming the argument, its value and the allowed range; for a K whose
    direction the backend cannot compute; and when it is built, for a variable whose shape K does not take.

    Source: arXiv 2310.05898, eq. (1)–(3); with ℓ1, arXiv 2302.06675.
    """

    def __init__(
        self,
        learning_rate: Any = 1e-3,
        K: ConvexFunction | Mapping[str, ConvexFunction] = LION,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        decay: str = "explicit",
    ):
        choices = _choices(K)
        if decay not in ("explicit", "implicit"):
            raise ValueError(f'LionK: decay must be "explicit" or "implicit", got {decay!r}.')
        beta_1, beta_2 = number("beta_1", beta_1, 1), number("beta_2", beta_2, 1)
        weight_decay = None if weight_decay is None else number("weight_decay", weight_decay)
        check_schedule(learning_rate)
        if not callable(learning_rate):  # a schedule is callable too
            learning_rate = number("learning_rate", learning_rate)
            if decay == "explicit" and learning_rate * (weight_decay or 0) > 1:
                raise ValueError(
                    f"LionK: learning_rate·weight_decay must be ≤ 1 for explicit decay, got {learning_rate:g}·"
                    f'{weight_decay:g}; lower one of them or use decay="implicit".'
                )
        common = {
            "clipnorm": clipnorm,
            "clipvalue": clipvalue,
            "global_clipnorm": global_clipnorm,
            "use_ema": use_ema,
            "ema_momentum": ema_momentum,
            "ema_overwrite_frequency": ema_overwrite_frequency,
            "loss_scale_factor": loss_scale_factor,
            "gradient_accumulation_steps": gradient_accumulation_steps,
        }
        check_common(common)
        super().__init__(learning_rate=learning_rate, name=name, weight_decay=weight_decay, **common)
        self.beta_1, self.beta_2 = beta_1, beta_2
        self.decay = decay
        self._choices = choices
        self._excluded_names: tuple[str, ...] = ()
        self._is_listed = False  # whether variables are excluded by var_list
        self._saved: tuple[SavedVariable, ...] = ()

    @property
    def K(self) -> ConvexFunction | dict[str, ConvexFunction]:
        """K as it was given."""
        ((pattern, first), *rest) = self._choices
        return first if pattern is None and not rest else dict(self._choices)  # type: ignore[arg-type]

    def build(self, variables: Sequence[Any]) -> None:
        """Creates a momentum for every variable. **Raises:** `ValueError` for a variable that K does not take."""
        if self.built:
            return
        saved = self._saved if self._saved and recognised(self._saved, variables) else None
        chosen = [saved[i].choice if saved else self._choice_for(variable) for i, variable in enumerate(variables)]
        functions = [self._choices[j][1] for j in chosen]
        for K, variable in zip(functions, variables, strict=True):
            _require_shape(K, variable)
        super().build(variables)
        if saved and any(one.is_excluded for one in saved):
            excluded = [variable for one, variable in zip(saved, variables, strict=True) if one.is_excluded]
            self.exclude_from_weight_decay(excluded, self._excluded_names)
        self._chosen, self._functions = tuple(chosen), tuple(functions)
        self._momentums = self.add_optimizer_variables(variables, "momentum")

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """One step of one variable; explicit decay is done before it, for all variables."""
        eta, beta_1, beta_2 = (ops.cast(c, variable.dtype) for c in (learning_rate, self.beta_1, self.beta_2))
        gradient = ops.cast(gradient, variable.dtype)
        index = self._get_variable_index(variable)
        average = self._momentums[index]
        look_ahead = ops.add(ops.multiply(average, beta_1), ops.multiply(gradient, 1.0 - beta_1))
        # Negated before K and not after it: a K need not be even.
        step = ops.multiply(eta, direction(self._functions[index], ops.negative(look_ahead)))
        if self.decay == "implicit" and self.weight_decay is not None and self._use_weight_decay(variable):
            shrink = 1.0 + eta * ops.cast(self.weight_decay, variable.dtype)
            self.assign(variable, ops.divide(ops.add(variable, step), shrink))
        else:
            self.assign_add(variable, step)
        self.assign(average, ops.add(ops.multiply(average, beta_2), ops.multiply(gradient, 1.0 - beta_2)))

    def exclude_from_weight_decay(
        self, var_list: Sequence[Any] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Leaves out of decay the variables in `var_list`, and those in whose name one of `var_names` is found.

        Call it before the first step. A saved model keeps it.

        **Raises:** `TypeError` when `var_names` is one string, which Keras would take for a list of letters, or holds
        what is no string; when `var_list` is no list, or holds names.
        """
        if isinstance(var_names, str):
            raise TypeError(f"exclude_from_weight_decay: var_names must be a list, got {var_names!r}.")
        for name in var_names or ():
            if not isinstance(name, str):
                raise TypeError(f"exclude_from_weight_decay: var_names must hold strings, got {name!r}.")
        if var_list is not None and not isinstance(var_list, Sequence):
            raise TypeError(f"exclude_from_weight_decay: var_list must be a list of variables, got {var_list!r}.")
        for variable in var_list or ():
            if isinstance(variable, str):
                raise TypeError(
                    f"exclude_from_weight_decay: var_list must hold variables, got {variable!r}; names go into "
                    "var_names."
                )
        super().exclude_from_weight_decay(var_list, var_names)
        self._excluded_names = tuple(var_names or ())
        self._is_listed = bool(var_list)
        self._saved = tuple(one._replace(is_excluded=False) for one in self._saved)

    def constraint_distances(self) -> dict[str, float]:
        """The Euclidean distance of λx to dom K*, 0 inside, for every variable that is decayed, by path.

        **Raises:** `ValueError` before the optimizer is built, and without weight decay.
        """
        if not self.built or not self.weight_decay:
            raise ValueError(
                "LionK: distances to the constraint set exist once the optimizer is built, with weight_decay > 0."
            )
        found = {}
        for variable, K in zip(self._trainable_variables, self._functions, strict=True):
            if self._use_weight_decay(variable):
                x = np.asarray(ops.convert_to_numpy(ops.convert_to_tensor(variable)), np.float64)
                found[variable.path] = float(K.conjugate().domain_distance(self.weight_decay * x))
        return found

    def get_config(self) -> dict[str, Any]:
        """Everything needed to build the optimizer again.

        **Raises:** `ValueError` for a K that cannot be written, and where `var_list` excludes variables from weight
        decay before the optimizer is built: it does not know yet which of the model's they are.
        """
        config = super().get_config()
        return config | {
            "K": [[pattern, written(K)] for pattern, K in self._choices],
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "decay": self.decay,
            "excluded_names": list(self._excluded_names),
            "variables": [[one.name, list(one.shape), one.choice, one.is_excluded] for one in self._to_save()],
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> "LionK":
        """The optimizer that `get_config` described, or one with K given as text."""
        config = dict(config)
        names, saved = config.pop("excluded_names", ()), saved_variables(config.pop("variables", None))
        given = config.get("K", LION)
        choices = given if isinstance(given, list) else [[None, given]]
        functions = {pattern: read(K, custom_objects) for pattern, K in choices}
        config["K"] = functions.get(None, functions)
        optimizer = super().from_config(config, custom_objects)
        if names:
            optimizer.exclude_from_weight_decay(var_names=names)
        optimizer._saved = saved
        return optimizer

    def finalize_variable_values(self, var_list: Sequence[Any]) -> None:
        """Ends training: with `use_ema` the variables take on their moving averages."""
        super().finalize_variable_values(var_list)
        if self.use_ema:
            # On JAX variable and average are one buffer now, which the next `fit` would give away twice.
            for variable in var_list:
                variable.assign(ops.copy(variable))

    def _apply_weight_decay(self, variables: Sequence[Any]) -> None:
        """Explicit decay, by Keras: x(1 − ηλ) before the step. Implicit decay is part of the step."""
        decayed = [variable for variable in variables if self._use_weight_decay(variable)]
        # On torch Keras refuses to decay no variable at all.
        if decayed and self.decay == "explicit":
            super()._apply_weight_decay(decayed)

    def _to_save(self) -> tuple[SavedVariable, ...]:
        if self.built:
            listed = getattr(self, "_exclude_from_weight_decay", ())
            return tuple(
                SavedVariable(variable.name, tuple(variable.shape), choice, self._var_key(variable) in listed)
                for variable, choice in zip(self._trainable_variables, self._chosen, strict=True)
            )
        if self._is_listed:
            raise ValueError(
                "LionK: variables are excluded from weight decay by var_list, and which ones is known once the "
                "optimizer is built: call optimizer.build(model.trainable_variables) before saving, or exclude by "
                "var_names."
            )
        return self._saved

    def _choice_for(self, variable: Any) -> int:
        for j, (pattern, _) in enumerate(self._choices):
            if pattern is None or re.search(pattern, _path(variable)):
                return j
        raise ValueError(
            f"LionK: none of the patterns {[pattern for pattern, _ in self._choices]} of K is found in the path "
            f'{_path(variable)!r}. Add one, or "" for the rest.'
        )


def _choices(K: object) -> tuple[tuple[str | None, ConvexFunction], ...]:
    """(pattern, K) for every choice; one K has no pattern."""
    if not isinstance(K, Mapping):
        K = _for_keras(K)
        require_direction(K)
        return ((None, K),)  # type: ignore[return-value]  # has just been checked
    if not K:
        raise ValueError("LionK: K is an empty mapping. Give at least one pattern and its convex function.")
    for pattern, function in K.items():
        try:
            re.compile(pattern)
        except (TypeError, re.error) as error:
            raise ValueError(f"LionK: the pattern {pattern!r} of K is no regular expression: {error}.") from None
        require_direction(_for_keras(function))
    return tuple((pattern, _for_keras(function)) for pattern, function in K.items())


def _for_keras(K: Any) -> Any:
    """K; for `lionlab.optim.Unfolded`, the class of the same meaning that has a form here."""
    is_other = type(K).__name__ == "Unfolded" and type(K).__module__.startswith("lionlab.optim.")
    return Unfolded(K.function) if is_other else K


def _path(variable: Any) -> str:
    return getattr(variable, "path", variable.name)


def _require_shape(K: ConvexFunction, variable: Any) -> None:
    """**Raises:** `TypeError` for a variable of integers; `ValueError` when K takes no array of its shape."""
    shape, dtype = tuple(variable.shape), keras.backend.standardize_dtype(variable.dtype)
    if "float" not in dtype:
        raise TypeError(f"LionK: the variable {_path(variable)!r} must hold floating-point numbers, got {dtype}.")
    try:
        jax.eval_shape(K.selection, jax.ShapeDtypeStruct(shape, np.float32))
    except ValueError as error:
        name = type(K).__name__
        if len(shape) > 2 and isinstance(K, NuclearNorm | SpectralNorm | SchattenNorm):
            raise ValueError(
                f"LionK: K does not take the variable {_path(variable)!r} of shape {shape}. {name} takes a matrix; for "
                f"the kernel of a convolution write Unfolded({name}(…)), with lionlab.keras.Unfolded."
            ) from error
        raise ValueError(
            f"LionK: K does not take the variable {_path(variable)!r} of shape {shape}. {error} Give K as a mapping "
            'from patterns of paths to functions, such as {"kernel": NuclearNorm(), "": L1Norm()}.'
        ) from error
