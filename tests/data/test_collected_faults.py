"""The file of collected texts when the disk, another process or the power is against it; and Parquet."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from goemox.data.collected import collected_ids, open_collected
from goemox.data.collected_parquet import rows_file
from goemox.errors import GoemoxError, InvalidInput
from goemox.records import TextRecord

POSIX = pytest.mark.skipif(os.name == "nt", reason="needs a POSIX system")


def record(name: str, **meta: object) -> TextRecord:
    return TextRecord(name, f"text of {name}", "hackernews", meta=meta)


def write(path: Path, *names: str) -> tuple[int, int]:
    with open_collected(path) as collected:
        for name in names:
            collected.add(record(name))
        return collected.n_added, collected.n_skipped


def ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("name", ["out.jsonl", "out.parquet"])
@pytest.mark.fault("two collectors on one file", "the second is told so at once, the first goes on")
def test_a_second_collector_is_told_and_the_first_goes_on(tmp_path, name):
    path = tmp_path / name
    with open_collected(path) as first:
        first.add(record("a"))
        with pytest.raises(GoemoxError, match=rf"{name}: another goemox is writing there"):
            write(path, "b")
        first.add(record("c"))
    assert collected_ids(path) == {"a", "c"}
    assert write(path, "b") == (1, 0)


@pytest.mark.fault("the first request fails", "no empty file is left behind")
def test_a_run_without_a_row_leaves_no_file(tmp_path):
    for name in ("out.jsonl", "out.parquet"):
        with pytest.raises(RuntimeError), open_collected(tmp_path / name):
            raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_of_somebody_elses_is_left_where_it_is(tmp_path):
    path = tmp_path / "out.jsonl"
    path.touch()
    write(path)
    assert path.exists()


@POSIX
@pytest.mark.fault("the disk is full", "a clear error; no torn row, rows so far kept")
def test_a_full_disk_leaves_whole_rows_and_a_way_on(tmp_path):
    """A limit on the size of files stands for a full disk: both end in a short write and an error."""
    import resource

    path = tmp_path / "out.jsonl"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    told = r"out.jsonl: cannot be written .*rows so far are kept; make room"
    with pytest.raises(GoemoxError, match=told), open_collected(path) as collected:
        collected.add(record("a"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 20, before[1]))
        try:
            collected.add(record("b"))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert ids(path) == ["a"]
    assert path.read_bytes().endswith(b"}\n")
    assert write(path, "a", "b") == (1, 1)


def test_what_is_known_counts_once_however_often_it_is_met(tmp_path):
    path = tmp_path / "out.jsonl"
    write(path, "a")
    with open_collected(path) as collected:
        assert collected.knows("a")
        assert not collected.knows("b")
        collected.add(record("a"))
        assert collected.n_skipped == 1


def test_parquet_appears_whole_at_the_end_and_nothing_beside_it(tmp_path):
    path = tmp_path / "out.parquet"
    with open_collected(path) as collected:
        collected.add(record("a", score=None))
        collected.add(record("b", score=3, tags=["x"]))
        assert not path.exists()
    assert [file.name for file in tmp_path.iterdir()] == ["out.parquet"]
    frame = pl.read_parquet(path)
    assert frame["id"].to_list() == ["a", "b"]
    assert frame["score"].to_list() == [None, 3]
    assert frame["tags"].to_list() == [None, ["x"]]
    assert frame.columns[:7] == ["id", "text", "title", "body", "source", "url", "created_at"]
    assert frame["title"].dtype == frame["created_at"].dtype == pl.String


def test_a_second_run_adds_to_the_parquet_file(tmp_path):
    path = tmp_path / "out.parquet"
    write(path, "a", "b")
    assert write(path, "b", "c") == (1, 1)
    assert pl.read_parquet(path)["id"].to_list() == ["a", "b", "c"]


@pytest.mark.fault("a run into Parquet breaks off", "its rows wait beside the file; the next run adds them")
def test_rows_of_a_broken_run_wait_and_come_into_the_parquet_file(tmp_path):
    path = tmp_path / "out.parquet"
    write(path, "a")
    with pytest.raises(RuntimeError), open_collected(path) as collected:
        collected.add(record("b"))
        raise RuntimeError
    assert pl.read_parquet(path)["id"].to_list() == ["a"]
    assert ids(rows_file(path)) == ["a", "b"]
    assert collected_ids(path) == {"a", "b"}
    write(path, "b", "c")
    assert pl.read_parquet(path)["id"].to_list() == ["a", "b", "c"]
    assert not rows_file(path).exists()


def test_killed_while_rows_are_taken_back_from_parquet_none_is_lost(tmp_path):
    path = tmp_path / "out.parquet"
    write(path, "a", "b", "c")
    rows_file(path).write_text('{"id": "a", "text": "text of a"}\n{"id": "b", "te')  # torn there
    write(path, "d")
    assert sorted(pl.read_parquet(path)["id"].to_list()) == ["a", "b", "c", "d"]


@pytest.mark.fault("a Parquet file of somebody else's", "refused and left alone")
def test_a_parquet_file_of_somebody_elses_is_refused_and_left_alone(tmp_path):
    strange, broken = tmp_path / "strange.parquet", tmp_path / "broken.parquet"
    pl.DataFrame({"x": [1]}).write_parquet(strange)
    broken.write_bytes(b"PAR1 not really")
    for path in (strange, broken):
        before = path.read_bytes()
        with pytest.raises(InvalidInput, match=r"not a .*file that goemox collected"):
            write(path, "a")
        assert path.read_bytes() == before
        assert not rows_file(path).exists()


@pytest.mark.parametrize(
    "wrong", [{"id": [1, 2]}, {"created_at": [date(2024, 1, 1), None]}, {"url": [1.0, 2.0]}]
)
@pytest.mark.fault(
    "a Parquet file with the right names and other types", "refused before anything is fetched"
)
def test_a_parquet_file_with_other_types_is_refused_and_left_alone(tmp_path, wrong):
    path = tmp_path / "own.parquet"
    columns = {name: ["a", "b"] for name in ("id", "text", "title", "body", "source", "url", "created_at")}
    pl.DataFrame(columns | wrong).write_parquet(path)
    before = path.read_bytes()
    with pytest.raises(InvalidInput, match="not a file that goemox collected"):
        write(path, "c")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@POSIX
def test_a_closed_standard_output_is_told(hacker_news_server):
    hacker_news_server([])
    command = f"exec {sys.executable} -m goemox collect hackernews >&-"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr.strip() == "goemox: standard output is closed; name a file with -o"
