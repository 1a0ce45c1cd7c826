"""A stream answers many texts in order, in bounded memory, beside others, and says when it is whole."""

import http.client
import json
import re
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import jsonschema
import pytest

from goemox.serve.stream import MOST_STREAMS

SERVING = (Path(__file__).parents[2] / "docs" / "serving.md").read_text("utf-8")
KINDS = ("Thank you so much!", "why would you do that?", "The meeting is at noon.", "I am so sorry 😢", "ok")


def texts(n):
    return [f"{KINDS[i % len(KINDS)]} {i}" for i in range(n)]


def lines(answer):
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.body.endswith(b"\n")
    return [json.loads(line) for line in answer.body.splitlines()]


def test_a_client_of_http_1_0_which_knows_no_chunks_gets_the_lines_as_they_are(server):
    body = json.dumps({"texts": texts(130)}).encode()
    head = b"POST /v1/stream HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with server.connect() as line:
        line.sendall(head + b"Connection: keep-alive\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        told, _, answer = line.makefile("rb").read().partition(b"\r\n\r\n")
    assert told.startswith(b"HTTP/1.1 200 ")
    assert b"transfer-encoding" not in told.lower()
    assert b"connection: close" in told.lower()
    _, *found, end = map(json.loads, answer.splitlines())
    assert [each["index"] for each in found] == list(range(130))
    assert end == {"done": 130}


def waiting(server):
    return float(re.search(rb"^goemox_queue_texts (\S+)", server.ask("GET", "/metrics").body, re.M)[1])


def counted(server):
    return float(re.search(rb"^goemox_texts_total (\S+)", server.ask("GET", "/metrics").body, re.M)[1])


def memory(server):
    """Resident megabytes of the server."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


@contextmanager
def streamed(server, said):
    """The answer under way, a line at a time."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    body = json.dumps({"texts": said})
    connection.request("POST", "/v1/stream", body, {"content-type": "application/json"})
    with closing(connection), connection.getresponse() as answer:
        yield answer


def until_languages_are_read(server):
    """Their reader is loaded after the start, and takes memory."""
    while (
        server.ask("POST", "/v1/predict", {"texts": ["Thank you so much!"]}).json["results"][0]["language"]
        is None
    ):
        time.sleep(0.1)


def begin(server, said, receive_buffer=None):
    """A connection that has asked for a stream and taken nothing of it."""
    body = json.dumps({"texts": said}).encode()
    line = socket.socket()
    if receive_buffer:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    line.settimeout(60)
    line.connect(("127.0.0.1", server.port))
    head = (
        "POST /v1/stream HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    line.sendall(head.encode() + body)
    return line


def test_a_stream_says_what_v1_predict_says_in_order_and_ends_with_the_number(server):
    said = texts(150)
    head, *results, end = lines(server.ask("POST", "/v1/stream", {"texts": said}))
    expected = server.ask("POST", "/v1/predict", {"texts": said}).json
    assert head == {name: expected[name] for name in ("model", "calibrated", "thresholds")}
    assert [result.pop("index") for result in results] == list(range(150))
    assert end == {"done": 150}
    for result, other in zip(results, expected["results"], strict=True):
        assert result.pop("scores") == pytest.approx(other.pop("scores"), abs=1e-5)
        distance = other.pop("domain_percentile")
        assert result.pop("domain_percentile") == pytest.approx(distance, abs=0.1)
        assert result == other


def test_every_line_fits_the_schema_that_the_document_has_for_lines(server):
    document = server.ask("GET", "/openapi.json").json
    content = document["paths"]["/v1/stream"]["post"]["responses"]["200"]["content"]
    line = content["application/x-ndjson"]["schema"]["contentSchema"]
    check = jsonschema.Draft202012Validator({**line, "components": document["components"]})
    found = lines(server.ask("POST", "/v1/stream", {"texts": texts(3)}))
    problem = {"problem": server.ask("POST", "/v1/stream", {"texts": []}).json}
    for each in (*found, problem):
        check.validate(each)
    assert not check.is_valid({"done": 3, "more": 1})


def test_the_python_of_the_guide_reads_a_stream(server, capsys):
    block = next(each for each in re.findall(r"```python\n(.*?)```", SERVING, re.DOTALL) if "stream" in each)
    exec(block.replace(":8000", f":{server.port}"), {})
    head, thanks, _, end = capsys.readouterr().out.splitlines()
    assert (head, thanks, end) == ("None None", "0 ['gratitude']", "None None")


def test_ten_thousand_texts_are_answered_in_bounded_memory_and_counted(server):
    until_languages_are_read(server)
    before, read = memory(server), counted(server)
    most, last = 0, b""
    with streamed(server, ["ok"] * 10_000) as answer:
        for at, line in enumerate(answer):
            if at % 2_000 == 1_999:
                most = max(most, memory(server))
            last = line
    assert json.loads(last) == {"done": 10_000}
    assert counted(server) == read + 10_000
    assert most < before + 40


def test_too_many_texts_or_none_are_refused_before_anything_is_read(server):
    for said in (["ok"] * 10_001, [], ["ok", ""]):
        answer = server.ask("POST", "/v1/stream", {"texts": said})
        assert (answer.status, answer.json["code"]) == (422, "invalid")
    assert server.ask("POST", "/v1/stream", {"texts": ["ok"], "more": 1}).status == 422


def test_who_leaves_a_stream_stops_its_work(server):
    before = counted(server)
    line = begin(server, texts(10_000))
    assert line.recv(1_000)
    line.close()
    last = -1
    while counted(server) != last:  # until nothing is read any more
        last = counted(server)
        time.sleep(0.5)
    assert last - before < 10_000
    assert waiting(server) == 0


def test_a_client_that_takes_nothing_holds_up_nobody_and_is_not_read_ahead_for(server):
    before, read = memory(server), counted(server)
    with begin(server, texts(3_000), receive_buffer=4_096):
        last = -1
        while counted(server) != last:  # until the server waits for it
            last = counted(server)
            time.sleep(0.7)
        assert last - read < 500
        assert memory(server) < before + 40
        assert server.ask("POST", "/v1/predict", {"texts": ["ok"]}).status == 200


def test_only_so_many_streams_are_open_at_once_and_each_that_ends_makes_room(server):
    with ExitStack() as stack:
        for _ in range(MOST_STREAMS):
            line = stack.enter_context(begin(server, ["ok"] * 1_000, receive_buffer=4_096))
            assert line.recv(1)
        refused = server.ask("POST", "/v1/stream", {"texts": ["ok"]})
        assert (refused.status, refused.json["code"], refused.headers["retry-after"]) == (
            429,
            "overloaded",
            "2",
        )
        assert refused.json["detail"].startswith("As many streams are open as may be")
        assert "kind=streams-full" in server.log.read_text()
        assert server.ask("POST", "/v1/predict", {"texts": ["ok"]}).status == 200
    deadline = time.monotonic() + 60
    while server.ask("POST", "/v1/stream", {"texts": ["ok"]}).status == 429:
        assert time.monotonic() < deadline


def test_short_requests_pass_a_long_stream_and_streams_pass_each_other(server):
    with ThreadPoolExecutor(2) as pool:
        long = [pool.submit(server.ask, "POST", "/v1/stream", {"texts": texts(800)}) for _ in range(2)]
        time.sleep(0.2)
        for _ in range(5):
            assert server.ask("POST", "/v1/predict", {"texts": ["ok"]}).status == 200
        assert not any(each.done() for each in long)
        assert [lines(each.result())[-1] for each in long] == [{"done": 800}] * 2


def test_a_stream_is_refused_where_the_queue_is_full_and_waits_later(served):
    server = served("--queue", "70")
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(server.ask, "POST", "/v1/stream", {"texts": texts(200)}) for _ in range(8)]
        found = [each.result() for each in asked]
    refused = [each for each in found if each.status != 200]
    assert {(each.status, each.json["code"]) for each in refused} <= {(429, "overloaded")}
    assert len(refused) < 8
    assert all(lines(each)[-1] == {"done": 200} for each in found if each.status == 200)


def test_stopping_finishes_a_stream_that_is_under_way(served):
    server = served()
    with streamed(server, texts(300)) as answer:
        answer.readline()
        server.process.send_signal(signal.SIGINT)
        assert json.loads(answer.readlines()[-1]) == {"done": 300}
    server.process.wait(30)


def test_a_stream_that_a_stop_cuts_short_says_so_in_its_last_line(served):
    server = served("--answer-timeout", "1")
    with streamed(server, ["word " * 60] * 5_000) as answer:
        answer.readline()
        server.process.send_signal(signal.SIGINT)
        last = json.loads(answer.readlines()[-1])
    assert last["problem"]["code"] == "not-ready"
    server.process.wait(30)
