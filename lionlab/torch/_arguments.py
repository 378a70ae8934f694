"""The values that a parameter group may hold, and what else is asked of it, refused in words."""

import difflib
import math
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor


def require_params(params: Any) -> None:
    """**Raises:** `TypeError` for what holds no parameters, above all a module in place of its parameters."""
    if isinstance(params, torch.nn.Module):
        raise TypeError("params must be tensors, got a module. Write model.parameters().")
    if not isinstance(params, Iterable):
        raise TypeError(f"params must be tensors such as model.parameters(), or parameter groups, got {params!r}.")


def require_group(group: Any, known: Iterable[str]) -> None:
    """**Raises:** `TypeError` unless `group` is a dict; `ValueError` without "params", and for a key misspelt."""
    if not isinstance(group, dict):
        raise TypeError(f'A parameter group must be a dict such as {{"params": [...], "lr": 0.1}}, got {group!r}.')
    if "params" not in group:
        raise ValueError(f'A parameter group needs the key "params", got {sorted(map(str, group))}.')
    names = {"params", "param_names", *known}
    for key in group:
        # Schedules keep keys of their own in a group; only what looks like one of ours is a slip.
        near = difflib.get_close_matches(str(key), names, n=1, cutoff=0.85)
        if key not in names and near:
            raise ValueError(f"A parameter group has the key {key!r}, which means nothing. Is it {near[0]!r}?")


def check_group(group: Mapping[str, Any]) -> None:
    """**Raises:** `ValueError` or `TypeError` naming the first value of a parameter group that is out of its range."""
    lr = group["lr"]
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError(f"lr must be a number or a tensor of one entry, got shape {tuple(lr.shape)}.")
    step_size = _number("lr", lr)
    weight_decay = _number("weight_decay", group["weight_decay"])
    betas = group["betas"]
    if not hasattr(betas, "__len__") or not hasattr(betas, "__iter__") or len(betas) != 2:
        raise ValueError(f"betas must be a pair such as (0.9, 0.99), got {betas!r}.")
    for name, beta in zip(("betas[0]", "betas[1]"), betas, strict=True):
        _number(name, beta, high=1.0)
    if group["decay"] not in ("explicit", "implicit"):
        raise ValueError(f'decay must be "explicit" or "implicit", got {group["decay"]!r}.')
    if group["decay"] == "explicit" and step_size * weight_decay > 1:
        raise ValueError(
            f"lr·weight_decay must be ≤ 1 for explicit decay, got {step_size:g}·{weight_decay:g} = "
            f'{step_size * weight_decay:g}; lower one of them or use decay="implicit".'
        )
    if not isinstance(group["maximize"], bool):
        raise TypeError(f"maximize must be True or False, got {group['maximize']!r}.")
    if not isinstance(group["foreach"], bool | None):
        raise TypeError(f"foreach must be True, False or None, got {group['foreach']!r}.")
    mu_dtype = group["mu_dtype"]
    if mu_dtype is not None and not (isinstance(mu_dtype, torch.dtype) and mu_dtype.is_floating_point):
        raise TypeError(f"mu_dtype must be None or a dtype such as torch.bfloat16, got {mu_dtype!r}.")


def _number(name: str, value: Any, high: float = math.inf) -> float:
    try:
        number = None if isinstance(value, (bool, str)) else float(value)
    except (TypeError, ValueError, RuntimeError):
        number = None
    if number is None:
        raise TypeError(f"{name} must be a number, got {value!r}.")
    if not 0 <= number <= high or math.isinf(number):
        allowed = f"in [0, {high:g}]" if math.isfinite(high) else "finite and ≥ 0"
        raise ValueError(f"{name} must be {allowed}, got {number:g}.")
    return number
