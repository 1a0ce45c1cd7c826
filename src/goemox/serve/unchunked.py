"""Answers to clients of HTTP/1.0, which know no chunks (RFC 9112, 6.1).

uvicorn sends every body without a length in chunks. Here such a body is sent as it is, and the connection's
end is its own.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

__all__ = ["unchunked"]


def unchunked(cycle: RequestResponseCycle) -> Callable[[Any], Coroutine[Any, Any, None]]:
    """The `send` of a cycle, for a client that knows no chunks."""
    send, has_length = cycle.send, True

    async def sending(message: Any) -> None:
        nonlocal has_length
        if message["type"] == "http.response.start":
            has_length = any(name.lower() == b"content-length" for name, _ in message.get("headers", []))
        if not has_length:
            cycle.chunked_encoding = cycle.keep_alive = False
            cycle.expected_content_length = len(message.get("body", b""))  # which uvicorn counts down
        await send(message)

    return sending
