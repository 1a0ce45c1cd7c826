"""How hard a host is pressed, when to try again, and after how long."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

import httpx2

from goemox.errors import SourceError
from goemox.http.addresses import shown
from goemox.http.answers import Answer, retry_after
from goemox.http.clock import Clock
from goemox.http.host_rules import WORTH_RETRYING, HostRules

__all__ = [
    "HeldError",
    "Patience",
    "Pauses",
    "Politeness",
    "RefusedError",
    "UnusableError",
    "why_it_broke",
    "why_refused",
]

_TICK_S = 1.0
_ERRNO = re.compile(r"\[Errno -?\d+\] ")
_CHECK = "check the address"
_REMEDIES = dict.fromkeys((401, 403), "access was refused; check the token in the environment")


@dataclass(frozen=True, slots=True)
class Politeness:
    """How hard a host may be pressed, and how long we are patient with it.

    concurrency: requests in flight. per_second: requests started a second, on average.
    attempts: tries of one request. first_wait_s, longest_wait_s: pauses between them grow from the
    first to the longest, plus jitter, unless the host names one. patience_s: all pauses of one request
    that the host asked for, together; a longer one is not waited for. silence_s: a connection that says
    nothing is given up; deadline_s: one try, to its last byte, without the wait for the rate. max_bytes: the
    largest body accepted.
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


class RefusedError(Exception):
    """An answer that is no success; the reason for a retry, or for a SourceError in the end.

    again: what stamina is told, see `Patience`.
    """

    def __init__(self, answer: Answer, again: bool | float = False) -> None:
        super().__init__(answer.status)
        self.answer, self.again = answer, again


class UnusableError(Exception):
    """A success whose body cannot be used; `complaint` says why."""

    def __init__(self, answer: Answer, complaint: str) -> None:
        super().__init__(complaint)
        self.answer, self.complaint = answer, complaint


class HeldError(SourceError):
    """A request that was not sent, because the host's limit is used up for `seconds` more."""

    def __init__(self, host: str, seconds: float) -> None:
        super().__init__(
            f"{host}: asks for a pause of {math.ceil(seconds):,} s, longer than we wait; try again later"
        )
        self.seconds = seconds


class Pauses:
    """The pauses that a host asks for: the whole client stands still until they are over.

    on_wait: told the seconds that are left, once a second, and 0 at the end.
    """

    def __init__(self, clock: Clock, on_wait: Callable[[float], None] | None) -> None:
        self._clock, self._on_wait = clock, on_wait
        self._until = -math.inf  # on the monotonic clock

    def left(self) -> float:
        """Seconds until requests may be sent again."""
        return max(0.0, self._until - self._clock.monotonic())

    async def rest(self, seconds: float) -> None:
        """Let so many seconds pass, and hold back all other requests meanwhile."""
        end = self._clock.monotonic() + seconds
        self._until = max(self._until, end)
        while (left := end - self._clock.monotonic()) > 0:
            if self._on_wait is not None:
                self._on_wait(left)
            await self._clock.sleep(min(left, _TICK_S))
        if self._on_wait is not None and seconds > 0:
            self._on_wait(0.0)


class Patience:
    """What one request may still cost: tries and seconds. stamina asks it after each failure."""

    def __init__(self, rules: HostRules, politeness: Politeness, pauses: Pauses) -> None:
        self._rules, self._pauses, self._attempts = rules, pauses, politeness.attempts
        self._left_s = politeness.patience_s
        self.tries = 0

    def __call__(self, error: Exception) -> bool | float:
        """Seconds until the next try; True = as the pauses grow by themselves, False = no further try."""
        if isinstance(error, RefusedError):
            return error.again
        broken = (httpx2.TransportError, httpx2.DecodingError, TimeoutError, UnusableError)
        return isinstance(error, broken)

    async def bear(self, answer: Answer) -> bool | float:
        """Rest where the host asks for it; then what `__call__` shall say about this refusal."""
        seconds = self._rules.wait(answer)
        if isinstance(seconds, bool) or self.tries >= self._attempts:
            return seconds
        return 0.0 if await self.rest(seconds) else False

    async def rest(self, seconds: float) -> bool:
        """Rest for so long, unless that is longer than the patience that is left (False)."""
        if seconds > self._left_s:
            return False
        self._left_s -= seconds
        await self._pauses.rest(seconds)
        return True


def why_refused(url: httpx2.URL, answer: Answer, tries: int) -> str:
    """One line for an answer that stayed a failure."""
    seconds = retry_after(answer)
    later = f"in {math.ceil(seconds):,} s" if seconds else "later"
    remedy = f"try again {later}" if answer.status in WORTH_RETRYING else _REMEDIES.get(answer.status, _CHECK)
    return f"{shown(url)}: answered {answer.status} after {_times(tries)}; {remedy}"


def why_it_broke(url: httpx2.URL, error: Exception, tries: int, politeness: Politeness) -> str:
    """One line for a request that got no whole answer, or one that is of no use."""
    if isinstance(error, UnusableError):
        reason = f"answered {error.answer.status}, but {error.complaint}"
        return f"{shown(url)}: {reason}, {_times(tries)}; try again later"
    if isinstance(error, httpx2.ConnectError):
        reason = f"no connection ({_plain(error)})"
    elif isinstance(error, TimeoutError):
        reason = f"not finished within {politeness.deadline_s:g} s"
    elif isinstance(error, httpx2.TimeoutException):
        reason = f"no answer within {politeness.silence_s:g} s"
    else:
        reason = f"the connection broke ({_plain(error)})"
    return f"{shown(url)}: {reason}, {_times(tries)}; check the network and try again"


def _plain(error: Exception) -> str:
    """What the system says, without `[Errno 111]`, which means nothing to who reads it."""
    return _ERRNO.sub("", str(error)) or "no reason was given"


def _times(tries: int) -> str:
    return "1 try" if tries == 1 else f"{tries} tries"
