"""dom K* and the unit set of a K of two entries, drawn from the arrays that the inspection found."""

import io
from collections.abc import Mapping
from typing import Any


def drawn(domain: Mapping[str, Any], name: str) -> bytes:
    """The picture as the bytes of a PNG, the same bytes for the same arrays."""
    import numpy as np

    from ..plotting import COLORS, draw_curve, house_style, label_panels, new_figure

    with house_style():
        figure, axes = new_figure(1, 2, width=6.0, height=3.1)
        left, right = axes[0]
        subgradients, outer, unit_set = (np.asarray(domain[key]) for key in ("subgradients", "outer", "unit_set"))
        bounded = np.isfinite(outer).all(axis=1)
        if bounded.any():
            left.plot(*subgradients.T, ".", markersize=3, color=COLORS["blue"], label="∇K far out")
            draw = draw_curve if bounded.all() else _draw_open
            draw(left, outer, label="edge of dom K*")
            left.legend(loc="center")
        else:
            left.text(0.5, 0.5, "dom K* is unbounded:\nK outgrows every line", ha="center", transform=left.transAxes)
        reached = np.isfinite(unit_set).all(axis=1)
        if reached.any():
            (draw_curve if reached.all() else _draw_open)(right, unit_set, linestyle="-", color=COLORS["orange"])
        else:
            right.text(0.5, 0.5, "K ≤ 1 everywhere that was tried", ha="center", transform=right.transAxes)
        left.set(xlabel="$y_1$", ylabel="$y_2$", aspect="equal")
        right.set(xlabel="$z_1$", ylabel="$z_2$", aspect="equal")
        label_panels(axes)
        left.set_title("dom K*")
        right.set_title("unit set K ≤ 1")
        figure.suptitle(name)
        for panel in (left, right):
            panel.margins(0.15)
        stream = io.BytesIO()
        figure.savefig(stream, format="png", metadata={"Software": None})
    return stream.getvalue()


def _draw_open(axes: Any, points: Any, label: str | None = None, **style: Any) -> None:
    """A curve with gaps where its points are no numbers."""
    from ..plotting import THEORY

    axes.plot(points[:, 0], points[:, 1], label=label, **{**THEORY, **style})
