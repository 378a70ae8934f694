"""What a member of the zoo truly is: the answers that an audit must find by probing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ...convex import ConvexFunction
from .._black_box import StepFunction
from .._decay_kinds import kept_radius


@dataclass(frozen=True)
class Member:
    """One optimizer, with what is true of it.

    - `name`; `source`, with the arXiv number where there is one; `remark`: what to know beside the table.
    - `factory(learning_rate=…, weight_decay=…, **constants)`: the optimizer, a `StepFunction`.
    - `K`: the convex function whose subgradient it follows; None where there is none.
    - `beta1`, `beta2`: the constants of the two-β form at the factory's defaults; None where it has no such form.
    - `decay`: a kind of `kept_radius`.   `norm`: of the set it keeps, None where it keeps none.
    - `width`: the largest size of a direction in that norm, at the factory's defaults; a number, or a function of the
      shape of x.
    - `seen_as`: the kind of decay that can be told from outside, where it is another one.
    - `is_filled`: whether the whole ball can be reached, and not only points of its boundary.
    """

    name: str
    factory: Callable[..., StepFunction]
    source: str
    K: ConvexFunction | None
    beta1: float | None
    beta2: float | None
    decay: str = "decoupled"
    norm: str | None = "linf"
    width: float | Callable[[tuple[int, ...]], float] = 1.0
    is_filled: bool = True
    remark: str = ""
    seen_as: str | None = None
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def is_lion_k(self) -> bool:
        """Whether it is x⁺ = x + η(∇K(m̃) − λx) for a convex K and some λ ≥ 0, explicit or implicit.

        Independent decay is: a constant peak of the learning rate makes it decoupled decay with λ/η_peak for λ.
        """
        return self.K is not None and self.decay in ("decoupled", "independent", "implicit", "none")

    @property
    def visible_decay(self) -> str:
        """The kind of decay that probing can tell."""
        return self.seen_as or self.decay

    def radius(self, learning_rates: Any, weight_decay: float, shape: tuple[int, ...] = (4,)) -> float | None:
        """The radius it keeps under this schedule, in its own norm; None where it keeps no set."""
        if self.norm is None:
            return None
        width = self.width(shape) if callable(self.width) else self.width
        return kept_radius(self.decay, learning_rates, weight_decay, width)

    def build(self, learning_rate: Any = 0.01, weight_decay: float = 1.0, **constants: Any) -> StepFunction:
        """The optimizer with these constants and the member's own options."""
        return self.factory(learning_rate=learning_rate, weight_decay=weight_decay, **{**self.options, **constants})
