"""The program `lionlab`: its commands, and how it starts and ends."""

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from .. import __version__
from ._audit import audit_command
from ._check_k import check_k_command
from ._console import print_json
from ._describe import describe_command
from ._ending import FAILED, HOLDS, INTERRUPTED, USAGE, Ending
from ._interruption import is_asked, listen, stop_listening
from ._list import list_command
from ._names import near
from ._report import report_command
from ._reproduce import reproduce_command
from ._run import run_command
from ._streams import prepare_streams
from ._verify import verify_command

# One thread per process: sums then have one order, so that results depend neither on --jobs nor on the machine's
# cores, and processes do not compete. Set here, before NumPy and JAX are imported, and never by the library.
SINGLE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
SINGLE_THREAD_XLA = "--xla_cpu_multi_thread_eigen=false"


class _Program(click.Group):
    """The group of commands; an unknown one is answered with what there is."""

    def resolve_command(self, context: click.Context, arguments: list[str]) -> Any:
        name = arguments[0]
        if not name.startswith("-") and self.get_command(context, name) is None:
            alike = near(name, self.commands, likeness=0.6)
            hint = f"Did you mean {' or '.join(alike)}?" if alike else f"There are: {', '.join(self.commands)}."
            raise click.UsageError(f"No such command {name!r}. {hint}", context)
        return super().resolve_command(context, arguments)


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="lionlab")
def program() -> None:
    """The executable theory of Lion-K: claims with margins, experiments with figures.

    Exit codes: 0 all holds, 1 a claim is violated or results are stale, 2 the input makes no sense, 3 inconclusive,
    incomplete or nothing applicable, 4 the program failed, 130 interrupted.
    """


COMMANDS = (
    list_command,
    describe_command,
    run_command,
    verify_command,
    check_k_command,
    audit_command,
    reproduce_command,
    report_command,
)
for command in COMMANDS:
    program.add_command(command)


def main() -> None:
    """The entry point: runs the command line and exits."""
    listen()
    for name, value in SINGLE_THREAD.items():
        os.environ.setdefault(name, value)
    if "xla_cpu_multi_thread_eigen" not in os.environ.get("XLA_FLAGS", ""):
        os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {SINGLE_THREAD_XLA}".strip()
    prepare_streams()
    code = run_program(sys.argv[1:])
    stop_listening()
    if is_asked() and code in (HOLDS, FAILED):
        # The work ended before, or because, the interruption got through.
        print("lionlab: interrupted; what was finished is kept.", file=sys.stderr)
        code = INTERRUPTED
    sys.exit(code)


def run_program(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit code; whatever happens, one line says what."""
    as_json = "--json" in arguments
    is_verbose = bool({"-v", "--verbose"} & set(arguments))
    try:
        code = program.main(args=list(arguments), prog_name="lionlab", standalone_mode=False)
        sys.stdout.flush()
    except Ending as ending:
        return _end(ending, as_json, is_verbose)
    except click.exceptions.NoArgsIsHelpError as shown:
        print(shown.ctx.get_help() if shown.ctx else shown.message, file=sys.stderr)
        return USAGE
    except click.ClickException as error:
        return _end(Ending(USAGE, error.format_message()), as_json, is_verbose)
    except (click.Abort, KeyboardInterrupt):
        return _end(Ending(INTERRUPTED, "interrupted; nothing was finished, run it again."), as_json, is_verbose)
    except Exception as error:  # noqa: BLE001  # the last line of defence: an exit code and a sentence
        import traceback

        failure = Ending(FAILED, f"internal failure: {type(error).__name__}: {error}", trace=traceback.format_exc())
        return _end(failure, as_json, is_verbose)
    return code if isinstance(code, int) else 0


def _end(ending: Ending, as_json: bool, is_verbose: bool) -> int:
    if as_json:
        print_json({**ending.document, "error": ending.message})
    hint = ""
    if ending.trace and is_verbose:
        print(ending.trace, file=sys.stderr, end="")
    elif ending.trace:
        hint = " (run it with -v for the traceback)"
    print(f"lionlab: {ending.message}{hint}", file=sys.stderr)
    return ending.code
