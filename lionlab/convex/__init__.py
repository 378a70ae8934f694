"""Convex functions K. Choosing K chooses the optimizer, and with it the problem that weight decay solves.

Lion-K moves along ∇K of the momentum and minimises f(x) + K*(λx)/λ, where K* is the convex conjugate of K:

| K                          | ∇K                 | the optimizer         | K*(λx) is finite, and 0, where        |
|----------------------------|--------------------|-----------------------|---------------------------------------|
| `L1Norm()`                 | sign               | Signum, Lion          | every coordinate has \\|λx_i\\| ≤ 1     |
| `L2Norm()`                 | m/‖m‖₂             | normalised momentum   | ‖λx‖₂ ≤ 1                             |
| `NuclearNorm()`            | UVᵀ of M = UΣVᵀ    | Muon                  | no singular value of λX exceeds 1     |
| `SquaredL2()`              | the identity       | SGD with momentum     | everywhere: K*(λx)/λ = (λ/2)‖x‖², ridge |

    >>> from lionlab.convex import L1Norm
    >>> K = L1Norm()
    >>> K.subgradient([0.3, -2.0, 0.0])                  # the step of Lion
    array([ 1., -1.,  0.])
    >>> K.conjugate()([0.3, -1.0]), K.conjugate()([0.3, -1.1])   # inside and outside the box Lion keeps
    (array(0.), array(inf))
    >>> K.conjugate().domain_distance([0.3, -1.1])
    array(0.1)

Atoms are one file each. `Scaled`, `SeparableSum`, `MoreauEnvelope`, `Truncated`, `Sum`, `InfimalConvolution`,
`Translated` and `Precomposed` build new functions from old ones. A K without closed form is a `CustomFunction`, or a
`NumericalSeparable`; its conjugate is a `NumericalConjugate`, which says between which bounds each number lies.

Adding a K:
1. Write a class with `value`, `selection` (an element of ∂K, written out) and `conjugate`; a separable K derives from
   `SeparableFunction` (four functions of one variable), a norm from `Norm` (dual norm and projection on its ball).
2. Declare `is_smooth`, `is_positively_homogeneous`, `is_separable` where they hold; re-export the class here.
3. Refuse bad parameters in `__check_init__`, in words.
4. Add one line to `catalogue.CATALOGUE`.
5. Run `pytest tests/convex`: every law the declared predicates call for is tested on it, in float32 and float64.
"""

from ._custom import CustomFunction as CustomFunction
from ._deadzone import DeadzoneL1 as DeadzoneL1
from ._function import ConvexFunction as ConvexFunction
from ._group import GroupL2Norm as GroupL2Norm
from ._huber import Huber as Huber
from ._huber import PseudoHuber as PseudoHuber
from ._infimal_convolution import InfimalConvolution as InfimalConvolution
from ._l1 import L1Norm as L1Norm
from ._l2 import L2Norm as L2Norm
from ._linf import LinfNorm as LinfNorm
from ._log_cosh import LogCosh as LogCosh
from ._lp import LpNorm as LpNorm
from ._moreau import MoreauEnvelope as MoreauEnvelope
from ._norm import Norm as Norm
from ._numerical import NumericalConjugate as NumericalConjugate
from ._numerical_separable import NumericalSeparable as NumericalSeparable
from ._parse import parse_convex_function as parse_convex_function
from ._precomposed import Precomposed as Precomposed
from ._scaled import Scaled as Scaled
from ._schatten import NuclearNorm as NuclearNorm
from ._schatten import SchattenNorm as SchattenNorm
from ._schatten import SpectralNorm as SpectralNorm
from ._schatten import UnitarilyInvariantNorm as UnitarilyInvariantNorm
from ._separable import SeparableFunction as SeparableFunction
from ._separable_sum import SeparableSum as SeparableSum
from ._sorted_l1 import SortedL1Norm as SortedL1Norm
from ._squared import SquaredL2 as SquaredL2
from ._sum import Sum as Sum
from ._top_k import TopKL1 as TopKL1
from ._translated import Translated as Translated
from ._truncated import Truncated as Truncated
