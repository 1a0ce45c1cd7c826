"""Texts without labels that a model may learn from: read whole, without repeats and without test texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from goemox.data.files import read_records
from goemox.data.splits import normalised
from goemox.records import TextRecord
from goemox.wording import Say, plural

__all__ = ["Unlabelled", "read_unlabelled"]


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """Texts to learn from, and what a model that learned from them calls their source."""

    name: str
    texts: tuple[str, ...]


def read_unlabelled(
    path: Path,
    labelled: Iterable[TextRecord],
    *,
    text_column: str | None = None,
    notice: Say | None = None,
) -> Unlabelled:
    """The texts of a file in their order, each once, less those of `labelled` rows; compared `normalised`.

    labelled: the rows of all splits: what a model is measured on must not be learned from, labels or not.
    Raises InvalidInput (UnknownColumn) for a file that cannot be read.
    """
    seen = {normalised(record.text) for record in labelled}
    texts: list[str] = []
    left_out = 0
    for record in read_records(path, text_column=text_column, bad_rows=[], notice=notice):
        form = normalised(record.text)
        if form in seen:
            left_out += 1
            continue
        seen.add(form)
        texts.append(record.text)
    if left_out and notice:
        again = plural(left_out, "text repeats another or stands", "texts repeat others or stand")
        notice(f"{path}: {again} in the labelled rows; {'it is' if left_out == 1 else 'they are'} left out")
    return Unlabelled(path.name.split(".")[0], tuple(texts))
