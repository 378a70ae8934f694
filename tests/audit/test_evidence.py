"""A refusal is shown by a run that anyone can replay, or says why there is none; and what no claim is about is told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from lionlab.audit import StepFunction, as_black_box, audit, read_counterexample, zoo
from lionlab.audit._momentum_scale import momentum_scale
from lionlab.audit._norms import norm_named
from lionlab.audit._precision_probe import is_rounded_to_float32, momentum_kept_in
from lionlab.audit._probe import Probe
from lionlab.convex import DeadzoneL1, Huber, TopKL1
from lionlab.optim import lion_k

LION: dict[str, Any] = {"K": "L1Norm()", "weight_decay": 1.0, "beta1": 0.9, "beta2": 0.99}


def lion(
    is_spared: Callable[[int, float], bool] = lambda t, eta: False,
    beta1: Callable[[Any], float] = lambda g: 0.9,
    after_nan: Callable[[Any], Any] | None = None,
    direction: Callable[[Any], Any] = np.sign,
    kept: Callable[[Any], Any] = lambda m: m,
) -> StepFunction:
    """Lion with λ = 1, spared the decay at some steps, or with another β1, or another m, for some gradients."""

    def step(g: Any, state: Any, x: Any, eta: float) -> tuple[Any, Any]:
        t, m = state
        if after_nan is not None and not np.isfinite(g).all():
            return after_nan(x), (t + 1, m)
        b = beta1(g)
        u = direction(b * m - (1 - b) * g)
        decay = 0.0 if is_spared(t, eta) else 1.0
        return x + eta * (u - decay * x), (t + 1, kept(0.99 * m - 0.01 * g))

    return StepFunction(lambda x: (0, np.zeros_like(x)), step, learning_rate=0.01)


RARELY_WRONG = {
    "no decay after step 600": lambda: lion(lambda t, eta: t > 600),
    "no decay at every 1000th step": lambda: lion(lambda t, eta: t % 1000 == 999),
    "no decay under tiny learning rates": lambda: lion(lambda t, eta: eta < 1e-6),
    "no decay under large learning rates": lambda: lion(lambda t, eta: eta > 0.05),
    "another β1 for huge gradients": lambda: lion(beta1=lambda g: 0.95 if np.abs(g).max() > 1e13 else 0.9),
}


@pytest.mark.parametrize("claims", [LION, {}], ids=["claimed", "no claim"])
@pytest.mark.parametrize("name", RARELY_WRONG)
def test_what_is_refused_is_shown_by_a_file(name: str, claims: dict[str, Any], tmp_path: Path):
    optimizer = RARELY_WRONG[name]()
    report = audit(optimizer, **claims)
    assert report.verdict == ("VIOLATED" if claims else "NOT_APPLICABLE"), str(report)
    assert not report.effective_set["is_bound"]
    path = report.save_counterexample(tmp_path / "seen.json")
    assert path is not None
    assert path.stat().st_size < 2e7
    stored, _ = read_counterexample(path)
    assert stored.predicted is not None
    done = stored.replay(as_black_box(optimizer))
    assert done.is_same
    assert done.still_parts
    assert not stored.replay(as_black_box(lion())).still_parts


def test_what_does_not_repeat_is_called_so_and_stored_in_no_file():
    steps = [0]

    def is_spared(t: int, eta: float) -> bool:
        steps[0] += 1
        return steps[0] % 4999 == 0

    report = audit(lion(is_spared), **LION)
    assert report.verdict == "VIOLATED", str(report)
    assert report.fingerprint["is_deterministic"] is False
    assert "made again, part at step" in report.finding("determinism").evidence
    assert "not deterministic" in report.finding("counterexample").found
    assert report.counterexample is None
    assert "two runs with the same gradients differ" in report.sentence


@pytest.mark.parametrize(("to", "is_outside"), [(1e6, True), (0.5, False)])
def test_a_nan_that_makes_x_jump_is_told(to: float, is_outside: bool):
    report = audit(lion(after_nan=lambda x: np.full_like(x, to)), **LION, is_quick=True)
    assert report.verdict == "CONSISTENT", str(report)
    assert "Only under finite gradients: after a gradient with" in report.sentence
    assert report.finding("not a number").values["keeps_the_set"] is not is_outside
    assert report.finding("effective set").found.endswith("under finite gradients alone") == is_outside


@pytest.mark.parametrize("after_nan", [lambda x: x, lambda x: x + np.nan, lambda x: 0.99 * x], ids=["skip", "nan", "0"])
def test_a_nan_that_is_skipped_or_spread_is_no_jump(after_nan: Callable[[Any], Any]):
    report = audit(lion(after_nan=after_nan), **LION, is_quick=True)
    assert report.verdict == "CONSISTENT"
    assert "finite gradients" not in report.sentence


def test_a_buffer_that_is_a_multiple_of_the_momentum_is_read_as_one():
    def step(g: Any, trace: Any, x: Any, eta: float) -> tuple[Any, Any]:
        trace = 0.9 * trace - g
        return x + eta * trace, trace

    report = audit(StepFunction(np.zeros_like, step, momentum=lambda trace: trace))
    assert report.verdict == "CONSISTENT", str(report)
    assert report.fingerprint["K"] == "SquaredL2(10)"
    assert "10 times m" in report.finding("energy ledger").evidence


def test_the_scale_of_a_momentum_is_that_of_all_its_steps():
    g = np.random.default_rng(0).normal(size=(40, 3))
    m = np.zeros((41, 3))
    for t in range(40):
        m[t + 1] = 0.9 * m[t] - 0.1 * g[t]
    assert momentum_scale(7 * m, g, 0.9) == pytest.approx(7, rel=1e-12)
    assert momentum_scale(m, g, 0.9) == 1
    assert momentum_scale(-m, g, 0.9) == 1
    assert momentum_scale(7 * m, g, 0.91) == 1
    m[20:] *= 1.001
    assert momentum_scale(7 * m, g, 0.9) == 1


def test_a_power_between_those_tried_has_its_norm():
    def direction(z: Any) -> Any:
        size = np.sum(np.abs(z) ** 3.3) ** (1 / 3.3)
        return np.sign(z) * (np.abs(z) / size) ** 2.3 if size > 0 else 0 * z

    report = audit(lion(direction=direction), is_quick=True)
    assert report.verdict == "CONSISTENT", str(report)
    assert report.effective_set == {"norm": "l1.43478", "radius": pytest.approx(1.0), "is_bound": True}
    assert norm_named("l1.43478", (3, 4)).size(np.ones(2)) == pytest.approx(2 ** (1 / 1.43478))
    assert norm_named("top 11", (3, 4)).dual(np.arange(12.0)) == pytest.approx(66)
    for name in ("l0.5", "l1", "top 12", "l"):
        if name != "l1":
            with pytest.raises(ValueError, match="norm must be one of"):
                norm_named(name, (3, 4))


def single(m: Any) -> Any:
    return m.astype(np.float32).astype(np.float64)


def half(m: Any) -> Any:

    return m.astype(jnp.bfloat16).astype(np.float64)


def test_a_momentum_in_float32_is_judged_in_float32_and_in_bfloat16_not_at_all():
    report = audit(lion(kept=single), **LION)
    assert report.verdict == "CONSISTENT", str(report)
    assert report.finding("momentum").found.endswith("kept in float32: judged to 2^-24")
    report = audit(lion(kept=half), **LION, is_quick=True)
    assert report.verdict == "VIOLATED"
    assert "kept in bfloat16, and errors of 2^-8" in report.sentence
    assert report.counterexample.replay(lion(kept=half)).still_parts


def test_what_computes_in_float32_is_judged_in_float32():
    def step(g: Any, m: Any, x: Any, eta: float) -> tuple[Any, Any]:
        f = np.float32
        g, short = g.astype(f), x.astype(f)
        u = np.sign(f(0.9) * m - f(0.1) * g)
        return (short + f(eta) * (u - short)).astype(x.dtype), f(0.99) * m - f(0.01) * g

    report = audit(StepFunction(lambda x: np.zeros_like(x, np.float32), step), **LION, is_quick=True)
    assert report.verdict == "CONSISTENT", str(report)
    assert report.settings["dtype"] == "float32"
    assert "λ = 1, computed in float32, in each of" in report.sentence
    assert "float64 → float64 rounded to float32" in report.finding("dtypes").found


def test_what_computes_in_float64_is_never_judged_by_less():
    """Every perturbed Lion, every member of the zoo, and one whose steps are short numbers by themselves."""
    rng = np.random.default_rng(1)
    everyone = [each.optimizer for each in zoo.perturbations(len(zoo.KINDS), seed=5)]
    everyone += [member.build(0.01, 1.0) for member in zoo.ZOO.values()]
    everyone.append(zoo.ZOO["lion"].build(0.5, 2.0))
    for box in everyone:
        probe = Probe(box, (3, 4), "float64", box.learning_rate)
        x0 = rng.normal(size=(3, 4))
        with np.errstate(all="ignore"):
            assert not is_rounded_to_float32(x0, probe.x(rng.normal(size=(3, 3, 4)), x0)), box.name
            assert momentum_kept_in(probe, 0.0) is None, box.name
    assert momentum_kept_in(Probe(lion(kept=single), (3, 4), "float64", 0.01), 0.01) == "float32"
    assert momentum_kept_in(Probe(lion(kept=half), (3, 4), "float64", 0.01), 0.01) == "bfloat16"


def rounded_lion(
    beta1: float,
    beta2: float,
    dtype: Any,
    is_rounded_throughout: bool = False,
    direction: Callable[[Any], Any] = np.sign,
) -> StepFunction:
    """Lion, or along another direction, with its momentum in `dtype`, computed in float64 or in that throughout."""

    def step(g: Any, m: Any, x: Any, eta: float) -> tuple[Any, Any]:
        kind = dtype if is_rounded_throughout else x.dtype.type
        g, kept, short = g.astype(kind), m.astype(kind), x.astype(kind)
        u = direction(kind(beta1) * kept - kind(1 - beta1) * g)
        m = (kind(beta2) * kept - kind(1 - beta2) * g).astype(dtype)
        return (short + kind(eta) * (u - kind(0.5) * short)).astype(x.dtype), m

    return StepFunction(lambda x: np.zeros_like(x, dtype), step, learning_rate=0.01)


@pytest.mark.parametrize(
    "betas", [(0.5, 0.5), (0.9, 0.5), (0.9, 0.25), (0.9, 0.0), (0.9, 0.2), (0.9, 0.01), (1.0, 0.5), (1.0, 0.9)], ids=str
)
def test_a_short_memory_in_float32_is_judged_in_float32(betas: tuple[float, float]):
    """Where β2 is 0 or a power of two silent steps round nothing, and a small β2^k underflows in float32 alone."""
    claims: dict[str, Any] = {"K": "L1Norm()", "weight_decay": 0.5, "beta1": betas[0], "beta2": betas[1]}
    for is_rounded_throughout in (False, True):
        report = audit(rounded_lion(*betas, np.float32, is_rounded_throughout), **claims, is_quick=True)
        assert report.verdict == "CONSISTENT", str(report)
    for wrong in ((betas[0] * (1 - 1e-4), betas[1]), (betas[0], betas[1] + 1e-4)):
        report = audit(rounded_lion(*wrong, np.float32), **claims, is_quick=True)
        assert report.verdict == "VIOLATED", str(report)


def clipped(z: Any) -> Any:
    return np.clip(z / z.dtype.type(0.3), -1, 1)


def dead(z: Any) -> Any:
    return np.sign(z) * (np.abs(z) > z.dtype.type(0.2))


@pytest.mark.parametrize("is_rounded_throughout", [False, True])
@pytest.mark.parametrize(
    ("K", "betas"),
    [
        ("L1Norm()", (0.9, 0.999)),
        ("Huber(0.3)", (0.9, 0.99)),
        ("Huber(0.3)", (0.9, 0.999)),
        ("DeadzoneL1(0.2)", (0.9, 0.5)),
    ],
    ids=str,
)
def test_what_float32_does_to_a_beta_is_held_against_no_claim(
    K: str, betas: tuple[float, float], is_rounded_throughout: bool
):
    """1 − β2 in float32 is right to 2^-24/(1 − β2), and β1 and the constant of K are read from balances with it."""
    claims: dict[str, Any] = {"K": K, "weight_decay": 0.5, "beta1": betas[0], "beta2": betas[1]}
    direction = {"L1Norm()": np.sign, "Huber(0.3)": clipped, "DeadzoneL1(0.2)": dead}[K]
    for kind in (np.float32, np.float64):
        right = rounded_lion(*betas, kind, is_rounded_throughout, direction)
        assert audit(right, **claims, is_quick=True).verdict == "CONSISTENT"
    wrong = rounded_lion(betas[0] * (1 - 1e-3), betas[1], np.float32, is_rounded_throughout, direction)
    assert audit(wrong, **claims, is_quick=True).verdict == "VIOLATED"


@pytest.mark.parametrize("betas", [(0.9, 0.5), (1.0, 0.9)], ids=str)
def test_a_dead_zone_is_found_behind_a_strong_push(betas: tuple[float, float]):
    """It is 1e-10 of the gradient that balances the push."""
    claims: dict[str, Any] = {"K": "DeadzoneL1(0.2)", "weight_decay": 0.5, "beta1": betas[0], "beta2": betas[1]}
    report = audit(rounded_lion(*betas, np.float64, direction=dead), **claims, is_quick=True)
    assert report.verdict == "CONSISTENT", str(report)
    assert report.effective_set["is_bound"]


def test_a_direction_of_unknown_size_from_a_momentum_of_few_digits():
    """An optax transformation does not tell its learning rate: the size of a step is read from steps."""
    for K, betas, dtype in ((Huber(0.3), (0.9, 0.99), jnp.float32), (DeadzoneL1(0.2), (0.9, 0.5), None)):
        optimizer = lion_k(0.01, b1=betas[0], b2=betas[1], weight_decay=0.5, K=K, mu_dtype=dtype)
        report = audit(optimizer, K=K, weight_decay=0.5, beta1=betas[0], beta2=betas[1], is_quick=True)
        assert report.verdict == "CONSISTENT", str(report)


def test_a_selection_by_counting_bits_is_audited_step_by_step():
    """Without jit the steps of its loop are Python numbers."""
    optimizer = lion_k(0.01, weight_decay=0.5, K=TopKL1(3))
    report = audit(optimizer, K=TopKL1(3), weight_decay=0.5, beta1=0.9, beta2=0.99, is_quick=True)
    assert report.verdict == "CONSISTENT", str(report)


def test_ties_are_not_aimed_at_where_they_make_gradients_grow_for_ever():
    betas = (0.999, 0.95)
    claims: dict[str, Any] = {"K": "L1Norm()", "weight_decay": 0.5, "beta1": betas[0], "beta2": betas[1]}
    report = audit(rounded_lion(*betas, np.float32), **claims, is_quick=True)
    assert report.verdict != "VIOLATED", str(report)
