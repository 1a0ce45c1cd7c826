"""What a request brings back, with no trace of the HTTP library behind it."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

import httpx2
import orjson

from goemox.errors import SourceError
from goemox.http.addresses import shown

__all__ = ["Answer", "retry_after"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. headers: names in lower case. from_cache: the body did not travel."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    next_page: str | None = None
    from_cache: bool = False

    def json(self) -> object:
        """The body as JSON; bytes and escapes that are no text become replacement characters.

        Raises SourceError where it is not JSON.
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            pass
        try:
            lenient = json.loads(self.body.decode("utf-8", "replace"))
            return orjson.loads(json.dumps(lenient, ensure_ascii=False).encode("utf-8", "replace"))
        except (ValueError, RecursionError):
            raise SourceError(
                f"{shown(httpx2.URL(self.url))}: answered something that is not JSON "
                f"({len(self.body):,} bytes, starting {self.body[:40]!r}); try again later"
            ) from None


def retry_after(answer: Answer) -> float | None:
    """Seconds that `Retry-After` asks for, from now, never negative; None where it says nothing usable."""
    value = answer.headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, OverflowError, TypeError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
