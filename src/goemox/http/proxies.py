"""What the environment says of the way to the network: proxies and certificates, as httpx reads them.

Looked at before a connection is made: a value that cannot be meant would else end in an error of a library.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from goemox.errors import UsageError

__all__ = ["CERTIFICATES", "PROXIES", "check_way_out", "hidden", "value_of", "wrong_proxy"]

PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
SCHEMES = ("http", "https", "socks5", "socks5h")


def check_way_out(environment: Mapping[str, str] = os.environ) -> None:
    """Raise UsageError for a proxy that cannot be meant, and for certificates that are not there."""
    for name in PROXIES:
        value = value_of(environment, name)
        if wrong := wrong_proxy(value):
            raise UsageError(f"{name}={hidden(value)!r}: {wrong}; write it as http://HOST:PORT, or unset it")
    for name in CERTIFICATES:
        file = environment.get(name)
        if file and not Path(file).exists():
            raise UsageError(f"{name}={file!r}: is not there, and https needs it; name what is, or unset it")


def value_of(environment: Mapping[str, str], name: str) -> str:
    """The lower-case name goes first, as it does in most programs."""
    return environment.get(name.lower()) or environment.get(name) or ""


def wrong_proxy(value: str) -> str:
    """What is wrong with a proxy's address; empty where nothing is, or none is set."""
    if not value:
        return ""
    if value != value.strip() or any(c.isspace() for c in value) or value[0] in "\"'":
        return "holds spaces or quotation marks"
    if "://" not in value:
        return ""  # HOST:PORT is read as http://HOST:PORT
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return "its port is no number from 0 to 65535"
    if parts.scheme.lower() not in SCHEMES:
        return f"no proxy speaks {parts.scheme or 'nothing'!r}; {', '.join(SCHEMES)} are known"
    if not parts.hostname:
        return "names no host"
    if parts.scheme.lower().startswith("socks") and find_spec("socksio") is None:
        return "a SOCKS proxy needs a package that is not installed (pip install socksio)"
    return "" if port is None or port > 0 else "its port is 0"


def hidden(value: str) -> str:
    """An address without its password."""
    before, at, host = value.rpartition("@")
    scheme = before.partition("://")[0] + "://" if "://" in before else ""
    return f"{scheme}…@{host}" if at else value
