"""One polite GET, or several, against a server on loopback; and a server that sends any bytes at all."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from pytest_httpserver import HTTPServer

from goemox.http import Answer, Client, Politeness, call
from goemox.http.addresses import check_base_url

FAST = Politeness(
    concurrency=8, per_second=1000, attempts=3, first_wait_s=0.01, longest_wait_s=0.02, patience_s=3.0,
    silence_s=2.0, deadline_s=5.0, max_bytes=10_000,
)  # fmt: skip


def get(
    base: str, *targets: str, politeness: Politeness = FAST, allow: tuple[int, ...] = (), **options
) -> list[Answer]:
    async def fetch() -> list[Answer]:
        async with Client(base, politeness=politeness, **options) as client:
            return await asyncio.gather(*(client.get(target, allow) for target in targets))

    return call(fetch())


def base_of(server: HTTPServer) -> str:
    return check_base_url("TEST", server.url_for(""))


@contextmanager
def raw_server(*answers: bytes, hold_s: float = 0.0) -> Iterator[str]:
    """A server that sends these bytes, one answer a connection, and hangs up after `hold_s`."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for answer in answers:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65_536)
                connection.sendall(answer)
                time.sleep(hold_s)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()
        thread.join(5)
