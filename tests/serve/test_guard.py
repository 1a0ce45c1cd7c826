"""What may not come in stays out, whatever it is asked by; refusals say little and always the same."""

import asyncio
import json
import socket
import time

import pytest

from goemox.serve.configuration import ServeSettings, door_of
from goemox.serve.guard import Door, Guard
from goemox.serve.limits import Limits
from goemox.serve.problems import Problem

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8000", "localhost.", "0.0.0.0"])
def test_other_host_names_are_refused_for_every_method(server, method, host):
    answer = server.ask(method, "/v1/predict", Host=host)
    assert answer.status == 400
    assert method == "HEAD" or answer.json["code"] == "bad-host"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:9", "127.0.0.1:80", "[::1]:8000"])
def test_names_of_this_machine_are_served_on_any_port(server, host):
    assert server.ask("GET", "/health", Host=host).status == 200


def test_a_request_without_a_host_or_with_two_is_none(server):
    for head in (
        b"GET /health HTTP/1.1\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n",
    ):
        with server.connect() as line:
            line.sendall(head)
            answer = line.makefile("rb").read()
            assert answer.startswith(b"HTTP/1.1 400 ")
            assert b"Send the field Host once." in answer


@pytest.mark.parametrize(
    ("request_line", "fields", "said"),
    [
        ("GET /health", {"Host": "evil.example"}, "by a name that the server was given with --allow-host"),
        ("GET /health", {"Host": "localhost", "Origin": "http://evil.example"}, "with --allow-origin"),
        ("FROB /health", {"Host": "localhost"}, "by a method that HTTP has"),
    ],
)
def test_who_may_not_come_in_is_told_what_to_do_and_no_name(server, request_line, fields, said):
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    with server.connect() as line:
        line.sendall(f"{request_line} HTTP/1.1\r\n{head}\r\n".encode())
        answer = line.makefile("rb").read().decode()
    assert said in answer
    assert "evil" not in answer
    assert "127.0.0.1" not in answer


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example"])
def test_pages_of_other_origins_may_not_call_by_any_method(server, method, origin):
    answer = server.ask(method, "/v1/predict", Origin=origin)
    assert answer.status == 403
    assert "access-control-allow-origin" not in answer.headers


def test_the_servers_own_pages_may_call(server):
    own = f"http://127.0.0.1:{server.port}"
    assert server.ask("POST", "/v1/predict", {"texts": ["ok"]}, Origin=own).status == 200
    behind_a_proxy = {"Host": "localhost", "Origin": "https://localhost:8443"}  # which drops the port
    for site, status in (("same-origin", 200), ("same-site", 403), ("none", 403)):
        assert server.ask("GET", "/v1/labels", Sec_Fetch_Site=site, **behind_a_proxy).status == status
    assert server.ask("GET", "/health", Host="evil.example", Sec_Fetch_Site="same-origin").status == 400


def test_a_page_that_is_allowed_may_call_and_read_and_no_other(served, tmp_path):
    (tmp_path / "token").write_text("correct-horse-battery")
    page = "https://app.example"
    server = served("--allow-origin", page, "--token-file", str(tmp_path / "token"))
    asked = server.ask("OPTIONS", "/v1/predict", Origin=page, Access_Control_Request_Method="POST")
    assert (asked.status, asked.headers["access-control-allow-origin"]) == (204, page)
    assert "authorization" in asked.headers["access-control-allow-headers"]
    token = "Bearer correct-horse-battery"
    answer = server.ask("POST", "/v1/predict", {"texts": ["ok"]}, Origin=page, Authorization=token)
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, page)
    assert "access-control-allow-credentials" not in answer.headers
    refused = server.ask("POST", "/v1/predict", {"texts": ["ok"]}, Origin=page)
    assert (refused.status, refused.headers["access-control-allow-origin"]) == (401, page)
    other = server.ask(
        "OPTIONS", "/v1/predict", Origin="https://evil.example", Access_Control_Request_Method="POST"
    )
    assert other.status == 403


