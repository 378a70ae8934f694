"""The run that shows what a refusal says: looked for among all that were made, and believed only if it repeats.

A refusal can come from a run that parts from the claim, from a consequence that fails after thousands of steps, or from
a probe whose answer fits no law. In each case there are runs, and the first step of one of them that the claim, or
without one the nearest Lion-K, does not make is what anyone can replay.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from ._black_box import Course
from ._counterexample import Counterexample
from ._findings import Finding
from ._fingerprint import Fingerprint
from ._held_out import Outcome, Tried
from ._model import Checker, Departure
from ._probe import Probe
from ._streams import Stream

LARGEST = 4_000_000
"""The most numbers that a file may hold: some 80 MB."""


REPEATED = 1e-6
"""A run made again is the same to this share: what rounds otherwise is no other method."""
UNSTEADY = "the optimizer is not deterministic, so that no run of it can be replayed"


@dataclass(frozen=True)
class Evidence:
    """`counterexample`: a run that can be replayed, or None with the reason in `missing`.

    `parted`: how a run that was made twice went otherwise the second time; None where all that were, repeated.
    """

    counterexample: Counterexample | None = None
    missing: str = ""
    parted: str | None = None

    def told(self, findings: list[Finding]) -> list[Finding]:
        """The findings, with what was found out about repeating and why there is nothing to replay."""
        found = list(findings)
        if self.parted is not None:
            other = Finding("determinism", "two runs differ", self.parted, "measured")
            found = [other if each.aspect == "determinism" else each for each in found]
        if self.counterexample is None and self.missing:
            found.append(Finding("counterexample", f"none stored: {self.missing}", "all runs made", "not known"))
        return found


def is_refused(outcome: Outcome, claims_are_made: bool, findings: list[Finding]) -> bool:
    """Whether the optimizer is not what it claims to be, or without a claim no Lion-K."""
    is_steady = all(f.found == "deterministic" for f in findings if f.aspect == "determinism")
    is_broken = outcome.reference_departure is not None or any(f.verdict == "VIOLATED" for f in findings)
    return is_broken or not is_steady or not (claims_are_made or outcome.is_lion_k)


def find_evidence(probe: Probe, found: Fingerprint, outcome: Outcome, broken_run: Counterexample | None) -> Evidence:
    """The first run that shows it and goes the same way again; `broken_run`: of the first consequence that fails."""
    missing = (
        "in no run that was made does one step part from the claim by more than rounding; what refuses it is a number "
        "that a probe finds from many runs"
    )
    for example, whole in chain(_candidates(probe, found, outcome, broken_run), _sharply(probe, outcome)):
        parted = _parted(probe, whole)
        if parted is not None:
            return Evidence(None, UNSTEADY, parted)
        if example.gradients.size + example.observed.size > LARGEST:
            missing = f"the run that shows it has {example.gradients.size:.3g} numbers, too many for a file"
            continue
        stored = _as_replayed(probe, example)
        if stored is not None:
            return Evidence(stored)
        missing = "the run that shows it goes otherwise when it is made alone"
    return Evidence(None, missing)


def _candidates(
    probe: Probe, found: Fingerprint, outcome: Outcome, broken_run: Counterexample | None
) -> Iterator[tuple[Counterexample, Tried]]:
    """(what would be stored, the whole run that it is of), the best first."""
    name = probe.box.name
    shown = outcome.counterexample(name)
    if shown is not None and outcome.reference_departure is not None:
        yield shown, outcome.reference_departure[0]
    cycle = _of_cycle(probe, found)
    if cycle is not None:
        yield cycle, _tried(probe, "a first step", cycle.x0, cycle.gradients, None, cycle.observed)
    checker = Checker(outcome.reference)
    if broken_run is not None:
        r = broken_run
        whole = _tried(probe, "that run", r.x0, r.gradients, r.learning_rates, r.observed)
        gone = _departure(probe, checker, whole)
        sharpened = None if gone is None else outcome.shown(name, whole, gone)
        if sharpened is not None and r.predicted is None:
            there = sharpened.sentence.removeprefix(f"on {whole.stream.name!r}, ")
            told = r.sentence if there in r.sentence else f"{r.sentence}; {there}"
            yield replace(sharpened, sentence=told), whole
        if sharpened is None or r.predicted is not None:
            yield r, whole
    for seen in sorted(probe.seen, key=lambda run: run.rates is None):
        if np.isfinite(seen.gradients).all():
            whole = _tried(probe, "a probe", seen.x0, seen.gradients, seen.rates, seen.course.x)
            gone = _departure(probe, checker, whole)
            if gone is not None:
                yield outcome.shown(name, whole, gone), whole


def _sharply(probe: Probe, outcome: Outcome) -> Iterator[tuple[Counterexample, Tried]]:
    """Runs that part from the claim with its constants taken as exact, as the probes do where the steps may not:
    a learning rate is forgiven the rounding to float32 in a single step."""
    sharp = replace(outcome, reference=replace(outcome.reference, rate_error=0.0, decay_error=0.0, beta_error=0.0))
    checker = Checker(sharp.reference)
    seen = (_tried(probe, "a probe", s.x0, s.gradients, s.rates, s.course.x) for s in probe.seen)
    for whole in chain(outcome.tried, seen):
        gone = _departure(probe, checker, whole) if np.isfinite(whole.stream.gradients).all() else None
        if gone is not None:
            shown = sharp.shown(probe.box.name, whole, gone)
            sentence = f"{shown.sentence}, its constants and the learning rate taken as exact"
            yield replace(shown, sentence=sentence), whole


def _tried(
    probe: Probe, name: str, x0: np.ndarray, gradients: np.ndarray, rates: np.ndarray | None, x: np.ndarray
) -> Tried:
    relative = None if rates is None or not probe.box.accepts_schedule else rates / probe.unit
    used = np.full(len(gradients), probe.unit) if rates is None else rates
    return Tried(Stream(name, x0, gradients, relative), used, Course(x.astype(probe.dtype), None, probe.dtype))


def _departure(probe: Probe, checker: Checker, tried: Tried) -> Departure | None:
    if not len(tried.stream.gradients):
        return None
    seen = probe.mean_gradient(tried.stream.gradients)
    return checker.departure(tried.course, seen, tried.rates, probe.box.is_compiled)


def _parted(probe: Probe, tried: Tried) -> str | None:
    """Where the same run goes otherwise when it is made again; None where it does not, beside rounding."""
    rates = None
    if tried.stream.rates is not None:  # a constant one as the number it is: another program may round otherwise
        rates = tried.rates[0] if np.ptp(tried.rates) == 0 else tried.rates
    again = probe.course(tried.stream.gradients, tried.stream.x0, rates).x
    first = tried.course.x
    is_apart = ~np.isclose(again.astype(float), first.astype(float), rtol=REPEATED, atol=1e-12, equal_nan=True)
    if not is_apart.any():
        return None
    t = int(np.argmax(is_apart.reshape(len(first), -1).any(axis=1)))
    return f"the same {len(first) - 1} gradients ({tried.stream.name}), made again, part at step {t}"


def _as_replayed(probe: Probe, example: Counterexample) -> Counterexample | None:
    """The example if a replay of it shows the same; None where it does not."""
    done = example.replay(probe.box)
    return example if done.is_same and done.still_parts else None


def _of_cycle(probe: Probe, found: Fingerprint) -> Counterexample | None:
    """First steps that no convex function allows: the first of them as a run, and all of them beside it."""
    d = found.direction
    if d.cycle is None:
        return None
    points, values = d.points[list(d.cycle)], d.values[list(d.cycle)]
    gradients = np.zeros((1 + probe.delay, *probe.shape))
    gradients[0] = -points[0]
    said = (
        f"along {len(d.cycle)} first steps Σ⟨O(z), z − z′⟩ is below 0 by {d.excess:.3g} of its terms: O is no gradient"
    )
    rates = None if probe.rate is None else np.full(len(gradients), probe.rate)
    seen = probe.x(gradients)
    cycle = {"cycle_points": points.tolist(), "cycle_directions": values.tolist(), "excess": d.excess}
    dtype = probe.dtype
    return Counterexample(probe.box.name, said, dtype, np.zeros(probe.shape), gradients, rates, seen, 0, None, cycle)
