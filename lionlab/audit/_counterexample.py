"""A run that anyone can replay: the gradients, what the optimizer made of them, and where that parts from a claim."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ._black_box import BlackBox
from ._findings import plain

FORMAT = "lionlab audit counterexample 1"


@dataclass(frozen=True)
class Counterexample:
    """A run with its outcome.

    - `optimizer`: its name.   `sentence`: what is wrong, in words.
    - `x0`, `gradients` (T, *shape), `learning_rates` (T,) or None where the optimizer's own was used, `dtype`.
    - `observed`: x_0, …, x_T.   `predicted`: x_T by the claim or fit in `model`, from the observed x_{T−1}; None where
      the run itself is the objection.   `step`: the step that parts.
    """

    optimizer: str
    sentence: str
    dtype: str
    x0: np.ndarray
    gradients: np.ndarray
    learning_rates: np.ndarray | None
    observed: np.ndarray
    step: int
    predicted: np.ndarray | None = None
    model: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The fields as plain values, numbers in full."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        lists = {k: v.astype(np.float64).tolist() if isinstance(v, np.ndarray) else v for k, v in fields.items()}
        return {"format": FORMAT, **plain(lists)}

    def save(self, path: Any, **more: Any) -> Path:
        """Writes the file whole or not at all, with `more` beside the fields; returns its path."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({**self.to_json(), **plain(more)}, indent=1, ensure_ascii=False, allow_nan=False)
        unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
        try:
            unfinished.write_text(text + "\n", encoding="utf-8")
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
        return path

    def replay(self, box: BlackBox) -> "Replay":
        """Runs the same gradients through an optimizer again."""
        rates = None
        if self.learning_rates is not None:
            sequence = [float(r) for r in self.learning_rates]
            is_constant = len(set(sequence)) == 1
            rates = sequence[0] if is_constant else lambda t: sequence[min(t, len(sequence) - 1)]
        course = box.run(self.x0.astype(self.dtype), self.gradients, learning_rate=rates)
        seen = course.x.astype(np.float64)
        scale = np.maximum(np.abs(self.observed), np.abs(seen))
        with np.errstate(invalid="ignore"):
            apart = np.abs(seen - self.observed)
        is_same = bool(np.all((apart <= 1e-6 * (scale + 1e-12)) | (np.isnan(seen) & np.isnan(self.observed))))
        # Half way between what was observed and what was predicted decides which of the two it does now.
        still = is_same
        if self.predicted is not None and np.isfinite(self.observed[-1]).all():
            gap = np.abs(self.observed[-1] - self.predicted).max()
            still = not bool(np.abs(seen[-1] - self.predicted).max() <= 0.5 * gap)
        return Replay(is_same, still, seen)


@dataclass(frozen=True)
class Replay:
    """`is_same`: the run went as stored; `still_parts`: it still is no run of the model; `x`: what it did now."""

    is_same: bool
    still_parts: bool
    x: np.ndarray


def read_counterexample(path: Any) -> tuple[Counterexample, dict[str, Any]]:
    """The counterexample in a file, and whatever else the file holds.

    **Raises:** `ValueError` in one sentence for a file that cannot be read or holds something else.
    """
    try:
        stored = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from None
    if not isinstance(stored, dict) or stored.get("format") != FORMAT:
        raise ValueError(f"{path} holds no counterexample of an audit.")
    names = Counterexample.__dataclass_fields__
    try:
        fields = {name: stored[name] for name in names}
        for name in ("x0", "gradients", "learning_rates", "observed", "predicted"):
            fields[name] = None if fields[name] is None else np.array(fields[name], dtype=np.float64)
        found = Counterexample(**fields)
        np.dtype(found.dtype if found.dtype != "bfloat16" else "float32")
        if found.gradients.ndim < 1 or found.observed.shape[1:] != found.x0.shape:
            raise ValueError("its arrays have shapes that do not go together")
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is no whole counterexample: {error}") from None
    return found, {key: value for key, value in stored.items() if key not in names and key != "format"}
