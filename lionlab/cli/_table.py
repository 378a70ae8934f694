"""A table for the width there is: columns side by side, else two lines for each row, else a short list for each row.

Names, verdicts and numbers are never cut and never broken, since a number without its exponent reads as another number.
Only prose is wrapped, between words. What is wider than the terminal all the same is left for the terminal to wrap.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

GAP = 2
INDENT = 4
LEAST_PROSE = 24  # narrower columns of prose are harder to read than the next layout


class Column(NamedTuple):
    """A heading, and whether the cells below it are numbers, set right, or prose, which may be wrapped."""

    name: str
    is_number: bool = False
    is_prose: bool = False


def laid_out(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """The lines of the table: one heading of one or two lines, a rule, the rows; without heading as a list."""
    blocks = _grid(columns, rows, width) or _two_lines(columns, rows, width)
    if blocks is None:
        return [line for row in rows for line in _listed(columns, row, width)]
    rule = "─" * max(visible_width(line) for block in blocks for line in block)
    return [*blocks[0], rule, *(line for block in blocks[1:] for line in block)]


def visible_width(text: str) -> int:
    """How many columns the text takes: the tilde of m̃ stands above its letter."""
    return sum(not unicodedata.combining(character) for character in text)


def filled(pieces: Iterable[str], width: int, gap: str = " ") -> list[str]:
    """The pieces, each of them whole, on as few lines of `width` as they fill in order; at least one line."""
    lines = [""]
    for piece in pieces:
        longer = f"{lines[-1]}{gap}{piece}"
        if not lines[-1]:
            lines[-1] = piece
        elif visible_width(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(piece)
    return lines


def _grid(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> list[list[str]] | None:
    """The lines of the heading and of each row, columns side by side; None where they do not fit."""
    heading = [column.name for column in columns]
    widths = _widths(columns, [heading, *rows], width)
    return None if widths is None else [_block(columns, row, widths) for row in [heading, *rows]]


def _two_lines(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> list[list[str]] | None:
    """The first columns above the others, as few of them as the width allows."""
    for split in range(1, len(columns)):
        above = _grid(columns[:split], [row[:split] for row in rows], width)
        below = _grid(columns[split:], [row[split:] for row in rows], width - INDENT)
        if above is not None and below is not None:
            return [[*first, *_indented(second)] for first, second in zip(above, below, strict=True)]
    return None


def _listed(columns: Sequence[Column], row: Sequence[str], width: int) -> list[str]:
    """The first cell, and below it the others, each with its heading."""
    lines, pairs = filled(row[0].split(), width) if columns[0].is_prose else [row[0]], []
    for column, cell in zip(columns[1:], row[1:], strict=True):
        if not column.is_prose:
            pairs.append(f"{column.name}: {cell}")
            continue
        lines += _indented(filled(f"{column.name}: {cell}".split(), width - INDENT))
    return lines + _indented(filled(pairs, width - INDENT, gap="  ")) if pairs else lines


def _widths(columns: Sequence[Column], lines: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """The widths of the columns, prose sharing what the others leave; None where that is too little."""
    widths = [max(visible_width(line[i]) for line in lines) for i in range(len(columns))]
    prose = sorted((i for i, column in enumerate(columns) if column.is_prose), key=lambda i: widths[i])
    left = width - GAP * (len(columns) - 1) - sum(widths[i] for i in range(len(columns)) if i not in prose)
    for done, i in enumerate(prose):
        share = left // (len(prose) - done)
        longest_word = max((visible_width(word) for line in lines for word in line[i].split()), default=0)
        if share < max(longest_word, min(widths[i], LEAST_PROSE)):
            return None
        widths[i] = min(widths[i], share)
        left -= widths[i]
    return widths if left >= 0 else None


def _block(columns: Sequence[Column], row: Sequence[str], widths: Sequence[int]) -> list[str]:
    cells = [
        filled(cell.split(), width) if column.is_prose else [cell]
        for column, cell, width in zip(columns, row, widths, strict=True)
    ]
    lines = []
    for i in range(max(map(len, cells))):
        padded = [
            _padded(cell[i] if i < len(cell) else "", width, column.is_number)
            for column, cell, width in zip(columns, cells, widths, strict=True)
        ]
        lines.append((" " * GAP).join(padded).rstrip())
    return lines


def _padded(text: str, width: int, is_number: bool) -> str:
    room = " " * (width - visible_width(text))
    return room + text if is_number else text + room


def _indented(lines: Iterable[str]) -> list[str]:
    return [" " * INDENT + line for line in lines]
