"""When to try again, and after how long (RFC 9110: 429, 5xx and `Retry-After`)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import httpx2

from goemox.http.addresses import shown
from goemox.http.answers import Answer, retry_after

__all__ = [
    "Patience",
    "Politeness",
    "RefusedError",
    "WaitRule",
    "standard_wait",
    "why_it_broke",
    "why_refused",
]

_WORTH_RETRYING = frozenset({408, 425, 429, 500, 502, 503, 504})

_CHECK = "check the address"
_REMEDIES = dict.fromkeys((401, 403), "access was refused; check the token in the environment")

WaitRule = Callable[[Answer], bool | float]
"""What to do about an answer that is no success: False = give up, True = pause, or the seconds to pause."""


@dataclass(frozen=True, slots=True)
class Politeness:
    """How hard a host may be pressed, and how long we are patient with it.

    concurrency: requests in flight. per_second: requests started a second, on average.
    attempts: tries of one request. first_wait_s, longest_wait_s: pauses between them grow from the
    first to the longest, plus jitter, unless the host names one. patience_s: all pauses of one request
    that the host asked for, together; a longer one is not waited for. silence_s: a connection that says
    nothing is given up; deadline_s: one try, to its last byte. max_bytes: the largest body accepted.
    """

    concurrency: int = 4
    per_second: float = 10.0
    attempts: int = 5
    first_wait_s: float = 0.5
    longest_wait_s: float = 10.0
    patience_s: float = 60.0
    silence_s: float = 15.0
    deadline_s: float = 60.0
    max_bytes: int = 16 * 1024 * 1024


def standard_wait(answer: Answer) -> bool | float:
    """RFC 9110: retry overload and server errors, after the pause that the host names, if any."""
    if answer.status not in _WORTH_RETRYING:
        return False
    seconds = retry_after(answer)
    return True if seconds is None else seconds


class RefusedError(Exception):
    """An answer that is no success; the reason for a retry, or for a SourceError in the end."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class Patience:
    """stamina's question after each failure: again, and after how many seconds? `tries` counts."""

    def __init__(self, wait: WaitRule, patience_s: float) -> None:
        self._wait, self._left_s = wait, patience_s
        self.tries = 0

    def __call__(self, error: Exception) -> bool | float:
        """Seconds until the next try; True = as the pauses grow by themselves, False = no further try."""
        if not isinstance(error, RefusedError):
            return isinstance(error, (httpx2.TransportError, TimeoutError))
        seconds = self._wait(error.answer)
        if isinstance(seconds, bool):
            return seconds
        self._left_s -= seconds
        return False if self._left_s < 0 else seconds


def why_refused(url: httpx2.URL, answer: Answer, tries: int) -> str:
    """One line for an answer that stayed a failure."""
    seconds = retry_after(answer)
    later = f"in {math.ceil(seconds):,} s" if seconds else "later"
    remedy = (
        f"try again {later}" if answer.status in _WORTH_RETRYING else _REMEDIES.get(answer.status, _CHECK)
    )
    return f"{shown(url)}: answered {answer.status} after {_times(tries)}; {remedy}"


def why_it_broke(url: httpx2.URL, error: Exception, tries: int, politeness: Politeness) -> str:
    """One line for a request that got no whole answer."""
    if isinstance(error, httpx2.ConnectError):
        reason = f"no connection ({error})"
    elif isinstance(error, TimeoutError):
        reason = f"not finished within {politeness.deadline_s:g} s"
    elif isinstance(error, httpx2.TimeoutException):
        reason = f"no answer within {politeness.silence_s:g} s"
    else:
        reason = f"the connection broke ({error or type(error).__name__})"
    return f"{shown(url)}: {reason}, {_times(tries)}; check the network and try again"


def _times(tries: int) -> str:
    return "1 try" if tries == 1 else f"{tries} tries"
