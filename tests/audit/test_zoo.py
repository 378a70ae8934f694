"""Each member of the zoo against its textbook formula, and a Lion-K against the library's own runs."""

import math

import numpy as np
import pytest

import lionlab as ll
from lionlab.audit.zoo import KINDS, ZOO, largest_ratio, perturbations, perturbed, schedule_free, signed_second_moment
from lionlab.audit.zoo._muon import COEFFICIENTS, WIDEST, newton_schulz
from lionlab.theorems import _textbook as textbook

ETA, LAMBDA, SHAPE, STEPS = 0.03, 0.7, (3, 4), 40
RNG = np.random.default_rng(0)
X0 = RNG.normal(size=SHAPE)
GRADIENTS = RNG.normal(size=(STEPS, *SHAPE))
FALLING = [ETA * 0.97**t for t in range(STEPS)]


def course(name, rates=None, **constants):
    box = ZOO[name].build(ETA, LAMBDA, **constants)
    return box.run(X0, GRADIENTS, learning_rate=None if rates is None else lambda t: rates[t]).x


def lion_with(decayed, rates, beta1=0.9, beta2=0.99):
    """Lion in a loop, x⁺ = decayed(t, x, u) + η_t u with the textbook's sign of the momentum."""
    x, b, seen = X0, np.zeros(SHAPE), [X0]
    for t, g in enumerate(GRADIENTS):
        u = -np.sign(beta1 * b + (1 - beta1) * g)
        b = beta2 * b + (1 - beta2) * g
        x = decayed(t, x, u) + rates[t] * u
        seen.append(x)
    return np.array(seen)


def test_lion_is_the_textbook_lion():
    x, b = X0, np.zeros(SHAPE)
    for g in GRADIENTS:
        x, b = textbook.lion(x, b, g, ETA, LAMBDA, 0.9, 0.99)
    np.testing.assert_allclose(course("lion")[-1], x, rtol=0, atol=1e-13)


@pytest.mark.parametrize(
    ("name", "step"),
    [("signum", textbook.signum), ("normalised momentum", textbook.normalized_momentum)],
)
def test_members_with_one_momentum(name, step):
    x, b = X0, np.zeros(SHAPE)
    for g in GRADIENTS:
        decayed = (1 - ETA * LAMBDA) * x
        moved, b = step(x, b, g, ETA, 0.9)
        x = decayed + (moved - x)
    np.testing.assert_allclose(course(name)[-1], x, rtol=0, atol=1e-13)


def test_muon_is_the_textbook_muon():
    X, B = X0, np.zeros(SHAPE)
    for g in GRADIENTS:
        X, B = textbook.muon(X, B, g, ETA, LAMBDA, 0.95)
    np.testing.assert_allclose(course("muon, exact")[-1], X, rtol=0, atol=1e-12)


def test_newton_schulz_is_its_polynomial_on_singular_values():
    left, values, right = np.linalg.svd(GRADIENTS[0], full_matrices=False)
    values = values / np.sqrt(np.sum(values**2))
    a, b, c = COEFFICIENTS
    for _ in range(5):
        values = a * values + b * values**3 + c * values**5
    np.testing.assert_allclose(newton_schulz(GRADIENTS[0]), (left * values) @ right, atol=1e-12)
    sigma = np.linspace(0, 1, 100_001)
    assert (a * sigma + b * sigma**3 + c * sigma**5).max() == pytest.approx(WIDEST, abs=1e-7)


@pytest.mark.parametrize(
    ("name", "decayed"),
    [
        ("lion without decay", lambda t, x, u: x),
        ("fixed decay", lambda t, x, u: (1 - LAMBDA) * x),
        ("corrected decay", lambda t, x, u: (1 - LAMBDA * FALLING[t] ** 2 / ETA) * x),
        ("decay over the first rate", lambda t, x, u: (1 - LAMBDA * FALLING[t] / ETA) * x),
        ("independent decay", lambda t, x, u: (1 - LAMBDA * FALLING[t] / 0.01 * 0.1) * x),
        ("cautious decay", lambda t, x, u: x - FALLING[t] * LAMBDA * x * (np.sign(u) != np.sign(x))),
        ("strictly cautious decay", lambda t, x, u: x - FALLING[t] * LAMBDA * x * (np.sign(u) == -np.sign(x))),
    ],
)
def test_decays_under_a_falling_rate(name, decayed):
    constants = {"peak": 0.1} if name == "independent decay" else {}
    np.testing.assert_allclose(course(name, FALLING, **constants), lion_with(decayed, FALLING), rtol=0, atol=1e-12)


