"""How lionlab's figures look: sizes, colours, theory beside measurement. Takes data, returns axes, computes nothing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Okabe & Ito: told apart with every common colour vision, and in grey by the line styles beside them.
COLORS = {
    "blue": "#0072B2",
    "orange": "#D55E00",
    "green": "#009E73",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "yellow": "#E69F00",
    "black": "#000000",
    "grey": "#7F7F7F",
}
CYCLE = ("blue", "orange", "green", "purple", "sky", "yellow", "grey")
# Theory is always drawn like this, beside or behind the measurement.
THEORY = {"color": COLORS["black"], "linestyle": (0, (4, 2)), "linewidth": 1.0, "zorder": 3}
COLUMN, PAGE = 3.4, 7.0  # inches: one column, and the full width, of a two-column paper

STYLE: dict[str, Any] = {
    "figure.dpi": 200,
    "savefig.dpi": 200,
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": mpl.cycler(color=[COLORS[name] for name in CYCLE]),
    "lines.linewidth": 1.2,
    "axes.linewidth": 0.7,
    "grid.linewidth": 0.4,
    "grid.color": "#DDDDDD",
    "mathtext.fontset": "cm",
    "svg.hashsalt": "lionlab",
    "pdf.compression": 9,
    "image.cmap": "viridis",
}


@contextmanager
def house_style() -> Iterator[None]:
    """The house's matplotlib settings, for the duration of a `with` block."""
    with mpl.rc_context(STYLE):
        yield


