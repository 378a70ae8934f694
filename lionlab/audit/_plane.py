"""The reachable set in a plane: where pushes in many directions lead, to be drawn beside the set that is claimed."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..convex.catalogue import parse_convex_function
from ._black_box import BlackBox
from ._consequences import ball_of
from ._norms import norm_named
from ._pushes import WAITING, Push, growing, masking, steady
from ._reachable import reach, run
from ._report import AuditReport

GROWTHS = (1.02, 1.0556, 1.11, 1.2)


@dataclass(frozen=True)
class PlanePicture:
    """What was reached of a plane of parameters.

    - `points` (n, 2): where the pushes come to rest; of an optimizer without a set, where `steps` steps from 0 lead.
    - `outline` (k, 2): the corners of the convex hull of all of them, in order.
    - `is_bounded`: whether every push came to rest.
    - `angles` (n,): of the pushes;   `support` (n,): the farthest that any point lies along each angle.
    """

    points: np.ndarray
    outline: np.ndarray
    is_bounded: bool
    angles: np.ndarray
    support: np.ndarray
    steps: int


def reachable_in_plane(
    box: BlackBox,
    shape: tuple[int, ...] = (2,),
    num_angles: int = 32,
    steps: int = 120,
    far_steps: int = 600,
    learning_rate: Any = None,
    has_set: bool = True,
) -> PlanePicture:
    """Pushes an optimizer in directions of a plane, and tells how far it goes.

    **Arguments:**

    - `shape`: (2,), or (2, 2) for the plane of diagonal matrices, whose entries are singular values up to sign.
    - `num_angles`: how many directions.   `steps`: of one push.
    - `far_steps`: how many steps are made from 0 where a push does not come to rest.
    - `has_set`: False where the search for an effective set has shown that there is none.

    **Raises:** `ValueError` for another shape.
    """
    if shape not in ((2,), (2, 2)):
        raise ValueError(f"shape must be (2,) or (2, 2), got {shape!r}.")
    # Between the axes, where ties of a selection would hide one of two answers.
    angles = 2 * np.pi * (np.arange(num_angles) + 0.5) / num_angles
    points, is_bounded = [], True
    for angle in angles:
        v = _embedded(np.array([np.cos(angle), np.sin(angle)]), shape)
        pushes = [Push("steady", v, steady(v, steps))]
        if len(shape) == 1:
            pushes.append(Push("masking", v, masking(v, steps)))
            pushes += [Push("growing", v, growing(v, steps, g, WAITING)) for g in GROWTHS]
        led = [reach(box, push, learning_rate) for push in pushes] if has_set else []
        points += [_extracted(one.point) for one in led if one.is_bounded]
        if led and all(one.is_bounded for one in led):
            continue
        is_bounded = False
        far = run(box, np.zeros(shape), steady(v, far_steps), learning_rate)[-1]
        if np.isfinite(far).all():
            points.append(_extracted(far))
    along = np.column_stack([np.cos(angles), np.sin(angles)])
    found = np.array(points, np.float64).reshape(-1, 2)
    support = (along @ found.T).max(axis=1) if len(found) else np.zeros(num_angles)
    return PlanePicture(found, _hull(found), is_bounded, angles, support, far_steps)


def ball_in_plane(norm: str, radius: float, shape: tuple[int, ...], num_angles: int = 360) -> np.ndarray | None:
    """(num_angles, 2) points of the boundary of a ball in the plane; None for a norm that has no name here."""
    try:
        size = norm_named(norm, shape).size
    except ValueError:
        return None
    angles = 2 * np.pi * np.arange(num_angles) / num_angles
    along = np.column_stack([np.cos(angles), np.sin(angles)])
    return np.array([radius * v / size(_embedded(v, shape)) for v in along])


def claimed_set(report: AuditReport) -> tuple[str, float] | None:
    """(norm, radius) of the set that a Lion-K keeps with the K and λ claimed, or found where none is claimed."""
    K, weight_decay = (report.claims.get(name, report.fingerprint.get(name)) for name in ("K", "weight_decay"))
    if K is None or not weight_decay:
        return None
    ball = ball_of(parse_convex_function(str(K)))
    return None if ball is None else (ball[0], ball[1] / weight_decay)


def picture_of(
    box: BlackBox, report: AuditReport, num_angles: int = 12
) -> tuple[PlanePicture, np.ndarray | None, tuple[int, ...]]:
    """(what of a plane can be reached, the boundary of the claimed set in it or None, the shape of the parameters).

    The plane is that of two parameters, or of diagonal 2 × 2 matrices for an optimizer that takes only matrices.

    **Raises:** `ValueError` when it runs on neither.
    """
    claim = claimed_set(report)
    rate = report.settings["learning_rate"] if box.accepts_rate else None
    shapes = ((2, 2),) if claim is not None and claim[0] in ("operator", "nuclear") else ((2,), (2, 2))
    for shape in shapes:
        try:
            box.run(np.zeros(shape), np.ones((1, *box.gradient_shape(np.zeros(shape)))), learning_rate=rate)
        except Exception:  # noqa: BLE001  # whatever an optimizer says to a shape that it does not take
            continue
        has_set = report.effective_set is not None
        seen = reachable_in_plane(box, shape, num_angles, learning_rate=rate, has_set=has_set)
        return seen, None if claim is None else ball_in_plane(*claim, shape), shape
    raise ValueError(f"{box.name} runs on neither two parameters nor 2 × 2 matrices.")


def _embedded(v: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    return np.diag(v) if len(shape) == 2 else v


def _extracted(x: np.ndarray) -> np.ndarray:
    return np.asarray(np.diag(x) if x.ndim == 2 else x, np.float64)


def _hull(points: np.ndarray) -> np.ndarray:
    """The corners of the convex hull, counterclockwise; the points themselves where they span no area."""
    if len(points) < 3 or np.linalg.matrix_rank(points - points[0], tol=1e-12 * np.abs(points).max()) < 2:
        return points
    from scipy.spatial import ConvexHull

    return points[ConvexHull(points).vertices]
