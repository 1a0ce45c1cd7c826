"""Which addresses goemox talks to: https, or http on this machine; never off the host it was sent to."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

import httpx2

from goemox.errors import SourceError, UsageError

__all__ = ["Origin", "check_base_url", "follow", "origin", "shown"]

Origin = tuple[str, str, int]
"""Scheme, host and port: what a token and a connection belong to."""

_PORTS = {"https": 443, "http": 80}


def check_base_url(name: str, url: str) -> str:
    """The base address without a slash at its end; `name` is the setting that it comes from.

    Raises UsageError unless it is https, or http on loopback, without password, query or fragment.
    """
    try:
        parsed = httpx2.URL(url.strip())
    except (httpx2.InvalidURL, ValueError):
        raise UsageError(f"{name}={url!r} is not an address; expected https://host/path") from None
    if parsed.userinfo:
        raise UsageError(f"{name}: an address may hold no password; give a token in the environment instead")
    if not _acceptable(parsed):
        raise UsageError(
            f"{name}={url!r} is refused: use https (http is accepted for localhost and 127.0.0.1 only)"
        )
    if parsed.query or parsed.fragment:
        raise UsageError(f"{name}={url!r} is a base address: leave out what follows ? or #")
    return str(parsed).rstrip("/")


def origin(url: httpx2.URL) -> Origin:
    """Where a request to this address goes and who may see its token."""
    return url.scheme, url.host, url.port or _PORTS.get(url.scheme, 0)


def follow(here: httpx2.URL, location: str, home: Origin, allowed: Iterable[str]) -> httpx2.URL:
    """The address that a redirect or link leads to.

    home: the origin that the client was made for. allowed: further hosts, over https on its standard
    port only; one that starts with a dot stands for all hosts below it (".hf.co").
    Raises SourceError for every other place, so that no answer can send us to a private address.
    """
    try:
        target = here.join(location)
    except (httpx2.InvalidURL, ValueError):
        raise SourceError(f"{here.host}: led to {location[:80]!r}, which is not an address") from None
    if target.userinfo or (origin(target) != home and not _on_list(target, allowed)):
        raise SourceError(f"{here.host}: led to another host ({shown(target)}), which was refused")
    return target


def shown(url: httpx2.URL) -> str:
    """The address as messages show it: no query (it may hold signatures), no password."""
    return str(url.copy_with(username=None, password=None, query=None, fragment=None))


def _on_list(url: httpx2.URL, allowed: Iterable[str]) -> bool:
    if origin(url) != ("https", url.host, 443):
        return False
    return any(url.host == host or (host.startswith(".") and url.host.endswith(host)) for host in allowed)


def _acceptable(url: httpx2.URL) -> bool:
    if url.scheme == "https":
        return bool(url.host)
    if url.scheme != "http":
        return False
    try:
        return url.host == "localhost" or ipaddress.ip_address(url.host).is_loopback
    except ValueError:
        return False
