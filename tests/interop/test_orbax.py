"""A state of `lion_k` saved and restored by orbax goes on to the bit."""

from pathlib import Path

import jax
import jax.numpy as jnp
import pytest
from optim.optimizer_runs import course, gradients, parameters, same_bits

from lionlab.optim import LionKState, lion_k, spectral_for_matrices

checkpoint = pytest.importorskip("orbax.checkpoint", reason="needs the extra interop: make interop")

SHAPES = {"kernel": (4, 3), "bias": (5,), "gain": ()}


def test_a_restored_state_goes_on_to_the_bit(tmp_path: Path):
    params = parameters(shapes=SHAPES)
    stream = gradients(params, 6)
    optimizer = lion_k(0.02, spectral_for_matrices(), weight_decay=0.3, mu_dtype=jnp.bfloat16)
    *_, (end, _), _ = course(optimizer, params, stream)
    *_, (middle, _), state = course(optimizer, params, stream[:3])
    with checkpoint.StandardCheckpointer() as saver:
        saver.save(tmp_path / "step", {"params": middle, "state": state})
        saver.wait_until_finished()
        like = jax.tree.map(jnp.zeros_like, {"params": params, "state": optimizer.init(params)})
        restored = saver.restore(tmp_path / "step", like)
    assert isinstance(restored["state"], LionKState)
    assert same_bits(restored["state"], state)
    *_, (again, _), _ = course(optimizer, restored["params"], stream[3:], restored["state"])
    assert same_bits(again, end)
