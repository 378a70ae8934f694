"""The house stays as drawn: imports point down, public names are documented, importing costs and changes nothing."""

import ast
import importlib
import importlib.util
import inspect
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import lionlab

REPOSITORY = Path(__file__).parents[1]
PACKAGE = REPOSITORY / "lionlab"
LONGEST_FILE = 350

# What each room may import from the others. cli stands on top: no room lists it, so none may import it.
BELOW_THEOREMS = {
    "precision", "conjugation", "convex", "objectives", "problem", "dynamics", "energy", "simulation", "integration",
}  # fmt: skip
LIBRARY = BELOW_THEOREMS | {"inspection", "proofs", "search", "theorems", "plotting", "optim", "audit"}
MAY_IMPORT: dict[str, set[str]] = {
    "precision": set(),
    "plotting": set(),
    # Proofs know the theory's formulas and none of the code that computes them: what they show does not rest on it.
    "proofs": set(),
    # What a conjugate is made of numerically, from plain functions: it knows no K of the catalogue.
    "conjugation": {"precision"},
    "convex": {"precision", "conjugation"},
    "objectives": {"precision"},
    "problem": {"precision", "convex", "objectives"},
    "dynamics": {"precision", "convex"},
    "energy": {"precision", "convex", "objectives", "problem", "dynamics"},
    # Above energy, because a run records H on request.
    "simulation": {"precision", "convex", "dynamics", "energy"},
    "integration": {"precision", "convex", "dynamics", "energy"},
    # What people train with; it stands on the functions K and on the energy that its metrics report.
    "optim": {"precision", "convex", "dynamics", "energy"},
    "torch": {"precision", "convex"},
    "keras": {"precision", "convex"},
    # Anyone's optimizer as a black box, held against the theory; it never reads an optimizer's source.
    "audit": BELOW_THEOREMS | {"optim"},
    "inspection": BELOW_THEOREMS - {"problem", "integration"},
    "search": {"proofs"},
    "theorems": BELOW_THEOREMS | {"proofs", "search"},
    "reproduction": LIBRARY,
    "cli": LIBRARY | {"reproduction"},
    # What an inspection finds decides no figure, so that figures need not be drawn anew when it learns more.
    "experiments": LIBRARY - {"inspection"} | {"reproduction"},
}
OPTIONAL = {"torch", "keras"}  # rooms that need the library of their name
PLOTTING_MAY_IMPORT = {"lionlab", "numpy", "matplotlib", *sys.stdlib_module_names}


def room_of(path: Path) -> str:
    """The room a source file belongs to: 'convex' for lionlab/convex/_l1.py, '' for lionlab/__init__.py."""
    parts = path.relative_to(REPOSITORY).with_suffix("").parts
    if parts[0] != "lionlab":
        return parts[0]
    return "" if parts[1] == "__init__" else parts[1]


def imported_modules(source: str, path: Path) -> Iterator[str]:
    """Absolute names of everything `source` imports, at any depth, relative imports resolved."""
    package = path.relative_to(REPOSITORY).parent.parts
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            prefix = ".".join((*base, *((node.module,) if node.module else ())))
            yield from (f"{prefix}.{alias.name}" for alias in node.names)


def violations(source: str, path: Path) -> list[str]:
    """Each import of `source` that the drawing of the house forbids, in words."""
    room = room_of(path)
    if room and room not in MAY_IMPORT:
        return [f"{room} is not on the drawing of the house"]
    found = []
    for module in imported_modules(source, path):
        top, *rest = module.split(".")
        if room == "plotting" and top not in PLOTTING_MAY_IMPORT:
            found.append(f"{room} imports {module}: plots take data and never compute")
        if room == "" or top not in ("lionlab", "experiments"):
            continue
        if top == "experiments":
            target = top
        elif not rest:
            # `import lionlab` reaches every room by attribute, which nobody can follow.
            target = "lionlab" if room != "experiments" else room
        else:
            # A public name counts as its home, so `from lionlab import Quadratic` is an import of objectives.
            target = lionlab._HOME_OF.get(rest[0], rest[0])
        if target not in {room, "__version__", "__name__"} | MAY_IMPORT[room]:
            found.append(f"{room} imports {target} ({module})")
    return found


