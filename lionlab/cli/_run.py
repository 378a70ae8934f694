"""`lionlab run EXPERIMENT…`: data, findings and figure of some experiments."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ._console import number, print_json, print_table
from ._ending import FAILED, HOLDS, INTERRUPTED, USAGE, Ending, input_checked
from ._names import resolved
from ._options import Request, read_request, takes
from ._paths import default_out, made, shown

Task = tuple[str, Path, int, bool, Mapping[str, Any]]


@click.command("run")
@click.argument("experiments", nargs=-1, required=True, metavar="EXPERIMENT...")
@takes("out", "seed", "quick", "config", "set", "dtype", "jobs")
def run_command(experiments: tuple[str, ...], **options: Any) -> int:
    """Runs experiments: data and findings to OUT/figures/data, figures to OUT/figures.

    OUT is the clone, or the current folder, for a standard run, and build/run below it when --quick, --seed, --set,
    --dtype or --config ask for another one.
    """
    request = read_request(**options)
    from ..reproduction._layout import Layout

    layout = Layout(default_out(request, "run"))
    tasks = _tasks(experiments, layout.out, request)
    made(layout.data_folder)
    records = _run(tasks, request)
    if request.as_json:
        print_json({"experiments": list(records.values())})
        return HOLDS
    for stem, record in records.items():
        rows = [(name.replace("_", " "), number(value)) for name, value in record["findings"].items()]
        print_table(f"{stem}: {record['title']}", ("finding", "value"), rows, right=("value",))
        print(f"figure: {shown(layout.figure(stem, 'png'))}\ndata: {shown(layout.data(stem))}")
    return HOLDS


def _tasks(names: tuple[str, ...], out: Path, request: Request) -> list[Task]:
    from ..reproduction import experiment_stems, load_experiment
    from ..reproduction._experiment import experiment_script
    from ..reproduction._needs import require_packages

    tasks: list[Task] = []
    with input_checked():
        for stem in dict.fromkeys(resolved(name, experiment_stems()) for name in names):
            require_packages(experiment_script(stem))
            experiment = load_experiment(stem)
            overrides = request.chosen(experiment.parameters)
            experiment.settings(request.is_quick, **overrides)
            matched = {key: _matched(key, value, experiment.parameters[key]) for key, value in overrides.items()}
            tasks.append((stem, out, request.seed, request.is_quick, matched))
    return tasks


def _matched(key: str, value: Any, default: Any) -> Any:
    """`value`, which must be of the kind that the experiment's own value is."""
    if isinstance(default, (list, tuple)) and not isinstance(value, (list, tuple, str)):
        value = [value]
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if isinstance(default, bool):
        fits, kind = isinstance(value, bool), "true or false"
    elif isinstance(default, int):
        fits, kind = is_number and float(value).is_integer(), "a whole number"
        value = int(value) if fits else value
        if key.startswith("num_"):
            fits, kind = fits and value > 0, "a whole number above 0"
    elif isinstance(default, float):
        fits, kind = is_number and value == value, "a number"
        value = float(value) if fits else value
    elif isinstance(default, str):
        value, fits, kind = str(value), True, "text"
    else:
        fits, kind = not isinstance(default, (list, tuple)) or isinstance(value, (list, tuple)), "a list"
        value = tuple(value) if isinstance(default, tuple) and fits else value
    if not fits:
        raise ValueError(f"{key} must be {kind}, such as {default!r}; got {value!r}.")
    return value


def _run(tasks: list[Task], request: Request) -> dict[str, dict[str, Any]]:
    from ..reproduction._pool import default_jobs, perform_all

    records: dict[str, dict[str, Any]] = {}
    with request.talk.progress("running", [1.0] * len(tasks)) as progress:
        try:
            for task, outcome in perform_all(_run_one, tasks, request.jobs or default_jobs()):
                if outcome.error:
                    code = USAGE if outcome.is_refusal and task[-1] else FAILED
                    document = {"experiments": list(records.values())}
                    raise Ending(code, f"experiment {task[0]} failed: {outcome.error}", document, outcome.trace)
                records[task[0]] = outcome.value
                progress.finish(f"{task[0]} ({outcome.seconds:.1f} s)", 1.0)
        except KeyboardInterrupt:
            message = f"interrupted; {len(records)} of {len(tasks)} experiments are stored in {shown(tasks[0][1])}. "
            rest = " ".join(task[0] for task in tasks if task[0] not in records)
            raise Ending(INTERRUPTED, f"{message}Run the same command with: {rest}") from None
    return {task[0]: records[task[0]] for task in tasks}


def _run_one(task: Task) -> dict[str, Any]:
    from ..reproduction._run import run_experiment

    stem, out, seed, is_quick, overrides = task
    return run_experiment(stem, out, seed, is_quick, overrides)
