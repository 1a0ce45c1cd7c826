"""A real `goemox serve` on a free port, as a user starts it, and what its process takes from the machine."""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Answer", "Running", "port_of", "request", "serving", "starts", "status_of"]

START_S = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said; header names in lower case. seconds: from the first byte sent to the last read."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Running:
    """A server that runs. log: the file with its stderr."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def ask(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request on a connection of its own; body is bytes, or anything that becomes JSON."""
        sent = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        began = time.perf_counter()
        try:
            connection.request(method, path, body, sent)
            found = connection.getresponse()
            read = found.read()
        finally:
            connection.close()
        named = {name.lower(): value for name, value in found.getheaders()}
        return Answer(found.status, named, read, time.perf_counter() - began)

    def connect(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def send(self, request: bytes, timeout: float = 60) -> bytes:
        """Send bytes on a connection of their own; all that comes back until it is closed."""
        answer = b""
        with socket.create_connection(("127.0.0.1", self.port), timeout) as line, suppress(ConnectionError):
            line.sendall(request)
            while piece := line.recv(65_536):
                answer += piece
        return answer

    def rss_mb(self) -> float:
        """Resident memory now, in MB (10^6 bytes)."""
        return self._kib("VmRSS") * 1024 / 1e6

    def peak_mb(self) -> float:
        """The most resident memory since the start, or since `forget_peak`."""
        return self._kib("VmHWM") * 1024 / 1e6

    def forget_peak(self) -> None:
        """Let `peak_mb` begin anew (proc(5), clear_refs)."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def _kib(self, name: str) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{name}:\s+(\d+) kB$", status, re.M)[1])  # type: ignore[index]


@contextmanager
def serving(*arguments: str, ready: bool = True) -> Iterator[Running]:
    """`goemox serve --port 0 ARGUMENTS` until the block ends; ready: wait until the model is loaded."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "serve.log"
        with log.open("wb") as written:
            process = subprocess.Popen(
                [sys.executable, "-m", "goemox", "serve", "--port", "0", *arguments],
                stderr=written, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        try:
            server = Running(port_of(process, log), process, log)
            deadline = time.monotonic() + START_S
            while ready and server.ask("GET", "/ready").status != 200:
                if time.monotonic() > deadline:
                    raise SystemExit(f"the server is not ready: {log.read_text()}")
                time.sleep(0.05)
            yield server
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(60)


def request(method: str, address: str, *fields: str) -> bytes:
    """A request without a body, byte for byte as it is given."""
    head = "\r\n".join([f"{method} {address} HTTP/1.1", *fields, "Connection: close"])
    return f"{head}\r\n\r\n".encode()


def starts(*arguments: str) -> bool:
    """Whether a server with these arguments runs after a start; it is ended again."""
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "goemox", "serve", "--port", "0", *arguments], stderr=told
        )
        try:
            return process.wait(20) == 0
        except subprocess.TimeoutExpired:
            process.terminate()
            process.wait(20)
            return True


def status_of(answer: bytes) -> int:
    """The status of an answer as it came; 0 for none."""
    return int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else 0


def port_of(process: subprocess.Popen[bytes], log: Path) -> int:
    """The port that a server says it listens on. Raises SystemExit where it does not start."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        if found := re.search(r"serving on http://\S+:(\d+) ", log.read_text()):
            return int(found[1])
        time.sleep(0.02)
    raise SystemExit(f"the server did not start: {log.read_text()}")
