"""An experiment: one script that computes arrays, and draws a figure from the arrays alone."""

import difflib
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

Data = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Experiment:
    """What a script in `experiments/` defines as EXPERIMENT; script, data and figure share the stem.

    - `title`: one line.   `caption`: what the figure shows and where theory stands in it, with the equation.
    - `parameters`: everything that can be set, with its value in a full run; `quick` overrides some for a small one.
    - `compute(seed, **parameters)`: named arrays; all randomness comes from `seed`.
    - `findings(data)`: the numbers the figure is about, name → value, each beside its prediction where there is one.
    - `draw(data)`: the matplotlib figure, computed from nothing but `data`.
    - `needs`: extra → the packages it needs of it, as pip calls them, written out: `{"interop": ("torch",)}`. They are
      imported in `compute`; where one is missing the experiment is not run, and what is stored of it stays.
    """

    stem: str
    title: str
    caption: str
    compute: Callable[..., Mapping[str, Any]]
    findings: Callable[[Data], Mapping[str, float | int | str | bool]]
    draw: Callable[[Data], Any]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    quick: Mapping[str, Any] = field(default_factory=dict)
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = sorted(set(self.quick) - set(self.parameters))
        if unknown:
            raise ValueError(f"experiment {self.stem}: quick sets unknown parameters {unknown}.")

    def settings(self, is_quick: bool = False, **overrides: Any) -> dict[str, Any]:
        """The parameters of a run. **Raises:** `ValueError` for a name the experiment does not have."""
        unknown = sorted(set(overrides) - set(self.parameters))
        if unknown:
            names = ", ".join(self.parameters) or "none"
            raise ValueError(f"experiment {self.stem} has no parameter {unknown[0]!r}; it has: {names}.")
        return {**self.parameters, **(self.quick if is_quick else {}), **overrides}


def experiments_folder() -> Path:
    """The folder of the scripts: the copy inside an installed package, else the clone's own."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "_experiments"
    return inside if inside.is_dir() else package.parent / "experiments"


def experiment_stems() -> tuple[str, ...]:
    """The stems of all experiments, sorted."""
    return tuple(sorted(path.stem for path in experiments_folder().glob("[a-z]*.py")))


def experiment_script(stem: str) -> Path:
    """The script `experiments/<stem>.py`. **Raises:** `ValueError` with the nearest names where there is none."""
    if stem not in experiment_stems():
        near = difflib.get_close_matches(stem, experiment_stems(), n=3, cutoff=0.4)
        hint = f"Did you mean {', '.join(near)}?" if near else f"There are: {', '.join(experiment_stems()) or 'none'}."
        raise ValueError(f"unknown experiment {stem!r}. {hint}")
    return experiments_folder() / f"{stem}.py"


@cache
def load_experiment(stem: str) -> Experiment:
    """The EXPERIMENT of `experiments/<stem>.py`. **Raises:** `ValueError` where there is none."""
    experiment = getattr(_module(experiment_script(stem)), "EXPERIMENT", None)
    if not isinstance(experiment, Experiment):
        raise ValueError(f"experiments/{stem}.py defines no EXPERIMENT of type lionlab.reproduction.Experiment.")
    if experiment.stem != stem:
        raise ValueError(f"experiments/{stem}.py defines an experiment of stem {experiment.stem!r}; they must agree.")
    return experiment


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"lionlab_experiments.{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ValueError(f"cannot load {path}.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
