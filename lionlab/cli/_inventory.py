"""What can be named on the command line beside claims and experiments: functions K and losses f."""

import inspect
from typing import Any


def convex_functions() -> dict[str, type]:
    """Name → class of every convex function."""
    from ..convex._parse import known_functions

    return known_functions()


def objectives() -> dict[str, Any]:
    """Name → class of every loss, then name → loss of every example."""
    from ..objectives import _parse
    from ..objectives.catalogue import example_objectives

    return {**_parse._LOSSES, **example_objectives()}


def first_line(thing: Any) -> str:
    """What a class is, in its docstring's first sentence; an example is told by its class and dimensions."""
    if not inspect.isclass(thing):
        return f"example: {type(thing).__name__}, arguments of shape {thing.shape}"
    return (inspect.getdoc(thing) or "").split("\n\n")[0].replace("\n", " ")
