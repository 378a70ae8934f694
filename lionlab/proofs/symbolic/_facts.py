"""The inequalities that the proofs rest on, each about two points of a function, and said where it is used."""

from dataclasses import dataclass
from typing import Literal

from ._terms import Function, Operand, Term, inner, squared_norm, term
from ._writing import TEXT


@dataclass(frozen=True)
class Fact:
    """term ≥ 0 or term = 0, because of a law; `law` is the law, `reason` says where it is applied."""

    term: Term
    relation: Literal["≥", "="]
    law: str
    reason: str


def remainder(function: Function, to: Term, at: Term, slope: Term) -> Term:
    """D(to; at) = function(to) − function(at) − ⟨slope, to − at⟩."""
    return function(to) - function(at) - inner(slope, to - at)


def subgradient(function: Function, to: Term, at: Term, slope: Term) -> Fact:
    """function(to) ≥ function(at) + ⟨slope, to − at⟩ for slope ∈ ∂function(at)."""
    return Fact(
        remainder(function, to, at, slope), "≥", "the subgradient inequality",
        f"the subgradient inequality of {function.name} at {TEXT(at)}",
    )  # fmt: skip


def descent_lemma(function: Function, smoothness: Operand, to: Term, at: Term, slope: Term) -> Fact:
    """function(to) ≤ function(at) + ⟨slope, to − at⟩ + (L/2)‖to − at‖² for L-smooth functions."""
    return Fact(
        term(smoothness) / 2 * squared_norm(to - at) - remainder(function, to, at, slope), "≥",
        "the descent lemma of L-smooth functions", f"the descent lemma of {function.name}",
    )  # fmt: skip


def weak_convexity(function: Function, modulus: Operand, to: Term, at: Term, slope: Term) -> Fact:
    """function(to) ≥ function(at) + ⟨slope, to − at⟩ − (ρ/2)‖to − at‖²."""
    return Fact(
        remainder(function, to, at, slope) + term(modulus) / 2 * squared_norm(to - at), "≥",
        "the subgradient inequality of f + (ρ/2)‖·‖²", f"weak convexity of {function.name}",
    )  # fmt: skip


def gap(function: Function, conjugate: Function, point: Term, slope: Term) -> Term:
    """The Fenchel–Young gap K(point) + K*(slope) − ⟨point, slope⟩."""
    return function(point) + conjugate(slope) - inner(point, slope)


def fenchel_young(function: Function, conjugate: Function, point: Term, slope: Term) -> Fact:
    """K(point) + K*(slope) ≥ ⟨point, slope⟩, by the definition of K*."""
    where = f"K({TEXT(point)}) + K*({TEXT(slope)})"
    law = "the Fenchel–Young inequality, which is the definition of K*"
    return Fact(gap(function, conjugate, point, slope), "≥", law, f"Fenchel–Young for {where}")


def fenchel_young_equality(function: Function, conjugate: Function, point: Term, slope: Term) -> Fact:
    """K(point) + K*(slope) = ⟨point, slope⟩ for slope ∈ ∂K(point), which is point ∈ ∂K*(slope)."""
    law = "the equality in Fenchel–Young at subgradients"
    said = f"equality in Fenchel–Young, {TEXT(slope)} ∈ ∂{function.name}({TEXT(point)})"
    return Fact(gap(function, conjugate, point, slope), "=", law, said)


def given(one: Term, law: str, relation: Literal["≥", "="] = "≥") -> Fact:
    """A hypothesis of the theorem itself."""
    return Fact(one, relation, law, law)
