"""How a server is set up: its settings, who may come in, and what about them is impossible or odd."""

from __future__ import annotations

import ipaddress
import math
import re
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path

from goemox.errors import UsageError
from goemox.runtime.cores import n_cores
from goemox.runtime.engine import Runtime
from goemox.serve.guard import Door, plain_origin
from goemox.serve.limits import MAX_CHARACTERS, Limits
from goemox.serve.logs import Format, Level
from goemox.tiers import Tier
from goemox.wording import plural, refusal

__all__ = ["MEBIBYTE", "ServeSettings", "door_of", "oddities", "prove", "token_of"]

MEBIBYTE = 2**20
LEAST_TOKEN = 16  # characters; shorter ones can be tried out
MOST_TOKEN = 4_096
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
NAME = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?)", re.IGNORECASE)
ORIGIN = re.compile(rf"https?://{NAME.pattern}(:(?P<port>\d{{1,5}}))?", re.IGNORECASE)
PORTS = range(1, 65_536)
LEAST_BODY = 12 * MAX_CHARACTERS + 1_024  # a character takes up to 12 bytes in JSON: \ud83d\ude00
RANGES = (  # flag, field of Limits, divisor, least, most
    ("--max-body-mb", "body_bytes", MEBIBYTE, LEAST_BODY / MEBIBYTE, 64),
    ("--body-timeout", "body_s", 1, 0.1, 600),
    ("--answer-timeout", "answer_s", 1, 0.1, 3_600),
    ("--queue", "queue_texts", 1, 1, 1_000_000),
    ("--batch-texts", "batch_texts", 1, 1, 1_024),
)


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """How to serve. token_file: holds the token on one line; needed where the host is not loopback.

    tier: who answers, see `goemox.tiers`. runtime: what runs the model. allow_hosts, allow_origins: beside
    loopback names and the host itself. access_log: tell each request.
    """

    model: str = "default"
    tier: Tier = "best"
    runtime: Runtime = "onnxruntime"
    host: str = "127.0.0.1"
    port: int = 8000
    token_file: str | None = None
    allow_hosts: tuple[str, ...] = ()
    allow_origins: tuple[str, ...] = ()
    workers: int = 1
    limits: Limits = field(default_factory=Limits)
    log_format: Format = "text"
    log_level: Level = "info"
    access_log: bool = False

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the address."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def prove(settings: ServeSettings) -> None:
    """Raise UsageError for numbers, names or origins that cannot be meant."""
    for flag, name, divisor, least, most in RANGES:
        value = getattr(settings.limits, name) / divisor
        if not least <= value <= most:  # so written that NaN is refused
            raise UsageError(
                f"{flag} {value:g}: must be from {math.ceil(100 * least) / 100:g} to {most:,}{_why(flag)}"
            )
    if not settings.host.strip():
        raise UsageError("--host is empty: name an address, 127.0.0.1 for this machine alone")
    if settings.host.startswith("["):
        raise UsageError(f"--host {settings.host}: an address without brackets, as in ::1")
    for host in settings.allow_hosts:
        if not NAME.fullmatch(host):
            raise UsageError(
                f"--allow-host {host!r}: expected a name, as in emotions.example.org, without scheme or port"
            )
    for origin in settings.allow_origins:
        found = ORIGIN.fullmatch(origin)
        if found is None or int(found["port"] or 80) not in PORTS:
            raise UsageError(
                f"--allow-origin {origin!r}: expected http(s)://host[:port], port up to 65535, without a path"
            )


def door_of(settings: ServeSettings) -> Door:
    """Who may come in. Raises UsageError as `prove` and `token_of` do."""
    prove(settings)
    token = token_of(settings)
    own = f"[{settings.host}]" if ":" in settings.host else settings.host
    hosts = {*LOOPBACK, own.lower(), *(name.lower() for name in settings.allow_hosts)}
    return Door(frozenset(hosts), frozenset(plain_origin(o.lower()) for o in settings.allow_origins), token)


def token_of(settings: ServeSettings) -> str | None:
    """The token to ask for, None for none. Raises UsageError for a bad one, and where one is needed."""
    token = None if settings.token_file is None else _token(Path(settings.token_file))
    if token is None and not settings.is_local:
        raise UsageError(
            f"--host {settings.host}: others can reach this address, so a token is needed. Make one and name "
            'its file with --token-file: python -c "import secrets; print(secrets.token_urlsafe(32))" > token'
        )
    return token


def oddities(settings: ServeSettings) -> list[str]:
    """What works, and is hardly meant; a sentence each."""
    found = []
    cores = n_cores()
    if settings.workers > cores:
        found.append(
            f"--workers {settings.workers}: more than the {plural(cores, 'core')} that they may use, so they "
            "take each other's time"
        )
    if settings.limits.batch_texts > settings.limits.queue_texts:
        found.append(
            f"--queue {settings.limits.queue_texts}: fewer texts than --batch-texts "
            f"{settings.limits.batch_texts}, so batches of small requests never fill"
        )
    if not settings.is_local and not settings.allow_hosts:
        found.append(
            f"--host {settings.host}: only requests addressed to localhost or {settings.host} are answered; "
            "name others with --allow-host"
        )
    if settings.token_file is not None and _others_read(Path(settings.token_file)):
        found.append(
            f"--token-file {settings.token_file}: every user of this machine can read or change it: chmod 600"
        )
    return found


def _why(flag: str) -> str:
    if flag != "--max-body-mb":
        return ""
    return f"; one text of {MAX_CHARACTERS:,} characters may need the least of it"


def _token(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            token = stream.read(MOST_TOKEN + 1).decode("utf-8").strip()
    except OSError as error:
        raise UsageError(f"--token-file {path}: cannot be read {refusal(error)}") from None
    except UnicodeDecodeError:
        raise UsageError(f"--token-file {path}: is no text; it holds the token on one line") from None
    is_word = token.isascii() and token.isprintable() and " " not in token
    if not LEAST_TOKEN <= len(token) <= MOST_TOKEN or not is_word:
        raise UsageError(
            f"--token-file {path}: a token is one line of {LEAST_TOKEN} or more ASCII letters, digits, signs"
        )
    return token


def _others_read(path: Path) -> bool:
    if sys.platform == "win32":
        return False
    try:
        return bool(path.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP))
    except OSError:
        return False
