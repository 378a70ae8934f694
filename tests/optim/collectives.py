"""What compiled programs send between devices, read off their text."""

import re
from math import prod

KINDS = "all-reduce|all-gather|reduce-scatter|collective-permute|all-to-all"
PATTERN = re.compile(rf"= (.*?) ({KINDS})(?:-start)?\(")


def collectives(text: str) -> list[tuple[str, int]]:
    """(kind, how many numbers it delivers) of every collective operation in a compiled program."""
    found = []
    for shapes, kind in PATTERN.findall(text):
        sizes = [prod(int(n) for n in dims.split(",") if n) for dims in re.findall(r"\w+\[([\d,]*)\]", shapes)]
        found.append((kind, sum(sizes)))
    return found
