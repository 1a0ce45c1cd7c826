"""What a request must pass before anything reads it: who asks, from where, how much and how fast.

Plain ASGI, around the whole application, so that nothing is served past it. Allow-lists only: a server on a
laptop is reached by every web page that its owner opens, under any name that points to it (DNS rebinding).
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from goemox.serve.limits import Limits
from goemox.serve.logs import tell_failure
from goemox.serve.problems import Problem

__all__ = ["Door", "Guard"]


# They say nothing: who watches a server seldom has its token, and the page asks for it itself.
OPEN_PATHS = ("/", "/docs", "/health", "/ready")
OPEN_FOLDER = "/static/"
HEADERS: Mapping[bytes, bytes] = {
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"DENY",
    b"cross-origin-resource-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cache-control": b"no-store",
}


@dataclass(frozen=True, slots=True)
class Door:
    """Who may come in.

    hosts: names (without ports) that requests may be addressed to. origins: "scheme://host[:port]" of pages
    that may call, beside the server's own. token: what the Authorization header must bear; None = nothing.
    """

    hosts: frozenset[str]
    origins: frozenset[str] = frozenset()
    token: str | None = None


class Guard:
    """ASGI middleware; refusals are problem documents, and every answer carries the security headers."""

    def __init__(self, app: ASGIApp, door: Door, limits: Limits) -> None:
        self._app, self._door, self._limits = app, door, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, read the body, then let the application see the request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        answer = _with_headers(send)
        try:
            headers = _by_name(scope)
            answer = _with_headers(send, self._check_address(headers))
            if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
                await _allow(answer)
                return
            self._check_token(scope["path"], headers)
            await self._app(scope, await self._body_of(headers, receive), answer)
        except Problem as problem:
            await _refuse(answer, problem)
        except _Gone:
            return
        except Exception as error:  # the application has answered "internal" where it could
            tell_failure(error, scope["method"])

    def _check_address(self, headers: Mapping[bytes, list[bytes]]) -> str:
        """Raise Problem for a host or origin that is not on its list; returns a foreign origin that is."""
        host = _single(headers, b"host")
        if _name_of(host) not in self._door.hosts:
            raise Problem("bad-host", close=True)
        if b"origin" not in headers:
            return ""
        origin = _single(headers, b"origin")
        if origin in (f"http://{host}", f"https://{host}"):
            return ""
        if origin not in self._door.origins:
            raise Problem("bad-origin", close=True)
        return origin

    def _check_token(self, path: str, headers: Mapping[bytes, list[bytes]]) -> None:
        """Raise Problem where a token is needed and not given. Browsers ask before without one."""
        token = self._door.token
        if token is not None and path not in OPEN_PATHS and not path.startswith(OPEN_FOLDER):
            given = headers.get(b"authorization", [b""])[0]
            # compared as bytes, in constant time
            if not hmac.compare_digest(given, b"Bearer " + token.encode()):
                raise Problem("no-token", close=True)

    async def _body_of(self, headers: Mapping[bytes, list[bytes]], receive: Receive) -> Receive:
        """A `receive` that hands out the whole body, read here within its size and time."""
        sized = headers.get(b"content-length", [b"0"])[-1]
        if not sized.isdigit() or int(sized) > self._limits.body_bytes:
            raise Problem("body-too-large" if sized.isdigit() else "bad-request", close=True)
        body = b""
        if sized != b"0" or b"transfer-encoding" in headers:
            try:
                async with asyncio.timeout(self._limits.body_s):
                    body = await _read(receive, self._limits.body_bytes)
            except TimeoutError:
                raise Problem("body-too-slow", close=True) from None
        waiting = [{"type": "http.request", "body": body, "more_body": False}]

        async def once() -> Message:
            return waiting.pop() if waiting else await receive()

        return once


class _Gone(Exception):
    """The client left before its request was whole."""


async def _read(receive: Receive, most: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        body += message.get("body", b"")
        if len(body) > most:
            raise Problem("body-too-large", close=True)
        if not message.get("more_body", False):
            return bytes(body)


def _by_name(scope: Scope) -> dict[bytes, list[bytes]]:
    headers: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.lower(), []).append(value)
    return headers


def _single(headers: Mapping[bytes, list[bytes]], name: bytes) -> str:
    """The one value of a header; none or several are no request that an honest client sends."""
    found = headers.get(name, [])
    if len(found) != 1:
        raise Problem("bad-request", close=True)
    return found[0].decode("latin-1").strip().lower()


def _name_of(host: str) -> str:
    """`[::1]:8000` and `localhost:8000` without their ports."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def _with_headers(send: Send, origin: str = "") -> Send:
    """`send`, adding the security headers that an answer does not set itself.

    origin: a page elsewhere that may read the answer, or nothing. Never `*`, and never with credentials.
    """
    added = dict(HEADERS)
    if origin:
        added |= {
            b"access-control-allow-origin": origin.encode("latin-1"), b"vary": b"origin",
            b"access-control-expose-headers": b"retry-after",
            b"cross-origin-resource-policy": b"cross-origin",
        }  # fmt: skip

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers: list[tuple[bytes, bytes]] = list(message.get("headers", []))
            present = {name.lower() for name, _ in headers}
            headers += [(name, value) for name, value in added.items() if name not in present]
            message = {**message, "headers": headers}
        await send(message)

    return sending


async def _allow(send: Send) -> None:
    """The answer to a browser that asks whether its page may call."""
    headers = [
        (b"access-control-allow-methods", b"GET, POST"),
        (b"access-control-allow-headers", b"authorization, content-type"),
        (b"access-control-max-age", b"600"),
    ]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _refuse(send: Send, problem: Problem) -> None:
    body = problem.body
    headers: Iterable[tuple[bytes, bytes]] = [
        *((name.encode(), value.encode()) for name, value in problem.headers.items()),
        (b"content-length", str(len(body)).encode()),
    ]
    start: dict[str, Any] = {
        "type": "http.response.start", "status": problem.status, "headers": list(headers),
    }  # fmt: skip
    await send(start)
    await send({"type": "http.response.body", "body": body})
