"""Bodies as they arrive: each within its size, and all of them within what they may take."""

from __future__ import annotations

from starlette.types import Receive

from goemox.serve.problems import Problem

__all__ = ["Bodies", "Body", "ClientLeft", "too_large"]

MOST_BYTES = 32 * 2**20  # of all bodies together, beyond a small one each
SMALL_BODY = 32 * 1024


class ClientLeft(Exception):
    """The client left before its request was whole."""


class Bodies:
    """What large bodies of all requests together take: each is small, many are not."""

    def __init__(self, body_bytes: int) -> None:
        """body_bytes: of one body, at most; a few of these always fit."""
        self.most_each, self.most, self.held = body_bytes, max(MOST_BYTES, 4 * body_bytes), 0


class Body:
    """One body as it arrives; it counts among all until it is forgotten."""

    def __init__(self, all_bodies: Bodies) -> None:
        self._all, self._counted = all_bodies, 0

    async def read(self, receive: Receive) -> bytes:
        """All of it. Raises Problem where it, or all bodies together, are too large; ClientLeft."""
        pieces, n = [], 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientLeft
            pieces.append(message.get("body", b""))
            n += len(pieces[-1])
            if n > self._all.most_each:
                raise too_large(self._all.most_each)
            more = max(0, n - SMALL_BODY - self._counted)
            if self._all.held + more > self._all.most:
                raise Problem("overloaded", full="bodies-full", retry_after=1, close=True)
            self._all.held += more
            self._counted += more
            if not message.get("more_body", False):
                return b"".join(pieces)

    def forget(self) -> None:
        """It is answered."""
        self._all.held -= self._counted
        self._counted = 0


def too_large(most: int) -> Problem:
    """The refusal of a body of more bytes than that."""
    return Problem("body-too-large", detail=f"A body may have {most:,} bytes here, at most.", close=True)
