"""Markdown that is made: tables, and words of a terminal as words of a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["code", "marked", "table"]

FLAG = re.compile(r"(`[^`]*`)|(?<![\w-])(--?[a-z][a-z0-9-]*\b)|(\{.*\}|<[^>]*>)")


def marked(words: str) -> str:
    """Plain words with their flags and braces as code; what stands in backticks stays."""
    return FLAG.sub(lambda found: found[1] or code(found[2] or found[3]), words)


def code(words: str) -> str:
    """As code; nothing where there are no words."""
    fence = "``" if "`" in words else "`"
    return f"{fence}{words}{fence}" if words else ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, each cell on one line; no text at all where there are no rows."""
    found = list(rows)
    if not found:
        return ""
    lines = [head, ["---"] * len(head), *found]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in row)} |" for row in lines) + "\n\n"


def _cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|")
