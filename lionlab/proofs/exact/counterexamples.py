"""Runs of Lion with K = |·| in fractions, which show that something happens: each is replayed digit by digit.

f(x) = px + (a/2)(x−c)² in one variable. What exists is shown by one run; nothing here speaks of all runs, unless said.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from .._proof import Outcome, Planted, Proof

ZERO, ONE, HALF = Fraction(0), Fraction(1), Fraction(1, 2)


@dataclass(frozen=True)
class Scene:
    """f, the constants, the start, and how many steps; `coupled` is decay put into the gradient."""

    p: Fraction = ZERO
    a: Fraction = ZERO
    c: Fraction = ZERO
    eta: Fraction = Fraction(1, 10)
    lam: Fraction = HALF
    beta1: Fraction = Fraction(9, 10)
    beta2: Fraction = Fraction(99, 100)
    x: Fraction = ZERO
    m: Fraction = ONE
    is_explicit: bool = False
    coupled: Fraction = ZERO
    steps: int = 1

    def gradient(self, x: Fraction) -> Fraction:
        return self.p + self.a * (x - self.c)

    def loss(self, x: Fraction) -> Fraction:
        return self.p * x + self.a / 2 * (x - self.c) ** 2

    def after(self, x: Fraction, m: Fraction) -> tuple[Fraction, Fraction]:
        """(x⁺, m⁺)."""
        g = self.gradient(x) + self.coupled * x
        m_tilde = self.beta1 * m - (1 - self.beta1) * g
        u = (m_tilde > 0) - (m_tilde < 0)
        h = self.eta * self.lam
        x_next = (1 - h) * x + self.eta * u if self.is_explicit else (x + self.eta * u) / (1 + h)
        return x_next, self.beta2 * m - (1 - self.beta2) * g

    def run(self) -> list[tuple[Fraction, Fraction]]:
        """All states."""
        states = [(self.x, self.m)]
        for _ in range(self.steps):
            states.append(self.after(*states[-1]))
        return states

    def energy(self, x: Fraction, m: Fraction) -> Fraction:
        """H = f + c(|m| − λxm), for |λx| ≤ 1.

        **Raises:** `ValueError` outside, where H is infinite.
        """
        if abs(self.lam * x) > 1:
            raise ValueError(f"|λx| = {abs(self.lam * x)} > 1.")
        eta = self.eta / (1 - self.eta * self.lam) if self.is_explicit else self.eta
        weight = eta * self.beta1 / (eta * self.lam * (1 - self.beta1) + 1 - self.beta2)
        return self.loss(x) + weight * (abs(m) - self.lam * x * m)

    def rises(self) -> list[tuple[Fraction, Fraction, Fraction]]:
        """(ΔH, D_f, (L/2)(x⁺−x)²) of every step; L = |a|."""
        states, found = self.run(), []
        for (x, m), (x_next, m_next) in pairwise(states):
            change = self.energy(x_next, m_next) - self.energy(x, m)
            D_f = self.loss(x_next) - self.loss(x) - self.gradient(x) * (x_next - x)
            found.append((change, D_f, abs(self.a) / 2 * (x_next - x) ** 2))
        return found


def prove_one_step(one: tuple[Scene, Fraction], is_quick: bool) -> Outcome:
    """ΔH of the step is the number given, and positive, with D_f = 0."""
    scene, expected = one
    ((change, D_f, _),) = scene.rises()
    if change != expected or change <= 0 or D_f != 0:
        return Outcome("refuted", f"ΔH = {change}, not {expected}", 0, {"ΔH": str(change), "D_f": str(D_f)})
    return Outcome("proved", f"ΔH = 6204/21021 = {change}, D_f = 0", 1)


STEP = Scene(p=Fraction(3), beta1=Fraction(99, 100), beta2=HALF)
RISE = Fraction(6204, 21021)

# Between β2/(1−β2) and β1/(1−β1) a gradient turns m⁺ and leaves m̃ as it was.
REVERSED = tuple(
    Scene(p=Fraction(p), a=Fraction(1, 100), beta1=Fraction(b1), beta2=Fraction(b2))
    for p, b1, b2 in ((20, "0.99", "0.9"), (3, "0.9", "0.5"), (10, "0.92", "0.9"))
)


def prove_reversed(scenes: tuple[Scene, ...], is_quick: bool) -> Outcome:
    """In each a step on a convex quadratic raises H by more than (L/2)‖x⁺−x‖²."""
    said = []
    for scene in scenes:
        ((change, _, cap),) = scene.rises()
        betas = f"({float(scene.beta1):g}, {float(scene.beta2):g})"
        if not change > cap:
            seen = {"β": betas, "ΔH": str(change), "(L/2)(x⁺−x)²": str(cap)}
            return Outcome("refuted", f"no excess at {betas}", 0, seen)
        said.append(f"{betas}: ΔH = {float(change):.3g} above {float(cap):.3g}")
    if not said:
        return Outcome("undecided", "there is no scene to replay")
    return Outcome("proved", "; ".join(said), len(scenes))


PUSH = Scene(p=-ONE, lam=ZERO, m=ZERO, steps=200)


def prove_escape(one: Scene, is_quick: bool) -> Outcome:
    """x_t = ηt at every step of the run; and for all t by induction: m, −g ≥ 0 and −g > 0 give m⁺ ≥ 0 and m̃ > 0."""
    for t, (x, m) in enumerate(one.run()):
        if x != one.eta * t or m < 0:
            return Outcome("refuted", f"x_{t} is not ηt", 0, {"t": str(t), "x": str(x), "ηt": str(one.eta * t)})
    weights = (one.beta1, 1 - one.beta1, one.beta2, 1 - one.beta2, -one.p)
    if min(weights) < 0 or weights[1] * weights[4] == 0 or one.lam != 0 or one.a != 0:
        return Outcome("undecided", "the induction needs −g > 0 constant, λ = 0, β1 < 1, β2 ≤ 1")
    return Outcome("proved", f"x_t = ηt for t ≤ {one.steps}, and for all t by induction", one.steps + 1)


# Dyadic numbers, two digits more a step: a run of hundreds of steps stays exact.
CHATTERING = Scene(
    a=ONE, c=Fraction(1, 4), eta=Fraction(1, 64), lam=Fraction(1, 4), beta1=Fraction(7, 8), beta2=Fraction(31, 32),
    m=ZERO, is_explicit=True, steps=300,
)  # fmt: skip


def prove_chatter(one: tuple[Scene, Fraction], is_quick: bool) -> Outcome:
    """More than the share given of the second half of the steps raise H, each by at most D_f ≤ (L/2)(x⁺−x)²."""
    scene, share = one
    rises = scene.rises()
    if any(change > D_f or D_f > cap for change, D_f, cap in rises):
        return Outcome("refuted", "a step rises by more than D_f")
    late = rises[len(rises) // 2 :]
    count = sum(change > 0 for change, _, _ in late)
    if not count > share * len(late):
        return Outcome("refuted", f"{count} of {len(late)} steps", 0, {"rising": str(count), "of": str(len(late))})
    return Outcome("proved", f"{count} of the last {len(late)} steps raise H, none by more than D_f", len(rises))


COUPLED = Scene(
    a=ONE, c=Fraction(10), eta=Fraction(1, 16), lam=ZERO, beta1=Fraction(7, 8), beta2=Fraction(15, 16), m=ZERO,
    is_explicit=True, coupled=ONE, steps=500,
)  # fmt: skip


def prove_coupled(one: Scene, is_quick: bool) -> Outcome:
    """The last hundred iterates stay within 3/4 of 5, outside the box [−1, 1] that λ = 1 would make."""
    last = [x for x, _ in one.run()[-100:]]
    far = max(abs(x - 5) for x in last)
    if far > Fraction(3, 4):
        return Outcome("refuted", f"it ends {float(far):.3g} from 5", 0, {"x": str(float(last[-1]))})
    return Outcome("proved", f"the last iterates lie within {float(far):.3g} of 5", len(last))


SOURCE = ("nothing: the run is replayed in fractions",)


def _proof(
    claim: str, statement: str, domain: str, is_complete: bool, prove: object, subject: object, *wrongs: Planted
) -> Proof:
    return Proof(claim, "exact arithmetic", statement, domain, is_complete, SOURCE, prove, subject, wrongs)  # type: ignore[arg-type]


def _with(scenes: tuple[Scene, ...], **changes: object) -> tuple[Scene, ...]:
    return tuple(replace(scene, **changes) for scene in scenes)  # type: ignore[arg-type]


TINY = Fraction(1, 10**9)

PROOFS = (
    _proof(
        "reversed-betas-one-step", "ΔH = 6204/21021 in the step named, D_f = 0", "that step", True,
        prove_one_step, (STEP, RISE),
        Planted("the order of the theorem", (replace(STEP, beta1=HALF, beta2=Fraction(99, 100)), RISE)),
        Planted("equal betas", (replace(STEP, beta2=Fraction(99, 100)), RISE)),
        Planted("β2 larger by 1e-9", (replace(STEP, beta2=HALF + TINY), RISE)),
        Planted("explicit decay", (replace(STEP, is_explicit=True), RISE)),
        Planted("ΔH larger by 1e-9", (STEP, RISE + TINY)),
    ),
    _proof(
        "reversed-betas-fail", "one step of f = px + x²/200, K = |·|, from x = 0, m = 1 exceeds its cap at each",
        "the three pairs of betas, one convex quadratic each", True, prove_reversed, REVERSED,
        Planted("the order of the theorem", tuple(replace(s, beta1=s.beta2, beta2=s.beta1) for s in REVERSED)),
        Planted("equal betas", tuple(replace(s, beta2=s.beta1) for s in REVERSED)),
        Planted("β1 = 0", _with(REVERSED, beta1=ZERO)),
        Planted("gradients too weak to turn the momentum", _with(REVERSED, p=HALF)),
    ),
    _proof(
        "no-decay-no-bound", "f = −x, λ = 0, m_0 = 0: x_t = ηt for every t", "existence; all t, by induction", True,
        prove_escape, PUSH,
        Planted("λ = 1e-9", replace(PUSH, lam=TINY)),
        Planted("λ = 1e-2", replace(PUSH, lam=Fraction(1, 100))),
        Planted("a push that turns at x = 1", replace(PUSH, a=ONE)),
        Planted("β1 = 1, so that the push is never seen", replace(PUSH, beta1=ONE)),
    ),
    _proof(
        "lyapunov-is-not-monotone",
        "on f = ½(x−¼)² with dyadic constants more than a third of the last 150 of 300 steps raise H, none beyond D_f",
        "one quadratic in one variable, one run", False, prove_chatter, (CHATTERING, Fraction(1, 3)),
        Planted("more than nine tenths of the steps", (CHATTERING, Fraction(9, 10))),
        Planted("before the first sign change", (replace(CHATTERING, steps=12), Fraction(1, 3))),
        Planted("a solution at a vertex: nothing chatters", (replace(CHATTERING, c=Fraction(10)), Fraction(1, 3))),
    ),
    _proof(
        "coupled-decay-fails",
        "f = ½(x−10)², decay 1 in the gradient: 500 exact steps of 1/16 end within 3/4 of 5, outside [−1, 1]",
        "the textbook case of the claim, at a constant step", False, prove_coupled, COUPLED,
        Planted("decoupled decay", replace(COUPLED, coupled=ZERO, lam=ONE)),
        Planted("both", replace(COUPLED, lam=ONE)),
        Planted("no decay at all", replace(COUPLED, coupled=ZERO)),
    ),
)  # fmt: skip
