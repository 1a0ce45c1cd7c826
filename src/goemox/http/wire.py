"""The last step before the network, below the cache: the rate is kept, the token added, limits read."""

from __future__ import annotations

import asyncio
import ssl

import httpx2
from aiolimiter import AsyncLimiter

from goemox.http.addresses import Origin, origin
from goemox.http.host_rules import HostRules
from goemox.http.patience import HeldError, Pauses, Politeness

__all__ = ["DEADLINE", "Wire"]

DEADLINE = "goemox_deadline"
"""The request extension that holds the `asyncio.Timeout` of the try."""


class Wire(httpx2.AsyncBaseTransport):
    """Sends what the cache cannot answer. Raises HeldError, and sends nothing, while the host is resting."""

    def __init__(
        self,
        home: Origin,
        token: str | None,
        politeness: Politeness,
        trust: ssl.SSLContext,
        rules: HostRules,
        pauses: Pauses,
    ) -> None:
        self._home, self._token, self._rules, self._pauses = home, token, rules, pauses
        self._limiter = AsyncLimiter(1, 1 / politeness.per_second)
        # A client and not a transport, because clients obey HTTPS_PROXY.
        self._http = httpx2.AsyncClient(verify=trust)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request, once the limits and the rate allow it."""
        at_home = origin(request.url) == self._home
        self._check_limits(request, at_home)
        if self._token is not None and at_home:
            request.headers["authorization"] = f"Bearer {self._token}"
        await self._turn(request.extensions[DEADLINE])
        self._check_limits(request, at_home)  # somebody may have been told to rest while we queued
        response = await self._http.send(request, stream=True)
        if at_home:
            headers = {name.lower(): value for name, value in response.headers.items()}
            self._rules.note(request.url.path, response.status_code, headers)
        return response

    async def _turn(self, deadline: asyncio.Timeout) -> None:
        """Wait until the rate allows a request; our own wish, so the deadline stands still meanwhile."""
        now, ends = asyncio.get_running_loop().time, deadline.when()
        began = now()
        deadline.reschedule(None)
        await self._limiter.acquire()
        deadline.reschedule(None if ends is None else ends + now() - began)

    def _check_limits(self, request: httpx2.Request, at_home: bool) -> None:
        seconds = max(self._pauses.left(), self._rules.hold(request.url.path)) if at_home else 0.0
        if seconds > 0:
            raise HeldError(request.url.host, seconds)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()
