"""Anybody's labelled file as train, dev and test: what is split, dropped, told and refused."""

import csv
import json
from collections import Counter

import pytest

from goemox.data.samples import load_samples
from goemox.data.splits import normalised
from goemox.data.training_sets import read_training_set, training_set_of_file
from goemox.errors import InvalidInput, UsageError
from goemox.labels import GOEMOTIONS

WORDS = ("red", "green", "blue")


def table(path, rows, header=("text", "labels")):
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def colours(n, offset=0):
    """Rows of three labels, every third of them with two."""
    return [
        (f"text {i}", WORDS[i % 3] + ("|" + WORDS[(i + 1) % 3] if i % 3 == 0 else ""))
        for i in range(offset, offset + n)
    ]


def read(path, **options):
    """The training set, and all that was told, as one text."""
    told = []
    return training_set_of_file(path, notice=told.append, **options), "\n".join(told)


def refused(path, **options):
    with pytest.raises(InvalidInput) as refusal:
        training_set_of_file(path, **options)
    return str(refusal.value)


def sides(data):
    return [len(side) for side in (data.train, data.dev, data.test)]


def test_one_file_is_split_into_tenths_in_the_order_of_its_rows(tmp_path):
    data, told = read(table(tmp_path / "mine.csv", colours(300)))
    assert (data.name, data.labels, sides(data)) == ("mine.csv", ("blue", "green", "red"), [240, 30, 30])
    assert "240 rows to train on, 30 for dev, 30 for test" in told
    for side in (data.train, data.dev, data.test):
        assert [int(r.id) for r in side] == sorted(int(r.id) for r in side)
        assert {label for record in side for label in record.labels} == set(WORDS)
    assert len({record.id for side in (data.train, data.dev, data.test) for record in side}) == 300


def test_the_seed_decides_the_split(tmp_path):
    path = table(tmp_path / "mine.csv", colours(300))
    first, again, other = (read(path, seed=seed)[0] for seed in (0, 0, 1))
    assert [r.id for r in first.dev] == [r.id for r in again.dev]
    assert [r.id for r in first.dev] != [r.id for r in other.dev]


def test_copies_of_a_text_stay_on_one_side_however_they_are_written(tmp_path):
    rows = [(spelling, label) for text, label in colours(150) for spelling in (text, f" {text.upper()}  ")]
    data, told = read(table(tmp_path / "mine.csv", rows))
    texts = [{normalised(record.text) for record in side} for side in (data.train, data.dev, data.test)]
    assert not texts[0] & texts[1] | texts[0] & texts[2] | texts[1] & texts[2]
    assert sum(sides(data)) == 300
    assert "150 of 300 rows repeat the text of an earlier row" in told


def test_train_rows_whose_text_is_in_dev_or_test_are_dropped_and_counted(tmp_path):
    train = table(tmp_path / "train.csv", colours(260))
    dev = table(tmp_path / "dev.csv", [(text.upper(), label) for text, label in colours(30, 245)])
    test = table(tmp_path / "test.csv", colours(40, 300))
    data, told = read(train, dev_file=dev, test_file=test)
    assert sides(data) == [245, 30, 40]
    assert "15 rows whose text is in the dev file too are left out of train" in told
    assert "the test file too" not in told


def test_a_side_without_a_file_is_split_off_from_what_is_left(tmp_path):
    train, dev = table(tmp_path / "train.csv", colours(200)), table(tmp_path / "dev.csv", colours(30, 190))
    data, _ = read(train, dev_file=dev)
    assert sides(data) == [171, 30, 19]
    assert not {r.text for r in data.dev} & {r.text for r in (*data.train, *data.test)}


def test_texts_that_dev_and_test_share_are_told(tmp_path):
    train = table(tmp_path / "a.csv", colours(50))
    dev, test = table(tmp_path / "b.csv", colours(30, 100)), table(tmp_path / "c.csv", colours(30, 125))
    assert "5 rows of the test file are in the dev file too" in read(train, dev_file=dev, test_file=test)[1]


