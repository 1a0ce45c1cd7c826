"""What a `Prediction` refuses, and what its JSON looks like."""

import json

import pytest

from goemox.errors import UsageError
from goemox.prediction import Prediction


def test_the_json_form_has_the_documented_keys_in_their_order():
    prediction = Prediction(
        id="7",
        text="I did it!",
        labels=("joy", "pride"),
        scores={"pride": 0.5, "joy": 0.75, "neutral": 0.0},
        prediction_set=("joy",),
        domain_percentile=12.5,
        in_domain=True,
    )
    assert json.dumps(prediction.to_dict()) == (
        '{"id": "7", "text": "I did it!", "labels": ["joy", "pride"], '
        '"scores": {"pride": 0.5, "joy": 0.75, "neutral": 0.0}, "prediction_set": ["joy"], '
        '"domain_percentile": 12.5, "in_domain": true, "truncated": false}'
    )


def test_what_the_model_does_not_promise_is_null_not_empty():
    values = Prediction(id="1", labels=(), scores={"joy": 0.1}).to_dict()
    assert values["labels"] == []
    assert [values[key] for key in ("text", "prediction_set", "domain_percentile", "in_domain")] == [None] * 4


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"scores": {"joy": 1.01}}, "must be in [0, 1], was 1.01"),
        ({"scores": {"joy": float("nan")}}, "must be in [0, 1], was nan"),
        ({"labels": ("fear",)}, "'fear' has no score"),
        ({"labels": ("love", "joy")}, "not in order of falling score"),
        ({"domain_percentile": 100.5}, "must be in [0, 100], was 100.5"),
        ({"domain_percentile": -0.1}, "must be in [0, 100], was -0.1"),
    ],
)
def test_an_impossible_prediction_is_refused_at_birth(wrong, said):
    right = {"id": "1", "labels": ("joy",), "scores": {"joy": 0.8, "love": 0.3}}
    with pytest.raises(UsageError) as refusal:
        Prediction(**{**right, **wrong})
    assert said in str(refusal.value)


def test_labels_with_equal_scores_may_stand_in_either_order():
    scores = {"joy": 0.5, "love": 0.5}
    assert Prediction(id="1", labels=("joy", "love"), scores=scores).labels == ("joy", "love")
    assert Prediction(id="1", labels=("love", "joy"), scores=scores).labels == ("love", "joy")


def test_the_top_scores_leave_the_promise_whole():
    scores = {"joy": 0.8, "love": 0.3, "fear": 0.1}
    top = Prediction(id="1", labels=("joy", "love"), scores=scores, prediction_set=("joy", "love")).top(1)
    assert (top.labels, top.scores, top.prediction_set) == (("joy",), {"joy": 0.8}, ("joy", "love"))
