"""What a request must pass before anything reads it: who asks, from where, how much and how fast.

Plain ASGI, around the whole application, so that nothing is served past it. Allow-lists only: a server on a
laptop is reached by every web page that its owner opens, under any name that points to it (DNS rebinding).
"""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from goemox.serve.bodies import Bodies, Body, ClientLeft, too_large
from goemox.serve.limits import Limits
from goemox.serve.logs import tell_failure
from goemox.serve.problems import Problem

__all__ = ["Door", "Guard", "plain_origin"]


# They say nothing: who watches a server seldom has its token, and the page asks for it itself.
ALIVE = "/health"
OPEN_PATHS = ("/", "/docs", ALIVE, "/ready")
OPEN_FOLDER = "/static/"
SITE = b"sec-fetch-site"
HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\s:/@\\\[\]]+)(?::\d{0,5})?")  # a name, and perhaps a port
MOST_DIGITS = 18  # of a length; Python reads no number of over 4,300
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
    that may call, as `plain_origin` writes them, beside the server's own. token: what the Authorization
    header must bear; None = nothing.
    """

    hosts: frozenset[str]
    origins: frozenset[str] = frozenset()
    token: str | None = None


class Guard:
    """ASGI middleware; refusals are problem documents, and every answer carries the security headers."""

    def __init__(
        self,
        app: ASGIApp,
        door: Door,
        limits: Limits,
        full: Callable[[str, int], str] = lambda path, n_bytes: "",
        note: Callable[[str], None] = lambda kind: None,
    ) -> None:
        """full(path, n_bytes): what has no room for requests to it, of that size (`problems.FULL`), or "".

        note(kind): a request was turned away; kind: what was full, or the code of its refusal.
        """
        self._app, self._door, self._limits, self._full, self._note = app, door, limits, full, note
        self._bodies = Bodies(limits.body_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, read the body, then let the application see the request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        answer, body = _Answer(send), Body(self._bodies)
        try:
            headers = _by_name(scope)
            origin = self._check_address(headers)
            answer.readable_by(origin)
            if origin and scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
                await _allow(answer)
                return
            self._check_token(scope["path"], headers)
            await self._app(scope, await self._body_of(headers, receive, body), answer)
        except Problem as problem:
            self._note(problem.full or problem.code)
            await _refuse(answer, problem)
        except ClientLeft:
            return
        except asyncio.CancelledError:  # the server stops, and waits no longer
            if answer.begun:
                raise
            await _refuse(answer, Problem("not-ready", retry_after=1, close=True))
        except Exception as error:  # the application has answered "internal" where it could
            tell_failure(error, scope["method"])
            if not answer.begun:
                await _refuse(answer, Problem("internal", close=True))
        finally:
            body.forget()

    def at_once(self, scope: Scope) -> str | None:
        """The key in `written.AT_ONCE` of the answer that the head decides alone; None where it does not.

        A refusal where a request may come in but finds no room. "alive" where it asks whether the process
        answers: it does, and says so before it turns to requests that cost something.
        What is None here is looked at anew in `__call__`; few requests are, unless the server is overloaded.
        """
        found = self._full(scope["path"], _told_bytes(scope)) if scope["method"] == "POST" else ""
        if scope["method"] == "GET" and scope["path"] == ALIVE:
            found = "alive"
        if not found:
            return None
        headers = _by_name(scope)
        try:
            origin = self._check_address(headers)
            self._check_token(scope["path"], headers)
            self._check_size(headers)
        except Problem:
            return None
        if origin:
            return None  # a page elsewhere is told in its own way
        self._note(found)
        return found

    def _check_address(self, headers: Mapping[bytes, list[bytes]]) -> str:
        """Raise Problem for a host or origin that is not on its list; returns a foreign origin that is.

        A browser that says the page is of the very address it calls is believed: no page can say so itself
        (Fetch Metadata), and behind a proxy that rewrites Host only the browser knows that address.
        """
        host = _single(headers, b"host")
        if _name_of(host) not in self._door.hosts:
            raise Problem("bad-host", close=True)
        if b"origin" not in headers:
            if _is_embedded_elsewhere(headers):
                raise Problem("bad-origin", close=True)
            return ""
        origin = _single(headers, b"origin")
        plain, own = (
            plain_origin(origin),
            (plain_origin(f"{scheme}://{host}") for scheme in ("http", "https")),
        )
        if plain in own or headers.get(SITE) == [b"same-origin"]:
            return ""
        if plain not in self._door.origins:
            raise Problem("bad-origin", close=True)
        return origin

    def _check_token(self, path: str, headers: Mapping[bytes, list[bytes]]) -> None:
        """Raise Problem where a token is needed and not given. Browsers ask before without one."""
        token = self._door.token
        if token is not None and path not in OPEN_PATHS and not path.startswith(OPEN_FOLDER):
            scheme, _, given = b"".join(headers.get(b"authorization", [])).partition(b" ")
            is_right = hmac.compare_digest(given.strip(), token.encode())  # as bytes, in constant time
            if scheme.lower() != b"bearer" or not is_right:
                raise Problem("no-token", close=True)

    def _check_size(self, headers: Mapping[bytes, list[bytes]]) -> bytes:
        """Raise Problem for a body that is too large by its own account; returns its Content-Length."""
        sized = headers.get(b"content-length", [b"0"])[-1]
        if not sized.isdigit():
            raise Problem("bad-request", close=True)
        if len(sized) > MOST_DIGITS or int(sized) > self._limits.body_bytes:
            raise too_large(self._limits.body_bytes)
        return sized

    async def _body_of(self, headers: Mapping[bytes, list[bytes]], receive: Receive, body: Body) -> Receive:
        """A `receive` that hands out the whole body, read here within its size and time."""
        sized = self._check_size(headers)
        whole = b""
        if sized != b"0" or b"transfer-encoding" in headers:
            try:
                async with asyncio.timeout(self._limits.body_s):
                    whole = await body.read(receive)
            except TimeoutError:
                raise Problem("body-too-slow", close=True) from None
        waiting = [{"type": "http.request", "body": whole, "more_body": False}]

        async def once() -> Message:
            return waiting.pop() if waiting else await receive()

        return once


def plain_origin(origin: str) -> str:
    """Without the port that is its scheme's own: browsers leave it out (RFC 6454, 6.2), others may not."""
    return origin.removesuffix(":80" if origin.startswith("http://") else ":443")


