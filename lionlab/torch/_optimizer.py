"""`LionK`, the optimizer: groups of parameters with a K, a learning rate and a decay each."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from ..convex import ConvexFunction, L1Norm
from . import _calculus, _norms, _proximal, _unfolded  # noqa: F401 - they register the directions
from ._arguments import check_group, require_group, require_params
from ._direction import Direction, build_direction, require_real
from ._newton_schulz import NewtonSchulz
from ._own_name import is_own_name, own_name
from ._step import Constants, expression_step, foreach_step, piecewise_step
from ._text import parsed, text_of


class LionK(Optimizer):
    """Lion-K with decoupled weight decay, for PyTorch. With `L1Norm()`, the default, it is Lion.

        m̃⁺ = β1 m − (1−β1) g          look-ahead momentum
        m⁺ = β2 m − (1−β2) g          momentum
        x⁺ = x + η(∇K(m̃⁺) − λx)       decay="explicit", the form in use
        x⁺ = x + η(∇K(m̃⁺) − λx⁺)      decay="implicit", the form of the theorem

    It minimises f(x) + K*(λx)/λ; for a norm K: f subject to ‖λx‖_dual ≤ 1, for each parameter tensor. The state of a
    parameter is `exp_avg` = −m, the average of its gradients.

    **Arguments**, each also the key of a parameter group:

    - `params`: tensors, named tensors, or dicts of parameter groups.
    - `lr`: η ≥ 0, a number or a tensor without axes. Compiled, a new number is a new program; a tensor is filled anew.
    - `K`: a `ConvexFunction`, or its text as in `"Huber(0.5)"`. A group holds the text: checkpoints hold no objects.
      `NewtonSchulz()`, the one of this package, stands for the nuclear norm where singular values take too long;
      `Unfolded(NuclearNorm())` takes the kernel of a convolution.
    - `betas`: (β1, β2), each in [0, 1].
    - `weight_decay`: λ ≥ 0; 1/λ is the radius of the constraint set. Explicit decay needs ηλ ≤ 1.
    - `decay`: "explicit" or "implicit".
    - `maximize`: move along +g.
    - `foreach`: True works on all tensors of a group at once, False on one after the other; None chooses the first on a
      GPU. It takes a copy of the parameters in memory.
    - `mu_dtype`: the dtype of the momentum, such as `torch.bfloat16`; None is the parameter's own.

    Parameters of half precision move in float32 and are rounded once, so that on the same gradients they part from
    those of `lionlab.optim.lion_k` and `optax.lion`, which compute in half precision. An entry whose gradient is NaN
    becomes NaN. Parameters without gradient, and those without entries, are left alone.

    **Raises:** `ValueError` or `TypeError` naming the argument, its value and the allowed range, when it is built: also
    for a K that does not take a parameter's shape or has no form in torch, and for complex parameters. `step` raises
    `TypeError` for a sparse or complex gradient.

    Source: arXiv 2310.05898, eq. (1)–(3); arXiv 2302.06675 (Lion).
    """

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 1e-4,
        K: ConvexFunction | NewtonSchulz | str = L1Norm(),  # noqa: B008 - immutable
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
        *,
        decay: str = "explicit",
        maximize: bool = False,
        foreach: bool | None = None,
        mu_dtype: torch.dtype | None = None,
    ):
        require_params(params)
        self._own_functions: dict[str, ConvexFunction | NewtonSchulz] = {}
        self._directions: dict[str, Direction] = {}
        defaults = {
            "lr": lr, "K": self._named(K), "betas": betas, "weight_decay": weight_decay, "decay": decay,
            "maximize": maximize, "foreach": foreach, "mu_dtype": mu_dtype,
        }  # fmt: skip
        check_group(defaults)
        super().__init__(params, defaults)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Adds a group of parameters, with its own `lr`, `K`, `betas`, … where it gives them."""
        require_group(param_group, self.defaults)
        if "K" in param_group:
            param_group["K"] = self._named(param_group["K"])
        check_group({**self.defaults, **param_group})
        super().add_param_group(param_group)
        group = self.param_groups[-1]
        try:
            for x in group["params"]:
                require_real(x, "A parameter")
                self._try_shape(group["K"], x)
        except (TypeError, ValueError):
            self.param_groups.pop()
            raise

    def function_of(self, group: dict[str, Any]) -> ConvexFunction | NewtonSchulz:
        """K of a parameter group, as an object."""
        text = self._named(group["K"])
        return self._own_functions[text] if text in self._own_functions else parsed(text)

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One step of every parameter; `closure`, where it is given, computes the gradients and what is returned."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            xs: list[Tensor] = []
            gradients: list[Tensor] = []
            averages: list[Tensor] = []
            self._init_group(group, xs, gradients, averages)
            direction = self._direction(group)
            constants = Constants(
                lr=group["lr"],
                beta1=group["betas"][0],
                beta2=group["betas"][1],
                weight_decay=group["weight_decay"],
                is_implicit=group["decay"] == "implicit",
                sign=-1.0 if group["maximize"] else 1.0,
            )
            if torch.compiler.is_compiling():
                for x, g, v in zip(xs, gradients, averages, strict=True):
                    expression_step(x, g, v, direction, constants)
            elif group["foreach"] or (group["foreach"] is None and _are_on_gpu(xs)):
                foreach_step(xs, gradients, averages, direction, constants)
            else:
                for x, g, v in zip(xs, gradients, averages, strict=True):
                    piecewise_step(x, g, v, direction, constants)
        return loss

    # torch.compile knows this name: it calls the method instead of reading it, so that state is made before.
    def _init_group(
        self, group: dict[str, Any], xs: list[Tensor], gradients: list[Tensor], averages: list[Tensor]
    ) -> None:
        """Collects what has a gradient and at least one entry; makes the momentum of what has none yet."""
        for x in group["params"]:
            if x.grad is None:
                continue
            require_real(x.grad, "A gradient")
            state = self.state[x]
            if "exp_avg" not in state:
                state["exp_avg"] = torch.zeros_like(
                    x, dtype=group["mu_dtype"] or x.dtype, memory_format=torch.preserve_format
                )
            if x.numel():
                xs.append(x)
                gradients.append(x.grad)
                averages.append(state["exp_avg"])

    def _named(self, K: ConvexFunction | NewtonSchulz | str) -> str:
        """The text of K, having made its direction; a K without text is kept and gets a name."""
        if isinstance(K, str):
            if K not in self._directions:
                self._directions[K] = build_direction(self._own_functions.get(K) or parsed(K))
            return K
        direction = build_direction(K)
        text = text_of(K)
        if text is None:
            text = next((name for name, own in self._own_functions.items() if own is K), None)
        if text is None:
            name, is_exact = own_name(K)  # type: ignore[arg-type]  # NewtonSchulz has a text
            text = name
            while not is_exact and text in self._own_functions:
                text += "'"
            self._own_functions[text] = K
        self._directions[text] = direction
        return text

    def _direction(self, group: dict[str, Any]) -> Direction:
        if group["K"].__class__ is not str or group["K"] not in self._directions:
            # Somebody wrote a new K into the group.
            group["K"] = self._named(group["K"])
        return self._directions[group["K"]]

    def _try_shape(self, text: str, x: Tensor) -> None:
        """**Raises:** `ValueError` where K does not take x's shape, tried without computing anything."""
        direction = self._directions[text]
        if direction.in_place is None and x.numel():
            try:
                found = direction.function(torch.empty(x.shape, device="meta", dtype=torch.float32))
            except (RuntimeError, TypeError):
                # A direction of the user's own need not know tensors without data.
                return
            if not isinstance(found, Tensor) or found.shape != x.shape:
                got = f"shape {tuple(found.shape)}" if isinstance(found, Tensor) else repr(found)
                raise ValueError(
                    f"The direction of {text} must return a tensor of the parameter's shape "
                    f"{tuple(x.shape)}, got {got}."
                )

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Takes the state of another `LionK`, its momentum to the bit. What its groups do not know stays as it is here.

        A K of one's own is not in the checkpoint, only its class and a digest of its constants and its code are; one
        that agrees in these is to be among those this optimizer was built with.

        **Raises:** `ValueError` when a group's K is a function of one's own that this optimizer was not built with, and
        for a momentum of another shape than its parameter; `TypeError` for what no `state_dict` returned.
        """
        if not isinstance(state_dict, Mapping) or not {"state", "param_groups"} <= state_dict.keys():
            raise TypeError(f"load_state_dict takes what state_dict() returned, got {type(state_dict).__name__}.")
        before = [dict(group) for group in self.param_groups]
        groups = [
            {**{key: value for key, value in mine.items() if key not in ("params", "param_names")}, **saved}
            for mine, saved in zip(before, state_dict["param_groups"], strict=False)
        ]
        if len(groups) == len(before) == len(state_dict["param_groups"]):
            for number, group in enumerate(groups):
                if is_own_name(str(group["K"])) and group["K"] not in self._own_functions:
                    raise _not_built_with(number, group["K"], before[number]["K"])
                self._named(group["K"])
            self._require_shapes(state_dict)
            state_dict = {**state_dict, "param_groups": groups}
        super().load_state_dict(state_dict)
        # torch has cast the momentum to the parameter's dtype.
        for group, saved in zip(self.param_groups, state_dict["param_groups"], strict=True):
            for x, number in zip(group["params"], saved["params"], strict=True):
                stored, dtype = state_dict["state"].get(number, {}).get("exp_avg"), group["mu_dtype"] or x.dtype
                if stored is not None and dtype != x.dtype:
                    self.state[x]["exp_avg"] = stored.detach().to(device=x.device, dtype=dtype, copy=True)

    def _require_shapes(self, state_dict: Mapping[str, Any]) -> None:
        for group, saved in zip(self.param_groups, state_dict["param_groups"], strict=True):
            # Where their numbers differ torch itself says so.
            for x, number in zip(group["params"], saved["params"], strict=False):
                stored = state_dict["state"].get(number, {}).get("exp_avg")
                if stored is not None and stored.shape != x.shape:
                    raise ValueError(
                        f"load_state_dict: the momentum of parameter {number} has shape {tuple(stored.shape)}, the "
                        f"parameter {tuple(x.shape)}. Load the state of an optimizer of the same model."
                    )

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "own_functions": self._own_functions}

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        self._own_functions = {**state.pop("own_functions", {}), **getattr(self, "_own_functions", {})}
        self._directions = dict(getattr(self, "_directions", {}))
        super().__setstate__(state)
        known = {
            "K": "L1Norm()", "decay": "explicit", "maximize": False, "foreach": None, "mu_dtype": None,
            "weight_decay": 0.0, "betas": (0.9, 0.99),
        }  # fmt: skip
        for group in self.param_groups:
            for key, value in known.items():
                group.setdefault(key, value)
            group["K"] = self._named(group["K"])


def _not_built_with(number: int, saved: str, mine: str) -> ValueError:
    return ValueError(
        f"load_state_dict: group {number} was saved with a K of your own, {saved!r}, that this optimizer was not built "
        f"with; its own is {mine!r}. A checkpoint holds only the class of such a K and a digest of its constants and "
        "its code (#…): build the optimizer with it before loading. To go on with the K that this optimizer has, "
        'delete "K" from that group of the state dict.'
    )


def _are_on_gpu(tensors: list[Tensor]) -> bool:
    return bool(tensors) and all(x.device.type not in ("cpu", "meta") for x in tensors)
