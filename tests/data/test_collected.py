"""The append-only file of collected texts: each id once, nothing lost, nothing torn."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goemox.data.collected import Collected, open_collected
from goemox.errors import GoemoxError, InvalidInput, UsageError
from goemox.records import TextRecord


def record(name: str, **meta: object) -> TextRecord:
    return TextRecord(
        name, f"text of {name}", "hackernews", "https://x.org", datetime(2024, 1, 2, tzinfo=UTC), meta
    )


def append(path: Path, records: Iterable[TextRecord]) -> tuple[int, int]:
    with open_collected(path) as collected:
        for one in records:
            collected.add(one)
        return collected.n_added, collected.n_skipped


def write(path: Path, *names: str) -> tuple[int, int]:
    return append(path, map(record, names))


def ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_text("utf-8").split("\n")[:-1]]


def test_a_row_has_the_promised_keys_first_and_then_all_others(tmp_path):
    path = tmp_path / "out.jsonl"
    with open_collected(path) as collected:
        collected.add(record("a", score=3, title="T", body="B\u2028ü", by=None))
    (line,) = path.read_text("utf-8").split("\n")[:-1]
    assert list(json.loads(line).items()) == [
        ("id", "a"), ("text", "text of a"), ("title", "T"), ("body", "B\u2028ü"), ("source", "hackernews"),
        ("url", "https://x.org"), ("created_at", "2024-01-02T00:00:00Z"), ("score", 3), ("by", None),
    ]  # fmt: skip


def test_a_column_of_the_source_never_hides_one_of_ours(tmp_path):
    path = tmp_path / "out.jsonl"
    with open_collected(path) as collected:
        collected.add(record("a", id="theirs", text="theirs"))
    assert json.loads(path.read_text())["id"] == "a"
    assert json.loads(path.read_text())["text"] == "text of a"


def test_a_second_run_appends_what_is_new_and_skips_what_is_there(tmp_path):
    path = tmp_path / "out.jsonl"
    assert write(path, "a", "b") == (2, 0)
    before = path.read_bytes()
    assert write(path, "b", "c", "a", "c") == (1, 3)
    assert ids(path) == ["a", "b", "c"]
    assert path.read_bytes().startswith(before)


def test_rows_are_on_disk_before_the_file_is_closed(tmp_path):
    path = tmp_path / "out.jsonl"
    with open_collected(path) as collected:
        collected.add(record("a"))
        assert ids(path) == ["a"]


def test_what_was_written_stays_when_the_run_breaks_off(tmp_path):
    path = tmp_path / "new" / "folder" / "out.jsonl"

    def interrupted() -> Iterator[TextRecord]:
        yield record("a")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        append(path, interrupted())
    assert ids(path) == ["a"]


@pytest.mark.fault("the power fails while a row is written", "the torn row is cut off and collected again")
@settings(max_examples=60, deadline=None)
@given(cut=st.integers(min_value=0, max_value=400))
def test_a_file_torn_anywhere_is_repaired_and_completed(tmp_path_factory, cut):
    path = tmp_path_factory.mktemp("torn") / "out.jsonl"
    write(path, "a", "b", "ü")
    whole = path.read_bytes()
    path.write_bytes(whole[: min(cut, len(whole))])
    write(path, "a", "b", "ü")
    assert sorted(ids(path)) == ["a", "b", "ü"]


@pytest.mark.fault("the last row lacks its newline", "it is kept, the next one starts on its own line")
def test_a_last_row_without_its_newline_is_kept(tmp_path):
    path = tmp_path / "out.jsonl"
    path.write_text('{"id": "a"}')
    write(path, "a", "b")
    assert ids(path) == ["a", "b"]


@pytest.mark.fault("a JSON Lines file of somebody else's", "refused with its row, before anything is fetched")
@pytest.mark.parametrize("line", ["not json\n", '{"text": "no id"}\n', "[1]\n", "\x00\xff\n"])
def test_a_file_of_somebody_elses_is_refused_with_its_row_and_left_alone(tmp_path, line):
    path = tmp_path / "out.jsonl"
    content = ('{"id": "a"}\n' + line + '{"id": "b"}\n').encode("latin1")
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=r"out.jsonl:2: not a row"):
        write(path, "c")
    assert path.read_bytes() == content


@pytest.mark.fault(
    "a file of somebody else's that lacks its last newline",
    "refused and left alone: only our own torn row is cut",
)
@pytest.mark.parametrize(
    "line", ['{"text": "marked by hand"}', '[{"id": "a"}]', "marked by ha", '{"text": "by ha']
)
def test_a_last_line_of_somebody_elses_is_not_taken_for_a_torn_row(tmp_path, line):
    path = tmp_path / "out.jsonl"
    path.write_text(line)
    with pytest.raises(InvalidInput, match=r"out.jsonl:1: not a row"):
        write(path, "c")
    assert path.read_text() == line


def test_a_row_begins_with_its_id_whatever_its_meta_holds(tmp_path):
    path = tmp_path / "out.jsonl"
    append(path, [record("a", url="u", source="s")])
    assert path.read_text().startswith('{"id":"a"')


@pytest.mark.parametrize("name", ["out.csv", "out.txt", "out", "out.jsonl.gz"])
def test_a_name_that_promises_another_format_is_refused(tmp_path, name):
    with pytest.raises(UsageError, match=r"\.jsonl"):
        write(tmp_path / name, "a")
    assert not (tmp_path / name).exists()


def test_without_a_path_rows_go_to_standard_output(capfdbinary):
    with open_collected(None) as collected:
        collected.add(record("a"))
    assert json.loads(capfdbinary.readouterr().out)["id"] == "a"


@pytest.mark.fault("a folder has the name of the file", "a clear error")
def test_a_folder_in_the_way_is_named(tmp_path):
    (tmp_path / "out.jsonl").mkdir()
    with pytest.raises(GoemoxError, match=r"out.jsonl: cannot be opened"):
        write(tmp_path / "out.jsonl", "a")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a device that is always full")
@pytest.mark.fault("the output is a device that is full", "a clear error; nothing is counted as written")
def test_a_full_disk_is_told_with_what_is_kept():
    with Path("/dev/full").open("wb", buffering=0) as full:
        collected = Collected("out.jsonl", full)
        with pytest.raises(
            GoemoxError, match=r"out.jsonl: cannot be written \(No space left on device\); rows so far"
        ):
            collected.add(record("a"))
    assert collected.n_added == 0
