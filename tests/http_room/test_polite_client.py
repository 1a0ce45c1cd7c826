"""The polite GET against real servers on loopback, faults included."""

import asyncio
import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from goemox.errors import SourceError, UsageError
from goemox.http import Answer, Client, Politeness, call, retry_after
from goemox.http.addresses import check_base_url

FAST = Politeness(
    concurrency=8, per_second=1000, attempts=3, first_wait_s=0.01, longest_wait_s=0.02, patience_s=3.0,
    silence_s=2.0, deadline_s=5.0, max_bytes=10_000,
)  # fmt: skip


def get(
    base: str, *targets: str, politeness: Politeness = FAST, allow: tuple[int, ...] = (), **options
) -> list[Answer]:
    async def fetch() -> list[Answer]:
        async with Client(base, politeness=politeness, **options) as client:
            return await asyncio.gather(*(client.get(target, allow) for target in targets))

    return call(fetch())


def base_of(server: HTTPServer) -> str:
    return check_base_url("TEST", server.url_for(""))


@pytest.fixture
def other_server() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1", port=0) as server:
        yield server


@contextmanager
def raw_server(*answers: bytes, hold_s: float = 0.0) -> Iterator[str]:
    """A server that sends these bytes, one answer a connection, and hangs up after `hold_s`."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for answer in answers:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65_536)
                connection.sendall(answer)
                time.sleep(hold_s)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()
        thread.join(5)


def test_every_request_names_goemox_and_its_version(httpserver):
    httpserver.expect_request("/a").respond_with_data("hello")
    (answer,) = get(base_of(httpserver), "/a")
    assert (answer.status, answer.body) == (200, b"hello")
    (request, _), *_ = httpserver.log
    assert request.headers["user-agent"].startswith("goemox/")


def test_a_server_error_is_tried_again_until_it_is_well(httpserver):
    httpserver.expect_ordered_request("/a").respond_with_data("", status=500)
    httpserver.expect_ordered_request("/a").respond_with_data("", status=503)
    httpserver.expect_ordered_request("/a").respond_with_data("well")
    assert get(base_of(httpserver), "/a")[0].body == b"well"


def test_after_the_last_try_the_error_names_address_status_and_tries_but_no_query(httpserver):
    httpserver.expect_request("/a").respond_with_data("", status=502)
    with pytest.raises(SourceError, match=r"/a: answered 502 after 3 tries; try again later") as caught:
        get(base_of(httpserver), "/a?secret=1")
    assert len(httpserver.log) == 3
    assert "secret" not in str(caught.value)


def test_a_refusal_is_not_tried_again(httpserver):
    httpserver.expect_request("/a").respond_with_data("", status=404)
    with pytest.raises(SourceError, match="404 after 1 try"):
        get(base_of(httpserver), "/a")
    assert len(httpserver.log) == 1


def test_an_allowed_status_comes_back_as_an_answer(httpserver):
    httpserver.expect_request("/a").respond_with_data("gone", status=410)
    assert get(base_of(httpserver), "/a", allow=(410,))[0].status == 410


def test_retry_after_is_waited_for(httpserver):
    httpserver.expect_ordered_request("/a").respond_with_data("", status=429, headers={"Retry-After": "1"})
    httpserver.expect_ordered_request("/a").respond_with_data("ok")
    started = time.monotonic()
    assert get(base_of(httpserver), "/a")[0].body == b"ok"
    assert 1.0 <= time.monotonic() - started < 10


def test_a_longer_wait_than_our_patience_is_not_waited_for_but_told(httpserver):
    httpserver.expect_request("/a").respond_with_data("", status=429, headers={"Retry-After": "3600"})
    started = time.monotonic()
    with pytest.raises(SourceError, match="429 after 1 try; try again in 3,600 s"):
        get(base_of(httpserver), "/a")
    assert time.monotonic() - started < 60


def test_waits_add_up_against_one_patience(httpserver):
    httpserver.expect_request("/a").respond_with_data("", status=429, headers={"Retry-After": "0.4"})
    with pytest.raises(SourceError, match="after 2 tries"):
        get(base_of(httpserver), "/a", politeness=replace(FAST, attempts=9, patience_s=0.5))


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [
        ("7", 7, 7),
        ("-3", 0, 0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0),
        ("Fri, 31 Dec 2100 23:59:59 GMT", 1e9, 1e10),
    ],
)
def test_retry_after_is_read_as_seconds_or_date_and_never_negative(header, low, high):
    seconds = retry_after(Answer(429, "https://x.org", {"retry-after": header}, b""))
    assert seconds is not None
    assert low <= seconds <= high


@pytest.mark.parametrize("header", ["", "soon", "nan", "inf", "1e999"])
def test_a_retry_after_without_sense_says_nothing(header):
    assert retry_after(Answer(429, "https://x.org", {"retry-after": header}, b"")) is None


def test_a_redirect_on_the_same_host_is_followed(httpserver):
    httpserver.expect_request("/old").respond_with_data("", status=301, headers={"Location": "/new?x=1"})
    httpserver.expect_request("/new").respond_with_data("moved")
    (answer,) = get(base_of(httpserver), "/old")
    assert (answer.body, answer.url) == (b"moved", httpserver.url_for("/new?x=1"))


def test_a_redirect_to_another_host_is_refused_before_it_is_asked(httpserver, other_server):
    httpserver.expect_request("/a").respond_with_data(
        "", status=302, headers={"Location": other_server.url_for("/b")}
    )
    with pytest.raises(SourceError, match=r"another host .* refused"):
        get(base_of(httpserver), "/a", token="s3cret")
    assert other_server.log == []


def test_a_full_address_on_another_host_is_refused_before_it_is_asked(httpserver, other_server):
    with pytest.raises(SourceError, match="another host"):
        get(base_of(httpserver), other_server.url_for("/b"), token="s3cret")
    assert other_server.log == []


def test_a_circle_of_redirects_ends(httpserver):
    httpserver.expect_request("/a").respond_with_data("", status=302, headers={"Location": "/a"})
    with pytest.raises(SourceError, match="circle"):
        get(base_of(httpserver), "/a")
    assert len(httpserver.log) < 10


def test_the_token_goes_to_the_home_host_trimmed(httpserver):
    httpserver.expect_request("/a").respond_with_data("ok")
    get(base_of(httpserver), "/a", token="s3cret\n")
    assert httpserver.log[0][0].headers["authorization"] == "Bearer s3cret"


def test_no_token_means_no_authorization(httpserver):
    httpserver.expect_request("/a").respond_with_data("ok")
    get(base_of(httpserver), "/a", token="  ")
    assert "authorization" not in httpserver.log[0][0].headers


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "ünicode", "\x00"])
def test_a_token_that_cannot_be_one_is_refused_without_being_shown(httpserver, token):
    with pytest.raises(UsageError) as caught:
        get(base_of(httpserver), "/a", token=token)
    assert token not in str(caught.value)
    assert httpserver.log == []


def chunks_without_length(request: Request) -> Response:
    return Response(iter([b"x" * 1_000] * 50), direct_passthrough=True)


def gzip_bomb(request: Request) -> Response:
    return Response(gzip.compress(b"0" * 1_000_000), headers={"Content-Encoding": "gzip"})


@pytest.mark.parametrize("handler", [chunks_without_length, gzip_bomb, lambda _: Response(b"x" * 10_001)])
def test_a_body_over_the_cap_is_refused_once_however_it_comes(httpserver, handler):
    httpserver.expect_request("/a").respond_with_handler(handler)
    with pytest.raises(SourceError, match="larger than 10,000 bytes"):
        get(base_of(httpserver), "/a")
    assert len(httpserver.log) <= 1


def test_a_body_at_the_cap_is_accepted(httpserver):
    httpserver.expect_request("/a").respond_with_data(b"x" * 10_000)
    assert len(get(base_of(httpserver), "/a")[0].body) == 10_000


def test_a_silent_server_is_given_up():
    with (
        raw_server(b"", hold_s=2.0) as base,
        pytest.raises(SourceError, match=r"no answer within 0.2 s, 1 try"),
    ):
        get(base, "/a", politeness=replace(FAST, silence_s=0.2, attempts=1))


def test_a_body_that_drips_is_given_up_at_the_deadline():
    def drip() -> Iterator[bytes]:
        for _ in range(50):
            time.sleep(0.05)
            yield b"."

    with HTTPServer(host="127.0.0.1", port=0) as server:
        server.expect_request("/a").respond_with_handler(lambda _: Response(drip(), direct_passthrough=True))
        started = time.monotonic()
        with pytest.raises(SourceError, match=r"not finished within 0.4 s"):
            get(base_of(server), "/a", politeness=replace(FAST, deadline_s=0.4, attempts=1))
        assert time.monotonic() - started < 2.4


def test_a_closed_port_is_no_connection():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(SourceError, match=r"no connection .* 3 tries; check the network"):
        get(f"http://127.0.0.1:{port}", "/a")


def test_an_answer_that_breaks_off_is_tried_again():
    torn = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"
    whole = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
    with raw_server(torn, whole) as base:
        assert get(base, "/a")[0].json() == {}


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


def test_as_many_requests_in_flight_as_allowed_and_never_more():
    three_are_here, lock, now, most = threading.Barrier(3), threading.Lock(), [0], [0]

    def wait_for_three(request: Request) -> Response:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        three_are_here.wait(timeout=10)  # fewer than three at once: nobody gets past here
        with lock:
            now[0] -= 1
        return Response("ok")

    with HTTPServer(host="127.0.0.1", port=0, threaded=True) as server:
        server.expect_request("/a").respond_with_handler(wait_for_three)
        slow = replace(FAST, concurrency=3, silence_s=20, deadline_s=20)
        assert len(get(base_of(server), *["/a"] * 12, politeness=slow)) == 12
    assert most[0] == 3


def test_requests_keep_their_rate(httpserver):
    httpserver.expect_request("/a").respond_with_data("ok")
    started = time.monotonic()
    get(base_of(httpserver), *["/a"] * 6, politeness=replace(FAST, per_second=20))
    assert time.monotonic() - started >= 5 / 20 - 0.02


def test_the_next_page_is_read_from_the_link_header(httpserver):
    link = '<http://127.0.0.1/p2>; rel="next", <http://127.0.0.1/p9>; rel="last"'
    httpserver.expect_request("/a").respond_with_data("ok", headers={"Link": link})
    httpserver.expect_request("/b").respond_with_data(
        "ok", headers={"Link": '<http://127.0.0.1/p1>; rel="prev"'}
    )
    first, last = get(base_of(httpserver), "/a", "/b")
    assert (first.next_page, last.next_page) == ("http://127.0.0.1/p2", None)
