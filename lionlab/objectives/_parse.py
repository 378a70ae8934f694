"""Losses from text such as "Rosenbrock(2)": parsed, never evaluated."""

import ast

from ._beale import Beale
from ._double_well import DoubleWell
from ._least_squares_matrix import LeastSquaresMatrix
from ._logistic_regression import LogisticRegression
from ._loss import Loss
from ._quadratic import Quadratic
from ._rosenbrock import Rosenbrock
from .catalogue import example_objectives

_LOSSES: dict[str, type[Loss]] = {
    loss.__name__: loss for loss in (Quadratic, Rosenbrock, Beale, DoubleWell, LogisticRegression, LeastSquaresMatrix)
}


def parse_objective(text: str) -> Loss:
    """The loss that `text` names: a call with literals, `"Quadratic([[1,0],[0,3]],[0.3,-4])"`, or an example, `"bowl"`.

    **Raises:** `ValueError` when the text is neither, or its arguments are refused by the loss.
    """
    examples = example_objectives()
    if text.strip() in examples:
        return examples[text.strip()]
    name, positional, named = _split_call(text)
    if name not in _LOSSES:
        known = f"{', '.join(_LOSSES)}, and the examples {', '.join(examples)}"
        raise ValueError(f"Unknown objective {name!r}. Known: {known}.")
    try:
        return _LOSSES[name](*positional, **named)
    except (TypeError, ValueError) as error:
        raise ValueError(f"The objective {text!r} was refused: {error}") from error


def _split_call(text: str) -> tuple[str, list[object], dict[str, object]]:
    advice = "write a name, or a call with literal arguments such as Rosenbrock(2)"
    try:
        node = ast.parse(text.strip(), mode="eval").body
        if isinstance(node, ast.Name):
            return node.id, [], {}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            named = {keyword.arg: ast.literal_eval(keyword.value) for keyword in node.keywords if keyword.arg}
            if len(named) == len(node.keywords):
                return node.func.id, [ast.literal_eval(argument) for argument in node.args], named
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise ValueError(f"Cannot read the objective {text!r} ({error}); {advice}.") from None
    raise ValueError(f"Cannot read the objective {text!r}; {advice}.")
