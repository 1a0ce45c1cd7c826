"""What a naive model says of a domain's texts, beside the release model's decisions on them."""

import numpy as np
import pytest
from scipy.stats import binomtest

from goemox.domain_shift.naive import one_label_comparison
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
