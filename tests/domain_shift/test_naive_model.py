"""What a naive model says of a domain's texts, beside the release model's decisions on them."""

import numpy as np
import pytest
from scipy.stats import binomtest

from goemox.domain_shift.naive import (
    naive_model,
    one_label_answers,
    one_label_comparison,
    top_label_accuracy,
)
from goemox.errors import ShapeError
from goemox.labels import GOEMOTIONS

NEUTRAL, ADMIRATION, JOY = (GOEMOTIONS.index(name) for name in ("neutral", "admiration", "joy"))


def logits_with_top(tops, height=3.0):
    logits = np.zeros((len(tops), len(GOEMOTIONS)), dtype=np.float32)
    logits[np.arange(len(tops)), tops] = height
    return logits


def given(*rows):
    decided = np.zeros((len(rows), len(GOEMOTIONS)), dtype=np.bool_)
    for row, columns in enumerate(rows):
        decided[row, list(columns)] = True
    return decided


def test_an_emotion_beside_neutral_adds_and_only_an_emotion_in_its_place_disagrees():
    decided = given([JOY], [NEUTRAL], [NEUTRAL, JOY], [], [JOY])
    found = one_label_comparison(logits_with_top([NEUTRAL] * 4 + [ADMIRATION]), decided, GOEMOTIONS)
    assert found["neutral_texts"] == 4
    assert found["adds"] == 0.25
    assert found["disagreement"] == 0.25
    assert found["softmax_argmax"] == {"neutral": 0.8, "admiration": 0.2, "others": 0.0}
    assert found["mean_max_softmax"] == pytest.approx(np.exp(3) / (np.exp(3) + 27), abs=1e-6)


def test_the_interval_is_wilsons():
    decided = given(*([JOY] if row < 13 else [NEUTRAL] for row in range(90)))
    found = one_label_comparison(logits_with_top([NEUTRAL] * 80 + [JOY] * 10), decided, GOEMOTIONS)
    expected = binomtest(13, 80).proportion_ci(method="wilson")
    assert found["disagreement_interval"] == pytest.approx((expected.low, expected.high))


def test_where_nothing_is_called_neutral_there_is_no_share_and_no_interval():
    found = one_label_comparison(logits_with_top([JOY, ADMIRATION]), given([JOY], [NEUTRAL]), GOEMOTIONS)
    assert found["neutral_texts"] == 0
    assert found["disagreement"] is None
    assert found["disagreement_interval"] is None


def test_labels_without_neutral_are_never_called_neutral():
    found = one_label_comparison(np.eye(2), np.eye(2, dtype=np.bool_), ("calm", "cross"))
    assert found["neutral_texts"] == 0
    assert found["softmax_argmax"] == {"neutral": 0.0, "admiration": 0.0, "others": 1.0}


def test_arrays_that_disagree_are_refused_by_name():
    with pytest.raises(ShapeError, match="logits"):
        one_label_comparison(logits_with_top([JOY]), given([JOY], [JOY]), GOEMOTIONS)


def test_the_crossing_says_what_the_release_model_gives_the_texts_of_each_group():
    decided = given([NEUTRAL], [NEUTRAL, JOY], [JOY], [], [ADMIRATION])
    probabilities = np.where(decided, 0.9, 0.1)
    found = naive_model(logits_with_top([NEUTRAL] * 4 + [JOY]), probabilities, decided, GOEMOTIONS)
    neutral, admiration, others = found["crossing"]
    assert [row["group"] for row in found["crossing"]] == ["neutral", "admiration", "others"]
    assert [row["n"] for row in found["crossing"]] == [4, 0, 1]
    assert neutral["label_share"]["neutral"] == 0.5
    assert neutral["label_share"]["joy"] == 0.5
    assert neutral["only_neutral_share"] == 0.25
    assert neutral["no_label_share"] == 0.25
    assert sum(neutral["top_label"].values()) == pytest.approx(1)
    assert admiration["label_share"] is admiration["top_label"] is None
    assert others["top_label"]["admiration"] == 1.0


def test_the_confidence_of_a_naive_model_has_a_histogram_an_interval_and_its_labels():
    logits = np.concatenate([logits_with_top([NEUTRAL] * 30, 2.0), logits_with_top([JOY] * 10, 5.0)])
    found = naive_model(logits, np.full((40, 28), 0.1), given(*[[JOY]] * 40), GOEMOTIONS)
    low, high = found["mean_max_softmax_interval"]
    assert low < found["mean_max_softmax"] < high
    assert sum(found["softmax_histogram"]["counts"]) == 40
    assert found["top_label"]["neutral"] == 0.75
    assert found["top_label"]["joy"] == 0.25


def test_one_text_has_a_confidence_and_no_interval_of_it():
    found = naive_model(logits_with_top([JOY]), np.full((1, 28), 0.1), given([JOY]), GOEMOTIONS)
    assert found["mean_max_softmax_interval"] is None


def test_a_text_without_a_true_label_is_a_miss_for_any_top_label():
    found = top_label_accuracy(logits_with_top([JOY, JOY, NEUTRAL]), given([JOY, NEUTRAL], [], [JOY]))
    assert found["top1_accuracy"] == pytest.approx(1 / 3)
    low, high = found["top1_accuracy_interval"]
    assert low < 1 / 3 < high
    with pytest.raises(ShapeError, match="scores"):
        top_label_accuracy(logits_with_top([JOY]), given([JOY], [JOY]))


def test_each_text_gets_the_naive_models_label_and_its_confidence():
    said = one_label_answers(logits_with_top([JOY, NEUTRAL]), GOEMOTIONS)
    assert [each["label"] for each in said] == ["joy", "neutral"]
    assert said[0]["confidence"] == pytest.approx(np.exp(3) / (np.exp(3) + 27), abs=1e-4)
    assert one_label_answers(logits_with_top([]), GOEMOTIONS) == []
