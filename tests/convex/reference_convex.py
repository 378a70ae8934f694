"""K, ∇K and the dual norms once more, as plain loops over Python floats: short, slow and independent of the library."""

import math
from collections.abc import Callable, Sequence

Vector = Sequence[float]


def reference_lp(z: Vector, p: float) -> float:
    return max(map(abs, z)) if math.isinf(p) else sum(abs(x) ** p for x in z) ** (1 / p)


def reference_lp_subgradient(z: Vector, p: float) -> list[float]:
    if not any(z):
        return [0.0] * len(z)
    if math.isinf(p):
        j = [abs(x) for x in z].index(max(map(abs, z)))
        return [math.copysign(1.0, x) if i == j else 0.0 for i, x in enumerate(z)]
    size = reference_lp(z, p)
    return [math.copysign((abs(x) / size) ** (p - 1), x) if x else 0.0 for x in z]


def reference_group(z: Vector, groups: Sequence[Sequence[int]]) -> float:
    return sum(math.sqrt(sum(z[i] ** 2 for i in group)) for group in groups)


def reference_top_k(z: Vector, k: int) -> float:
    return sum(sorted(map(abs, z), reverse=True)[:k])


def reference_top_k_subgradient(z: Vector, k: int) -> list[float]:
    kept = sorted(range(len(z)), key=lambda i: (-abs(z[i]), i))[:k]
    return [0.0 if i not in kept or x == 0 else math.copysign(1.0, x) for i, x in enumerate(z)]


def reference_sorted_l1(z: Vector, weights: Vector) -> float:
    return sum(w * x for w, x in zip(weights, sorted(map(abs, z), reverse=True), strict=True))


def reference_sorted_l1_dual(y: Vector, weights: Vector) -> float:
    a = sorted(map(abs, y), reverse=True)
    return max(sum(a[: k + 1]) / sum(weights[: k + 1]) for k in range(len(a)))


def reference_deadzone(x: float, e: float) -> float:
    return max(abs(x) - e, 0.0)


def reference_huber(x: float, e: float) -> float:
    return x * x / (2 * e) if abs(x) <= e else abs(x) - e / 2


def reference_pseudo_huber(x: float, e: float) -> float:
    return math.sqrt(x * x + e * e) - e


def reference_log_cosh(x: float, b: float) -> float:
    return math.log(math.cosh(b * x)) / b


def reference_sum(density: Callable[..., float], z: Vector, *parameters: float) -> float:
    return sum(density(x, *parameters) for x in z)


def reference_entropy(y: Vector, b: float) -> float:
    def half(t: float) -> float:
        return t * math.log(t) if t > 0 else 0.0

    return sum(half(1 + t) + half(1 - t) for t in y) / (2 * b)


def reference_isotonic_prox(z: Vector, weights: Vector) -> list[float]:
    """prox of the sorted ℓ1 norm at step 1, by the minimax formula of isotonic regression instead of pooling."""
    order = sorted(range(len(z)), key=lambda i: (-abs(z[i]), i))
    shifted = [abs(z[i]) - w for i, w in zip(order, weights, strict=True)]
    n = len(shifted)
    result = [0.0] * n
    for k in range(n):
        fit = min(max(sum(shifted[i : j + 1]) / (j - i + 1) for j in range(k, n)) for i in range(k + 1))
        result[order[k]] = math.copysign(max(fit, 0.0), z[order[k]])
    return result
