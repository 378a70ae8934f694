"""∇K in torch is K.subgradient: every function of the catalogue, at zeros, ties and every scale."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra interop: make interop")

import torch
from strategies import HUGE, TINY
from tiers import VARIANTS, waiting

from lionlab.convex import (
    ConvexFunction,
    CustomFunction,
    DeadzoneL1,
    GroupL2Norm,
    Huber,
    InfimalConvolution,
    L1Norm,
    L2Norm,
    LinfNorm,
    LogCosh,
    MoreauEnvelope,
    NuclearNorm,
    PseudoHuber,
    SortedL1Norm,
    SquaredL2,
    TopKL1,
    Translated,
)
from lionlab.convex.catalogue import CATALOGUE
from lionlab.precision import double_precision, unit_roundoff
from lionlab.torch import Direction, register_direction, subgradient, through_jax
from lionlab.torch._direction import _BUILDERS, build_direction

REFUSED = {"infimal convolution"}
# Where singular values tie, or are as small as rounding, the singular vectors are anybody's choice.
OF_SINGULAR_VALUES = {"nuclear", "nuclear wide", "spectral", "schatten 1.5", "sum of matrices", "truncated spectral"}
LANDMARKS = [0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 0.3, -0.3, 2.0]
# tanh, powers and norms of a few entries, once in JAX and once in torch.
ROUNDINGS = 64


def points(shape: tuple[int, ...], dtype: str, count: int = 40) -> np.ndarray:
    """Zeros, ties and kinks; ordinary entries; and both at huge, tiny and mixed scales."""
    random = np.random.default_rng(len(shape))
    size = int(np.prod(shape))
    half = count // 2
    flat = np.concatenate([random.choice(LANDMARKS, size=(half, size)), random.normal(size=(count - half, size)) * 2])
    flat[0] = 0
    flat[3::8] *= HUGE.get(dtype, 100.0)
    flat[5::8] *= TINY.get(dtype, 1e-2)
    flat[6::8, : size // 2] *= TINY.get(dtype, 1e-2)
    # Beyond what a square can hold.
    flat[7::16] *= HUGE.get(dtype, 1.0) ** 2
    flat[4::16] *= TINY.get(dtype, 1.0) ** 2
    return flat.reshape(count, *shape).astype(dtype)


def in_jax(K: ConvexFunction, z: np.ndarray) -> np.ndarray:
    with double_precision():
        return np.asarray(jax.jit(jax.vmap(K.selection))(jnp.asarray(z)))


def in_torch(z: np.ndarray, direction: Callable[[torch.Tensor], torch.Tensor]) -> np.ndarray:
    return np.stack([direction(torch.from_numpy(one)).numpy() for one in z])


def mismatches(found: np.ndarray, wanted: np.ndarray, z: np.ndarray) -> np.ndarray:
    """The points at which two selections differ by more than rounding of the largest entry."""
    axes = tuple(range(1, wanted.ndim))
    allowed = ROUNDINGS * unit_roundoff(z.dtype) * np.max(np.abs(wanted), axis=axes, keepdims=True)
    return np.flatnonzero(~np.all(np.abs(found - wanted) <= allowed, axis=axes))


CASES = [(name, dtype) for dtype in ("float32", "float64") for name in CATALOGUE if name not in REFUSED]


@pytest.mark.parametrize("case", waiting(CASES, [case for case in CASES if case[0] in VARIANTS]), ids=" ".join)
def test_the_selection_is_that_of_the_function(case: tuple[str, str]) -> None:
    name, dtype = case
    K, shape = CATALOGUE[name]
    z = points(shape, dtype)
    found, wanted = in_torch(z, lambda one: subgradient(K, one)), in_jax(K, z)
    wrong = mismatches(found, wanted, z)
    if name in OF_SINGULAR_VALUES:
        # At those points any subgradient will do, but it must be one.
        assert len(wrong) < len(z) / 2
        wrong = [i for i in wrong if not is_subgradient(K, z[i], found[i])]
    assert len(wrong) == 0, (z[wrong[0]], found[wrong[0]], wanted[wrong[0]])


def is_subgradient(K: ConvexFunction, z: np.ndarray, u: np.ndarray) -> bool:
    """For a norm K: u in the dual ball and ⟨u, z⟩ = K(z), to the rounding of singular values in z's precision."""
    exact, chosen = z.astype(np.float64), u.astype(np.float64)
    rounding = ROUNDINGS * unit_roundoff(z.dtype) * sum(z.shape)
    size = float(K(exact))
    return float(K.conjugate().domain_distance(chosen)) <= rounding and size - np.sum(chosen * exact) <= rounding * size


@pytest.mark.parametrize("K", [NuclearNorm()], ids=repr)
def test_no_subgradient_of_a_matrix_is_caught(K: ConvexFunction) -> None:
    z = points((3, 3), "float64")[30]
    u = in_torch(z[None], lambda one: subgradient(K, one))[0]
    assert is_subgradient(K, z, u)
    assert not is_subgradient(K, z, 0.999 * u)
    assert not is_subgradient(K, z, 1.001 * u)
    assert not is_subgradient(K, z, u.T)


HALF = [
    L1Norm(), DeadzoneL1(0.3), Huber(0.5), LogCosh(2.0), SquaredL2(0.3), L2Norm(), LinfNorm(), TopKL1(2),
    GroupL2Norm([[0, 3], [1], [2]]), SortedL1Norm([2.0, 1.0, 1.0, 0.25]),
]  # fmt: skip


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=["float16", "bfloat16"])
def test_half_precision_selects_alike(dtype: torch.dtype) -> None:
    short = torch.from_numpy(points((4,), "float32")[:24] % 8).to(dtype)
    z = np.asarray(short.float().numpy(), "float16" if dtype == torch.float16 else jnp.bfloat16)
    for K in HALF:
        found = torch.stack([subgradient(K, one) for one in short])
        assert found.dtype == dtype
        wrong = mismatches(found.double().numpy(), in_jax(K, z).astype(np.float64), z)
        # 64 roundings of half precision leave signs and choices apart, and little else.
        assert len(wrong) == 0, (K, z[wrong[0]], found[int(wrong[0])])


