"""The name under which a checkpoint knows a K of one's own: its class, and a digest of all that makes it what it is.

A checkpoint holds no objects, so such a K must be there when it is loaded, and be the same one: the same class, the
same constants and, where Python functions are among its fields, functions of the same code.
"""

import functools
import hashlib
import types
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple

import numpy as np

from ..convex import ConvexFunction


class OwnName(NamedTuple):
    """`is_exact`: nothing in K was beyond description, so that another K of this name is the same function."""

    text: str
    is_exact: bool


def own_name(K: ConvexFunction) -> OwnName:
    """The name of K, the same in every process that runs the same code in the same version of Python."""
    digest, is_exact = hashlib.sha256(), True
    for part in _parts(K, ()):
        is_exact = is_exact and part is not None
        digest.update(f"{part}\n".encode())
    return OwnName(f"{_class_name(type(K))} #{digest.hexdigest()[:12]}", is_exact)


def is_own_name(text: str) -> bool:
    """Whether `text` is such a name, which no text of a known K is."""
    return " #" in text


def _parts(value: Any, within: tuple[int, ...]) -> Iterator[str | None]:
    """What describes `value`, None for what cannot be described; `within` are the functions it was found in."""
    match value:
        case None | bool() | int() | float() | complex() | str() | bytes():
            yield repr(value)
        case tuple() | list():
            yield f"{len(value)} entries"
            for entry in value:
                yield from _parts(entry, within)
        case dict():
            yield from _parts([entry for pair in value.items() for entry in pair], within)
        case frozenset() | set():
            yield repr(sorted(map(repr, value)))
        case types.CodeType():
            yield value.co_code.hex()
            yield from _parts([*value.co_consts, *value.co_names], within)
        case types.FunctionType():
            yield from _of_function(value, within)
        case types.MethodType():
            yield from _parts([value.__func__, value.__self__], within)
        case functools.partial():
            yield from _parts([value.func, value.args, value.keywords], within)
        case types.ModuleType():
            yield value.__name__
        case type() | types.BuiltinFunctionType():
            yield _class_name(value)
        case _ if hasattr(value, "__array__"):
            array = np.asarray(value)
            yield f"{array.dtype} {array.shape} {array.tobytes().hex()}"
        case _ if is_dataclass(value):
            yield _class_name(type(value))
            for field in fields(value):
                yield field.name
                yield from _parts(getattr(value, field.name, None), within)
        case _ if hasattr(value, "__wrapped__"):
            yield from _parts(value.__wrapped__, within)
        case _:
            yield _class_name(type(value))
            yield None


def _of_function(function: types.FunctionType, within: tuple[int, ...]) -> Iterator[str | None]:
    """Its code, its defaults, and the values of the outer variables that it uses."""
    if id(function) in within:
        yield function.__qualname__
        return
    within = (*within, id(function))
    yield from _parts([function.__code__, function.__defaults__, function.__kwdefaults__], within)
    for cell in function.__closure__ or ():
        try:
            yield from _parts(cell.cell_contents, within)
        except ValueError:  # not yet assigned
            yield None
    for name in _names(function.__code__):
        if name in function.__globals__:
            value = function.__globals__[name]
            is_foreign = callable(value) and getattr(value, "__module__", None) != function.__module__
            # Another library's functions are known by name: their code is not the user's.
            yield from (_class_name(value),) if is_foreign else _parts(value, within)


def _names(code: types.CodeType) -> list[str]:
    inner = [name for const in code.co_consts if isinstance(const, types.CodeType) for name in _names(const)]
    return sorted({*code.co_names, *inner})


def _class_name(value: Any) -> str:
    return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', type(value).__qualname__)}"
