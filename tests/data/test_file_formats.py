"""Rows and records -> JSON Lines, CSV, Parquet: one form for each value, whole files, honest pipes."""

import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import polars as pl
import pytest

from goemox.data.bad_rows import BadRow
from goemox.data.cells import csv_line, json_line
from goemox.data.files import read_records
from goemox.data.writers import format_of, write_bad_rows, write_records, write_rows
from goemox.errors import GoemoxError, UsageError
from goemox.records import TextRecord
from goemox.wording import printable


def test_a_header_that_a_spreadsheet_would_run_is_quoted_too():
    assert csv_line(["=1+1", "ok"]) == "'=1+1,ok\n"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""), (True, "true"), (7, "7"), (2**80, str(2**80)), (0.1, "0.1"), (float("nan"), ""),
        ("a\nb", '"a\nb"'), ("a\rb", '"a\rb"'), ('say "hi"', '"say ""hi"""'), (b"\0", "AA=="),
        (Decimal("1.10"), "1.10"), (Decimal("-1.10"), "-1.10"), (timedelta(seconds=61), "0:01:01"),
        (timedelta(-1), '"\'-1 day, 0:00:00"'), (b"\xf8abc", "'+GFiYw=="),
        ([1, "a"], '"[1,""a""]"'), ({"k": None}, '"{""k"":null}"'),
        (datetime(2024, 1, 2, 3, 4, tzinfo=UTC), "2024-01-02T03:04:00+00:00"),
    ],
)  # fmt: skip
def test_each_kind_of_value_has_one_csv_form(value, cell):
    assert csv_line([value]) == cell + "\n"


def test_json_lines_hold_what_fast_json_cannot():
    row = {
        "big": 2**80,
        "when": datetime(2024, 1, 2, tzinfo=UTC),
        "raw": b"\0",
        "nan": float("nan"),
        "set": {"b", "a"},
        "price": Decimal("1.10"),
        "view": MappingProxyType({"a": 1}),
    }
    assert json.loads(json_line(row)) == {
        "big": 2**80,
        "when": "2024-01-02T00:00:00+00:00",
        "raw": "AA==",
        "nan": None,
        "set": ["a", "b"],
        "price": "1.10",
        "view": {"a": 1},
    }


def test_columns_that_turn_up_late_are_told_in_csv_and_kept_elsewhere(tmp_path):
    rows = [{"id": "1", "text": "a"}, {"id": "2", "text": "b", "late": 3}]
    told: list[str] = []
    for form in ("csv", "parquet", "jsonl"):
        assert write_rows(rows, tmp_path / f"x.{form}", form, notice=told.append) == 2
    assert (tmp_path / "x.csv").read_text() == "id,text\n1,a\n2,b\n"
    assert len(told) == 1
    assert "column(s) late turned up after the header" in told[0]
    assert pl.read_parquet(tmp_path / "x.parquet")["late"].to_list() == [None, 3]


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ([1, "a"], ["1", "a"]),
        ([1, True], ["1", "true"]),
        ([{"a": 1}, {"b": 2}], ['{"a":1}', '{"b":2}']),
        ([{}, {"a": 1}], ["{}", '{"a":1}']),
        ([[1], ["a"]], ["[1]", '["a"]']),
        ([2**200, None], [str(2**200), None]),
        ([0.5, 2**60], ["0.5", str(2**60)]),
    ],
)
def test_what_one_parquet_column_cannot_hold_exactly_becomes_json_text_and_is_told(tmp_path, values, kept):
    told: list[str] = []
    write_rows([{"x": value} for value in values], tmp_path / "x.parquet", "parquet", notice=told.append)
    assert pl.read_parquet(tmp_path / "x.parquet")["x"].to_list() == kept
    assert told == ["column 'x' holds values of several kinds; written as JSON text"]


def test_whole_numbers_among_fractions_stay_numbers_in_parquet(tmp_path):
    write_rows([{"x": 1}, {"x": 0.5}, {"x": None}], tmp_path / "x.parquet", "parquet")
    assert pl.read_parquet(tmp_path / "x.parquet")["x"].to_list() == [1.0, 0.5, None]


