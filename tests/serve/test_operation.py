"""Starting, stopping, and several processes, as an operator sees them."""

import concurrent.futures
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import forked
import pytest

import goemox
from goemox.errors import UsageError
from goemox.model_folder import default_folder, write_sums
from goemox.serve import operation
from goemox.serve.configuration import ServeSettings
from goemox.serve.guard import Door

# As SIGTERM where it is not ignored, as it is under nohup.
HANG_UP = signal.SIGTERM if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else signal.SIGHUP
LONG = [f"{i} " + "Thank you so much for this, it is wonderful work. " * 16 for i in range(10)]


def serve(*arguments):
    return forked.goemox("serve", *arguments)


def test_a_port_that_is_taken_is_told_with_what_to_do():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = serve("--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "name another port" in done.stderr


@pytest.mark.parametrize("host", ["203.0.113.7", "a..b"])
def test_an_address_that_is_not_this_machines_is_told_with_what_to_do(host):
    with pytest.raises(UsageError, match="name an address of this machine"):
        operation.bound(ServeSettings(host=host, port=0))


def test_a_folder_that_is_no_model_ends_the_start(tmp_path):
    assert serve("--port", "0", "--model", str(tmp_path)).returncode == 4


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_model_that_can_be_opened_and_not_loaded_ends_the_server_with_the_same_code(tmp_path, workers):
    folder = shutil.copytree(default_folder(), tmp_path / "broken")
    for graph in folder.rglob("*.onnx"):
        graph.write_bytes(b"no graph")
    write_sums(folder)
    done = serve("--port", "0", "--model", str(folder), "--workers", workers)
    assert "the model cannot be loaded" in done.stderr
    assert done.returncode == 4


def test_a_runtime_that_is_not_installed_ends_the_start_before_anything_listens():
    code = "import sys; sys.modules['openvino'] = None; from goemox.cli import main; main()"
    command = [sys.executable, "-c", code, "serve", "--port", "0", "--runtime", "openvino"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "pip install 'goemox[openvino]'" in done.stderr
    assert "serving on" not in done.stderr


@pytest.mark.parametrize(
    ("how", "workers", "code"),
    [
        (signal.SIGINT, "1", 130),
        (HANG_UP, "1", 0),
        (signal.SIGTERM, "2", 0),
        (signal.SIGINT, "2", 130),
    ],
)
def test_what_was_accepted_is_finished_and_what_is_new_is_refused(served, how, workers, code):
    server = served("--workers", workers, "--log-format", "json", "--body-timeout", "120")
    body = json.dumps({"texts": ["thank you"]}).encode()
    with server.connect() as accepted:
        accepted.sendall(
            b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body)
        )
        assert accepted.recv(1_000).startswith(b"HTTP/1.1 100 ")
        server.process.send_signal(how)
        deadline = time.monotonic() + 60
        with pytest.raises(ConnectionRefusedError):
            while time.monotonic() < deadline:
                server.connect().close()
                time.sleep(0.01)
        accepted.sendall(body)
        answer = b"".join(iter(lambda: accepted.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b'"labels":["gratitude"]' in answer
    assert server.process.wait(30) == code
    server.told("stopped")


def test_a_stop_while_it_starts_is_a_stop(served):
    server = served(ready=False)
    assert server.stop(signal.SIGTERM) == 0


END_IN_A_CLASS = """
import os, signal
from goemox.serve import operation

class Ends:
    def __set_name__(self, owner, name):
        os.kill(os.getpid(), signal.SIGTERM)
        sum(range(9))

def make(*_, **__):
    type("Made", (), {"field": Ends()})

operation.create_app = make
operation.run(operation.ServeSettings(port=0))
"""


def test_a_stop_that_meets_the_making_of_a_class_is_a_stop_too():
    """Python 3.11 makes another error of what is raised there."""
    done = subprocess.run(
        [sys.executable, "-c", END_IN_A_CLASS], capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False), done.stderr


def test_more_than_the_queue_holds_is_told_to_come_back_and_health_stays_quick(served):
    server = served("--queue", "20")
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        asked = [pool.submit(server.ask, "POST", "/v1/predict", {"texts": LONG}) for _ in range(16)]
        time.sleep(0.2)
        began = time.monotonic()
        assert server.ask("GET", "/health").status == 200
        seconds = time.monotonic() - began
        answers = [each.result(60) for each in asked]
    statuses = {answer.status for answer in answers}
    assert statuses == {200, 429}
    assert all(a.headers["retry-after"] == "1" for a in answers if a.status == 429)
    assert seconds < 5


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks at processes in /proc")
def test_processes_that_share_a_port_are_replaced_when_they_die_and_die_with_their_parent(served):
    server = served("--workers", "2", "--log-format", "json")
    statuses = [server.ask("POST", "/predict", {"inputs": "thanks"}).status for _ in range(40)]
    assert statuses == [200] * 40
    assert 'worker="' in server.ask("GET", "/metrics").body.decode()
    first = server.told("ready", 2)[0]["pid"]
    os.kill(first, signal.SIGKILL)
    assert server.told("worker-replaced")[0]["ended"] == first
    last = [line["pid"] for line in server.told("ready", 3)]
    assert server.ask("POST", "/predict", {"inputs": "thanks"}).status == 200
    server.process.kill()
    server.told("parent-gone", 2)
    deadline = time.monotonic() + 60
    while any(is_running(pid) for pid in last) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(is_running(pid) for pid in last)


def test_a_process_that_dies_while_the_model_folder_is_damaged_leaves_the_others_at_work(served, tmp_path):
    folder = shutil.copytree(default_folder(), tmp_path / "model")
    server = served("--workers", "2", "--log-format", "json", "--model", str(folder))
    first = server.told("ready", 2)[0]["pid"]
    card = (folder / "README.md").read_bytes()
    (folder / "README.md").write_bytes(card + b"begun to be replaced")
    os.kill(first, signal.SIGKILL)
    assert server.told("worker-not-replaced")[0]["again_s"] == operation.AGAIN_S
    assert server.ask("POST", "/predict", {"inputs": "thanks"}).status == 200
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(60) == 0


def test_a_process_that_could_not_start_is_tried_again_and_ends_all_when_none_answers(monkeypatch):
    def failed(is_alive=False):
        process = SimpleNamespace(is_alive=lambda: is_alive)
        return Ended(process=process, is_ready=lambda seconds: is_alive, join=lambda: None, pid=1,
                     exitcode=operation.NOT_STARTED)  # fmt: skip

    class Ended(SimpleNamespace):
        __hash__ = object.__hash__

    new = Slow()
    monkeypatch.setattr(operation, "Process", lambda *_: new)
    workers = operation._Workers.__new__(operation._Workers)
    workers.config, workers.sockets, workers.should_exit = None, [], threading.Event()
    workers._again, workers._is_unable = {}, False
    broken, healthy = failed(), failed(is_alive=True)
    workers.processes = [broken, healthy]
    workers.keep_subprocess_alive()
    assert workers.processes == [broken, healthy]
    workers._again[broken] = 0.0  # the pause is over
    workers.keep_subprocess_alive()
    assert (workers.processes, new.said) == ([new, healthy], ["start"])
    workers.processes = [broken, failed()]
    assert not workers.should_exit.is_set()
    workers.keep_subprocess_alive()
    assert (workers.should_exit.is_set(), workers._is_unable) == (True, True)


def test_a_process_that_takes_long_to_load_its_model_is_waited_for_when_all_are_replaced():
    config = operation._config_of_workers(ServeSettings(workers=2), Door(frozenset()), {"log_config": None})
    assert config.timeout_worker_healthcheck == 60  # seconds; uvicorn has 5


class Slow:
    """A process of the server that is never ready and never ends."""

    pid = 1
    process = SimpleNamespace(is_alive=lambda: True, join=lambda seconds: None)

    def __init__(self, *_):
        self.said = []

    def wait_until_ready(self, seconds, ends):
        self.said.append("waited")
        return False

    def __getattr__(self, name):
        return lambda: self.said.append(name)


def test_a_signal_that_ends_all_ends_a_restart_too(monkeypatch):
    started = []
    monkeypatch.setattr(operation, "Process", lambda *_: started.append(Slow()) or started[-1])
    workers = operation._Workers.__new__(operation._Workers)
    workers.config, workers.sockets, workers.should_exit = None, [], threading.Event()
    workers.processes, workers.signal_queue = [Slow(), Slow()], [signal.SIGTERM]
    workers.restart_all()
    assert started == []
    workers.signal_queue = []
    monkeypatch.setattr(
        Slow,
        "wait_until_ready",
        lambda self, seconds, ends: workers.signal_queue.append(signal.SIGINT) or True,
    )
    first, second = workers.processes
    workers.restart_all()  # asked while the first that was replaced does not end
    assert (first.said, second.said, len(started)) == (["terminate"], [], 1)
    assert workers.processes == [started[0], second]


def is_running(pid):
    """Whether the process is there and has not ended; one that nobody waits for stays as a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_health_tells_a_server_that_is_ready_from_none_without_a_token(served, tmp_path):
    (tmp_path / "secret").write_text("a-long-enough-token-for-this")
    server = served("--token-file", str(tmp_path / "secret"))
    assert serve("--health", "--port", str(server.port)).returncode == 0
    server.stop()
    dead = serve("--health", "--port", str(server.port))
    assert (dead.returncode, "no answer" in dead.stderr) == (1, True)


@pytest.mark.parametrize("tier", ["fast", "cascade"])
def test_a_server_of_another_tier_says_so_and_answers_as_that_tier(served, tier):
    server = served(GOEMOX_SERVE_TIER=tier)
    model, texts = server.ask("GET", "/v1/model").json, ["Thank you so much!", "I guess it is"]
    answer = server.ask("POST", "/v1/predict", {"texts": texts}).json
    results = answer["results"]
    assert (model["tier"], model["parameters"]) == (tier, None)  # those of the whole model are no tier's
    assert model["sha256"] == answer["model"]
    told = re.search(r" sha256=(\w+) ", server.log.read_text())
    checked = re.search(r" sha256 (\w+),", serve("--check", "--port", "0", "--tier", tier).stdout)
    assert told[1] == checked[1] == model["sha256"][: operation.HASH_DIGITS]
    alone = goemox.load(tier=tier)(texts)
    assert [found["scores"] for found in results] == [dict(each.scores) for each in alone]
    assert [found.get("tier") for found in results] == [each.tier for each in alone]


def test_a_model_without_the_tier_ends_the_start_and_says_how_to_make_one(tmp_path):
    folder = shutil.copytree(default_folder(), tmp_path / "slim")
    (folder / "fast.safetensors").unlink()
    facts = json.loads((folder / "goemox.json").read_text("utf-8"))
    del facts["tiers"]
    (folder / "goemox.json").write_text(json.dumps(facts), encoding="utf-8")
    write_sums(folder)
    done = serve("--port", "0", "--model", str(folder), "--tier", "fast")
    assert done.returncode == 4
    assert "has no fast tier" in done.stderr
    assert "--format fast" in done.stderr
