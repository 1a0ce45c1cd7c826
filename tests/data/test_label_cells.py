"""Label cells in the ways people write them, and the one door for labelled data."""

import json

import polars as pl
import pytest

from goemox.data.bad_rows import BadRow
from goemox.data.files import read_records
from goemox.data.label_cells import parse_labels
from goemox.data.labelled import load_labelled
from goemox.errors import InvalidInput, UnknownColumn, UnknownLabel
from goemox.labels import GOEMOTIONS


@pytest.mark.parametrize(
    "cell",
    [["joy", "anger"], ("anger", "joy"), "joy|anger", " joy | anger ", "joy,anger", "anger, joy,",
     '["joy", "anger"]', "['joy', 'anger']", [17, 2], "17,2", "2|17", "[17, 2]"],
)  # fmt: skip
def test_the_same_two_labels_in_every_spelling(cell):
    assert parse_labels(cell, GOEMOTIONS, "x:1") == {"joy", "anger"}


@pytest.mark.parametrize("cell", ["", "  ", [], "[]"])
def test_nothing_written_means_that_somebody_looked_and_found_none(cell):
    assert parse_labels(cell, GOEMOTIONS, "x:1") == frozenset()


@pytest.mark.parametrize(
    "cell", ["joy;anger", "joy / anger", "joy + anger", "joy anger", ["joy;anger"], "joy; anger;"]
)
def test_several_labels_with_another_mark_between_them_are_told_how_they_are_written(cell):
    with pytest.raises(
        InvalidInput, match=r"^x:1: .* names several labels; write them as joy\|anger, with \| or a"
    ):
        parse_labels(cell, GOEMOTIONS, "x:1")


def test_one_label_with_a_mark_behind_it_is_not_called_several():
    with pytest.raises(InvalidInput, match=r"^x:1: 'joy;' is no label; write it as joy$"):
        parse_labels("joy;", GOEMOTIONS, "x:1")


def test_names_of_several_words_are_told_apart_where_one_more_mark_stands_between_them():
    with pytest.raises(InvalidInput, match=r"write them as very happy\|sad"):
        parse_labels("very happy; sad", ("very happy", "sad"), "x:1")
    with pytest.raises(UnknownLabel, match="unknown label 'joy;rage'"):
        parse_labels("joy;rage", GOEMOTIONS, "x:1")


def test_a_single_id_or_name_is_a_set_of_one():
    assert parse_labels("joy", GOEMOTIONS, "x:1") == {"joy"}
    assert parse_labels(17, GOEMOTIONS, "x:1") == {"joy"}


def test_a_known_name_with_a_separator_in_it_is_not_split():
    assert parse_labels("love, actually", ("love, actually", "other"), "x:1") == {"love, actually"}


def test_numbers_are_names_in_any_taxonomy_but_goemotions():
    assert parse_labels([0, 1], ("0", "1", "2"), "x:1") == {"0", "1"}
    assert parse_labels("3|17", None, "x:1") == {"3", "17"}
    with pytest.raises(UnknownLabel):
        parse_labels("17", ("happy", "sad"), "x:1")


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("happy", "x:1: unknown label 'happy'. Known labels: admiration,"),
        (["joy", "Joy"], "x:1: unknown label 'Joy'"),
        (28, "x:1: label id 28 is not in 0 to 27"),
        (None, "x:1: no labels (null); an empty list says that no label applies"),
        (0.5, "x:1: labels must be a list or text, found a number"),
        ({"joy": 1}, "x:1: labels must be a list or text, found an object"),
        ([True, False], "x:1: label True is not a name; where each label has a column of its own, name"),
        (True, "--label-column A --label-column B"),
        ("[joy", "x:1: labels '[joy' cannot be read; write them as a|b"),
        ('{"a": 1}', "unknown label"),
    ],
)
def test_what_is_no_label_is_refused_with_its_place(cell, said):
    with pytest.raises(InvalidInput) as refusal:
        parse_labels(cell, GOEMOTIONS, "x:1")
    assert said in str(refusal.value)


