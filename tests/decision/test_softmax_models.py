"""A model that gives one label a text: how its folder is told from others, and how it answers."""

import shutil

import numpy as np
import orjson
import pytest

import goemox
from goemox.decision.rule import DecisionRule
from goemox.decision.softmax import SoftmaxRule, caveat
from goemox.doctor import examine
from goemox.errors import InvalidModel, UsageError
from goemox.model_folder import default_folder, write_sums
from goemox.scores import ScoreMatrix, softmax

LABELS = ("calm", "cross", "keen")


def scored(logits):
    n = len(logits)
    return ScoreMatrix(
        tuple(map(str, range(n))), LABELS, np.array(logits, dtype=np.float32), None,
        np.zeros(n, dtype=np.bool_), np.ones(n, dtype=np.int32), "",
    )  # fmt: skip


@pytest.fixture
def single(tmp_path):
    """The bundled graph as a plain Hugging Face folder that says it gives one label a text."""
    folder = tmp_path / "single"
    shutil.copytree(default_folder(), folder)
    for name in ("goemox.json", "reference.safetensors", "evaluation.json", "SHA256SUMS"):
        (folder / name).unlink()
    change(folder / "config.json", problem_type="single_label_classification")
    return folder


def change(path, **entries):
    content = orjson.loads(path.read_bytes()) if path.exists() else {}
    path.write_bytes(orjson.dumps(content | entries))


def test_softmax_rows_sum_to_one_and_survive_any_shift_of_the_logits():
    logits = np.random.default_rng(0).normal(size=(50, 7)) * 300
    shares = softmax(logits)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    np.testing.assert_allclose(shares, softmax(logits + 1e4), atol=1e-9)
    np.testing.assert_allclose(softmax(np.log([[1.0, 2.0, 5.0]])), [[0.125, 0.25, 0.625]])


def test_every_text_gets_its_one_most_probable_label_whatever_the_score():
    rule = SoftmaxRule.unfitted(LABELS)
    p = rule.probabilities(scored([[9, 8, 8], [-9, -9.1, -9.1], [0, 0, 5]]))
    assert rule.decide(p).tolist() == [[True, False, False], [True, False, False], [False, False, True]]
    assert p[1].max() < 0.5
    assert rule.sets(p) is None


def test_there_is_nothing_to_cut():
    rule = SoftmaxRule.unfitted(LABELS)
    for single_label, every in (({"calm": 0.3}, None), ({}, 0.3)):
        with pytest.raises(UsageError, match="one most probable label"):
            rule.with_thresholds(single_label, every)


def test_what_a_reader_must_know_is_said_of_every_rule_that_was_not_fitted():
    assert "softmax" in caveat(SoftmaxRule.unfitted(LABELS))
    assert "plain sigmoids" in caveat(DecisionRule.unfitted(LABELS))
    assert caveat(goemox.load().rule) is None


def test_a_plain_single_label_folder_answers_by_softmax(single):
    clf = goemox.load(single)
    prediction = clf("Thank you so much, I love it!")
    assert len(prediction.labels) == 1
    assert sum(prediction.scores.values()) == pytest.approx(1, abs=1e-4)
    assert prediction.prediction_set is None
    assert clf.predict(["Thank you!", "Oh no."]).sum(axis=1).tolist() == [1, 1]


def test_goemox_json_says_softmax_too_and_needs_no_fitted_rule(single):
    labels = list(goemox.load(single).labels)
    change(single / "goemox.json", schema="goemox.model/1", labels=labels, activation="softmax")
    write_sums(single)
    assert isinstance(goemox.load(single).rule, SoftmaxRule)


@pytest.mark.parametrize(
    ("activation", "problem_type", "told"),
    [
        ("softmax", "multi_label_classification", "goemox.json says softmax, but config.json says"),
        ("sigmoid", "single_label_classification", "goemox.json says sigmoid, but config.json says"),
        ("tanh", "single_label_classification", "activation 'tanh'"),
    ],
)
def test_a_folder_that_contradicts_itself_is_refused(single, activation, problem_type, told):
    labels = list(goemox.load(single).labels)
    change(single / "config.json", problem_type=problem_type)
    change(single / "goemox.json", schema="goemox.model/1", labels=labels, activation=activation)
    write_sums(single)
    with pytest.raises(InvalidModel, match=told):
        goemox.load(single)


def test_windows_of_a_long_text_are_refused_because_their_logits_cannot_be_compared(single):
    with pytest.raises(UsageError, match="truncate"):
        goemox.load(single)(["One. Two."], long_text="chunk")


def test_the_doctor_names_the_kind_of_model(single):
    found = {finding.name: finding for finding in examine(single)}
    assert found["model"].state == "ok"
    assert "softmax over the labels" in found["model"].detail
    change(
        single / "goemox.json",
        schema="goemox.model/1",
        labels=list(goemox.load(single).labels),
        activation="tanh",
    )
    write_sums(single)
    assert {finding.name: finding for finding in examine(single)}["model"].state == "problem"
