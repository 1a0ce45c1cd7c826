"""What a connection may cost: uvicorn's protocol with deadlines and caps that it does not have.

uvicorn waits for a head for ever (its keep-alive timer starts after the first answer), and for a client to
take its answer; it takes a header field of any length, trailers as headers, any number of requests sent ahead
on one connection, and connections until there are no more file descriptors. Here each of these has an end.
Where there are too many connections, the one that has waited longest for its client makes room for a new one.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from contextlib import suppress
from functools import cache
from typing import Any, ClassVar

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from goemox.serve.guard import MOST_DIGITS
from goemox.serve.problems import Problem
from goemox.serve.unchunked import unchunked
from goemox.serve.written import AT_ONCE, dated, written

__all__ = ["ImpatientProtocol"]

HEAD_BYTES = 32 * 1024
HEAD_S = 10.0
FRAMING_BYTES = 512 * 1024  # of a body: sizes of chunks, their extensions, trailers
UNSENT_BYTES = 64 * 1024  # taken ahead of a client; megabytes otherwise, even for one that reads nothing
ANSWER_S = 30.0  # until a client has taken what was written
MOST_WAITING = 16  # requests that a client may send ahead on one connection
MOST_CONNECTIONS = 2_048
RESERVED_FILES = 2_048 + 64  # a burst is accepted before any connection of it is looked at; and the rest


class ImpatientProtocol(HttpToolsProtocol):
    """One connection; what its client does not send or take in time, or within its caps, ends it."""

    waiting: ClassVar[dict[ImpatientProtocol, None]] = {}
    """Those of this process for which nothing is done: their clients send a request, take an answer, or do
    nothing. The first one has done so for the longest time."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first head is awaited from here on."""
        self._is_crowded = len(self.connections) >= most_connections() and not self._make_room()
        super().connection_made(transport)
        transport.set_write_buffer_limits(0)  # `pause_writing` tells of anything that is not taken at once
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            line: socket.socket = transport.get_extra_info("socket")
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        self.waiting[self] = None
        self._in_head, self._deaf, self._wrong = True, False, "bad-request"
        self._head_bytes = self._wire_bytes = 0
        self._body_left = 0  # of a request whose body the parser would skip
        self._n_at_once = 0  # requests since data came last
        self._answering: RequestResponseCycle | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._taking: asyncio.TimerHandle | None = None
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more; what is being answered is told, and what was sent ahead is dropped.

        uvicorn tells the latest request only.
        """
        self.waiting.pop(self, None)
        self._head_is_here()
        self.pipeline.clear()
        if self._answering is not None and not self._answering.response_complete:
            self._answering.disconnected = True
            self._answering.message_event.set()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser; a request that cannot be read, or has too much around its body, is the last."""
        self._unset_keepalive_if_required()
        if self._deaf:
            return
        if self.cycle is None or self.cycle.response_complete:  # a head, or a body that is answered already
            self._wait_for_head()  # an empty line behind a request is none
        self._wire_bytes += len(data)
        self._n_at_once = 0
        try:
            self._feed(data)
        except httptools.HttpParserError:
            self._refuse(self._wrong)
            return
        if self._in_head and self._wire_bytes > HEAD_BYTES:
            self._refuse("head-too-large")
        elif not self._in_head and self._wire_bytes > FRAMING_BYTES:
            self._refuse("body-too-large")

    def _feed(self, data: bytes) -> None:
        """To the parser; one that offers to speak otherwise is answered as if it had not.

        The parser takes such a request to be without a body (Java's clients send one), and what follows for
        the other protocol: the body is taken here, by its length, and a new parser reads what comes then.
        """
        while data:
            if self._body_left:
                body, data = data[: self._body_left], data[self._body_left :]
                self._body_left -= len(body)
                self.on_body(body)
                if not self._body_left:
                    self.on_message_complete()
                continue
            try:
                self.parser.feed_data(data)
                return
            except httptools.HttpParserUpgrade as offer:
                data = data[offer.args[0] :]
                self.parser = httptools.HttpRequestParser(self)

    def on_message_begin(self) -> None:
        """A head begins: of the next request on a connection that is kept alive, too."""
        super().on_message_begin()
        self._in_head = True
        self._head_bytes = self._wire_bytes = 0
        self._wait_for_head()

    def on_url(self, url: bytes) -> None:
        """Counted as part of the head."""
        self._count(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Counted as part of the head; what comes after the body is none of it."""
        if self._in_head:
            self._count(name, value)
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole; the body has a deadline of its own (`guard`)."""
        self._head_is_here()
        if self._is_crowded:
            raise self._refused("overloaded")
        if len(self.pipeline) >= MOST_WAITING or not self._is_for_here():
            raise self._refused("bad-request")
        if self.parser.should_upgrade():
            self._body_left = self._length()
        self._in_head = False
        self._wire_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """All but these bytes is framing."""
        self._wire_bytes -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """What follows is the next head; until the answer, this connection waits for the model."""
        if self._body_left:
            return
        self._head_is_here()
        if self.cycle.response_complete:
            self._wait_for_head()
        else:
            self.waiting.pop(self, None)
        self._in_head = True
        self._wire_bytes = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """From here on it waits for its client again."""
        super().on_response_complete()
        if not self.pipeline and not self.transport.is_closing():
            self.waiting.pop(self, None)  # to the end
            self.waiting[self] = None

    def pause_writing(self) -> None:
        """The client does not take what it is told; it has some time to."""
        super().pause_writing()
        self.waiting.setdefault(self)
        if self._taking is None:
            self._taking = self.loop.call_later(ANSWER_S, self.transport.abort)

    def resume_writing(self) -> None:
        """All is taken; while more of the answer is made, this connection waits for the model again."""
        super().resume_writing()
        if self._answering is not None and not self._answering.response_complete:
            self.waiting.pop(self, None)
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """As uvicorn does it; what the head alone decides is written here, in a fifth of the time.

        An overload of many times what the model can do is mostly refusals.
        """
        at_once = getattr(app, "at_once", None)
        is_plain = cycle.keep_alive and not cycle.waiting_for_100_continue and not self.flow.write_paused
        is_first = self._n_at_once < MOST_WAITING  # then the caps of requests sent ahead apply
        answer = at_once(cycle.scope) if at_once is not None and is_plain and is_first else None
        if answer is None:
            if cycle.scope["http_version"] == "1.0":
                cycle.send = unchunked(cycle)  # type: ignore[method-assign, assignment]
            self._answering = cycle
            super()._start_asgi_task(cycle, app)
            return
        self._n_at_once += 1
        cycle.response_started = cycle.response_complete = True  # the body is read and dropped
        self.transport.write(dated(AT_ONCE[answer].data, self.server_state.default_headers))
        cycle.on_response()

    def _make_room(self) -> bool:
        """End the connection that has waited longest for its client; False where all wait for the model."""
        for oldest in self.waiting:
            del self.waiting[oldest]
            self.connections.discard(oldest)  # before the loop tells it
            oldest.transport.abort()
            return True
        return False

    def _is_for_here(self) -> bool:
        """Whether the target is a path, or an address under the name in the Host header (RFC 9112, 3.2)."""
        if self.url.startswith(b"/") or self.url == b"*":
            return True
        scheme, _, rest = self.url.partition(b"://")
        hosts = [value.strip().lower() for name, value in self.headers if name == b"host"]
        return scheme.lower() in (b"http", b"https") and [rest.partition(b"/")[0].lower()] == hosts

    def _length(self) -> int:
        """Bytes of a body that is not chunked. Raises HttpParserError for one that is."""
        if any(name == b"transfer-encoding" for name, _ in self.headers):
            raise self._refused("bad-request")
        sized = [value for name, value in self.headers if name == b"content-length"]
        return int(sized[0]) if sized and sized[0].isdigit() and len(sized[0]) <= MOST_DIGITS else 0

    def _refuse(self, code: str) -> None:
        """Answer a request that cannot be read, and end; one before it that is not answered yet is first."""
        self._head_is_here()
        self._deaf = True
        cycle = self.cycle
        if cycle is not None and cycle.response_complete and not self._in_head:
            self.transport.close()  # it has its answer already
            return
        if cycle is not None and not cycle.response_complete:
            unread = cycle.more_body and not self._in_head
            if self.pipeline or cycle.response_started or not unread:
                cycle.keep_alive = False
                return
        if code == "overloaded":
            problem = Problem(code, close=True, retry_after=1, full="connections-full")
            if (note := getattr(self.app, "note", None)) is not None:
                note(problem.full)
        else:
            problem = Problem(code, close=True)
        is_counted = cycle is not None and not cycle.response_complete  # as one whose client left
        if not is_counted and (refused := getattr(self.app, "refused", None)) is not None:
            refused(problem.status)
        self.transport.write(dated(written(problem), self.server_state.default_headers))
        self.transport.close()

    def _count(self, *parts: bytes) -> None:
        self._head_bytes += sum(len(part) for part in parts)
        if self._head_bytes > HEAD_BYTES:
            raise self._refused("head-too-large")

    def _refused(self, code: str) -> httptools.HttpParserError:
        """What stops the parser; `data_received` then refuses with this code."""
        self._wrong = code
        return httptools.HttpParserError()

    def _wait_for_head(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_S, self.transport.abort)

    def _head_is_here(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


@cache
def most_connections() -> int:
    """At once, in one process. The system is asked to grant as many files; it may grant fewer."""
    if sys.platform == "win32":
        return MOST_CONNECTIONS
    import resource

    wanted = MOST_CONNECTIONS + RESERVED_FILES
    granted, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if granted < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, most), most))
            granted = min(wanted, most)
    return min(MOST_CONNECTIONS, max(granted // 2, granted - RESERVED_FILES))
