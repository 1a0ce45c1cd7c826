import json

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from goemox.evaluation.confusion import confusion
from goemox.evaluation.numbers import plain
from goemox.evaluation.sample import LabelledSample

A, B, C = range(3)


def sample_of(truth, decided, p=None, judged=None):
    truth, decided = np.array(truth, dtype=bool), np.array(decided, dtype=bool)
    p = decided * 0.9 if p is None else np.array(p)
    judged = np.ones_like(truth) if judged is None else np.array(judged, dtype=bool)
    return LabelledSample(("a", "b", "c"), p, decided, truth, judged)


def test_a_missed_label_is_charged_to_the_wrong_labels_given_instead():
    found = confusion(sample_of([[1, 0, 0], [1, 0, 0], [1, 1, 0]], [[0, 1, 1], [1, 1, 0], [0, 1, 0]]))
    assert found["labels"] == ["a", "b"]  # c never occurs
    np.testing.assert_allclose(found["multi_label"], [[1 / 3, 1 / 3], [0, 1]])
    assert found["support"].tolist() == [3, 1]


def test_the_single_label_table_is_about_texts_with_one_label_and_their_top_label():
    truth = [[1, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]
    p = [[0.9, 0.8, 0], [0.1, 0.2, 0], [0, 1, 0], [0, 0, 0.3]]
    found = confusion(sample_of(truth, np.zeros((4, 3)), p))
    np.testing.assert_allclose(found["single_label"], [[0.5, 0.5], [0, 0]])  # the last went to c, outside
    assert found["single_label_support"].tolist() == [2, 1]


def test_shares_are_of_all_texts_with_the_label_not_of_its_misses_alone():
    truth, decided = [[1, 0, 0]] * 10, [[1, 0, 0]] * 8 + [[0, 1, 0]] * 2
    found = confusion(sample_of([*truth, [0, 1, 0]], [*decided, [0, 1, 0]]))
    assert found["multi_label"][0].tolist() == [0.8, 0.2]  # of the two misses it would be all


def test_with_one_label_a_text_both_tables_are_scikit_learns_normalised_over_the_true_rows():
    dice = np.random.default_rng(0)
    true, top = dice.integers(0, 3, 300), dice.integers(0, 3, 300)
    p = np.full((300, 3), 0.1)
    p[np.arange(300), top] = 0.9
    found = confusion(sample_of(np.eye(3)[true], np.eye(3)[top], p))
    order = ["abc".index(label) for label in found["labels"]]
    expected = confusion_matrix(true, top, labels=order, normalize="true")
    np.testing.assert_allclose(found["single_label"], expected)
    np.testing.assert_allclose(found["multi_label"], expected)


def test_a_label_that_never_stands_alone_has_an_empty_row():
    found = plain(confusion(sample_of([[1, 1, 0]], [[1, 1, 0]])))
    assert found["single_label"] == [[None, None], [None, None]]
    json.dumps(found, allow_nan=False)


def test_the_most_frequent_labels_come_first():
    truth = np.eye(3, dtype=bool)[[C, C, C, B, B, A]]
    assert confusion(sample_of(truth, truth), n_labels=2)["labels"] == ["c", "b"]


@pytest.mark.parametrize("column", [A, C])
def test_there_is_no_table_without_whole_rows_of_truth(column):
    judged = np.ones((1, 3))
    judged[0, column] = 0
    assert confusion(sample_of([[1, 0, 0]], [[1, 0, 0]], judged=judged)) is None
