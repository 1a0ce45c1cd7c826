"""The polite GET: identified, limited in rate, time and size, retried where that can help.

A source with rules of its own about waiting gives a `WaitRule`. Every failure ends as a SourceError
that names the address, what went wrong and a remedy.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Collection, Mapping
from pathlib import Path
from types import TracebackType

import httpx2
import stamina
from aiolimiter import AsyncLimiter

from goemox.errors import SourceError, UsageError
from goemox.http.addresses import Origin, follow, origin, shown
from goemox.http.answers import Answer
from goemox.http.cache import cache_key, cached, came_from_cache
from goemox.http.identity import USER_AGENT, trust_for
from goemox.http.patience import (
    Patience,
    Politeness,
    RefusedError,
    WaitRule,
    standard_wait,
    why_it_broke,
    why_refused,
)

__all__ = ["Client"]

_MAX_REDIRECTS = 5

# stamina logs each retry; without a handler, Python would print that on stderr.
logging.getLogger("stamina").addHandler(logging.NullHandler())


class Client:
    """GET requests to one host; `async with` opens and closes its connections.

    base: the address that relative targets are appended to. token: sent as a bearer token to the base's
    origin and nowhere else. redirect_hosts: hosts besides it that redirects may lead to, see
    `addresses.follow`. cache: a folder, or None. offline: answers come from the cache only.
    Raises UsageError for a token that cannot be one.
    """

    def __init__(
        self,
        base: str,
        *,
        politeness: Politeness,
        token: str | None = None,
        redirect_hosts: Collection[str] = (),
        headers: Mapping[str, str] | None = None,
        wait: WaitRule = standard_wait,
        cache: Path | None = None,
        offline: bool = False,
    ) -> None:
        self.base, self._home = base, origin(httpx2.URL(base))
        self._politeness, self._wait = politeness, wait
        self._token, self._redirect_hosts = _checked(token), redirect_hosts
        self._slots = asyncio.Semaphore(politeness.concurrency)
        scheme = "https" if redirect_hosts else self._home[0]
        wire = None if offline else _Wire(self._home, self._token, politeness, trust_for(scheme))
        self._http = httpx2.AsyncClient(
            transport=cached(wire, cache),
            headers={"user-agent": USER_AGENT, "accept-encoding": "gzip", **(headers or {})},
            timeout=politeness.silence_s,
        )

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def get(self, target: str, allow: Collection[int] = ()) -> Answer:
        """The answer to a GET of `target`: a path below the base, or a full address on its host.

        Statuses in `allow` are returned, once retrying them has not helped, like successes.
        Raises SourceError for every other failure, OfflineError where the network is needed but off.
        """
        full = self.base + target if target.startswith("/") else target
        url = follow(httpx2.URL(self.base), full, self._home, ())
        p = self._politeness
        patience = Patience(self._wait, p.patience_s)
        try:
            async for attempt in stamina.retry_context(
                on=patience, attempts=p.attempts, timeout=None,
                wait_initial=p.first_wait_s, wait_jitter=p.first_wait_s, wait_max=p.longest_wait_s,
            ):  # fmt: skip
                patience.tries = attempt.num
                with attempt:
                    return await self._try(url)
        except RefusedError as refused:
            if refused.answer.status in allow:
                return refused.answer
            raise SourceError(why_refused(url, refused.answer, patience.tries)) from None
        except (httpx2.RequestError, TimeoutError) as error:
            raise SourceError(why_it_broke(url, error, patience.tries, p)) from None
        raise AssertionError("the loop above returns or raises")

    async def _try(self, url: httpx2.URL) -> Answer:
        async with self._slots, asyncio.timeout(self._politeness.deadline_s):
            for _ in range(_MAX_REDIRECTS + 1):
                extensions = cache_key(str(url), self._token)
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
            next_page=response.links.get("next", {}).get("url"),
            from_cache=came_from_cache(response),
        )


class _Wire(httpx2.AsyncBaseTransport):
    """The last step before the network, below the cache: here the rate is kept and the token added."""

    def __init__(
        self, home: Origin, token: str | None, politeness: Politeness, trust: ssl.SSLContext
    ) -> None:
        self._home, self._token = home, token
        self._limiter = AsyncLimiter(1, 1 / politeness.per_second)
        # A client and not a transport, because clients obey HTTPS_PROXY.
        self._http = httpx2.AsyncClient(verify=trust)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if self._token is not None and origin(request.url) == self._home:
            request.headers["authorization"] = f"Bearer {self._token}"
        await self._limiter.acquire()
        return await self._http.send(request, stream=True)

    async def aclose(self) -> None:
        await self._http.aclose()


def _checked(token: str | None) -> str | None:
    token = (token or "").strip()
    if not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError("the access token in the environment holds characters that no token has")
    return token or None
