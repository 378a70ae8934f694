"""Every member of the zoo with what it truly is: one line adds one, and every test and table of the audit has it."""

import math

from ...convex import DeadzoneL1, Huber, L1Norm, L2Norm, LpNorm, NuclearNorm, SquaredL2, TopKL1
from . import _adam, _cautious, _decays, _distributed, _lion, _misdescribed, _muon, _schedule_free
from ._member import Member

MATRIX = "x must be a matrix"


def _number_of_entries(shape: tuple[int, ...]) -> float:
    """k entries of n that move make a step of n/k each: ‖u‖₁ = n whatever k."""
    return float(math.prod(shape))


_LION = (L1Norm(), 0.9, 0.99)

MEMBERS: tuple[Member, ...] = (
    Member("lion", _lion.lion, "arXiv 2302.06675", *_LION),
    Member("lion, implicit decay", _decays.implicit_decay, "arXiv 2310.05898", *_LION, decay="implicit"),
    Member("lion without decay", _decays.lion_without_decay, "arXiv 2302.06675", *_LION, decay="none", norm=None),
    Member("signum", _lion.signum, "arXiv 1802.04434", L1Norm(), 0.9, 0.9),
    Member("normalised momentum", _lion.normalised_momentum, "arXiv 2002.03305", L2Norm(), 0.9, 0.9, norm="l2"),
    Member("lion, huber", _lion.huber_lion, "arXiv 2310.05898", Huber(0.5), 0.9, 0.99),
    Member("lion, dead zone", _lion.dead_zone_lion, "arXiv 2310.05898", DeadzoneL1(0.5), 0.9, 0.99),
    Member("lion, top 2", _lion.top_k_lion, "arXiv 2310.05898", TopKL1(2), 0.9, 0.99, norm="top 2"),
    Member("lion, l1.5", _lion.lp_lion, "arXiv 2310.05898", LpNorm(1.5), 0.9, 0.99, norm="l3"),
    Member(
        "sgd with momentum",
        _lion.momentum_descent,
        "arXiv 1711.05101",
        SquaredL2(),
        0.9,
        0.9,
        norm=None,
        remark="a Lion-K, whose K* is a ridge and no constraint",
    ),
    Member("muon, exact", _muon.muon, "arXiv 2506.15054", NuclearNorm(), 0.95**2, 0.95, norm="operator", remark=MATRIX),
    Member(
        "muon, newton-schulz",
        _muon.shipped_muon,
        "arXiv 2502.16982",
        None,
        0.95**2,
        0.95,
        norm="operator",
        width=_muon.WIDEST,
        is_filled=False,
        remark=MATRIX + "; the gradient of no convex K",
    ),
    Member("coupled decay", _decays.coupled_decay, "arXiv 1711.05101", *_LION, decay="coupled", norm=None),
    Member("cautious decay", _decays.cautious_decay, "arXiv 2510.12402", *_LION, decay="cautious", norm=None),
    Member(
        "strictly cautious decay",
        _decays.strictly_cautious_decay,
        "library option",
        *_LION,
        decay="strictly cautious",
        norm=None,
        remark="where the update is 0 there is no decay either",
    ),
    Member("fixed decay", _decays.fixed_decay, "library option", *_LION, decay="fixed"),
    Member("corrected decay", _decays.corrected_decay, "arXiv 2506.02285", *_LION, decay="corrected"),
    Member("decay over the first rate", _decays.decay_over_first, "library option", *_LION, decay="over first"),
    Member(
        "independent decay",
        _decays.independent_decay,
        "arXiv 1711.05101",
        *_LION,
        decay="independent",
        seen_as="decoupled",
        remark="decoupled decay with λ/η_peak for λ",
    ),
    Member(
        "cautious lion",
        _cautious.cautious_lion,
        "arXiv 2411.16085",
        None,
        0.9,
        0.99,
        norm="l1",
        width=_number_of_entries,
        remark="the update is divided by the share of entries that move, the decay is not",
    ),
    Member("masked lion", _cautious.masked_lion, "arXiv 2411.16085", None, 0.9, 0.99),
    Member("adamw", _adam.adamw, "arXiv 1711.05101", None, 0.9, 0.95, width=_adam.largest_ratio()),
    Member("adam, l2", _adam.adam, "arXiv 1412.6980", None, 0.9, 0.95, decay="coupled", norm=None),
    Member(
        "schedule-free sgd",
        _schedule_free.schedule_free,
        "arXiv 2405.15682",
        None,
        None,
        None,
        norm=None,
        seen_as="unknown",
        remark="the parameters are y, where gradients are taken; what a step does to them changes from step to step",
    ),
    Member(
        "distributed lion, vote",
        _distributed.majority_vote,
        "arXiv 2404.00438",
        None,
        0.9,
        0.99,
        remark="the gradients of three workers in one array",
    ),
    Member(
        "distributed lion, average",
        _distributed.averaged_signs,
        "arXiv 2404.00438",
        None,
        0.9,
        0.99,
        remark="the gradients of three workers in one array",
    ),
    Member(
        "sign after the update",
        _misdescribed.sign_after_update,
        "circulating description",
        L1Norm(),
        0.9 * 0.99,
        0.9,
        remark="a Lion-K, but not Lion with the constants it is given",
    ),
    Member(
        "sign-based second moment",
        _misdescribed.signed_second_moment,
        "circulating description",
        None,
        None,
        None,
        norm=None,
        seen_as="unknown",
        remark="a gradient below 0 makes the step not a number",
    ),
)

ZOO: dict[str, Member] = {member.name: member for member in MEMBERS}
"""Name → member."""
