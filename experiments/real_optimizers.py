"""Other people's optimizers on the audit's bench: what each is called, what it does, and which set it keeps.

Lion's weight decay is the radius of a box: λ|x_i| ≤ 1 (arXiv 2310.05898, §3). That holds for the decay of the paper,
which is scaled by the learning rate and kept apart from the gradient. Libraries offer several others under arguments
with similar names, and most of them keep another box or none. Here every optimizer is built as its users build it, told
what its name says it is, and probed with gradients alone.

Beside what is found stands what its definition says: the kind of decay, and the radius that follows from it. Where the
two agree and the verdict is VIOLATED, the optimizer is not the Lion of its name, which may well be documented; the
column `documented` says whether. docs/audited_optimizers.md tells of each.

Needs the extra `interop`. The versions of the packages stand beside the numbers, and hold for these versions alone.

What to look at: the vertical line is what the name promises. Whoever is not on it, with decay that is called the same,
has another constraint at the same λ.
"""

import math
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib import import_module, metadata
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
import optax
from matplotlib.figure import Figure

from lionlab import Huber, L2Norm, NuclearNorm
from lionlab.audit import as_black_box, audit
from lionlab.audit._effective_set import find_effective_set
from lionlab.audit.zoo._muon import WIDEST
from lionlab.optim import lion_k
from lionlab.plotting import COLORS, COLUMN, THEORY, new_figure
from lionlab.reproduction import Data, Experiment

SHAPE = (3, 4)
LION: Mapping[str, Any] = {"K": "L1Norm()", "beta1": 0.9, "beta2": 0.99}
SIGNUM: Mapping[str, Any] = {"K": "L1Norm()", "beta1": 0.9, "beta2": 0.9}
MUON: Mapping[str, Any] = {"K": "NuclearNorm()"}
UNNAMED: Mapping[str, Any] = {}
# sup of m̂/√v̂ at (β1, β2) = (0.9, 0.999), which gradients that grow by β2/β1 each step approach.
ADAM_WIDTH = (1 - 0.9) / math.sqrt((1 - 0.999) * (1 - 0.9**2 / 0.999))
MUON_SHAPE = math.sqrt(SHAPE[1] / SHAPE[0])

Build = Callable[[float, float], Any]


class Case(NamedTuple):
    """One optimizer as its users build it, what its name claims, and what its definition says.

    - `build(learning_rate, weight_decay)`.   `claim`: arguments of `audit`, without λ; empty where the name claims no
      Lion-K.   `verdict`, `decay`: what must be found.
    - `width`: λ times the radius it keeps, as a number, or "η" for the learning rate; None where it keeps no set.
    - `norm`: in which norm.   `documented`: whether its documentation says so.
    """

    package: str
    title: str
    build: Build
    claim: Mapping[str, Any]
    verdict: str
    decay: str
    width: float | str | None
    documented: str = "yes"
    norm: str = "linf"

    def radius(self, learning_rate: float) -> float:
        """λ·radius by definition; NaN where no set is kept."""
        return math.nan if self.width is None else learning_rate if self.width == "η" else float(self.width)


def _optax(name: str, **options: Any) -> Build:
    def build(learning_rate: float, weight_decay: float) -> Any:
        make = optax.contrib.muon if name == "muon" else getattr(optax, name)
        decay = {} if name == "signum" else {"weight_decay": weight_decay}
        return partial(make, learning_rate=learning_rate, **decay, **options)

    return build


def _decay_first(rate: float, weight_decay: float) -> Any:
    """Lion with the decay in front of it in the chain, where it becomes a part of the gradient."""

    def make(learning_rate: Any = rate) -> Any:
        before = optax.add_decayed_weights(weight_decay)
        return optax.chain(before, optax.scale_by_lion(), optax.scale_by_learning_rate(learning_rate))

    return make


def _torch(path: str, **options: Any) -> Build:
    """A torch optimizer, named by its module and class, which is imported when it is built."""
    module, _, name = path.rpartition(".")
    return lambda learning_rate, weight_decay: partial(
        getattr(import_module(module), name), lr=learning_rate, weight_decay=weight_decay, **options
    )


