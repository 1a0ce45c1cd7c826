"""The polite GET against real servers on loopback: identity, retries, pauses, redirects, token, caps."""

import gzip
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import httpx2
import pytest
from polite_get import FAST, base_of, get
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from goemox.errors import SourceError, UsageError
from goemox.http import Answer, retry_after


@pytest.fixture
def other_server() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1", port=0) as server:
        yield server


def test_every_request_names_goemox_and_its_version(httpserver):
    httpserver.expect_request("/a").respond_with_data("hello")
    (answer,) = get(base_of(httpserver), "/a")
    assert (answer.status, answer.body) == (200, b"hello")
    (request, _), *_ = httpserver.log
    assert request.headers["user-agent"].startswith("goemox/")


@pytest.mark.fault("answers 500 and 503 in a row", "tried again after pauses that grow")
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
    assert 1.0 <= time.monotonic() - started < 60


@pytest.mark.fault(
    "a host asks for a longer pause than we wait", "error says how long; nothing more is asked"
)
def test_a_longer_wait_than_our_patience_is_not_waited_for_but_told(httpserver):
    httpserver.expect_request("/a").respond_with_data("", status=429, headers={"Retry-After": "3600"})
    started = time.monotonic()
    with pytest.raises(SourceError, match="429 after 1 try; try again in 3,600 s"):
        get(base_of(httpserver), "/a")
    assert time.monotonic() - started < 60


@pytest.mark.fault("a host asks for short pauses without end", "they add up; then an error")
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


@pytest.mark.fault("a redirect to another host, with a token", "refused; the token goes nowhere else")
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


@pytest.mark.fault("redirects in a circle", "ends after five, with an error")
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


def test_the_token_stays_home_though_a_store_may_be_redirected_to(monkeypatch):
    asked = {}

    def answer(request):
        asked[request.url.host] = request.headers.get("authorization")
        if request.url.host == "cdn.hf.co":
            return httpx2.Response(200, content=b"ok")
        return httpx2.Response(302, headers={"location": "https://cdn.hf.co/x"})

    stores = httpx2.MockTransport(answer)  # which are asked over TLS alone
    to_stores = SimpleNamespace(AsyncClient=lambda **options: httpx2.AsyncClient(transport=stores))
    monkeypatch.setattr("goemox.http.wire.httpx2", to_stores)
    (found,) = get("https://huggingface.co", "/a", token="s3cret", redirect_hosts=(".hf.co",))
    assert found.body == b"ok"
    assert asked == {"huggingface.co": "Bearer s3cret", "cdn.hf.co": None}


def test_pauses_between_tries_grow(httpserver):
    times = []

    def answer(request):
        times.append(time.monotonic())
        return Response("", 500)

    httpserver.expect_request("/a").respond_with_handler(answer)
    with pytest.raises(SourceError):
        get(base_of(httpserver), "/a", politeness=replace(FAST, first_wait_s=0.1, longest_wait_s=2.0))
    first, second = times[1] - times[0], times[2] - times[1]
    assert first >= 0.09
    assert second >= 0.18


def test_while_a_host_wants_a_pause_no_other_request_is_sent(httpserver):
    times = []

    def answer(request):
        times.append(time.monotonic())
        return Response("", 429, {"Retry-After": "1"}) if len(times) == 1 else Response("ok")

    httpserver.expect_request("/a").respond_with_handler(answer)
    waits: list[float] = []
    slow = replace(FAST, concurrency=1, patience_s=30.0)
    answers = get(base_of(httpserver), *["/a"] * 4, politeness=slow, on_wait=waits.append)
    assert [answer.status for answer in answers] == [200] * 4
    assert len(httpserver.log) == 5
    assert times[1] - times[0] >= 0.95
    assert waits[0] == pytest.approx(1.0, abs=0.2)
    assert waits[-1] == 0.0


def chunks_without_length(request: Request) -> Response:
    return Response(iter([b"x" * 1_000] * 50), direct_passthrough=True)


def gzip_bomb(request: Request) -> Response:
    return Response(gzip.compress(b"0" * 1_000_000), headers={"Content-Encoding": "gzip"})


@pytest.mark.parametrize(
    "handler",
    [
        chunks_without_length,
        lambda _: Response(b"x" * 10_001),
        pytest.param(
            gzip_bomb,
            marks=pytest.mark.fault("a small body that unpacks to a huge one", "refused at the cap"),
        ),
    ],
)
def test_a_body_over_the_cap_is_refused_once_however_it_comes(httpserver, handler):
    httpserver.expect_request("/a").respond_with_handler(handler)
    with pytest.raises(SourceError, match="larger than 10,000 bytes"):
        get(base_of(httpserver), "/a")
    assert len(httpserver.log) <= 1


def test_a_body_at_the_cap_is_accepted(httpserver):
    httpserver.expect_request("/a").respond_with_data(b"x" * 10_000)
    assert len(get(base_of(httpserver), "/a")[0].body) == 10_000


def test_as_many_requests_in_flight_as_allowed_and_never_more():
    three_are_here, lock, now, most = threading.Barrier(3), threading.Lock(), [0], [0]

    def wait_for_three(request: Request) -> Response:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        three_are_here.wait(timeout=60)  # fewer than three at once: nobody gets past here
        with lock:
            now[0] -= 1
        return Response("ok")

    with HTTPServer(host="127.0.0.1", port=0, threaded=True) as server:
        server.expect_request("/a").respond_with_handler(wait_for_three)
        slow = replace(FAST, concurrency=3, silence_s=90, deadline_s=90)
        assert len(get(base_of(server), *["/a"] * 12, politeness=slow)) == 12
    assert most[0] == 3


def test_requests_keep_their_rate(httpserver):
    httpserver.expect_request("/a").respond_with_data("ok")
    started = time.monotonic()
    get(base_of(httpserver), *["/a"] * 6, politeness=replace(FAST, per_second=20))
    assert time.monotonic() - started >= 5 / 20 - 0.02


@pytest.mark.fault(
    "a rate so small that a request waits longer than it may take", "the wait is our own, and is not counted"
)
def test_a_wait_for_our_own_rate_is_no_fault_of_the_network(httpserver):
    httpserver.expect_request("/a").respond_with_data("ok")
    slow = replace(FAST, per_second=0.6, deadline_s=1.5, attempts=1)
    assert len(get(base_of(httpserver), "/a", "/a", politeness=slow)) == 2


def test_the_next_page_is_read_from_the_link_header(httpserver):
    link = '<http://127.0.0.1/p2>; rel="next", <http://127.0.0.1/p9>; rel="last"'
    httpserver.expect_request("/a").respond_with_data("ok", headers={"Link": link})
    httpserver.expect_request("/b").respond_with_data(
        "ok", headers={"Link": '<http://127.0.0.1/p1>; rel="prev"'}
    )
    first, last = get(base_of(httpserver), "/a", "/b")
    assert (first.next_page, last.next_page) == ("http://127.0.0.1/p2", None)
