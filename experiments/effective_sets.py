"""Which set does an optimizer really keep? The audit's zoo, each member pushed as far as it goes.

A box ‖x‖∞ ≤ 1/λ is what Lion's weight decay is for. Many optimizers carry the same λ and keep another set, or none: a
ball, a box of another size, a cross of larger extent, everything. Tests that run at λ = 0 cannot tell them apart.

Each member is audited without being told what it is: kind of decay, K, β's and set are found by gradients alone, and
stand in the table beside what is true. Then two hundred Lions with one small thing wrong claim to be Lion.

What to look at: the dashed box, which is the claim, against the shaded set, which is what can be reached.
"""

import math
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from lionlab import L1Norm
from lionlab.audit import audit
from lionlab.audit._effective_set import find_effective_set
from lionlab.audit._plane import reachable_in_plane
from lionlab.audit.zoo import KINDS, ZOO, Member, perturbations
from lionlab.plotting import COLUMN, draw_box, draw_reached, new_figure
from lionlab.reproduction import Data, Experiment

# Member → what its panel is called; the optimizers of matrices are shown by the singular values of diagonal ones.
PANELS = {
    "lion": "Lion",
    "normalised momentum": "normalised",
    "muon, exact": "Muon",
    "muon, newton-schulz": "Muon, shipped",
    "adamw": "AdamW",
    "cautious lion": "cautious Lion",
    "fixed decay": "fixed decay",
    "coupled decay": "coupled decay",
    "cautious decay": "cautious decay",
}
SHAPE = (3, 4)
# In the pictures η = 1/4, so that the set of decay not scaled by η, of radius η/λ, can be seen.
PICTURED_RATE = 0.25


def compute(
    seed: int, step_size: float, weight_decay: float, members: str, num_perturbed: int, num_angles: int
) -> dict[str, Any]:
    """The audit of every member, verdicts on the perturbed Lions, and the points reached in the plane."""
    chosen = [ZOO[name] for name in (members.split("; ") if members else ZOO)]
    table: dict[str, list[Any]] = {}
    for member in chosen:
        for column, value in _row(member, step_size, weight_decay, seed).items():
            table.setdefault(column, []).append(value)
    return {
        "names": np.array([member.name for member in chosen]),
        **{column: np.array(values) for column, values in table.items()},
        **_perturbed(num_perturbed, seed, step_size, weight_decay),
        **_pictures(chosen, num_angles),
    }


def _row(member: Member, step_size: float, weight_decay: float, seed: int) -> dict[str, Any]:
    """What is true of a member beside what is found; NaN and "none" where there is nothing."""
    box = member.build(step_size, weight_decay)
    report = audit(box, seed=seed, is_quick=True, shape=SHAPE)
    theory = member.radius(step_size, weight_decay, SHAPE)
    found = find_effective_set(box, SHAPE, theory=theory, theory_norm=member.norm, seed=seed)
    K, seen = member.K, report.fingerprint
    return {
        "verdict": report.verdict,
        "is_lion_k": member.is_lion_k,
        "decay": member.visible_decay,
        "found_decay": str(seen.get("decay")),
        "K": "none" if K is None else str(K),
        "found_K": str(seen.get("K")),
        "betas": np.array([_number(member.beta1), _number(member.beta2)]),
        "found_betas": np.array([_number(seen.get("beta1")), _number(seen.get("beta2"))]),
        "norm": member.norm or "none",
        "found_norm": found.norm or "none",
        "radius": _number(theory),
        "found_radius": _number(found.radius),
        "found_fill": _number(found.fill),
        "status": found.status,
        "has_counterexample": report.counterexample is not None,
    }


def _number(value: Any) -> float:
    return float("nan") if value is None or isinstance(value, str) else float(value)


def _perturbed(count: int, seed: int, step_size: float, weight_decay: float) -> dict[str, Any]:
    """The verdict on each perturbed Lion that claims to be Lion."""
    drawn = perturbations(count, seed, step_size, weight_decay)
    claim: dict[str, Any] = {"K": L1Norm(), "weight_decay": weight_decay, "beta1": 0.9, "beta2": 0.99, "is_quick": True}
    return {
        "perturbed_kind": np.array([one.kind for one in drawn]),
        "perturbed_amount": np.array([one.amount for one in drawn]),
        "perturbed_verdict": np.array(
            [audit(one.optimizer, learning_rate=step_size, seed=seed, **claim).verdict for one in drawn]
        ),
    }


def _pictures(chosen: list[Member], num_angles: int) -> dict[str, Any]:
    """Outlines of the reached points at λ = 1, η = 1/4, padded to one array; NaN after the last corner."""
    names = [name for name in PANELS if ZOO[name] in chosen]
    seen = []
    for name in names:
        member = ZOO[name]
        box, has_set = member.build(PICTURED_RATE, 1.0), member.norm is not None
        if "muon" in name:  # what five steps of Newton–Schulz make of a ratio of singular values is far from monotone
            seen.append(reachable_in_plane(box, (2, 2), 8 * num_angles, steps=40))
        else:
            seen.append(reachable_in_plane(box, (2,), num_angles, has_set=has_set))
    longest = max((len(one.outline) for one in seen), default=0)
    outlines = np.full((len(seen), longest, 2), np.nan)
    for i, one in enumerate(seen):
        outlines[i, : len(one.outline)] = one.outline
    return {
        "pictured": np.array(names),
        "outlines": outlines,
        "is_bounded": np.array([one.is_bounded for one in seen]),
        "support": np.array([one.support.max() for one in seen]),
    }


