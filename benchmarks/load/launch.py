"""Server processes: started as a user starts them, and read from /proc while they run."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["HERE", "Processors", "Server", "child_environment", "goemox", "instant", "peer", "started"]

HERE = Path(__file__).parent
START_S = 240.0
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A server process that answers; start_s: from the start of the process until /ready said 200."""

    port: int
    pid: int
    start_s: float

    def cpu_s(self) -> float:
        """Seconds of the processors that it and its children have used."""
        total = 0
        for pid in _tree(self.pid):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def rss_mb(self) -> float:
        """Resident memory of it and its children, in 10^6 bytes."""
        return sum(_rss_kb(pid) for pid in _tree(self.pid)) * 1024 / 1e6

    def ask(self, path: str) -> tuple[int, bytes]:
        """GET, on a connection of its own: status and body; status 0 where nobody answers."""
        return _get(self.port, path)


def goemox(*arguments: str):  # type: ignore[no-untyped-def]
    """`goemox serve` with its defaults, or these arguments."""
    return started([sys.executable, "-m", "goemox", "serve", *arguments])


def instant():  # type: ignore[no-untyped-def]
    """The same server with a model that answers at once."""
    return started([sys.executable, str(HERE / "instant.py")])


def peer(python: str, weights: Path, *arguments: str):  # type: ignore[no-untyped-def]
    """A transformers pipeline behind FastAPI, in a Python that has torch and transformers."""
    return started([python, str(HERE / "peer_server.py"), "--weights", str(weights), *arguments])


@contextmanager
def started(command: Sequence[str]) -> Iterator[Server]:
    """The server of a command that takes --port, from when it is ready until it is interrupted here."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryFile() as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            [*command, "--port", str(port)], stdout=log, stderr=log, env=child_environment()
        )
        try:
            while _get(port, "/ready")[0] != 200:
                if process.poll() is not None or time.perf_counter() - began > START_S:
                    log.seek(0)
                    raise RuntimeError(f"the server did not start: {log.read().decode().strip()[-150:]}")
                time.sleep(0.002)
            yield Server(port, process.pid, time.perf_counter() - began)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Processors:
    """How much of this machine's processors other programs use, from when this is made."""

    def __init__(self) -> None:
        self._before = self._read()

    def others(self) -> float:
        """Their share of all processors, 0 to 1: without this process and its children that have ended."""
        (busy, every, own), (busy_then, every_then, own_then) = self._read(), self._before
        return max(0.0, (busy - busy_then - (own - own_then) * TICKS) / max(1, every - every_then))

    @staticmethod
    def _read() -> tuple[int, int, float]:
        """Ticks that were busy, ticks of all kinds, and seconds of this process and its ended children."""
        ticks = [int(each) for each in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        idle = ticks[3] + ticks[4]
        return sum(ticks) - idle, sum(ticks), sum(os.times()[:4])


def child_environment() -> dict[str, str]:
    """The variables of this process, without limits on threads that were set for other work."""
    return {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}


def _get(port: int, path: str) -> tuple[int, bytes]:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(
                f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
            )
            received = b"".join(iter(lambda: connection.recv(65_536), b""))
    except OSError:
        return 0, b""
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head[9:12] or 0), body


def _tree(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            found += map(int, task.read_text().split())
    return found


def _rss_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