def test_a_failure_midway_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "out.jsonl"
    path.write_text("old")

    def rows():
        yield {"text": "a"}
        raise GoemoxError("midway")

    for form in ("jsonl", "csv", "parquet"):
        with pytest.raises(GoemoxError, match="midway"):
            write_rows(rows(), path, form)
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["out.jsonl"]


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(UsageError, match="is a folder; name a file"):
        write_rows([], tmp_path, "jsonl")
    (tmp_path / "file").write_text("")
    with pytest.raises(GoemoxError, match="cannot be written"):
        write_rows([], tmp_path / "file" / "x.jsonl", "jsonl")


def test_the_ending_says_the_format():
    names = ("a.jsonl", "a.ndjson", "a.CSV", "a.parquet")
    assert [format_of(Path(name)) for name in names] == ["jsonl", "jsonl", "csv", "parquet"]
    assert format_of(None) == "jsonl"
    with pytest.raises(UsageError, match="choose with --format"):
        format_of(Path("a.xlsx"))


def test_a_pipe_sees_each_row_as_soon_as_it_is_ready():
    pipe = io.BytesIO()
    flushed = []
    pipe.flush = lambda: flushed.append(pipe.getvalue().count(b"\n"))

    def rows():
        for number in range(3):
            assert pipe.getvalue().count(b"\n") == number
            assert len(flushed) == number
            yield {"text": str(number)}

    write_rows(rows(), None, "jsonl", stdout=pipe)
    assert flushed == [1, 2, 3, 3]


def test_parquet_is_not_poured_onto_a_terminal():
    class Terminal(io.BytesIO):
        def isatty(self):
            return True

    with pytest.raises(UsageError, match="give a file with -o"):
        write_rows([{"text": "a"}], None, "parquet", stdout=Terminal())


def test_records_are_written_so_that_reading_gives_them_back(tmp_path):
    records = [
        TextRecord(
            "hn-1", "A title", source="hackernews", url="https://example.org/", meta={"points": 3},
            created_at=datetime(2024, 1, 2, tzinfo=UTC),
            labels=frozenset({"joy", "anger"}), judged=frozenset({"joy"}),
        ),
        TextRecord("hn-2", "Another", meta={"points": 4, "text": "hidden"}, labels=frozenset()),
    ]  # fmt: skip
    for form in ("jsonl", "csv", "parquet"):
        path = tmp_path / f"x.{form}"
        assert write_records(records, path, form, notice=[].append) == 2
        back = list(read_records(path, label_column="labels"))
        assert [(r.id, r.text, r.url, r.labels) for r in back] == [
            (r.id, r.text, r.url, r.labels) for r in records
        ]
        assert back[0].judged == {"joy"}
        assert back[0].meta["created_at"] == "2024-01-02T00:00:00+00:00"
        assert str(back[1].meta["points"]) == "4"
    assert json.loads((tmp_path / "x.jsonl").read_text().splitlines()[1])["input_text"] == "hidden"


def test_bad_rows_are_written_one_a_line(tmp_path):
    write_bad_rows([BadRow("x.csv:2", "the text is empty", "1,\n")], tmp_path / "errors.jsonl")
    assert json.loads((tmp_path / "errors.jsonl").read_text()) == {
        "where": "x.csv:2",
        "reason": "the text is empty",
        "raw": "1,\n",
    }
    write_bad_rows([], tmp_path / "errors.jsonl")
    assert (tmp_path / "errors.jsonl").read_text() == ""


def test_printable_leaves_ordinary_writing_alone():
    assert printable("na\u00efve \u0627\u0644\u0639 \U0001f600") == "na\u00efve \u0627\u0644\u0639 \U0001f600"
    assert printable("\0\x9b\ufeff\u2028") == "\\x00\\x9b\\ufeff\\u2028"


def test_reading_and_writing_text_formats_load_neither_polars_nor_rich(tmp_path):
    (tmp_path / "in.csv").write_text("text\nhi there\n")
    code = (
        "import sys, pathlib\n"
        "from goemox.data.files import read_records\n"
        "from goemox.data.writers import write_records\n"
        "write_records(read_records(pathlib.Path('in.csv')), pathlib.Path('out.jsonl'), 'jsonl')\n"
        "sys.exit(any(name in sys.modules for name in ('polars', 'rich', 'torch', 'sklearn')))\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment).returncode == 0
    assert json.loads((tmp_path / "out.jsonl").read_text())["text"] == "hi there"
