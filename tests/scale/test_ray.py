"""`goemox predict -o DIR/ --engine ray`: real machines of a cluster, real deaths, the same bytes."""

import filecmp
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest

from goemox.data.samples import load_samples

pytest.importorskip("ray")
from pyarrow.parquet import ParquetFile

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills processes as only POSIX can")

CLUSTER = Path(__file__).parents[1] / "servers" / "ray_cluster.py"
N, PART = 960, 40
QUIET = {"PYTHONWARNINGS": "ignore"}  # Ray's own are no matter of ours


@pytest.fixture(scope="module")
def cluster():
    """The address of two machines, one core each, and the id of the process that keeps them."""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", CLUSTER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as kept:
        words = iter(kept.stdout.readline, "")
        address = next(line for line in words if line.startswith("address ")).split()[1]
        yield address, kept.pid
        kept.communicate(timeout=60)


@pytest.fixture(scope="module")
def rows():
    """Short texts, some of them missing, and columns that are carried along."""
    texts = [sample.text for sample in load_samples() if len(sample.text) < 40]
    return [
        {
            "id": 3 * i,
            "text": None if i % 97 == 50 else f"{texts[i % len(texts)]} {i}",
            "n": i,
            "author": f"author {i % 7}",
        }
        for i in range(N)
    ]


def command(source, folder):
    return [
        sys.executable, "-m", "goemox", "predict", "--input", source, "-o", f"{folder}/",
        "--part-rows", str(PART), "--engine", "ray",
    ]  # fmt: skip


def predict(source, folder, **settings):
    environment = os.environ | QUIET | settings
    return subprocess.run(
        command(source, folder),
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=200,
    )


def begin(source, folder, address, ready=lambda: True, more_than=0):
    """A run on the cluster, under way: it is `ready`, with a part more than before."""
    run = subprocess.Popen(
        command(source, folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | QUIET | {"RAY_ADDRESS": address},
    )
    until = time.monotonic() + 150
    for is_so, pause in ((ready, 0.1), (lambda: len(parts_of(folder)) > more_than, 0.005)):
        while not is_so():
            assert run.poll() is None, run.communicate()
            assert time.monotonic() < until
            time.sleep(pause)
    return run


def parts_of(folder):
    return sorted(folder.glob("part-*"))


def names_of(folder):
    return sorted(path.name for path in folder.iterdir())


def assert_same_bytes(folder, other):
    assert names_of(folder) == names_of(other)
    assert filecmp.cmpfiles(folder, other, names_of(folder), shallow=False)[1:] == ([], [])


def processes_below(ancestor):
    """Process id -> command line of all that this process started, and they did."""
    told = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    lines = [line.split(None, 2) for line in told.splitlines()[1:]]
    below, known = {}, {ancestor}
    while more := {
        int(pid): args for pid, parent, args in lines if int(parent) in known and int(pid) not in known
    }:
        below |= more
        known |= more.keys()
    return below


def test_a_run_whose_command_and_then_a_worker_was_killed_loses_no_row_and_doubles_none(
    cluster, rows, run, tmp_path
):
    address, keeper = cluster
    source, ray, workers = tmp_path / "in.jsonl", tmp_path / "ray", []
    pl.DataFrame(rows).write_ndjson(source)
    process = begin(source, ray, address)
    process.kill()
    process.communicate()
    before = {path: path.stat().st_mtime_ns for path in parts_of(ray)}
    assert 0 < len(before) < N // PART

    def are_there(n):
        workers[:] = [pid for pid, args in processes_below(keeper).items() if "MapWorker" in args]
        return len(workers) == n

    until = time.monotonic() + 100
    while not are_there(0):  # those of the command that was killed end by themselves
        assert time.monotonic() < until
        time.sleep(0.1)

    process = begin(source, ray, address, lambda: are_there(2), more_than=len(before))
    os.kill(workers[0], signal.SIGKILL)
    assert len(parts_of(ray)) < N // PART, "it came too late"
    errors = process.communicate(timeout=200)[1]
    assert process.returncode == 4, errors  # since some rows have no text
    assert "goes on" in errors
    assert "a worker died; its part is made again" in errors
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert_same_bytes(ray, run(source, name="local", part_rows=PART)[0])
    table = pl.read_parquet(parts_of(ray))
    assert table["n"].to_list() == [row["n"] for row in rows if row["text"] is not None]
    bad = [json.loads(line) for path in ray.glob("errors-*") for line in path.read_bytes().splitlines()]
    assert {line["where"] for line in bad} == {f"{source}:{i + 1}" for i in range(50, N, 97)}


def test_a_part_that_cannot_be_made_is_named_and_costs_no_other(rows, tmp_path):
    source, ray = tmp_path / "in", tmp_path / "ray"
    source.mkdir()
    for name, first, end in (("a", 0, 3), ("b", 3, 4), ("c", 4, 5)):  # the plan reads 100 rows
        pl.DataFrame(rows[first * PART : end * PART]).write_parquet(source / f"{name}.parquet")
    group = ParquetFile(source / "b.parquet").metadata.row_group(0)
    with (source / "b.parquet").open("r+b") as stream:
        for column in range(group.num_columns):
            stream.seek(group.column(column).data_page_offset)
            stream.write(bytes(4))
    with TemporaryDirectory(prefix="t") as scratch:  # a short name, since names of sockets are
        done = predict(source, ray, TMPDIR=scratch, OMP_NUM_THREADS="1")  # a cluster of one core
        assert not list(Path(scratch).iterdir()), "what the cluster left"
        told = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        assert scratch not in told, "processes that the cluster left"
    assert done.returncode == 1, done.stderr
    assert "1 part could not be made in 3 tries: part 3 (rows 121 to 160): " in done.stderr
    assert f"{source / 'b.parquet'}: not a readable Parquet file" in done.stderr
    assert done.stdout == ""
    assert [path.name for path in parts_of(ray)] == [f"part-0000{n}.parquet" for n in (0, 1, 2, 4)]
    assert not list(ray.glob(".part*")) + list(ray.glob("done.json"))
