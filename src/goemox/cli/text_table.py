"""A table in plain text: the first column left, the others right, none wider than it has to be."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Sequence

from goemox.wording import fitted

__all__ = ["text_table"]


def text_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Head and rows, one a line; nothing at all without rows.

    On a terminal that is too narrow for it, each row is a paragraph: its first cell, then `head value` of
    the others. Files and pipes get the table, unless COLUMNS says how wide they are.
    """
    lines = [tuple(head), *rows]
    if len(lines) == 1:
        return ""
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    room = _room()
    if room is not None and sum(widths) + 2 * (len(widths) - 1) > room:
        return _paragraphs(lines, room)
    text = ""
    for line in lines:
        cells = [
            cell.ljust(w) if i == 0 else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(line, widths, strict=True))
        ]
        text += "  ".join(cells).rstrip() + "\n"
    return text


def _room() -> int | None:
    """How wide the terminal is; None where nobody looks at one."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdecimal():
        return shutil.get_terminal_size().columns
    return None


def _paragraphs(lines: Sequence[Sequence[str]], room: int) -> str:
    (first, *others), *rows = lines
    told = [f"{first}:\n"]
    for name, *cells in rows:
        values = [f"{title} {cell}" for title, cell in zip(others, cells, strict=True) if cell]
        told += [f"{name}\n", *(f"  {line}\n" for line in fitted(values, room - 2, "  "))]
    return "".join(told)
