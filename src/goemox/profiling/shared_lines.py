"""Lines that many texts share: a template's words, which a model reads as if each writer had meant them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from goemox.records import TextRecord
from goemox.wording import percent

__all__ = ["shared_lines"]

MANY = 0.05  # share of the texts
FEWEST = 10  # texts
WORDS = 4  # a shorter line, such as `Steps to reproduce`, says little about feelings
SHOWN = 60  # characters


def shared_lines(records: Sequence[TextRecord]) -> str | None:
    """What to tell of lines of 4 words and more that stand in 5 % of the texts and more; None without any.

    Only texts of several lines are looked at: of others, repeats are dropped already.
    """
    counts: Counter[str] = Counter()
    for record in records:
        if "\n" in record.text.strip():
            lines = {" ".join(line.split()) for line in record.text.splitlines()}
            counts.update(line for line in lines if len(line.split()) >= WORDS)
    many = [(line, n) for line, n in counts.most_common() if n >= max(FEWEST, MANY * len(records))]
    if not many:
        return None
    line, n = many[0]
    shown = line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"
    more = f" ({len(many) - 1} more such)" if len(many) > 1 else ""
    return (
        f"{n:,} texts ({percent(n / len(records))}) share the line {shown!r}{more}: what is said of them may "
        "be said of a template; take it out of the texts first"
    )
