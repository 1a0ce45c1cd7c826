import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import softmax

from goemox.errors import ShapeError
from goemox.evaluation.numbers import histogram, plain
from goemox.evaluation.shares import confidence, display_shares, label_shares, max_softmax, top_label_shares

LOGITS = arrays(
    np.float32, st.tuples(st.integers(1, 20), st.integers(2, 5)), elements=st.floats(-90, 90, width=32)
)


def test_label_shares_need_not_sum_to_one_but_top_label_shares_do():
    decided = np.array([[1, 1], [1, 0]], dtype=bool)
    assert label_shares(decided, ("joy", "neutral")) == {"joy": 1.0, "neutral": 0.5}
    assert top_label_shares(np.array([[0.9, 0.8], [0.2, 0.1]]), ("joy", "neutral")) == {
        "joy": 1.0,
        "neutral": 0.0,
    }


@settings(deadline=None)
@given(LOGITS)
def test_the_display_groups_sum_to_one_for_any_taxonomy(scores):
    names = ("admiration", "neutral", "joy", "anger", "love")[: scores.shape[1]]
    assert sum(display_shares(top_label_shares(scores, names)).values()) == pytest.approx(1)


def test_groups_that_a_taxonomy_lacks_are_zero():
    assert display_shares({"bug": 0.25, "question": 0.75}) == {
        "neutral": 0.0,
        "admiration": 0.0,
        "others": 1.0,
    }


@settings(deadline=None)
@given(LOGITS)
def test_max_softmax_equals_scipy(logits):
    np.testing.assert_allclose(max_softmax(logits), softmax(logits.astype(float), axis=1).max(axis=1))


def test_confidence_is_of_the_top_probability_of_each_text():
    found = confidence(np.array([[0.1, 0.3], [1.0, 0.9], [0.0, 0.2]]), np.zeros((3, 2)))
    assert (found["mean"], found["median"]) == (pytest.approx(0.5), 0.3)
    assert sum(found["histogram"]["counts"]) == 3
    assert found["histogram"]["counts"][-1] == 1  # 1.0 belongs to the last bin
    assert found["softmax_histogram"]["counts"][10] == 3  # two equal logits: one half
    assert confidence(np.array([[0.5]]))["softmax_histogram"] is None
    with pytest.raises(ShapeError, match="logits"):
        confidence(np.zeros((3, 2)), np.zeros((3, 1)))


@settings(deadline=None)
@given(arrays(float, st.integers(0, 30), elements=st.floats(-10, 110)))
def test_a_histogram_loses_no_value(values):
    found = histogram(values, 0.0, 100.0)
    assert len(found["edges"]) == 21
    assert sum(found["counts"]) == len(values)


def test_plain_values_survive_json():
    class Figure:
        def to_dict(self):
            return {"value": np.float32(0.1)}

    found = plain(
        {"a": np.array([0.12345678, np.nan]), "b": (np.int64(3), np.bool_(True), None), "c": Figure(), 1: "x"}
    )
    assert found == {"a": [0.123457, None], "b": [3, True, None], "c": {"value": 0.1}, "1": "x"}
    assert plain(float("inf")) is None