def _by_name(scope: Scope) -> dict[bytes, list[bytes]]:
    headers: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.lower(), []).append(value)
    return headers


def _told_bytes(scope: Scope) -> int:
    """How long a body is by its own account; 0 where it does not say."""
    told = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(told) if told.isdigit() and len(told) <= MOST_DIGITS else 0


def _single(headers: Mapping[bytes, list[bytes]], name: bytes) -> str:
    """The one value of a header; none or several are no request that an honest client sends."""
    found = headers.get(name, [])
    if len(found) != 1:
        said = f"Send the field {name.decode().title()} once."
        raise Problem("bad-request", detail=said, close=True)
    return found[0].decode("latin-1").strip().lower()


def _name_of(host: str) -> str:
    """`[::1]:8000` and `localhost:8000` without their ports; nothing where it is no host."""
    found = HOST.fullmatch(host)
    return "" if found is None else found[1]


def _is_embedded_elsewhere(headers: Mapping[bytes, list[bytes]]) -> bool:
    """Whether a page of another origin fetches this as an image, script or the like, which has no Origin."""
    site = headers.get(SITE, [b"none"])[0]
    return site not in (b"none", b"same-origin") and headers.get(b"sec-fetch-mode") != [b"navigate"]


class _Answer:
    """`send`, adding the security headers that an answer does not set itself."""

    def __init__(self, send: Send) -> None:
        self._send, self._added = send, HEADERS
        self.begun = False

    def readable_by(self, origin: str) -> None:
        """Let a page of this origin read the answer. Never of `*`, and never with credentials."""
        if origin:
            self._added = {
                **HEADERS,
                b"access-control-allow-origin": origin.encode("latin-1"), b"vary": b"origin",
                b"access-control-expose-headers": b"retry-after",
                b"cross-origin-resource-policy": b"cross-origin",
            }  # fmt: skip

    async def __call__(self, message: Message) -> None:
        """Send one message."""
        if message["type"] == "http.response.start":
            self.begun = True
            headers: list[tuple[bytes, bytes]] = list(message.get("headers", []))
            present = {name.lower() for name, _ in headers}
            headers += [(name, value) for name, value in self._added.items() if name not in present]
            message = {**message, "headers": headers}
        await self._send(message)


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
    told = {**problem.headers, "content-length": str(len(body))}
    headers = [(name.encode(), value.encode()) for name, value in told.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
