"""A study that asks a naive model too: in domain, on each domain, about each example."""

import json
import shutil

import pytest

import goemox
from goemox.model_folder import SUMS, default_folder

FEELINGS = [f"I love my {thing}!" for thing in ("dog", "cat", "team", "house", "town", "road", "game")]
TITLES = [f"Release notes of library number {i}: faster builds and a new parser" for i in range(60)]


@pytest.fixture(scope="module")
def naive(tmp_path_factory):
    """The bundled graph as a plain Hugging Face folder that gives one label a text."""
    folder = tmp_path_factory.mktemp("naive") / "single"
    shutil.copytree(default_folder(), folder)
    for name in ("goemox.json", "reference.safetensors", "evaluation.json", SUMS):
        (folder / name).unlink()
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"problem_type": "single_label_classification"}))
    return folder


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Labelled rows, and a file of outside texts."""
    folder = tmp_path_factory.mktemp("texts")
    rows = [(text, "love") for text in FEELINGS] + [(title, "neutral") for title in TITLES[:5]]
    (folder / "data.csv").write_text("text,labels\n" + "".join(f"{text},{label}\n" for text, label in rows))
    (folder / "titles.txt").write_text("\n".join([*TITLES, "Thank you so much!"]))
    return folder


@pytest.fixture(scope="module")
def asked(naive, files):
    report = goemox.study(data=files / "data.csv", domains={"titles": files / "titles.txt"}, naive=naive)
    return json.loads(json.dumps(report.to_dict(), allow_nan=False))


def test_the_naive_model_is_asked_in_domain_and_held_against_the_truth(asked):
    found = asked["in_domain"]["naive"]["model"]
    assert 0 < found["top1_accuracy"] <= 1
    low, high = found["top1_accuracy_interval"]
    assert low <= found["top1_accuracy"] <= high
    assert sum(found["softmax_histogram"]["counts"]) == asked["in_domain"]["n"] == 12
    assert asked["in_domain"]["naive"]["softmax_argmax"].keys() == {"neutral", "admiration", "others"}


def test_each_domain_says_what_goemox_gives_the_texts_of_each_group(asked):
    (domain,) = asked["domains"]
    found = domain["naive"]["model"]
    assert [row["group"] for row in found["crossing"]] == ["neutral", "admiration", "others"]
    assert sum(row["n"] for row in found["crossing"]) == domain["n"]
    assert sum(found["softmax_histogram"]["counts"]) == domain["n"]
    assert domain["neutral_answers"][0] in domain["answers"]


def test_each_example_carries_the_naive_models_answer(asked):
    rows = asked["domains"][0]["examples"]
    assert {row["naive"]["label"] for row in rows} >= {"gratitude", "neutral"}
    assert all(0 < row["naive"]["confidence"] <= 1 for row in rows + asked["in_domain"]["examples"])


def test_without_a_naive_model_the_rules_are_compared_and_no_model_is_named(files):
    report = goemox.study(data=files / "data.csv", domains={"titles": files / "titles.txt"}).to_dict()
    assert report["naive_model"] is None
    assert report["in_domain"]["naive"]["model"] is None
    assert report["in_domain"]["naive"]["mean_max_softmax"] > 0
    assert 0 < report["in_domain"]["naive"]["top1_accuracy"] <= 1
    (domain,) = report["domains"]
    assert domain["naive"]["model"] is None
    assert all(row["naive"] is None for row in domain["examples"])


def test_labels_that_are_partly_unjudged_give_the_naive_model_no_accuracy(naive, tmp_path):
    rows = [{"text": text, "labels": ["love"], "judged": ["love", "joy"]} for text in FEELINGS]
    (tmp_path / "some.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "titles.txt").write_text("\n".join(TITLES))
    report = goemox.study(
        data=tmp_path / "some.jsonl", domains={"titles": tmp_path / "titles.txt"}, naive=naive
    ).to_dict()
    assert "top1_accuracy" not in report["in_domain"]["naive"]
    assert "top1_accuracy" not in report["in_domain"]["naive"]["model"]
