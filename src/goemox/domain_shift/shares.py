"""How alike sets of texts are, judged by the top labels a model gives them, and what of it is chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

import numpy as np
from scipy.special import entr

from goemox.errors import InvalidInput, ShapeError
from goemox.evaluation.intervals import Interval, percentile_interval, spread_interval
from goemox.evaluation.numbers import plain
from goemox.evaluation.significance import LEVEL
from goemox.labels import NEUTRAL
from goemox.scores import Floats, Ints

__all__ = ["correlation_interval", "jensen_shannon", "pearson", "share_correlation"]

RESAMPLES = 1000
FLAT = 1e-12  # largest deviation from the mean that is rounding

Measure = Callable[[Floats, Floats], Floats]


def share_correlation(
    shares: Mapping[str, Floats | Sequence[float]],
    *,
    sizes: Mapping[str, int] | None = None,
    labels: Sequence[str] | None = None,
    seed: int = 0,
) -> dict[str, object]:
    """Compare the top-label shares of every pair of sets.

    shares: {name: (k,)}, the same labels in the same order for all, >= 0; normalised here.
    Returns {"names", "pearson", "jensen_shannon"}: two symmetric matrices in the order of names.
    Pearson's correlation over the k labels (None where all labels have the same share) mostly reflects the
    one or two largest labels; the Jensen-Shannon distance, 0 alike to 1 disjoint, weighs all of them.

    labels: the k names; with them "pearson_emotions" too, Pearson's correlation of the labels without
    neutral, None where the model has no such label.
    sizes: {name: number of texts}; with them "…_interval" of each matrix, of [low, high], None on the
    diagonal: 95 % over texts, by drawing each set's texts anew (1,000 multinomial resamples; of the distance,
    which drawing lifts, +/- 1.96 standard deviations; of correlations, which it weakens, see
    `correlation_interval`). And "noise": the Jensen-Shannon distance below which, in 95 of 100 cases, all
    pairs of samples of these sizes would stay if the two sets of each pair were one. Finite samples of one
    set are never 0 apart.

    Raises ShapeError for different numbers of labels, InvalidInput for a set whose shares sum to nothing.
    """
    names = list(shares)
    if not names:
        return {"names": [], "pearson": [], "jensen_shannon": []}
    normal = _normal(shares)
    columns = np.arange(normal.shape[1])
    measures: dict[str, tuple[Measure, Ints]] = {
        "pearson": (pearson, columns), "jensen_shannon": (jensen_shannon, columns),
    }  # fmt: skip
    if labels is not None and NEUTRAL in labels:
        measures["pearson_emotions"] = (pearson, np.delete(columns, list(labels).index(NEUTRAL)))
    found: dict[str, object] = {"names": names, "pearson_emotions": None} if labels else {"names": names}
    for kind, (measure, kept) in measures.items():
        rows = normal[:, kept]
        found[kind] = measure(rows[:, None], rows[None, :])
    if sizes is not None:
        numbers = [sizes[name] for name in names]
        drawn = [_drawn(row, n, [seed, i]) for i, (row, n) in enumerate(zip(normal, numbers, strict=True))]
        for kind, (measure, kept) in measures.items():
            sets = [each[:, kept] for each in drawn]
            spread = spread_interval if measure is jensen_shannon else correlation_interval
            found[f"{kind}_interval"] = _intervals(np.asarray(found[kind]), sets, measure, spread)
        found["noise"] = _noise(normal, numbers, seed)
    return {key: plain(value) for key, value in found.items()}


def _normal(shares: Mapping[str, Floats | Sequence[float]]) -> Floats:
    """The shares as rows (m, k) that sum to 1."""
    rows = [np.asarray(row, dtype=np.float64) for row in shares.values()]
    for name, row in zip(shares, rows, strict=True):
        if row.shape != rows[0].shape or row.ndim != 1:
            raise ShapeError(f"the shares of {name}", rows[0].shape, row.shape)
        if not (np.isfinite(row).all() and (row >= 0).all() and row.sum() > 0):
            raise InvalidInput(f"{name}: its label shares are not positive numbers; is the set empty?")
    return np.array([row / row.sum() for row in rows])


def _drawn(row: Floats, n: int, seed: Sequence[int]) -> Floats:
    """Shares of n texts drawn anew from the shares (k,), (RESAMPLES, k)."""
    return np.random.default_rng(seed).multinomial(n, row, RESAMPLES) / n


def _intervals(
    values: Floats,
    drawn: Sequence[Floats],
    measure: Measure,
    spread: Callable[[float, Floats], Interval],
) -> list[list[tuple[float, float] | None]]:
    """[low, high] of every pair of sets, whose resamples are paired by their place; None on the diagonal."""
    found: list[list[tuple[float, float] | None]] = [[None] * len(drawn) for _ in drawn]
    for i, j in combinations(range(len(drawn)), 2):
        interval = spread(float(values[i, j]), measure(drawn[i], drawn[j]))
        found[i][j] = found[j][i] = interval.low, interval.high
    return found


def correlation_interval(value: float, resamples: Floats) -> Interval:
    """Of a correlation, by its resamples (b,): on both sides as far from it as 95 % of them lie on one.

    Drawing adds chance to shares that hold some already, and chance weakens a correlation (Spearman 1904):
    resamples lie nearer 0 than the value, which their percentiles may leave out, as the value lies nearer 0
    than the whole sets' own. So the percentiles are joined with their mirror image about the value, the basic
    bootstrap, on Fisher's z, which has no ends (Davison and Hinkley 1997, section 5.2). They hold the value
    always, and the truth more often than either; for few texts and sets much alike still too seldom.
    """
    known = np.arctanh(np.clip([value, *resamples[~np.isnan(resamples)]], FLAT - 1, 1 - FLAT))
    if np.isnan(value) or len(known) == 1:
        return Interval(value)
    ends = percentile_interval(known[0], known[1:])
    half = max(abs(known[0] - ends.low), abs(known[0] - ends.high))
    low, high = np.tanh([known[0] - half, known[0] + half]).tolist()
    return Interval(value, min(low, value), max(high, value))  # at -1 and 1 both are cut off


def _noise(normal: Floats, sizes: Sequence[int], seed: int) -> list[list[float | None]]:
    """The distance at which each pair's samples of one set, the two thrown together, would rarely lie apart.

    Rarely: in a share of LEVEL of all cases for any of the pairs (Bonferroni).
    """
    found: list[list[float | None]] = [[None] * len(sizes) for _ in sizes]
    pairs = list(combinations(range(len(sizes)), 2))
    for i, j in pairs:
        one = (normal[i] * sizes[i] + normal[j] * sizes[j]) / (sizes[i] + sizes[j])
        apart = jensen_shannon(_drawn(one, sizes[i], [seed, i, j, 0]), _drawn(one, sizes[j], [seed, i, j, 1]))
        found[i][j] = found[j][i] = float(np.quantile(apart, 1 - LEVEL / len(pairs)))
    return found


def jensen_shannon(a: Floats, b: Floats) -> Floats:
    """Distance of distributions (..., k) and (..., k): 0 the same, 1 disjoint; (...,), shapes broadcast.

    The square root of the divergence in bits (Lin 1991; a metric, Endres and Schindelin 2003).
    """
    entropy = entr((a + b) / 2).sum(axis=-1) - (entr(a).sum(axis=-1) + entr(b).sum(axis=-1)) / 2
    return np.asarray(np.sqrt(np.clip(entropy / np.log(2), 0.0, 1.0)))


def pearson(a: Floats, b: Floats) -> Floats:
    """Correlation of (..., k) and (..., k) over the last axis, (...,); NaN where either has no spread."""
    x, y = a - a.mean(axis=-1, keepdims=True), b - b.mean(axis=-1, keepdims=True)
    # equal shares leave only rounding in x; dividing by that would invent a correlation
    spread = np.minimum(np.abs(x).max(axis=-1), np.abs(y).max(axis=-1)) >= FLAT
    size = np.sqrt((x * x).sum(axis=-1) * (y * y).sum(axis=-1))
    r = np.divide((x * y).sum(axis=-1), size, out=np.full(size.shape, np.nan), where=spread)
    return np.asarray(np.clip(r, -1.0, 1.0))
