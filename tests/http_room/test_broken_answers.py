"""Answers that do not come, do not end, or are no answers: each from a real socket."""

import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from polite_get import FAST, base_of, get, raw_server
from pytest_httpserver import HTTPServer
from werkzeug import Response

from goemox.errors import SourceError
from goemox.http import Answer


@pytest.mark.fault("a server that accepts and says nothing", "given up after a silence, error names it")
def test_a_silent_server_is_given_up():
    with (
        raw_server(b"", hold_s=2.0) as base,
        pytest.raises(SourceError, match=r"no answer within 0.2 s, 1 try"),
    ):
        get(base, "/a", politeness=replace(FAST, silence_s=0.2, attempts=1))


@pytest.mark.fault("a body that drips for ever", "given up at a deadline")
def test_a_body_that_drips_is_given_up_at_the_deadline():
    def drip() -> Iterator[bytes]:
        for _ in range(1_000):
            time.sleep(0.05)
            yield b"."

    with HTTPServer(host="127.0.0.1", port=0) as server:
        server.expect_request("/a").respond_with_handler(lambda _: Response(drip(), direct_passthrough=True))
        started = time.monotonic()
        with pytest.raises(SourceError, match=r"not finished within 0.4 s"):
            get(base_of(server), "/a", politeness=replace(FAST, deadline_s=0.4, attempts=1))
        assert time.monotonic() - started < 30


@pytest.mark.fault("nobody listens", "error: no connection; check the network")
def test_a_closed_port_is_no_connection():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(SourceError, match=r"no connection .* 3 tries; check the network"):
        get(f"http://127.0.0.1:{port}", "/a")


@pytest.mark.fault("a body shorter than declared", "tried again")
def test_an_answer_that_breaks_off_is_tried_again():
    torn = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"
    whole = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
    with raw_server(torn, whole) as base:
        assert get(base, "/a")[0].json() == {}


def test_an_answer_that_cannot_be_unpacked_is_tried_again(tmp_path):
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncache-control: max-age=60\r\n"
    with raw_server(head + b"content-encoding: gzip\r\n\r\n{}", head + b"\r\n{}") as base:
        assert get(base, "/a", cache=tmp_path)[0].json() == {}


@pytest.mark.fault("bytes that are no HTTP", "error: the connection broke")
def test_rubbish_instead_of_http_is_a_source_error():
    with (
        raw_server(*[b"\x00\xff nonsense\r\n\r\n"] * 3) as base,
        pytest.raises(SourceError, match="connection broke"),
    ):
        get(base, "/a")


@pytest.mark.parametrize("body", [b"<html>busy</html>", b"", b'{"a":', b"NaN", b"[" * 100_000, b"\xff\xfe"])
def test_a_body_that_is_no_json_is_a_source_error_that_shows_its_start(body):
    with pytest.raises(SourceError, match=r"https://x.org/a: answered something that is not JSON"):
        Answer(200, "https://x.org/a?key=1", {}, body).json()


def test_bytes_and_escapes_that_are_no_text_are_replaced_not_fatal():
    assert Answer(200, "https://x.org", {}, b'{"a": "x\xff"}').json() == {"a": "x\ufffd"}
    assert Answer(200, "https://x.org", {}, rb'{"a": "\ud800 ok"}').json() == {"a": "? ok"}
