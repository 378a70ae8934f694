"""The executable theory of Lion-K: every sentence a function, every claim a margin.

Lion-K keeps a momentum m of −∇f and moves along a subgradient of a convex function K, with decoupled weight decay λ:

    m̃⁺ = β1 m − (1−β1) ∇f(x)        m⁺ = β2 m − (1−β2) ∇f(x)        x⁺ = x + η (∇K(m̃⁺) − λ x)

Its secret (arXiv 2310.05898) is the conjugate K*: the method minimises f(x) + K*(λx)/λ. With K = ‖·‖₁ this is Lion,
K* is an indicator, and the weight decay nobody could explain is the constraint ‖x‖∞ ≤ 1/λ. The rooms of the house:

    convex       the functions K, the calculus that builds new ones, and their conjugates
    conjugation  conjugates of functions nobody has a formula for, between certified bounds
    objectives   the losses f                    problem     f + K*(λ·)/λ, its minimum and its optimality conditions
    dynamics     Lion-K, its flow, special cases energy      the Lyapunov function H and its exact ledger
    simulation   whole runs, compiled            integration the flow, solved by what is right for its K
    optim        Lion-K to train with in optax; lionlab.torch and lionlab.keras are its like for PyTorch and Keras
    audit        which constraint set anyone's optimizer really keeps
    inspection   whether a K of your own is what it says
    theorems     claims: verdict, margin, and planted wrongs to catch

The names below are imported on first use, so `import lionlab` is immediate and changes no setting of JAX.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "convex": (
        "ConvexFunction",
        "CustomFunction",
        "DeadzoneL1",
        "GroupL2Norm",
        "Huber",
        "InfimalConvolution",
        "L1Norm",
        "L2Norm",
        "LinfNorm",
        "LogCosh",
        "LpNorm",
        "MoreauEnvelope",
        "NuclearNorm",
        "NumericalConjugate",
        "NumericalSeparable",
        "Precomposed",
        "PseudoHuber",
        "Scaled",
        "SchattenNorm",
        "SeparableSum",
        "SortedL1Norm",
        "SpectralNorm",
        "SquaredL2",
        "Sum",
        "TopKL1",
        "Translated",
        "Truncated",
    ),
    "objectives": (
        "Beale",
        "DoubleWell",
        "LeastSquaresMatrix",
        "LogisticRegression",
        "Objective",
        "Quadratic",
        "Rosenbrock",
    ),
    "problem": ("constrained_minimum", "kkt_residuals"),
    "dynamics": ("LionK", "LionKFlow", "Trajectory"),
    "energy": ("Ledger", "constraint_distance", "energy_ledger", "lyapunov", "phase_switch"),
    "simulation": ("simulate", "simulate_batch"),
    "integration": ("FlowSolution", "IntegrationError", "integrate", "integrate_batch"),
    "optim": ("constraint_metrics", "lion_k", "phase_one_length", "scale_by_lion_k", "weight_decay_for_radius"),
    "audit": ("AuditReport", "assert_is_lion_k", "audit"),
    "inspection": ("check_convex_function",),
    "theorems": ("Evidence", "claims", "verify"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = ["__version__", *sorted(_HOME_OF)]

if TYPE_CHECKING:
    from .audit import AuditReport as AuditReport
    from .audit import assert_is_lion_k as assert_is_lion_k
    from .audit import audit as audit
    from .convex import ConvexFunction as ConvexFunction
    from .convex import CustomFunction as CustomFunction
    from .convex import DeadzoneL1 as DeadzoneL1
    from .convex import GroupL2Norm as GroupL2Norm
    from .convex import Huber as Huber
    from .convex import InfimalConvolution as InfimalConvolution
    from .convex import L1Norm as L1Norm
    from .convex import L2Norm as L2Norm
    from .convex import LinfNorm as LinfNorm
    from .convex import LogCosh as LogCosh
    from .convex import LpNorm as LpNorm
    from .convex import MoreauEnvelope as MoreauEnvelope
    from .convex import NuclearNorm as NuclearNorm
    from .convex import NumericalConjugate as NumericalConjugate
    from .convex import NumericalSeparable as NumericalSeparable
    from .convex import Precomposed as Precomposed
    from .convex import PseudoHuber as PseudoHuber
    from .convex import Scaled as Scaled
    from .convex import SchattenNorm as SchattenNorm
    from .convex import SeparableSum as SeparableSum
    from .convex import SortedL1Norm as SortedL1Norm
    from .convex import SpectralNorm as SpectralNorm
    from .convex import SquaredL2 as SquaredL2
    from .convex import Sum as Sum
    from .convex import TopKL1 as TopKL1
    from .convex import Translated as Translated
    from .convex import Truncated as Truncated
    from .dynamics import LionK as LionK
    from .dynamics import LionKFlow as LionKFlow
    from .dynamics import Trajectory as Trajectory
    from .energy import Ledger as Ledger
    from .energy import constraint_distance as constraint_distance
    from .energy import energy_ledger as energy_ledger
    from .energy import lyapunov as lyapunov
    from .energy import phase_switch as phase_switch
    from .inspection import check_convex_function as check_convex_function
    from .integration import FlowSolution as FlowSolution
    from .integration import IntegrationError as IntegrationError
    from .integration import integrate as integrate
    from .integration import integrate_batch as integrate_batch
    from .objectives import Beale as Beale
    from .objectives import DoubleWell as DoubleWell
    from .objectives import LeastSquaresMatrix as LeastSquaresMatrix
    from .objectives import LogisticRegression as LogisticRegression
    from .objectives import Objective as Objective
    from .objectives import Quadratic as Quadratic
    from .objectives import Rosenbrock as Rosenbrock
    from .optim import constraint_metrics as constraint_metrics
    from .optim import lion_k as lion_k
    from .optim import phase_one_length as phase_one_length
    from .optim import scale_by_lion_k as scale_by_lion_k
    from .optim import weight_decay_for_radius as weight_decay_for_radius
    from .problem import constrained_minimum as constrained_minimum
    from .problem import kkt_residuals as kkt_residuals
    from .simulation import simulate as simulate
    from .simulation import simulate_batch as simulate_batch
    from .theorems import Evidence as Evidence
    from .theorems import claims as claims
    from .theorems import verify as verify


def __getattr__(name: str) -> Any:
    """Imports a public name from its home on first use (PEP 562), so that a bare import stays light."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'lionlab' has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME_OF[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
