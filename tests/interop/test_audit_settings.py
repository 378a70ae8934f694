"""What a Keras optimizer does beside its own step is said in the first line, be it too late for any run or not."""

import pytest

keras = pytest.importorskip("keras", reason="needs the extra interop: make interop")

from lionlab.audit import as_black_box, audit  # noqa: E402


def lion(**options: object) -> object:
    return keras.optimizers.Lion(0.01, weight_decay=0.5, **options)


def test_an_average_that_overwrites_x_is_told():
    averaged = {"use_ema": True, "ema_momentum": 0.9}
    often = audit(lion(**averaged, ema_overwrite_frequency=3), "L1Norm()", 0.5, is_quick=True)
    assert often.verdict == "VIOLATED", str(often)
    assert often.sentence.endswith("every 3 steps x is overwritten by its moving average.")
    assert often.finding("settings").evidence.startswith("read from its configuration")
    assert not often.effective_set["is_bound"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, ""),
        (
            {"use_ema": True},
            "when training is finalized, which no run here does, x is overwritten by its moving average",
        ),
        ({"use_ema": True, "ema_overwrite_frequency": 20_000}, "every 20000 steps x is overwritten"),
        ({"clipnorm": 1.0}, "clipnorm = 1"),
        ({"gradient_accumulation_steps": 4}, "gradient_accumulation_steps = 4"),
    ],
    ids=["none", "average", "late", "clipped", "accumulated"],
)
def test_settings_in_words(options: dict, words: str):
    told = as_black_box(lion(**options)).settings_told
    assert told.startswith(words)
    assert bool(told) == bool(words)
