"""What `integrate` refuses before it starts, in the user's words: the argument, its value, and the way out."""

import math

import jax.numpy as jnp
import numpy as np
import pytest

from lionlab.convex import DeadzoneL1, Huber, L1Norm, LpNorm, NuclearNorm, SquaredL2, TopKL1
from lionlab.dynamics import LionK, LionKFlow
from lionlab.integration import integrate, integrate_batch
from lionlab.objectives import Quadratic

F = Quadratic(np.diag([1.0, 3.0]), [0.3, -4.0])
SMOOTH = LionKFlow(Huber(0.5), 1.0, 1.0, 0.5, 1.0)
KINKED = LionKFlow(L1Norm(), 1.0, 1.0, 0.5, 1.0)
TIMES = [0.0, 0.5, 1.0]
START = {"x0": [0.1, 0.2], "m0": None, "times": TIMES}


@pytest.mark.parametrize("solver", ["tsit5", "kvaerno5", "rk4", "auto"])
@pytest.mark.parametrize("K", [L1Norm(), DeadzoneL1(0.5), TopKL1(1), LpNorm(1.5), NuclearNorm()], ids=repr)
def test_a_general_solver_for_a_kinked_K_is_refused_with_both_ways_out(K, solver):
    flow = LionKFlow(K, 1.0, 1.0, 0.5, 1.0)
    step = 0.1 if solver == "rk4" else None
    with pytest.raises(ValueError, match=r'∇K jumps.*solver="proximal".*MoreauEnvelope'):
        integrate(flow, F, **START, solver=solver, step=step)


def test_one_kinked_K_among_smooth_ones_is_refused_too():
    with pytest.raises(ValueError, match="proximal"):
        integrate_batch([SMOOTH, KINKED], F, np.zeros((2, 2)), None, TIMES)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"solver": "euler"}, "solver must be one of .*'proximal'.*got 'euler'"),
        ({"solver": "rk4"}, 'solver="rk4" needs step=h'),
        ({"solver": "rk4", "step": 0.0}, "step must be finite and > 0, got 0"),
        ({"step": -0.1}, "step must be finite and > 0, got -0.1"),
        ({"step": math.nan}, "step"),
        ({"rtol": 0.0}, "rtol must be in"),
        ({"rtol": 1e-17}, "rtol"),
        ({"rtol": 1.5}, "rtol must be in .*1]"),
        ({"rtol": math.nan}, "rtol"),
        ({"atol": -1.0}, r"atol must be in \[0, 0.001\]"),
        ({"atol": math.inf}, "atol"),
        ({"bound": 0.0}, "bound must be finite and > 0, got 0"),
        ({"bound": -1.0}, "bound"),
        ({"bound": math.inf}, "bound"),
        ({"solver": "rk4", "step": 0.1, "dense": True}, "dense output needs"),
        ({"times": [0.0]}, "times must be at least two numbers"),
        ({"times": 1.0}, "times must be at least two numbers"),
        ({"times": [[0.0, 1.0]]}, "times must be at least two numbers"),
        ({"times": [0.0, 1.0, 1.0]}, "times must be finite and increasing"),
        ({"times": [1.0, 0.0]}, "increasing"),
        ({"times": [0.0, math.nan]}, "finite"),
        ({"times": [0.0, math.inf]}, "finite"),
        ({"x0": [0.1]}, r"objective's shape \(2,\), got \(1,\)"),
        ({"x0": [math.nan, 0.0]}, "x0 must be finite, got nan"),
        ({"m0": [0.0, math.inf]}, "m0 must be finite, got inf"),
        ({"m0": [0.0, 0.0, 0.0]}, "m0 must have the shape of x0"),
        ({"m0": 0.0}, "m0 must have the shape of x0"),
    ],
)
def test_bad_values_are_refused_by_name(arguments, words):
    with pytest.raises(ValueError, match=words):
        integrate(SMOOTH, F, **{**START, **arguments})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"flow": LionK(Huber(0.5), 0.1, 1.0)}, "flow must be a LionKFlow.*from_discrete"),
        ({"step": "short"}, "step must be a number"),
        ({"rtol": "tight"}, "rtol must be a number"),
        ({"bound": [1.0, 2.0]}, "bound must be a number"),
        ({"x0": ["a", "b"]}, "x0 must be an array of real"),
        ({"x0": [1j, 0]}, "x0 must be an array of real"),
        ({"times": ["now", "then"]}, "times must be an array of real"),
        ({"x0": np.float32([0, 0]), "m0": np.float64([0, 0])}, "one dtype"),
    ],
)
def test_wrong_types_are_refused(arguments, words):
    with pytest.raises(TypeError, match=words):
        integrate(**{"flow": SMOOTH, "objective": F, **START, **arguments})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "general solver"),
        ({"solver": "proximal"}, 'solver="proximal" needs step=h'),
        ({"step": 0.3}, r"times must lie on times\[0\] \+ k·step with step = 0.3, got .*0.5"),
        ({"step": 0.5, "times": [0.0, 0.5, 0.75]}, "0.75.*numpy.arange"),
        ({"step": 1.0, "times": [0.0, 1e-9, 1.0]}, "times must lie on"),
        ({"step": 0.5, "dense": True}, "dense output needs"),
    ],
)
def test_the_implicit_step_wants_a_grid(arguments, words):
    with pytest.raises(ValueError, match=words):
        integrate(KINKED, F, **{**START, **arguments})