ENTRYWISE = [L1Norm(), DeadzoneL1(0.3), Huber(0.5), PseudoHuber(0.5), LogCosh(2.0), SquaredL2(0.3)]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("K", ENTRYWISE, ids=repr)
def test_lists_in_place_are_the_expression(K: ConvexFunction, dtype: str) -> None:
    info = np.finfo(dtype)
    special = [np.nan, np.inf, -np.inf, info.tiny, -info.tiny, info.smallest_subnormal, info.max, -info.max, 0.0]
    z = torch.from_numpy(np.concatenate([points((4,), dtype).ravel(), np.asarray(special, dtype)]))
    direction = build_direction(K)
    wanted = direction.function(z)
    for lists in ([z.clone()], [z.clone(), z.clone()]):
        direction.in_place(lists)
        for found in lists:
            torch.testing.assert_close(found, wanted, rtol=4 * info.eps, atol=0, equal_nan=True)
    assert torch.isnan(wanted[-9])
    assert wanted[-8] > 0
    assert wanted[-7] == -wanted[-8]


def last_largest(z: torch.Tensor) -> torch.Tensor:
    return subgradient(LinfNorm(), z.flip(0)).flip(0)


PLANTED = {
    "sign(0) = 1": (L1Norm(), lambda z: torch.where(z >= 0, 1.0, -1.0).to(z.dtype)),
    "the zone without its edge": (DeadzoneL1(0.5), lambda z: torch.where(z.abs() < 0.5, 0, torch.sign(z))),
    "last of the largest": (LinfNorm(), last_largest),
    "last of the tied": (TopKL1(2), lambda z: subgradient(TopKL1(2), z.flip(0)).flip(0)),
    "all of the tied": (TopKL1(2), lambda z: torch.where(z.abs() >= z.abs().topk(2).values[-1], torch.sign(z), 0)),
    "ranks reversed at ties": (
        SortedL1Norm([2.0, 1.0, 0.5, 0.3]),
        lambda z: subgradient(SortedL1Norm([2.0, 1.0, 0.5, 0.3]), z.flip(0)).flip(0),
    ),
    "squares that vanish": (L2Norm(), lambda z: z / torch.clamp(torch.sqrt((z * z).sum()), min=1e-38)),
    "clipped, not divided": (Huber(0.5), lambda z: torch.clamp(z, -0.5, 0.5)),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_wrong_is_caught(name: str) -> None:
    K, wrong = PLANTED[name]
    z = points((4,), "float32")
    assert len(mismatches(in_torch(z, wrong), in_jax(K, z), z))


def test_what_has_no_form_in_torch_is_refused_until_it_is_registered() -> None:
    K, z = InfimalConvolution([L1Norm(), SquaredL2()]), torch.tensor([0.3, -2.0])
    with pytest.raises(TypeError, match=r"register_direction\(InfimalConvolution, lionlab.torch.through_jax\)"):
        subgradient(K, z)
    with pytest.raises(TypeError, match="CustomFunction has no direction"):
        subgradient(MoreauEnvelope(CustomFunction(lambda z: jnp.sum(z**2), is_smooth=True), 0.5), z)
    register_direction(InfimalConvolution, through_jax)
    try:
        np.testing.assert_allclose(subgradient(K, z).numpy(), K.subgradient(z.numpy()), rtol=1e-6)
    finally:
        del _BUILDERS[InfimalConvolution]


def test_a_derived_class_does_not_inherit_a_direction() -> None:
    class Signum(L1Norm):
        def selection(self, z):
            return jnp.where(z >= 0, jnp.ones_like(z), -jnp.ones_like(z))

    with pytest.raises(TypeError, match="Signum has no direction in torch"):
        subgradient(Signum(), torch.ones(2))
    register_direction(Signum, lambda K: Direction(lambda z: torch.where(z >= 0, 1.0, -1.0)))
    assert subgradient(Signum(), torch.zeros(2)).tolist() == [1.0, 1.0]
    del _BUILDERS[Signum]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: subgradient(L1Norm(), torch.ones(2, dtype=torch.complex64)), "complex"),
        (lambda: subgradient(L1Norm(), torch.ones(2).to_sparse()), "sparse"),
        (lambda: subgradient(L1Norm(), torch.ones(2, dtype=torch.int32)), "floating-point"),
        (lambda: subgradient(L1Norm, torch.ones(2)), r"Write L1Norm\(…\)"),
        (lambda: subgradient("L1Norm", torch.ones(2)), "convex function"),
        (lambda: register_direction(L1Norm(), through_jax), "derived from ConvexFunction"),
        (lambda: register_direction(L1Norm, 3), "function of K"),
    ],
)
def test_mistakes_are_told_in_words(call, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        call()


@pytest.mark.parametrize(
    ("K", "z", "words"),
    [
        (NuclearNorm(), torch.ones(3), "takes a matrix"),
        (GroupL2Norm([[0, 1]]), torch.ones(3), r"shape \(2,\)"),
        (SortedL1Norm([1.0]), torch.ones(3), "has 1 weights"),
        (Translated(L1Norm(), [1.0, 2.0]), torch.ones(3), "shift has shape"),
        (L1Norm(), torch.ones(0), "at least one entry"),
    ],
)
def test_shapes_that_do_not_fit_are_told_in_words(K: ConvexFunction, z: torch.Tensor, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        subgradient(K, z)
