"""`lionlab describe NAME`: one claim, experiment, convex function or objective in full."""

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import click

from ._console import print_json, print_prose
from ._derivations import derivation_pages, print_derivation, print_proofs, proofs_of_claim
from ._ending import HOLDS, USAGE, Ending
from ._inventory import convex_functions, first_line, objectives
from ._names import near, resolved
from ._options import read_request, takes

Description = dict[str, Any]
Describers = dict[str, Callable[[], Description]]


@click.command("describe")
@click.argument("name")
@click.option("--latex", "as_latex", is_flag=True, help="The derivation of a claim in LaTeX, and nothing else.")
@takes()
def describe_command(name: str, as_latex: bool, **options: Any) -> int:
    """One claim, experiment, convex function or objective in full."""
    request = read_request(**options)
    described = _describe(name)
    if as_latex and not described.get("latex"):
        raise Ending(USAGE, f"{name!r} has no derivation to write in LaTeX.")
    if request.as_json:
        print_json(described)
    elif as_latex:
        print(described["latex"])
    else:
        for heading, content in described.items():
            if heading != "latex":
                _print_field(heading, content)
    return HOLDS


def _describe(name: str) -> Description:
    """The first thing of this name; of this name in other capitals, if it is the only one."""
    known: Describers = {}
    # The light ones first: functions and objectives import JAX.
    for describers in (_claims, _experiments, _functions):
        found = describers()
        if name in found:
            return found[name]()
        known = {**found, **known}
    meant = resolved(name, known)
    if meant in known:
        return known[meant]()
    alike = near(name, known)
    hint = f"Did you mean {', '.join(alike)}?" if alike else "`lionlab list` names everything."
    raise Ending(USAGE, f"nothing is called {name!r}. {hint}")


def _claims() -> Describers:
    from ..theorems import claims

    return {claim.id: partial(_of_claim, claim) for claim in claims()}


def _experiments() -> Describers:
    from ..reproduction import experiment_stems

    return {stem: partial(_of_experiment, stem) for stem in experiment_stems()}


def _functions() -> Describers:
    return {key: partial(_of_class, key, kind) for key, kind in {**objectives(), **convex_functions()}.items()}


def _of_claim(claim: Any) -> Description:
    written = derivation_pages(claim.id)
    return {
        "claim": claim.id,
        "statement": claim.statement,
        "source": claim.source,
        "hypotheses": [hypothesis.statement for hypothesis in claim.hypotheses],
        "measured": claim.observable,
        "bound": claim.tolerance,
        "planted wrongs": [wrong.description for wrong in claim.wrongs],
        "parameters": list(claim.parameters),
        "proofs": proofs_of_claim(claim.id),
        **({"derivation": written["text"], "latex": written["latex"]} if written else {}),
        "command": f"lionlab verify {claim.id}",
    }


def _of_experiment(stem: str) -> Description:
    from ..reproduction import load_experiment

    experiment = load_experiment(stem)
    return {
        "experiment": stem,
        "title": experiment.title,
        "caption": experiment.caption,
        "about": inspect.cleandoc(experiment.compute.__globals__.get("__doc__") or ""),
        "parameters": dict(experiment.parameters),
        "under --quick": dict(experiment.quick),
        "command": f"lionlab run {stem}",
    }


def _of_class(name: str, kind: Any) -> Description:
    if not inspect.isclass(kind):
        return {"objective": name, "is": first_line(kind), "about": inspect.getdoc(type(kind)) or ""}
    room = "convex function" if ".convex." in kind.__module__ else "objective"
    return {room: name, "about": inspect.getdoc(kind) or "", "call": f"{name}{inspect.signature(kind)}"}


def _print_field(heading: str, content: Any) -> None:
    if heading == "proofs":
        print_proofs(content)
        return
    if heading == "derivation":
        print_derivation(content)
        return
    if isinstance(content, Mapping):
        content = [f"{key} = {value}" for key, value in content.items()]
    if isinstance(content, list):
        content = "\n".join(f"- {line}" for line in content) if content else "none"
    lines = str(content).splitlines() or ["–"]
    if heading == "command":
        print(f"{heading}: {content}")  # to be copied, hence not wrapped
    elif len(lines) == 1:
        print_prose(f"{heading}: {lines[0]}")
    else:
        print(f"{heading}:")
        print_prose("\n".join(lines), indent=2)
