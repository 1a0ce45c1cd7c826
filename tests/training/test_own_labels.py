"""A stranger's labels from one CSV to a folder that evaluates and predicts, by the command line."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

import goemox
from goemox.data.samples import load_samples
from goemox.data.training_sets import training_set_of_file
from goemox.errors import UsageError
from goemox.labels import GOEMOTIONS, SENTIMENT
from goemox.model_folder import open_model
from goemox.release import train
from goemox.training.loop import Recipe

RECIPE = Recipe(epochs=6, batch_size=16, learning_rate=5e-3, max_length=48, precision="fp32")
FLAGS = ["--epochs", "6", "--batch-size", "16", "--learning-rate", "0.005", "--max-length", "48"]
MOODS = ("negative", "neutral", "positive")


def table(path, header, rows):
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def moods(sample):
    return [mood for mood in MOODS if sample.labels & set(SENTIMENT[mood])]


def check_folder(folder, labels):
    """It has what the bundled model has, but for a promise, for which dev is too small: figures, a card."""
    clf = goemox.load(folder)
    assert clf.labels == tuple(labels)
    assert clf.rule.calibrated
    assert clf.rule.conformal is None
    assert np.isfinite(clf.rule.maps).all()
    assert clf.profile is not None
    evaluation = open_model(folder).json("evaluation.json")
    assert [row["label"] for row in evaluation["per_label"]] == list(labels)
    assert evaluation["baselines"][-1]["name"].startswith("TF-IDF")
    prediction = clf("Thank you so much!")
    assert set(prediction.scores) == set(labels)
    assert prediction.domain_percentile is not None
    return evaluation


def test_28_labels_in_one_column_give_a_whole_folder(tmp_path, tiny_base, command):
    rows = [(s.text, "|".join(sorted(s.labels))) for s in load_samples()]
    path = table(tmp_path / "mine.csv", ("comment", "emotion"), rows)
    folder = tmp_path / "model"
    columns = ("--text-column", "comment", "--label-column", "emotion")
    out, err, code = command(
        "train", "--train-file", path, *columns, "--output-dir", folder, "--base", tiny_base, *FLAGS
    )
    assert (out.strip(), code) == (str(folder), 0), err
    assert "213 rows to train on, 27 for dev, 27 for test" in err
    assert "fewer than 50 rows of dev carry a label: prediction sets promise nothing" in err
    assert "train: fewer than 10 rows have" in err
    assert "also occur in train" not in err
    evaluation = check_folder(folder, GOEMOTIONS)
    assert (evaluation["dataset"], evaluation["n"]) == ("mine.csv", 27)
    card = (folder / "README.md").read_text()
    assert "mine.csv train, 213 rows" in card
    assert "go_emotions" not in card
    assert "Reddit" not in card

    out, err, code = command("evaluate", "--data", path, *columns, "--model", folder, "--json")
    assert code == 0, err
    document = json.loads(out)
    assert document["n"] == 267
    assert document["metrics"]["ekman_macro_f1"]["value"] > 0

    target = tmp_path / "out.csv"
    _, err, code = command(
        "predict", "--model", folder, "--input", path, "--text-column", "comment", "-o", target
    )
    assert code == 0, err
    with target.open(encoding="utf-8", newline="") as stream:
        predicted = list(csv.DictReader(stream))
    assert [row["comment"].lstrip("'") for row in predicted] == [row[0].lstrip("'") for row in rows]
    assert all(set(row["labels"].split("|")) <= {*GOEMOTIONS, ""} for row in predicted)


def test_three_columns_one_without_a_yes_and_repeated_rows(tmp_path, tiny_base, command):
    rows = [
        (s.text, int("positive" in moods(s)), "Yes" if "negative" in moods(s) else "no", "FALSE")
        for s in load_samples()
    ]
    path = table(
        tmp_path / "mine.csv", ("comment", "positive", "negative", "never"), rows + rows[:50]
    )  # 50 rows twice
    folder = tmp_path / "model"
    columns = [part for name in ("positive", "negative", "never") for part in ("--label-column", name)]
    out, err, code = command(
        "train", "--train-file", path, *columns, "--output-dir", folder, "--base", tiny_base, *FLAGS
    )
    assert (out.strip(), code) == (str(folder), 0), err
    assert "50 of 317 rows repeat the text of an earlier row" in err
    assert "train: no row has never" in err
    assert "dev: no row has never" in err
    assert "also occur in train" not in err
    evaluation = check_folder(folder, ("positive", "negative", "never"))
    never = evaluation["per_label"][2]
    assert (never["support"], never["f1"]) == (0, 0.0)
    f1 = [row["f1"] for row in evaluation["per_label"]]
    assert evaluation["metrics"]["macro_f1"]["value"] == pytest.approx(np.mean(f1), abs=1e-5)

    out, err, code = command("evaluate", "--data", path, *columns, "--model", folder, "--json")
    assert code == 0, err
    assert [row["support"] for row in json.loads(out)["per_label"]][2] == 0
    assert "1 of 3 labels has no true row here" in err
    out, err, code = command("predict", "--model", folder, "what a lovely day")
    assert code == 0, err
    assert list(json.loads(out)["scores"]) == ["positive", "negative", "never"]


def test_few_rows_of_one_label_each_from_lists_with_a_test_file_that_leaks(tmp_path, tiny_base):
    samples = [s for s in load_samples() if len(moods(s)) == 1]
    rows = [{"text": s.text, "labels": moods(s)} for s in samples[::2] + samples[1::2]]
    files = {"train": rows[:60], "test": [*rows[50:75], {"text": "never seen", "labels": ["other"]}]}
    for name, part in files.items():
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in part))
    told = []
    data = training_set_of_file(
        tmp_path / "train.jsonl", test_file=tmp_path / "test.jsonl", notice=told.append
    )
    assert "10 rows whose text is in the test file too are left out of train" in "\n".join(told)
    assert "every row has exactly one label" in "\n".join(told)
    assert "60 rows are few to learn from" in "\n".join(told)
    said = []
    folder = train(data, tmp_path / "model", base=str(tiny_base), recipe=RECIPE, say=said.append)
    assert not any("also occur in train" in line for line in said)
    evaluation = check_folder(folder, (*MOODS[:2], "other", *MOODS[2:]))
    assert {row["label"]: row["support"] for row in evaluation["per_label"]}["other"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        ([], 2, "--data or with --train-file"),
        (["--data", "goemotions", "--train-file", "mine.csv"], 2, "--data or with --train-file"),
        (["--data", "goemotions", "--label-column", "joy"], 2, "go with --train-file"),
        (["--train-file", "mine.csv", "--dev-file", "mine.csv"], 2, "are the same file"),
        (["--train-file", "missing.csv"], 4, "missing.csv: no such file"),
        (["--train-file", "goemotions"], 4, "goemotions: no such file"),
        (["--train-file", "mine.csv", "--label-column", "mood"], 4, "no column 'mood'. Columns here: text"),
        (["--train-file", "mine.csv", "--label-column", "joy", "--label-column", "anger"], 4,
         "mine.csv:3: column 'anger' holds 'maybe'"),
        (["--train-file", "mine.csv", "--label-column", "joy"], 4, "2 rows are too few to be split"),
    ],
)  # fmt: skip
def test_what_cannot_be_trained_on_ends_in_one_line_and_nothing_is_written(
    tmp_path, monkeypatch, command, arguments, code, expected
):
    monkeypatch.chdir(tmp_path)
    table(tmp_path / "mine.csv", ("text", "joy", "anger"), [("a", 1, 0), ("b", 0, "maybe")])
    _, err, found = command("train", "--output-dir", "model", *arguments)
    assert found == code, err
    assert expected in err.splitlines()[-1]
    assert [path.name for path in tmp_path.iterdir()] == ["mine.csv"]


def test_the_folder_that_one_is_in_is_refused_before_anything_is_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="name a new folder in it, such as model"):
        goemox.train("missing.csv", ".")


@pytest.mark.parametrize("work", ["model", "model/work"])
def test_a_work_folder_in_the_models_place_is_refused_before_anything_is_read(tmp_path, monkeypatch, work):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="lies in --output-dir"):
        goemox.train("missing.csv", "model", work=Path(work))
    assert not list(tmp_path.iterdir())


def test_the_python_function_takes_a_file_or_a_folder_as_it_is(tiny_base, tmp_path):
    rows = "".join(
        f"{word} day {i},{label}\n" for i in range(60) for word, label in (("fine", "up"), ("sad", "down"))
    )
    (tmp_path / "mine.csv").write_text("text,labels\n" + rows)
    folder = goemox.train(str(tmp_path / "mine.csv"), str(tmp_path / "model"), base=str(tiny_base))
    assert set(goemox.load(folder).labels) == {"up", "down"}


def test_the_log_of_a_model_has_no_lines_of_another_kind_of_run_that_was_given_up(tiny_base, tmp_path):
    path = table(tmp_path / "mine.csv", ("text", "labels"), [(f"day {i}", MOODS[i % 3]) for i in range(60)])
    work = tmp_path / "work"
    work.mkdir()
    (work / "training-0.jsonl").write_text('{"stage": "teacher 0", "step": 20}\n')
    folder = goemox.train(path, tmp_path / "model", base=str(tiny_base), work=work)
    logged = (folder / "training.jsonl").read_text().splitlines()
    assert {json.loads(line)["stage"] for line in logged} == {"model"}
