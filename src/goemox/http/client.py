"""The polite GET: identified, limited in rate, time and size, retried where that can help.

A source whose host has limits of its own gives `HostRules`. Every failure ends as a SourceError
that names the address, what went wrong and a remedy.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import TracebackType

import httpx2
import stamina

from goemox.errors import SourceError, UsageError
from goemox.http.addresses import follow, origin, shown
from goemox.http.answers import Answer
from goemox.http.cache import AnswerCache, cache_key, came_from_cache
from goemox.http.clock import SYSTEM_CLOCK, Clock
from goemox.http.host_rules import HostRules
from goemox.http.identity import USER_AGENT, trust_for
from goemox.http.patience import (
    HeldError,
    Patience,
    Pauses,
    Politeness,
    RefusedError,
    UnusableError,
    why_it_broke,
    why_refused,
)
from goemox.http.proxies import check_way_out
from goemox.http.wire import DEADLINE, Wire

__all__ = ["Client", "Complaint"]

Complaint = Callable[[Answer], str | None]
"""What is wrong with the body of a success, as the end of "answered 200, but …"; None where nothing is."""

_MAX_REDIRECTS = 5

# stamina logs each retry; without a handler, Python would print that on stderr.
logging.getLogger("stamina").addHandler(logging.NullHandler())


class Client:
    """GET requests to one host; `async with` opens and closes its connections.

    base: the address that relative targets are appended to. token: sent as a bearer token to the base's
    origin and nowhere else. redirect_hosts: hosts besides it that redirects may lead to, see
    `addresses.follow`. rules: what the host says about its limits. cache: a folder, or None. offline:
    answers come from the cache only. on_wait: see `Pauses`. Raises UsageError for a token that cannot
    be one.
    """

    def __init__(
        self,
        base: str,
        *,
        politeness: Politeness,
        token: str | None = None,
        redirect_hosts: Collection[str] = (),
        headers: Mapping[str, str] | None = None,
        rules: HostRules | None = None,
        cache: Path | None = None,
        offline: bool = False,
        on_wait: Callable[[float], None] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        check_way_out()
        self.base, self._home = base, origin(httpx2.URL(base))
        self._politeness, self._rules = politeness, rules or HostRules()
        self._token, self._redirect_hosts = _checked(token), redirect_hosts
        self._slots = asyncio.Semaphore(politeness.concurrency)
        self._pauses = Pauses(clock, on_wait)
        trust = trust_for("https" if redirect_hosts else self._home[0])
        wire = (
            None if offline
            else Wire(self._home, self._token, politeness, trust, self._rules, self._pauses)
        )  # fmt: skip
        self._cache = AnswerCache(wire, cache)
        self._http = httpx2.AsyncClient(
            transport=self._cache.transport,
            headers={"user-agent": USER_AGENT, "accept-encoding": "gzip", **(headers or {})},
            timeout=politeness.silence_s,
        )

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def get(
        self,
        target: str,
        allow: Collection[int] = (),
        complaint: Complaint | None = None,
        *,
        anew: bool = False,
    ) -> Answer:
        """The answer to a GET of `target`: a path below the base, or a full address on its host.

        Statuses in `allow` are returned, once retrying them has not helped, like successes. A success
        with a `complaint` counts as a broken try, and is not kept in the cache. anew: whatever the cache
        holds is forgotten first.
        Raises SourceError for every other failure, OfflineError where the network is needed but off,
        HeldError where the host asks for a longer pause than the politeness has patience for.
        """
        full = self.base + target if target.startswith("/") else target
        url = follow(httpx2.URL(self.base), full, self._home, ())
        if anew:
            await self._cache.forget(str(url), self._token)
        p = self._politeness
        patience = Patience(self._rules, p, self._pauses)
        try:
            async for attempt in stamina.retry_context(
                on=patience, attempts=p.attempts, timeout=None,
                wait_initial=p.first_wait_s, wait_jitter=p.first_wait_s, wait_max=p.longest_wait_s,
            ):  # fmt: skip
                patience.tries = attempt.num
                with attempt:
                    return await self._patiently(url, patience, complaint)
        except RefusedError as refused:
            if refused.answer.status in allow:
                return refused.answer
            raise SourceError(why_refused(url, refused.answer, patience.tries)) from None
        except (httpx2.RequestError, TimeoutError, UnusableError) as error:
            raise SourceError(why_it_broke(url, error, patience.tries, p)) from None
        raise AssertionError("the loop above returns or raises")

    async def _patiently(self, url: httpx2.URL, patience: Patience, complaint: Complaint | None) -> Answer:
        """One try, with the pauses that the host asks for before it and after its failure."""
        while True:
            try:
                answer = await self._try(url)
            except HeldError as held:
                if not await patience.rest(held.seconds):
                    raise
                continue
            except RefusedError as refused:
                refused.again = await patience.bear(refused.answer)
                raise
            problem = None if complaint is None else complaint(answer)
            if problem is None:
                return answer
            await self._cache.forget(answer.url, self._token)
            raise UnusableError(answer, problem)

    async def _try(self, url: httpx2.URL) -> Answer:
        async with self._slots, asyncio.timeout(self._politeness.deadline_s) as deadline:
            for _ in range(_MAX_REDIRECTS + 1):
                extensions = {**cache_key(str(url), self._token), DEADLINE: deadline}
                async with self._http.stream("GET", url, extensions=extensions) as response:
                    if response.has_redirect_location:
                        url = follow(url, response.headers["location"], self._home, self._redirect_hosts)
                        continue
                    answer = await self._read(url, response)
                    if not response.is_success:
                        raise RefusedError(answer)
                    return answer
        raise SourceError(f"{shown(url)}: redirects in a circle")

    async def _read(self, url: httpx2.URL, response: httpx2.Response) -> Answer:
        body = bytearray()
        declared = response.headers.get("content-length", "")
        limit = self._politeness.max_bytes
        too_large = declared.isdigit() and int(declared) > limit
        if not too_large:
            async for chunk in response.aiter_bytes():
                body += chunk
                too_large = len(body) > limit
                if too_large:
                    break
        if too_large:
            raise SourceError(f"{shown(url)}: the answer is larger than {limit:,} bytes, which was refused")
        return Answer(
            status=response.status_code,
            url=str(url),
            headers={name.lower(): value for name, value in response.headers.items()},
            body=bytes(body),
            links={rel: link["url"] for rel, link in response.links.items() if "url" in link},
            from_cache=came_from_cache(response),
        )


def _checked(token: str | None) -> str | None:
    token = (token or "").strip()
    if not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError("the access token in the environment holds characters that no token has")
    return token or None
