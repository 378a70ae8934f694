"""A torch optimizer as a black box, rebuilt on fresh parameters for every run."""

import inspect
from typing import Any

import numpy as np

from ._black_box import BlackBox, Course, Recorder, each_gradient, known_steps
from ._failures import brief, first_line, stepping
from ._jax_box import name_of, oriented


class TorchBox(BlackBox):
    """A `torch.optim.Optimizer`, or a class or function `params -> optimizer`. torch is only used once it is given."""

    def __init__(self, optimizer: Any) -> None:
        import torch

        if isinstance(optimizer, torch.optim.Optimizer):
            kind, defaults = type(optimizer), optimizer.defaults
            known = inspect.signature(kind).parameters
            takes_all = any(p.kind is p.VAR_KEYWORD for p in known.values())
            settings = {name: value for name, value in defaults.items() if takes_all or name in known}
            self.make = lambda params: kind(params, **settings)
            self.name = kind.__name__
        else:
            self.make = optimizer
            self.name = name_of(optimizer)
        try:
            built = self.make([torch.nn.Parameter(torch.zeros(1, 1))])
        except Exception as error:
            told = f"{self.name} cannot be built from params: {type(error).__name__}: {first_line(error)}"
            raise TypeError(told) from error
        if not isinstance(built, torch.optim.Optimizer):
            raise TypeError(f"{self.name} takes params and must return a torch optimizer, got {brief(built)}.")
        self.learning_rate = float(built.param_groups[0]["lr"]) if "lr" in built.param_groups[0] else None
        self.accepts_rate = self.accepts_schedule = self.learning_rate is not None

    def _run(self, x: np.ndarray, gradients: Any, rate: Any) -> Course:
        import torch

        # A step of a dozen numbers would wait for threads: Muon's, five hundred times as long.
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            return self._stepped(x, gradients, rate)
        finally:
            torch.set_num_threads(threads)

    def _stepped(self, x: np.ndarray, gradients: Any, rate: Any) -> Course:
        import torch

        def tensor(array: np.ndarray) -> Any:
            if array.dtype.name == "bfloat16":
                return torch.tensor(array.astype(np.float32)).to(torch.bfloat16)
            return torch.tensor(np.array(array))

        p = torch.nn.Parameter(tensor(x))
        with stepping(self.name, "its constructor"):
            optimizer = self.make([p])
        recorder, momenta, seen = Recorder(x, None, self.name, known_steps(gradients)), [np.zeros_like(x)], []
        for t, g in each_gradient(gradients, lambda: recorder.last):
            if rate is not None:
                for group in optimizer.param_groups:
                    group["lr"] = float(rate(t)) if callable(rate) else rate
            p.grad = tensor(g)
            seen.append(g)
            with stepping(self.name, t):
                optimizer.step()
            recorder.record(_numpy(p, x.dtype), None)
            arrays = [v for v in optimizer.state[p].values() if torch.is_tensor(v) and v.shape == p.shape and v.ndim]
            momenta += [_numpy(arrays[0], x.dtype)] if len(arrays) == 1 else []
        course = recorder.course(str(p.dtype).removeprefix("torch."))
        has_momentum = len(momenta) == len(course.x) > 1
        return course._replace(momentum=oriented(np.stack(momenta), np.stack(seen)) if has_momentum else None)


def _numpy(tensor: Any, dtype: Any) -> np.ndarray:
    found = tensor.detach().cpu()
    return (found.float() if str(found.dtype) == "torch.bfloat16" else found).numpy().astype(dtype, copy=True)