def source_files(*folders: str) -> list[Path]:
    files = sorted(path for folder in folders for path in (REPOSITORY / folder).rglob("*.py"))
    assert files, f"no Python file under {folders}"
    return files


def test_every_room_is_on_the_drawing():
    rooms = {room_of(path) for path in source_files("lionlab")} - {""}
    assert rooms == set(MAY_IMPORT) - {"experiments"}


def test_imports_point_down():
    found = {
        str(path): wrong
        for path in source_files("lionlab", "experiments")
        if (wrong := violations(path.read_text(encoding="utf-8"), path))
    }
    assert not found


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("lionlab/dynamics/_planted.py", "from ..objectives import Quadratic"),
        ("lionlab/dynamics/_planted.py", "from .. import objectives"),
        ("lionlab/dynamics/_planted.py", "from lionlab import Quadratic"),
        ("lionlab/dynamics/_planted.py", "import lionlab.objectives._planted as o"),
        ("lionlab/dynamics/_planted.py", "def f():\n    from ..energy import lyapunov"),
        ("lionlab/convex/_planted.py", "import lionlab as ll"),
        ("lionlab/convex/_planted.py", "from ..cli import main"),
        ("lionlab/precision.py", "from .convex import L1Norm"),
        ("lionlab/theorems/_planted.py", "from experiments import two_phases"),
        ("lionlab/theorems/_planted.py", "import experiments.two_phases"),
        ("lionlab/cellar.py", "import math"),
        ("lionlab/plotting.py", "import jax.numpy as jnp"),
        ("lionlab/plotting.py", "from .energy import lyapunov"),
        ("experiments/planted.py", "from lionlab.cli import main"),
    ],
)
def test_a_planted_import_is_caught(file: str, line: str):
    assert violations(line, REPOSITORY / file)


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("lionlab/dynamics/_planted.py", "from ..convex import ConvexFunction\nfrom ._method import LionK\nimport jax"),
        ("lionlab/cli/__init__.py", "from .. import __version__\nfrom ..theorems import claims"),
        ("lionlab/plotting.py", "import numpy as np\nfrom matplotlib.axes import Axes\nfrom pathlib import Path"),
        ("experiments/planted.py", "import lionlab as ll\nfrom lionlab.plotting import save"),
    ],
)
def test_an_allowed_import_is_not(file: str, line: str):
    assert violations(line, REPOSITORY / file) == []


