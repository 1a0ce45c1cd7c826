"""`--grouping` as a stranger types it, and the same from Python."""

import csv
import io
import json

import forked
import numpy as np
import pytest

import goemox
from goemox.errors import UsageError
from goemox.labels import EKMAN, SENTIMENT

TEXTS = ["Thank you so much!", "This is disgusting and I hate it.", "The meeting is at noon."]


def predict(*arguments):
    return forked.goemox("predict", *arguments)


@pytest.mark.parametrize(("grouping", "groups"), [("ekman", EKMAN), ("sentiment", SENTIMENT)])
def test_lines_hold_groups_where_labels_stood(grouping, groups):
    done = predict(*TEXTS, "--grouping", grouping, "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [tuple(row["scores"]) for row in rows] == [tuple(groups)] * 3
    assert [row["labels"][0] for row in rows] == {
        "ekman": ["joy", "disgust", "neutral"],
        "sentiment": ["positive", "negative", "neutral"],
    }[grouping]
    assert all(row["prediction_set"] is None and row["domain_percentile"] is not None for row in rows)


def test_csv_names_a_score_column_for_each_group(tmp_path):
    done = predict(*TEXTS, "--grouping", "sentiment", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [name for name in rows[0] if name.startswith("score_")] == [
        f"score_{group}" for group in SENTIMENT
    ]


def test_a_cut_may_be_set_for_a_group_and_not_for_a_label():
    done = predict("Thank you so much!", "--grouping", "sentiment", "--threshold", "positive=0.9999")
    assert json.loads(done.stdout)["labels"] == []
    wrong = predict("Thank you so much!", "--grouping", "sentiment", "--threshold", "gratitude=0.5")
    assert wrong.returncode == 2
    assert "unknown label 'gratitude'. Known labels: positive, negative, ambiguous, neutral" in wrong.stderr


def test_python_gives_the_same_groups_and_says_which_there_are():
    classifier = goemox.load()
    grouped = classifier.grouped("sentiment")
    found, given = grouped.predict_proba(TEXTS), grouped.predict(TEXTS)
    assert found.shape == given.shape == (3, 4)
    line = json.loads(predict(TEXTS[1], "--grouping", "sentiment").stdout)
    np.testing.assert_allclose(found[1], list(line["scores"].values()), atol=1e-4)
    with pytest.raises(UsageError, match=r"no grouping 'plutchik'; its groupings: ekman, sentiment"):
        classifier.grouped("plutchik")


def test_a_group_is_at_least_as_sure_as_its_surest_label():
    classifier = goemox.load()
    p, groups = classifier.predict_proba(TEXTS), classifier.grouped("ekman").predict_proba(TEXTS)
    for column, members in enumerate(EKMAN.values()):
        surest = p[:, [classifier.labels.index(label) for label in members]].max(axis=1)
        assert (groups[:, column] > surest - 0.1).all()