@pytest.mark.parametrize("step", [1e-12, 1e-300])
@pytest.mark.parametrize(("flow", "solver"), [(KINKED, "proximal"), (SMOOTH, "rk4")])
def test_more_steps_than_a_machine_can_take_are_refused(flow, solver, step):
    with pytest.raises(ValueError, match=r"makes .* steps .* takes at most 1e\+0[79]; use a longer step"):
        integrate(flow, F, **START, solver=solver, step=step)


def test_alpha_is_looked_at_between_the_saved_times():
    flow = LionKFlow(SquaredL2(), lambda t: jnp.cos(4 * jnp.pi * t) + 0.1, 1.0, 0.5, 1.0)
    with pytest.raises(ValueError, match=r"alpha\(time\) must be finite and > 0, got -0\."):
        integrate(flow, F, START["x0"], START["m0"], np.linspace(0, 5, 11))


def test_the_implicit_step_wants_a_constant_alpha():
    with pytest.raises(ValueError, match="constant alpha"):
        integrate(LionKFlow(L1Norm(), lambda t: 1 + t, 1.0, 0.5, 1.0), F, **START, step=0.5)


def test_rk4_wants_a_step_within_the_decay():
    flow = LionKFlow(Huber(0.5), 1.0, 1.0, 0.5, 4.0)
    with pytest.raises(ValueError, match=r"step·weight_decay must be ≤ 1 for rk4, got 2"):
        integrate(flow, F, **START, solver="rk4", step=0.6)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"x0": [0.1, 0.2]}, "batch as its first axis|objective's shape"),
        ({"x0": np.zeros((3, 5))}, "objective's shape"),
        ({"flows": [SMOOTH, SMOOTH]}, "flows must be one LionKFlow or one for each of the 3 starts, got 2"),
        ({"flows": []}, "flows must be one LionKFlow"),
        ({"flows": [SMOOTH, SMOOTH, LionKFlow(SquaredL2(), 1.0, 1.0, 0.5, 1.0)]}, "share the kind of K"),
        ({"m0": np.zeros((2, 2))}, "m0 must have the shape of x0"),
    ],
)
def test_bad_batches_are_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        integrate_batch(
            **{"flows": SMOOTH, "objective": F, "x0": np.zeros((3, 2)), "m0": None, "times": TIMES, **arguments}
        )


@pytest.mark.parametrize(("flow", "step"), [(SMOOTH, None), (KINKED, 0.5)])
def test_a_small_bound_names_the_least_valid_one_which_then_serves(flow, step):
    start = {"x0": [1.5, -3.0], "m0": [0.4, 9.0], "times": TIMES, "step": step}
    with pytest.raises(ValueError, match=r"at least the largest ‖m̃‖_B of the run, .*, got 0\.5") as caught:
        integrate(flow, F, **start, bound=0.5)
    least = float(str(caught.value).split("run, ")[1].split(", got")[0])
    assert least >= 9.0
    assert integrate(flow, F, **start, bound=least).bound == least


def test_interpolation_is_refused_without_dense_output_and_outside_the_interval():
    sparse = integrate(SMOOTH, F, **START)
    with pytest.raises(ValueError, match="dense=True"):
        sparse.at([0.5])
    dense = integrate(SMOOTH, F, **START, dense=True)
    for time in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match=r"times must lie in \[0, 1\]"):
            dense.at([time])
