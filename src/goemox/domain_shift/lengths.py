"""Whether a distance tells two domains apart, and how much of that is only the length of the texts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from goemox.domain_shift.limits import MIN_TEXTS
from goemox.errors import ShapeError
from goemox.evaluation.intervals import CONFIDENCE, Interval, Z
from goemox.scores import Floats, Ints

__all__ = [
    "DistanceComparison",
    "LengthExplains",
    "auroc",
    "compare_distances",
    "fpr95",
    "length_matched",
    "length_only_auroc",
]

WITHIN = 1.1  # lengths of one bin differ by less than this factor
# Parts of what the distance tells beyond chance: less than the first is too little to speak of, and "no" is
# said only where length surely explains less than the second.
SMALL_PART, LARGE_PART = 0.1, 0.5
Rows = npt.NDArray[np.intp]
LengthExplains = Literal["no", "partly", "unclear"]


@dataclass(frozen=True, slots=True)
class DistanceComparison:
    """How well a distance tells target texts from reference texts, beside what their lengths alone tell.

    auroc: chance that a target text lies farther than a reference text; 0.5 = the distance tells nothing.
    fpr95: share of the reference that is flagged where the cut finds 95 % of the target.
    length_auroc: the same chance for the number of words, the better direction of the two, so >= 0.5.
    matched: auroc among texts of the same lengths, n_matched on each side; None with fewer than 50 a side.
    lost: auroc - matched, what lengths that differ add, with a 95 % interval that knows that both come from
    the same texts; None where matched is. length_explains: whether length is why the sides are told apart:

    - "partly": the distance tells surely less among texts of the same length (lost.low > 0), by at least a
      tenth of what it tells beyond chance. What matched still tells is not length.
    - "no": not so; it tells surely more than chance among them (matched.low > .5), and surely less than half
      of what it tells beyond chance is length.
    - "unclear": neither can be said from so many texts of the same length, or the distance tells nothing.
    """

    auroc: Interval
    fpr95: float
    length_auroc: float
    matched: Interval | None
    n_matched: int
    lost: Interval | None
    length_explains: LengthExplains


def compare_distances(
    reference: Floats, target: Floats, reference_words: Ints, target_words: Ints, *, seed: int = 0
) -> DistanceComparison | None:
    """Compare distances (m,) and (n,) of texts with so many words, (m,) and (n,); None below 50 a side.

    Row i of a side's words belongs to row i of its distances. Raises ShapeError where they do not fit.
    """
    for name, distances, words in (
        ("reference_words", reference, reference_words),
        ("target_words", target, target_words),
    ):
        if words.shape != distances.shape or words.ndim != 1:
            raise ShapeError(name, distances.shape, words.shape)
    if min(len(reference), len(target)) < MIN_TEXTS:
        return None
    rows, target_rows = length_matched(reference_words, target_words, seed)
    area = auroc(reference, target)
    matched = lost = None
    if len(rows) >= MIN_TEXTS:
        matched = auroc(reference[rows], target[target_rows])
        lost = _lost(reference, target, rows, target_rows, area, matched)
    return DistanceComparison(
        auroc=area,
        fpr95=fpr95(reference, target),
        length_auroc=length_only_auroc(reference_words, target_words),
        matched=matched,
        n_matched=len(rows),
        lost=lost,
        length_explains=_length_explains(area, matched, lost),
    )


def _length_explains(area: Interval, matched: Interval | None, lost: Interval | None) -> LengthExplains:
    """By the lengths' own area nothing is decided: it misses sides of which one only varies more."""
    if matched is None or lost is None or not area.low > 0.5:
        return "unclear"
    beyond_chance = area.value - 0.5
    if lost.low > 0.0 and lost.value >= SMALL_PART * beyond_chance:
        return "partly"
    if matched.low > 0.5 and lost.high < LARGE_PART * beyond_chance:
        return "no"
    return "unclear"


def _lost(
    reference: Floats, target: Floats, rows: Rows, target_rows: Rows, area: Interval, matched: Interval
) -> Interval:
    """The area less that of some rows, with a 95 % interval; both areas' intervals are theirs.

    DeLong's for two areas of the same texts: each text's part in one area less its part in the other. Where
    the matched rows do not overlap at all they show no variance, and the two intervals are taken apart.
    """
    value = area.value - matched.value
    if matched.value in (0.0, 1.0):
        return Interval(value, area.low - matched.high, area.high - matched.low)
    variance = 0.0
    for every, some, kept in zip(
        _placements(reference, target),
        _placements(reference[rows], target[target_rows]),
        (rows, target_rows),
        strict=True,
    ):
        part = (every - every.mean()) / len(every)
        part[kept] -= (some - some.mean()) / len(some)
        variance += float((part**2).sum())
    half = Z * math.sqrt(variance)
    return Interval(value, value - half, value + half)


