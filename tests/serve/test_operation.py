"""Starting, refusing to start, stopping and logging, as an operator sees them."""

import concurrent.futures
import socket
import subprocess
import sys
import time

import pytest

LONG = ["Thank you so much for this, it is wonderful work. " * 40] * 200


def serve(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "goemox", "serve", *arguments],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_an_address_that_others_reach_is_refused_without_a_token(host):
    done = serve("--host", host, "--port", "0")
    assert done.returncode == 2
    assert "--token-file" in done.stderr


@pytest.mark.parametrize("token", ["short", "two words that are long enough", ""])
def test_a_token_that_can_be_guessed_or_never_matches_is_refused(tmp_path, token):
    (tmp_path / "token").write_text(token)
    done = serve("--token-file", str(tmp_path / "token"), "--check")
    assert done.returncode == 2
    assert "16" in done.stderr


def test_an_origin_with_a_path_is_no_origin():
    done = serve("--allow-origin", "https://example.org/app", "--check")
    assert done.returncode == 2
    assert "without a path" in done.stderr


def test_a_port_that_is_taken_is_told_with_what_to_do():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = serve("--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "name another port" in done.stderr


def test_check_opens_the_model_and_stops(tmp_path):
    assert serve("--check").stdout == "settings and model are fine\n"
    assert serve("--check", "--model", str(tmp_path)).returncode == 4
    assert serve("--port", "0", "--model", str(tmp_path)).returncode == 4


def test_what_was_accepted_is_finished_when_the_server_stops(served):
    server = served()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        accepted = pool.submit(server.ask, "POST", "/v1/predict", {"texts": LONG})
        time.sleep(0.3)
        code = server.stop()
        answer = accepted.result(30)
    assert answer.status == 200
    assert len(answer.json["results"]) == len(LONG)
    assert code == 130


def test_more_than_the_queue_holds_is_told_to_come_back_and_health_stays_quick(served):
    server = served("--queue", "20")
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        asked = [pool.submit(server.ask, "POST", "/v1/predict", {"texts": LONG[:10]}) for _ in range(16)]
        time.sleep(0.2)
        began = time.monotonic()
        assert server.ask("GET", "/health").status == 200
        seconds = time.monotonic() - began
        answers = [each.result(60) for each in asked]
    statuses = {answer.status for answer in answers}
    assert statuses == {200, 429}
    assert all(a.headers["retry-after"] == "1" for a in answers if a.status == 429)
    assert seconds < 1


def test_several_processes_share_one_port(served):
    server = served("--workers", "2")
    statuses = [server.ask("POST", "/predict", {"inputs": "thanks"}).status for _ in range(40)]
    assert statuses == [200] * 40


def test_logs_hold_no_text_and_no_control_characters(served):
    server = served()
    server.ask("POST", "/v1/predict", {"texts": ["my secret \x1b[31m words"]})
    server.ask("POST", "/v1/predict", {"texts": [{"my secret": "words"}]})
    server.ask("GET", "/my%0d%0asecret%1b[31m?my=secret")
    with server.connect() as line:
        line.sendall(b"\x1b[31m my secret\r\n\r\n")
        line.recv(100)
    server.stop()
    log = server.log.read_text()
    assert "secret" not in log
    assert "\x1b" not in log
