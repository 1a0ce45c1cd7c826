"""Which words tell one collection of texts from another, named from one side's texts only.

Monroe, Colaresi and Quinn 2008, "Fightin' words" (https://doi.org/10.1093/pan/mpn018): log odds of a word on
both sides under an informative Dirichlet prior, divided by their standard error. Raw differences name common
words, raw ratios name rare ones; this names neither without cause.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from goemox.domain.words import N_BUCKETS, HashedWords, bucket_of, words_of
from goemox.domain_shift.classifier_test import MASKS
from goemox.domain_shift.two_sample import MIN_TEXTS
from goemox.evaluation.significance import LEVEL, holm
from goemox.scores import Floats, Ints

__all__ = ["TellingWord", "TellingWords", "log_odds_z", "telling_words"]

LEAST_TEXTS = 5  # that a word must stand in to be named: fewer might point at a person
PRIOR = 500.0  # words that the prior is worth, spread like the words of both sides together
TOP = 15


@dataclass(frozen=True, slots=True)
class TellingWord:
    """A word of the target texts and how much more (z > 0) or less (z < 0) usual it is there.

    share, share_reference: of texts that hold it. z: log odds in standard errors. mask: whether it was put
    in by whoever prepared a data set (`[name]`), which says nothing about the domain.
    """

    word: str
    share: float
    share_reference: float
    z: float
    mask: bool = False


@dataclass(frozen=True, slots=True)
class TellingWords:
    """Words more usual in the target, words less usual there, most telling first, and masks of either kind.

    Only words whose difference survives Holm over all words of the target that stand in enough texts, and
    whose share of texts moved the same way: z compares shares of all words said, so in shorter texts a word
    can be more usual among words and yet stand in fewer texts, which nobody would understand.
    """

    more: tuple[TellingWord, ...]
    less: tuple[TellingWord, ...]
    masks: tuple[TellingWord, ...]


def telling_words(reference: HashedWords, texts: Sequence[str], *, top: int = TOP) -> TellingWords | None:
    """The words that most tell the target's `texts` from the reference; None with fewer than 50 a side.

    A word counts once a text, and must stand in at least 5 texts of the target: the reference has no names
    for its words, so what only it says cannot be named. Two words that share a bucket are counted together in
    the reference, so share_reference may be a little too high, never too low. Masks are listed apart.
    """
    from scipy.special import ndtr

    if min(len(reference), len(texts)) < MIN_TEXTS:
        return None
    counted: Counter[str] = Counter()
    for text in texts:
        counted.update(set(words_of(text)))
    words = [word for word, count in counted.items() if count >= LEAST_TEXTS]
    if not words:
        return TellingWords((), (), ())
    before = np.bincount(reference.buckets, minlength=N_BUCKETS)[[bucket_of(word) for word in words]]
    after = np.array([counted[word] for word in words])
    z = log_odds_z(after, before, counted.total(), len(reference.buckets))
    sure = holm(2.0 * ndtr(-np.abs(z))) < LEVEL
    found = [
        TellingWord(
            words[i], float(after[i] / len(texts)), float(before[i] / len(reference)), float(z[i]),
            words[i] in MASKS,
        )
        for i in np.argsort(-np.abs(z), kind="stable")
        if sure[i] and (z[i] > 0) == (after[i] / len(texts) > before[i] / len(reference))
    ]  # fmt: skip
    return TellingWords(
        more=tuple(word for word in found if word.z > 0 and not word.mask)[:top],
        less=tuple(word for word in found if word.z < 0 and not word.mask)[:top],
        masks=tuple(word for word in found if word.mask),
    )


def log_odds_z(counts: Ints, reference_counts: Ints, total: int, reference_total: int) -> Floats:
    """How much likelier each word is than in the reference, in standard errors, (w,).

    counts, reference_counts: (w,), how often each occurs on each side; the totals are of all words there.
    """
    prior = PRIOR * (counts + reference_counts) / (total + reference_total)
    odds = []
    for count, size in ((counts, total), (reference_counts, reference_total)):
        odds.append(np.log((count + prior) / (size + PRIOR - count - prior)))
    return np.asarray(
        (odds[0] - odds[1]) / np.sqrt(1.0 / (counts + prior) + 1.0 / (reference_counts + prior))
    )
