"""`audit`: probe, fit the best Lion-K, and believe it only if it explains every step of runs it has not seen."""

import time
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np

from ..convex import ConvexFunction
from ..convex.catalogue import parse_convex_function
from ..dynamics import check_number
from ._adapters import DEFAULT_RATE
from ._black_box import BlackBox, as_black_box
from ._consequences import effective_set_of, held_findings, withdrawn
from ._evidence import Evidence, find_evidence, is_refused
from ._failures import OptimizerError
from ._findings import Finding
from ._fingerprint import Claims, Fingerprint, take_fingerprint
from ._held_out import Outcome, replay_held_out
from ._not_a_number import judged
from ._numbers_probe import find_determinism, find_dtypes, find_not_a_number
from ._other_rank import find_other_rank
from ._planted import find_sensitivity, sensitivity_finding
from ._precision_probe import is_rounded_to_float32
from ._probe import Probe
from ._report import AuditReport
from ._small_shape import MANY_ENTRIES, fingerprint_on, smaller
from ._tested_range import TestedRange, Watched, tested_finding
from ._verdict import concluded
from ._words import fingerprint_findings

DEFAULT_SHAPE = (3, 4)
STAGES = 7
"""How many lines of progress an audit tells."""


def audit(
    optimizer: Any,
    K: Any = None,
    weight_decay: float | None = None,
    learning_rate: Any = None,
    *,
    beta1: float | None = None,
    beta2: float | None = None,
    decay: str | None = None,
    shape: Any = DEFAULT_SHAPE,
    seed: int = 0,
    is_quick: bool = False,
    name: str | None = None,
    tell: Callable[[str], None] | None = None,
) -> AuditReport:
    """Finds out by experiment which Lion-K an optimizer is, if any, and which constraint set it really keeps.

    The optimizer is a black box: gradients go in, parameters come out. Short runs tell decay, β1, β2 and K; the Lion-K
    they point to must then reproduce some thousand steps on fresh gradients, to rounding and to ties of ∂K.

    **Arguments:**

    - `optimizer`: an optax transformation, a torch or Keras optimizer, a `LionK`, a `StepFunction`, or a function that
      makes one; see `as_black_box`. A function that takes `learning_rate` lets schedules be tried too.
    - `K` (a `ConvexFunction` or text such as "L1Norm()"), `weight_decay` ≥ 0, `beta1`, `beta2` in [0, 1], `decay`
      ("explicit" or "implicit"): what the optimizer claims to be. What is not given is found.
    - `learning_rate`: η to run it at, > 0, or a schedule step -> η; where none can be passed, what it claims to run at.
      By default the optimizer's own, or 0.01.
    - `shape`: of the parameters, two entries or more, (3, 4) by default.   `seed`: of everything random.
    - `is_quick`: fewer runs, the same tolerances; so is any audit of parameters of more than 1024 entries.
    - `name`: what the report says.   `tell`: called with a line at every stage.

    **Returns:** an `AuditReport`.

    **Raises:** `TypeError` or `ValueError` naming the argument, for what is no optimizer and for claims out of range;
    `OptimizerError`, a `ValueError`, naming the step where the optimizer raises or hands back no parameters.
    """
    begun = time.perf_counter()
    say = tell or (lambda line: None)
    claims = Claims(*_checked(K, weight_decay, beta1, beta2, decay))
    schedule = learning_rate if callable(learning_rate) else None
    rate = _checked_rate(schedule(0) if schedule is not None else learning_rate)
    shape = _checked_shape(shape)
    if claims.K is not None:
        claims.K.subgradient(jnp.zeros(shape))  # a K of matrices, or of another number of entries, says so here
    is_quick = is_quick or int(np.prod(shape)) > MANY_ENTRIES
    box = as_black_box(optimizer)
    if schedule is not None and not box.accepts_schedule:
        raise ValueError(f"learning_rate is a schedule, and {box.name} cannot be given one; pass a factory.")
    if name is not None:
        box.name = name
    if rate is None and box.learning_rate is None and box.accepts_rate:
        rate = DEFAULT_RATE
    with np.errstate(all="ignore"):
        return _audited(box, shape, rate, schedule, claims, seed, is_quick, say, learning_rate, begun)


