"""What the Keras optimizer refuses, in words and when it is built; and that Keras is imported by its own name only."""

import subprocess
import sys

import numpy as np
import pytest
from interop.keras_runs import as_keras_expects, keras  # noqa: F401

from lionlab.convex import L1Norm, NuclearNorm
from lionlab.keras import ConstraintDistance, LionK

REFUSED = [
    ({"learning_rate": -1e-3}, ValueError, "learning_rate must be finite and ≥ 0, got -0.001"),
    ({"learning_rate": float("nan")}, ValueError, "learning_rate must be finite and ≥ 0, got nan"),
    ({"learning_rate": "fast"}, TypeError, "learning_rate must be a number, got 'fast'"),
    ({"beta_1": 1.5}, ValueError, r"beta_1 must be in \[0, 1\], got 1.5"),
    ({"beta_2": float("inf")}, ValueError, r"beta_2 must be in \[0, 1\], got inf"),
    ({"beta_2": None}, TypeError, "beta_2 must be a number, got None"),
    ({"weight_decay": -0.1}, ValueError, "weight_decay must be finite and ≥ 0, got -0.1"),
    ({"weight_decay": float("nan")}, ValueError, "weight_decay must be finite and ≥ 0, got nan"),
    ({"weight_decay": 20.0, "learning_rate": 0.1}, ValueError, r"must be ≤ 1 for explicit decay, got 0.1·20; lower"),
    ({"decay": "none"}, ValueError, '"explicit" or "implicit", got \'none\''),
    ({"K": "L1Norm"}, TypeError, "K must be a lionlab convex function such as L1Norm\\(\\), got 'L1Norm'"),
    ({"K": L1Norm}, TypeError, r"Write L1Norm\(…\)"),
    ({"K": {}}, ValueError, "K is an empty mapping"),
    ({"K": {"(": L1Norm()}}, ValueError, r"the pattern '\(' of K is no regular expression"),
    ({"K": {"kernel": None}}, TypeError, "K must be a lionlab convex function"),
    ({"clipnorm": 1.0, "clipvalue": 1.0}, ValueError, "Only one of"),
    ({"clipnorm": "a"}, TypeError, "clipnorm must be a number, got 'a'"),
    ({"clipvalue": 0.0}, ValueError, "clipvalue must be finite and > 0, or None"),
    ({"global_clipnorm": -1.0}, ValueError, "global_clipnorm must be finite and > 0"),
    ({"loss_scale_factor": 0}, ValueError, "loss_scale_factor must be finite and > 0"),
    ({"use_ema": "yes"}, TypeError, "use_ema must be True or False, got 'yes'"),
    ({"ema_overwrite_frequency": 1.5}, ValueError, "ema_overwrite_frequency must be an integer >= 1"),
    ({"learning_rate": keras.optimizers.schedules.CosineDecay}, TypeError, r"Write CosineDecay\(…\)"),
    ({"gradient_accumulation_steps": 1}, ValueError, "must be an integer >= 2"),
    ({"use_ema": True, "ema_momentum": 2.0}, ValueError, "ema_momentum"),
]


@pytest.mark.parametrize(("arguments", "error", "words"), REFUSED, ids=lambda value: str(value)[:40])
def test_wrong_arguments_are_refused(arguments: dict, error: type, words: str) -> None:
    with pytest.raises(error, match=words):
        LionK(**arguments)


def test_wrong_exclusions_and_variables_are_refused() -> None:
    for arguments, words in (
        ({"var_names": [3]}, "var_names must hold strings, got 3"),
        ({"var_list": ["bias"]}, "names go into var_names"),
        ({"var_list": keras.Variable(np.zeros(2))}, "var_list must be a list of variables"),
    ):
        with pytest.raises(TypeError, match=words):
            LionK().exclude_from_weight_decay(**arguments)
    with pytest.raises(TypeError, match="'steps' must hold floating-point numbers, got int32"):
        LionK().build([keras.Variable(np.zeros(2), dtype="int32", name="steps")])
    with pytest.raises(ValueError, match=r"write Unfolded\(NuclearNorm\(…\)\), with lionlab.keras.Unfolded"):
        LionK(K=NuclearNorm()).build([keras.Variable(np.zeros((3, 3, 2, 3)), name="kernel")])
    optim = pytest.importorskip("lionlab.optim")
    with pytest.raises(TypeError, match="Keras has no Newton–Schulz here; write NuclearNorm"):
        LionK(K=optim.NewtonSchulz())


def test_the_ends_of_the_ranges_are_allowed() -> None:
    LionK(0, beta_1=0, beta_2=1, weight_decay=0)
    LionK(0.5, weight_decay=2)
    LionK(5.0, weight_decay=2, decay="implicit")


def test_a_variable_without_k_is_refused() -> None:
    with pytest.raises(ValueError, match=r"none of the patterns \['kernel'\] of K is found in the path 'bias'"):
        LionK(K={"kernel": L1Norm()}).build([keras.Variable(np.zeros(3), name="bias")])


@pytest.mark.usefixtures("as_keras_expects")
def test_there_is_no_distance_without_a_set() -> None:
    with pytest.raises(ValueError, match="weight_decay > 0"):
        LionK(weight_decay=1.0).constraint_distances()
    model = keras.Sequential([keras.layers.Dense(1)])
    for optimizer, words in ((LionK(), "weight_decay=None"), (keras.optimizers.Lion(), "must be compiled with LionK")):
        model.compile(optimizer, loss="mse")
        with pytest.raises(ValueError, match=words):
            model.fit(np.zeros((2, 2)), np.zeros(2), verbose=0, callbacks=[ConstraintDistance()])


MISSING = """
import sys
import lionlab, lionlab.convex
assert "keras" not in sys.modules
sys.modules["keras"] = None
try:
    import lionlab.keras
except ImportError as error:
    assert "pip install 'lionlab[keras]'" in str(error), error
else:
    raise SystemExit("imported")
del sys.modules["keras"]
import os
os.environ["KERAS_BACKEND"] = "tensorflow"
sys.modules["tensorflow"] = None
try:
    import lionlab.keras
except ImportError as error:
    assert "Set KERAS_BACKEND to 'jax' or 'torch'" in str(error), error
else:
    raise SystemExit("imported")
"""


def test_without_keras_the_import_names_the_extra() -> None:
    done = subprocess.run([sys.executable, "-c", MISSING], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
