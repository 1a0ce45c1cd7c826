"""The attacks of docs/security.md, the quick part of each, on a server that is running."""

import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks" / "security"))

import server_connections
import server_doors
import server_errors
import server_shapes
from running import Running, port_of, request, status_of


@pytest.fixture(scope="module")
def attacked(server):
    return Running(server.port, server.process, server.log)


@pytest.fixture(scope="module")
def slow(attacked):
    """The slow attacks, all at once: most of their time is the server's own deadlines."""
    others = server_shapes.others(attacked)  # looks into the log, which tells what the next are refused
    with ThreadPoolExecutor(3) as pool:
        lines = pool.submit(lambda: [*server_connections.slow(attacked)])
        shapes = pool.submit(server_shapes.smuggling, attacked)
        large = pool.submit(large_bodies, attacked)
        return {"slow": lines.result(), "smuggling": shapes.result(), "others": others,
                "large": large.result()}  # fmt: skip


def large_bodies(server, n=30):
    """Answers to n bodies of 2 MB that stop before their end, and to a small one after them."""
    nearly = b"Content-Length: 2097152\r\n\r\n" + b" " * 2_000_000
    lines: list[socket.socket] = []
    for _ in range(n):
        lines.append(server.connect())
        lines[-1].sendall(b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\n" + nearly)
    small = server.ask("POST", "/v1/predict", {"texts": ["ok"]})
    answers = [line.recv(4_096) for line in lines]
    for line in lines:
        line.close()
    return answers, small


def test_a_body_has_five_seconds_and_a_head_ten_however_they_come(slow):
    for line in slow["slow"]:
        assert line.holds, line


def test_no_request_with_two_readings_is_answered_twice(slow):
    assert slow["smuggling"].holds, slow["smuggling"]


def test_other_protocols_are_refused_without_a_line_in_the_log(slow):
    assert slow["others"].holds, slow["others"]


def test_what_comes_after_the_body_is_no_header(attacked):
    line = server_shapes.trailers(attacked)
    assert line.holds, line


def test_a_body_is_asked_for_only_where_it_is_wanted(attacked):
    line = server_shapes.expectations(attacked)
    assert line.holds, line


def test_parts_of_a_request_without_end_are_cut_and_cost_no_memory(attacked):
    (line,) = server_shapes.endless(attacked)
    assert set(line.figures["statuses"].values()) <= {400, 413, 431}
    assert line.figures["rss_grown_mb"] < 20


def test_bad_requests_are_told_nothing(attacked):
    line = server_errors.errors(attacked, 150)
    assert line.holds, line


def test_other_shapes_of_a_host_are_refused(attacked):
    line = server_doors.shapes(attacked)
    assert line.holds, line


@pytest.mark.parametrize("host", server_doors.HOSTS)
def test_no_foreign_name_is_served_by_any_method(attacked, host):
    for method in server_doors.METHODS:
        assert status_of(attacked.send(request(method, "/health", f"Host: {host}"))) in (400, 403)


def test_a_path_of_the_same_host_may_be_asked_for_in_full(attacked):
    asked = request("GET", "http://localhost:80/health", "Host: localhost:80")
    assert status_of(attacked.send(asked)) == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_elsewhere_may_link_here_but_embed_nothing(server, site):
    for mode in ("no-cors", "cors"):
        found = server.ask("GET", "/v1/model", Sec_Fetch_Site=site, Sec_Fetch_Mode=mode)
        assert (found.status, found.json["code"]) == (403, "bad-origin")
    assert server.ask("GET", "/", Sec_Fetch_Site=site, Sec_Fetch_Mode="navigate").status == 200


def test_ten_thousand_requests_sent_ahead_end_with_some_answered_and_others_served(attacked):
    line = server_connections.ahead(attacked)
    assert line.figures["rss_grown_mb"] < 20, line


def test_large_bodies_that_stop_leave_room_for_small_ones(slow):
    answers, small = slow["large"]  # 60 MB, of 32 MiB that large bodies may hold together
    assert small.status == 200
    assert {status_of(answer) for answer in answers} == {408, 429}
    assert all(b"retry-after: 1\r\n" in answer for answer in answers if status_of(answer) == 429)


def test_ten_thousand_items_are_checked_and_more_are_not(server):
    for n, problem in ((10_000, "List should have at most 512 items"), (10_001, "more than 10000 items")):
        found = server.ask("POST", "/v1/predict", {"texts": [5] * n})
        assert found.status == 422
        assert found.json["errors"][0]["problem"].startswith(problem)
    found = server.ask("POST", "/v1/predict", {f"field{i}": i for i in range(100)})
    assert found.json["errors"] == [{"at": "body", "problem": "more than 64 fields"}]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_where_files_are_few_idle_connections_make_room_for_new_ones(tmp_path):
    log = tmp_path / "serve.log"
    command = [sys.executable, "-m", "goemox", "serve", "--port", "0"]
    with log.open("wb") as written:
        process = subprocess.Popen(["sh", "-c", 'ulimit -n 160; exec "$@"', "sh", *command], stderr=written)
    server = Running(port_of(process, log), process, log)
    try:
        with ExitStack() as kept:
            idle = []
            for n in range(300):
                idle.append(kept.enter_context(server.connect()))
                if n % 20 == 19:  # it took them all: a burst alone would need as many files
                    assert server.ask("GET", "/health").status == 200
            assert idle[0].recv(1) == b""
            idle[-1].sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert idle[-1].recv(4_096).startswith(b"HTTP/1.1 200 ")
    finally:
        process.terminate()
        process.wait(30)