def test_coupled_decay_is_lion_on_the_ridged_loss():
    x, b = X0, np.zeros(SHAPE)
    for g in GRADIENTS:
        x, b = textbook.lion(x, b, g + LAMBDA * x, ETA, 0.0, 0.9, 0.99)
    np.testing.assert_allclose(course("coupled decay")[-1], x, rtol=0, atol=1e-13)


def test_adam_by_its_weighted_sums():
    """m̂ and v̂ as weighted means of all gradients so far."""
    for is_coupled, name in ((False, "adamw"), (True, "adam, l2")):
        x, seen = X0, []
        for t in range(STEPS):
            seen.append(GRADIENTS[t] + (LAMBDA * x if is_coupled else 0))
            first, second = (
                np.tensordot(w / w.sum(), np.array(values), 1)
                for w, values in ((0.9 ** np.arange(t, -1, -1), seen), (0.95 ** np.arange(t, -1, -1), np.square(seen)))
            )
            x = x - ETA * (first / np.sqrt(second) + (0 if is_coupled else LAMBDA * x))
        np.testing.assert_allclose(course(name)[-1], x, rtol=0, atol=1e-10)


@pytest.mark.parametrize("beta2", [None, 0.95])
def test_schedule_free_by_its_three_sequences(beta2):
    """x_t is the mean of z_1, …, z_t, and y_t, where the gradient is taken, lies between x_t and z_t."""
    z, squares, ys = [X0], [], [X0]
    for t, g in enumerate(GRADIENTS):
        squares.append(np.square(g))
        u = g
        if beta2 is not None:
            weights = beta2 ** np.arange(t, -1, -1)
            u = g / np.sqrt(np.tensordot(weights / weights.sum(), np.array(squares), 1))
        z.append(z[-1] - ETA * (u + LAMBDA * ys[-1]))
        ys.append(0.1 * z[-1] + 0.9 * np.mean(z, axis=0))
    np.testing.assert_allclose(schedule_free(ETA, LAMBDA, beta2=beta2).run(X0, GRADIENTS).x, ys, rtol=0, atol=1e-10)


def test_the_largest_ratio_of_adam_is_approached_and_not_passed():
    beta1, beta2 = 0.9, 0.95
    growth = beta2 / beta1
    g = growth ** np.arange(400.0)
    first = sum((1 - beta1) * beta1**k * g[-1 - k] for k in range(400))
    second = sum((1 - beta2) * beta2**k * g[-1 - k] ** 2 for k in range(400))
    assert first / math.sqrt(second) == pytest.approx(largest_ratio(beta1, beta2), rel=1e-9)
    assert largest_ratio(0.9, 0.999) == pytest.approx(7.27, abs=0.005)


def test_cautious_lion_masks_and_divides():
    x, b = X0, np.zeros(SHAPE)
    for g in GRADIENTS:
        c = np.sign(0.9 * b + 0.1 * g)
        b = 0.99 * b + 0.01 * g
        mask = c * g > 0
        x = x - ETA * (c * mask * mask.size / mask.sum() + LAMBDA * x)
    np.testing.assert_allclose(course("cautious lion")[-1], x, rtol=0, atol=1e-12)


def test_workers_vote_and_average():
    g = np.random.default_rng(1).normal(size=(1, 3, 5))
    signs = -np.sign(g[0])
    for name, u in (
        ("distributed lion, vote", np.sign(signs.sum(0))),
        ("distributed lion, average", signs.mean(0)),
    ):
        x = ZOO[name].build(ETA, LAMBDA).run(np.zeros(5), g).x[-1]
        np.testing.assert_allclose(x, ETA * u, rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    "name", [name for name, member in ZOO.items() if member.is_lion_k and member.decay not in ("none", "independent")]
)
def test_a_lion_k_makes_the_librarys_own_run(name):
    """Against `simulate` on a quadratic, the member's gradients taken along its own path."""
    member = ZOO[name]
    target = 3 * X0
    f = ll.LeastSquaresMatrix(np.eye(3), target)
    kind = "implicit" if member.decay == "implicit" else "explicit"
    method = ll.LionK(member.K, ETA, LAMBDA, member.beta1, member.beta2, decay=kind)
    ours = ll.simulate(method, f, X0, STEPS)
    seen = member.build(ETA, LAMBDA).run(X0, lambda t, x: x - target, steps=STEPS)
    np.testing.assert_allclose(seen.x, ours.x, rtol=0, atol=1e-11)
    np.testing.assert_allclose(seen.momentum, ours.m, rtol=0, atol=1e-11)


