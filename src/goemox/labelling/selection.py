"""Which texts to label: at random, so that they stand for all of them, or where the model is least sure."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, get_args

from goemox.data.marked_rows import INFORMATIVE, RANDOM, SAMPLING, how_drawn, is_informative
from goemox.data.splits import normalised
from goemox.data.writers import free_name
from goemox.errors import InvalidInput, UsageError
from goemox.labelling.informative import MOST_SCORED, informative_order
from goemox.records import TextRecord

if TYPE_CHECKING:
    from goemox.classifier import EmotionClassifier

__all__ = ["Kind", "Selection", "select_rows"]

Kind = Literal["random", "informative", "both"]

_BIASED = 0.03  # of the texts: with more of them left out for the model's doubts, the others are other texts
_COUNTED = 1_000_000  # different texts that are told apart for the counts (about 100 MB); the draw needs none


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows to label, and what they were chosen from.

    rows: in the order to label them in; each carries `sampling` in its `meta`: "random" or "informative",
    and what else stood there as `input_sampling`.
    n_read: rows read. n_excluded: rows whose text was to be left out. n_repeats: rows that repeat another's
    text, compared `normalised`; a lower bound where `is_counted` is false, with over a million texts.
    n_scored: texts that the model read; 0 where none had to be. n_excluded_informative: different texts left
    out that say they were picked as informative.
    """

    rows: tuple[TextRecord, ...]
    n_read: int
    n_excluded: int
    n_repeats: int
    n_scored: int = 0
    is_counted: bool = True
    n_excluded_informative: int = 0

    @property
    def n_texts(self) -> int:
        """Different texts that could be drawn."""
        return self.n_read - self.n_excluded - self.n_repeats

    @property
    def is_biased(self) -> bool:
        """Whether so many texts were left out for the model's doubts that the rest do not stand for all."""
        picked = self.n_excluded_informative
        return picked > _BIASED * (picked + self.n_texts)


def select_rows(
    records: Iterable[TextRecord],
    n: int = 100,
    kind: Kind = "random",
    *,
    seed: int = 0,
    classifier: EmotionClassifier | None = None,
    exclude: Iterable[str | TextRecord] = (),
    progress: Callable[[int], None] | None = None,
) -> Selection:
    """Choose n different texts to label; the records are taken once, and a few times n of them are held.

    "random": each different text with the same chance. Every text has a number that only the seed and the
    text itself decide, and the n smallest are taken (bottom-k sampling: Cohen and Kaplan 2007,
    https://doi.org/10.1145/1281100.1281133). So repeats cost nothing, the order of the rows is of no
    account, and a larger n adds to the rows of a smaller one. Only such rows may stand for all texts.
    "informative": see `informative.informative_order`; looks at `MOST_SCORED` random texts at most.
    "both": the halves take turns, with the odd one random; whoever stops early has labelled some of each.
    classifier: whose doubts count; needed unless the kind is "random". exclude: texts to leave out, or rows
    that also say how they were drawn. progress: is told how many more rows were read, then scored.
    Where every row already says "random" or "informative", an earlier draw wrote them, and no informative one
    becomes random; any other column of that name is the caller's. Fewer texts than n: all of them.
    Raises UsageError for n < 1 or another kind, InvalidInput where no text is left to draw from.
    """
    if kind not in get_args(Kind) or n < 1:
        raise UsageError(
            f"select_rows: n must be 1 or more and kind one of {', '.join(get_args(Kind))}; was {n}, {kind!r}"
        )
    if kind != RANDOM and classifier is None:
        raise UsageError(f"select_rows: kind {kind!r} needs a classifier, such as goemox.load()")
    draw = _Draw(n if kind == RANDOM else max(n, MOST_SCORED), seed, exclude)
    for record in records:
        draw.add(record)
        if progress:
            progress(1)
    drawn = draw.rows()
    if not drawn:
        why = "all texts are to be left out" if draw.n_excluded else "there are no texts"
        raise InvalidInput(f"nothing to draw from: {why}; give a file with other texts")
    if kind == RANDOM or classifier is None:
        return draw.selection([draw.marked(record, RANDOM) for record in drawn], 0)
    n_random = 0 if kind == INFORMATIVE else (n + 1) // 2
    pool = drawn[n_random:][:MOST_SCORED]
    order = informative_order(classifier, pool, n - n_random, seed, progress)
    first = [draw.marked(record, RANDOM) for record in drawn[:n_random]]
    rows = list(_in_turns(first, [draw.marked(pool[place], INFORMATIVE) for place in order]))
    return draw.selection(rows, len(pool))


