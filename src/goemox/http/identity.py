"""Who we say we are, and whom we believe: the User-Agent and the certificates."""

from __future__ import annotations

import functools
import ssl

import httpx2

from goemox._version import __version__

__all__ = ["USER_AGENT", "trust_for"]

USER_AGENT = f"goemox/{__version__}"


def trust_for(scheme: str) -> ssl.SSLContext:
    """Certificates for connections of this scheme: the system's for https, for http none at all.

    Reading the system's takes longer than a small download, so it happens once, and only where
    TLS is spoken; with none, every TLS connection fails.
    """
    return _system_trust() if scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@functools.cache
def _system_trust() -> ssl.SSLContext:
    return httpx2.create_ssl_context()
