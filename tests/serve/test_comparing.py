"""Texts are compared in a process of their own: it comes when it is needed, and goes by itself."""

import asyncio
import os
import shutil
import signal
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import pytest

from goemox.model_folder import default_folder
from goemox.serve.comparing import Comparing, ComparisonFailed
from goemox.serve.problems import FULL, Problem

TEXTS = [f"Release {i}.{i % 7} breaks the build on platform {i * 13}" for i in range(60)]
FEW = ["The same."] * 60  # one text, too few to test: answered in a moment
HEAVY = ("scipy", "sklearn")

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture
def asked(server):
    """A server that has compared texts."""
    assert server.ask("POST", "/v1/shift", {"texts": FEW}).status == 200
    return server


def comparing(pid):
    """The processes under this one that compare texts."""
    children = [
        int(child)
        for listed in Path(f"/proc/{pid}/task").glob("*/children")
        for child in listed.read_text().split()
    ]
    return [child for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def loaded(pid):
    files = Path(f"/proc/{pid}/maps").read_text()
    return {name for name in HEAVY if f"/{name}" in files}


def ticks(pid):
    """What a process has had of the processor, in hundredths of a second."""
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))


@on_linux
def test_what_compares_is_not_loaded_into_the_server_and_ends_with_it(served):
    asked = served(begins=True)
    assert asked.ask("POST", "/v1/shift", {"texts": TEXTS}).status == 200
    (process,) = comparing(asked.process.pid)
    assert loaded(process) == set(HEAVY)
    assert loaded(asked.process.pid) == set()
    assert asked.stop() == 130
    assert not Path(f"/proc/{process}").exists()


@on_linux
def test_a_process_that_was_killed_is_replaced_by_the_next_request(asked):
    (process,) = comparing(asked.process.pid)
    os.kill(process, signal.SIGKILL)  # its threads may still be ending when it is asked
    assert asked.ask("POST", "/v1/shift", {"texts": FEW}).status == 200
    assert comparing(asked.process.pid) != [process]


@on_linux
def test_who_asks_while_others_are_compared_is_told_so_and_not_of_the_queue(asked):
    (process,) = comparing(asked.process.pid)
    os.kill(process, signal.SIGSTOP)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(asked.ask, "POST", "/v1/shift", {"texts": FEW}) for _ in range(2)]
        refused = next(as_completed(both)).result()
        os.kill(process, signal.SIGCONT)
        assert sorted(each.result().status for each in both) == [200, 429]
    assert refused.json["detail"] == FULL["comparing"]
    assert "kind=comparing" in asked.log.read_text()


@on_linux
def test_a_process_that_dies_at_work_is_an_error_in_the_log_and_its_client_is_told():
    async def killed():
        comparing_ = Comparing("default", 60.0)
        await comparing_.compare("texts", FEW)
        (process,) = comparing(os.getpid())
        before = ticks(process)
        asking = asyncio.create_task(comparing_.compare("texts", TEXTS))
        while ticks(process) < before + 3:
            await asyncio.sleep(0.01)
        os.kill(process, signal.SIGSTOP)
        assert comparing_.is_busy
        with pytest.raises(Problem, match="overloaded"):
            await comparing_.compare("texts", TEXTS)
        os.kill(process, signal.SIGKILL)
        with pytest.raises(ComparisonFailed):
            await asking
        assert not comparing_.is_busy
        comparing_.end()

    asyncio.run(killed())


@on_linux
def test_a_comparison_that_takes_too_long_is_given_up_and_its_process_ended():
    async def slow():
        comparing_ = Comparing("default", 60.0)
        await comparing_.compare("texts", FEW)
        (process,) = comparing(os.getpid())
        os.kill(process, signal.SIGSTOP)
        comparing_._answer_s = 0.2
        with pytest.raises(Problem, match="too-slow"):
            await comparing_.compare("texts", FEW)
        assert not comparing(os.getpid())

    asyncio.run(slow())


@on_linux
def test_a_process_that_nobody_asks_ends():
    async def idle():
        comparing_ = Comparing("default", 60.0, idle_s=0.1)
        await comparing_.compare("texts", FEW)
        assert comparing(os.getpid())
        while comparing(os.getpid()):
            await asyncio.sleep(0.01)

    asyncio.run(idle())


def test_a_model_that_cannot_be_opened_is_an_error_and_not_the_clients_fault(tmp_path):
    async def without_model():
        comparing_ = Comparing(tmp_path / "none", 60.0)
        with pytest.raises(ComparisonFailed):
            await comparing_.compare("texts", TEXTS)
        comparing_.end()

    asyncio.run(without_model())


@pytest.mark.parametrize("model", ["default", "none"])
def test_a_folder_that_another_model_took_over_or_nothing_is_told_and_not_compared_with(tmp_path, model):
    async def replaced():
        comparing_ = Comparing(model if model == "default" else tmp_path / model, 60.0)
        comparing_.expected = {"": "0" * 64}
        with pytest.raises(Problem) as refused:
            await comparing_.compare("texts", FEW)
        found = refused.value
        assert (found.code, found.detail) == ("not-ready", FULL["model-replaced"])
        assert found.retry_after is None  # waiting does not help
        comparing_.end()

    asyncio.run(replaced())


def test_a_server_whose_model_folder_is_gone_still_tells_its_model_and_why_nothing_is_compared(
    served, tmp_path
):
    folder = shutil.copytree(default_folder(), tmp_path / "model")
    server = served("--log-format", "json", "--model", str(folder))
    told = server.ask("GET", "/v1/model")
    folder.rename(tmp_path / "gone")
    assert server.ask("GET", "/v1/model").body == told.body
    refused = server.ask("POST", "/v1/shift", {"texts": FEW})
    assert (refused.status, refused.json["detail"]) == (503, FULL["model-replaced"])
    assert "retry-after" not in refused.headers
    server.stop()
    (line,) = server.told("turned-away")
    assert line["kind"] == "model-replaced"
    assert "start the server anew" in line["message"]
    assert "comparison-failed" not in server.log.read_text()


@on_linux
def test_a_comparison_can_be_given_up_while_its_process_works():
    async def given_up():
        comparing_ = Comparing("default", 60.0)
        asking = asyncio.create_task(comparing_.compare("texts", FEW))
        while comparing_._running is None:  # its process is there a moment before
            await asyncio.sleep(0.01)
        comparing_.end()
        with pytest.raises(ComparisonFailed):
            await asyncio.wait_for(asking, 30)
        comparing_.end()

    asyncio.run(given_up())
