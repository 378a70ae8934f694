"""The five lines on adding an experiment, followed to the letter."""

import re
from pathlib import Path

from small_clone import REPOSITORY, Clone


def experiment_lines() -> str:
    text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return " ".join(text.partition("## Add an experiment")[2].partition("\n## ")[0].split())


def test_five_lines_make_an_experiment(tmp_path: Path):
    lines = experiment_lines()
    assert re.findall(r"(?:^| )(\d)\. ", lines) == list("12345")
    spans = re.findall("`([^`]+)`", lines)
    (script,) = (span for span in spans if span.startswith("experiments/"))
    (imports,) = (span for span in spans if span.startswith("from "))
    (experiment,) = (span for span in spans if span.startswith("EXPERIMENT = "))
    compute, findings, draw = (span for span in spans if span.startswith("def "))
    bodies = [
        f"{imports}\n",
        f"{compute}:\n    return {{'x': list(range(steps))}}\n",
        f"{findings}:\n    return {{'how many': len(data['x'])}}\n",
        f"{draw}:\n    from matplotlib.figure import Figure\n    return Figure()\n",
        f"{experiment}\n",
    ]
    clone = Clone(tmp_path, ("holds",))
    (clone.root / script).write_text("".join(bodies), "utf-8")
    (command,) = (span.removeprefix(".venv/bin/lionlab ") for span in spans if span.startswith(".venv/bin/lionlab run"))
    tried = clone.run(*command.split())
    assert tried.returncode == 0, tried.stderr
    assert "how many     10" in tried.stdout
    assert clone.run("reproduce", "--jobs", "1").returncode == 0
    (figure,) = (span for span in spans if span.startswith("figures/"))
    assert (clone.root / figure).exists()
    assert "### name" in clone.report.read_text(encoding="utf-8")
