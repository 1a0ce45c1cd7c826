"""Which words go with each label: texts that are given it against the texts of the same set that are not.

Whether a word goes with a label is tested by counting, as in `telling_words`, whose machinery this is. A word
counts once a text: labels are given to texts, so a text that says "lol" five times is one observation. What
is named stands in the order of its test, not of Monroe, Colaresi and Quinn's z, which stands beside it: their
small prior puts a word that only the label's texts say below common ones ("thank", in 43 % of the texts
called gratitude and in no other, below "for", in 42 % and 10 %). A word that goes with a label need not be
what the model reads: it may only stand near it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain, count

import numpy as np
import numpy.typing as npt

from goemox.domain.words import words_of
from goemox.domain_shift.classifier_test import MASKS
from goemox.domain_shift.limits import MIN_TEXTS
from goemox.domain_shift.telling_words import LEAST_TEXTS, log_odds, rate_chance
from goemox.errors import ShapeError
from goemox.evaluation.significance import LEVEL, holm
from goemox.scores import Bools, Floats, Ints

__all__ = ["LEAST_GIVEN", "LabelWord", "LabelWords", "label_words"]

LEAST_GIVEN = 20  # texts with the label, and as many without it, from which its words are looked for
LONGEST = 30  # characters; longer runs of letters and digits are keys and addresses, no words
READ = 2_000  # characters of a text whose words are counted: about what the model reads of it
TOP = 8


@dataclass(frozen=True, slots=True)
class LabelWord:
    """A word that stands in more of the texts given a label than of the others.

    n_with, n_without: texts that hold it among those given the label, and among the others. log_odds: of the
    word among all words of either side, under the prior; z: the same in standard errors. n_true: texts that
    hold it and that people gave the label; None where nobody looked.
    """

    word: str
    z: float
    log_odds: float
    n_with: int
    n_without: int
    n_true: int | None = None

    def to_dict(self) -> dict[str, object]:
        """Its fields; `n_true` only where somebody looked."""
        return {key: value for key, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class LabelWords:
    """One label, n texts that are given it, n_others that are not, and the words that go with it."""

    label: str
    n: int
    n_others: int
    words: tuple[LabelWord, ...]

    def to_dict(self) -> dict[str, object]:
        """As it stands under "words" in report.json."""
        words = [word.to_dict() for word in self.words]
        return {"label": self.label, "n": self.n, "n_others": self.n_others, "words": words}


def label_words(
    texts: Sequence[str],
    labels: Sequence[str],
    given: Bools,
    truth: Bools | None = None,
    *,
    top: int = TOP,
) -> tuple[LabelWords, ...]:
    """The words that go with each of k labels in n texts, at most `top` a label.

    given, truth: (n, k), as the model and as people gave them. Drop repeated texts before: each counts.
    Tested is every word in at least 5 texts with every label of at least 20 texts (and 20 without it), as a
    share of texts and as a share of all words said: the larger p counts, so that labels of long texts do not
    draw all words. Holm over all of them: where words and labels have nothing to do with each other, any word
    is named for any label in at most 5 % of sets. A word is named only where it stands in 5 texts of the
    label or more: fewer might point at a person. Masks such as [name] are left out, and what stands after the
    first 2,000 characters of a text. Nothing is named in fewer than 50 texts.

    Raises ShapeError where the arrays do not fit.
    """
    for name, array in (("given labels", given), ("true labels", truth)):
        if array is not None and array.shape != (len(texts), len(labels)):
            raise ShapeError(name, (len(texts), len(labels)), array.shape)
    n_given = given.sum(axis=0)
    tested = np.flatnonzero((n_given >= LEAST_GIVEN) & (len(texts) - n_given >= LEAST_GIVEN))
    nothing = tuple(
        LabelWords(label, n, len(texts) - n, ()) for label, n in zip(labels, n_given.tolist(), strict=True)
    )
    if len(texts) < MIN_TEXTS or not len(tested):
        return nothing
    words, rows, columns, n_words = _words_of_all(texts)
    if not words:
        return nothing
    totals, said = np.bincount(columns, minlength=len(words)), n_words @ given
    counts = _counts(rows, columns, given, len(words))
    counts_true = None if truth is None else _counts(rows, columns, truth, len(words))
    n_said = int(n_words.sum())
    sides = {
        j: _Sides(nothing[j].n, nothing[j].n_others, int(said[j]), n_said - int(said[j]))
        for j in tested.tolist()
    }
    found = _surest(words, counts, counts_true, totals, sides, top)
    return tuple(replace(each, words=found.get(j, ())) for j, each in enumerate(nothing))


@dataclass(frozen=True, slots=True)
class _Sides:
    """How many texts are given a label and how many are not, and how many words each side says."""

    texts: int
    other_texts: int
    words: int
    other_words: int


def _surest(
    words: Sequence[str],
    counts: Ints,
    counts_true: Ints | None,
    totals: Ints,
    sides: Mapping[int, _Sides],
    top: int,
) -> dict[int, tuple[LabelWord, ...]]:
    """The words that pass the test for each of the labels in `sides`, surest first.

    counts, counts_true: texts that hold each word and are given each label, (w, k). totals: (w,).
    """
    p_values = np.column_stack([_chance(counts[:, j], totals, side) for j, side in sides.items()])
    adjusted = holm(p_values.ravel()).reshape(p_values.shape)
    found: dict[int, tuple[LabelWord, ...]] = {}
    for place, (j, side) in enumerate(sides.items()):
        sure = np.flatnonzero(adjusted[:, place] < LEVEL)
        here, others = counts[sure, j], totals[sure] - counts[sure, j]
        odds, z = log_odds(here, others, side.words, side.other_words)
        true = [None] * len(sure) if counts_true is None else counts_true[sure, j].tolist()
        found[j] = tuple(
            LabelWord(words[sure[i]], float(z[i]), float(odds[i]), int(here[i]), int(others[i]), true[i])
            for i in np.lexsort((-z, p_values[sure, place]))[:top]
        )
    return found


def _words_of_all(texts: Sequence[str]) -> tuple[list[str], Ints, Ints, Ints]:
    """The words in enough texts to be tested, and where they stand.

    Returns the words (w,); the text and the word of each pair of them, sorted by text; and how many different
    words each text has, (n,), rare ones too.
    """
    known: defaultdict[str, int] = defaultdict(count().__next__)
    parts = [[known[word] for word in dict.fromkeys(words_of(text[:READ]))] for text in texts]
    n_words = np.array([len(part) for part in parts])
    columns = np.fromiter(chain.from_iterable(parts), dtype=np.intp, count=int(n_words.sum()))
    rows = np.repeat(np.arange(len(texts)), n_words)
    is_word = np.array([len(word) <= LONGEST and word not in MASKS for word in known], dtype=np.bool_)
    usual = is_word & (np.bincount(columns, minlength=len(known)) >= LEAST_TEXTS)
    place = np.cumsum(usual) - 1
    kept = usual[columns]
    names = [word for word, keep in zip(known, usual.tolist(), strict=True) if keep]
    return names, rows[kept], place[columns[kept]], n_words


def _counts(rows: Ints, columns: Ints, given: Bools, n_words: int) -> npt.NDArray[np.int64]:
    """In how many texts with each label each word stands, (w, k)."""
    from scipy.sparse import csr_array

    ones = np.ones(len(rows), dtype=np.int64)
    holds = csr_array((ones, (columns, rows)), shape=(n_words, len(given)))
    return np.asarray(holds @ given.astype(np.int64))


def _chance(counts: Ints, totals: Ints, side: _Sides) -> Floats:
    """The larger p of a word's share of texts and its share of words, (w,); 1 where it cannot be named."""
    others = totals - counts
    able = np.flatnonzero(
        (counts >= LEAST_TEXTS)
        & (counts * side.other_texts > others * side.texts)
        & (counts * side.other_words > others * side.words)
    )
    p_values = np.ones(len(counts))
    p_values[able] = np.maximum(
        rate_chance(counts[able], others[able], side.texts, side.other_texts),
        rate_chance(counts[able], others[able], side.words, side.other_words),
    )
    return p_values
