"""The transform on a grid against brute force, exact hulls in rational arithmetic, and wrongs it must not have."""

from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np
import pytest

from lionlab.conjugation import _lower_hull as hull_module
from lionlab.conjugation._legendre import GridConjugate, convex_envelope, legendre_transform
from lionlab.conjugation._lower_hull import lower_hull
from lionlab.precision import unit_roundoff

U = unit_roundoff(np.float64)
RNG = np.random.default_rng(4)
SIZE = 3000


def graphs() -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Convex, piecewise linear, concave, with few and with many valleys, and noise, on even and uneven points."""
    x = np.linspace(-3, 3, SIZE)
    yield "quartic", x, x**4 / 4
    yield "absolute value", x, np.abs(x)
    yield "two valleys", x, np.minimum((x - 1) ** 2, (x + 1) ** 2)
    yield "uneven valleys", x, np.minimum((x - 2.2) ** 2 + 0.3, 5 * (x + 0.5) ** 2)
    yield "concave", x, -(x**2)
    yield "noise", x, RNG.normal(size=SIZE)
    yield "parabola and noise", x, x**2 + 1e-3 * RNG.normal(size=SIZE)
    yield "random walk", x, np.cumsum(RNG.normal(size=SIZE))
    yield "many valleys", x, x**2 + np.cos(SIZE * x) / SIZE
    yield "valleys at all scales", x, x**2 - sum(2.0**-k * np.abs(np.cos(3.0**k * x)) for k in range(1, 8))
    uneven = np.sort(RNG.exponential(size=SIZE).cumsum())
    yield "uneven points", uneven, uneven * np.log(uneven + 1) + 50 * np.sin(uneven / 30)
    yield "a hole in the domain", x, np.where(np.abs(x) < 1, np.inf, x**2)
    yield "an end of the domain", x, np.where(np.abs(x - 0.5) < 1, np.sin(5 * x), np.inf)
    yield "one finite value", x, np.where(np.arange(SIZE) == 7, 2.0, np.inf)
    yield "one point", np.array([2.0]), np.array([-1.0])
    yield "two points", np.array([-1.0, 2.0]), np.array([5.0, -1.0])


GRAPHS = {name: (x, f) for name, x, f in graphs()}
SLOPES = np.concatenate([RNG.normal(scale=10.0, size=150), RNG.normal(scale=0.01, size=50), [0.0, 1.0, -1.0, 1e6]])
Transform = Callable[[np.ndarray, np.ndarray, np.ndarray], GridConjugate]


def brute_force(x: np.ndarray, f: np.ndarray, s: np.ndarray) -> np.ndarray:
    return np.max(s[:, None] * x - f, axis=1)


def broken_laws(transform: Transform, x: np.ndarray, f: np.ndarray, s: np.ndarray) -> set[str]:
    """Which properties of a conjugate a transform lacks on one graph."""
    values, is_beyond, maximisers = transform(x, f, s)
    inside = np.isfinite(f)
    terms = np.abs(s)[:, None] * np.abs(x[inside]) + np.abs(f[inside])
    # Both sides round the same product and difference, and the hull's slopes err by a few roundings of the terms.
    rounding = 8 * U * terms.max(axis=1)
    broken = set()
    if not (np.abs(values - brute_force(x, f, s)) <= rounding).all():
        broken.add("brute force")
    place = np.searchsorted(x, maximisers)
    if not (np.isin(maximisers, x).all() and (np.abs(s * maximisers - f[place] - values) <= rounding).all()):
        broken.add("attained")
    if not (values[:, None] + f[inside] - s[:, None] * x[inside] >= -rounding[:, None]).all():
        broken.add("Fenchel-Young")
    rising = np.argsort(s)
    if not (np.diff(maximisers[rising]) >= 0).all():
        broken.add("monotone")
    # Beyond: the end of the grid wins with nothing known outside, and still does for a slope a little less steep.
    nudge = 1e-9 * (1 + np.abs(s))
    first, last = x[inside][[0, -1]]
    before = transform(x, f, s + nudge).maximisers == first
    after = transform(x, f, s - nudge).maximisers == last
    surely = (inside[0] & before) | (inside[-1] & after)
    perhaps = (inside[0] & (maximisers == first)) | (inside[-1] & (maximisers == last))
    if (surely & ~is_beyond).any() or (is_beyond & ~perhaps).any():
        broken.add("beyond")
    return broken


@pytest.mark.parametrize("name", GRAPHS)
def test_every_law_holds(name: str) -> None:
    assert broken_laws(legendre_transform, *GRAPHS[name], SLOPES) == set()


def planted(name: str) -> Transform:
    def transform(x: np.ndarray, f: np.ndarray, s: np.ndarray) -> GridConjugate:
        found = legendre_transform(x, f, s)
        inside = np.flatnonzero(np.isfinite(f))
        if name == "hull without its second vertex":
            vertices, _, _ = lower_hull(x[inside], f[inside])
            return legendre_transform(x, np.where(x == vertices[1], np.inf, f), s)
        if name == "maximiser one vertex too far":
            further = np.minimum(np.searchsorted(x, found.maximisers) + 1, inside[-1])
            return found._replace(values=s * x[further] - f[further], maximisers=x[further])
        if name == "scaled by 0.99":
            return found._replace(values=0.99 * found.values)
        if name == "+inf taken for a number":
            return legendre_transform(x, np.where(np.isfinite(f), f, 7.0), s)
        if name == "beyond is never said":
            return found._replace(is_beyond=np.zeros_like(found.is_beyond))
        return found._replace(is_beyond=found.maximisers == x[inside[-1]])

    return transform


@pytest.mark.parametrize(
    ("wrong", "law"),
    [
        ("hull without its second vertex", "brute force"),
        ("maximiser one vertex too far", "brute force"),
        ("scaled by 0.99", "brute force"),
        ("scaled by 0.99", "attained"),
        ("scaled by 0.99", "Fenchel-Young"),
        ("+inf taken for a number", "brute force"),
        ("beyond is never said", "beyond"),
        ("beyond at an end of the domain", "beyond"),
    ],
)
def test_a_planted_wrong_is_caught(wrong: str, law: str) -> None:
    slopes = np.linspace(-8, 8, 400)
    x = np.linspace(-3, 3, 60)
    graph = (x, np.where(np.abs(x) <= 2.5, x**2, np.inf)) if "inf" in wrong or "domain" in wrong else (x, x**2)
    assert broken_laws(legendre_transform, *graph, slopes) == set()
    assert law in broken_laws(planted(wrong), *graph, slopes)


def exact_hull(x: list[int], f: list[int]) -> list[int]:
    """Andrew's monotone chain in rational arithmetic; points on an edge are no vertices."""
    hull: list[int] = []
    for i in range(len(x)):
        while len(hull) > 1 and Fraction(f[hull[-1]] - f[hull[-2]], x[hull[-1]] - x[hull[-2]]) >= Fraction(
            f[i] - f[hull[-1]], x[i] - x[hull[-1]]
        ):
            hull.pop()
        hull.append(i)
    return hull


