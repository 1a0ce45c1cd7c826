"""Whole answers as bytes, for those that the protocol gives by itself: no application is asked."""

from __future__ import annotations

from collections.abc import Mapping

from goemox.serve.guard import HEADERS
from goemox.serve.problems import Problem

__all__ = ["AT_ONCE", "written"]


def written(problem: Problem) -> bytes:
    """The whole answer of a refusal, head and body."""
    own = {name.encode(): value.encode() for name, value in problem.headers.items()}
    return _answer(b"%d " % problem.status, own, problem.body)


def _answer(status: bytes, own: Mapping[bytes, bytes], body: bytes) -> bytes:
    fields = {**HEADERS, **own, b"content-length": str(len(body)).encode()}
    head = b"".join(b"%s: %s\r\n" % field for field in fields.items())
    return b"HTTP/1.1 %s\r\n%s\r\n%s" % (status, head, body)


AT_ONCE = {
    200: _answer(b"200 OK", {b"content-type": b"application/json"}, b'{"status":"ok"}'),
    429: written(Problem("overloaded", retry_after=1)),
}
"""The answers to what `guard.Guard.at_once` decides."""