def _keras(path: str, **options: Any) -> Build:
    def build(learning_rate: float, weight_decay: float) -> Any:
        os.environ.setdefault("KERAS_BACKEND", "jax")
        module, _, name = path.rpartition(".")
        return getattr(import_module(module), name)(learning_rate, weight_decay=weight_decay, **options)

    return build


def _our_lion_k(learning_rate: float, weight_decay: float) -> Any:
    return partial(lion_k, learning_rate=learning_rate, K=Huber(0.3), weight_decay=weight_decay)


OURS = {"beta1": 0.9, "beta2": 0.99}
HELD, BROKEN, NEITHER = "CONSISTENT", "VIOLATED", "NOT_APPLICABLE"
PO, LP = "pytorch_optimizer", "lion_pytorch"

CASES = (
    Case("optax", "lion", _optax("lion"), LION, HELD, "decoupled", 1),
    Case("optax", "decay chained before lion", _decay_first, LION, BROKEN, "coupled", None),
    Case("optax", "signum", _optax("signum"), SIGNUM, HELD, "none", None),
    Case("optax", "adamw", _optax("adamw"), UNNAMED, NEITHER, "decoupled", ADAM_WIDTH),
    Case("optax", "contrib.muon", _optax("muon"), MUON, BROKEN, "decoupled", WIDEST * MUON_SHAPE, norm="operator"),
    Case("torch", "AdamW", _torch("torch.optim.AdamW"), UNNAMED, NEITHER, "decoupled", ADAM_WIDTH),
    Case("torch", "Muon", _torch("torch.optim.Muon"), MUON, BROKEN, "decoupled", WIDEST, norm="operator"),
    Case(LP, "Lion", _torch("lion_pytorch.Lion"), LION, HELD, "decoupled", 1),
    Case(LP, "foreach.Lion", _torch("lion_pytorch.foreach.Lion"), LION, HELD, "decoupled", 1),
    Case(
        LP, "Lion, decoupled_weight_decay", _torch("lion_pytorch.Lion", decoupled_weight_decay=True), LION, BROKEN,
        "independent", "η", "no",
    ),
    Case(LP, "cautious_lion.Lion", _torch("lion_pytorch.cautious_lion.Lion"), LION, BROKEN, "decoupled", 12),
    Case(
        LP, "cautious_lion.Lion, cautious_wd only",
        _torch("lion_pytorch.cautious_lion.Lion", cautious_factor=1.0, cautious_wd=True), LION, BROKEN,
        "strictly cautious",
        None, "in a comment",
    ),
    Case(PO, "Lion", _torch("pytorch_optimizer.Lion"), LION, HELD, "decoupled", 1),
    Case(PO, "Lion, foreach=False", _torch("pytorch_optimizer.Lion", foreach=False), LION, HELD, "decoupled", 1),
    Case(
        PO, "Lion, weight_decouple=False", _torch("pytorch_optimizer.Lion", weight_decouple=False), LION, BROKEN,
        "coupled", None,
    ),
    Case(
        PO, "the same, foreach=False", _torch("pytorch_optimizer.Lion", weight_decouple=False, foreach=False), LION,
        BROKEN, "coupled", None,
    ),
    Case(PO, "Lion, fixed_decay", _torch("pytorch_optimizer.Lion", fixed_decay=True), LION, BROKEN, "fixed", "η"),
    Case(PO, "Lion, cautious", _torch("pytorch_optimizer.Lion", cautious=True), LION, BROKEN, "decoupled", 6, "no"),
    Case(PO, "Lion, use_gc", _torch("pytorch_optimizer.Lion", use_gc=True), LION, BROKEN, "decoupled", 1, "no"),
    Case(PO, "Lion, maximize", _torch("pytorch_optimizer.Lion", maximize=True), LION, BROKEN, "decoupled", 1),
    Case(
        PO, "Tiger", _torch("pytorch_optimizer.Tiger"), {**LION, "beta1": 0.965, "beta2": 0.965}, HELD, "decoupled", 1
    ),
    Case(PO, "SignSGD", _torch("pytorch_optimizer.SignSGD"), SIGNUM, HELD, "decoupled", 1),
    Case("keras", "Lion", _keras("keras.optimizers.Lion"), LION, HELD, "decoupled", 1, "not which"),
    Case("lionlab", "lion_k, Huber(0.3)", _our_lion_k, {**OURS, "K": Huber(0.3)}, HELD, "decoupled", 1),
    Case(
        "lionlab", "torch.LionK, L2Norm", _torch("lionlab.torch.LionK", K=L2Norm()), {**OURS, "K": L2Norm()}, HELD,
        "decoupled", 1, norm="l2",
    ),
    Case(
        "lionlab", "keras.LionK, NuclearNorm", _keras("lionlab.keras.LionK", K=NuclearNorm()),
        {**OURS, "K": NuclearNorm()}, HELD, "decoupled", 1, norm="operator",
    ),
)  # fmt: skip


