"""What came of a load: each request's status and latency, and the figures of them."""

from __future__ import annotations

import math
import statistics
from array import array
from collections import Counter
from collections.abc import Sequence
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connections import Connection

__all__ = ["Outcome", "percentile", "spread"]


class Outcome:
    """Answers as they come; latencies are in seconds and count from the intended time."""

    def __init__(self, *, keep: bool = False) -> None:
        """keep: also the bodies of answers with status 200, by the number of their request."""
        self.bodies: dict[int, bytes] | None = {} if keep else None
        self.accepted, self.refused = array("d"), array("d")  # latencies of 200, and of all else
        self.late = array("d")  # seconds between intended and sent: the generator's, or no free connection
        self.statuses: Counter[int] = Counter()
        self.broken = self.missing = self.unsent = self.without_retry_after = self.not_opened = 0
        self.warmed = 0  # answers that do not count
        self.generator_cpu_s = 0.0
        self.last_body = b""
        self._began = self._ended = perf_counter()

    def begin(self) -> None:
        """From here on requests count."""
        self._began = perf_counter()

    def end(self) -> None:
        """All is answered."""
        self._ended = perf_counter()

    @property
    def seconds(self) -> float:
        """From the first request to the last answer."""
        return self._ended - self._began

    def add(self, connection: Connection, status: int, head: bytes, body: bytes) -> None:
        """One answer is here."""
        latency = perf_counter() - connection.intended
        self.late.append(connection.sent - connection.intended)
        self.statuses[status] += 1
        if status == 200:
            self.accepted.append(latency)
            self.last_body = body
            if self.bodies is not None:
                self.bodies[connection.number] = body
            return
        self.refused.append(latency)
        if status == 429 and b"\r\nretry-after:" not in head.lower():
            self.without_retry_after += 1

    def lost(self, connection: Connection) -> None:
        """A connection ended; it is broken where an answer was owed."""
        self.broken += connection.is_waiting

    @property
    def failures(self) -> int:
        """Requests without an answer of status 200."""
        return len(self.refused) + self.broken + self.missing + self.unsent

    @property
    def n_all(self) -> int:
        """Answers of any kind, the first ones too: what the processors' seconds are for."""
        return max(1, self.statuses.total() + self.warmed)

    @property
    def per_second(self) -> float:
        """Answers of status 200 a second."""
        return len(self.accepted) / self.seconds

    def figures(self) -> dict[str, object]:
        """All of it, in milliseconds, requests a second and counts."""
        return {
            "answered": len(self.accepted),
            "per_second": round(self.per_second, 1),
            "p50_ms": milliseconds(percentile(self.accepted, 50)),
            "p99_ms": milliseconds(percentile(self.accepted, 99)),
            "most_ms": milliseconds(max(self.accepted, default=None)),
            "statuses": {str(status): n for status, n in sorted(self.statuses.items())},
            "broken": self.broken,
            "missing": self.missing,
            "sent_late_p99_ms": milliseconds(percentile(self.late, 99)),
            "not_opened": self.not_opened,
            "unsent": self.unsent,
            "generator_cpu_ms_a_request": round(1e3 * self.generator_cpu_s / self.n_all, 4),
        }


def percentile(values: Sequence[float], share: float) -> float | None:
    """The least value that `share` percent of the values do not exceed; None where there are none."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share / 100) - 1)]


def milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(1e3 * seconds, 3)


def spread(values: Sequence[float], digits: int = 2) -> dict[str, float]:
    """Median, least and most."""
    kinds = {"median": statistics.median, "least": min, "most": max}
    return {name: round(take(values), digits) for name, take in kinds.items()}
