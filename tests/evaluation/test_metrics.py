import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    f1_score,
    hamming_loss,
    label_ranking_average_precision_score,
    log_loss,
)

from goemox.errors import InvalidInput, ShapeError
from goemox.evaluation.metrics import METRICS, measure
from goemox.evaluation.ranking import average_precision
from goemox.evaluation.sample import LabelledSample
from goemox.labels import EKMAN, GOEMOTIONS, SENTIMENT


def sample_of(n=60, k=4, seed=0, labels=None, judged=None, steps=20):
    """Random texts; scores on a grid of `steps`, so that many are equal."""
    generator = np.random.default_rng(seed)
    probabilities = generator.integers(0, steps + 1, (n, k)) / steps
    truth = generator.random((n, k)) < 0.2 + 0.5 * probabilities
    decided = probabilities > generator.random(k)
    names = labels or tuple(f"label {column}" for column in range(k))
    seen = np.ones((n, k), dtype=bool) if judged is None else judged
    return LabelledSample(names, probabilities, decided, truth, seen)


def values(sample):
    return {name: found[0] for name, found in measure(sample, np.ones((1, len(sample)))).overall.items()}


@settings(deadline=None, max_examples=30)  # a set of 60 texts has every case of a figure
@given(st.integers(0, 1000))
def test_metrics_equal_those_of_scikit_learn(seed):
    sample = sample_of(seed=seed)
    found, truth, p = values(sample), sample.truth, sample.probabilities
    for average in ("macro", "micro", "weighted"):
        assert found[f"{average}_f1"] == pytest.approx(f1_score(truth, sample.decided, average=average))
    assert found["mean_average_precision"] == pytest.approx(average_precision_score(truth, p))
    assert found["lrap"] == pytest.approx(label_ranking_average_precision_score(truth, p))
    assert found["hamming_loss"] == pytest.approx(hamming_loss(truth, sample.decided))
    pairs = [(truth[:, j], p[:, j]) for j in range(truth.shape[1])]
    assert found["brier"] == pytest.approx(np.mean([brier_score_loss(y, q) for y, q in pairs]))
    inside = [(y, np.clip(q, 1e-12, 1 - 1e-12)) for y, q in pairs]
    assert found["nll"] == pytest.approx(np.mean([log_loss(y, q, labels=[False, True]) for y, q in inside]))


@settings(deadline=None)
@given(st.integers(0, 1000))
def test_weighted_average_precision_equals_that_of_scikit_learn(seed):
    sample, generator = sample_of(k=1, seed=seed), np.random.default_rng(seed)
    weights = generator.integers(0, 4, (len(sample), 3)).astype(float)
    p, y = sample.probabilities[:, 0], sample.truth[:, 0]
    found = average_precision(p, y, weights)
    for column in range(3):
        assert found[column] == pytest.approx(average_precision_score(y, p, sample_weight=weights[:, column]))


def test_average_precision_without_positives_is_undefined():
    weights = np.array([[1.0, 0.0], [1.0, 2.0]])
    assert np.isnan(average_precision(np.array([0.2, 0.1]), np.array([False, False]), weights)).all()
    found = average_precision(np.array([0.2, 0.1]), np.array([True, False]), weights)
    assert found[0] == 1.0
    assert np.isnan(found[1])  # the positive was not drawn


@settings(deadline=None)
@given(st.integers(0, 200))
def test_drawing_texts_equals_weighting_them(seed):
    sample, generator = sample_of(n=40, seed=seed), np.random.default_rng(seed)
    drawn = generator.integers(0, 40, 40)
    weights = np.bincount(drawn, minlength=40)[None, :].astype(float)
    by_weight = {name: found[0] for name, found in measure(sample, weights).overall.items()}
    parts = (sample.probabilities[drawn], sample.decided[drawn], sample.truth[drawn], sample.judged[drawn])
    by_drawing = values(LabelledSample(sample.labels, *parts))
    # these two are about a fixed choice made on the whole sample: common labels, bins
    for name in by_weight.keys() - {"macro_f1_common", "ece_mean"}:
        assert by_weight[name] == pytest.approx(by_drawing[name], nan_ok=True), name