def compute(seed: int, step_size: float, weight_decay: float, packages: str) -> dict[str, Any]:
    """One row for each case of these packages, or of all."""
    known, named = [case.package for case in CASES], packages.split()
    if unknown := [name for name in named if name not in known]:
        raise ValueError(f"packages must name some of {', '.join(dict.fromkeys(known))}, got {unknown[0]!r}.")
    chosen = [case for case in CASES if not named or case.package in named]
    with one_thread():
        rows = [_row(case, step_size, weight_decay, seed) for case in chosen]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


@contextmanager
def one_thread() -> Iterator[None]:
    """torch, where it is, on one thread: over a dozen numbers, several lose nearly all their time waiting."""
    if find_spec("torch") is None:
        yield
        return
    torch = import_module("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _row(case: Case, step_size: float, weight_decay: float, seed: int) -> dict[str, Any]:
    box = as_black_box(case.build(step_size, weight_decay))
    decay = 0.0 if case.decay == "none" else weight_decay
    claim = {**case.claim, "weight_decay": decay} if case.claim else {}
    report = audit(box, seed=seed, is_quick=True, shape=SHAPE, name=f"{case.package} {case.title}", **claim)
    seen, kept = report.fingerprint, math.nan
    if report.effective_set is not None:
        # Growing and masking gradients reach farther only where the size of a step depends on what came before.
        found = find_effective_set(box, SHAPE, seed=seed, is_quick=case.width in (1, "η"))
        kept = found.radius_in(case.norm) * weight_decay if found.status == "set" else math.nan
    return {
        "package": case.package,
        "version": metadata.version(case.package),
        "title": case.title,
        "claimed_K": "none" if not case.claim else str(case.claim["K"]),
        "claimed_betas": np.array([case.claim.get("beta1", math.nan), case.claim.get("beta2", math.nan)]),
        "documented": case.documented,
        "verdict": report.verdict,
        "expected_verdict": case.verdict,
        "decay": case.decay,
        "found_decay": str(seen["decay"]),
        "found_weight_decay": _number(seen["weight_decay"]),
        "found_betas": np.array([_number(seen["beta1"]), _number(seen["beta2"])]),
        "found_K": str(seen["K"]),
        "norm": case.norm,
        "width": case.radius(step_size),
        "found_width": kept,
        "has_counterexample": report.counterexample is not None,
    }


def _number(value: Any) -> float:
    return math.nan if value is None or isinstance(value, str) else float(value)


def findings(data: Data) -> dict[str, float | int | str | bool]:
    """How much was found as the definitions say, and a line for each optimizer."""
    kept = np.isfinite(data["width"])
    errors = np.abs(data["found_width"][kept] / data["width"][kept] - 1)
    right = data["verdict"] == data["expected_verdict"]
    table: dict[str, float | int | str | bool] = {
        "optimizers": len(data["title"]),
        "verdicts as their definitions say": int(right.sum()),
        "kinds of decay as their definitions say": int((data["decay"] == data["found_decay"]).sum()),
        "that keep no set, found to": f"{int(np.isnan(data['found_width'][~kept]).sum())} of {int((~kept).sum())}",
        "largest relative error of a radius": float(errors.max(initial=0.0)),
    }
    for i in range(len(data["title"])):
        table[f"{data['package'][i]} {data['version'][i]} {data['title'][i]}"] = _in_words(data, i)
    return table


def _in_words(data: Data, i: int) -> str:
    claimed, betas = str(data["claimed_K"][i]), data["found_betas"][i]
    told = f"β ({betas[0]:.4g}, {betas[1]:.4g})" if np.isfinite(betas).all() else "β not told"
    width, found = data["width"][i], data["found_width"][i]
    kept = "no set" if math.isnan(found) else f"λ·radius {found:.4g} in {data['norm'][i]} (definition: {width:.4g})"
    decay = str(data["found_decay"][i])
    if math.isfinite(data["found_weight_decay"][i]) and decay != "none":
        decay += f" λ = {data['found_weight_decay'][i]:.4g}"
    return (
        f"{data['verdict'][i]} ({'claimed: ' + claimed if claimed != 'none' else 'nothing claimed'}); decay {decay} "
        f"(definition: {data['decay'][i]}; documented: {data['documented'][i]}); {told}; K {data['found_K'][i]}; {kept}"
    )


MARKS = {
    HELD: ("is what it is called", {"color": COLORS["blue"], "marker": "o"}),
    BROKEN: ("is not", {"color": COLORS["orange"], "marker": "X"}),
    NEITHER: ("calls itself no Lion-K", {"color": COLORS["green"], "marker": "D", "markerfacecolor": "white"}),
}
EDGE = 60.0  # where "no set" is drawn


def draw(data: Data) -> Figure:
    """A row for each optimizer: λ times the radius it keeps, found (marks) and by definition (ticks)."""
    lines: list[int | str] = []
    for i, package in enumerate(data["package"]):
        if not i or package != data["package"][i - 1]:
            lines.append(f"{package} {data['version'][i]}")
        lines.append(i)
    figure, axes = new_figure(1, 1, width=COLUMN, height=0.145 * len(lines) + 0.75)
    panel = axes[0, 0]
    panel.axvline(1, **THEORY)
    panel.axvspan(EDGE / 2, EDGE * 2, color="0.93", linewidth=0)
    labels, shown = [], set()
    for y, line in enumerate(lines):
        if isinstance(line, str):
            labels.append(line)
            continue
        labels.append(str(data["title"][line]))
        label, style = MARKS[str(data["verdict"][line])]
        found, width = float(data["found_width"][line]), float(data["width"][line])
        panel.plot(EDGE if math.isnan(width) else width, y, "|", color=COLORS["black"], markersize=8, zorder=2)
        panel.plot(
            EDGE if math.isnan(found) else found, y, linestyle="none", markersize=4, zorder=4,
            label=None if label in shown else label, **style,
        )  # fmt: skip
        shown.add(label)
    panel.set(
        xscale="log", xlim=(0.004, EDGE * 2), ylim=(len(lines) - 0.4, -0.6), xlabel="$\\lambda\\,\\cdot$ radius kept"
    )
    panel.set_yticks(range(len(lines)), labels, fontsize=6)
    panel.set_xticks([0.01, 0.1, 1, 10, EDGE], ["$\\eta$", "0.1", "1", "10", "no set"])
    panel.minorticks_off()
    panel.tick_params(axis="y", length=0)
    for text, line in zip(panel.get_yticklabels(), lines, strict=True):
        if isinstance(line, str):
            text.set_fontweight("bold")
    figure.legend(loc="outside upper center", ncols=3, fontsize=6, handletextpad=0.1, columnspacing=0.8)
    return figure


EXPERIMENT = Experiment(
    stem="real_optimizers",
    title="Other people's optimizers: the set that each keeps, and whether it is what it is called",
    caption=(
        "λ times the radius that an optimizer keeps when it is pushed as far as it goes, at η = 0.01 and λ = 1/2 for "
        "3 × 4 matrices: found by gradients alone (marks), and by its definition (ticks). Dashed: the radius 1/λ that "
        "Lion-K keeps, arXiv 2310.05898, §3. In the entries' largest size, for Muon and the nuclear norm in operator "
        "norm, for the L2 norm in that. The mark says whether the optimizer is the Lion-K it is called after; where it "
        "is not, an option was set that the table names, or the name is of a relative. An option that its "
        "documentation describes is no fault, but it is another constraint. Every radius is the furthest point "
        "reached."
    ),
    compute=compute,
    findings=findings,
    draw=draw,
    parameters={"step_size": 0.01, "weight_decay": 0.5, "packages": ""},
    quick={"packages": "optax lion_pytorch"},
    needs={"interop": ("torch", "keras", "lion_pytorch", "pytorch_optimizer")},
)
