"""The audit: which constraint set does this optimizer really keep?

    import lionlab as ll
    report = ll.audit(my_optimizer)                       # what is it?
    report = ll.audit(my_optimizer, K="L1Norm()", weight_decay=1.0)      # is it what it claims?
    print(report)

In a test of yours: `assert_is_lion_k(my_optimizer, K="L1Norm()", weight_decay=1.0)`. The optimizer is a black box; see
`as_black_box` for what is understood. This module can be called: `lionlab.audit(...)`.
"""

import sys as _sys
import typing as _typing
from inspect import signature as _signature
from types import ModuleType as _ModuleType
from typing import Any as _Any

from ._audit import assert_is_lion_k as assert_is_lion_k
from ._audit import audit as audit
from ._black_box import BlackBox as BlackBox
from ._black_box import Course as Course
from ._black_box import StepFunction as StepFunction
from ._black_box import as_black_box as as_black_box
from ._counterexample import Counterexample as Counterexample
from ._counterexample import Replay as Replay
from ._counterexample import read_counterexample as read_counterexample
from ._failures import OptimizerError as OptimizerError
from ._findings import Finding as Finding
from ._report import AuditReport as AuditReport

_function = audit


class _CallableModule(_ModuleType):
    """The name `audit` is a room of the house and a function of its top level: this makes it both."""

    __signature__ = _signature(_function)

    def __call__(self, *arguments: _Any, **named: _Any) -> AuditReport:
        return _function(*arguments, **named)


_sys.modules[__name__].__class__ = _CallableModule
if not _typing.TYPE_CHECKING:
    # Whoever asks for the function gets the module: `import lionlab.audit as a` then always finds the whole room.
    audit = _sys.modules[__name__]
