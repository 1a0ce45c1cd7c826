"""One figure of two studies, its difference B - A with a 95 % interval, and whether chance could do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import bdtr

from goemox.evaluation.intervals import Z, wilson
from goemox.evaluation.significance import LEVEL, holm, p_of_error, p_of_shares
from goemox.scores import Bools, Floats

__all__ = [
    "Difference",
    "adjusted",
    "by_intervals",
    "paired_means",
    "paired_shares",
    "unpaired_means",
    "unpaired_shares",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of A and of B, difference = b - a, its 95 % interval and two-sided p; NaN where unknown.

    p_adjusted: p after Holm's correction over the figures it was tested with. same: whether what both figures
    are made of is equal, text by text.
    """

    a: float
    b: float
    low: float = float("nan")
    high: float = float("nan")
    p: float = float("nan")
    p_adjusted: float = float("nan")
    same: bool = False

    @property
    def difference(self) -> float:
        """B - a."""
        return self.b - self.a

    @property
    def sure(self) -> bool:
        """Whether the adjusted p is below .05."""
        return bool(self.p_adjusted < LEVEL)

    def verdict(self, negligible: float, up: str, down: str) -> str:
        """The word for it: up or down by the sign of a sure difference of at least `negligible`.

        Else same, not tested (too few texts, or no interval), within chance, or negligible.
        """
        if self.same:
            return "same"
        if np.isnan(self.p_adjusted):
            return "not tested"
        if not self.sure:
            return "within chance"
        if abs(self.difference) < negligible:
            return "negligible"
        return up if self.difference > 0 else down

    def to_dict(self) -> dict[str, object]:
        """As in a comparison's JSON."""
        return {
            "a": self.a, "b": self.b, "difference": self.difference, "low": self.low, "high": self.high,
            "p_adjusted": self.p_adjusted,
        }  # fmt: skip


def adjusted(found: Sequence[Difference]) -> list[Difference]:
    """The same with Holm-adjusted p-values, over those that have one."""
    known = np.array([each.p for each in found], dtype=np.float64)
    tested = ~np.isnan(known)
    known[tested] = holm(known[tested])
    return [replace(each, p_adjusted=float(p)) for each, p in zip(found, known, strict=True)]


def paired_shares(a: Bools, b: Bools) -> list[Difference]:
    """Shares of the same n texts in two studies, column by column: bool (n, k) each.

    Interval: Agresti and Min 2005 (https://doi.org/10.1002/sim.1781), half a text added to each of the four
    cells. p: McNemar's exact test, the texts that changed being a fair coin.
    """
    n = len(a)
    lost, won = (a & ~b).sum(axis=0), (~a & b).sum(axis=0)
    total = n + 2
    more, less = won + 0.5, lost + 0.5
    centre = (more - less) / total
    half = Z * np.sqrt(more + less - (more - less) ** 2 / total) / total
    p = np.minimum(2 * bdtr(np.minimum(lost, won).astype(float), lost + won, 0.5), 1.0)
    p = np.where(lost + won == 0, 1.0, p)
    same = (a == b).all(axis=0)
    mean_a, mean_b, low, high = a.mean(axis=0), b.mean(axis=0), centre - half, centre + half
    return [
        Difference(
            float(mean_a[j]), float(mean_b[j]), float(low[j]), float(high[j]), float(p[j]), same=bool(same[j])
        )
        for j in range(a.shape[1])
    ]


def unpaired_shares(a: float, n_a: float, b: float, n_b: float) -> Difference:
    """Shares of different texts. Interval: Newcombe 1998, method 10 (Wilson's limits combined).

    p: the test of two proportions, exact where few texts are expected. NaN where a share or its n is unknown.
    """
    if not (n_a > 0 and n_b > 0) or np.isnan(a) or np.isnan(b):
        return Difference(a, b)
    (low_a, high_a), (low_b, high_b) = (
        tuple(float(end) for end in wilson(np.asarray(share * n), n)) for share, n in ((a, n_a), (b, n_b))
    )
    return Difference(
        a, b,
        low=b - a - float(np.hypot(b - low_b, high_a - a)),
        high=b - a + float(np.hypot(high_b - b, a - low_a)),
        p=float(p_of_shares(a, n_a, b, n_b)),
    )  # fmt: skip


def paired_means(a: Floats, b: Floats) -> Difference:
    """Means of the same n texts, (n,) each; the interval from the spread of the differences."""
    differences = b.astype(np.float64) - a
    error = float(differences.std(ddof=1) / np.sqrt(len(differences))) if len(differences) > 1 else np.nan
    return _spread(float(a.mean(dtype=np.float64)), float(b.mean(dtype=np.float64)), error,
                   same=bool((differences == 0).all()))  # fmt: skip


def unpaired_means(a: Floats, b: Floats) -> Difference:
    """Means of different texts, (n,) and (m,); Welch's standard error."""
    if min(len(a), len(b)) < 2:
        return Difference(float(a.mean()), float(b.mean()))
    error = float(np.sqrt(sum(part.astype(np.float64).var(ddof=1) / len(part) for part in (a, b))))
    return _spread(float(a.mean(dtype=np.float64)), float(b.mean(dtype=np.float64)), error)


def by_intervals(a: tuple[float, float, float], b: tuple[float, float, float]) -> Difference:
    """Two figures of which only (value, low, high) are known, taken as independent.

    Their standard errors are a quarter of what the 95 % intervals span (Altman and Bland 2011,
    https://doi.org/10.1136/bmj.d2304). On the same texts this is wider than a paired interval.
    """
    error = float(np.hypot(a[2] - a[1], b[2] - b[1])) / (2 * Z)
    return _spread(a[0], b[0], error)


def _spread(a: float, b: float, error: float, *, same: bool = False) -> Difference:
    if np.isnan(error):
        return Difference(a, b, same=same)
    return Difference(a, b, b - a - Z * error, b - a + Z * error, p_of_error(b - a, error), same=same)
