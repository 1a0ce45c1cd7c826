"""What a connection may do that no honest client does, and some do that are honest."""

import re
import time
from email.utils import parsedate_to_datetime

import pytest

HEALTH = b"GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"
BODY = b'{"inputs": "thanks"}'


def post(body=BODY, **headers):
    named = {"host": "127.0.0.1", "content-type": "application/json", "content-length": str(len(body))}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in (named | headers).items()]
    return b"POST /predict HTTP/1.1\r\n" + "\r\n".join(lines).encode() + b"\r\n\r\n", body


def read(line, n=1):
    """The statuses of n answers, and of all that come in a moment after them or until the end."""
    data, found = b"", []
    try:
        while True:
            line.settimeout(60 if len(found) < n else 0.3)
            if not (part := line.recv(65_536)):
                return found
            data += part
            found = [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3})", data)]
    except TimeoutError:
        return found


@pytest.mark.parametrize("apart", [False, True])
def test_a_client_that_offers_another_protocol_is_answered_in_this_one(server, apart):
    head, body = post(connection="Upgrade, HTTP2-Settings", upgrade="h2c", http2_settings="AAMAAABk")
    with server.connect() as line:
        if apart:
            line.sendall(head)
            time.sleep(0.1)
            line.sendall(body + HEALTH)
        else:
            line.sendall(head + body + HEALTH)
        assert read(line, 2) == [200, 200]


def test_a_body_behind_an_offer_is_no_request(server):
    head, _ = post(connection="Upgrade", upgrade="h2c", content_length=str(len(HEALTH)))
    with server.connect() as line:
        line.sendall(head)
        time.sleep(0.1)
        line.sendall(HEALTH)
        assert read(line) == [400]


def test_chunks_behind_an_offer_are_refused(server):
    head = b"POST /predict HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: Upgrade\r\nupgrade: h2c\r\n"
    with server.connect() as line:
        line.sendall(head + b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n" + HEALTH)
        assert read(line) == [400]


def waiting(server):
    return float(re.search(rb"^goemox_requests_in_flight (\S+)", server.ask("GET", "/metrics").body, re.M)[1])


def test_a_client_that_sent_ahead_and_left_is_noticed(server):
    head, body = post(b'{"texts": [' + b",".join([b'"so long a text, thanks again"'] * 9_000) + b"]}")
    with server.connect() as line:
        line.sendall(head.replace(b"/predict", b"/v1/stream") + body + HEALTH)
        line.recv(1_000)
    deadline = time.monotonic() + 60
    while waiting(server) > 1:
        assert time.monotonic() < deadline, "the stream is still being answered"
        time.sleep(0.05)


def test_what_is_answered_at_once_bears_the_date(server):
    with server.connect() as line:
        line.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        head = line.recv(4096).partition(b"\r\n\r\n")[0].decode()
    (date,) = re.findall(r"^date: (.*)$", head, re.MULTILINE | re.IGNORECASE)
    assert abs(parsedate_to_datetime(date.strip()).timestamp() - time.time()) < 60


def test_a_request_that_cannot_be_read_is_answered_after_one_that_was_answered_too(server):
    with server.connect() as line, line.makefile("rb") as answers:
        line.sendall(HEALTH)
        head = b"".join(iter(answers.readline, b"\r\n"))
        answers.read(int(re.search(rb"content-length: (\d+)", head)[1]))
        line.sendall(b"GET http://elsewhere/ HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        assert answers.readline().startswith(b"HTTP/1.1 400 ")