def test_several_columns_are_labels_in_their_order_found_or_not(tmp_path):
    rows = [(f"text {i}", i % 2, "no", int(i % 3 == 0)) for i in range(100)]
    path = table(tmp_path / "mine.csv", rows, ("text", "odd", "never", "third"))
    data, told = read(path, label_columns=("odd", "never", "third"))
    assert data.labels == ("odd", "never", "third")
    assert "train: no row has never; such labels cannot be learnt" in told
    assert "dev: no row has never; such labels get the threshold of all labels together" in told


def test_a_label_of_the_test_file_alone_is_a_label_that_cannot_be_learnt(tmp_path):
    train = table(tmp_path / "a.csv", colours(100))
    test = table(tmp_path / "b.csv", [*colours(20, 200), ("text x", "violet")])
    data, told = read(train, test_file=test)
    assert data.labels == ("blue", "green", "red", "violet")
    assert "train: no row has violet" in told


def test_all_of_goemotions_labels_keep_their_order_and_some_of_them_stay_some(tmp_path):
    rows = [(sample.text, "|".join(sorted(sample.labels))) for sample in load_samples()]
    assert read(table(tmp_path / "a.csv", rows))[0].labels == GOEMOTIONS
    some = [(text, label) for text, label in rows if label in ("joy", "anger", "neutral", "love")]
    assert read(table(tmp_path / "b.csv", some))[0].labels == ("anger", "joy", "love", "neutral")


def test_what_is_thin_is_told_by_name_and_number(tmp_path):
    rows = [*colours(100), *((f"rare {i}", "violet") for i in range(6))]
    _, told = read(table(tmp_path / "mine.csv", rows))
    assert "106 rows are few to learn from" in told
    assert "train: fewer than 10 rows have violet (" in told
    assert "dev: fewer than 10 rows have" in told
    assert "exactly one label" not in told
    _, told = read(table(tmp_path / "mine.csv", colours(1000)))
    assert told.count("\n") == 1  # the column that was guessed, and the sizes


def test_rows_of_exactly_one_label_are_told_once(tmp_path):
    _, told = read(table(tmp_path / "mine.csv", [(f"text {i}", WORDS[i % 3]) for i in range(400)]))
    assert told.count("every row has exactly one label") == 1


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (lambda i: "red", "only one label occurs (red); training needs at least two"),
        (lambda i: "red" if i % 2 else "", "only one label occurs (red)"),
        (lambda i: "red|blue", "all 300 rows have the same labels (blue, red)"),
        (lambda i: f"id{i}", "300 different labels (at most 200), such as id0, id1, id10 and 297 more"),
        (lambda i: "", "no row has a label"),
        (lambda i: ("x" * 101, "y")[i % 2], "cannot be a label: at most 100 characters"),
        (lambda i: ('["a|b"]', "y")[i % 2], "'a|b' cannot be a label"),
    ],
)  # fmt: skip
def test_labels_that_nothing_can_be_learnt_from_are_refused(tmp_path, labels, expected):
    path = table(tmp_path / "mine.csv", [(f"text {i}", labels(i)) for i in range(300)])
    assert expected in refused(path)


def test_two_hundred_labels_are_the_most(tmp_path):
    rows = [(f"text {i}", f"l{i % 200}") for i in range(2000)]
    data, _ = read(table(tmp_path / "mine.csv", rows))
    assert len(data.labels) == 200
    assert all(8 <= n <= 10 for n in Counter(label for r in data.train for label in r.labels).values())


def test_a_column_of_yes_and_no_is_asked_about(tmp_path):
    rows = [(f"text {i}", i % 2) for i in range(300)]
    _, told = read(table(tmp_path / "mine.csv", rows, ("text", "joy")), label_columns=["joy"])
    assert "the labels are 0, 1; where each label has a column of such cells, name them all" in told


@pytest.mark.parametrize(("n", "expected"), [(29, None), (30, [10, 10, 10]), (60, [40, 10, 10])])
def test_few_rows_are_split_into_ten_at_least_or_refused_with_what_to_do(tmp_path, n, expected):
    path = table(tmp_path / "mine.csv", colours(n))
    if expected:
        assert sides(read(path)[0]) == expected
    else:
        assert "29 rows are too few to be split (at least 30); label more, or give" in refused(path)


