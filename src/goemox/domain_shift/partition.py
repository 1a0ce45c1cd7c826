"""The texts of one domain in parts (periods, groups): each label's share in each, and whether they agree.

The test is conditional on how many texts carry the label: were the parts alike, those texts would be a random
draw from all. It assumes different texts that do not answer each other; where a thread of answers lies in one
part it alarms too often. It says that shares differ, never why: a part may hold other texts, not other moods.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from goemox.domain_shift.two_sample import SMALLEST_P
from goemox.errors import ShapeError
from goemox.evaluation.intervals import wilson
from goemox.evaluation.significance import LEVEL, MIN_EXPECTED, holm
from goemox.scores import Bools, Floats, Ints

__all__ = ["PartShares", "PartTests", "part_findings", "part_shares", "part_tests"]

N_DRAWS = 4_999
FIRST_DRAWS, CLEARLY = 499, 50  # where so many of the first are as extreme, more draws cannot make an alarm


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class PartShares:
    """Share of each part's texts that carry each label, with Wilson's 95 % limits.

    n: (p,), texts of each part. share, low, high: (p, k), NaN where a part holds no text.
    """

    n: Ints
    share: Floats
    low: Floats
    high: Floats

    def entry(self, labels: Sequence[str], part: int) -> dict[str, object]:
        """One part's `label_share` and `label_share_interval`, by label; None where it holds no text."""
        if not self.n[part]:
            return {"label_share": None, "label_share_interval": None}
        limits = np.stack([self.low[part], self.high[part]], axis=1).tolist()
        return {
            "label_share": dict(zip(labels, self.share[part].tolist(), strict=True)),
            "label_share_interval": dict(zip(labels, limits, strict=True)),
        }


@dataclass(frozen=True, slots=True, eq=False)
class PartTests:
    """Per label, whether its share is the same in all parts.

    p_adjusted: (k,), in [1e-6, 1], Holm over all tests made. strength: (k,), Cramér's V, 0 = the same
    everywhere, 1 = the part tells the label. at_floor: (k,), whether the p-value was drawn and no draw was as
    extreme: it is then the largest that it can be, for 4,999 draws show none below 1/5,000 before Holm.
    trend: (k,), 1 rising, -1 falling from part to part, 0 neither; None where the parts have no order.
    """

    p_adjusted: Floats
    strength: Floats
    at_floor: Bools
    trend: Ints | None


def part_shares(decided: Bools, parts: Ints, n_parts: int) -> PartShares:
    """Shares of k labels in parts 0 to n_parts - 1. decided: bool (n, k). parts: (n,).

    Raises ShapeError where the two disagree.
    """
    n, counts = _counted(decided, parts, n_parts)
    share, low, high = (np.full(counts.shape, np.nan) for _ in range(3))
    for part in np.flatnonzero(n):
        share[part] = counts[part] / n[part]
        low[part], high[part] = wilson(counts[part], float(n[part]))
    return PartShares(n, share, low, high)


def part_tests(
    decided: Bools, parts: Ints, n_parts: int, *, ordered: bool = False, seed: int = 0
) -> PartTests:
    """Test for each label that its share is the same in all parts; empty parts say nothing.

    decided: bool (n, k). parts: (n,), from 0 to n_parts - 1. Pearson's chi-square; where a part would hold
    fewer than 10 texts with (or without) the label, the p-value is the share of random tables of the same
    totals that are as extreme, this one counted among them, which holds its level (4,999 are drawn, fewer
    where no alarm is in sight). ordered: also test for a trend over the parts' numbers (Cochran 1954,
    Armitage 1955); these tests join the same Holm adjustment, and the smaller of a label's two p-values is
    given. Any difference alone would miss a slow trend over many parts.
    Raises ShapeError where the arrays disagree.
    """
    n, counts = _counted(decided, parts, n_parts)
    kept = np.flatnonzero(n)
    generator = np.random.default_rng(seed)
    found = [_one_label(counts[kept, j], n[kept], kept, generator) for j in range(decided.shape[1])]
    any_p, trend_p, strength, sign, drawn = (
        np.array(column, dtype=np.float64) for column in zip(*found, strict=True)
    )
    k = len(any_p)
    both = np.concatenate([any_p, trend_p]) if ordered else any_p
    adjusted = holm(both)
    smallest = np.minimum(adjusted[:k], adjusted[-k:])
    at_floor = (drawn > 0) & (np.minimum(both[:k], both[-k:]) <= 1 / (N_DRAWS + 1))
    trend = np.where(adjusted[k:] < LEVEL, sign, 0).astype(np.int64) if ordered else None
    return PartTests(np.maximum(smallest, SMALLEST_P), strength, at_floor, trend)


