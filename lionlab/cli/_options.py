"""The options that commands share, and what they mean together: the command line goes before --config."""

import ast
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from ._console import Talk
from ._ending import USAGE, Ending

WORDS = {"true": True, "false": False, "none": None, "inf": math.inf, "nan": math.nan}
OPTION_KEYS = ("out", "seed", "quick", "dtype", "jobs")

OPTIONS: dict[str, Callable[..., Any]] = {
    "out": click.option("--out", type=click.Path(path_type=Path), help="Folder to write to."),
    "seed": click.option("--seed", type=click.IntRange(min=0), help="Seed of everything random (default 0)."),
    "quick": click.option("--quick", is_flag=True, default=None, help="Fewer cases and steps; never looser bounds."),
    "config": click.option(
        "--config",
        type=click.Path(path_type=Path),
        help="TOML or JSON file of options (out, seed, quick, dtype, jobs) and parameters, as `key = value`.",
    ),
    "set": click.option(
        "--set", "assignments", multiple=True, metavar="KEY=VALUE", help="A parameter, e.g. x0=3,4 or 'K=LpNorm(1.5)'."
    ),
    "dtype": click.option("--dtype", type=click.Choice(["float32", "float64"]), help="Precision of what is run."),
    "float64": click.option(
        "--dtype",
        type=click.Choice(["float32", "float64"]),
        help="Only float64, for which the bounds are derived; claims about other precisions choose them themselves.",
    ),
    "jobs": click.option("--jobs", type=click.IntRange(min=1), help="Processes (default: the cores, at most 4)."),
    "json": click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else."),
    "quiet": click.option("-q", "--quiet", is_flag=True, help="No talk on stderr."),
    "verbose": click.option("-v", "--verbose", is_flag=True, help="More talk, and the traceback of a failure."),
}


def takes(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Gives a command the named options, and --json, -q, -v."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for name in reversed([*names, "json", "quiet", "verbose"]):
            command = OPTIONS[name](command)
        return command

    return decorate


@dataclass(frozen=True)
class Request:
    """The options of one call, command line and configuration file together."""

    out: Path | None = None
    seed: int = 0
    is_quick: bool = False
    dtype: str | None = None
    jobs: int | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    as_json: bool = False
    talk: Talk = field(default_factory=Talk)

    @property
    def is_standard(self) -> bool:
        """Whether this asks for the results as they are committed: full size, seed 0, nothing set."""
        return not (self.is_quick or self.seed or self.dtype or self.parameters)

    def chosen(self, names: Iterable[str]) -> dict[str, Any]:
        """The parameters for something that takes `names`: arrays in --dtype, and the dtype itself where it is one.

        Parameters it does not take are left in, to be refused where the names are known best.
        """
        if self.dtype is None:
            return dict(self.parameters)
        import numpy as np

        arrays = {key: value for key, value in self.parameters.items() if _is_numbers(value)}
        if not arrays and "dtype" not in names:
            raise ValueError("--dtype needs an array to apply to, such as --set x0=3,4: nothing here takes a dtype.")
        cast = {key: np.asarray(value, self.dtype) for key, value in arrays.items()}
        return {**self.parameters, **cast, **({"dtype": self.dtype} if "dtype" in names else {})}


def read_request(
    as_json: bool = False,
    quiet: bool = False,
    verbose: bool = False,
    config: Path | None = None,
    assignments: Sequence[str] = (),
    **given: Any,
) -> Request:
    """The request made by what click parsed."""
    options: dict[str, Any] = {}
    parameters: dict[str, Any] = {}
    for key, value in (_read_config(config) if config else {}).items():
        (options if key in OPTION_KEYS else parameters)[key] = value
    options.update({key: value for key, value in given.items() if value is not None})
    parameters.update(_assignment(text) for text in assignments)
    return Request(
        out=Path(options["out"]) if "out" in options else None,
        seed=_whole("seed", options.get("seed", 0), least=0),
        is_quick=bool(options.get("quick", False)),
        dtype=_precision(options.get("dtype")),
        jobs=_whole("jobs", options["jobs"], least=1) if "jobs" in options else None,
        parameters=parameters,
        as_json=as_json,
        talk=Talk(quiet, verbose),
    )


def _whole(name: str, value: Any, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise Ending(USAGE, f"{name} must be a whole number of at least {least}, got {value!r}.")
    return value


def _precision(value: Any) -> str | None:
    if value not in (None, "float32", "float64"):
        raise Ending(USAGE, f"dtype must be float32 or float64, got {value!r}.")
    return value


def _read_config(path: Path) -> dict[str, Any]:
    import json
    import tomllib

    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise Ending(USAGE, f"--config {path} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise Ending(USAGE, f"--config {path} must hold keys and values, such as seed = 3.")
    return {key.replace("-", "_"): value for key, value in content.items()}


def _assignment(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    key = key.strip().replace("-", "_")
    if not equals or not key.isidentifier() or not value.strip():
        raise Ending(USAGE, f"--set takes KEY=VALUE, such as weight_decay=0.5 or x0=3,4; got {text!r}.")
    return key, parse_value(value.strip())


def parse_value(text: str) -> Any:
    """A value of --set: a Python literal, numbers with commas between them, true, false, inf; else the text itself."""
    if "(" not in text and "[" not in text and "," in text:
        parts = [parse_value(part.strip()) for part in text.split(",") if part.strip()]
        if _is_numbers(parts):
            return parts
    try:
        value = ast.literal_eval(_Words().visit(ast.parse(text, mode="eval")))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text
    return list(value) if isinstance(value, tuple) else value


class _Words(ast.NodeTransformer):
    """Puts the values for `WORDS`, which are no Python literals."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        word = node.id.lower()
        return ast.copy_location(ast.Constant(WORDS[word]), node) if word in WORDS else node


def _is_numbers(value: Any) -> bool:
    if not isinstance(value, (list, tuple)) or not value:
        return False
    return all(_is_number(item) or _is_numbers(item) for item in value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
