"""`check`: a proof is run, then its planted wrongs, then ever smaller errors in each coefficient."""

import importlib
import time
from dataclasses import dataclass
from fractions import Fraction

from ._proof import Outcome, Proof

# Relative errors tried in every coefficient, largest first; the first alone when quick.
LADDER = (Fraction(1, 10**3), Fraction(1, 10**6), Fraction(1, 10**9))


@dataclass(frozen=True)
class Checked:
    """A proof with its outcome and what is known of its power to refute.

    - `missing`: modules that are not installed; nothing was run then.
    - `missed`: planted wrongs that were not refuted.
    - `detected`: smallest relative error in a coefficient, of those tried, that was refuted in every coefficient; None
      where none was, or none was tried.
    """

    proof: Proof
    outcome: Outcome
    missing: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    detected: Fraction | None = None
    seconds: float = 0.0

    @property
    def is_proved(self) -> bool:
        """Proved, with every planted wrong refuted, the largest error in every coefficient included."""
        return self.outcome.word == "proved" and not self.missed


def missing_modules(proof: Proof) -> tuple[str, ...]:
    """What `proof` needs and this environment lacks, or has in a form that cannot be imported."""
    return tuple(name for name in proof.needs if not _is_there(name))


def _is_there(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def check(proof: Proof, *, is_quick: bool = False) -> Checked:
    """Runs `proof` and what is planted in it. Where a module is missing the outcome is "undecided"."""
    start = time.perf_counter()
    missing = missing_modules(proof)
    if missing:
        said = f"needs {', '.join(missing)}, of the extra `rigor`, which is not installed or cannot be imported."
        return Checked(proof, Outcome("undecided", said), missing=missing)
    outcome = proof.prove(proof.subject, is_quick)
    missed = [one.description for one in proof.planted if proof.prove(one.subject, is_quick).word != "refuted"]
    detected = None
    if proof.perturbed is not None:
        for size in LADDER[: 1 if is_quick else None]:
            unseen = [name for name in proof.coefficients if not _is_refuted(proof, name, size, is_quick)]
            if unseen:
                if detected is None:
                    missed += [f"a relative error of {float(size):g} in {name}" for name in unseen]
                break
            detected = size
    return Checked(proof, outcome, (), tuple(missed), detected, time.perf_counter() - start)


def _is_refuted(proof: Proof, name: str, size: Fraction, is_quick: bool) -> bool:
    assert proof.perturbed is not None
    return proof.prove(proof.perturbed(name, size), is_quick).word == "refuted"