def _audited(
    box: BlackBox,
    shape: tuple[int, ...],
    rate: float | None,
    schedule: Any,
    claims: Claims,
    seed: int,
    is_quick: bool,
    say: Callable[[str], None],
    learning_rate: Any,
    begun: float,
) -> AuditReport:
    watched = Watched(box)
    probe = Probe(watched, shape, _precision(box, shape, rate), rate, seed)
    say(f"{box.name}: determinism, dtypes")
    findings = [find_determinism(probe), find_dtypes(probe)[0], find_not_a_number(probe)]
    print_, outcome, tested = _explained(probe, watched, claims, schedule, is_quick, say)
    say("effective set")
    found_set = effective_set_of(probe, print_, outcome, schedule, is_quick)
    findings[2], found_set, landing = judged(probe, outcome, found_set, findings[2])
    held, broken_run = held_findings(probe, outcome, print_.decay.per_step, is_quick or len(shape) > 2)
    held += _not_held(shape, held)
    other, other_run = find_other_rank(probe, print_, outcome, claims)
    held += [other, tested_finding(tested, watched.longest_run)]
    if box.settings_told:
        held.append(
            Finding("settings", box.settings_told, "read from its configuration, not found by runs", "measured")
        )
    broken_run = broken_run or other_run
    told = fingerprint_findings(probe, print_, outcome, claims)
    findings = [*told, *findings, *held]
    sensitivity = find_sensitivity(probe, print_, outcome)
    if sensitivity is not None:
        findings.append(sensitivity_finding(sensitivity))
        if sensitivity.missed:
            found_set = withdrawn(found_set, "the constants are not told from others")
    evidence = Evidence()
    if is_refused(outcome, claims.are_made, findings):
        evidence = find_evidence(probe, print_, outcome, broken_run)
        findings = evidence.told(findings)
    failed = [f.aspect for f in held if f.verdict == "VIOLATED"]
    if failed or any(f.found != "deterministic" for f in findings if f.aspect == "determinism"):
        found_set = withdrawn(found_set, f"{failed[0]} contradicts it" if failed else "runs differ")
    findings.insert(len(told), found_set.finding)
    verdict, sentence, values, counterexample = concluded(
        probe, print_, outcome, claims, findings, found_set, evidence.counterexample, sensitivity
    )
    values["tested"] = {**tested.described(), "longest_run": watched.longest_run}
    if landing is not None and verdict in ("CONSISTENT", "VIOLATED"):
        sentence += f" Only under finite gradients: {landing.sentence}."
    if verdict == "CONSISTENT":
        sentence = f"{sentence} {tested.sentence}"
        sentence += f" But {other.found}." if other.found.startswith("on ") else ""
    sentence += f" Its settings: {box.settings_told}." if box.settings_told else ""
    settings = {"shape": list(shape), "dtype": probe.dtype, "learning_rate": probe.unit if probe.knows_rate else None}
    return AuditReport(
        box.name,
        verdict,
        sentence,
        values,
        found_set.described,
        tuple(findings),
        {**claims.described(), **({"learning_rate": rate} if learning_rate is not None else {})},
        counterexample,
        {**settings, "seed": seed, "is_quick": is_quick},
        time.perf_counter() - begun,
        probe.runs + outcome.runs,
    )


def _explained(
    probe: Probe, watched: Watched, claims: Claims, schedule: Any, is_quick: bool, say: Callable[[str], None]
) -> tuple[Fingerprint, Outcome, TestedRange]:
    """The fingerprint, what it explains of fresh runs, and how far these went.

    Of many parameters the constants are looked for on a few; where these do not explain all of them, on all.
    """
    few = smaller(probe.shape)
    print_ = fingerprint_on(few, probe, claims, say)
    say("runs it has not seen")
    while True:
        if print_ is None:
            few, probe.step, probe.delay = probe.shape, probe.unit, 0
            probe.momentum_roundoff = probe.roundoff
            print_ = take_fingerprint(probe, claims, lambda line: None)
        model, is_whole = print_.model(probe)
        with watched.noting() as tested:
            outcome = replay_held_out(probe, print_, model, is_whole, claims, schedule, is_quick)
        if few == probe.shape or outcome.is_explained:
            tested.constants_from = few
            return print_, outcome, tested
        print_ = None