def test_copies_that_leave_a_side_too_small_are_refused(tmp_path):
    rows = [*colours(12), *[("one text", "red|blue")] * 60]
    assert "copies of a text stay together" in refused(table(tmp_path / "mine.csv", rows))


def test_a_dev_file_that_is_train_again_leaves_nothing_to_train_on(tmp_path):
    path = table(tmp_path / "mine.csv", colours(100))
    assert "0 rows for train are too few" in refused(path, dev_file=path, test_file=path)


def test_the_limit_is_of_train_alone_and_what_is_told_counts_it(tmp_path):
    data, told = read(table(tmp_path / "mine.csv", colours(1000)), limit=20)
    assert sides(data) == [20, 100, 100]
    assert "20 rows to train on" in told
    assert "train: fewer than 10 rows have" in told


def test_a_folder_or_a_missing_file_is_no_training_file(tmp_path):
    assert "is a folder" in refused(tmp_path)
    assert "no such file" in refused(tmp_path / "goemotions")


def test_a_folder_of_splits_is_read_as_it_stands(tmp_path):
    table(tmp_path / "train.csv", colours(5))
    table(tmp_path / "dev.csv", colours(3))
    data = read_training_set(tmp_path, limit=4)
    assert (data.name, data.labels, sides(data)) == (tmp_path.name, ("blue", "green", "red"), [4, 3, 0])


def test_one_file_is_never_read_as_all_three_splits(tmp_path):
    path = table(tmp_path / "mine.csv", colours(90))
    with pytest.raises(UsageError, match=r"mine\.csv: one file has no splits; name it with --train-file"):
        read_training_set(path)


def test_own_rows_in_the_layout_of_goemotions_are_not_called_so(tmp_path):
    for split in ("train", "dev"):
        (tmp_path / f"{split}.tsv").write_text("it crashes\t0\ta\nplease add this\t1\tb\n")
    assert read_training_set(tmp_path).name == "GoEmotions"
    (tmp_path / "labels.txt").write_text("bug\nfeature\n")
    assert read_training_set(tmp_path).name == tmp_path.name


@pytest.mark.parametrize(
    ("label", "expected"), [("sad\u200b", "cannot be a label"), ("red", "only one label occurs")]
)
def test_labels_of_a_folder_that_nothing_can_be_learnt_from_are_refused_when_it_is_read(
    tmp_path, label, expected
):
    for split in ("train", "dev"):
        table(tmp_path / f"{split}.csv", [(f"{split} {i}", ("red", label)[i % 2]) for i in range(30)])
    with pytest.raises(InvalidInput, match=expected):
        read_training_set(tmp_path)


def test_thin_labels_of_a_folder_are_told(tmp_path):
    table(tmp_path / "train.csv", [*colours(90), ("once", "mauve")])
    table(tmp_path / "dev.csv", colours(60, 90))
    told = []
    read_training_set(tmp_path, notice=told.append)
    assert "train: fewer than 10 rows have mauve (1); such labels are hardly learnt" in told
    assert "dev: no row has mauve; such labels get the threshold of all labels together" in told


def test_a_test_split_that_cannot_be_read_is_refused_rather_than_left_out(tmp_path):
    for split, label in (("train", "3"), ("dev", "3"), ("test", "99")):
        (tmp_path / f"{split}.tsv").write_text(f"hello\t{label}\tid\n")
    with pytest.raises(InvalidInput, match=r"test\.tsv:1: label ids '99' are not"):
        read_training_set(tmp_path)


def test_a_rare_label_spelled_almost_as_a_frequent_one_is_named(tmp_path):
    rows = colours(300)
    rows[1] = (rows[1][0], "gren")
    _, told = read(table(tmp_path / "mine.csv", rows))
    assert "1 row has 'gren'; did you mean 'green' (" in told


