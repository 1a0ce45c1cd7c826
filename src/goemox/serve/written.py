"""Whole answers as bytes, for those that the protocol gives by itself: no application is asked.

They lack what changes, the fields that `dated` puts in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from goemox.serve.guard import HEADERS
from goemox.serve.problems import Problem

__all__ = ["AT_ONCE", "dated", "written"]


class Whole(NamedTuple):
    """An answer, head and body."""

    status: int
    data: bytes


def written(problem: Problem) -> bytes:
    """The whole answer of a refusal, head and body."""
    own = {name.encode(): value.encode() for name, value in problem.headers.items()}
    return _answer(b"%d " % problem.status, own, problem.body)


def dated(answer: bytes, fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    """An answer with more fields behind its first line, such as the date (RFC 9110, 6.6.1)."""
    at = answer.index(b"\r\n") + 2
    return b"%s%s%s" % (answer[:at], b"".join(b"%s: %s\r\n" % field for field in fields), answer[at:])


def _answer(status: bytes, own: Mapping[bytes, bytes], body: bytes) -> bytes:
    fields = {**HEADERS, **own, b"content-length": str(len(body)).encode()}
    head = b"".join(b"%s: %s\r\n" % field for field in fields.items())
    return b"HTTP/1.1 %s\r\n%s\r\n%s" % (status, head, body)


AT_ONCE: Mapping[str, Whole] = {
    "alive": Whole(200, _answer(b"200 OK", {b"content-type": b"application/json"}, b'{"status":"ok"}')),
    "queue-full": Whole(429, written(Problem("overloaded", full="queue-full", retry_after=1))),
    "comparing": Whole(429, written(Problem("overloaded", full="comparing", retry_after=2))),
}
"""The answers to what `guard.Guard.at_once` decides."""
