"""HTTP/1.1 clients that cost little: they share the processors with the server that they measure.

Requests are bytes that were made before; of an answer the status line and its length are read, no more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter

__all__ = ["HOST", "BadAnswer", "Connection", "request_bytes"]

HOST = "127.0.0.1"


class BadAnswer(Exception):
    """The server sent something that these clients do not read."""


class Connection(asyncio.Protocol):
    """One connection with one request under way at most.

    answered(connection, status, head, body) is called for each answer, ended(connection) where the other side
    closes; `is_waiting` then says whether an answer was owed.
    """

    def __init__(
        self,
        answered: Callable[[Connection, int, bytes, bytes], None],
        ended: Callable[[Connection], None] = lambda connection: None,
    ) -> None:
        self._answered, self._ended = answered, ended
        self._transport: asyncio.WriteTransport | None = None
        self._received = b""
        self.is_waiting = False
        self.intended = self.sent = 0.0  # perf_counter seconds: when it should have been sent, and was
        self.number = 0  # of the request, by the order of arrival

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready to ask."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    @property
    def is_open(self) -> bool:
        """Whether neither side has hung up."""
        return self._transport is not None and not self._transport.is_closing()

    def ask(self, request: bytes, number: int, intended: float) -> None:
        """Send one request, which should have been sent at `intended`."""
        assert self._transport is not None
        self.number, self.intended, self.sent = number, intended, perf_counter()
        self.is_waiting = True
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Collect one answer."""
        received = self._received = self._received + data if self._received else data
        end = received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = received[:end]
        length = _length(head)
        if len(received) < end + 4 + length:
            return
        self._received, self.is_waiting = b"", False
        if b"\r\nconnection: close" in head.lower():
            self.close()
        self._answered(self, int(head[9:12]), head, received[end + 4 :])

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """The other side closed, or this one did."""
        self._transport = None
        self._ended(self)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


def _length(head: bytes) -> int:
    lines = head.lower()
    start = lines.find(b"\r\ncontent-length:")
    if start < 0:
        raise BadAnswer(f"no content-length: {head[:200]!r}")
    start += 17
    stop = lines.find(b"\r\n", start)
    return int(lines[start : stop if stop >= 0 else len(lines)])


def request_bytes(port: int, path: str, body: bytes | None = None, *, close: bool = False) -> bytes:
    """A request as it goes over the wire: POST of a JSON body, or GET where there is none."""
    lines = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", f"Host: {HOST}:{port}"]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    if close:
        lines.append("Connection: close")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")
