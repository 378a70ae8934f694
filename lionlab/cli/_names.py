"""Names as people type them: in any case where only one is meant, and with the nearest ones where none is."""

from collections.abc import Collection

from ._ending import USAGE, Ending


def resolved(name: str, names: Collection[str]) -> str:
    """The one of `names` that is meant, or `name` itself where there is none: whoever looks it up says so.

    **Raises:** `Ending` where the name differs from several only in its capitals.
    """
    if name in names:
        return name
    meant = sorted(other for other in set(names) if other.casefold() == name.casefold())
    if len(meant) > 1:
        raise Ending(USAGE, f"{name!r} may be {' or '.join(meant)}; write one of them.")
    return meant[0] if meant else name


def near(name: str, names: Collection[str], likeness: float = 0.4) -> list[str]:
    """At most three of `names` that look like it, the nearest first; `likeness` as `difflib` measures it."""
    import difflib

    by_folded = {other.casefold(): other for other in names}
    found = difflib.get_close_matches(name.casefold(), by_folded, n=3, cutoff=likeness)
    return [by_folded[folded] for folded in found]
