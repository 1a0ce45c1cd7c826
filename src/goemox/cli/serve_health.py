"""`goemox serve --health`: whether a server is ready, for containers; it loads nothing and needs no token."""

from __future__ import annotations

from goemox.errors import GoemoxError, UsageError

__all__ = ["ask"]

ANSWER_S = 4.0  # less than the five seconds that a container waits for the whole command
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - replaced, not listened on


def ask(host: str, port: int) -> None:
    """Ask the server that `goemox serve --host HOST --port PORT` starts for /ready.

    Raises GoemoxError where it does not answer, or is not ready; UsageError for port 0.
    """
    import http.client  # with TLS and mail behind it, a tenth of the start of every other verb

    if port == 0:
        raise UsageError("--health --port 0: name the port that the server listens on")
    host = EVERYWHERE.get(host, host)
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}/ready"
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER_S)
    try:
        connection.request("GET", "/ready")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        why = getattr(error, "strerror", None) or "it is no server of HTTP"
        raise GoemoxError(f"{address}: no answer ({why}); is `goemox serve` running there?") from None
    finally:
        connection.close()
    if status != http.client.OK:
        raise GoemoxError(f"{address}: not ready (status {status}); ask again soon, or read its log")