def assert_is_lion_k(
    optimizer: Any, K: Any = None, weight_decay: float | None = None, learning_rate: Any = None, **claims: Any
) -> AuditReport:
    """Asserts, in a test of yours, that an optimizer is the Lion-K that it claims to be.

        def test_our_lion():
            assert_is_lion_k(our_lion, K="L1Norm()", weight_decay=1.0, beta1=0.9, beta2=0.99)

    **Arguments:** those of `audit`.

    **Returns:** the report.

    **Raises:** `AssertionError` with the whole report unless its verdict is CONSISTENT; what `audit` raises.
    """
    report = audit(optimizer, K, weight_decay, learning_rate, **claims)
    if report.verdict != "CONSISTENT":
        raise AssertionError(str(report))
    return report


def _checked(
    K: Any, weight_decay: float | None, beta1: float | None, beta2: float | None, decay: str | None
) -> tuple[Any, ...]:
    if isinstance(K, str):
        K = parse_convex_function(K)
    if isinstance(K, type) and issubclass(K, ConvexFunction):
        K = K()
    if K is not None and not isinstance(K, ConvexFunction):
        raise TypeError(f'K must be a ConvexFunction such as L1Norm(), or text such as "L1Norm()", got {K!r}.')
    if weight_decay is not None:
        weight_decay = check_number("weight_decay", weight_decay, 0, np.inf)
    betas = [None if b is None else check_number(n, b, 0, 1) for n, b in (("beta1", beta1), ("beta2", beta2))]
    if decay not in (None, "explicit", "implicit"):
        raise ValueError(f'decay must be "explicit" or "implicit", got {decay!r}.')
    return K, weight_decay, *betas, decay


def _checked_rate(rate: Any) -> float | None:
    return None if rate is None else check_number("learning_rate", rate, 0, np.inf, excludes_low=True)


def _checked_shape(shape: Any) -> tuple[int, ...]:
    try:
        found = (int(shape),) if np.ndim(shape) == 0 else tuple(int(n) for n in shape)
    except (TypeError, ValueError):
        raise TypeError(f"shape must be a whole number or a sequence of them, got {shape!r}.") from None
    if not found or min(found) < 1 or int(np.prod(found)) < 2:
        raise ValueError(f"shape must have at least two entries, and no empty axis, as 2 or 3x4 have, got {found}.")
    return found


def _not_held(shape: tuple[int, ...], held: list[Finding]) -> list[Finding]:
    """What is left out of an audit of arrays with more axes than a matrix."""
    if len(shape) <= 2 or not held:
        return []
    said = f"the problems with a known minimum are of vectors and matrices, and {shape} is neither"
    return [Finding(aspect, "not tried", said, "not known") for aspect in ("energy ledger", "annealed optimum")]


def _precision(box: BlackBox, shape: tuple[int, ...], rate: float | None) -> str:
    """float64 where the optimizer computes in it, else float32."""
    given = rate if box.accepts_rate else None
    wanted = box.gradient_shape(np.zeros(shape))
    if wanted[len(wanted) - len(shape) :] != shape:
        raise ValueError(
            f"gradients of shape {wanted} for x of shape {shape}: only axes of workers may come before x's."
        )
    rng = np.random.default_rng(0)
    x0 = rng.normal(size=shape)
    try:
        course = box.run(x0, rng.normal(size=(3, *wanted)), learning_rate=given)
    except Exception as error:  # whatever it says to float64; float32 is tried next, and may raise
        if isinstance(error, OptimizerError) and error.reason.startswith("wrong"):
            raise
        box.run(np.zeros(shape, np.float32), np.ones((1, *wanted), np.float32), learning_rate=given)
        return "float32"
    is_double = course.dtype == "float64" and not is_rounded_to_float32(x0, course.x)
    return "float64" if is_double else "float32"
