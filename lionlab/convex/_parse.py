"""Convex functions from text such as "Scaled(L1Norm(), 2.0)": parsed, never evaluated."""

import ast
import difflib
import inspect
import math
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from ._function import ConvexFunction

# Made from a function in Python, which text that is parsed and never evaluated cannot hold.
FROM_CODE = ("CustomFunction", "NumericalSeparable")
_LISTED = "All are listed by: lionlab list."
_WRITTEN = f"Write a name or a call with numbers, such as L1Norm or LpNorm(1.5). {_LISTED}"


def known_functions() -> dict[str, type[ConvexFunction]]:
    """Name → class for every K that `lionlab.convex` exports, so that a new one is known by being exported."""
    exported = vars(import_module(__package__)).items()
    is_function = {
        name: kind
        for name, kind in exported
        if isinstance(kind, type) and issubclass(kind, ConvexFunction) and not inspect.isabstract(kind)
        if name not in FROM_CODE
    }
    return dict(sorted(is_function.items()))


def parse_convex_function(text: str) -> ConvexFunction:
    """The function that `text` names: `"L1Norm"`, `"LpNorm(1.5)"`, `"Scaled(L1Norm(), factor=2.0)"`, `"LpNorm(inf)"`.

    **Raises:** `ValueError`, in one sentence, when the text is no name or call of a known function with numbers, lists
    and functions for arguments, and when the function refuses its arguments.
    """
    try:
        function = _read(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, MemoryError, RecursionError):
        raise ValueError(f"Cannot read the convex function {_quoted(text)}. {_WRITTEN}") from None
    except (TypeError, ValueError) as error:
        raise ValueError(f"Cannot build the convex function {_quoted(text)}: {error}") from None
    if not isinstance(function, ConvexFunction):
        raise ValueError(f"{_quoted(text)} is no convex function. {_WRITTEN}")
    return function


def _read(node: ast.expr) -> Any:
    match node:
        case ast.Name(id=("inf" | "nan") as name):
            return getattr(math, name)
        case ast.Name(id=name):
            return _build(name, [], {})
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
            named = {keyword.arg: _read(keyword.value) for keyword in keywords if keyword.arg}
            if len(named) == len(keywords):
                return _build(name, [_read(argument) for argument in args], named)
        case ast.List(elts=entries) | ast.Tuple(elts=entries):
            return [_read(entry) for entry in entries]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            number = _read(operand)
            if isinstance(number, (int, float)):
                return -number
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.Constant(value=None):
            return None
    raise ValueError(f"{_quoted(ast.unparse(node))} is not a number, a list or a known function. {_WRITTEN}")


def _build(name: str, positional: list[Any], named: dict[str, Any]) -> ConvexFunction:
    known = known_functions()
    if name not in known:
        raise ValueError(f"{_quoted(name)} is unknown{_alike(name, known)} {_LISTED}")
    kind = known[name]
    try:
        inspect.signature(kind).bind(*positional, **named)
    except TypeError as error:
        raise ValueError(f"{error}; write {_usage(kind)}.") from None
    return kind(*positional, **named)


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:59] + "…")


def _usage(kind: type[ConvexFunction]) -> str:
    return f"{kind.__name__}({', '.join(inspect.signature(kind).parameters)})"


def _alike(name: str, known: Iterable[str]) -> str:
    by_folded = {other.casefold(): other for other in known}
    found = difflib.get_close_matches(name[:60].casefold(), by_folded, n=3, cutoff=0.4)
    return f", did you mean {' or '.join(by_folded[folded] for folded in found)}?" if found else "."
