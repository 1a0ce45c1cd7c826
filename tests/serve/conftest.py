"""A real server of the bundled model on loopback, started as a user starts it; a client, and Chromium."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import forked
import pytest
from chromium import SIZES, launched, watched

pytest.importorskip("fastapi", reason="the serve extra is not installed: pip install 'goemox[serve]'")
START_S = 60


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Server:
    """A running `goemox serve`; `log` is the file with its stderr."""

    port: int
    process: forked.Goemox | subprocess.Popen[bytes]
    log: Path

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """One request on a connection of its own; `body` is bytes, or JSON; `_` in header names is `-`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            sent.setdefault("content-type", "application/json")
        connection.request(method, path, body, sent)
        found = connection.getresponse()
        answer = Answer(found.status, {k.lower(): v for k, v in found.getheaders()}, found.read())
        connection.close()
        return answer

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(how)
        return self.process.wait(60)

    def told(self, event: str, n: int = 1) -> list[dict[str, Any]]:
        """The lines of an event in a JSON log, once there are n of them."""
        deadline = time.monotonic() + START_S
        while True:
            lines = [line for line in self.log.read_text().splitlines() if line.startswith("{")]
            found = [line for line in map(json.loads, lines) if line["event"] == event]
            if len(found) >= n:
                return found
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.02)


def start(
    folder: Path, *arguments: str, ready: bool = True, begins: bool = False, **variables: str
) -> Server:
    """Start a server in `folder`, where a goemox.toml may lie. variables: of the environment.

    begins: as a process that has loaded nothing yet, and not as a fork.
    """
    log = folder / "serve.log"
    with log.open("wb") as written:
        port = [] if "--port" in arguments else ["--port", "0"]
        how = {"stderr": written, "cwd": folder, "env": {**os.environ, **variables}}
        if begins:
            whole = [sys.executable, "-m", "goemox", "serve", *port, *arguments]
            process = subprocess.Popen(whole, stdout=subprocess.DEVNULL, **how)
        else:
            process = forked.start("serve", *port, *arguments, **how)
    server = Server(_port(process, log), process, log)
    deadline = time.monotonic() + START_S
    while ready and server.ask("GET", "/ready").status != 200:
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)
    return server


def _port(process: forked.Goemox | subprocess.Popen[bytes], log: Path) -> int:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        if found := re.search(r"serving on http://\S+:(\d+) ", log.read_text()):
            return int(found[1])
        time.sleep(0.02)
    raise AssertionError(f"the server did not start: {log.read_text()}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server with its defaults, for all tests that leave it as it was."""
    found = start(tmp_path_factory.mktemp("serve"))
    yield found
    found.stop()


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """As `server`, but it asks for a token: "correct-horse-battery"."""
    folder = tmp_path_factory.mktemp("guarded")
    (folder / "token").write_text("correct-horse-battery\n")
    found = start(folder, "--token-file", str(folder / "token"))
    yield found
    found.stop()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start servers with other arguments; they are stopped after the test."""
    started: list[Server] = []

    def starting(*arguments: str, **options: Any) -> Server:
        started.append(start(tmp_path, *arguments, **options))
        return started[-1]

    yield starting
    for each in started:
        if each.process.poll() is None:
            each.stop()  # not killed: it has children where it shares its port


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a short queue."""
    found = start(tmp_path_factory.mktemp("short"), "--queue", "20")
    yield found
    found.stop()


chromium = pytest.fixture(scope="module")(launched)


@pytest.fixture
def opened(chromium, server) -> Iterator[Callable[..., SimpleNamespace]]:
    """Open a page of a server; `wrong` collects console errors, `asked` the addresses of all requests."""
    contexts = []

    def open_page(
        path: str = "/", *, at=server, size: str = "desktop", scheme: str = "light", ready: bool = True,
        **more: object,
    ) -> SimpleNamespace:  # fmt: skip
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, accept_downloads=True,
            has_touch=size != "desktop", permissions=["clipboard-read", "clipboard-write"], **more,
        )  # fmt: skip
        contexts.append(context)
        view = watched(context)
        view.page.goto(f"http://127.0.0.1:{at.port}{path}")
        if ready:
            view.page.wait_for_selector("html[data-ready]", state="attached")
        return view

    yield open_page
    for context in contexts:
        context.close()