def test_the_hull_of_whole_numbers_is_exact() -> None:
    """Small whole numbers have many points on one line; slopes with small denominators are told apart in float64."""
    for trial in range(300):
        size = int(RNG.integers(1, 80))
        x = np.cumsum(RNG.integers(1, 4, size))
        f = RNG.integers(0, [3, 12, 1000][trial % 3], size)
        if trial % 2:
            f = f // 4 + (x - x.mean().astype(int)) ** 2 // [1, 7][trial % 4 // 2]
        expected = exact_hull(x.tolist(), f.tolist())
        points, values, slopes = lower_hull(x.astype(float), f.astype(float))
        assert points.tolist() == x[expected].tolist()
        assert values.tolist() == f[expected].tolist()
        assert (np.diff(slopes) > 0).all()


@pytest.mark.parametrize("few", [0.0, 1 / 16, 1.0])
def test_layers_bridges_and_the_walk_find_one_hull(few: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hull_module, "FEW", few)  # 0: layers only, 1: bridges only
    if few == 0:
        monkeypatch.setattr(hull_module, "MOST_PASSES", 3)  # then the walk
    for name, (x, f) in GRAPHS.items():
        inside = np.isfinite(f)
        x, f = x[inside], f[inside]
        points, values, _ = lower_hull(x, f)
        walked, heights, _ = hull_module._by_one_walk(x, f)
        scale = np.abs(f).max()
        assert np.abs(np.interp(x, points, values) - np.interp(x, walked, heights)).max() <= 64 * U * scale, name


