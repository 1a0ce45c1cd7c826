"""What a server says while it runs: whole lines that programs can read, and never a word of a text."""

import asyncio
import json
import logging
import re
import warnings
from pathlib import Path

import pytest

from goemox.serve.guard import Door, Guard
from goemox.serve.limits import Limits
from goemox.serve.logs import MOST_BYTES, begin, tell
from goemox.serve.problems import FULL
from goemox.serve.turned_away import WORDS, TurnedAway

SECRET = "my secret \x1b[31m words"


@pytest.fixture(params=["text", "json"])
def lines(request, capfd, monkeypatch):
    """Begin a log in this process; a function that returns what was written."""
    # To configure logs is to close every handler there is, and some of libraries close pytest's own stderr.
    monkeypatch.setattr(logging, "_handlerList", [])
    root, level = logging.getLogger(), logging.getLogger().level
    handlers, begun = list(root.handlers), logging.getLogger("goemox").level
    begin(request.param, "info")
    yield lambda: capfd.readouterr().err.splitlines()
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("goemox").setLevel(begun)


def test_control_characters_and_line_ends_cannot_get_in(lines):
    tell("info", "listening", "a\nb\x1b[31m\x7f\x85\u2028", name="x\r\ny z")
    (line,) = lines()
    assert line.isascii()
    assert line.isprintable()


def test_words_of_libraries_are_not_told(lines):
    logging.getLogger("asyncio").error("Task exception: %r", SECRET)
    logging.getLogger("other").warning(SECRET)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        logging.captureWarnings(True)
        warnings.warn(SECRET, UserWarning, stacklevel=1)
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    found = lines()
    assert len(found) == 4
    assert "secret" not in "".join(found)
    assert "ValueError" in found[-1]
    assert "test_logs.py" in found[-1]


def test_a_crash_is_told_with_its_kind_and_place_and_no_text(lines):
    async def crashing(scope, receive, send):
        raise RuntimeError(SECRET)

    async def ask():
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/v1/predict",
            "headers": [(b"host", b"localhost")],
        }
        sent = []

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            sent.append(message)

        await Guard(crashing, Door(frozenset({"localhost"})), Limits())(scope, receive, send)

    asyncio.run(ask())
    (line,) = lines()
    assert "RuntimeError while answering POST" in line
    assert "secret" not in line
    assert "guard.py" in line


def test_a_line_is_never_longer_than_a_pipe_takes_whole(lines):
    tell("info", "listening", "long", name="x" * 10_000)
    (line,) = lines()
    assert len(line) < MOST_BYTES


def test_a_server_tells_its_life_as_json_and_each_request_without_its_words(served):
    server = served("--log-format", "json", "--access-log")
    server.ask("POST", "/v1/predict", {"texts": [SECRET, "thanks"]})
    server.ask("POST", "/v1/predict", {"texts": [{"my secret": "words"}]})
    server.ask("GET", "/my%0d%0asecret%1b[31m?my=secret")
    server.ask("POST", "/v1/explain", {"text": SECRET})
    server.ask("POST", "/v1/shift", {"texts": [SECRET] * 60})
    server.ask("GET", "/static/my-secret")
    server.ask("GET", "/openapi.json")
    with server.connect() as connection:
        connection.sendall(b"\x1b[31m my secret\r\n\r\n")
        connection.recv(100)
    metrics = server.ask("GET", "/metrics").body
    assert b'goemox_requests_total{path="other",status="400"} 1.0' in metrics  # what cannot be read
    assert b'goemox_requests_total{path="/static/{name}",status="404"} 1.0' in metrics
    server.stop()
    lines = [json.loads(line) for line in server.log.read_text().splitlines()[:-1]]  # the last: interrupted
    assert {"listening", "ready", "request", "stopping", "stopped"} <= {line["event"] for line in lines}
    assert all({"time", "level", "event", "pid"} <= line.keys() for line in lines)
    asked = [line for line in lines if line["event"] == "request" and line["path"] != "/ready"]
    assert [(a["method"], a["path"], a["status"], a["texts"]) for a in asked] == [
        ("POST", "/v1/predict", 200, 2), ("POST", "/v1/predict", 422, 0), ("GET", "other", 404, 0),
        ("POST", "/v1/explain", 200, 1), ("POST", "/v1/shift", 200, 60), ("GET", "/static/{name}", 404, 0),
        ("GET", "/openapi.json", 200, 0), ("other", "other", 400, 0), ("GET", "/metrics", 200, 0),
    ]  # fmt: skip
    assert "secret" not in server.log.read_text()


def test_without_being_asked_for_no_request_is_told(served):
    server = served()
    server.ask("POST", "/v1/predict", {"texts": [SECRET]})
    server.stop()
    log = server.log.read_text()
    assert "secret" not in log
    assert "/v1/predict" not in log
    assert "\x1b" not in log


def numbers(found, kind):
    return [int(re.search(r"requests\W+(\d+)", line)[1]) for line in found if kind in line]


def test_the_first_that_is_turned_away_is_told_at_once_and_the_rest_of_a_burst_when_its_time_is_up(
    lines,
):
    async def burst():
        turned_away = TurnedAway(every_s=0.1)
        for _ in range(1_000):
            for kind in ("bad-origin", "not-json", "queue-full"):
                turned_away.note(kind)
        found = lines()
        assert (numbers(found, "bad-origin"), numbers(found, "queue-full"), len(found)) == ([1], [1], 2)
        while len(found) < 4:  # nothing more comes in meanwhile
            await asyncio.sleep(0.01)
            found += lines()
        return found

    found = asyncio.run(burst())
    assert (numbers(found, "bad-origin"), numbers(found, "queue-full")) == ([1, 999], [1, 999])
    assert "--allow-origin" in found[0]


def test_what_is_not_told_yet_of_those_turned_away_is_told_when_a_server_stops(served):
    server = served("--log-format", "json")
    for _ in range(5):
        assert server.ask("GET", "/health", Host="evil.example").status == 400
    server.stop()
    assert [line["requests"] for line in server.told("turned-away")] == [1, 4]


def test_every_kind_of_fullness_is_told_as_such_to_its_client_and_in_the_log():
    assert FULL.keys() <= WORDS.keys()
    assert [kind for kind in FULL if "--queue" in WORDS[kind]] == ["queue-full"]


def test_every_event_is_in_the_docs():
    root = Path(__file__).parents[2]
    code = "".join(path.read_text() for path in (root / "src" / "goemox" / "serve").glob("*.py"))
    events = set(re.findall(r'tell\(\s*"(?:info|warning|error)", "([a-z-]+)"', code)) | {"slow-start"}
    assert len(events) > 8
    text = (root / "docs" / "serving.md").read_text()
    assert {event for event in events if f"`{event}`" not in text} == set()
