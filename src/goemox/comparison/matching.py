"""Which rows of two studies are about the same text."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from goemox.comparison.study_on_disk import TextSet
from goemox.scores import Ints

__all__ = ["Match", "match"]


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class Match:
    """Rows that belong together: `a` and `b`, (m,), are their places in the two sets, in A's order.

    n_only_a, n_only_b: rows whose id the other set lacks. n_changed_text: same id, another text.
    n_repeated: rows of A whose id occurs more than once in a set, so that nothing says which is meant.
    by_text: whether hashes showed that the texts are the same; else ids alone had to do. renumbered: whether
    texts alone paired the rows, since more have the same text than the same id and text.
    """

    a: Ints
    b: Ints
    n_only_a: int
    n_only_b: int
    n_changed_text: int
    n_repeated: int
    by_text: bool
    renumbered: bool = False

    def __len__(self) -> int:
        return len(self.a)


def match(a: TextSet, b: TextSet) -> Match:
    """Pair the rows of two sets by id; a pair whose texts differ, as far as their hashes tell, is none.

    By text alone if that pairs more rows: with ids of another column, or row numbers that one row shifts.
    """
    found = _by_id(a, b)
    if len(found) < min(len(a), len(b)) and all(a.hashes) and all(b.hashes):
        other = _by_hash(a, b)
        return other if len(other) > len(found) else found
    return found


def _by_hash(a: TextSet, b: TextSet) -> Match:
    """Pair the rows with the same text, where it stands once in each set."""
    often_a, often_b = Counter(a.hashes), Counter(b.hashes)
    place = {text: index for index, text in enumerate(b.hashes)}
    pairs = [
        (index, place[text])
        for index, text in enumerate(a.hashes)
        if often_a[text] == often_b.get(text, 0) == 1
    ]
    places = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Match(
        a=places[:, 0],
        b=places[:, 1],
        n_only_a=sum(text not in often_b for text in a.hashes),
        n_only_b=sum(text not in often_a for text in b.hashes),
        n_changed_text=0,
        n_repeated=sum(often_a[text] > 1 or often_b[text] > 1 for text in a.hashes if text in often_b),
        by_text=True,
        renumbered=True,
    )


def _by_id(a: TextSet, b: TextSet) -> Match:
    often_a, often_b = Counter(a.ids), Counter(b.ids)
    place = {row_id: index for index, row_id in enumerate(b.ids)}
    pairs, changed, repeated, by_text = [], 0, 0, True
    for index, row_id in enumerate(a.ids):
        if row_id not in place:
            continue
        other = place[row_id]
        if often_a[row_id] > 1 or often_b[row_id] > 1:
            repeated += 1
        elif a.hashes[index] and b.hashes[other]:
            if a.hashes[index] == b.hashes[other]:
                pairs.append((index, other))
            else:
                changed += 1
        else:
            pairs.append((index, other))
            by_text = False
    places = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Match(
        a=places[:, 0],
        b=places[:, 1],
        n_only_a=sum(row_id not in often_b for row_id in a.ids),
        n_only_b=sum(row_id not in often_a for row_id in b.ids),
        n_changed_text=changed,
        n_repeated=repeated,
        by_text=by_text,
    )
