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
    by_text: whether hashes showed that the texts are the same; else ids alone had to do.
    """

    a: Ints
    b: Ints
    n_only_a: int
    n_only_b: int
    n_changed_text: int
    n_repeated: int
    by_text: bool

    def __len__(self) -> int:
        return len(self.a)


def match(a: TextSet, b: TextSet) -> Match:
    """Pair the rows of two sets by id; a pair whose texts differ, as far as their hashes tell, is none."""
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
