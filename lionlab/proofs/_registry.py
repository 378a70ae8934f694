"""The proofs there are. Adding one is one file and one line here."""

import functools
import importlib

from ._proof import Proof

# Each module defines PROOFS, a tuple of `Proof`.
MODULES: tuple[str, ...] = ()


@functools.cache
def proofs() -> tuple[Proof, ...]:
    """Every proof of the library."""
    found = [proof for name in MODULES for proof in importlib.import_module(f"{__package__}.{name}").PROOFS]
    pairs = [(proof.claim, proof.route) for proof in found]
    repeated = {pair for pair in pairs if pairs.count(pair) > 1}
    if repeated:
        raise ValueError(f"a claim has at most one proof by each route, repeated: {sorted(repeated)}.")
    return tuple(found)


def proofs_of(claim_id: str) -> tuple[Proof, ...]:
    """The proofs of one claim."""
    return tuple(proof for proof in proofs() if proof.claim == claim_id)
