"""One column for each label: what its cells may say, and where that is told when they do not."""

import json

import polars as pl
import pytest

from goemox.data.bad_rows import BadRow
from goemox.data.files import read_records
from goemox.data.label_cells import parse_multi_hot
from goemox.data.labelled import load_labelled
from goemox.errors import InvalidInput, UnknownColumn, UnknownLabel, UsageError
from goemox.labels import GOEMOTIONS

BOTH = ("joy", "anger")


@pytest.mark.parametrize("yes", ["1", "true", "TRUE", " Yes ", "yes", 1, 1.0, True])
@pytest.mark.parametrize("no", ["0", "False", "no", "NO", 0, 0.0, False])
def test_a_label_applies_or_not_in_every_spelling(yes, no):
    assert parse_multi_hot({"joy": yes, "anger": no}, BOTH, "x:1") == {"joy"}


@pytest.mark.parametrize(
    ("cell", "shown"),
    [("maybe", "'maybe'"), ("2", "'2'"), (2, "2"), (0.5, "0.5"), ("", "nothing"), (None, "nothing"),
     (float("nan"), "nan"), (["joy"], "['joy']"), ("-1", "'-1'"), ("y" * 500, "'" + "y" * 39 + ";")],
)  # fmt: skip
def test_any_other_cell_is_refused_with_file_line_and_column(tmp_path, cell, shown):
    with pytest.raises(InvalidInput) as refusal:
        parse_multi_hot({"joy": "1", "anger": cell}, BOTH, "x.csv:7")
    assert f"x.csv:7: column 'anger' holds {shown}" in str(refusal.value)
    assert "1 or 0" in str(refusal.value)


def test_the_columns_become_labels_and_leave_meta(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("text,joy,anger,stars\na,1,no,5\nb,0,FALSE,1\nc,Yes,1,2\n")
    records = list(read_records(path, multi_hot=BOTH))
    assert [record.labels for record in records] == [{"joy"}, set(), {"joy", "anger"}]
    assert records[0].meta == {"stars": "5"}


def test_only_the_labels_with_a_column_count_as_looked_for(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("text,joy,anger\na,1,0\nb,0,0\n")
    assert {record.judged for record in load_labelled(path, labels=GOEMOTIONS, label_column=BOTH)} == {
        frozenset(BOTH)
    }


@pytest.mark.parametrize("ending", ["jsonl", "parquet", "tsv"])
def test_other_formats_bring_numbers_and_truth_values(tmp_path, ending):
    path = tmp_path / f"x.{ending}"
    rows = [{"text": "a", "joy": 1, "anger": False}, {"text": "b", "joy": 0, "anger": True}]
    if ending == "parquet":
        pl.DataFrame(rows).write_parquet(path)
    elif ending == "tsv":
        path.write_text("text\tjoy\tanger\na\t1\tfalse\nb\t0\ttrue\n")
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert [r.labels for r in load_labelled(path, label_column=["joy", "anger"])] == [{"joy"}, {"anger"}]


def test_a_wrong_cell_stops_the_reading_or_is_set_aside_with_its_line(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("text,joy,anger\na,1,0\nb,0,maybe\nc,0,1\n")
    with pytest.raises(InvalidInput, match=r"x\.csv:3: column 'anger' holds 'maybe'"):
        load_labelled(path, label_column=BOTH)
    bad: list[BadRow] = []
    assert len(load_labelled(path, label_column=BOTH, bad_rows=bad)) == 2
    assert bad[0].where == f"{path}:3"


def test_columns_are_checked_before_any_row(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("text,joy,rage\na,1,maybe\n")
    with pytest.raises(UnknownColumn, match="no column 'anger'"):
        load_labelled(path, label_column=BOTH)
    with pytest.raises(UnknownLabel, match="unknown label 'rage'"):
        load_labelled(path, labels=GOEMOTIONS, label_column=("joy", "rage"))
    with pytest.raises(UsageError, match="both name 'joy'"):
        load_labelled(path, text_column="joy", label_column=("joy", "rage"))


def test_a_label_column_is_never_taken_for_the_text(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("words,question,answer\nwhat a day,yes,no\nwhy not,no,yes\n")
    records = load_labelled(path, label_column=("question", "answer"))
    assert [(r.text, r.labels) for r in records] == [("what a day", {"question"}), ("why not", {"answer"})]


def test_the_same_column_named_twice_is_one_column_of_label_cells(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("text,mood\na,joy\nb,anger\n")
    assert [r.labels for r in load_labelled(path, label_column=("mood", "mood"))] == [{"joy"}, {"anger"}]


def test_rows_of_zeros_only_are_refused_as_a_file_without_labels(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("text,joy,anger\na,0,0\nb,0,0\n")
    with pytest.raises(InvalidInput, match="no row has a label"):
        load_labelled(path, label_column=BOTH)