def test_top_label_of_a_text_without_true_labels_counts_as_a_miss():
    p = np.array([[0.9, 0.1], [0.9, 0.1], [0.9, 0.1]])
    truth = np.array([[1, 1], [0, 1], [0, 0]], dtype=bool)
    found = values(LabelledSample(("a", "b"), p, p > 0.5, truth, np.ones_like(truth)))
    assert found["top1_accuracy"] == pytest.approx(1 / 3)
    assert found["subset_accuracy"] == 0.0


def test_groups_are_decided_and_true_when_any_of_their_labels_is():
    decided = np.zeros((2, 28), dtype=bool)
    truth = decided.copy()
    decided[0, GOEMOTIONS.index("annoyance")] = truth[0, GOEMOTIONS.index("anger")] = True
    decided[1, GOEMOTIONS.index("grief")] = truth[1, GOEMOTIONS.index("disgust")] = True
    found = values(LabelledSample(GOEMOTIONS, decided * 0.9, decided, truth, np.ones_like(truth)))
    assert found["macro_f1"] == 0.0
    assert found["ekman_macro_f1"] == pytest.approx(1 / len(EKMAN))
    assert found["sentiment_macro_f1"] == pytest.approx(1 / len(SENTIMENT))


def test_groups_exist_for_the_goemotions_labels_only():
    assert "ekman_macro_f1" not in values(sample_of())
    assert values(sample_of(k=28, labels=GOEMOTIONS)).keys() == set(METRICS)


def test_common_labels_are_those_with_thirty_positives():
    truth = np.zeros((40, 2), dtype=bool)
    truth[:30, 0], truth[:29, 1] = True, True
    decided = np.column_stack([truth[:, 0], ~truth[:, 1]])
    found = values(LabelledSample(("a", "b"), decided * 1.0, decided, truth, np.ones_like(truth)))
    assert (found["macro_f1"], found["macro_f1_common"]) == (0.5, 1.0)


def test_cells_that_nobody_judged_change_nothing():
    judged = np.random.default_rng(5).random((60, 4)) < 0.5
    sample = sample_of(judged=judged)
    wild = LabelledSample(
        sample.labels,
        np.where(judged, sample.probabilities, 0.123),
        sample.decided | ~judged,
        sample.truth ^ ~judged,
        judged,
    )
    found = values(sample)
    assert found == pytest.approx(values(wild))
    assert not {"top1_accuracy", "subset_accuracy", "lrap"} & found.keys()
    one = measure(sample, np.ones((1, 60))).by_label
    y, p = sample.truth[judged[:, 2], 2], sample.probabilities[judged[:, 2], 2]
    assert one["average_precision"][0, 2] == pytest.approx(average_precision_score(y, p))
    assert one["brier"][0, 2] == pytest.approx(brier_score_loss(y, p))


def test_a_label_that_nobody_judged_is_left_out_of_the_averages():
    judged = np.ones((60, 4), dtype=bool)
    judged[:, 3] = False
    whole, part = sample_of(judged=judged), sample_of()
    three = LabelledSample(
        part.labels[:3], part.probabilities[:, :3], part.decided[:, :3], part.truth[:, :3], judged[:, :3]
    )
    for name in ("macro_f1", "micro_f1", "weighted_f1", "brier", "nll", "ece_mean", "hamming_loss"):
        assert values(whole)[name] == pytest.approx(values(three)[name]), name


def test_a_sure_miss_costs_much_but_not_infinitely_much():
    p, truth = np.array([[0.0]]), np.array([[True]])
    assert values(LabelledSample(("a",), p, p > 0.5, truth, truth))["nll"] == pytest.approx(27.63, abs=0.01)


def test_impossible_samples_are_refused():
    ok = np.zeros((2, 1), dtype=bool)
    seen = ~ok
    with pytest.raises(InvalidInput, match="no texts"):
        LabelledSample(("a",), np.zeros((0, 1)), ok[:0], ok[:0], seen[:0])
    with pytest.raises(InvalidInput, match="row 2, column 1 holds nan"):
        LabelledSample(("a",), np.array([[0.5], [np.nan]]), ok, ok, seen)
    with pytest.raises(InvalidInput, match="not logits"):
        LabelledSample(("a",), np.array([[0.5], [-3.0]]), ok, ok, seen)
    with pytest.raises(InvalidInput, match="judged"):
        LabelledSample(("a",), np.zeros((2, 1)), ok, ok, ~seen)
    with pytest.raises(ShapeError, match="decided"):
        LabelledSample(("a",), np.zeros((2, 1)), ok[:1], ok, seen)