def findings(data: Data) -> dict[str, float | int | str | bool]:
    """How much of the table is right, a line for each member, and the share of perturbed Lions that was detected."""
    radius, found = data["radius"], data["found_radius"]
    has_radius = np.isfinite(radius)
    errors = np.abs(found[has_radius] / radius[has_radius] - 1)
    lions = data["is_lion_k"]
    known = lions & np.isfinite(data["betas"]).all(axis=1)
    table: dict[str, float | int | str | bool] = {
        "members": len(data["names"]),
        "kind of decay found right": int((data["decay"] == data["found_decay"]).sum()),
        "members that keep a set: largest relative error of the radius reached": float(errors.max(initial=0.0)),
        "members that keep none: none found": f"{int((data['status'][~has_radius] != 'set').sum())} of "
        f"{int((~has_radius).sum())}",
        "Lion-K members: largest error of a β": float(
            np.abs(data["betas"] - data["found_betas"])[known].max(initial=0.0)
        ),
        "Lion-K members found CONSISTENT": f"{int((data['verdict'][lions] == 'CONSISTENT').sum())} of {lions.sum()}",
        "other members found CONSISTENT (predicted 0)": int((data["verdict"][~lions] == "CONSISTENT").sum()),
        "perturbed Lions": len(data["perturbed_verdict"]),
        "perturbed Lions called CONSISTENT (predicted 0)": int((data["perturbed_verdict"] == "CONSISTENT").sum()),
    }
    for i, name in enumerate(data["names"]):
        table[str(name)] = _in_words(data, i)
    for kind in KINDS:
        drawn = data["perturbed_kind"] == kind.name
        if drawn.any():
            caught = int((data["perturbed_verdict"][drawn] == "VIOLATED").sum())
            table[f"detected: {kind.name} ({kind.low:g} to {kind.high:g} {kind.unit or 'in size'})"] = (
                f"{caught} of {int(drawn.sum())}"
            )
    return table


def _in_words(data: Data, i: int) -> str:
    beta1, beta2 = data["found_betas"][i]
    kept = "no set found"
    if math.isfinite(data["found_radius"][i]):
        kept = f"reached {data['found_norm'][i]} radius {data['found_radius'][i]:.5g}"
        if math.isfinite(data["radius"][i]):
            kept += f" (theory {data['norm'][i]} {data['radius'][i]:.5g})"
    betas = f"β ({beta1:.4g}, {beta2:.4g})" if math.isfinite(beta1) and math.isfinite(beta2) else "β not told"
    return (
        f"{data['verdict'][i]}; decay {data['found_decay'][i]} (true: {data['decay'][i]}); K {data['found_K'][i]} "
        f"(true: {data['K'][i]}); {betas}; {kept}"
    )


def draw(data: Data) -> Figure:
    """Nine optimizers with the same λ: the set that can be reached, shaded, and the box of the claim, dashed."""
    count = len(data["pictured"])
    columns = min(3, count)
    rows = math.ceil(count / columns)
    figure, axes = new_figure(rows, columns, width=COLUMN, height=1.25 * rows, sharex=True, sharey=True)
    for panel, name, outline, bounded in zip(
        axes.ravel(), data["pictured"], data["outlines"], data["is_bounded"], strict=False
    ):
        corners = outline[np.isfinite(outline).all(axis=1)]
        draw_reached(panel, corners, bool(bounded), 2.1)  # up to where the name of the panel stands
        draw_box(panel, 1.0, linewidth=0.8)
        panel.text(0, 2.45, PANELS[str(name)], ha="center", va="center", fontsize=6.3)
        panel.set(xlim=(-2.4, 2.4), ylim=(-2.2, 2.8), aspect="equal", xticks=(-1, 0, 1), yticks=(-1, 0, 1))
        panel.tick_params(labelsize=6, length=2)
    for panel in axes.ravel()[count:]:
        panel.set_axis_off()
    for panel in axes[-1]:
        panel.set_xlabel("$\\lambda x_1$", fontsize=7)
    for panel in axes[:, 0]:
        panel.set_ylabel("$\\lambda x_2$", fontsize=7)
    return figure


EXPERIMENT = Experiment(
    stem="effective_sets",
    title="The same weight decay, nine sets: what optimizers really keep",
    caption=(
        "Points of the plane that an optimizer can be pushed to by gradients (shaded: their convex hull), at λ = 1 and "
        "η = 1/4, against the box ‖x‖∞ ≤ 1/λ that Lion keeps (dashed: theory). Pushes in 32 directions, steady, "
        "masking and growing; where they come to rest follows from two runs each. Muon: singular values of diagonal "
        "matrices, with the exact polar factor and, as shipped, five Newton–Schulz steps. AdamW at β = (0.9, 0.95) is "
        "pushed to 1.165/λ by growing gradients, cautious Lion keeps ‖x‖₁ ≤ d/λ, decay not scaled by η the box of "
        "radius η/λ. Hatched: no set found, pushed on from every start tried. The table: what the audit finds about "
        "each member of the zoo, untold, beside what is true."
    ),
    compute=compute,
    findings=findings,
    draw=draw,
    parameters={"step_size": 0.01, "weight_decay": 0.1, "members": "", "num_perturbed": 200, "num_angles": 32},
    quick={"members": "lion; muon, exact; fixed decay; coupled decay", "num_perturbed": 15, "num_angles": 4},
)