def auroc(reference: Floats, target: Floats) -> Interval:
    """Chance that a target score exceeds a reference score, ties counted half, with a 95 % interval.

    reference: (m,), target: (n,), both >= 1. The area under the ROC curve with the target as positive. The
    interval is DeLong's (DeLong et al. 1988, https://doi.org/10.2307/2531595) on the logit scale, which keeps
    it inside [0, 1]; where the sides do not overlap at all, it is the rule of three's for the smaller side.
    """
    value, variance = auroc_variance(reference, target)
    return auroc_interval(value, variance, min(len(reference), len(target)))


def auroc_variance(reference: Floats | Ints, target: Floats | Ints) -> tuple[float, float]:
    """The area and its variance by DeLong, from mid-ranks (Sun and Xu 2014); NaN variance below 2 a side."""
    above, below = _placements(reference, target)
    value = float(below.mean())
    if min(len(above), len(below)) < 2:
        return value, float("nan")
    return value, float(above.var(ddof=1) / len(above) + below.var(ddof=1) / len(below))


def _placements(reference: Floats | Ints, target: Floats | Ints) -> tuple[Floats, Floats]:
    """Of each reference score (m,) the share of the target above it; of each target score (n,) that below."""
    return 1.0 - _below(target, reference) / len(target), _below(reference, target) / len(reference)


def _below(some: Floats | Ints, scores: Floats | Ints) -> Floats:
    """How many of `some` lie below each score, equal ones counted half, as the mid-ranks have it."""
    rising = np.sort(some)
    sides = [np.searchsorted(rising, scores, side=side) for side in ("left", "right")]
    return np.asarray((sides[0] + sides[1]) / 2.0)


def auroc_interval(value: float, variance: float, n_smaller: int) -> Interval:
    """The 95 % interval of an area with this variance; n_smaller: scores on the smaller side."""
    if math.isnan(variance):
        return Interval(value)
    if value in (0.0, 1.0):
        reach = 1.0 - (1.0 - CONFIDENCE) ** (1.0 / n_smaller)
        return Interval(value, value - reach, 1.0) if value else Interval(value, 0.0, reach)
    centre = math.log(value / (1.0 - value))
    half = Z * math.sqrt(variance) / (value * (1.0 - value))
    return Interval(value, *(0.5 * (1.0 + math.tanh((centre + side) / 2.0)) for side in (-half, half)))


def fpr95(reference: Floats, target: Floats) -> float:
    """Share of reference scores at or above the highest cut that keeps 95 % of the target, in [0, 1].

    reference: (m,), target: (n,), both >= 1. 0 = perfectly apart; 0.95 = about what chance gives.
    """
    keep = math.ceil(0.95 * len(target) - 1e-9)
    cut = np.sort(target)[len(target) - keep]
    return float((reference >= cut).mean())


def length_only_auroc(reference_words: Ints, target_words: Ints) -> float:
    """How well the number of words alone tells the sides apart, in [0.5, 1]: longer or shorter, whichever is.

    reference_words: (m,), target_words: (n,), both >= 1. It sees only "longer" and "shorter"; where one side
    merely varies more, only matched lengths show it.
    """
    value = auroc_variance(reference_words, target_words)[0]
    return max(value, 1.0 - value)


def length_matched(reference_words: Ints, target_words: Ints, seed: int = 0) -> tuple[Rows, Rows]:
    """Rows of both sides, as many of each, whose word counts have the same histogram; ascending.

    reference_words: (m,), target_words: (n,). Bins hold one word count up to 11 words, and counts within 10 %
    above: bins by quantiles would be wide in the tails, where a difference in length would stay. In each
    bin as many rows of both sides are drawn as the smaller side has. Both empty where no lengths are shared.
    """
    generator = np.random.default_rng(seed)
    bins, target_bins = _length_bins(reference_words), _length_bins(target_words)
    size = 1 + int(max(bins.max(initial=0), target_bins.max(initial=0)))
    smaller = np.minimum(np.bincount(bins, minlength=size), np.bincount(target_bins, minlength=size))
    return _draw(bins, smaller, generator), _draw(target_bins, smaller, generator)


def _length_bins(words: Ints) -> Rows:
    # + 1e-9: log(11) / log(1.1) and the like must not fall below their whole number
    logs = np.log(np.maximum(words, 1).astype(np.float64)) / math.log(WITHIN)
    return np.asarray(np.where(words > 0, 1 + np.floor(logs + 1e-9), 0), dtype=np.intp)


def _draw(bins: Rows, quota: npt.NDArray[np.int64], generator: np.random.Generator) -> Rows:
    """So many random rows of each bin, ascending."""
    order = generator.permutation(len(bins))
    order = order[np.argsort(bins[order], kind="stable")]
    counts = np.bincount(bins, minlength=len(quota))
    place = np.arange(len(bins)) - (np.cumsum(counts) - counts)[bins[order]]
    return np.sort(order[place < quota[bins[order]]])
