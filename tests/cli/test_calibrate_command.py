"""`goemox calibrate` as a stranger types it, in a process of its own."""

import csv
import json

import pytest
from forked import goemox

from goemox.labels import GOEMOTIONS

SENTENCES = {
    "gratitude": "Thank you so much for the {} of {}.",
    "anger": "I am furious about the {} of {}!",
    "neutral": "The {} of {} is in the second room.",
}
WORDS = ("book", "house", "song", "dog", "ticket", "meal", "phone", "garden")


def calibrate(*arguments):
    return goemox("calibrate", *arguments)


def rows(n):
    """(text, label) of n different texts."""
    pairs = [(text.format(a, b), label) for a in WORDS for b in WORDS for label, text in SENTENCES.items()]
    return pairs[:n]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "mine.csv"
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["comment", "label"])
        writer.writerows(rows(150))
    return path


def test_one_json_document_and_a_folder_that_predicts(table, tmp_path):
    done = calibrate(
        "--data", table, "--text-column", "comment", "--label-column", "label", "--json", "-o", tmp_path / "m"
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["n"] == 150
    assert document["name"] == "mine.csv"
    assert set(document["metrics"]["nll"]) == {"before", "after", "difference", "low", "high"}
    assert document["conformal"]["population"] == "texts exchangeable with mine.csv"
    assert str(tmp_path) not in (tmp_path / "m" / "goemox.json").read_text()
    told = goemox("predict", "Thank you so much!", "--model", tmp_path / "m")
    assert json.loads(told.stdout)["labels"] == ["gratitude"]


def test_without_a_folder_it_only_reports_as_a_table(table):
    done = calibrate("--data", table, "--cuts", "cost:4", "--alpha", "0.1")
    assert done.returncode == 0, done.stderr
    for words in ("150 rows of mine.csv", "NLL (lower is better)", "miss at most 10 %", "0.200"):
        assert words in done.stdout
    assert "labels without a row here, calibrated as before: admiration" in done.stderr
    assert "no model was written; to keep this one, run the same again with -o DIR" in done.stderr
    assert "written:" not in done.stderr


def test_rows_of_the_published_training_split_are_warned_of_and_named(tmp_path):
    lines = [
        f"{text}\t{GOEMOTIONS.index(label)}\tid{number}\n" for number, (text, label) in enumerate(rows(60))
    ]
    (tmp_path / "train.tsv").write_text("".join(lines))
    done = calibrate("--data", tmp_path, "--split", "train", "--json")
    assert done.returncode == 0, done.stderr
    assert "was trained on these rows" in done.stderr
    assert "60 rows are too few for thresholds and a promise" in done.stderr
    assert json.loads(done.stdout)["name"] == "GoEmotions train"


def test_other_labels_are_sent_to_the_command_that_takes_a_mapping(table):
    table.write_text(table.read_text().replace("gratitude", "thankfulness"))
    done = calibrate("--data", table)
    assert done.returncode == 4
    assert "unknown label 'thankfulness'" in done.stderr
    assert "goemox adapt --mapping FILE" in done.stderr
    assert "Map others" not in done.stderr


def test_a_precision_that_nothing_reaches_writes_no_folder(table, tmp_path):
    done = calibrate("--data", table, "--cuts", "precision:0.99", "-o", tmp_path / "m")
    assert done.returncode == 3
    assert "no label can show its precision (precision:0.99)" in done.stderr
    assert not (tmp_path / "m").exists()
    shown = calibrate("--data", table, "--cuts", "precision:0.99")
    assert shown.returncode == 0, shown.stderr
    assert "never given" in shown.stdout
    assert "labels that cannot show their precision (precision:0.99), never given: admiration" in shown.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--alpha", "1"), 2, "between 0 and 1"),
        (("--cuts", "recall:0.9"), 2, "unknown way 'recall'"),
        (("--cuts", "cost:5,happy=3"), 2, "unknown label 'happy'"),
        (("--label-column", "nothing"), 4, "no column 'nothing'"),
        (("-o", "mine.csv"), 2, "a file is there"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(table, arguments, code, words):
    arguments = [table if argument == "mine.csv" else argument for argument in arguments]
    done = calibrate("--data", table, *arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr
