"""What goes into parts: every format, folders, files without rows, and rows that cannot be used."""

import json

import polars as pl
import pytest

from goemox.data.files import read_records
from goemox.errors import InvalidInput, UnknownColumn, UsageError
from goemox.scale.batches import BatchScorer
from goemox.scale.plan import make_plan
from goemox.scale.resume import open_folder


def listed(folder):
    """All bad rows of a folder, in order."""
    return [row for file in sorted(folder.glob("errors-*.jsonl")) for row in json_lines(file)]


def json_lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").split("\n")[:-1]]


@pytest.mark.parametrize("kind", ["parquet", "jsonl", "csv"])
def test_bad_rows_are_listed_part_by_part_with_the_words_of_the_reader(kind, rows_file, run):
    blank = {3: "", 4: " \u2003\x1c", 8: None}
    source = rows_file(f"in.{kind}", 12, text=lambda i: blank.get(i, f"hello {i}"))
    bad = []
    good = [record.id for record in read_records(source, bad_rows=bad)]
    folder, totals = run(source, part_rows=5)
    assert listed(folder) == [row.to_dict() for row in bad]
    assert [file.name for file in sorted(folder.glob("errors-*"))] == [
        "errors-00000.jsonl",
        "errors-00001.jsonl",
    ]
    assert pl.read_parquet(sorted(folder.glob("part-*")))["id"].to_list() == good
    assert (totals.rows, totals.bad) == (len(good), len(bad)) == (9, 3)


def test_broken_lines_cost_themselves_alone(run, tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "one"}\n{"text": \n{"text": 5}\n[1]\n{"text": "five"}\n')
    folder, totals = run(source, part_rows=2, form="jsonl")
    assert [row["where"].rsplit(":", 1)[1] for row in listed(folder)] == ["2", "3", "4"]
    lines = [line for path in sorted(folder.glob("part-*")) for line in json_lines(path)]
    assert [(line["id"], line["text"]) for line in lines] == [("1", "one"), ("5", "five")]
    assert totals.parts == 3


def test_a_part_of_bad_rows_alone_has_no_rows_but_is_there(rows_file, run):
    for form in ("parquet", "csv", "jsonl"):
        source = rows_file("in.parquet", 6, text=lambda i: None if i < 3 else "yes")
        folder, totals = run(source, name=form, part_rows=3, form=form)
        assert (totals.parts, totals.rows, totals.bad) == (2, 3, 3)
        assert (folder / f"part-00000.{form}").is_file()
    table = pl.read_parquet(sorted((folder.parent / "parquet").glob("part-*")))
    assert table["text"].to_list() == ["yes"] * 3


def test_a_column_of_numbers_gives_bad_rows_for_all(rows_file, run):
    source = rows_file("in.parquet", 3)
    folder, totals = run(source, text_column="score")
    assert (totals.rows, totals.bad) == (0, 3)
    assert listed(folder)[0]["reason"] == "'score' holds a number, not text"


@pytest.mark.parametrize("kind", ["parquet", "jsonl", "csv"])
def test_order_and_unicode_are_kept_in_parts_of_one_row(kind, rows_file, run):
    source = rows_file(f"in.{kind}", 11)
    folder, totals = run(source, part_rows=1)
    assert totals.parts == 11
    texts = [pl.read_parquet(path)["text"].item() for path in sorted(folder.glob("part-*"))]
    assert texts == [record.text for record in read_records(source)]
    assert any("日本語 and 🎉🎉" in text for text in texts)


def test_a_folder_of_files_is_one_collection(rows_file, run, tmp_path):
    for name in ("a", "b", "c"):
        rows_file(f"many/{name}.parquet", 5, id=lambda i, name=name: f"{name}{i}")
    folder, totals = run(tmp_path / "many", part_rows=4)
    assert totals.parts == 4
    assert pl.read_parquet(sorted(folder.glob("part-*")))["id"].to_list() == [
        f"{name}{i}" for name in "abc" for i in range(5)
    ]


def test_files_with_different_columns_are_read_too(rows_file, run, tmp_path):
    rows_file("many/a.parquet", 3)
    rows_file("many/b.parquet", 3, more=lambda i: f"more {i}")
    rows_file("many/c.csv", 3)
    folder, totals = run(tmp_path / "many", part_rows=3, form="jsonl")
    assert (totals.parts, totals.rows) == (3, 9)
    assert [line["more"] for line in json_lines(folder / "part-00001.jsonl")] == [
        "more 0",
        "more 1",
        "more 2",
    ]


def test_numbers_of_parquet_files_with_different_columns_stay_numbers(rows_file, run, tmp_path):
    rows_file("many/a.parquet", 3)
    rows_file("many/b.parquet", 3, more=lambda i: f"more {i}")
    folder, _ = run(tmp_path / "many", part_rows=3)
    parts = [pl.read_parquet(path) for path in sorted(folder.glob("part-*"))]
    assert [part.schema["score"] for part in parts] == [pl.Int64, pl.Int64]


def test_where_a_bad_row_stands_names_its_own_file(rows_file, run, tmp_path):
    rows_file("many/a.parquet", 3)
    second = rows_file("many/b.parquet", 4, text=lambda i: None if i == 2 else "fine")
    folder, _ = run(tmp_path / "many", part_rows=5)
    assert [row["where"] for row in listed(folder)] == [f"{second}:3"]


def test_a_file_without_rows_is_refused_before_anything_is_written(scorer, tmp_path):
    for name, text in (("a.csv", "text\n"), ("b.jsonl", ""), ("c.txt", "\n")):
        (tmp_path / name).write_text(text)
        with pytest.raises(InvalidInput, match=name):
            make_plan(tmp_path / name, scorer)
    pl.DataFrame({"text": []}, schema={"text": pl.String}).write_parquet(tmp_path / "d.parquet")
    with pytest.raises(InvalidInput, match=r"d\.parquet: the file has no rows"):
        make_plan(tmp_path / "d.parquet", scorer)
    (tmp_path / "e.parquet").write_bytes(b"PAR1 nonsense")
    with pytest.raises(InvalidInput, match=r"e\.parquet: not a readable Parquet file"):
        make_plan(tmp_path / "e.parquet", scorer)


def test_what_cannot_be_planned_is_refused_with_a_remedy(rows_file, scorer):
    source = rows_file("in.csv", 2)
    with pytest.raises(UsageError, match="no run could take up again; save it"):
        make_plan("-", scorer)
    with pytest.raises(UsageError, match="a part has at least 1 row"):
        make_plan(source, scorer, part_rows=0)
    with pytest.raises(UnknownColumn, match="no column 'comment'"):
        make_plan(source, scorer, text_column="comment")


def test_packed_files_and_goemotions_own_files_are_read(run, tmp_path):
    import gzip

    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b'{"text": "one"}\n{"text": "two"}\n'))
    assert run(tmp_path / "a.jsonl.gz", name="a")[1].rows == 2
    (tmp_path / "b.tsv").write_text("I love it\t18\teda1\nNo way\t27\teda2\n")
    folder, _ = run(tmp_path / "b.tsv", name="b")
    assert pl.read_parquet(folder / "part-00000.parquet").select("id", "text").rows() == [
        ("eda1", "I love it"), ("eda2", "No way"),
    ]  # fmt: skip


