"""How long texts are: exact quantiles of whole numbers, at the cost of one counter for each length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

__all__ = ["LengthCounts", "LengthSummary"]


@dataclass(frozen=True, slots=True)
class LengthSummary:
    """Mean, extremes and quantiles of n lengths: `p5` is the least that 5 % of the texts do not exceed."""

    n: int
    mean: float
    minimum: int
    p5: int
    p25: int
    p50: int
    p75: int
    p95: int
    p99: int
    maximum: int

    def to_dict(self) -> dict[str, float]:
        """The summary as JSON."""
        return asdict(self)


@dataclass(slots=True)
class LengthCounts:
    """How many texts there are of each length."""

    counts: Counter[int] = field(default_factory=Counter)

    def add(self, lengths: Iterable[int]) -> None:
        """Count some more texts."""
        self.counts.update(lengths)

    def share_over(self, limit: int) -> float:
        """The share of texts longer than `limit`, in [0, 1]; 0 without texts."""
        over = sum(n for length, n in self.counts.items() if length > limit)
        return over / max(1, self.counts.total())

    def summary(self) -> LengthSummary | None:
        """All of it in a few figures; None without texts."""
        n = self.counts.total()
        if not n:
            return None
        ordered = sorted(self.counts.items())
        shares = {"p5": 5, "p25": 25, "p50": 50, "p75": 75, "p95": 95, "p99": 99}
        quantiles = {name: _quantile(ordered, -(-n * percent // 100)) for name, percent in shares.items()}
        mean = sum(length * count for length, count in ordered) / n
        return LengthSummary(n=n, mean=mean, minimum=ordered[0][0], maximum=ordered[-1][0], **quantiles)


def _quantile(ordered: list[tuple[int, int]], rank: int) -> int:
    """The length of the text at a rank from 1."""
    passed = 0
    for length, count in ordered:
        passed += count
        if passed >= rank:
            return length
    return ordered[-1][0]
