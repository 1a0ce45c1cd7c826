"""What a check answers: a line that somebody who releases can act on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Line", "told"]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at; what is to be done where it is a problem, "" where nothing is."""

    name: str
    detail: str
    todo: str = ""

    def __str__(self) -> str:
        state = "PROBLEM" if self.todo else "ok     "
        return f"{state}  {self.name}: {self.detail}" + (f"\n           -> {self.todo}" if self.todo else "")


def told(lines: Iterable[Line]) -> int:
    """Print each line when it is known; 1 where one of them is a problem, else 0."""
    code = 0
    for line in lines:
        print(line, flush=True)
        code = 1 if line.todo else code
    return code
