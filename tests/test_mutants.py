"""What `make mutants` is made of: mistakes that are mistakes, a draw that stays, a plan that names what there is."""

import ast
import importlib.util
import sys
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
FOLDER = REPOSITORY / "mutants"


def loaded(name: str):
    spec = importlib.util.spec_from_file_location(f"mutants_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


MUTATIONS = loaded("mutations")
SOURCE = '''"""A text: a + b."""

import math


class Norm:
    size: float | int = 2

    def value(self, z: "a | b", γ: float = 0.5):
        """γ·max(z) − 1."""
        if z is None:
            raise ValueError(f"z + 1 is {z + 1}")
        check(z)
        return γ * jnp.maximum(z, 0) - jnp.where(z < 1, -z, jnp.abs(z))
'''
WANTED = {
    "2 → 3", "2 → (1)", "0.5 → 1.0", "0.5 → (-0.5)", "z is None → not (z is None)", "z is None → (z is not None)",
    "check(z) → pass", "γ * jnp.maximum(z, 0) → (γ / jnp.maximum(z, 0))", "γ * jnp.maximum(z, 0) → (γ)",
    "γ * jnp.maximum(z, 0) → (jnp.maximum(z, 0))", "jnp.maximum(z, 0) → jnp.minimum(z, 0)", "jnp.maximum(z, 0) → (z)",
    "0 → 1", "0 → (-1)", "z < 1 → (z <= 1)", "z < 1 → (z > 1)", "1 → 2", "1 → (0)", "-z → (z)", "jnp.abs(z) → (z)",
    "jnp.where(z < 1, -z, jnp.abs(z)) → jnp.where(z < 1, jnp.abs(z), -z)",
}  # fmt: skip


def test_every_mistake_is_made_once_and_nothing_else_is_touched() -> None:
    found = MUTATIONS.mutations("f.py", SOURCE)
    names = [f"{one.before} → {one.after}" for one in found]
    whole = [name for name in names if name.startswith("γ * jnp.maximum(z, 0) - ")]
    assert len(whole) == 2  # the sign and the term: a + for the −, or nothing
    assert sorted(set(names) - set(whole)) == sorted(WANTED)
    assert len({one.name for one in found}) == len(found)


def test_a_mutant_differs_in_its_place_alone() -> None:
    for one in MUTATIONS.mutations("f.py", SOURCE):
        changed = one.applied(SOURCE)
        ast.parse(changed)
        assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(SOURCE))
        encoded = SOURCE.encode()
        assert changed.encode().startswith(encoded[: one.start])
        assert changed.encode().endswith(encoded[one.end :])


def test_the_draw_is_the_same_when_another_part_of_the_file_changes() -> None:
    before = MUTATIONS.mutations("f.py", SOURCE)
    after = MUTATIONS.mutations("f.py", SOURCE + "\n\nLIMIT = 7.5\n")
    drawn = [one.name for one in MUTATIONS.sample(before, 8, seed=0)]
    assert len(set(drawn)) == 8
    assert [one.name for one in MUTATIONS.sample(after, 9, seed=0) if "7.5" not in one.before][:8] == drawn
    assert [one.name for one in MUTATIONS.sample(before, 8, seed=1)] != drawn


def test_the_plan_is_about_the_tree() -> None:
    plan = tomllib.loads((FOLDER / "plan.toml").read_text(encoding="utf-8"))
    formulas = {
        str(path.relative_to(REPOSITORY))
        for room in ("convex", "dynamics", "energy")
        for path in (REPOSITORY / "lionlab" / room).glob("*.py")
        if path.name != "__init__.py"
    }
    # A new file is no failure here: `make mutants` asks for its line.
    assert {*plan["files"], *plan["left_out"]} <= formulas
    named = {test.split("[")[0] for entry in plan["files"].values() for test in entry.get("tests", [])}
    assert [test for test in sorted(named) if not exists(test)] == []
    assert not exists("tests/test_mutants.py::test_that_nobody_wrote")


def exists(test: str) -> bool:
    file, *names = test.split("::")
    if not (REPOSITORY / file).exists():
        return False
    tree = ast.parse((REPOSITORY / file).read_text(encoding="utf-8"))
    return all(name in {node.name for node in tree.body if hasattr(node, "name")} for name in names[:1])


@pytest.mark.parametrize("row", tomllib.loads((FOLDER / "survivors.toml").read_text(encoding="utf-8"))["survivor"])
def test_every_survivor_has_a_reason(row: dict) -> None:
    assert row["kind"] in ("equivalent", "allowed")
    assert len(row["reason"]) > 20
    assert (REPOSITORY / row["file"]).exists()
