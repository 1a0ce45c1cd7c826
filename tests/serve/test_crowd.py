"""What a client is told, and the log, where as many connections as may be open wait for their answers."""

import asyncio

import pytest
import uvicorn
from uvicorn.server import ServerState

from goemox.serve import protocol
from goemox.serve.metrics import Counted, Metrics
from goemox.serve.problems import FULL

pytestmark = pytest.mark.enable_socket


class Silent:
    """An application that answers nobody until it may."""

    def __init__(self):
        self.begun, self.may_end = asyncio.Event(), asyncio.Event()

    def at_once(self, scope):
        """Nothing is."""

    async def __call__(self, scope, receive, send):
        self.begun.set()
        await self.may_end.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})


async def crowded():
    """The answer to a second connection where one may be open and waits for the model, and what was noted."""
    app, noted = Silent(), []
    counted = Counted(app, Metrics(lambda: 0), frozenset({"/health"}), noted.append)
    config, state = (
        uvicorn.Config(counted, lifespan="off", log_config=None, proxy_headers=False),
        ServerState(),
    )
    config.load()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol.ImpatientProtocol(config, state, {}), "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    request = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    first, to_first = await asyncio.open_connection(*address)
    to_first.write(request)
    await app.begun.wait()
    second, to_second = await asyncio.open_connection(*address)
    to_second.write(request)
    told = await second.read()
    app.may_end.set()
    assert (await first.read()).startswith(b"HTTP/1.1 200 ")
    for writer in (to_first, to_second):
        writer.close()
    server.close()
    return told, noted


def test_a_connection_too_many_is_told_so_and_noted(monkeypatch):
    monkeypatch.setattr(protocol, "most_connections", lambda: 1)
    answer, noted = asyncio.run(crowded())
    assert answer.startswith(b"HTTP/1.1 429 ")
    assert FULL["connections-full"].encode() in answer
    assert b"retry-after: 1\r\n" in answer
    assert noted == ["connections-full"]
