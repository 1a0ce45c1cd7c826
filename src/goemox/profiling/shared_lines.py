"""Lines that many texts share: a template's words, which a model reads as if each writer had meant them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from goemox.wording import plural, printable

__all__ = ["SharedLine", "SharedLines", "in_words"]

MANY = 0.05  # share of the texts
FEWEST = 10  # texts
WORDS = 4  # a shorter line, such as `Steps to reproduce`, says little about feelings
SHOWN = 5
_CHARACTERS = 200  # of a line that are kept
_SHOWN_CHARACTERS = 60
_LINES = 100_000  # different lines that are counted: the first so many
_MARKS = "-*+#> \t"
_BOXES = ("[ ] ", "[x] ", "[X] ")


@dataclass(frozen=True, slots=True)
class SharedLine:
    """A line without its bullet or box, in how many texts (n) it stands, and their share of all in [0, 1]."""

    n: int
    share: float
    line: str

    def to_dict(self) -> dict[str, object]:
        """The line as JSON."""
        return asdict(self)


class SharedLines:
    """Counts in how many texts each line of `WORDS` words and more stands, in one pass.

    Only texts of several lines are looked at: one that is repeated whole is another matter (`Repeats`).
    """

    def __init__(self) -> None:
        self._n_texts = 0
        self._counts: dict[str, int] = {}

    def add(self, texts: Iterable[str]) -> None:
        """Take in some texts."""
        for text in texts:
            self._n_texts += 1
            lines = text.strip().splitlines()
            if len(lines) > 1:
                for line in dict.fromkeys(map(_plain, lines)):
                    self._count(line)

    def found(self) -> tuple[SharedLine, ...]:
        """The lines in 5 % of the texts and more, and in ten at least; at most five, the commonest first."""
        least = max(FEWEST, MANY * self._n_texts)
        many = sorted((item for item in self._counts.items() if item[1] >= least), key=lambda item: -item[1])
        return tuple(SharedLine(n, n / self._n_texts, line) for line, n in many[:SHOWN])

    def _count(self, line: str) -> None:
        if line in self._counts:
            self._counts[line] += 1
        elif len(self._counts) < _LINES and len(line.split()) >= WORDS:
            self._counts[line] = 1


def in_words(lines: Sequence[SharedLine]) -> str | None:
    """What to tell of such lines, in one line; None without any."""
    if not lines:
        return None
    line = printable(lines[0].line)
    shown = line if len(line) <= _SHOWN_CHARACTERS else f"{line[: _SHOWN_CHARACTERS - 1]}…"
    more = f" (and {plural(len(lines) - 1, 'other such line')})" if len(lines) > 1 else ""
    return (
        f"{lines[0].n:,} texts share the line {shown!r}{more}; what is read of them may be read of a "
        "template: take such lines out of the texts"
    )


def _plain(line: str) -> str:
    """A line without its bullet, its box, ticked or not, and needless spaces."""
    plain = " ".join(line.lstrip(_MARKS).split())
    for box in _BOXES:
        plain = plain.removeprefix(box)
    return plain[:_CHARACTERS]
