"""Predictions and records -> files, pipes and tables, column for column."""

import csv
import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import polars as pl
import pytest

from goemox.data.columns import Columns
from goemox.data.files import read_records
from goemox.data.prediction_files import line_keys, own_columns, write_predictions
from goemox.data.writers import format_of
from goemox.prediction import Prediction
from goemox.records import TextRecord

LABELS = ("joy", "love", "neutral")
SCORES = {"joy": 0.75, "love": 0.5, "neutral": 0.125}


def predicted(record, **changes):
    whole = {
        "id": record.id,
        "text": record.text,
        "labels": ("joy", "love"),
        "scores": SCORES,
        "prediction_set": ("joy",),
        "domain_percentile": 97.25,
        "in_domain": False,
    }
    return record, Prediction(**{**whole, **changes})


def written(path, pairs, form=None, **options):
    told = []
    form = form or format_of(path)
    n_rows = write_predictions(pairs, path, form, labels=LABELS, notice=told.append, **options)
    assert n_rows == len(pairs)
    return told


def csv_rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def from_file(tmp_path, name, content):
    """Pairs and columns of an input file, as `predict` has them."""
    source = tmp_path / name
    source.write_bytes(content.encode())
    stream = read_records(source)
    return [predicted(record) for record in stream], stream.columns


def test_a_json_line_holds_the_documented_keys_then_the_inputs_other_columns(tmp_path):
    pairs, columns = from_file(
        tmp_path, "in.jsonl", '{"id": 1, "text": "h\u00e9", "stars": 5, "tags": ["a", {"b": null}]}\n'
    )
    assert written(tmp_path / "out.jsonl", pairs, columns=columns) == []
    line = (tmp_path / "out.jsonl").read_text("utf-8")
    assert json.loads(line) == {**pairs[0][1].to_dict(), "stars": 5, "tags": ["a", {"b": None}]}
    assert tuple(json.loads(line)) == (*line_keys(cascade=False), "stars", "tags")
    assert line.endswith("}\n")


def test_csv_keeps_the_inputs_columns_in_place_and_adds_ours_behind(tmp_path):
    pairs, columns = from_file(tmp_path, "in.csv", 'zip,comment,id\n00123,"so, so",k1\n,fine,k2\n')
    written(tmp_path / "out.csv", pairs, columns=columns)
    assert (tmp_path / "out.csv").read_text("utf-8") == (
        "zip,comment,id,labels,score_joy,score_love,score_neutral,"
        "prediction_set,domain_percentile,in_domain,truncated\n"
        '00123,"so, so",k1,joy|love,0.75,0.5,0.125,joy,97.25,false,false\n'
        ",fine,k2,joy|love,0.75,0.5,0.125,joy,97.25,false,false\n"
    )


def test_parquet_keeps_the_inputs_types(tmp_path):
    source = tmp_path / "in.parquet"
    rows = [{"id": 1, "text": "a", "when": datetime(2024, 1, 2, tzinfo=UTC), "tags": ["x"], "user": {"n": 1}}]
    pl.DataFrame(rows).write_parquet(source)
    stream = read_records(source)
    told = written(tmp_path / "out.parquet", [predicted(r) for r in stream], columns=stream.columns)
    before, after = pl.read_parquet(source), pl.read_parquet(tmp_path / "out.parquet")
    assert told == []
    assert after.select(before.columns).equals(before)
    assert after.schema["id"] == pl.Int64
    assert after.columns[5:] == list(own_columns(LABELS, cascade=False))
    assert after.row(0)[5:] == ("joy|love", 0.75, 0.5, 0.125, "joy", 97.25, False, False)