def test_a_folder_of_parts_is_read_like_any_collection(rows_file, run):
    source = rows_file("in.parquet", 8, text=lambda i: None if i in (1, 4, 5) else f"fine {i}")
    for form in ("parquet", "csv", "jsonl"):
        folder, _ = run(source, name=form, part_rows=2, form=form)
        assert [record.text for record in read_records(folder)] == [f"fine {i}" for i in (0, 2, 3, 6, 7)]


def test_an_unfinished_folder_of_parts_is_said_to_be_one(rows_file, run):
    folder, _ = run(rows_file("in.parquet", 6), part_rows=2)
    said = []
    read_records(folder, notice=said.append)
    assert "not finished" not in " ".join(said)
    (folder / "done.json").unlink()
    read_records(folder, notice=said.append)
    assert f"{folder}: is not finished, 3 parts so far are read; the command that wrote it goes on" in said


def test_a_finished_folder_that_lost_a_part_is_finished_no_more(rows_file, run, scorer):
    source = rows_file("in.parquet", 6)
    folder, _ = run(source, part_rows=2)
    (folder / "part-00001.parquet").unlink()
    said = []
    read_records(folder, notice=said.append)
    assert f"{folder}: is not finished, 2 parts so far are read; the command that wrote it goes on" in said
    plan, _ = make_plan(source, scorer, part_rows=2)
    with open_folder(folder, plan) as parts:
        assert not parts.is_finished
        assert not (folder / "done.json").exists()


def test_numbers_that_no_column_of_numbers_holds_are_written_as_text(run, tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_text(
        "".join(f'{{"text": "t {i}", "hash": {9223372036854775813 - 8 * i}}}\n' for i in range(3))
    )
    folder, totals = run(source, part_rows=2)
    assert totals.rows == 3
    assert [str(record.meta["hash"]) for record in read_records(folder)] == [
        str(9223372036854775813 - 8 * i) for i in range(3)
    ]


def test_a_folder_of_parts_without_a_row_is_refused_as_an_input(rows_file, run):
    folder, totals = run(rows_file("in.parquet", 4, text=lambda i: ""), part_rows=2)
    assert (totals.rows, totals.empty) == (0, (0, 1))
    with pytest.raises(InvalidInput, match="out: none of its parts holds a row"):
        read_records(folder)


def test_parts_can_be_the_input_of_another_run(rows_file, run):
    first, _ = run(rows_file("in.parquet", 6), name="first", part_rows=4)
    second, totals = run(first, name="second", scorer=BatchScorer(threads=1, grouping="sentiment"))
    assert totals.rows == 6
    assert "input_labels" in pl.read_parquet(second / "part-00000.parquet").columns
