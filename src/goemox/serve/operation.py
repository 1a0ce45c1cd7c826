"""One server process, or several that share a port: from settings to uvicorn."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson
import uvicorn
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from goemox.errors import UsageError
from goemox.model_folder import default_folder, open_model
from goemox.serve.app import create_app
from goemox.serve.guard import Door
from goemox.serve.limits import Limits

__all__ = ["ServeSettings", "application", "door_of", "run"]

LEAST_TOKEN = 16  # characters; shorter ones can be tried out
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
HANDED_OVER = "GOEMOX_SERVE_SETTINGS"  # to processes that are started anew; holds no secret
STOP_S = 30
PROTOCOL = "goemox.serve.protocol:ImpatientProtocol"


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """How to serve. token_file: holds the token on one line; needed where the host is not loopback.

    allow_hosts, allow_origins: beside loopback names and the host itself.
    """

    model: str = "default"
    host: str = "127.0.0.1"
    port: int = 8000
    token_file: str | None = None
    allow_hosts: tuple[str, ...] = ()
    allow_origins: tuple[str, ...] = ()
    workers: int = 1
    limits: Limits = field(default_factory=Limits)

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the address."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def door_of(settings: ServeSettings) -> Door:
    """Who may come in. Raises UsageError for an address that others reach without a token, or a bad token."""
    token = None if settings.token_file is None else _token(Path(settings.token_file))
    if token is None and not settings.is_local:
        raise UsageError(
            f"--host {settings.host}: others can reach this address, so a token is needed. Make one and name "
            'its file with --token-file: python -c "import secrets; print(secrets.token_urlsafe(32))" > token'
        )
    for origin in settings.allow_origins:
        if not origin.startswith(("http://", "https://")) or origin.count("/") != 2:
            raise UsageError(f"--allow-origin {origin!r}: expected scheme://host[:port], without a path")
    own = f"[{settings.host}]" if ":" in settings.host else settings.host
    hosts = {*LOOPBACK, own.lower(), *(name.lower() for name in settings.allow_hosts)}
    return Door(frozenset(hosts), frozenset(o.lower() for o in settings.allow_origins), token)


def _token(path: Path) -> str:
    try:
        token = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--token-file {path}: cannot be read ({error})") from None
    if len(token) < LEAST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError(
            f"--token-file {path}: a token is one line of {LEAST_TOKEN} or more ASCII letters, digits, signs"
        )
    return token


def application() -> ASGIApp:
    """The application of a worker process, which is started anew and reads its settings here."""
    document = orjson.loads(os.environ[HANDED_OVER])
    limits = Limits(**document.pop("limits"))
    lists = {key: tuple(document[key]) for key in ("allow_hosts", "allow_origins")}
    settings = ServeSettings(**(document | lists), limits=limits)
    return create_app(
        settings.model, door_of(settings), settings.limits, workers=settings.workers, load_first=True
    )


def run(settings: ServeSettings, tell: Callable[[str], None]) -> None:
    """Serve until a signal; what was accepted is finished first. tell(address): it is listening there.

    Raises UsageError for settings that would let strangers in, and where the address is taken; InvalidModel
    for a folder that cannot be opened, before anything listens.
    """
    door = door_of(settings)
    open_model(default_folder() if settings.model == "default" else Path(settings.model))
    listening = _listen(settings)
    host, port = listening.getsockname()[:2]
    tell(f"http://{f'[{host}]' if ':' in host else host}:{port}")
    shared: dict[str, Any] = {
        "http": PROTOCOL, "ws": "none", "server_header": False,
        "proxy_headers": False, "access_log": False, "log_level": "warning", "lifespan": "on",
        "timeout_graceful_shutdown": STOP_S,
    }  # fmt: skip
    if settings.workers == 1:
        app = create_app(settings.model, door, settings.limits)
        uvicorn.Server(uvicorn.Config(app, **shared)).run(sockets=[listening])
        return
    os.environ[HANDED_OVER] = orjson.dumps(asdict(settings)).decode()
    config = uvicorn.Config(
        "goemox.serve.operation:application", factory=True, workers=settings.workers, **shared
    )
    Multiprocess(config, sockets=[listening]).run()


def _listen(settings: ServeSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # TCP by name: asyncio switches Nagle's algorithm off for such sockets only, and with it a client that
    # acknowledges late would wait 40 ms for every answer.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":  # there, it would let two servers share the port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        raise UsageError(
            f"--host {settings.host} --port {settings.port}: cannot listen there ({error.strerror}); "
            "name another port, or 0 for any that is free"
        ) from None
    listening.listen(2048)
    return listening
