"""The page on the audit keeps its word: its code runs from top to bottom, and says what is written beside it."""

import re
from pathlib import Path
from typing import Any

import jax
import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "audit.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
SAID = re.compile(r"^(?P<code>[\w.()\"', ]+?) +# (?P<value>.*)$", flags=re.MULTILINE)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    found: dict[str, Any] = {}
    folder = tmp_path_factory.mktemp("page")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        # As a reader runs it: the tests' own rules on promotion are stricter than JAX's.
        with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
            for number, block in enumerate(BLOCKS):
                exec(compile(block, f"audit.md, block {number}", "exec"), found)
            found["test_our_lion_keeps_its_box"]()
    return found


def test_what_stands_beside_an_expression_is_its_value(page: dict[str, Any]):
    said = [match for block in BLOCKS for match in SAID.finditer(block) if "=" not in match["code"]]
    assert len(said) == 7
    for match in said:
        value = eval(match["code"], page)
        expected = eval(match["value"].partition(": this")[0], {})
        if isinstance(value, dict):
            assert value["norm"] == expected["norm"]
            assert value["radius"] == pytest.approx(expected["radius"])
        else:
            assert value == expected, match[0]


def test_every_finding_is_in_the_table(page: dict[str, Any]):
    from lionlab.audit._findings import CERTAINTIES

    rows = re.findall(r"^\| ([^|]+) \|", PAGE, flags=re.MULTILINE)
    named = {name.strip() for row in rows for name in row.split(",")}
    for report in (page["report"], page["refused"]):
        assert {finding.aspect for finding in report.findings} - named == set()
    assert [word for word in CERTAINTIES if f"*{word}*" not in PAGE] == []


def test_the_options_and_exit_codes_are_those_of_the_command():
    from lionlab.cli._audit import audit_command

    options = {name for parameter in audit_command.params for name in parameter.opts}
    named = set(re.findall(r"--[\w-]+", "\n".join(re.findall(r"```console\n(.*?)```", PAGE, flags=re.DOTALL))))
    assert named <= options
    assert "--json" in options


def test_the_command_for_a_replay_names_the_file_that_is_written():
    from lionlab.cli._audit import FOLDER, _stem

    assert f"--replay {FOLDER}/{_stem('my_optim:coupled')}.json" in PAGE


def test_the_files_it_points_to_exist():
    targets = re.findall(r"\]\(([^)#:]+)\)", PAGE)
    assert targets
    assert [target for target in targets if not (DOCS / target).exists()] == []