def test_labels_that_differ_by_case_alone_are_named(tmp_path):
    rows = colours(300)
    rows[1] = (rows[1][0], "Green")
    _, told = read(table(tmp_path / "mine.csv", rows))
    assert "Green, green differ by upper and lower case alone" in told


def test_rare_labels_are_left_out_with_the_rows_that_have_no_other(tmp_path):
    path = table(tmp_path / "mine.csv", [*colours(90), ("a", "angy"), ("b", "angy|red"), ("c", "once")])
    found, told = read(path, min_rows=3)
    assert found.labels == tuple(sorted(WORDS))
    rows = {row.text: row.labels for row in (*found.train, *found.dev, *found.test)}
    assert len(rows) == 91
    assert rows["b"] == {"red"}
    assert (
        "left out as labels of fewer than 3 rows: angy (2), once (1); with them 2 rows that have no other"
        in told
    )
    columns = table(
        tmp_path / "wide.csv",
        [(f"text {i}", i % 2, int(i % 2 == 0), int(i == 4)) for i in range(60)],
        ("text", "odd", "even", "four"),
    )
    wide, _ = read(columns, label_columns=("odd", "even", "four"), min_rows=2)
    assert wide.labels == ("odd", "even")
    assert len((*wide.train, *wide.dev, *wide.test)) == 60


def marks(n, column, mark, plain):
    """Rows of three labels whose last n carry a mark in a column of its own."""
    rows = colours(300)
    return [(*row, plain if i < len(rows) - n else mark) for i, row in enumerate(rows)], (
        "text",
        "labels",
        column,
    )


@pytest.mark.parametrize(
    ("column", "mark", "plain"), [("sampling", "informative", "random"), ("suggested", "true", "false")]
)
def test_rows_that_no_figure_should_rest_on_stay_in_train(tmp_path, column, mark, plain):
    rows, header = marks(90, column, mark, plain)
    rows.append(("TEXT 299", "red", plain))  # a copy of one of them
    data, told = read(table(tmp_path / "mine.csv", rows, header))
    assert sides(data) == [241, 30, 30]
    assert all(record.meta[column] == plain for side in (data.dev, data.test) for record in side)
    assert any(record.text == "TEXT 299" for record in data.train)
    assert "91 rows picked as informative, or labelled with suggestions in sight, stay in train" in told


def test_where_nearly_all_rows_are_marked_they_are_split_all_the_same(tmp_path):
    rows, header = marks(240, "sampling", "informative", "random")
    data, told = read(table(tmp_path / "mine.csv", rows, header))
    assert sides(data) == [240, 30, 30]
    assert "stay in train" not in told


def test_rows_that_were_all_judged_for_the_same_labels_have_these(tmp_path):
    some = GOEMOTIONS[:18]
    for split in ("train", "dev"):
        rows = [{"text": f"{split} {i}", "labels": [some[i % 18]], "judged": list(some)} for i in range(36)]
        (tmp_path / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert read_training_set(tmp_path).labels == some


def test_rows_judged_for_some_of_the_labels_are_refused_and_where_they_are_taken_is_said(tmp_path):
    rows = [
        {"text": f"text {i}", "labels": [WORDS[i % 3]]}
        | ({"judged": ["red", "green"]} if i % 3 < 2 and i < 60 else {})
        for i in range(90)
    ]
    path = tmp_path / "mine.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert "40 of 90 rows were judged for some of the 3 labels only" in refused(path)
    folder = tmp_path / "splits"
    folder.mkdir()
    for split in ("train", "dev"):
        (folder / f"{split}.jsonl").write_text(path.read_text())
    with pytest.raises(InvalidInput, match=r"80 of 180 rows were judged .*goemox adapt` takes such rows"):
        read_training_set(folder)


def test_labels_that_hardly_are_some_are_told_by_name(tmp_path):
    rows = [(f"text {i}", ("joy", "anger", "NA", "joy;anger")[i % 4]) for i in range(80)]
    _, told = read(table(tmp_path / "a.csv", rows))
    assert "NA, joy;anger hardly are labels; leave cells empty where nothing is known" in told
