"""Laws: what is written can be read again, whatever it holds."""

import csv
import io
import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from goemox.data.cells import as_written, csv_line, json_text
from goemox.data.files import read_records
from goemox.data.prediction_files import own_columns, write_predictions
from goemox.data.writers import write_rows
from goemox.prediction import Prediction

LABELS = ("joy", "neutral")
OURS = set(own_columns(LABELS, cascade=False))

# A byte order mark at the start of a line is dropped, also in the middle of a file: somebody joined files.
characters = st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff")
starts = st.text("' \0\t\r\n", max_size=4)
formulas = st.tuples(starts, st.sampled_from("=+-@＝＋－＠'x"), st.text(characters, max_size=3)).map("".join)
words = st.text(characters, max_size=12) | formulas
ids = st.text(characters, min_size=1, max_size=5)
texts = words.filter(lambda text: text.strip())
names = st.text(characters, max_size=8).filter(
    lambda name: name.strip().casefold() not in {"id", "text", "labels", "scores", *OURS}
)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words
json_values = (
    scalars | st.lists(scalars, max_size=2) | st.dictionaries(words, scalars | st.just({}), max_size=2)
)


def tables(values):
    """Rows with the same columns: id, text and two others."""
    rows = st.lists(st.tuples(ids, texts, values, values), min_size=1, max_size=4)
    return st.builds(
        lambda columns, rows: [dict(zip(("id", "text", *columns), row, strict=True)) for row in rows],
        st.lists(names, min_size=2, max_size=2, unique=True),
        rows,
    )


def through(rows, form):
    """The rows written as input, read, predicted, written and read once more."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, f"in.{form}"), Path(folder, f"out.{form}")
        pipe, second_pipe = io.BytesIO(), io.BytesIO()  # files made the careful way wait for the disk
        write_rows(rows, None, form, stdout=pipe)
        source.write_bytes(pipe.getvalue())
        first = read_records(source, text_column="text", id_column="id")
        pairs = (
            (record, Prediction(id=record.id, labels=("joy",), scores={"joy": 0.5, "neutral": 0.25}))
            for record in first
        )
        write_predictions(pairs, None, form, labels=LABELS, columns=first.columns, stdout=second_pipe)
        target.write_bytes(second_pipe.getvalue())
        return list(read_records(target, text_column="text", id_column="id"))


def carried(record):
    return {name: value for name, value in record.meta.items() if name not in {*OURS, "scores"}}


@given(tables(words))
@settings(deadline=None, max_examples=50)
def test_csv_gives_back_every_id_text_and_cell(rows):
    back = through(rows, "csv")
    assert [{"id": r.id, "text": r.text, **carried(r)} for r in back] == rows


@given(tables(json_values))
@settings(deadline=None, max_examples=50)
def test_json_lines_give_back_every_value(rows):
    back = through(rows, "jsonl")
    again = [{"id": r.id, "text": r.text, **carried(r)} for r in back]
    assert json.dumps(again, sort_keys=True) == json.dumps(rows, sort_keys=True)


@given(tables(json_values))
@settings(deadline=None, max_examples=30)
def test_parquet_gives_back_every_value_or_its_json_text(rows):
    back = through(rows, "parquet")
    assert [(r.id, r.text) for r in back] == [(row["id"], row["text"]) for row in rows]
    for record, row in zip(back, rows, strict=True):
        for name, value in carried(record).items():
            assert value == row[name] or value == json_text(row[name])


@given(st.lists(words, min_size=2, max_size=4))
def test_no_cell_that_is_written_begins_like_a_formula_unless_it_is_a_number(cells):
    (written,) = csv.reader(io.StringIO(csv_line(cells), newline=""))
    for cell, was in zip(written, cells, strict=True):
        assert cell in (was, f"'{was}")
        assert cell[:1] == "" or cell[0] not in "\t\r\n\0"
        assert cell.lstrip()[:1] == "" or cell.lstrip()[0] not in "=+-@＝＋－＠" or float(cell) is not None
        assert as_written(cell) == was


@settings(deadline=None)
@given(st.lists(texts.filter(lambda text: not set(text) & set("\n\r")), min_size=1, max_size=8))
def test_a_text_file_gives_back_its_lines(lines):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.txt")
        path.write_text("header line\n" + "\n".join(lines) + "\n", "utf-8", newline="")
        assert [r.text for r in read_records(path)][1:] == lines
