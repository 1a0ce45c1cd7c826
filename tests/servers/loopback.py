"""A server on loopback in a thread of its own, and the ways in which its answers can go wrong."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading

HUGE = 200_000_000
JSON = "application/json; charset=utf-8"


class LoopbackServer:
    """Subclasses serve connections in `_serve` and call `start` on entering; leaving ends everything."""

    def start(self) -> None:
        """Listen on a free port; `host` is the address."""
        self._loop, self._lines = asyncio.new_event_loop(), set()
        self._thread = threading.Thread(target=self._loop.run_forever, name=type(self).__name__, daemon=True)
        self._thread.start()
        self._server = self._run(asyncio.start_server(self._connected, "127.0.0.1", 0))
        self.host = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def __exit__(self, *error: object) -> None:
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, task):
        return asyncio.run_coroutine_threadsafe(task, self._loop).result(30)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines.add(writer.transport)
        await self._serve(reader, writer)

    async def _end(self) -> None:
        self._server.close()  # on its own loop: from another thread it would race a connection that ends
        await asyncio.sleep(0)  # a connection that was just taken would never be closed if it never began
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for line in self._lines:
            line.abort()  # one that still had bytes to send would stay open, and be told of as a leak
        for _ in range(2):
            await asyncio.sleep(0)  # aborted lines are closed in the next turn of the loop


def write(writer: asyncio.StreamWriter, status: int, kind: str, length: int | None, body: bytes) -> None:
    framing = "Connection: close" if length is None else f"Content-Length: {length}"
    writer.write(f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n{framing}\r\n\r\n".encode() + body)


async def send(
    writer: asyncio.StreamWriter, status: int, body: bytes, headers: str = "", kind: str = JSON
) -> None:
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()


async def _reset(writer: asyncio.StreamWriter, body: bytes) -> None:
    """Half of the body, then a reset."""
    write(writer, 200, JSON, len(body), body[: len(body) // 2])
    await writer.drain()
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    raise ConnectionError


async def _hang_up(writer: asyncio.StreamWriter, body: bytes) -> None:
    raise ConnectionError


async def _huge(writer: asyncio.StreamWriter, body: bytes) -> None:
    write(writer, 200, JSON, HUGE, b"")
    await _endless(writer)


async def _huge_undeclared(writer: asyncio.StreamWriter, body: bytes) -> None:
    write(writer, 200, JSON, None, b"")
    await _endless(writer)


async def _endless(writer: asyncio.StreamWriter) -> None:
    for _ in range(HUGE // 65_536):
        writer.write(b" " * 65_536)
        await writer.drain()
    raise ConnectionError


# name of the fault: (body, content type) that are sent in place of the right ones
SPOILED = {
    "truncated": lambda body: (body[: len(body) // 2], JSON),
    "html": lambda body: (b"<html><body>Down for repair</body></html>", "text/html"),
    "text": lambda body: (body, "text/plain"),
    "bad utf-8": lambda body: (body.replace(b"Story", b"St\xffry"), JSON),
}
BROKEN = {"reset": _reset, "hang up": _hang_up, "huge": _huge, "huge, undeclared": _huge_undeclared}
