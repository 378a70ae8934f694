"""The README keeps its word: its Python example runs as printed, and its commands exist."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


EXAMPLES = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


IDS = ["discrete", "continuous", "training", "audit", "search"]


def test_there_are_five_examples():
    assert len(EXAMPLES) == len(IDS)


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_the_examples_run_and_print_finite_numbers(example: str):
    assert len(example.strip().splitlines()) <= 15
    done = subprocess.run([sys.executable, "-W", "error", "-c", example], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == example.count("print(")
    assert not re.search(r"\bnan\b|\binf\b|None", done.stdout), done.stdout


def test_the_commands_are_targets_of_the_makefile():
    targets = set(re.findall(r"^(\w+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    commands = set(re.findall(r"^make (\w+)", README, flags=re.MULTILINE))
    assert {"reproduce", "test"} <= commands <= targets


def test_the_claim_table_can_be_filled_in():
    assert README.count("<!-- claims:begin -->") == README.count("<!-- claims:end -->") == 1
    assert README.index("<!-- claims:begin -->") < README.index("<!-- claims:end -->")


def test_the_files_it_points_to_exist():
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert targets
    assert [target for target in targets if not (REPOSITORY / target).exists()] == []