@pytest.mark.parametrize(
    ("allowed", "sent"),
    [
        ("https://app.example:443", "https://app.example"),  # as browsers write it
        ("http://b:80", "http://b"),
        ("https://app.example", "https://app.example:443"),
        ("http://app.example:443", "http://app.example:443"),
    ],
)
def test_the_port_that_a_scheme_has_anyway_may_be_written_and_left_out(allowed, sent):
    guard = Guard(None, door_of(ServeSettings(allow_origins=(allowed,))), Limits())
    headers = {b"host": [b"localhost:443"], b"origin": [sent.encode()]}
    assert guard._check_address(headers) == sent
    assert guard._check_address({**headers, b"origin": [b"https://localhost"]}) == ""
    for other in ("https://app.example:80", "http://b:443", "https://b"):
        with pytest.raises(Problem, match="bad-origin"):
            guard._check_address({**headers, b"origin": [other.encode()]})


def test_every_answer_carries_the_security_headers(server):
    for answer in (
        server.ask("GET", "/health"),
        server.ask("GET", "/nothing"),
        server.ask("GET", "/", Host="x"),
    ):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "server" not in answer.headers


def test_a_token_is_asked_for_before_the_body_is_read(guarded):
    body = {"texts": ["ok"]}
    right = "Bearer correct-horse-battery"
    for given in (right, right.replace("Bearer ", "bearer  ")):  # the scheme has no case (RFC 9110, 11.1)
        assert guarded.ask("POST", "/v1/predict", body, Authorization=given).status == 200
    for wrong in ("Bearer correct-horse-batterx", "Bearer ", "correct-horse-battery", "Basic abc"):
        answer = guarded.ask("POST", "/v1/predict", body, Authorization=wrong)
        assert (answer.status, answer.json["code"]) == (401, "no-token")
        assert answer.headers["www-authenticate"] == "Bearer"
    with guarded.connect() as line:  # 2 MB announced, none sent
        line.sendall(b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n\r\n")
        assert line.recv(4096).startswith(b"HTTP/1.1 401 ")
    assert guarded.ask("GET", "/health").status == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"texts": [NaN]}', 400, "not-json"),
        (b'{"texts": [1e999]}', 400, "not-json"),
        (b'{"texts": ["\\ud800"]}', 400, "not-json"),
        (b'{"texts": ["\xff"]}', 400, "not-json"),
        (b"[" * 200_000, 400, "not-json"),
        (b'{"texts": [' + b"1" * 6_000 + b"]}", 400, "not-json"),
        (b"", 422, "invalid"),
        (b"null", 422, "invalid"),
        (b'{"texts": []}', 422, "invalid"),
        (b'{"texts": ["  "]}', 422, "invalid"),
        (b'{"texts": "one text"}', 422, "invalid"),
        (b'{"texts": [null, 1, true, {}]}', 422, "invalid"),
        (b'{"texts": ["ok"], "more": 1}', 422, "invalid"),
        (json.dumps({"texts": ["x" * 10_001]}).encode(), 422, "invalid"),
        (json.dumps({"texts": ["x"] * 513}).encode(), 422, "invalid"),
    ],
)
def test_bodies_that_are_no_request_are_refused_and_never_fail(server, body, status, code):
    answer = server.ask("POST", "/v1/predict", body)
    assert (answer.status, answer.json["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.body) < 1_000


def test_a_refusal_repeats_nothing_of_the_request(server):
    secret = "s3cr3t-" * 20
    for body in ({"texts": [5], secret: 1}, {"texts": [{secret: secret}]}, {"texts": secret}):
        assert "s3cr3t" not in server.ask("POST", "/v1/predict", body).body.decode()
    assert "s3cr3t" not in server.ask("POST", f"/{secret}", {}).body.decode()


def test_two_hundred_thousand_wrong_items_get_a_short_answer_soon(server):
    began = time.monotonic()
    answer = server.ask("POST", "/v1/predict", b'{"texts": [' + b"5," * 199_999 + b"5]}")
    assert answer.status == 422
    assert len(answer.body) < 4_000
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    "content_type", ["text/plain", "multipart/form-data; boundary=x", "application/jsonp", ""]
)
def test_only_json_is_read(server, content_type):
    answer = server.ask("POST", "/v1/predict", b'{"texts": ["ok"]}', content_type=content_type)
    assert (answer.status, answer.json["code"]) == (415, "not-json-type")


def test_a_body_over_the_cap_is_refused_by_its_length_and_by_its_bytes(server):
    cap = 2 * 2**20
    answer = server.ask("POST", "/v1/predict", b" " * (cap - 40) + b'{"texts": ["ok"]}')
    assert answer.status == 200
    with server.connect() as line:
        line.sendall(
            b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % (cap + 1)
        )
        answer = b"".join(iter(lambda: line.recv(4096), b""))  # to the end: the connection is closed after it
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b"A body may have 2,097,152 bytes here, at most." in answer
    assert _flood(server, b"%x\r\n%s\r\n" % (65_536, b" " * 65_536), 1_000).startswith(b"HTTP/1.1 413 ")
    assert _flood(server, b"1\r\n \r\n" * 1_000, 3_000).startswith(b"HTTP/1.1 413 ")


def _flood(server, chunk, times):
    """The first bytes of the answer to a body that never ends."""
    with server.connect() as line:
        line.sendall(
            b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        try:
            for _ in range(times):
                line.sendall(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused meanwhile
        try:
            return line.recv(4096)
        except ConnectionResetError:
            return b"HTTP/1.1 413 (closed before the answer was read)"


@pytest.mark.parametrize("sent", [b"", b"GET /health HT", b"POST / HTTP/1.1\r\nHost: localhost\r\n"])
def test_four_hundred_sockets_that_send_no_request_disturb_nobody(server, sent):
    idle: list[socket.socket] = [server.connect() for _ in range(400)]
    for line in idle:
        line.sendall(sent)
    assert server.ask("GET", "/health").status == 200
    assert server.ask("POST", "/v1/predict", {"texts": ["ok"]}).status == 200
    for line in idle:
        line.close()


def test_a_head_without_end_is_cut(server):
    sent = 0
    with server.connect() as line:
        line.sendall(b"GET /health HTTP/1.1\r\n")
        try:
            while sent < 20_000:
                line.sendall(b"X-Long: " + b"x" * 1_000 + b"\r\n")
                sent += 1
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert sent < 20_000


@pytest.mark.parametrize("token", [None, "t"])
def test_a_full_server_tells_nobody_so_who_may_not_come_in(token):
    door = Door(frozenset({"localhost"}), token=token)
    guard = Guard(None, door, Limits(), full=lambda path, n: "queue-full")
    scope = {"method": "POST", "path": "/v1/predict", "headers": [(b"host", b"localhost")]}
    assert guard.at_once(scope) == ("queue-full" if token is None else None)
    entered = {**scope, "headers": [*scope["headers"], (b"authorization", b"Bearer t")]}
    assert guard.at_once(entered) == "queue-full"


def test_a_request_that_is_given_up_at_the_stop_is_told_to_come_back():
    async def waiting(scope, receive, send):
        await asyncio.sleep(60)

    async def asked():
        sent = []

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": "/v1/model", "headers": [(b"host", b"localhost")]}
        asking = asyncio.create_task(
            Guard(waiting, Door(frozenset({"localhost"})), Limits())(scope, None, send)
        )
        await asyncio.sleep(0)
        asking.cancel()
        await asking
        return sent

    head, body = asyncio.run(asked())
    assert (head["status"], json.loads(body["body"])["code"]) == (503, "not-ready")
    assert {(b"retry-after", b"1"), (b"x-content-type-options", b"nosniff")} <= set(head["headers"])