def part_findings(
    labels: Sequence[str], tests: PartTests, shares: PartShares, names: Sequence[str], large: Bools
) -> tuple[list[dict[str, object]], list[str]]:
    """The tests as rows (label, p_adjusted, p_at_floor, lowest and highest part), and the labels that moved.

    names, large: (p,). Only large parts are called lowest or highest; without two of them both are None,
    though a label may have moved: the test counts small parts, too. trend, where the parts have an order:
    "rising", "falling" or None. Most different first.
    """
    parts = np.flatnonzero(large)
    rows: list[dict[str, object]] = []
    for j, label in enumerate(labels):
        row: dict[str, object] = {
            "label": label, "p_adjusted": float(tests.p_adjusted[j]), "p_at_floor": bool(tests.at_floor[j])
        }  # fmt: skip
        if tests.trend is not None:
            row["trend"] = {1: "rising", -1: "falling"}.get(int(tests.trend[j]))
        order = parts[np.argsort(shares.share[parts, j], kind="stable")]
        row["lowest"], row["highest"] = (
            (names[order[0]], names[order[-1]]) if len(order) > 1 else (None, None)
        )
        rows.append(row)
    strongest = np.argsort(-tests.strength, kind="stable")
    return rows, [labels[j] for j in strongest if tests.p_adjusted[j] < LEVEL]


def _counted(decided: Bools, parts: Ints, n_parts: int) -> tuple[Ints, Ints]:
    """Texts of each part (p,), and those among them with each label (p, k)."""
    if decided.ndim != 2 or parts.shape != decided.shape[:1]:
        raise ShapeError("parts", decided.shape[:1], parts.shape)
    counts = np.zeros((n_parts, decided.shape[1]), dtype=np.int64)
    rows, columns = np.nonzero(decided)
    np.add.at(counts, (parts[rows], columns), 1)
    return np.bincount(parts, minlength=n_parts).astype(np.int64), counts


def _one_label(
    counts: Ints, n: Ints, place: Ints, generator: np.random.Generator
) -> tuple[float, float, float, int, bool]:
    """Two p-values (any difference, a trend), Cramér's V, the direction, whether the p-values were drawn.

    counts, n, place: (p,), n > 0.
    """
    from scipy.special import chdtrc, ndtr  # as scipy.stats has them, which takes longer to load and to call

    total, size = int(counts.sum()), int(n.sum())
    if total in (0, size) or len(n) < 2:
        return 1.0, 1.0, 0.0, 0, False
    if total > size / 2:  # those without the label differ as much, and are fewer to draw
        any_p, trend_p, strength, sign, is_drawn = _one_label(n - counts, n, place, generator)
        return any_p, trend_p, strength, -sign, is_drawn
    statistic = float(_chi_square(counts[None], n, total)[0])
    centred = place - (place @ n) / size
    slope = float(centred @ counts)
    is_drawn = bool(n.min() * total / size < MIN_EXPECTED)
    if not is_drawn:
        # the variance of a sum drawn without replacement
        spread = np.sqrt(total * (size - total) / (size - 1) * (centred**2 @ n) / size)
        any_p = float(chdtrc(len(n) - 1, statistic))
        trend_p = float(2 * ndtr(-abs(slope) / spread))
    else:
        drawn = np.empty((0, len(n)), dtype=np.int64)
        for more in (FIRST_DRAWS, N_DRAWS - FIRST_DRAWS):
            tables = generator.multivariate_hypergeometric(n, total, size=more, method="marginals")
            drawn = np.concatenate([drawn, tables])
            any_p = _as_extreme(_chi_square(drawn, n, total), statistic)
            trend_p = _as_extreme(np.abs(drawn @ centred), abs(slope))
            if min(any_p, trend_p) * (len(drawn) + 1) > CLEARLY:
                break
    return any_p, trend_p, float(np.sqrt(statistic / size)), int(np.sign(slope)), is_drawn


def _chi_square(counts: Ints, n: Ints, total: int) -> Floats:
    """Pearson's statistic of each row of counts, (b, p) -> (b,)."""
    share = total / n.sum()
    return np.asarray((((counts - n * share) ** 2) / (n * share * (1 - share))).sum(axis=1))


def _as_extreme(drawn: Floats, observed: float) -> float:
    # equal tables may differ by rounding
    return float((np.count_nonzero(drawn >= observed * (1 - 1e-9)) + 1) / (len(drawn) + 1))
