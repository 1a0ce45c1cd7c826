"""predict, evaluate and doctor on a model that gives one label a text, each in a process of its own."""

import json
import shutil

import pytest
from forked import goemox

from goemox.model_folder import SUMS, default_folder


@pytest.fixture
def single(tmp_path):
    """The bundled graph as a plain Hugging Face folder that says it gives one label a text."""
    folder = tmp_path / "single"
    shutil.copytree(default_folder(), folder)
    for name in ("goemox.json", "reference.safetensors", "evaluation.json", SUMS):
        (folder / name).unlink()
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"problem_type": "single_label_classification"}))
    return folder


@pytest.fixture
def rows(tmp_path):
    path = tmp_path / "rows.jsonl"
    texts = (
        ("Thank you!", "gratitude"),
        ("Ok", "neutral"),
        ("I love it", "love"),
        ("Oh no, how sad", "sadness"),
    )
    path.write_text("".join(json.dumps({"text": text, "labels": [label]}) + "\n" for text, label in texts))
    return path


def test_predict_gives_one_label_a_text_with_softmax_scores_and_says_so(single):
    done = goemox("predict", "--model", single, "Thank you so much!", "Oh no, how sad.")
    assert done.returncode == 0, done.stderr
    for line in map(json.loads, done.stdout.splitlines()):
        assert len(line["labels"]) == 1
        assert line["labels"][0] == max(line["scores"], key=line["scores"].get)
        assert sum(line["scores"].values()) == pytest.approx(1, abs=1e-4)
        assert line["prediction_set"] is None
    assert "softmax over the labels" in done.stderr
    assert "no thresholds, no promise" in done.stderr


@pytest.mark.parametrize(
    ("options", "told"),
    [(["--threshold", "0.2"], "one most probable label"), (["--long-text", "chunk"], "truncate")],
)
def test_predict_refuses_what_makes_no_sense_for_a_softmax(single, options, told):
    done = goemox("predict", "--model", single, *options, "Thank you!")
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stdout == ""


def test_evaluate_measures_the_top_label_and_shows_no_thresholds(single, rows):
    done = goemox("evaluate", "--data", rows, "--model", single, "--against", "default", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["model"]["activation"] == "softmax"
    assert document["against"]["model"]["activation"] == "sigmoid"
    assert document["against"]["model"]["caveat"] is None
    assert document["thresholds"] == {}
    assert all(row["threshold"] is None for row in document["per_label"])
    assert sum(document["label_share"].values()) == pytest.approx(1)
    assert document["metrics"]["top1_accuracy"]["value"] == document["metrics"]["subset_accuracy"]["value"]
    assert "single is uncalibrated: a softmax over the labels" in done.stderr


def test_the_table_of_evaluate_names_the_softmax(single, rows):
    done = goemox("evaluate", "--data", rows, "--model", single)
    assert done.stdout.startswith("4 texts, single (softmax, one label a text)")


def test_doctor_describes_the_model(single):
    done = goemox("doctor", "--model", single)
    assert "28 labels, uncalibrated: a softmax over the labels" in " ".join(done.stdout.split())


def test_a_study_of_the_model_notes_what_it_is(single, rows, tmp_path):
    done = goemox("study", "--model", single, "--domain", f"few={rows}", "--output-dir", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    model = json.loads((tmp_path / "out" / "report.json").read_text())["model"]
    assert model["thresholds"] == {}
    assert "softmax over the labels" in model["notes"][0]
    assert "softmax over the labels" in (tmp_path / "out" / "report.html").read_text()
