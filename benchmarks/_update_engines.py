"""Who updates: every implementation of Lion that is measured, with the same three calls each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from _update_problem import BETA1, BETA2, LEARNING_RATE, WEIGHT_DECAY, Problem
from _update_program import digest

OURS, OPTAX = "lionlab.optim.lion_k", "optax.lion"


@dataclass
class Engine:
    """`advance` begins a step, `wait` returns when all steps are done, `parameters` are those of now, by name.

    Two engines with the same `program` differ in nothing that takes time.
    """

    name: str
    build: str
    advance: Callable[[], Any]
    wait: Callable[[], Any]
    parameters: Callable[[], dict[str, Any]]
    temporary_bytes: int | None = None
    program: str | None = None


def optax_engines(problem: Problem, is_fused: bool) -> list[Engine]:
    """lion_k and optax.lion by `compiled_update`, and by `jax.jit` as it is."""
    import optax

    from lionlab.optim import lion_k
    from lionlab.optim._compiled_update import compiled_update

    gradients = jax.device_put(problem.arrays(1))

    def engine(name: str, optimizer: Any, build: str) -> Engine:
        params = jax.device_put(problem.arrays(0))
        state = optimizer.init(params)
        if build == "default":

            def step(params: Any, state: Any, gradients: Any) -> Any:
                updates, state = optimizer.update(gradients, state, params)
                return optax.apply_updates(params, updates), state

            program = jax.jit(step, donate_argnums=(0, 1)).lower(params, state, gradients)
            plain = jax.jit(step, donate_argnums=(0, 1))
            return jax_engine(name, build, lambda p, s: plain(p, s, gradients), (params, state), program)
        update = compiled_update(optimizer)
        program = update.lower(gradients, state, params)
        return jax_engine(name, build, lambda p, s: update(gradients, s, p), (params, state), program)

    constants = {"b1": BETA1, "b2": BETA2, "weight_decay": WEIGHT_DECAY}
    optimizers = {OURS: lion_k(LEARNING_RATE, **constants), OPTAX: optax.lion(LEARNING_RATE, **constants)}
    builds = ["fused"] if is_fused else ["region", "default"] if jax.default_backend() == "cpu" else ["default"]
    return [engine(name, optimizer, build) for build in builds for name, optimizer in optimizers.items()]


def jax_engine(name: str, build: str, step: Callable[..., Any], start: tuple[Any, Any], program: Any) -> Engine:
    """`step(params, state)` returns both; `program` is the step lowered."""
    held = [start]

    def advance() -> None:
        held[0] = step(*held[0])

    compiled = program.compile()
    temporary = compiled.memory_analysis().temp_size_in_bytes
    wait, parameters = lambda: jax.block_until_ready(held[0]), lambda: held[0][0]
    return Engine(name, build, advance, wait, parameters, temporary, digest(compiled))


def keras_engines(problem: Problem) -> list[Engine]:
    """Keras' Lion and ours on JAX, compiled as Keras' trainer does, and ours with the option as well."""
    import keras
    from keras.optimizers import Lion

    from lionlab.dynamics._compiled import WITHOUT_LOOP_COPIES
    from lionlab.keras import LionK

    gradients = jax.device_put(list(problem.arrays(1).values()))

    def engine(name: str, kind: Any, build: str) -> Engine:
        optimizer = kind(learning_rate=LEARNING_RATE, beta_1=BETA1, beta_2=BETA2, weight_decay=WEIGHT_DECAY)
        variables = [keras.Variable(x, name=key.replace("/", "_")) for key, x in problem.arrays(0).items()]
        optimizer.build(variables)
        params = [variable.value for variable in variables]
        state = [variable.value for variable in optimizer.variables]

        def step(params: Any, state: Any, gradients: Any) -> Any:
            return optimizer.stateless_apply(state, gradients, params)

        options = dict(WITHOUT_LOOP_COPIES) if build == "region" else None
        compiled = jax.jit(step, donate_argnums=(0, 1), compiler_options=options)
        program = compiled.lower(params, state, gradients)
        made = jax_engine(name, build, lambda p, s: compiled(p, s, gradients), (params, state), program)
        values = made.parameters
        made.parameters = lambda: dict(zip(problem.shapes, values(), strict=True))
        return made

    ours = "lionlab.keras.LionK"
    builds = ["region", "default"] if jax.default_backend() == "cpu" else ["default"]
    return [engine("keras.Lion", Lion, "default"), *(engine(ours, LionK, build) for build in builds)]


def torch_engines(problem: Problem) -> list[Engine]:
    """Ours tensor by tensor, by lists and compiled, and lion-pytorch where it is installed."""
    import torch

    from lionlab.torch import LionK

    device = "cuda" if torch.cuda.is_available() and jax.default_backend() != "cpu" else "cpu"
    gradients = {key: torch.from_numpy(g).to(device) for key, g in problem.arrays(1).items()}
    constants = {"lr": LEARNING_RATE, "betas": (BETA1, BETA2), "weight_decay": WEIGHT_DECAY}

    def engine(name: str, kind: Any, build: str, **options: Any) -> Engine:
        params = {key: torch.nn.Parameter(torch.from_numpy(x).to(device)) for key, x in problem.arrays(0).items()}
        for key, parameter in params.items():
            parameter.grad = gradients[key]
        optimizer = kind(params.values(), **constants, **options)
        advance = torch.compile(optimizer.step) if build == "compiled" else optimizer.step
        wait = torch.cuda.synchronize if device == "cuda" else lambda: None
        return Engine(name, build, advance, wait, lambda: {key: as_numpy(x) for key, x in params.items()})

    def as_numpy(parameter: Any) -> np.ndarray:
        return parameter.detach().cpu().numpy()

    torch._dynamo.reset()
    ours = "lionlab.torch.LionK"
    found = [
        engine(ours, LionK, "compiled"),
        engine(ours, LionK, "foreach", foreach=True),
        engine(ours, LionK, "plain", foreach=False),
    ]
    try:
        from lion_pytorch import Lion
    except ImportError:
        return found
    return [*found, engine("lion-pytorch", Lion, "plain")]
