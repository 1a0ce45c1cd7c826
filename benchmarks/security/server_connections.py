"""Number 10: clients that are slow, silent, greedy, or that speak something else.

    python benchmarks/security/server_connections.py

Takes a minute, most of it waiting for the server's own deadlines (head 10 s, body 5 s, answer 30 s). "A
normal client" asks for /health and one prediction on a new connection while the attack goes on; memory is the
peak of the server's process during the attack, over what it held before.
"""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from lines import Line, publish
from running import Running, serving

HOST = b"Host: localhost\r\n"
JSON = b"Content-Type: application/json\r\n"
POST = b"POST /v1/predict HTTP/1.1\r\n" + HOST + JSON
GET = b"GET /health HTTP/1.1\r\n" + HOST


def main() -> int:
    with serving() as server:
        _normal(server)
        lines = [*slow(server)]
        # 4,000 are more than the server keeps at once
        lines += [crowd(server, n, name) for name in CROWDS for n in (200, 1_000, 4_000)]
        lines += [bodies_at_once(server), never_reading(server), ahead(server)]
    return publish("server_connections", lines)


def slow(server: Running) -> Iterator[Line]:
    """One client each that is in no hurry; all at the same time."""
    begun_body = POST + b"Content-Length: 100\r\n\r\n{"
    attacks: dict[str, tuple[float, bytes, bytes]] = {  # until when, what is sent first, then each second
        "body, a byte a second": (5, begun_body, b" "),
        "body that stops": (5, begun_body, b""),
        "chunked body, a byte a second": (5, POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        "chunk size without end, a byte a second": (5, POST + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
        "head, a byte a second": (10, b"GET /", b"a"),
        "header field, a byte a second": (10, GET + b"X: ", b"a"),
        "half a head": (10, GET, b""),
        "nothing sent": (10, b"", b""),
        "empty lines only": (10, b"", b"\r\n"),
        "empty lines after an answer": (10, GET + b"\r\n", b"\r\n"),
        "half a second head": (10, GET + b"\r\n" + GET, b""),
    }
    with ThreadPoolExecutor(len(attacks)) as pool:
        times = pool.map(lambda each: _closed_after(server, *each[1:]), attacks.values())
        closed = dict(zip(attacks, times, strict=True))
    for allowed in (5, 10):
        here = {name: closed[name] for name, (until, *_) in attacks.items() if until == allowed}
        yield Line(
            10,
            ", ".join(here),
            f"closed ≤ {allowed} s and 1.5 s for the reply"
            + ("" if allowed == 5 else " (the checklist names bodies only; one probe begins after a second)"),
            f"closed after {min(here.values()):.2f} to {max(here.values()):.2f} s",
            max(here.values()) <= allowed + 1.5,  # a head begins with its first byte, here after a second
            here,
        )


def _closed_after(server: Running, first: bytes, then: bytes) -> float:
    began = time.monotonic()
    with server.connect() as line, suppress(ConnectionError):
        line.sendall(first)
        line.settimeout(1)
        while time.monotonic() - began < 40:
            with suppress(TimeoutError):
                if not line.recv(4_096):
                    break
                continue
            line.sendall(then)
    return time.monotonic() - began


CROWDS = {
    "idle sockets": b"",
    "sockets with half a head": GET,
    "sockets with half a body": POST + b"Content-Length: 1000\r\n\r\n{",
}


def crowd(server: Running, n: int, name: str) -> Line:
    """Many at once; a normal client is served all the while."""
    with _watched(server) as seen, _sockets(server, n, CROWDS[name]):
        for _ in range(20):
            seen.ask()
            time.sleep(0.05)
    return seen.line(f"{n:,} {name}", most_mb=20 if n <= 1_000 else 40, health_s=0.2 if n <= 1_000 else 1)


def bodies_at_once(server: Running) -> Line:
    """Bodies that stop just before their cap, as many as are let in."""
    nearly = POST + b"Content-Length: 2097152\r\n\r\n" + b" " * 2_000_000
    with _watched(server) as seen, _sockets(server, 0, b"") as lines:
        for _ in range(300):
            line = server.connect()
            lines.append(line)
            line.settimeout(2)
            with suppress(OSError):
                line.sendall(nearly)
        for _ in range(20):
            seen.ask()
    return seen.line("300 bodies of 2 MB that stop before their last byte (600 MB)", most_mb=128)


def never_reading(server: Running) -> Line:
    """Clients that ask for much, one request after the other, and take no answer."""
    texts = b'{"texts": [' + b'"ok", ' * 511 + b'"ok"]}'
    sent = POST + b"Content-Length: %d\r\n\r\n" % len(texts) + texts
    closed: list[float] = []

    def attack() -> None:
        began = time.monotonic()
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        line.connect(("127.0.0.1", server.port))
        with line, suppress(OSError):
            line.settimeout(50)
            while time.monotonic() - began < 60:
                line.sendall(sent)
        closed.append(time.monotonic() - began)

    with _watched(server) as seen:
        attackers = [threading.Thread(target=attack) for _ in range(20)]
        for each in attackers:
            each.start()
        while any(each.is_alive() for each in attackers):
            seen.ask(within=5)
            time.sleep(0.2)
    seen.wrong += [f"closed after {max(closed):.0f} s"] if max(closed) > 45 else []
    return seen.line(
        f"20 clients that send requests of 512 texts and never read; closed after {max(closed):.0f} s", 64
    )


def ahead(server: Running) -> Line:
    """10,000 requests on one connection before the first answer is read, ten connections."""
    lines: list[socket.socket] = []
    answered = []

    def attack() -> None:
        got = b""
        with server.connect() as line, suppress(ConnectionError):
            lines.append(line)
            line.sendall((GET + b"\r\n") * 10_000)
            while piece := line.recv(65_536):
                got += piece
        answered.append(got.count(b"HTTP/1.1 200"))

    with _watched(server) as seen:
        attackers = [threading.Thread(target=attack) for _ in range(10)]
        for each in attackers:
            each.start()
        while any(each.is_alive() for each in attackers):
            seen.ask()
    most = max(answered)
    return seen.line(f"10 × 10,000 requests sent ahead on a connection; {most} answered, then closed", 20)


class Seen:
    """What a normal client and the server's memory went through during an attack."""

    def __init__(self, server: Running) -> None:
        self._server, self._before = server, server.rss_mb()
        self.seconds: list[float] = []
        self.wrong: list[str] = []
        self.grown = 0.0

    def ask(self, within: float = 1) -> None:
        """One request for health and one prediction; each has to be 200."""
        health = self._server.ask("GET", "/health")
        read = self._server.ask("POST", "/v1/predict", {"texts": ["Thank you so much!"]})
        self.seconds.append(health.seconds)
        if health.status != 200 or read.status not in (200, 429) or read.seconds > within:
            self.wrong.append(f"health {health.status}, predict {read.status} in {read.seconds:.2f} s")

    def line(self, test: str, most_mb: float, health_s: float = 0.2) -> Line:
        """The line of the checklist."""
        wrong = f"; {len(self.wrong)} times not: {self.wrong[0]}" if self.wrong else ""
        slowest = max(self.seconds)
        return Line(
            10,
            test,
            f"a normal client at 200, health < {health_s:g} s; RSS + < {most_mb:g} MB",
            f"asked {len(self.seconds)} times, health {slowest:.3f} s at most{wrong}; "
            f"RSS + {self.grown:.1f} MB",
            not self.wrong and slowest < health_s and self.grown < most_mb,
            {"asked": len(self.seconds), "health_s": slowest, "rss_grown_mb": self.grown},
        )


@contextmanager
def _watched(server: Running) -> Iterator[Seen]:
    server.forget_peak()
    seen = Seen(server)
    yield seen
    seen.grown = server.peak_mb() - seen._before
    time.sleep(0.3)
    _normal(server)


@contextmanager
def _sockets(server: Running, n: int, first: bytes) -> Iterator[list[socket.socket]]:
    lines: list[socket.socket] = []
    try:
        for _ in range(n):
            lines.append(server.connect())
            with suppress(ConnectionError):
                lines[-1].sendall(first)
        yield lines
    finally:
        for line in lines:
            line.close()


def _normal(server: Running, ask: Callable[[float], bool] = lambda seconds: seconds < 1) -> None:
    answer = server.ask("POST", "/v1/predict", {"texts": ["ok"]})
    if answer.status != 200 or not ask(answer.seconds):
        raise SystemExit(f"the server is not as before: {answer.status} in {answer.seconds:.2f} s")


if __name__ == "__main__":
    sys.exit(main())
