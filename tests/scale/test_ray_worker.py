"""What a Ray worker does with a part, without Ray: it counts its tries, and raises nothing."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from goemox.scale.batches import BatchScorer
from goemox.scale.part_rows import part_tasks
from goemox.scale.parts import PartCounts
from goemox.scale.plan import make_plan
from goemox.scale.ray_worker import (
    ONE_CORE,
    TRIES,
    Ended,
    Failed,
    Job,
    PartMaker,
    Sent,
    Unfit,
    packed,
    read_parts,
    unpacked,
)
from goemox.scale.resume import open_folder


@pytest.fixture
def job(tmp_path, monkeypatch):
    """Five rows in parts of two, and an open folder for them."""
    for name in ONE_CORE:  # which a worker sets for itself
        monkeypatch.setenv(name, "1")
    source = tmp_path / "in.csv"
    pl.DataFrame(
        {"text": ["thanks", "well done", "oh no", "what?", "I am sad"], "n": [1, 2, 3, 4, 5]}
    ).write_csv(source)
    scorer = BatchScorer(threads=1)
    plan, _ = make_plan(source, scorer, part_rows=2)
    with open_folder(tmp_path / "out", plan) as folder:
        yield Job(Path.cwd(), folder.path, plan, scorer, frozenset())


def sent(job):
    return [item for batch in read_parts(packed(job)) for item in unpacked(batch)]


def made(job, item):
    (outcome,) = unpacked(PartMaker(job)(packed(item)))
    return outcome


def test_the_input_is_read_into_its_missing_parts_and_an_end(job):
    *parts, end = sent(replace(job, done=frozenset({1})))
    assert [(part.task.number, len(part.task.rows)) for part in parts] == [(0, 2), (2, 1)]
    assert end == Ended(3)


def test_a_file_that_breaks_off_gives_its_parts_and_says_why_there_are_no_more(job):
    path = Path(job.plan.files[0].path)
    path.write_bytes(path.read_bytes() + b"\x81\x8d\xff\xfe bytes\n")
    *_, end = sent(job)
    assert end.problem
    assert "in.csv" in end.problem


def test_a_part_is_made_once_and_counted_again_where_its_worker_died_before_it_could_say_so(job):
    first = sent(job)[0]
    counts = made(job, first)
    assert isinstance(counts, PartCounts)
    assert counts.rows == 2
    written = (job.folder / "part-00000.parquet").stat().st_mtime_ns
    assert made(job, first) == counts
    assert (job.folder / "part-00000.parquet").stat().st_mtime_ns == written
    assert not list(job.folder.glob(".part*"))


def test_a_part_that_kills_its_workers_is_given_up(job):
    (job.folder / ".part-00000.tries").write_bytes(b"." * TRIES)
    assert made(job, sent(job)[0]) == Failed(0, "each worker that tried died")


def test_a_part_that_cannot_be_written_says_why(job):
    (job.folder / "part-00000.parquet").mkdir()
    outcome = made(job, sent(job)[0])
    assert isinstance(outcome, Failed)
    assert "part-00000.parquet" in outcome.reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"version": "0.0.1"}, "not 0.0.1; install the same everywhere"),
        ({"folder": Path("/nowhere/out")}, "must lie on storage that all share"),
        ({"scorer": BatchScorer(model="/nowhere/model")}, "/nowhere/model"),
    ],
)
def test_a_machine_that_cannot_take_part_says_so_before_it_spoils_parts(job, change, reason):
    outcome = made(replace(job, **change), Sent(next(iter(part_tasks(job.plan, make_plan_again(job))))))
    assert isinstance(outcome, Unfit)
    assert reason in outcome.reason


def make_plan_again(job):
    return make_plan(Path(job.plan.files[0].path), job.scorer, part_rows=2)[1]


def test_without_ray_the_command_says_what_to_install_and_writes_nothing(tmp_path):
    (tmp_path / "in.txt").write_text("thanks\n")
    code = (
        "import sys; sys.modules['ray'] = None\n"
        "from goemox.cli import main\n"
        "sys.argv = ['goemox', 'predict', '-i', 'in.txt', '-o', 'out/', '--engine', 'ray']\n"
        "sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert "pip install 'goemox[ray]'" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("address", "code", "reason"),
    [("127.0.0.1:9", 1, "cannot be reached"), ("ray://127.0.0.1:9", 2, "RAY_ADDRESS=HOST:6379")],
)
def test_a_cluster_that_is_not_there_is_told_at_once(address, code, reason, tmp_path):
    pytest.importorskip("ray")
    (tmp_path / "in.txt").write_text("thanks\n")
    command = [sys.executable, "-m", "goemox", "predict", "-i", "in.txt", "-o", "out/", "--engine", "ray"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=os.environ | {"RAY_ADDRESS": address, "PYTHONWARNINGS": "ignore"},
    )
    assert done.returncode == code
    assert reason in done.stderr