def test_who_is_a_lion_k():
    assert {name for name, member in ZOO.items() if not member.is_lion_k} >= {
        "muon, newton-schulz", "coupled decay", "cautious decay", "fixed decay", "cautious lion", "adamw", "adam, l2",
        "distributed lion, vote", "sign-based second moment",
    }  # fmt: skip
    assert ZOO["sgd with momentum"].is_lion_k
    assert ZOO["independent decay"].is_lion_k
    assert ZOO["sgd with momentum"].radius(ETA, LAMBDA) is None


def test_each_description_does_something_else_than_lion():
    """The worked example: f = (θ − 5)² from θ = 0, where the gradient is −10; then the probes of the page."""
    one_step = {
        name: float(ZOO[name].build(0.1, 0.0).run(np.zeros(1), np.array([[-10.0]])).x[-1, 0])
        for name in ("lion", "sign after the update", "coupled decay", "sign-based second moment")
    }
    assert one_step["lion"] == one_step["sign after the update"] == one_step["coupled decay"] == pytest.approx(0.1)
    assert math.isnan(one_step["sign-based second moment"])
    # From the other side it is a number, and not the learning rate: it grows with the gradient.
    box = signed_second_moment(0.1, 0.0)
    steps = [-box.run(np.zeros(1), np.array([[g]])).x[-1, 0] for g in (10.0, 1000.0)]
    assert steps[0] == pytest.approx(0.1 * 10 / math.sqrt((0.99 * 10 + 0.01) / 0.01), rel=1e-12)
    assert steps[1] > 9 * steps[0]


def test_the_sign_after_the_update_is_lion_with_other_constants():
    member = ZOO["sign after the update"]
    x, b = X0, np.zeros(SHAPE)
    for g in GRADIENTS:
        x, b = textbook.lion(x, b, g, ETA, LAMBDA, 0.9 * 0.99, 0.9)
    np.testing.assert_allclose(member.build(ETA, LAMBDA).run(X0, GRADIENTS).x[-1], x, rtol=0, atol=1e-13)
    assert not np.allclose(course("lion")[-1], x)


def test_perturbations_are_repeatable_and_visible():
    found = perturbations(2 * len(KINDS), seed=3)
    again = perturbations(2 * len(KINDS), seed=3)
    assert [(p.kind, p.amount) for p in found] == [(p.kind, p.amount) for p in again]
    assert {p.kind for p in found} == {kind.name for kind in KINDS}
    rng = np.random.default_rng(0)
    # Zero gradients, random ones of many sizes, then steady ones that are small against what came before.
    random = rng.normal(size=(60, 12)) * np.exp(2 * rng.normal(size=(60, 1)))
    gradients = np.concatenate([np.zeros((2, 12)), random, np.full((40, 12), 0.01)])
    start = np.zeros(12)
    plain = ZOO["lion"].build(0.01, 1.0).run(start, gradients).x
    for p in found:
        if not p.kind.startswith("β"):  # what a β changes shows only near a sign change
            assert np.abs(p.optimizer.run(start, gradients).x - plain).max() > 1e-5, p


# The others are there or not, and have no amount.
WITHOUT_AMOUNT = {"momentum one step old", "momentum bias-corrected", "one entry is spared the decay"}


@pytest.mark.parametrize("kind", [k for k in KINDS if k.name not in WITHOUT_AMOUNT], ids=lambda kind: kind.name)
def test_a_perturbation_of_no_amount_is_lion(kind):
    never = 10**9 if kind.unit.startswith(("every", "after")) else 0.0
    amount = {"gradient clipped": 1e9, "sign at zero": 0.0}.get(kind.name, never)
    seen = perturbed(kind, amount, ETA, LAMBDA).run(X0, GRADIENTS).x
    np.testing.assert_allclose(seen, course("lion"), rtol=0, atol=1e-13)


@pytest.mark.parametrize("count", [0, True, 2.5])
def test_a_count_of_perturbations_that_is_none_is_refused(count):
    with pytest.raises(ValueError, match="count must be a whole number"):
        perturbations(count)
