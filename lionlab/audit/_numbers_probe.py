"""Determinism, dtypes, and what becomes of gradients that are no numbers."""

import numpy as np

from ..precision import unit_roundoff
from ._failures import reason_of
from ._findings import Finding
from ._model import RATE_ROUNDING
from ._probe import Probe

DTYPES = ("float64", "float32", "bfloat16")
ROUNDED = "float64 rounded to float32"


def find_determinism(probe: Probe) -> Finding:
    """Whether the same gradients make the same run, to the bit, compiled or not."""
    g = probe.rng.normal(size=(48, *probe.gradient_shape))
    x0 = probe.rng.normal(size=probe.shape)
    first, second = (probe.course(g, x0).x for _ in range(2))
    if not np.array_equal(first, second, equal_nan=True):
        t = int(np.argmax((first != second).reshape(len(first), -1).any(axis=1)))
        return Finding("determinism", "two runs differ", f"the same 48 gradients part at step {t}", "measured")
    said = "48 random gradients twice from the same start: the same x to the bit"
    plain = probe.box.uncompiled()
    if plain is not None:
        short = plain.run(x0.astype(probe.dtype), g[:6], learning_rate=probe.rate).x
        apart = np.abs(short.astype(float) - first[:7].astype(float)).max()
        bound = 64 * unit_roundoff(probe.dtype) * (1 + np.abs(x0).max())
        bound += 4 * RATE_ROUNDING * np.abs(np.diff(short.astype(float), axis=0)).max()
        if not apart <= bound:
            told = f"compiled and operation by operation differ by {apart:.3g} within 6 steps"
            return Finding("determinism", "compiled it is another method", told, "measured")
        said += f"; operation by operation the same to {apart:.1g}"
    return Finding("determinism", "deterministic", said, "seen in samples")


def find_dtypes(probe: Probe) -> tuple[Finding, dict[str, str]]:
    """In which dtypes it runs, and which it hands back."""
    found: dict[str, str] = {}
    g = probe.rng.normal(size=(6, *probe.gradient_shape))
    for dtype in DTYPES:
        try:
            x0 = np.ones(probe.shape).astype(_dtype(dtype))
            course = probe.box.run(x0, g.astype(x0.dtype), learning_rate=probe.rate)
            found[dtype] = course.dtype if np.isfinite(course.x.astype(float)).all() else "not a number"
        except Exception as error:  # noqa: BLE001  # whatever the optimizer says to a dtype it does not take
            found[dtype] = f"refused: {reason_of(error)}"
    if found["float64"] == "float64" and probe.dtype == "float32":
        found["float64"] = ROUNDED
    kept = [dtype for dtype, came in found.items() if came == dtype]
    changed = [f"{dtype} → {came}" for dtype, came in found.items() if came != dtype]
    words = "keeps " + ", ".join(kept) if kept else "keeps no dtype"
    if changed:
        words += "; " + ", ".join(changed)
    return Finding("dtypes", words, "6 steps in each", "measured", values=found), found


def _dtype(name: str) -> np.dtype:
    import jax.numpy as jnp

    return np.dtype(jnp.dtype(name))


def find_not_a_number(probe: Probe) -> Finding:
    """What one NaN, and one infinite entry, of a gradient do."""
    told = []
    values = {}
    for name, wrong in (("NaN", np.nan), ("infinite", np.inf)):
        g = probe.rng.normal(size=(12, *probe.shape))
        g.reshape(12, -1)[2, 0] = wrong
        try:
            x = probe.x(g).reshape(13, -1)
        except Exception as error:  # noqa: BLE001  # to refuse such a gradient is a way to deal with it
            told.append(f"one {name} entry of a gradient is refused: {reason_of(error)}")
            values[name] = f"refused: {reason_of(error)}"
            continue
        broken = ~np.isfinite(x)
        if not broken.any():
            told.append(f"one {name} entry of a gradient leaves x a number")
            values[name] = "stays finite"
        else:
            entries, last = int(broken.any(axis=0).sum()), bool(broken[-1].any())
            which = "that entry" if entries == 1 else f"{entries} of {x.shape[1]} entries"
            told.append(f"one {name} entry of a gradient makes {which} of x no number{' for good' if last else ''}")
            values[name] = f"{entries} entries, {'for good' if last else 'for a while'}"
    return Finding("not a number", "; ".join(told), "12 steps, the third with it", "measured", values=values)
