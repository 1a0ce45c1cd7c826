"""More requests than the model can do: most are refused at once, those accepted are answered, in order."""

import concurrent.futures
import contextlib
import json
import re
import threading
import time

import pytest

HEALTH = b"GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"

SHORT = ["Thank you so much for this."] * 8  # as many as are short
HEAVY = ["Thank you so much for this, it is wonderful work. " * 8] * 480


@contextlib.contextmanager
def keeping_full(server, texts, clients):
    """Other clients keep a queue full meanwhile; it has room for a moment now and then."""
    stop = threading.Event()

    def client():
        while not stop.is_set():
            if server.ask("POST", "/v1/predict", {"texts": texts}).status == 429:
                time.sleep(0.01)

    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        asking = [pool.submit(client) for _ in range(clients)]
        try:
            yield
        finally:
            stop.set()
        for each in asking:
            each.result(60)


@pytest.fixture
def full(short):
    """A server with a short queue that is full."""
    with keeping_full(short, SHORT, clients=8):
        yield short


def until(found, wanted):
    """What `found` gives once it is `wanted`."""
    deadline = time.monotonic() + 60
    while not wanted(answer := found()):
        assert time.monotonic() < deadline, answer
        time.sleep(0.005)
    return answer


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

        def found():
            line.sendall(request())
            return answers(line, 1)[0]

        _, head, body = until(found, lambda answer: answer[0] == 429)
        assert b"retry-after: 1\r\n" in head
        assert b"content-security-policy" in head
        assert body["code"] == "overloaded"
        line.sendall(HEALTH)
        assert answers(line, 1)[0][0] == 200


def test_a_body_that_comes_late_is_not_taken_for_the_next_request(full):
    whole = request(body=b'{"inputs": "' + b"thanks " * 1_000 + b'"}')
    with full.connect() as line:

        def found():
            line.sendall(whole[:300])
            time.sleep(0.05)
            line.sendall(whole[300:] + HEALTH)
            return [status for status, _, _ in answers(line, 2)]

        assert until(found, lambda statuses: statuses[0] == 429) == [429, 200]


def test_requests_sent_ahead_are_answered_in_their_order(full):
    with full.connect() as line:

        def found():
            line.sendall(HEALTH + request() + HEALTH + request() + HEALTH)
            return [status for status, _, _ in answers(line, 5)]

        statuses = until(found, lambda statuses: 429 in statuses)
    assert statuses[::2] == [200, 200, 200]
    assert set(statuses[1::2]) <= {429, 200}


def test_more_requests_sent_ahead_than_are_taken_end_the_connection(full):
    with full.connect() as line:
        line.sendall(request() * 200)
        line.settimeout(60)
        data = b"".join(iter(lambda: line.recv(65_536), b""))
    statuses = [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3})", data)]
    assert len(statuses) <= 60
    assert set(statuses) <= {200, 429, 400}


def test_a_large_body_is_refused_from_its_head_where_long_requests_have_no_room(short):
    head = request("/v1/predict", b"").replace(b"content-length: 0", b"content-length: 1500000")

    def found():
        with short.connect() as line:
            line.sendall(head)  # and nothing of the body
            line.settimeout(0.5)
            with contextlib.suppress(TimeoutError):
                return answers(line, 1)[0]

    with keeping_full(short, HEAVY, clients=2):
        status, _, body = until(found, bool)
    assert (status, body["code"]) == (429, "overloaded")


LONG = {
    "/v1/predict": {"texts": [f"Thank you so much, {i} times!" for i in range(64)]},
    "/v1/stream": {"texts": [f"Thank you so much, {i} times!" for i in range(200)]},
    "/v1/explain": {"text": "Thank you so much for this, it is wonderful work of yours."},
}


@pytest.mark.parametrize("path", LONG)
def test_what_waits_among_long_requests_is_not_refused_because_the_line_of_short_ones_is_full(full, path):
    until(lambda: full.ask("POST", "/predict", {"inputs": "thanks"}).status, (429).__eq__)
    assert [full.ask("POST", path, LONG[path]).status for _ in range(6)] == [200] * 6


def test_a_body_that_does_not_say_how_long_it_is_is_read_before_it_is_refused(full):
    until(lambda: full.ask("POST", "/predict", {"inputs": "thanks"}).status, (429).__eq__)
    body = json.dumps(LONG["/v1/predict"]).encode()
    head = request("/v1/predict", b"", **{"transfer-encoding": "chunked"}).replace(
        b"content-length: 0\r\n", b""
    )
    for _ in range(6):
        with full.connect() as line:
            line.sendall(head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
            assert answers(line, 1)[0][0] == 200


def test_who_may_not_come_in_is_told_that_first(full):
    for headers, status in (({"host": "evil.example"}, 400), ({"origin": "http://evil.example"}, 403)):
        for _ in range(20):
            with full.connect() as line:
                line.sendall(request(**headers))
                assert answers(line, 1)[0][0] == status


def test_refusals_are_counted(full):
    def found():
        full.ask("POST", "/predict", {"inputs": "thanks"})
        counted = full.ask("GET", "/metrics").body.decode()
        return re.search(r'requests_total\{path="/predict",status="429"\} (\S+)', counted)

    assert float(until(found, bool)[1]) >= 1


def test_health_says_the_same_whether_the_connection_is_kept_or_not(short):
    kept, ended = HEALTH, HEALTH.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n")
    told = []
    for sent in (kept, ended):
        with short.connect() as line:
            line.sendall(sent)
            status, head, body = answers(line, 1)[0]
        lines = {
            each for each in head.split(b"\r\n") if each and not each.startswith((b"date", b"connection"))
        }
        told.append((status, body, lines))
    assert told[0] == told[1]


def test_a_server_that_was_full_answers_again(short):
    assert until(lambda: short.ask("POST", "/predict", {"inputs": "thanks"}).status, (200).__eq__) == 200
