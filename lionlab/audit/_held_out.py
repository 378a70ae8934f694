"""The backbone of the audit: runs that the fit has not seen, predicted step by step."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..convex import ConvexFunction
from ._black_box import Course
from ._counterexample import Counterexample
from ._fingerprint import SNAPPED, SNAPPED_DECAY, Claims, Fingerprint, snapped, text_of
from ._model import Checker, Departure, Model
from ._probe import Probe
from ._streams import STEPS, Stream, held_out_streams

LION_K_DECAYS = ("decoupled", "implicit", "none")
LARGEST_DECAY = 0.5
"""Learning rates are raised no farther than to ηλ = ½."""


@dataclass(frozen=True)
class Tried:
    """One held-out run: the stream, η_t, what came of it."""

    stream: Stream
    rates: np.ndarray
    course: Course


@dataclass(frozen=True)
class Outcome:
    """What the held-out runs say.

    - `fit`: the model fitted; `is_whole`, whether every constant of it was found; `fit_departure`: where a run parts
      from it, and which run.
    - `reference`: what it is held against: the claim, or without one the fit as a Lion-K; with its own departure.
    - `steps`, `runs`: how many were tried.   `has_schedule`: whether η was changed.   `tried`: the runs themselves.
    """

    fit: Model
    is_whole: bool
    fit_departure: tuple[Tried, Departure] | None
    reference: Model
    reference_departure: tuple[Tried, Departure] | None
    steps: int
    runs: int
    has_schedule: bool
    tried: tuple[Tried, ...] = field(default=(), repr=False)

    @property
    def is_explained(self) -> bool:
        """Whether the fit was whole and explains every step, whatever its kind of decay."""
        return self.is_whole and self.fit_departure is None

    @property
    def is_lion_k(self) -> bool:
        """Whether what explains every step is a Lion-K."""
        return self.is_explained and self.fit.decay in LION_K_DECAYS

    def counterexample(self, name: str) -> Counterexample | None:
        """The run that parts from the reference, cut off after the step that parts."""
        if self.reference_departure is None:
            return None
        return self.shown(name, *self.reference_departure)

    def shown(self, name: str, tried: Tried, gone: Departure) -> Counterexample:
        """Any run that parts from the reference, cut off after the step that parts."""
        end = gone.step + 1
        index = gone.entry[0] if len(gone.entry) == 1 else gone.entry
        where = f"on {tried.stream.name!r}, step {gone.step}, entry {index}"
        of = _of(self.reference)
        start, seen, due = (float(x[gone.entry]) for x in (gone.x, gone.observed, gone.predicted))
        digits = 15 if abs(seen - due) <= 1e-6 * abs(seen) else 9
        sentence = f"{where}: x went from {start:.{digits}g} to {seen:.{digits}g}, and {of} goes to {due:.{digits}g}"
        is_set = tried.stream.rates is not None or self.has_schedule
        return Counterexample(
            name,
            sentence,
            tried.course.x.dtype.name,
            tried.stream.x0,
            tried.stream.gradients[:end],
            tried.rates[:end] if is_set else None,
            tried.course.x[: end + 1].astype(np.float64),
            gone.step,
            gone.predicted,
            {**self.reference.describe(), "units": "η in units of the run" if not is_set else "η as stored"},
        )


def _of(model: Model) -> str:
    kind = "" if model.decay in LION_K_DECAYS else f" with {model.decay} decay"
    return f"Lion-K{kind} with K = {model.text}, λ = {model.weight_decay:g}, β = ({model.beta1:g}, {model.beta2:g})"


def replay_held_out(
    probe: Probe, found: Fingerprint, fit: Model, is_whole: bool, claims: Claims, schedule: Any, is_quick: bool
) -> Outcome:
    """Runs every held-out stream, and holds it against the fit and against the reference."""
    reference = _reference(fit, claims, probe, found.decay.error / fit.size)
    checker = Checker(fit)
    other = checker if reference == fit else _checker_of(reference, checker)
    departures: list[tuple[Tried, Departure] | None] = [None, None]
    recorded: list[Tried] = []
    has_schedule = probe.box.accepts_schedule and probe.rate is not None
    for stream in _streams(probe, fit, reference, schedule, has_schedule, is_quick):
        tried = _run(probe, stream)
        seen = probe.mean_gradient(stream.gradients)
        recorded.append(tried)
        for i, each in enumerate((checker, other)):
            if departures[i] is None:
                gone = each.departure(tried.course, seen, tried.rates, probe.box.is_compiled)
                departures[i] = None if gone is None else (tried, gone)
        if other is checker:
            departures[1] = departures[0]
        if all(departures):
            break
    steps, runs = sum(len(tried.stream.gradients) for tried in recorded), len(recorded)
    return Outcome(fit, is_whole, departures[0], reference, departures[1], steps, runs, has_schedule, tuple(recorded))


def _checker_of(model: Model, like: Checker) -> Checker:
    if model.K == like.model.K:
        return like.with_constants(**{name: getattr(model, name) for name in _CONSTANTS})
    return Checker(model)


_CONSTANTS = tuple(name for name in Model.__dataclass_fields__ if name != "K")


def _streams(probe: Probe, fit: Model, reference: Model, schedule: Any, has_schedule: bool, is_quick: bool) -> Any:
    rng = np.random.default_rng([probe.seed, 7, *probe.shape])
    steps = STEPS // 4 if is_quick else STEPS
    weight_decay = reference.weight_decay or fit.weight_decay
    share = probe.unit * max(weight_decay * reference.size, 1e-12)
    settings: dict[str, Any] = {
        "radius": 1 / weight_decay if weight_decay > 0 and np.isfinite(1 / weight_decay) else 1.0,
        "beta1": fit.beta1,
        "beta2": fit.beta2,
        "dtype": probe.dtype,
        "has_schedule": has_schedule,
        "longest": max(min(10.0, LARGEST_DECAY / share), 1.0),
        "steps": steps,
        "gradient_shape": probe.gradient_shape,
    }
    yield from held_out_streams(probe.shape, rng, **settings)
    if schedule is not None:
        rates = np.array([float(schedule(t)) for t in range(steps)]) / probe.unit
        x0 = settings["radius"] * rng.normal(size=probe.shape)
        yield Stream("the schedule given", x0, rng.normal(size=(steps, *probe.gradient_shape)), rates)


def _run(probe: Probe, stream: Stream) -> Tried:
    rates = None if stream.rates is None else stream.rates * probe.unit
    course = probe.course(stream.gradients, stream.x0, rates)
    probe.runs -= 1
    return Tried(stream, np.full(len(stream.gradients), probe.unit) if rates is None else rates, course)


def _reference(fit: Model, claims: Claims, probe: Probe, found_error: float) -> Model:
    """The claim, completed by what was found; without a claim the fit, as a Lion-K."""
    changed: dict[str, Any] = {}
    if fit.decay not in LION_K_DECAYS:
        changed["decay"] = "decoupled"
    if claims.K is not None and fit.text != text_of(claims.K):
        changed |= {"K": claims.K, "text": text_of(claims.K), "size": 1.0 if probe.knows_rate else fit.size}
    if claims.decay is not None:
        changed["decay"] = "decoupled" if claims.decay == "explicit" else "implicit"
    for name in ("beta1", "beta2", "weight_decay"):
        claimed, found = getattr(claims, name), getattr(fit, name)
        error, share = (found_error, SNAPPED_DECAY) if name == "weight_decay" else (0.0, SNAPPED)
        # Within the error the claim is taken at its word; beside it only as float32 would keep it.
        if claimed is not None and (not snapped(found, claimed, share=share) or abs(found - claimed) <= error):
            changed[name] = claimed
            if name == "weight_decay":  # the runs decide, to their rounding
                changed["decay_error"] = 0.0
    if (changed.get("weight_decay", fit.weight_decay)) > 0 and changed.get("decay", fit.decay) == "none":
        changed["decay"] = "decoupled"
    return replace(fit, **changed) if changed else fit


def same_function(first: ConvexFunction, second: ConvexFunction) -> bool:
    """Whether two K are written alike."""
    return text_of(first) == text_of(second)