@dataclass(slots=True)
class _Draw:
    """The `size` texts with the smallest numbers so far, each in its first row."""

    size: int
    seed: int
    exclude: Iterable[str | TextRecord]
    n_read: int = 0
    n_excluded: int = 0
    was_drawn: bool = True  # every row so far says how an earlier draw chose it
    _left_out: dict[int, bool] = field(default_factory=dict)  # whether it was picked as informative
    _picked: set[int] = field(default_factory=set)  # those of them that were met
    _seen: set[int] = field(default_factory=set)
    _n_new: int = 0
    _heap: list[tuple[int, int, TextRecord]] = field(default_factory=list)  # -number, -row: the largest first
    _held: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        for one in self.exclude:
            record = TextRecord("", one) if isinstance(one, str) else one
            number = self._number(record.text)
            self._left_out[number] = is_informative(record) or self._left_out.get(number, False)

    def add(self, record: TextRecord) -> None:
        number = self._number(record.text)
        self.n_read += 1
        self.was_drawn = self.was_drawn and how_drawn(record) in (RANDOM, INFORMATIVE)
        if number in self._left_out:
            self.n_excluded += 1
            if self._left_out[number]:
                self._picked.add(number)
            return
        if number not in self._seen:
            self._n_new += 1
            if len(self._seen) < _COUNTED:
                self._seen.add(number)
        if number in self._held:
            return
        entry = (-number, -self.n_read, record)
        if len(self._heap) < self.size:
            heapq.heappush(self._heap, entry)
            self._held.add(number)
        elif entry > self._heap[0]:
            gone = heapq.heapreplace(self._heap, entry)
            self._held.remove(-gone[0])
            self._held.add(number)

    def rows(self) -> list[TextRecord]:
        """The texts drawn, by their numbers, which is a random order."""
        return [record for _, _, record in sorted(self._heap, key=lambda entry: -entry[0])]

    def marked(self, record: TextRecord, sampling: str) -> TextRecord:
        """The record with how it was chosen; once all records were added."""
        meta = dict(record.meta)
        if self.was_drawn:
            if is_informative(record):
                sampling = INFORMATIVE  # chosen for the model's doubts once, it cannot stand for all texts
            meta = {name: value for name, value in meta.items() if name.strip().casefold() != SAMPLING}
        elif SAMPLING in meta:
            own = free_name(SAMPLING, meta)
            meta = {own if name == SAMPLING else name: value for name, value in meta.items()}
        return replace(record, meta={**meta, SAMPLING: sampling})

    def selection(self, rows: list[TextRecord], n_scored: int) -> Selection:
        n_repeats = self.n_read - self.n_excluded - self._n_new
        is_counted = len(self._seen) < _COUNTED
        return Selection(
            tuple(rows), self.n_read, self.n_excluded, n_repeats, n_scored, is_counted, len(self._picked)
        )

    def _number(self, text: str) -> int:
        """64 bits that the seed and the text decide; repeats share them."""
        key = str(self.seed).encode()[:64]
        form = normalised(text).encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.blake2b(form, digest_size=8, key=key).digest(), "big")


def _in_turns(one: list[TextRecord], other: list[TextRecord]) -> Iterator[TextRecord]:
    for place in range(max(len(one), len(other))):
        yield from one[place : place + 1]
        yield from other[place : place + 1]
