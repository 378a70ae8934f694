"""Losses f: `f(x)`, `f.gradient(x)`, and what is known of f: `smoothness`, `is_convex`, `minimizers`.

    f = Quadratic([[1, 0], [0, 3]], [0.3, -4])          ½(x−c)ᵀA(x−c)
    f = Objective(lambda x: jnp.sum(jnp.cos(x)), 4)     any JAX function, here of four variables
    f = LogisticRegression(features, labels)            real data

Adding an objective:
1. write `_name.py` with one class deriving from `Loss`: its parameters as float64 NumPy fields, checked in `__init__`;
2. implement `value(x)` and `slope(x)` in jax.numpy, casting every array parameter with `jnp.asarray(p, x.dtype)`;
3. declare `shape`, and `smoothness`, `is_convex`, `minimizers` where they are known (None otherwise);
4. re-export it here, and name it in `_parse.py` if it can be written with literals;
5. put an instance in `catalogue.py`: every law test in `tests/objectives` then runs on it.
"""

from ._beale import Beale as Beale
from ._double_well import DoubleWell as DoubleWell
from ._least_squares_matrix import LeastSquaresMatrix as LeastSquaresMatrix
from ._logistic_regression import LogisticRegression as LogisticRegression
from ._loss import Loss as Loss
from ._objective import Objective as Objective
from ._parse import parse_objective as parse_objective
from ._quadratic import Quadratic as Quadratic
from ._rosenbrock import Rosenbrock as Rosenbrock
from .catalogue import example_objectives as example_objectives
from .catalogue import random_quadratic as random_quadratic
