"""The picture of an audit: what of a plane an optimizer was pushed to, and the set that it should keep."""

import io
from typing import Any

import numpy as np


def picture_of_set(seen: Any, claimed: np.ndarray | None, shape: tuple[int, ...]) -> bytes:
    """A PNG of a `PlanePicture`, shaded, and the boundary of the claimed set, dashed where there is one."""
    from ..plotting import COLUMN, draw_curve, draw_reached, house_style, new_figure

    with house_style():
        figure, ((axes,),) = new_figure(1, 1, width=COLUMN, height=COLUMN)
        sizes = [float(np.abs(claimed).max())] if claimed is not None else []
        sizes += [float(np.abs(seen.outline).max())] if len(seen.outline) and (seen.is_bounded or not sizes) else []
        extent = 1.25 * max(sizes, default=1.0) or 1.0
        if len(seen.outline) > 2:
            draw_reached(axes, seen.outline, seen.is_bounded, extent)
        if claimed is not None:
            draw_curve(axes, claimed)
        names = ("x_1", "x_2") if len(shape) == 1 else ("x_{11}", "x_{22}")
        axes.set(xlim=(-extent, extent), ylim=(-extent, extent), aspect="equal")
        axes.set(xlabel=f"${names[0]}$", ylabel=f"${names[1]}$")
        told = "; dashed: what a Lion-K with this K and λ keeps" if claimed is not None else ""
        axes.set_title(f"shaded: reached{told}", fontsize=7)
        stream = io.BytesIO()
        figure.savefig(stream, format="png", metadata={"Software": None})
    return stream.getvalue()
