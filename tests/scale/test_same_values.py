"""A folder of parts holds what `goemox predict -o FILE` writes for the same rows."""

import json
import pickle

import polars as pl
import pytest

from goemox.data.files import read_records
from goemox.data.prediction_files import write_predictions
from goemox.errors import InvalidInput, UsageError
from goemox.records import TextRecord
from goemox.scale.batches import BatchScorer

N = 60


def single(source, target, scorer, **options):
    """The one file that `goemox predict` writes."""
    stream = read_records(source, bad_rows=[], **options)
    records = list(stream)
    found = scorer.classifier.predictions(records, long_text=scorer.long_text)
    if scorer.top_k:
        found = [prediction.top(scorer.top_k) for prediction in found]
    pairs = zip(records, found, strict=True)
    form = target.suffix[1:]
    write_predictions(pairs, target, form, labels=scorer.labels, columns=stream.columns)
    return target


def assert_same(folder, file, form):
    """One part, and it equals the one file: column for column, or byte for byte."""
    (part,) = folder.glob("part-*")
    if form == "parquet":
        assert pl.read_parquet(part).equals(pl.read_parquet(file))
        assert pl.read_parquet(part).schema == pl.read_parquet(file).schema
    else:
        assert part.read_bytes() == file.read_bytes()


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
@pytest.mark.parametrize("kind", ["parquet", "csv", "jsonl"])
def test_parts_hold_the_same_values_as_one_file_in_every_format(kind, form, rows_file, run, scorer, tmp_path):
    source = rows_file(f"in.{kind}", N)
    file = single(source, tmp_path / f"one.{form}", scorer)
    folder, totals = run(source, form=form, part_rows=N)
    assert (totals.parts, totals.rows, totals.bad) == (1, N, 0)
    assert_same(folder, file, form)


@pytest.mark.parametrize("kind", ["parquet", "jsonl"])
def test_how_rows_are_cut_into_parts_changes_no_score(kind, rows_file, run):
    source = rows_file(f"in.{kind}", N)
    whole = pl.read_parquet(run(source, name="whole", part_rows=N)[0] / "part-00000.parquet")
    folder, totals = run(source, name="cut", part_rows=7)
    assert totals.parts == 9
    parts = pl.read_parquet(sorted(folder.glob("part-*")))
    # a text's distance differs a little with its neighbours: its vector comes from sums of single precision
    assert parts.drop("domain_percentile").equals(whole.drop("domain_percentile"))
    assert (parts["domain_percentile"] - whole["domain_percentile"]).abs().max() < 1e-3


@pytest.mark.parametrize(
    "options",
    [
        {"top_k": 3},
        {"grouping": "ekman"},
        {"thresholds": {"joy": 0.05}, "every": 0.3},
        {"long_text": "chunk"},
    ],
    ids=str,
)
def test_parts_honour_the_options_of_predict(options, rows_file, run, tmp_path):
    asked = BatchScorer(threads=1, **options)
    long = "I am so happy about this. " * 30
    source = rows_file("in.jsonl", 20, text=lambda i: f"{long if i == 3 else 'Thanks, I love'} {i}")
    for form in ("parquet", "csv", "jsonl"):
        file = single(source, tmp_path / f"one.{form}", asked)
        folder, _ = run(source, name=form, scorer=asked, form=form, part_rows=20)
        assert_same(folder, file, form)


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_columns_that_bear_our_names_are_renamed_and_told(form, rows_file, run, scorer, tmp_path):
    source = rows_file("in.parquet", 6, labels=lambda i: f"mine {i}", truncated=lambda i: i)
    file = single(source, tmp_path / f"one.{form}", scorer)
    folder, _ = run(source, form=form)
    assert_same(folder, file, form)
    assert b"input_labels" in file.read_bytes()


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_rows_without_an_id_column_are_numbered_as_in_one_file(form, run, scorer, tmp_path):
    source = tmp_path / "in.csv"
    source.write_text("text\n" + "".join(f"hello {i}\n" for i in range(7)))
    file = single(source, tmp_path / f"one.{form}", scorer)
    folder, _ = run(source, form=form)
    assert_same(folder, file, form)


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_blank_ids_are_filled_as_in_one_file(form, rows_file, run, scorer, tmp_path):
    source = rows_file("in.parquet", 9, id=lambda i: None if i == 4 else "" if i == 5 else f"x{i}")
    file = single(source, tmp_path / f"one.{form}", scorer)
    folder, _ = run(source, form=form)
    assert_same(folder, file, form)