def test_an_input_without_ids_gets_a_column_of_row_numbers_first(tmp_path):
    pairs, columns = from_file(tmp_path, "in.csv", "text,n\na,5\nb,6\n")
    written(tmp_path / "out.csv", pairs, columns=columns)
    assert [(row["id"], row["n"]) for row in csv_rows(tmp_path / "out.csv")] == [("1", "5"), ("2", "6")]
    assert (tmp_path / "out.csv").read_text().startswith("id,text,n,labels,")


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_input_columns_that_bear_our_names_are_kept_with_a_prefix_and_told(tmp_path, form):
    content = "id,text,labels,score_joy,input_labels\n1,a,their labels,their score,taken already\n"
    pairs, columns = from_file(tmp_path, "in.csv", content)
    path = tmp_path / f"out.{form}"
    told = written(path, pairs, columns=columns)
    row = csv_rows(path)[0] if form == "csv" else pl.read_parquet(path).row(0, named=True)
    assert row["labels"] == "joy|love"
    assert row["input_input_labels"] == "their labels"
    assert row["input_labels"] == "taken already"
    assert row["input_score_joy"] == "their score"
    assert told == [
        "the input's column 'labels' is written as 'input_input_labels'",
        "the input's column 'score_joy' is written as 'input_score_joy'",
    ]


def test_json_lines_keep_input_keys_that_bear_our_names_with_a_prefix(tmp_path):
    content = '{"text": "title", "body": "what was read", "labels": [7]}\n'
    source = tmp_path / "in.jsonl"
    source.write_text(content)
    stream = read_records(source, text_column="body")
    told = written(tmp_path / "out.jsonl", [predicted(r) for r in stream], columns=stream.columns)
    row = json.loads((tmp_path / "out.jsonl").read_text())
    assert (row["text"], row["input_text"], row["labels"], row["input_labels"]) == (
        "what was read", "title", ["joy", "love"], [7],
    )  # fmt: skip
    assert "body" not in row
    assert len(told) == 2


def test_what_is_not_promised_is_null_in_every_format(tmp_path):
    record = TextRecord("1", "a")
    nothing = {"labels": (), "prediction_set": None, "domain_percentile": None, "in_domain": None}
    for form in ("jsonl", "csv", "parquet"):
        written(tmp_path / f"out.{form}", [predicted(record, **nothing)])
    assert csv_rows(tmp_path / "out.csv")[0]["prediction_set"] == ""
    frame = pl.read_parquet(tmp_path / "out.parquet")
    assert frame.schema["prediction_set"] == pl.String
    assert frame.schema["in_domain"] == pl.Boolean
    assert frame.schema["domain_percentile"] == pl.Float64
    assert frame.row(0, named=True)["domain_percentile"] is None
    assert json.loads((tmp_path / "out.jsonl").read_text())["in_domain"] is None


def test_no_predictions_still_make_a_file_with_its_columns(tmp_path):
    for form in ("csv", "parquet"):
        written(tmp_path / f"out.{form}", [])
    assert (tmp_path / "out.csv").read_text().startswith("id,text,labels,score_joy")
    assert pl.read_parquet(tmp_path / "out.parquet").columns[:3] == ["id", "text", "labels"]
    written(tmp_path / "out.jsonl", [])
    assert (tmp_path / "out.jsonl").read_text() == ""


def test_a_score_that_was_left_out_is_an_empty_cell(tmp_path):
    pair = predicted(TextRecord("1", "a"), labels=("joy",), scores={"joy": 0.75})
    for form in ("csv", "parquet"):
        written(tmp_path / f"out.{form}", [pair])
    assert csv_rows(tmp_path / "out.csv")[0]["score_love"] == ""
    assert pl.read_parquet(tmp_path / "out.parquet")["score_love"].to_list() == [None]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_texts_that_a_spreadsheet_would_run_are_quoted_and_others_are_not(tmp_path, start):
    record = TextRecord(
        "1", f"{start}cmd|' /C calc'!A0", meta={"number": "-1.5e3", "plus": "+49", "word": "a=b"}
    )
    written(tmp_path / "safe.csv", [predicted(record)])
    row = csv_rows(tmp_path / "safe.csv")[0]
    assert row["text"] == "'" + record.text
    assert (row["number"], row["plus"], row["word"]) == ("-1.5e3", "+49", "a=b")
    written(tmp_path / "raw.csv", [predicted(record)], escape_formulas=False)
    assert csv_rows(tmp_path / "raw.csv")[0]["text"] == record.text
    written(tmp_path / "raw.jsonl", [predicted(record)])
    assert json.loads((tmp_path / "raw.jsonl").read_text())["text"] == record.text


