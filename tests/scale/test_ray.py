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
N, PART = 3_000, 250
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
    """Texts, some of them missing, and columns that are carried along."""
    texts = [sample.text for sample in load_samples()]
    return [
        {
            "id": 3 * i,
            "text": None if i % 97 == 50 else f"{texts[i % len(texts)]} {i}",
            "n": i,
            "author": f"author {i % 7}",
        }
        for i in range(N)
    ]


def command(source, folder, *more):
    return [
        sys.executable, "-m", "goemox", "predict", "--input", source, "-o", f"{folder}/",
        "--part-rows", str(PART), *more,
    ]  # fmt: skip


def predict(source, folder, *more, **settings):
    environment = os.environ | QUIET | settings
    return subprocess.run(
        command(source, folder, *more),
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=200,
    )


def begin(source, folder, address):
    """A run on the cluster, under way: its first part is there."""
    run = subprocess.Popen(
        command(source, folder, "--engine", "ray"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | QUIET | {"RAY_ADDRESS": address},
    )
    until = time.monotonic() + 150
    while not parts_of(folder):
        assert run.poll() is None, run.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)
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


def test_a_worker_that_is_killed_loses_no_row_and_doubles_none(cluster, rows, tmp_path):
    address, keeper = cluster
    source, local, ray = tmp_path / "in.jsonl", tmp_path / "local", tmp_path / "ray"
    pl.DataFrame(rows).write_ndjson(source)
    run = begin(source, ray, address)
    workers = [pid for pid, args in processes_below(keeper).items() if "MapWorker" in args]
    assert len(workers) == 2
    os.kill(workers[0], signal.SIGKILL)
    assert len(parts_of(ray)) < N // PART, "it came too late"
    errors = run.communicate(timeout=200)[1]
    assert run.returncode == 4, errors
    assert "a worker died; its part is made again" in errors
    assert predict(source, local).returncode == 4  # since some rows have no text
    assert_same_bytes(ray, local)
    table = pl.read_parquet(parts_of(ray))
    assert table["n"].to_list() == [row["n"] for row in rows if row["text"] is not None]
    bad = [json.loads(line) for path in ray.glob("errors-*") for line in path.read_bytes().splitlines()]
    assert {line["where"] for line in bad} == {f"{source}:{i + 1}" for i in range(50, N, 97)}


def test_a_run_whose_command_was_killed_goes_on_where_it_stopped(cluster, rows, tmp_path):
    source, local, ray = tmp_path / "in.parquet", tmp_path / "local", tmp_path / "ray"
    pl.DataFrame(rows).write_parquet(source)
    run = begin(source, ray, cluster[0])
    run.kill()
    run.communicate()
    before = {path: path.stat().st_mtime_ns for path in parts_of(ray)}
    assert 0 < len(before) < N // PART
    done = predict(source, ray, "--engine", "ray", RAY_ADDRESS=cluster[0])
    assert done.returncode == 4, done.stderr
    assert "goes on" in done.stderr
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert predict(source, local).returncode == 4
    assert_same_bytes(ray, local)


def test_a_part_that_cannot_be_made_is_named_and_costs_no_other(rows, tmp_path):
    source, ray = tmp_path / "in", tmp_path / "ray"
    source.mkdir()
    for name, start in (("a", 0), ("b", PART), ("c", 2 * PART)):
        pl.DataFrame(rows[start : start + PART]).write_parquet(source / f"{name}.parquet")
    group = ParquetFile(source / "b.parquet").metadata.row_group(0)
    with (source / "b.parquet").open("r+b") as stream:
        for column in range(group.num_columns):
            stream.seek(group.column(column).data_page_offset)
            stream.write(bytes(20))
    with TemporaryDirectory(prefix="t") as scratch:  # a short name, since names of sockets are
        done = predict(source, ray, "--engine", "ray", TMPDIR=scratch)
        assert not list(Path(scratch).iterdir()), "what the cluster left"
        told = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        assert scratch not in told, "processes that the cluster left"
    assert done.returncode == 1, done.stderr
    assert "1 part could not be made in 3 tries: part 1 (rows 251 to 500): " in done.stderr
    assert f"{source / 'b.parquet'}: not a readable Parquet file" in done.stderr
    assert done.stdout == ""
    assert [path.name for path in parts_of(ray)] == ["part-00000.parquet", "part-00002.parquet"]
    assert not list(ray.glob(".part*")) + list(ray.glob("done.json"))
