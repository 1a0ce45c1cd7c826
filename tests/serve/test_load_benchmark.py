"""The load benchmark counts what a server really did, and a server that stands still cannot hide from it."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

LOAD = Path(__file__).resolve().parents[2] / "benchmarks" / "load"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the benchmark reads /proc")


@pytest.fixture
def load(monkeypatch):
    """The benchmark's own modules, as its command finds them."""
    monkeypatch.syspath_prepend(str(LOAD))
    import connections
    import generator

    yield connections, generator
    for file in LOAD.glob("*.py"):
        sys.modules.pop(file.stem, None)


def answered(server, path, status):
    """How many such answers the server itself has counted."""
    text = server.ask("GET", "/metrics").body.decode()
    found = re.search(rf'^goemox_requests_total{{path="{path}",status="{status}"}} (\S+)', text, re.M)
    return int(float(found[1])) if found else 0


def test_every_request_of_a_closed_loop_is_counted_as_the_server_counts_it(load, server):
    connections, generator = load
    good, bad = (
        connections.request_bytes(server.port, "/v1/predict", json.dumps(body).encode())
        for body in ({"texts": ["Thank you so much!"]}, {"texts": []})
    )
    before = answered(server, "/v1/predict", 200), answered(server, "/v1/predict", 422)
    found = asyncio.run(generator.closed_loop(server.port, [good, good, bad], 4, n=60, warm_s=0))
    after = answered(server, "/v1/predict", 200), answered(server, "/v1/predict", 422)
    assert found.statuses == {200: 40, 422: 20}
    assert [new - old for new, old in zip(after, before, strict=True)] == [40, 20]
    assert (len(found.accepted), found.failures, found.broken, found.missing) == (40, 20, 0, 0)
    assert found.per_second == pytest.approx(40 / found.seconds)
    assert json.loads(found.last_body)["results"][0]["labels"] == ["gratitude"]


def test_a_server_that_stands_still_is_slow_for_all_who_came_meanwhile(load, server):
    connections, generator = load
    request = [connections.request_bytes(server.port, "/health")]

    async def stall():
        await asyncio.sleep(0.3)
        os.kill(server.process.pid, signal.SIGSTOP)
        await asyncio.sleep(0.5)
        os.kill(server.process.pid, signal.SIGCONT)

    async def stalled():
        load = generator.open_loop(server.port, request, 100, 2.5, connections=2)
        return (await asyncio.gather(load, stall()))[0]

    found = asyncio.run(stalled())
    assert (len(found.accepted), found.failures) == (250, 0)  # there is time enough to make up for it
    # of the 50 that came in the half second, half waited longer than half of it, though two could be sent
    assert sum(latency > 0.25 for latency in found.accepted) >= 24
    assert max(found.accepted) > 0.45


class FifthTimeGone(asyncio.Protocol):
    """A server that hangs up instead of its fifth answer."""

    asked = 0

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        FifthTimeGone.asked += data.count(b"\r\n\r\n")
        if FifthTimeGone.asked == 5:
            self.transport.close()
        else:
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


def test_a_connection_that_breaks_is_counted_and_the_load_goes_on(load):
    connections, generator = load

    async def measured():
        listening = await asyncio.get_running_loop().create_server(FifthTimeGone, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        async with listening:
            request = [connections.request_bytes(port, "/")]
            return await generator.open_loop(port, request, 100, 0.2, connections=3)

    found = asyncio.run(measured())
    assert (found.broken, found.missing) == (1, 0)
    assert found.statuses == {200: 19 - found.unsent}  # a machine that stood still sent fewer in time
    assert found.statuses[200] > 4


def test_a_row_that_fails_is_told_and_stops_nothing(tmp_path):
    code = (
        "import run, speed, workload\n"
        "def fails(work, tell): raise RuntimeError('the server\\ndid not start')\n"
        "run.ROWS['single'] = fails\n"
        "told = run._row('single', workload.Workload([], workload.QUICK, ''), quick=True)\n"
        "assert told['holds'] is False, told\n"
        "assert told['measured'] == 'not measured: RuntimeError: the server did not start', told\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=LOAD, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_table_is_the_one_that_its_measurements_give():
    done = subprocess.run(
        [sys.executable, LOAD / "table.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