def test_passes_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Places to split halve with every pass of bridges, however many valleys there are."""
    passes = []
    monkeypatch.setattr(
        hull_module, "_by_one_walk", lambda *_: pytest.fail("the slow walk is for rounding that errs without end")
    )
    counted = hull_module.difference_quotients
    monkeypatch.setattr(hull_module, "difference_quotients", lambda *graph: passes.append(1) or counted(*graph))
    for name, (x, f) in GRAPHS.items():
        passes.clear()
        lower_hull(x[np.isfinite(f)], f[np.isfinite(f)])
        assert len(passes) <= 20, name


def test_slopes_in_any_order_and_shape() -> None:
    x, f = GRAPHS["two valleys"]
    shuffled = SLOPES[:200].reshape(4, 50)
    found = legendre_transform(x, f, shuffled)
    sorted_found = legendre_transform(x, f, np.sort(SLOPES[:200]))
    assert all(array.shape == (4, 50) for array in found)
    assert np.array_equal(np.sort(found.maximisers.ravel()), np.sort(sorted_found.maximisers))
    assert legendre_transform(x, f, 0.5).values.shape == ()
    assert legendre_transform(x, f, []).values.shape == (0,)
    # Few slopes per point and many, where the merge walks and where it searches.
    many = np.linspace(-1, 1, 200_000)
    assert np.array_equal(
        legendre_transform(x[:5], f[:5], many).values[::1000], brute_force(x[:5], f[:5], many[::1000])
    )


def test_the_grid_errs_by_no_more_than_its_width_says() -> None:
    x = np.linspace(-3, 3, 101)
    s = np.linspace(-2.9, 2.9, 777)
    short_by = s**2 / 2 - legendre_transform(x, x**2 / 2, s).values
    h = x[1] - x[0]
    assert (short_by >= -4 * U).all()
    assert short_by.max() <= h / 2 * h
    assert short_by.max() >= h**2 / 9  # h²/8 exactly, in the middle of a cell


@pytest.mark.parametrize("name", [name for name, (x, _) in GRAPHS.items() if len(x) > 2])
def test_the_envelope_is_the_biconjugate(name: str) -> None:
    x, f = (array[::60] for array in GRAPHS[name])
    if not np.isfinite(f).any():
        return
    inside = np.isfinite(f)
    envelope = convex_envelope(x, f)
    # Independent: the lowest chord above every point.
    px, pf = x[inside], f[inside]
    a, b = np.meshgrid(np.arange(px.size), np.arange(px.size), indexing="ij")
    expected = np.full(x.size, np.inf)
    for i, t in enumerate(x):
        spans = (px[a] <= t) & (t <= px[b])
        width = np.where(a == b, 1.0, px[b] - px[a])
        chords = pf[a] + np.where(a == b, 0.0, (t - px[a]) / width) * (pf[b] - pf[a])
        expected[i] = np.min(chords, where=spans, initial=np.inf)
    scale = np.abs(pf).max()
    assert np.array_equal(np.isfinite(envelope), np.isfinite(expected))
    known = np.isfinite(expected)
    assert np.abs(envelope[known] - expected[known]).max() <= 16 * U * scale
    assert (envelope <= f).all()
    # Twice the transform: slopes at the vertices' edges are all that matters.
    _, _, edges = lower_hull(px, pf)
    if edges.size:
        again = legendre_transform(edges, legendre_transform(px, pf, edges).values, x[known])
        inner = ~again.is_beyond
        terms = np.abs(edges).max() * np.abs(px).max() + scale
        assert (np.abs(again.values - envelope[known])[inner] <= 16 * U * terms).all()


@pytest.mark.parametrize(
    ("points", "values", "slopes", "words"),
    [
        ([0, 0, 1], [0, 0, 0], [0], "increase strictly"),
        ([0, np.nan, 1], [0, 0, 0], [0], "increase strictly"),
        ([-np.inf, 0], [0, 0], [0], "finite"),
        ([0, 1], [0, np.nan], [0], "hold nan"),
        ([0, 1], [0, -np.inf], [0], "hold -inf"),
        ([0, 1], [np.inf, np.inf], [0], "no domain"),
        ([0, 1], [0], [0], "one length"),
        ([], [], [0], "one length"),
        ([0, 1], [0, 0], [np.inf], "slopes must be finite"),
        ([0, 1e-300], [0, 1e100], [0], "rescale"),
    ],
)
def test_refusals(points: list[float], values: list[float], slopes: list[float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        legendre_transform(points, values, slopes)
