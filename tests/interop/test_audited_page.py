"""The counterexamples beside docs/audited_optimizers.md still show what the page says of the versions it names."""

import re
from importlib import import_module, metadata
from pathlib import Path

import numpy as np
import pytest

from lionlab.audit import as_black_box, read_counterexample

torch = pytest.importorskip("torch", reason="needs the extra interop: make interop")
PO = pytest.importorskip("pytorch_optimizer", reason="needs the extra interop: make interop")

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "audited_optimizers.md").read_text(encoding="utf-8")
FILES = {path.stem: path for path in sorted((DOCS / "audited").glob("*.json"))}
OF_PACKAGE = {"torch-muon": "torch", "lion-pytorch-decoupled": "lion-pytorch"}


def test_every_file_is_on_the_page_and_every_link_leads_somewhere():
    assert set(re.findall(r"--replay docs/audited/([\w.-]+)\.json", PAGE)) == set(FILES)
    for target in re.findall(r"\]\(([^)#:]+)", PAGE):
        assert (DOCS / target).exists(), target


@pytest.mark.parametrize("name", OF_PACKAGE)
def test_it_stands_in_the_version_that_the_page_names(name: str):
    stored, more = read_counterexample(FILES[name])
    package = OF_PACKAGE[name]
    version = metadata.version(package)
    if f"{package} {version.partition('+')[0]}" not in PAGE:
        pytest.skip(f"{package} {version} is not the version that the page speaks of")
    pytest.importorskip(package.replace("-", "_"))
    module, _, factory = more["target"].partition(":")
    done = stored.replay(as_black_box(getattr(import_module(module), factory)()))
    assert done.is_same
    assert done.still_parts


def test_what_was_predicted_is_not_what_was_observed():
    for path in FILES.values():
        stored, _ = read_counterexample(path)
        assert stored.predicted is not None
        assert np.abs(stored.observed[-1] - stored.predicted).max() > 1e-5


def test_muons_words_and_formula_still_differ():
    if not torch.__version__.startswith("2.13.0"):
        pytest.skip("the page speaks of torch 2.13.0")
    told = torch.optim.Muon.__doc__
    assert "decoupled weight decay" in told
    assert "weight decay (L2 penalty)" in told


@pytest.mark.parametrize(
    ("options", "left"),
    [({}, 2.0), ({"weight_decouple": False}, 2.5), ({"maximize": True}, -2.0)],
    ids=str,
)
def test_gradients_are_changed_as_the_page_says(options: dict, left: float):
    if metadata.version("pytorch_optimizer") != "4.1.0":
        pytest.skip("the page speaks of pytorch_optimizer 4.1.0")
    p = torch.nn.Parameter(torch.ones(2))
    p.grad = torch.full((2,), 2.0)
    PO.Lion([p], lr=0.01, weight_decay=0.5, **options).step()
    assert p.grad.tolist() == [left, left]