def test_numbers_as_ids_are_texts_in_every_part_where_one_of_them_is_blank(rows_file, run, scorer, tmp_path):
    source = rows_file("in.parquet", 9, id=lambda i: None if i == 4 else i)
    file = single(source, tmp_path / "one.parquet", scorer)
    folder, _ = run(source, part_rows=3)
    parts = pl.read_parquet(sorted(folder.glob("part-*")))  # fails where their types differ
    assert parts["id"].to_list() == pl.read_parquet(file)["id"].to_list()
    assert parts["id"].to_list()[3:6] == ["3", "row-5", "5"]


def test_the_unnamed_column_of_a_data_frame_is_kept_in_csv(run, scorer, tmp_path):
    source = tmp_path / "in.csv"
    source.write_text(",text\n17,hello there\n42,thanks a lot\n")
    file = single(source, tmp_path / "one.csv", scorer)
    folder, _ = run(source, form="csv")
    assert_same(folder, file, "csv")
    assert b"\n1,17,hello there," in file.read_bytes()


def test_texts_that_repeat_get_the_same_answer_and_are_scored_once(scorer):
    asked = []

    class Counting(BatchScorer):
        def _scores(self, texts, progress):
            asked.extend(texts)
            return super()._scores(texts, progress)

    found = Counting(threads=1).answers(["thanks", "hello", "thanks", "thanks"])
    assert asked == ["thanks", "hello"]
    columns = found.columns()
    assert columns["labels"][0] == columns["labels"][2] == columns["labels"][3] != columns["labels"][1]
    assert columns["score_gratitude"][0] == columns["score_gratitude"][3]


def test_a_scorer_that_was_sent_elsewhere_answers_the_same(scorer):
    there = pickle.loads(pickle.dumps(BatchScorer(threads=1, top_k=2)))
    batch = {"id": ["a", "b"], "text": ["Thank you!", "no"], "labels": [1, 2], "input_labels": [3, 4]}
    found = there(batch)
    assert list(found)[:5] == ["id", "text", "input_input_labels", "input_labels", "labels"]
    assert (found["input_input_labels"], found["input_labels"]) == ([1, 2], [3, 4])
    one = scorer.classifier.predictions([TextRecord("a", "Thank you!")])[0].top(2)
    assert found["labels"][0] == "|".join(one.labels)
    assert {name for name, p in one.scores.items() if found[f"score_{name}"][0] == p} == set(one.scores)
    assert found["score_grief"][0] != found["score_grief"][0]  # not among the two: NaN


def test_a_batch_without_texts_is_refused(scorer):
    with pytest.raises(UsageError, match="no column 'text' in the batch; its columns: id"):
        scorer({"id": [1]})
    with pytest.raises(InvalidInput, match="text 1 is NoneType, not text"):
        scorer({"text": [None]})
    with pytest.raises(InvalidInput, match="text 101 is list, not text"):
        scorer({"text": ["a"] * 100 + [[]]})


def test_values_of_several_kinds_become_json_text_and_are_told(rows_file, run, tmp_path):
    source = rows_file("in.jsonl", 4, score=lambda i: [i, "a"][i % 2], tags=lambda i: ["x"] * i)
    folder, _ = run(source, part_rows=2)
    parts = [pl.read_parquet(path) for path in sorted(folder.glob("part-*"))]
    assert parts[0].schema == parts[1].schema
    assert [json.loads(value) for value in parts[1]["tags"]] == [["x"] * 2, ["x"] * 3]


def test_ids_are_row_numbers_over_all_parts_where_the_input_has_none(run, tmp_path):
    (tmp_path / "in.csv").write_text("text\n" + "".join(f"hello {i}\n" for i in range(7)))
    folder, _ = run(tmp_path / "in.csv", part_rows=3)
    assert pl.read_parquet(sorted(folder.glob("part-*")))["id"].to_list() == [str(i) for i in range(1, 8)]


def test_parts_of_a_parquet_file_keep_the_types_of_its_columns(rows_file, run):
    source = rows_file("in.parquet", 6)
    pl.read_parquet(source).with_columns(
        pl.col("score").cast(pl.Int16), day=pl.lit("2026-01-02").str.to_date()
    ).write_parquet(source)
    folder, _ = run(source, part_rows=4)
    schema = pl.read_parquet(folder / "part-00001.parquet").schema
    assert schema["score"] == pl.Int16
    assert schema["day"] == pl.Date
