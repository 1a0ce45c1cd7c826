"""Which words tell one collection of texts from another, named from one side's texts only.

Whether a word differs at all is tested by counting. How telling it is, is ranked as by Monroe, Colaresi and
Quinn 2008, "Fightin' words" (https://doi.org/10.1093/pan/mpn018): log odds of a word on both sides under an
informative Dirichlet prior, divided by their standard error. Raw differences name common words, raw ratios
name rare ones; this names neither without cause. Its normal p-values are not used: for words chosen by their
count in the target, down to 5, they named some word in a quarter of the comparisons of texts that are alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from goemox.domain.words import N_BUCKETS, HashedWords, bucket_of, words_of
from goemox.domain_shift.classifier_test import MASKS
from goemox.domain_shift.limits import MIN_TEXTS
from goemox.evaluation.significance import LEVEL, holm
from goemox.scores import Floats, Ints

__all__ = [
    "LEAST_TEXTS",
    "TellingWord",
    "TellingWords",
    "log_odds",
    "log_odds_z",
    "rate_chance",
    "telling_words",
]

LEAST_TEXTS = 5  # that a word must stand in to be named: fewer might point at a person
LEAST_OF_BOTH = 5  # texts of both sides together that a word must stand in to be tested
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

    Only words whose difference survives Holm, both as a share of texts and as a share of all words said, and
    in the same direction. Where texts are shorter, all words stand in fewer of them, which tells nothing of
    the words; and a word can be more usual among words and yet stand in fewer texts, which nobody would
    understand. Where nothing differs, any word is named in at most 5 % of comparisons.
    """

    more: tuple[TellingWord, ...]
    less: tuple[TellingWord, ...]
    masks: tuple[TellingWord, ...]


def telling_words(reference: HashedWords, texts: Sequence[str], *, top: int = TOP) -> TellingWords | None:
    """The words that most tell the target's `texts` from the reference; None with fewer than 50 a side.

    A word counts once a text, and must stand in at least 5 texts of the target: the reference has no names
    for its words, so what only it says cannot be named. Tested are all words of both sides, named or not,
    that stand in at least 5 texts: choosing them by one side's count would make chance look like a finding.
    Words that share a bucket are counted together on both sides, and the most usual of them in the target is
    named. Masks are listed apart.
    """
    if min(len(reference), len(texts)) < MIN_TEXTS:
        return None
    buckets, names = _counted(texts)
    after, before = (np.bincount(each, minlength=N_BUCKETS) for each in (buckets, reference.buckets))
    tested = np.flatnonzero(after + before >= LEAST_OF_BOTH)
    if not names:
        return TellingWords((), (), ())
    p_values = np.maximum(
        rate_chance(after[tested], before[tested], len(texts), len(reference)),
        rate_chance(after[tested], before[tested], len(buckets), len(reference.buckets)),
    )
    sure = [bucket for bucket in tested[holm(p_values) < LEVEL].tolist() if bucket in names]
    z = log_odds_z(after[sure], before[sure], len(buckets), len(reference.buckets))
    shares, shares_reference = after[sure] / len(texts), before[sure] / len(reference)
    found = [
        TellingWord(
            names[sure[i]], float(shares[i]), float(shares_reference[i]), float(z[i]), names[sure[i]] in MASKS
        )
        for i in np.argsort(-np.abs(z), kind="stable")
        if (z[i] > 0) == (shares[i] > shares_reference[i])
    ]
    return TellingWords(
        more=tuple(word for word in found if word.z > 0 and not word.mask)[:top],
        less=tuple(word for word in found if word.z < 0 and not word.mask)[:top],
        masks=tuple(word for word in found if word.mask),
    )


def _counted(texts: Sequence[str]) -> tuple[Ints, dict[int, str]]:
    """The buckets of each text's different words, once a text: those of `hash_words`, in no order.

    And of each bucket the word that stands in most texts, where those are enough to name it.
    """
    parts = [dict.fromkeys(words_of(text)) for text in texts]
    counted = Counter(chain.from_iterable(parts))
    bucket = {word: bucket_of(word) for word in counted}
    buckets = list(chain.from_iterable({bucket[word] for word in part} for part in parts))
    usual = [word for word, count in counted.most_common() if count >= LEAST_TEXTS]
    return np.array(buckets, dtype=np.int64), {bucket[word]: word for word in reversed(usual)}


def rate_chance(counts: Ints, reference_counts: Ints, total: int, reference_total: int) -> Floats:
    """Two-sided p of each word's counts where it is as usual on both sides, (w,).

    Of all that hold it on both sides, the target's are a binomial draw with the target's part of the total:
    the exact conditional test of two Poisson rates (Przyborowski and Wilenski 1940).
    """
    from scipy.stats import binom

    both, part = counts + reference_counts, total / (total + reference_total)
    tails = np.minimum(binom.cdf(counts, both, part), binom.sf(counts - 1, both, part))
    return np.asarray(np.minimum(2.0 * tails, 1.0))


def log_odds_z(counts: Ints, reference_counts: Ints, total: int, reference_total: int) -> Floats:
    """How much likelier each word is than in the reference, in standard errors, (w,).

    counts, reference_counts: (w,), how often each occurs on each side; the totals are of all words there.
    """
    return log_odds(counts, reference_counts, total, reference_total)[1]


def log_odds(counts: Ints, reference_counts: Ints, total: int, reference_total: int) -> tuple[Floats, Floats]:
    """As `log_odds_z`, the difference of the log odds itself before its standard errors: (w,), (w,)."""
    prior = PRIOR * (counts + reference_counts) / (total + reference_total)
    odds = []
    for count, size in ((counts, total), (reference_counts, reference_total)):
        odds.append(np.log((count + prior) / (size + PRIOR - count - prior)))
    errors = np.sqrt(1.0 / (counts + prior) + 1.0 / (reference_counts + prior))
    return np.asarray(odds[0] - odds[1]), np.asarray((odds[0] - odds[1]) / errors)
