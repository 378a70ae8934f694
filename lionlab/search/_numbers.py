"""Numbers as they are meant: 0.9 is nine tenths, not the binary number beside it."""

import math
from fractions import Fraction
from numbers import Rational
from typing import Any

Number = int | float | str | Fraction


def exact(name: str, number: Any) -> Fraction:
    """`number` as a fraction: a float is the shortest decimal that prints it, a string "6/7" or "0.25".

    **Raises:** `TypeError` for what is no number, `ValueError` for what is not finite or not written as one.
    """
    if hasattr(number, "item") and getattr(number, "shape", None) == () and not isinstance(number.item(), bool):
        number = str(number)  # an array scalar prints as short as its precision allows: float32(0.9) is 0.9
    if isinstance(number, bool) or not isinstance(number, (Rational, float, str)):
        raise TypeError(f"{name} must be a number, a fraction or a string such as '6/7', got {number!r}.")
    if isinstance(number, float) and not math.isfinite(number):
        raise ValueError(f"{name} must be finite, got {number!r}.")
    try:
        return Fraction(str(number) if isinstance(number, float) else number)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{name} must be written as a number, such as '0.9' or '6/7', got {number!r}.") from None


def method_of(
    beta1: Number, beta2: Number, step_size: Number, weight_decay: Number, smoothness: Number, decay: str
) -> Any:
    """The constants, checked, with the step size of implicit decay.

    **Raises:** `ValueError` in words where one is out of its range.
    """
    from ..proofs.bracket.step import Method

    if decay not in ("explicit", "implicit"):
        raise ValueError(f"decay must be 'explicit' or 'implicit', got {decay!r}.")
    b1, b2 = exact("beta1", beta1), exact("beta2", beta2)
    eta, lam, L = exact("step_size", step_size), exact("weight_decay", weight_decay), exact("smoothness", smoothness)
    for name, number in (("step_size", eta), ("weight_decay", lam), ("smoothness", L)):
        if number <= 0:
            hint = " Without decay there is no K* in H." if name == "weight_decay" else ""
            raise ValueError(f"{name} must be > 0, got {number}.{hint}")
    for name, number in (("beta1", b1), ("beta2", b2)):
        if not 0 <= number < 1:
            raise ValueError(f"{name} must be in [0, 1), got {number}.")
    if decay == "explicit":
        if eta * lam >= 1:
            raise ValueError(
                f"step_size · weight_decay is {eta * lam}; explicit decay needs less than 1. Take a smaller step."
            )
        eta = eta / (1 - eta * lam)
    return Method(b1, b2, eta, lam, L)