def test_no_file_outgrows_one_idea():
    lengths = {
        str(path.relative_to(REPOSITORY)): len(path.read_text(encoding="utf-8").splitlines())
        for path in source_files("lionlab", "experiments", "tests", "benchmarks")
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_the_three_lists_of_public_names_agree():
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    (guarded,) = [node for node in tree.body if isinstance(node, ast.If)]
    for_type_checkers = {
        alias.name: node.module for node in guarded.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert for_type_checkers == lionlab._HOME_OF
    assert {"__version__", *lionlab._HOME_OF} == set(lionlab.__all__) <= set(dir(lionlab))


def exported_objects() -> dict[str, object]:
    """Every public class and function, by its shortest public name: the top level's and each room's own."""
    found = {name: getattr(lionlab, name) for name in lionlab.__all__ if name != "__version__"}
    absent = {room for room in OPTIONAL if importlib.util.find_spec(room) is None}
    for room in sorted({room_of(path) for path in source_files("lionlab")} - {"", "cli"} - absent):
        module = importlib.import_module(f"lionlab.{room}")
        for name in getattr(module, "__all__", vars(module)):
            value = getattr(module, name)
            ours = getattr(value, "__module__", "").startswith(f"lionlab.{room}")
            if not name.startswith("_") and ours and not any(value is other for other in found.values()):
                found[f"{room}.{name}"] = value
    return found


def undocumented(name: str, value: object) -> list[str]:
    """`name` and the public methods among its own that say nothing; an override may inherit its docstring."""
    if not inspect.isclass(value):
        return [name] if callable(value) and not inspect.getdoc(value) else []
    # A dataclass without a docstring gets its signature for one, which says nothing.
    missing = [] if value.__doc__ and not value.__doc__.startswith(f"{value.__name__}(") else [name]
    fields = getattr(value, "__dataclass_fields__", {})  # the class docstring tells what they mean
    for attribute, member in vars(value).items():
        if attribute.startswith("_") or attribute in fields:
            continue
        described = callable(member) or isinstance(member, (property, classmethod, staticmethod))
        texts = (vars(base)[attribute].__doc__ for base in value.__mro__ if attribute in vars(base))
        if described and not any(texts):
            missing.append(f"{name}.{attribute}")
    return missing


def test_every_public_name_resolves_and_is_documented():
    missing = [wrong for name, value in exported_objects().items() for wrong in undocumented(name, value)]
    assert missing == []


def test_a_planted_undocumented_name_is_caught():
    import equinox as eqx

    class Silent(eqx.Module):
        size: int

        def grow(self) -> int:
            return self.size + 1

    def silent() -> None: ...

    assert undocumented("Silent", Silent) == ["Silent", "Silent.grow"]
    assert undocumented("silent", silent) == ["silent"]


def test_an_unknown_name_is_refused_in_the_usual_words():
    with pytest.raises(AttributeError, match="module 'lionlab' has no attribute 'Lyon'"):
        _ = lionlab.Lyon


def run_python(code: str) -> str:
    """Standard output of a fresh interpreter, without the settings that this test process made."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("JAX_", "XLA_"))}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=REPOSITORY, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


LOADED = "import json, sys; print(json.dumps(sorted(set(sys.modules))))"


def heavy_modules(code: str, heavy: set[str]) -> set[str]:
    return heavy & set(json.loads(run_python(f"{code}\n{LOADED}").splitlines()[-1]))


def test_importing_lionlab_is_light():
    assert not heavy_modules("import lionlab", {"jax", "numpy", "scipy", "matplotlib", "sympy", "equinox"})


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_asking_the_program_for_help_is_light(option: str):
    code = f"""
import sys
from lionlab.cli import main
sys.argv = ["lionlab", {option!r}]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""
    assert not heavy_modules(code, {"jax", "matplotlib.pyplot", "sympy", "sklearn"})


def test_heavy_modules_are_seen():
    assert heavy_modules("import lionlab; lionlab.L1Norm", {"jax", "sympy"}) >= {"jax"}


SETTINGS = """
import importlib, json, os, pkgutil
import importlib.util
import diffrax, equinox, jax, matplotlib, numpy, optax, scipy

absent = [name for name in ("torch", "keras") if importlib.util.find_spec(name) is None]
for name in {"torch", "keras"} - set(absent):
    importlib.import_module(name)

def settings():
    return {
        "jax": repr(sorted(jax.config.values.items())),
        "numpy": repr((numpy.geterr(), numpy.get_printoptions())),
        "random": repr(numpy.random.get_state()),
        "environment": repr(sorted(os.environ.items())),
        "matplotlib": repr(sorted(matplotlib.rcParams.items())),
    }

def changed_by(code):
    before = settings()
    exec(code, dict(globals()))
    after = settings()
    return [name for name in before if before[name] != after[name]]
"""
IMPORT_ALL = """
import lionlab
names = [m.name for m in pkgutil.walk_packages(lionlab.__path__, "lionlab.") if not m.name.endswith("__main__")]
assert len(names) > 10, names
for name in names:
    if name.split(".")[1] not in absent:
        importlib.import_module(name)
"""
PLANTED = {
    "jax": "jax.config.update('jax_enable_x64', True)",
    "numpy": "numpy.seterr(all='ignore')",
    "random": "numpy.random.seed(0)",
    "environment": "os.environ['XLA_FLAGS'] = ''",
    "matplotlib": "matplotlib.rcParams['figure.dpi'] = 37",
}


def changed_settings(*codes: str) -> list[list[str]]:
    """Which global settings each piece of code changes, one after the other in one fresh interpreter."""
    return json.loads(run_python(f"{SETTINGS}\nprint(json.dumps([changed_by(code) for code in {codes!r}]))"))


def test_importing_everything_changes_no_setting():
    assert changed_settings(IMPORT_ALL) == [[]]


def test_planted_changes_of_settings_are_caught():
    assert changed_settings(*PLANTED.values()) == [[name] for name in PLANTED]
