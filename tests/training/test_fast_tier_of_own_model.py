"""A fast tier and a cascade for a model with a stranger's labels, by the command line."""

import csv
from dataclasses import replace

import numpy as np
import pytest

import goemox
from goemox.data.samples import load_samples
from goemox.data.training_sets import training_set_of_file
from goemox.errors import InvalidInput, InvalidModel
from goemox.labels import SENTIMENT
from goemox.model_folder import FAST, default_folder
from goemox.release import train
from goemox.release_tiers import add_tiers
from goemox.tiers.shipped import TIERS
from goemox.training.loop import Recipe

RECIPE = Recipe(epochs=3, batch_size=16, learning_rate=5e-3, max_length=48, precision="fp32")
MOODS = ("negative", "neutral", "positive")
TEXTS = [sample.text for sample in load_samples()]


def write(path, rows):
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([("text", "labels"), *rows])
    return path


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "mine.csv"
    rows = [
        (s.text, "|".join(mood for mood in MOODS if s.labels & set(SENTIMENT[mood]))) for s in load_samples()
    ]
    return write(path, [row for row in rows if row[1]])


@pytest.fixture(scope="module")
def model(data, tiny_base, tmp_path_factory):
    return train(data, tmp_path_factory.mktemp("model") / "mine", base=str(tiny_base), recipe=RECIPE)


def test_one_command_gives_a_folder_with_every_tier(data, model, tmp_path, command):
    more = tmp_path / "more.txt"
    more.write_text("What a day it was\nI do not like any of this\n", encoding="utf-8")
    output = tmp_path / "tiered"
    arguments = ["export", "--format", "fast", "--model", model, "--data", data, "--output-dir", output]
    out, err, code = command(*arguments, "--unlabelled", more)
    assert code == 0, err
    assert out.strip() == str(output), err
    assert "not those that the model's own rule was fitted on" not in err
    assert "a cascade leaves" in err
    best = goemox.load(model).predict_proba(TEXTS)
    for tier in ("best", "fast", "cascade"):
        clf = goemox.load(output, tier=tier)
        p = clf.predict_proba(TEXTS)
        assert p.shape == (len(TEXTS), 3)
        assert np.isfinite(p).all()
        assert clf(TEXTS[0]).domain_percentile is not None
    assert np.array_equal(goemox.load(output).predict_proba(TEXTS), best)
    assert goemox.load(output, tier="fast").folder.facts["tiers"]["fast"]["training"]["unlabelled"] == 2
    assert "## Tiers" in (output / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("is_divided_as_then", [True, False])
def test_a_tier_whose_dev_rows_may_be_rows_of_training_promises_nothing(
    model, tmp_path, command, monkeypatch, is_divided_as_then
):
    monkeypatch.setattr("goemox.decision.rule.MIN_CARRYING", 10)  # so few rows would never promise anything
    data, rows = tmp_path / "mine.csv", [(f"{text} {i}", MOODS[i % 3]) for i, text in enumerate(TEXTS)]
    write(data, rows)
    own = train(data, tmp_path / "own", base=str(model), recipe=replace(RECIPE, epochs=1, seed=7))
    write(data, rows if is_divided_as_then else rows[::-1])
    output = tmp_path / "tiered"
    _, err, code = command("export", "--format", "fast", "--model", own, "--data", data, "-o", output)
    assert code == 0, err
    assert ("promise nothing" not in err) is is_divided_as_then
    promised = [goemox.load(output, tier=tier).rule.conformal is not None for tier in TIERS]
    assert promised == [True, is_divided_as_then, is_divided_as_then]


def test_columns_can_be_named_and_other_rows_than_those_of_training_are_told(data, model, tmp_path, command):
    renamed = tmp_path / "renamed.csv"
    _, *rows = data.read_text("utf-8").splitlines()
    renamed.write_text("\n".join(["says,mood", *reversed(rows)]) + "\n", encoding="utf-8")
    arguments = [
        "export",
        "--format",
        "fast",
        "--model",
        model,
        "--data",
        renamed,
        "--output-dir",
        tmp_path / "out",
    ]
    columns = ["--text-column", "says", "--label-column", "mood"]
    _, err, code = command(*arguments, *columns)
    assert code == 0, err
    assert "not those that the model's own rule was fitted on" in err


def test_a_folder_without_a_fast_tier_stays_as_it_was(data, model, tmp_path):
    with pytest.raises(InvalidInput, match="other labels than the model"):
        add_tiers(default_folder(), tmp_path / "out", training_set_of_file(data))
    assert not (tmp_path / "out").exists()
    assert not (model / FAST).exists()


def test_a_folder_that_goemox_did_not_calibrate_gets_no_tiers(data, tiny_base, tmp_path):
    with pytest.raises(InvalidModel):
        add_tiers(tiny_base, tmp_path / "out", training_set_of_file(data))
    assert not (tmp_path / "out").exists()
