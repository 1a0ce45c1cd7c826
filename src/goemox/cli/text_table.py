"""A table in plain text: the first column left, the others right, none wider than it has to be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["text_table"]


def text_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Head and rows, one a line; nothing at all without rows."""
    lines = [tuple(head), *rows]
    if len(lines) == 1:
        return ""
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    text = ""
    for line in lines:
        cells = [
            cell.ljust(w) if i == 0 else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(line, widths, strict=True))
        ]
        text += "  ".join(cells).rstrip() + "\n"
    return text
