"""More requests than the model can do: most are refused at once, those accepted are answered, in order."""

import concurrent.futures
import json
import re
import time

import pytest

LONG = ["Thank you so much for this, it is wonderful work. " * 40] * 48


@pytest.fixture
def full(short):
    """A server with a short queue, kept full for a second or more by requests of long texts."""
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(short.ask, "POST", "/v1/predict", {"texts": LONG}) for _ in range(3)]
        deadline = time.monotonic() + 20
        while short.ask("POST", "/predict", {"inputs": "thanks"}).status != 429:
            assert time.monotonic() < deadline
        yield short
        assert {each.result(60).status for each in asked} <= {200, 429}


def request(path="/predict", body=b'{"inputs": "thanks"}', **headers):
    named = {"host": "127.0.0.1", "content-type": "application/json", "content-length": str(len(body))}
    lines = [f"{name}: {value}" for name, value in (named | headers).items()]
    return f"POST {path} HTTP/1.1\r\n".encode() + "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def answers(line, n):
    """The statuses and bodies of the next n answers on a connection."""
    file, found = line.makefile("rb"), []
    for _ in range(n):
        head = b"".join(iter(file.readline, b"\r\n"))
        length = int(re.search(rb"content-length: (\d+)", head)[1])
        found.append((int(head.split()[1]), head, json.loads(file.read(length))))
    return found


def test_a_refusal_says_when_to_return_and_keeps_the_connection(full):
    with full.connect() as line:
        for _ in range(50):
            line.sendall(request())
            ((status, head, body),) = answers(line, 1)
            if status == 429:
                break
        assert status == 429
        assert b"retry-after: 1\r\n" in head
        assert b"content-security-policy" in head
        assert body["code"] == "overloaded"
        line.sendall(b"GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        assert answers(line, 1)[0][0] == 200


def test_a_body_that_comes_late_is_not_taken_for_the_next_request(full):
    with full.connect() as line:
        whole = request(body=b'{"inputs": "' + b"thanks " * 2_000 + b'"}')
        line.sendall(whole[:300])
        time.sleep(0.1)
        line.sendall(whole[300:] + b"GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        found = answers(line, 2)
    assert [status for status, _, _ in found] == [429, 200]


def test_requests_sent_ahead_are_answered_in_their_order(full):
    health = b"GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"
    with full.connect() as line:
        line.sendall(health + request() + health + request() + health)
        found = answers(line, 5)
    assert [status for status, _, _ in found][::2] == [200, 200, 200]
    assert {status for status, _, _ in found[1::2]} <= {429, 200}


def test_who_may_not_come_in_is_told_that_first(full):
    for headers, status in (({"host": "evil.example"}, 400), ({"origin": "http://evil.example"}, 403)):
        with full.connect() as line:
            line.sendall(request(**headers))
            assert answers(line, 1)[0][0] == status


def test_refusals_are_counted(full):
    for _ in range(20):
        full.ask("POST", "/predict", {"inputs": "thanks"})
    counted = full.ask("GET", "/metrics").body.decode()
    assert int(float(re.search(r'requests_total\{path="/predict",status="429"\} (\S+)', counted)[1])) >= 1


def test_a_server_that_was_full_answers_again(full):
    deadline = time.monotonic() + 60
    while full.ask("POST", "/predict", {"inputs": "thanks"}).status == 429:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert full.ask("POST", "/predict", {"inputs": "thanks"}).status == 200