def new_figure(
    rows: int = 1, columns: int = 1, width: float = PAGE, height: float = 2.4, **options: Any
) -> tuple[Figure, np.ndarray]:
    """A figure of `width` × `height` inches and its (rows, columns) array of axes; no window, no pyplot state."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, np.asarray(figure.subplots(rows, columns, squeeze=False, **options))


def draw_box(axes: Axes, radius: float, label: str | None = None, **style: Any) -> None:
    """The box ‖x‖∞ ≤ radius as an outline."""
    corner = np.array([-1, 1, 1, -1, -1]) * radius
    axes.plot(corner, np.array([-1, -1, 1, 1, -1]) * radius, label=label, **{**THEORY, **style})


def draw_curve(axes: Axes, points: np.ndarray, label: str | None = None, **style: Any) -> None:
    """A closed curve through (n, 2) points: the boundary of a constraint set."""
    closed = np.vstack([points, points[:1]])
    axes.plot(closed[:, 0], closed[:, 1], label=label, **{**THEORY, **style})


def draw_reached(axes: Axes, corners: np.ndarray, is_bounded: bool, extent: float) -> None:
    """The points (n, 2) at the corners of what was reached, shaded; hatched, and cut off at `extent`, without a set."""
    color = COLORS["sky"] if is_bounded else COLORS["orange"]
    if not is_bounded:
        corners = np.clip(corners, -extent, extent)
    hatch = None if is_bounded else "////"
    axes.fill(*corners.T, facecolor=color, alpha=0.45, hatch=hatch, edgecolor=color, linewidth=0)
    if is_bounded:
        draw_curve(axes, corners, color=COLORS["blue"], linestyle="-", linewidth=1.0, zorder=2)
    else:
        axes.text(0, 0, "no set found", ha="center", va="center", fontsize=7, bbox={"color": "white", "pad": 1})


def label_panels(axes: np.ndarray) -> None:
    """(a), (b), … in the upper left corner of every panel, row by row."""
    for letter, panel in zip("abcdefghijkl", axes.ravel(), strict=False):
        panel.set_title(f"({letter})", loc="left", fontweight="bold")


def draw_contours(axes: Axes, x: np.ndarray, y: np.ndarray, values: np.ndarray, levels: Any = 10) -> None:
    """The level lines of a loss, thin and grey; `values` (len(y), len(x)) on the grid x × y."""
    axes.contour(x, y, values, levels=levels, colors="#BBBBBB", linewidths=0.5, zorder=0)


def draw_path(axes: Axes, points: np.ndarray, label: str | None = None, **style: Any) -> None:
    """A trajectory through (n, 2) points: an open circle where it starts, a filled one where it ends."""
    (line,) = axes.plot(points[:, 0], points[:, 1], label=label, **style)
    ends = {"color": line.get_color(), "linestyle": "none", "marker": "o", "markersize": 4, "zorder": 5}
    axes.plot(*points[0], **ends, markerfacecolor="white")
    axes.plot(*points[-1], **ends)


def new_rows(
    panels: Sequence[Sequence[str]], width: float = PAGE, height: float = 4.0, width_ratios: Sequence[Any] | None = None
) -> tuple[Figure, dict[str, Axes]]:
    """A figure whose rows of named panels are laid out independently, each with its own `width_ratios` (or None)."""
    figure = Figure(figsize=(width, height), layout="constrained")
    axes: dict[str, Axes] = {}
    ratios = width_ratios or [None] * len(panels)
    for part, names, ratio in zip(figure.subfigures(len(panels), 1, squeeze=False)[:, 0], panels, ratios, strict=True):
        axes.update(zip(names, part.subplots(1, len(names), squeeze=False, width_ratios=ratio)[0], strict=True))
    return figure, axes


def draw_counts_over_time(axes: Axes, times: np.ndarray, edges: np.ndarray, counts: np.ndarray) -> None:
    """Histograms side by side, darker where more; `counts` (len(times), len(edges)−1), both axes evenly spaced."""
    extent = (float(times[0]), float(times[-1]), float(edges[0]), float(edges[-1]))
    image = np.where(counts > 0, counts, np.nan).T
    axes.imshow(image, extent=extent, norm="log", cmap="Blues", origin="lower", aspect="auto", interpolation="nearest")


def draw_band(axes: Axes, x: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
    """The range that theory allows, grey between its two dashed edges."""
    axes.fill_between(x, low, high, color="#E4E4E4", linewidth=0, zorder=0)
    for edge in (low, high):
        axes.plot(x, edge, **THEORY)


def draw_plane(
    axes: Axes,
    grid: tuple[np.ndarray, np.ndarray, np.ndarray],
    radius: float,
    paths: Sequence[tuple[np.ndarray, str]],
    minimizer: np.ndarray,
    center: np.ndarray,
) -> None:
    """Runs in the plane: `paths` of ((n, 2) points, name of a colour), the box ‖x‖∞ ≤ radius, the contours of a loss.

    `grid` is (x, y, loss (len(y), len(x))), and what is shown. A star marks the constrained minimiser, a plus the
    unconstrained one.
    """
    x, y, loss = grid
    draw_contours(axes, x, y, loss, np.geomspace(loss.max() / 400, loss.max(), 12))
    draw_box(axes, radius)
    for points, color in paths:
        draw_path(axes, points, color=COLORS[color])
    axes.plot(*minimizer, marker="*", markersize=9, color=COLORS["black"], zorder=6, linestyle="none")
    axes.plot(*center, marker="+", markersize=6, color=COLORS["black"], linestyle="none")
    axes.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal", xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))


def draw_distances(
    axes: Axes,
    times: np.ndarray,
    attaining: Sequence[tuple[np.ndarray, np.ndarray, str, tuple[int, int]]],
    below: Sequence[tuple[np.ndarray, str, dict[str, Any]]],
    envelope_label: str,
    entry: float,
) -> None:
    """Distances to the box relative to their starts, from 1e-3 up, on a logarithmic axis; a triangle at `entry`.

    `attaining`: (distance, its envelope, name, offset of the name in points) of runs pushed outward, which attain
    their envelopes. `below`: (distance, label, style) of others.
    """
    label: str | None = "outward"
    for distance, envelope, name, offset in attaining:
        axes.plot(times, _positive(distance), color=COLORS["orange"], linewidth=2.2, label=label)
        axes.plot(times, envelope, **THEORY)
        last = int(np.argmax(envelope < 2.5e-3)) if envelope[-1] < 2.5e-3 else int(0.85 * (len(times) - 1))
        axes.annotate(name, (times[last], envelope[last]), xytext=offset, textcoords="offset points")
        label = None
    for distance, label, style in below:
        axes.plot(times, _positive(distance), label=label, **style)
    axes.plot([], [], **THEORY, label=envelope_label)
    axes.plot(entry, 1e-3, marker="^", color=COLORS["black"], clip_on=False, zorder=6)
    axes.set(yscale="log", ylim=(1e-3, 30), yticks=[1e-3, 1e-2, 1e-1, 1], xlim=(0, times[-1]))
    axes.set_ylabel("distance of $\\lambda x_t$ to the box / initial")
    axes.legend(title="the gradient pushes", loc="upper right", ncols=2, columnspacing=1.0, borderaxespad=0)


def _positive(values: np.ndarray) -> np.ndarray:
    # A distance of 0 has no place on a logarithmic axis.
    return np.where(values > 0, values, np.nan)