def test_half_a_surrogate_pair_from_the_command_line_is_written_visibly(tmp_path):
    pairs = [predicted(TextRecord("1", "caf\udce9"))]
    for form in ("jsonl", "csv", "parquet", "table"):
        written(tmp_path / f"x.{form}", pairs, form)
    assert json.loads((tmp_path / "x.jsonl").read_text())["text"] == "caf\udce9"
    assert csv_rows(tmp_path / "x.csv")[0]["text"] == "caf\\udce9"
    assert pl.read_parquet(tmp_path / "x.parquet")["text"].to_list() == ["caf\\udce9"]
    assert "caf\\udce9" in (tmp_path / "x.table").read_text()


def test_a_file_may_be_read_and_replaced_in_one_go(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("id,text\n1,a\n2,b\n")
    stream = read_records(path)
    write_predictions((predicted(r) for r in stream), path, "csv", labels=LABELS, columns=stream.columns)
    assert [row["labels"] for row in csv_rows(path)] == ["joy|love", "joy|love"]


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_a_pipe_gets_the_same_bytes_as_a_file(tmp_path, form):
    pairs = [predicted(TextRecord("1", "a \u2603")), predicted(TextRecord("2", "b"))]
    pipe = io.BytesIO()
    write_predictions(pairs, None, form, labels=LABELS, stdout=pipe)
    written(tmp_path / "out", pairs, form)
    assert pipe.getvalue() == (tmp_path / "out").read_bytes()


def test_a_table_shows_labels_and_distance_and_no_character_can_act(tmp_path):
    nasty = TextRecord("1", "\x1b[2Jgone [bold red]not markup[/] \u202eright to left\nnext")
    calm = TextRecord("2", "fine \U0001f469\u200d\U0001f680", meta={"n": 1})
    pairs = [predicted(nasty), predicted(calm, labels=(), domain_percentile=None, in_domain=None)]
    assert write_predictions(pairs, tmp_path / "t.txt", "table", labels=LABELS) == 2
    table = (tmp_path / "t.txt").read_text("utf-8")
    assert "\\x1b[2Jgone [bold red]not markup[/]" in table
    assert "\\u202eright to left\\nnext" in table
    assert "\x1b" not in table
    assert "joy 0.75, love 0.50" in table
    assert "97.2 % outside" in table
    assert "\U0001f469\u200d\U0001f680" in table
    assert len(table.splitlines()) == 3


def test_a_huge_text_is_one_short_line_of_a_table():
    pipe = io.BytesIO()
    write_predictions(
        [predicted(TextRecord("1", "x" * 1_000_000))], None, "table", labels=LABELS, stdout=pipe
    )
    assert len(pipe.getvalue()) < 1_000


def test_a_table_on_a_console_without_unicode_does_not_fail():
    code = (
        "from goemox.data.prediction_files import line_keys, own_columns, write_predictions as w\n"
        "from goemox.prediction import Prediction as P\n"
        "from goemox.records import TextRecord as T\n"
        "prediction = P(id='1', labels=('joy',), scores={'joy': 0.5})\n"
        "w([(T('1', 'snow \u2603'), prediction)], None, 'table', labels=('joy',))\n"
    )
    environment = {
        **os.environ,
        "PYTHONIOENCODING": "cp1252",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONUTF8": "0",
    }
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, check=True)
    assert b"snow \\u2603" in done.stdout


def test_columns_are_those_of_the_first_record_where_no_file_was_read(tmp_path):
    pairs = [
        predicted(TextRecord("1", "a", meta={"style": "x"})),
        predicted(TextRecord("2", "b", meta={"style": "y"})),
    ]
    written(tmp_path / "out.csv", pairs)
    assert [(row["id"], row["text"], row["style"]) for row in csv_rows(tmp_path / "out.csv")] == [
        ("1", "a", "x"),
        ("2", "b", "y"),
    ]
    columns = Columns(("id", "text", "style"), text="text", id="id")
    written(tmp_path / "again.csv", pairs, columns=columns)
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "out.csv").read_bytes()
