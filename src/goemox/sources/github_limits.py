"""GitHub's rate limits, as https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
and .../best-practices-for-using-the-rest-api have them.

Each resource (core, search) has a quota that comes back at `x-ratelimit-reset`, at the latest after an
hour; a 304 costs nothing where a token is sent. The reset is compared with the answer's own `Date` and
then counted on the monotonic clock: neither a wrong clock nor one that is set back changes a wait.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from goemox.http import SYSTEM_CLOCK, Answer, Clock, HostRules, retry_after, told_at

__all__ = ["GitHubLimits", "Quota", "asked_wait", "is_search"]

_LIMITED = (403, 429)
_SECONDARY_WAIT_S = 60.0
_LONGEST_RESET_S = 3600.0


@dataclass(frozen=True, slots=True)
class Quota:
    """What a resource still allows. limit: in an hour (search: a minute); resets: by the monotonic clock."""

    limit: int
    remaining: int
    resets: float


class GitHubLimits(HostRules):
    """What one client has been told; it waits before a request that has to fail, not only after it."""

    def __init__(self, clock: Clock = SYSTEM_CLOCK) -> None:
        self._clock, self._quotas = clock, dict[str, Quota]()
        self._n_secondary = 0
        self.last: Quota | None = None

    def quota(self, path: str) -> Quota | None:
        """What is known of the resource that a path belongs to."""
        return self._quotas.get(_resource(path))

    def hold(self, path: str) -> float:
        """Seconds until the resource's quota comes back, once none is left."""
        quota = self.quota(path)
        if quota is None or quota.remaining > 0:
            return 0.0
        return max(0.0, quota.resets - self._clock.monotonic())

    def note(self, path: str, status: int, headers: Mapping[str, str]) -> None:
        """Remember the quota that an answer tells."""
        if status < 400:
            self._n_secondary = 0
        remaining, seconds = _number(headers.get("x-ratelimit-remaining")), _until_reset(headers, self._clock)
        if remaining is None or seconds is None:
            return
        limit = _number(headers.get("x-ratelimit-limit")) or remaining
        self.last = Quota(int(limit), int(remaining), self._clock.monotonic() + seconds)
        self._quotas[_resource(path)] = self.last

    def wait(self, answer: Answer) -> bool | float:
        """Seconds to wait, see `asked_wait`; twice as long after each further secondary limit in a row."""
        if answer.status not in _LIMITED:
            return super().wait(answer)
        seconds = asked_wait(answer, self._clock)
        if seconds is None:
            return False
        if _told_wait(answer, self._clock) is not None:
            return seconds
        self._n_secondary += 1
        return seconds * 2.0 ** (self._n_secondary - 1)


def asked_wait(answer: Answer, clock: Clock = SYSTEM_CLOCK) -> float | None:
    """Seconds that a 403 or 429 asks us to wait, None where it is no rate limit but a refusal.

    `retry-after` first; with no requests remaining, until `x-ratelimit-reset`; a secondary limit that
    says neither, a minute.
    """
    told = _told_wait(answer, clock)
    if told is not None:
        return told
    is_limit = (
        answer.status == 429
        or answer.headers.get("x-ratelimit-remaining") == "0"
        or b"rate limit" in answer.body.lower()
    )
    return _SECONDARY_WAIT_S if is_limit else None


def _told_wait(answer: Answer, clock: Clock) -> float | None:
    seconds = retry_after(answer)
    if seconds is None and answer.headers.get("x-ratelimit-remaining") == "0":
        seconds = _until_reset(answer.headers, clock)
    return seconds


def _until_reset(headers: Mapping[str, str], clock: Clock) -> float | None:
    """Seconds until the reset. Both times are whole seconds of the host's clock, so it is never too short."""
    reset = _number(headers.get("x-ratelimit-reset"))
    if reset is None:
        return None
    return min(max(0.0, reset - told_at(headers, clock.now)), _LONGEST_RESET_S)


def is_search(path: str) -> bool:
    """Whether a path is that of searches, whose quota is their own; a repository may be called so."""
    return path.endswith("/search/issues") and "/repos/" not in path


def _resource(path: str) -> str:
    return "search" if is_search(path) else "core"


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None
