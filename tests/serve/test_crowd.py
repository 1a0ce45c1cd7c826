"""What a client is told, and the log, where as many connections as may be open wait for their answers."""

import asyncio
from contextlib import asynccontextmanager

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


REQUEST = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@asynccontextmanager
async def asked(noted):
    """A connection that waits for the model, and the address for others; in the end it has its answer."""
    app, state = Silent(), ServerState()
    counted = Counted(app, Metrics(lambda: 0), frozenset({"/health"}), noted.append)
    config = uvicorn.Config(counted, lifespan="off", log_config=None, proxy_headers=False)
    config.load()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol.ImpatientProtocol(config, state, {}), "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    answer, writer = await asyncio.open_connection(*address)
    writer.write(REQUEST)
    await app.begun.wait()
    (connection,) = state.connections
    yield connection, address
    app.may_end.set()
    assert (await answer.read()).startswith(b"HTTP/1.1 200 ")
    writer.close()
    server.close()


async def crowded():
    """The answer to a second connection where one may be open and waits for the model, and what was noted."""
    noted = []
    async with asked(noted) as (_, address):
        second, to_second = await asyncio.open_connection(*address)
        to_second.write(REQUEST)
        told = await second.read()
        to_second.close()
    return told, noted


def test_a_connection_too_many_is_told_so_and_noted(monkeypatch):
    monkeypatch.setattr(protocol, "most_connections", lambda: 1)
    answer, noted = asyncio.run(crowded())
    assert answer.startswith(b"HTTP/1.1 429 ")
    assert FULL["connections-full"].encode() in answer
    assert b"retry-after: 1\r\n" in answer
    assert noted == ["connections-full"]


def test_a_client_that_paused_once_is_not_idle_while_its_answer_goes_on():
    async def paused():
        async with asked([]) as (connection, _):
            connection.pause_writing()
            assert connection in connection.waiting
            connection.resume_writing()
            assert connection not in connection.waiting

    asyncio.run(paused())


def test_an_empty_line_behind_a_request_costs_nobody_the_answer(monkeypatch):
    async def behind():
        async with asked([]) as (connection, _):
            monkeypatch.setattr(protocol, "HEAD_S", 0.0)
            connection.data_received(b"\r\n")
            for _ in range(5):
                await asyncio.sleep(0)

    asyncio.run(behind())
