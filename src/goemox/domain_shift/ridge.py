"""How distances are spread on both sides of a comparison, as counts on one axis, for a ridge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goemox.domain_shift.lengths import length_matched
from goemox.domain_shift.limits import MIN_TEXTS
from goemox.errors import ShapeError
from goemox.evaluation.intervals import Interval, wilson
from goemox.scores import Floats, Ints

__all__ = ["CUT", "DistanceRidge", "distance_ridge"]

BINS = 40
CUT = 0.95  # share of the reference that lies closer than the cut
REACH = 2.0  # the axis ends at so many times the cut


@dataclass(frozen=True, slots=True)
class DistanceRidge:
    """Counts of texts by distance.

    edges: 41 of them, ascending, made from the reference alone, so that all targets of one reference share
    them; what lies beyond either end is counted in the outermost bin. target, reference: counts of all texts,
    40 each. matched_target, matched_reference: of texts of the same lengths, n_matched on each side, the rows
    of `length_matched`; None with fewer than 50, or where lengths are not known. cut: 95 % of the reference
    lie closer than this distance; n_matched_far: of its texts of the same lengths, those beyond the cut.
    """

    edges: tuple[float, ...]
    target: tuple[int, ...]
    reference: tuple[int, ...]
    matched_target: tuple[int, ...] | None
    matched_reference: tuple[int, ...] | None
    n_matched: int
    n_matched_far: int | None
    cut: float

    @property
    def far_of_same_length(self) -> Interval | None:
        """Share of the reference's texts of the same lengths beyond the cut, with Wilson's 95 % limits."""
        if self.n_matched_far is None:
            return None
        low, high = wilson(np.array(self.n_matched_far), self.n_matched)
        return Interval(self.n_matched_far / self.n_matched, float(low), float(high))


def distance_ridge(
    reference: Floats | None,
    target: Floats | None,
    reference_words: Ints | None = None,
    target_words: Ints | None = None,
    *,
    seed: int = 0,
) -> DistanceRidge | None:
    """Count distances (m,) and (n,) of texts with so many words; None where unknown, or m is below 50.

    Row i of a side's words belongs to row i of its distances; seed: of the matching, as in
    `compare_distances`. Raises ShapeError where words do not fit.
    """
    if reference is None or target is None or len(reference) < MIN_TEXTS or len(target) == 0:
        return None
    edges, cut = _axis(reference)
    matched: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    n_matched, far = 0, None
    if reference_words is not None and target_words is not None:
        for name, distances, words in (
            ("reference_words", reference, reference_words),
            ("target_words", target, target_words),
        ):
            if words.shape != distances.shape:
                raise ShapeError(name, distances.shape, words.shape)
        rows, target_rows = length_matched(reference_words, target_words, seed)
        n_matched = len(rows)
        if n_matched >= MIN_TEXTS:
            matched = _counts(target[target_rows], edges), _counts(reference[rows], edges)
            far = int((reference[rows] > cut).sum())
    return DistanceRidge(
        edges=tuple(edges.tolist()),
        target=_counts(target, edges),
        reference=_counts(reference, edges),
        matched_target=None if matched is None else matched[0],
        matched_reference=None if matched is None else matched[1],
        n_matched=n_matched,
        n_matched_far=far,
        cut=cut,
    )


def _axis(reference: Floats) -> tuple[Floats, float]:
    """Edges from the whole number below the closest reference text to twice the cut, and the cut.

    The cut stands where `DomainProfile.percentile` says 95.
    """
    m = len(reference)
    ordered = np.sort(reference.astype(np.float64))
    cut = float(np.interp(CUT, (np.arange(m) + 0.5) / m, ordered))
    low = float(np.floor(ordered[0]))
    return np.linspace(low, max(REACH * cut, low + 1.0), BINS + 1), cut


def _counts(distances: Floats, edges: Floats) -> tuple[int, ...]:
    kept = np.clip(distances.astype(np.float64), edges[0], edges[-1])
    return tuple(np.histogram(kept, bins=edges)[0].tolist())
