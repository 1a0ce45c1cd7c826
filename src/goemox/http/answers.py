"""What a request brings back, with no trace of the HTTP library behind it."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

import httpx2
import orjson

from goemox.errors import SourceError
from goemox.http.addresses import shown

__all__ = ["Answer", "http_date", "not_json", "retry_after", "told_at"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. headers: names in lower case. links: address of each relation in the Link header.

    from_cache: the body did not travel; its headers may then be older than the last answer's.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    links: Mapping[str | None, str] = field(default_factory=dict)
    from_cache: bool = False

    @property
    def next_page(self) -> str | None:
        """The address that the Link header calls next."""
        return self.links.get("next")

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


def not_json(answer: Answer) -> str | None:
    """The complaint about a body that is not JSON, None where it is: for `Client.get`."""
    try:
        answer.json()
    except SourceError:
        return f"with something that is not JSON ({len(answer.body):,} bytes, starting {answer.body[:40]!r})"
    return None


def retry_after(answer: Answer) -> float | None:
    """Seconds that `Retry-After` asks for, from now, never negative; None where it says nothing usable.

    A date is compared with the answer's own `Date`, so that our clock may be wrong.
    """
    value = answer.headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        until = http_date(value)
        if until is None:
            return None
        seconds = until - told_at(answer.headers)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def told_at(headers: Mapping[str, str], now: Callable[[], float] = time.time) -> float:
    """When the host answered, in seconds since 1970: by its own clock (`Date`) if it says, else by ours."""
    date = http_date(headers.get("date", ""))
    return now() if date is None else date


def http_date(value: str) -> float | None:
    """Seconds since 1970 of a date as HTTP writes it; None where it is none."""
    try:
        return parsedate_to_datetime(value).timestamp()
    except (ValueError, OverflowError, TypeError):
        return None
