"""What a source says before and while it works: how much there is, and what it will cost."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from goemox.http import Politeness
from goemox.wording import plural

__all__ = ["Forecast", "Tell", "forecast_of", "say_nothing"]

Tell = Callable[[int | None, str], None]
"""tell(total, note): how many texts there will be (None = not known), and a few words: the quota left."""


def say_nothing(total: int | None, note: str) -> None:
    """The `Tell` of callers who do not want to be told."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What collecting will take. n_texts: at most so many, None = not known; seconds: at the allowed rate."""

    n_requests: int
    seconds: float
    n_texts: int | None = None
    note: str = ""

    def sentence(self) -> str:
        """`at most 500 texts, 500 requests, about 10 s`, and the note."""
        texts = "" if self.n_texts is None else f"at most {plural(self.n_texts, 'text')}, "
        note = f" ({self.note})" if self.note else ""
        return f"{texts}{plural(self.n_requests, 'request')}, about {_duration(self.seconds)}{note}"


def forecast_of(
    n_requests: int, politeness: Politeness, n_texts: int | None = None, note: str = ""
) -> Forecast:
    """A forecast whose time is what the politeness allows: requests start at most so often."""
    return Forecast(n_requests, n_requests / politeness.per_second, n_texts, note)


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{math.ceil(seconds)} s"
    if seconds < 3600:
        return f"{math.ceil(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"