def jsonl(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_labels_and_judged_are_read_together_and_leave_meta(tmp_path):
    path = jsonl(
        tmp_path / "x.jsonl",
        [
            {"text": "a", "labels": ["anger"], "judged": ["anger"], "k": 1},
            {"text": "b", "labels": [], "judged": ["anger", "joy"]},
            {"text": "c", "labels": ["joy"]},
        ],
    )
    records = list(read_records(path, label_column="labels", labels=GOEMOTIONS))
    assert [(r.labels, r.judged) for r in records] == [
        ({"anger"}, {"anger"}),
        (set(), {"anger", "joy"}),
        ({"joy"}, None),
    ]
    assert records[0].meta == {"k": 1}


def test_rows_with_an_unknown_label_are_set_aside_or_stop_the_reading(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("text,emotion\na,joy\nb,happyness\nc,joy|love\n")
    bad: list[BadRow] = []
    records = list(read_records(path, label_column="emotion", labels=GOEMOTIONS, bad_rows=bad))
    assert [r.labels for r in records] == [{"joy"}, {"joy", "love"}]
    assert bad[0].where == f"{path}:3"
    assert bad[0].reason.startswith("unknown label 'happyness'")
    with pytest.raises(UnknownLabel):
        list(read_records(path, label_column="emotion", labels=GOEMOTIONS))


def test_a_labelled_file_of_any_kind_loads_and_tells_which_column_it_used(tmp_path):
    path = tmp_path / "mine.parquet"
    pl.DataFrame({"comment": ["a", "b"], "Emotions": [[17], [2, 3]]}).write_parquet(path)
    told: list[str] = []
    records = load_labelled(path, labels=GOEMOTIONS, notice=told.append)
    assert [r.labels for r in records] == [{"joy"}, {"anger", "annoyance"}]
    assert [line.split(": ")[1].split(" (")[0] for line in told] == [
        "labels are read from column 'Emotions', by its name",
        "texts are read from column 'comment', by its name",
    ]


def test_any_names_go_where_no_label_set_is_given(tmp_path):
    path = jsonl(
        tmp_path / "x.jsonl", [{"text": "a", "label": "zorn"}, {"text": "b", "label": "freude|zorn"}]
    )
    assert [r.labels for r in load_labelled(path)] == [{"zorn"}, {"freude", "zorn"}]


def test_a_file_without_a_label_column_is_refused(tmp_path):
    path = jsonl(tmp_path / "x.jsonl", [{"text": "a", "score": 1}])
    with pytest.raises(UnknownColumn, match="no column 'labels'"):
        load_labelled(path)


def test_a_file_of_bad_rows_only_is_refused_with_the_first_reason(tmp_path):
    path = jsonl(tmp_path / "x.jsonl", [{"text": "a", "labels": ["no"]}])
    with pytest.raises(InvalidInput, match="none of the rows can be used; the first: unknown label 'no'"):
        load_labelled(path, labels=GOEMOTIONS, bad_rows=[])


def test_a_folder_gives_the_file_named_after_the_split(tmp_path):
    jsonl(tmp_path / "test.jsonl", [{"text": "t", "labels": ["joy"]}])
    jsonl(tmp_path / "train.jsonl", [{"text": "r", "labels": ["fear"]}])
    assert [r.text for r in load_labelled(tmp_path, "train")] == ["r"]
    with pytest.raises(InvalidInput) as refusal:
        load_labelled(tmp_path, "dev")
    assert "no file for split 'dev'" in str(refusal.value)
    assert "Data files here: test.jsonl, train.jsonl" in str(refusal.value)
    (tmp_path / "test.csv").write_text("text,labels\nx,joy\n")
    with pytest.raises(InvalidInput, match="several files for split 'test'"):
        load_labelled(tmp_path, "test")


def test_an_official_folder_gives_its_split(tmp_path):
    (tmp_path / "dev.tsv").write_text("so proud\t21\tid1\n")
    assert load_labelled(str(tmp_path), "dev")[0].labels == {"pride"}
    with pytest.raises(InvalidInput, match=r"no test\.tsv"):
        load_labelled(tmp_path, "test")


@pytest.mark.parametrize("data", ["", "dev.tsv", "goemotions"])
@pytest.mark.parametrize(
    ("argument", "asked"),
    [
        ("text_column", "mood"),
        ("id_column", "mood"),
        ("label_column", "mood"),
        ("label_column", ["text", "mood"]),
    ],
)
def test_other_columns_than_the_official_data_has_are_refused_and_not_ignored(
    tmp_path, data, argument, asked
):
    """Before anything is fetched, too."""
    (tmp_path / "dev.tsv").write_text("so proud\t21\tid1\n")
    where = data if data == "goemotions" else tmp_path / data
    with pytest.raises(UnknownColumn) as refusal:
        load_labelled(where, "dev", **{argument: asked})
    assert str(refusal.value).endswith(
        f"no column 'mood'. Columns here: text, labels, id. Choose one with --{argument.replace('_', '-')}, "
        "or leave it out."
    )


@pytest.mark.parametrize("data", ["", "dev.tsv"])
def test_the_official_columns_may_be_named(tmp_path, data):
    (tmp_path / "dev.tsv").write_text("so proud\t21\tid1\n")
    columns = {"text_column": "text", "id_column": "id", "label_column": "labels"}
    assert load_labelled(tmp_path / data, "dev", **columns)[0].labels == {"pride"}


def test_a_blank_cell_of_what_was_looked_for_means_all_labels_and_its_name_may_be_in_any_case(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("Text,Labels,Judged\nI love it,love,love|joy\nThanks,gratitude,\n")
    assert [record.judged for record in load_labelled(path)] == [{"love", "joy"}, None]
    assert "Judged" not in load_labelled(path)[0].meta


@pytest.mark.parametrize("cell", ["[0, 1, 0]", [1, 0, 0, 1], "1|1"])
def test_ones_and_zeros_for_each_label_are_no_ids(cell):
    with pytest.raises(InvalidInput, match="look like a 1 or 0 for each label"):
        parse_labels(cell, GOEMOTIONS, "x:1")


def test_numbers_that_are_read_as_ids_are_told_and_yes_and_no_are_refused(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("text,label\n" + "".join(f"text {i},{i % 6}\n" for i in range(30)))
    said = []
    assert load_labelled(path, labels=GOEMOTIONS, notice=said.append)[1].labels == {"amusement"}
    assert (
        "numbers in column 'label' are read as GoEmotions' label ids (0 is admiration, 27 is neutral)"
        in said[-1]
    )
    path.write_text("text,label\n" + "".join(f"text {i},{i % 2}\n" for i in range(30)))
    with pytest.raises(
        InvalidInput, match=r"'label' holds 0 and 1 alone in its first 30 rows, .* amusement; write names"
    ):
        load_labelled(path, labels=GOEMOTIONS)
    assert load_labelled(path)[1].labels == {"1"}
