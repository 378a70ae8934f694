"""Tables on terminals of every width: names, verdicts and numbers whole, and the columns told apart."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios

import pytest
from small_clone import Clone

from lionlab.cli._table import Column, filled, laid_out, visible_width

COLUMNS = (
    Column("claim"),
    Column("verdict"),
    *(Column(name, is_number=True) for name in ("measured", "bound", "margin", "planted caught")),
)
ROWS = [
    ("special-case-dual-space-preconditioning-flow", "CHECKED_EXACT", "-3.144e-05", "0.0001333", "1.234e+100", "6/6"),
    ("monotonicity", "NOT_APPLICABLE", "–", "1", "nan", "–"),
]
PROSE = (Column("wrong", is_prose=True), Column("measured", is_number=True), Column("outcome"))
WRONG = "the m̃ of the step before, taken at the old momentum and one part in a million off"
PROSE_ROWS = [(WRONG, "-3.144e-05", "caught")]


@pytest.mark.parametrize("width", [10, 30, 45, 60, 61, 72, 80, 100, 140, 200])
@pytest.mark.parametrize(("columns", "rows"), [(COLUMNS, ROWS), (PROSE, PROSE_ROWS)], ids=["claims", "wrongs"])
def test_nothing_but_prose_is_broken_and_lines_fit(columns, rows, width):
    lines = laid_out(columns, rows, width)
    pieces = [re.split(r" {2,}", line.strip()) for line in lines]
    shown = [piece.split(": ")[-1] for line in pieces for piece in line]
    wholes = [cell for row in rows for column, cell in zip(columns, row, strict=True) if not column.is_prose]
    assert [piece for piece in shown if piece in wholes].count("-3.144e-05") == 1
    assert set(wholes) <= set(shown)
    words = {word for line in lines for word in line.split()}
    assert {word for row in rows for cell in row for word in cell.split()} <= words
    longest = max(len(word) for word in ("planted caught: 6/6", *wholes)) + 4
    if width >= longest:
        assert max(map(visible_width, lines)) <= width


def test_the_layouts_from_wide_to_narrow():
    wide, two, narrow = (laid_out(COLUMNS, ROWS, width) for width in (120, 80, 50))
    assert wide[0].split() == "claim verdict measured bound margin planted caught".split()
    assert wide[2].startswith("special-case-dual-space-preconditioning-flow  CHECKED_EXACT ")
    assert len(wide) == 4
    assert two[0] == "claim"
    assert two[1].split() == "verdict measured bound margin planted caught".split()
    assert two[3:5] == [
        "special-case-dual-space-preconditioning-flow",
        "    CHECKED_EXACT   -3.144e-05  0.0001333  1.234e+100             6/6",
    ]
    assert narrow[:4] == [
        "special-case-dual-space-preconditioning-flow",
        "    verdict: CHECKED_EXACT  measured: -3.144e-05",
        "    bound: 0.0001333  margin: 1.234e+100",
        "    planted caught: 6/6",
    ]


def test_a_tilde_takes_no_column_and_an_empty_table_has_its_heading():
    assert visible_width("m̃ ≥ 0") == 5
    assert filled(["m̃", "bb"], 4) == ["m̃ bb"]
    assert laid_out([Column("name")], [], 80) == ["name", "────"]


def on_terminal(clone: Clone, width: int, *arguments: str, **environment: str) -> str:
    """What the program shows on a terminal of this width."""
    main, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    environment = {"TERM": "xterm", "NO_COLOR": "1", **environment}
    kept = {name: value for name, value in clone.environment(**environment).items() if name != "COLUMNS"}
    with subprocess.Popen(
        clone.command(*arguments), stdin=terminal, stdout=terminal, stderr=terminal, cwd=clone.root, env=kept
    ):
        os.close(terminal)
        shown = b""
        try:
            while more := os.read(main, 65536):
                shown += more
        except OSError:  # how Linux says that a terminal has ended
            pass
    os.close(main)
    return shown.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_verify_on_a_terminal(clone: Clone, width: int):
    names = ("holds", "violated", "uncaught")
    lines = on_terminal(clone, width, "verify", *names, "--jobs", "1", "-q").splitlines()
    assert all(any(line.startswith(f"{name} ") for line in lines) for name in names)
    assert {"CONSISTENT", "VIOLATED", "INCONCLUSIVE", "0.5", "3/3", "2/3"} <= set(" ".join(lines).split())
    # A path is not broken either: it is to be copied.
    assert max(len(line) for line in lines if not line.startswith("counterexample of")) <= width


@pytest.mark.parametrize("width", [40, 60])
@pytest.mark.parametrize("arguments", [("verify", "holds", "-q"), ("describe", "L1Norm"), ("describe", "counts")])
def test_prose_is_wrapped_between_words(clone: Clone, width: int, arguments: tuple[str, ...]):
    narrow, wide = (on_terminal(clone, columns, *arguments) for columns in (width, 250))
    assert max(map(len, narrow.splitlines())) <= width
    ignored = r"[\s─]+"
    if arguments[0] == "describe":
        assert re.sub(ignored, " ", narrow) == re.sub(ignored, " ", wide)


def test_a_narrow_terminal_in_colour_colours_the_verdict_alone(clone: Clone):
    assert "violated  \x1b[1;31mVIOLATED\x1b[0m\n" in on_terminal(
        clone, 60, "verify", "holds", "violated", "--jobs", "1", "-q", NO_COLOR=""
    )
