"""What a search comes back with: weights and their proof, or what refutes every choice of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from ..proofs.bracket.replay import Step, Weights
from ..proofs.bracket.smooth_loss import interpolations, is_positive_semidefinite, is_square, square_of
from ..proofs.bracket.step import Method, one_step
from ..proofs.gram import Expression, value, vector
from ._fixed_points import Restless


@dataclass(frozen=True)
class Certificate:
    """The proof that ΔH ≤ rise·‖x⁺−x‖² for every convex K and every L-smooth f.

        rise·‖x⁺−x‖² − ΔH = Σ remainders[i, j]·D_K(i; j) + (1 + balance)·A + balance·B + S(V, d, s)

    D_K(i; j) ≥ 0 are Bregman remainders of K at the points m, m~ (the look-ahead), m+, z and z+; A, B ≥ 0 what an
    L-smooth f obeys between x and x⁺; S a positive semidefinite form of V = (x⁺−x)/η, d = ∇f(x⁺)−∇f(x), s = m+∇f(x).
    All in units with η = L = 1, which only scale the weights.
    """

    method: Method
    weights: Weights
    rise: Fraction
    remainders: Mapping[tuple[str, str], Fraction]
    balance: Fraction

    def is_valid(self) -> bool:
        """Whether the identity holds, its weights are ≥ 0 and S is positive semidefinite: in rational arithmetic."""
        left = self._left()
        is_signed = self.balance >= 0 and all(weight >= 0 for weight in self.remainders.values())
        return is_signed and all(map(is_square, left.terms)) and is_positive_semidefinite(square_of(left))

    def square(self) -> list[list[Fraction]]:
        """The matrix of S, for V, d, s in this order."""
        return square_of(self._left())

    def _left(self) -> Expression:
        k, question = self.method, one_step(self.method.constants)
        eta, L = k.step_size, k.smoothness
        c, V, d, s = k.constants, vector("V"), vector("d"), vector("s")
        s_next = c.beta2 * s + d
        # H is in Lη², K in Lη² per slope, and f's part in Lη²: the weights of K lose an η, the square gains an L.
        plain = {"conjugate": self.weights.conjugate / eta, "momentum": self.weights.momentum / eta}
        rise = question.rise({**plain, "product": -self.weights.product / eta})
        rise = rise + value("f") + self.weights.square * L * (s_next @ s_next - s @ s)
        left = self.rise / L * (V @ V) - rise
        known = question.remainders()
        for pair, weight in self.remainders.items():
            left = left - weight * known[pair]
        bounds = interpolations(s - question.samples["m"].point)
        return left - (1 + self.balance) * bounds["f at x+"] - self.balance * bounds["f at x"]


@dataclass(frozen=True)
class Finding:
    """The answer to a search. Every number in it is a fraction found in exact arithmetic, none is a solver's.

    Certified, and to be checked again without the search: that H rises by at most `rise` (`certificate`), that these
    weights need as much (`worst_step`), that a form cannot rest (`restless`). That no other weights of the form need
    less is the optimum of a linear program whose dual was checked when it was solved, with the formula of `_rise.py`.

    - `word`: "found", or "infeasible": no weights of the form keep H from rising by more than was asked (with no rise
      asked for: by more than any multiple of ‖x⁺−x‖²).   `said`: what this means, in a sentence.
    - `weights`: H as found, `square` being that of ‖m + ∇f(x)‖².   `rise`: ΔH ≤ rise·‖x⁺−x‖², the least of the form.
    - `brackets`: the least and the largest weight of the bracket K(m) − ⟨λx, m⟩ with the same rise; None where the
      candidate fixes it.
    - `certificate`: the proof of "found"; `certificate.is_valid()` checks it again.
    - `worst_step`: a step on an explicit K and f, in rational numbers, that rises by all of `rise`; where no rise will
      do, one that rises by more than was asked, or than 1000 L. None where none was built.
    - `restless`: see there; for a form whose gradient cannot vanish at all fixed points.
    """

    word: Literal["found", "infeasible"]
    said: str
    weights: Weights | None = None
    rise: Fraction | None = None
    brackets: tuple[Fraction, Fraction] | None = None
    certificate: Certificate | None = None
    worst_step: Step | None = None
    restless: Restless | None = None
