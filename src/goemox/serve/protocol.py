"""Connections that do not send a request are closed: uvicorn itself waits for a head for ever.

Its keep-alive timer starts after the first answer only, so a socket that sends nothing, or half a head, would
stay open. Heads are capped too, before anything reads them.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["ImpatientProtocol"]

HEAD_BYTES = 32 * 1024
HEAD_S = 10.0


class ImpatientProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a deadline and a cap for the head of each request."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first head is awaited from here on."""
        super().connection_made(transport)
        self._head_bytes = 0
        self._deadline: asyncio.TimerHandle | None = None
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._head_is_here()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A head begins: of the next request on a connection that is kept alive, too."""
        super().on_message_begin()
        self._head_bytes = 0
        self._wait_for_head()

    def on_url(self, url: bytes) -> None:
        """Counted as part of the head."""
        self._count(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Counted as part of the head."""
        self._count(name, value)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole; the body has a deadline of its own (`guard`)."""
        self._head_is_here()
        super().on_headers_complete()

    def _count(self, *parts: bytes) -> None:
        self._head_bytes += sum(len(part) for part in parts)
        if self._head_bytes > HEAD_BYTES:
            self.transport.abort()

    def _wait_for_head(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_S, self.transport.abort)

    def _head_is_here(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
