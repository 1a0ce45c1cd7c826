import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import f1_score, precision_recall_fscore_support

from goemox.counts import Counts, count, f1_of, weighted_f1_of
from goemox.errors import ShapeError

MATRICES = st.tuples(st.integers(1, 30), st.integers(2, 5)).flatmap(
    lambda shape: st.tuples(arrays(np.bool_, shape), arrays(np.bool_, shape), arrays(np.bool_, shape))
)


def test_one_of_each_kind_is_counted_where_it_belongs():
    decided = np.array([[1, 1], [0, 0]], dtype=bool)
    truth = np.array([[1, 0], [1, 0]], dtype=bool)
    counts = count(decided, truth)
    assert (counts.tp.tolist(), counts.fp.tolist()) == ([1, 0], [0, 1])
    assert (counts.fn.tolist(), counts.tn.tolist()) == ([1, 0], [0, 1])
    assert counts.f1.tolist() == [2 / 3, 0.0]
    assert counts.macro_f1 == pytest.approx(1 / 3)
    assert counts.micro_f1 == pytest.approx(0.5)
    assert counts.weighted_f1 == pytest.approx(2 / 3)


@settings(deadline=None)
@given(MATRICES)
def test_every_figure_equals_that_of_scikit_learn(matrices):
    decided, truth, _ = matrices
    counts = count(decided, truth)
    precision, recall, f1, support = precision_recall_fscore_support(truth, decided, zero_division=0)
    np.testing.assert_allclose(counts.precision, precision)
    np.testing.assert_allclose(counts.recall, recall)
    np.testing.assert_allclose(counts.f1, f1)
    assert counts.support.tolist() == support.tolist()
    for average in ("macro", "micro", "weighted"):
        expected = f1_score(truth, decided, average=average, zero_division=0)
        assert getattr(counts, f"{average}_f1") == pytest.approx(expected)


@settings(deadline=None)
@given(MATRICES)
def test_counts_of_two_halves_add_up_to_the_counts_of_the_whole(matrices):
    decided, truth, _ = matrices
    half = len(truth) // 2
    parts = count(decided[:half], truth[:half]) + count(decided[half:], truth[half:])
    whole = count(decided, truth)
    for name in ("tp", "fp", "fn", "tn"):
        assert getattr(parts, name).tolist() == getattr(whole, name).tolist()


@settings(deadline=None)
@given(MATRICES)
def test_each_judged_cell_is_counted_once_and_no_other(matrices):
    decided, truth, judged = matrices
    counts = count(decided, truth, judged)
    total = counts.tp + counts.fp + counts.fn + counts.tn
    assert total.tolist() == judged.sum(axis=0).tolist()
    flipped = count(decided, truth ^ ~judged, judged)  # what nobody judged may be anything
    assert flipped.tp.tolist() == counts.tp.tolist()
    assert flipped.fp.tolist() == counts.fp.tolist()


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1))
def test_micro_f1_of_single_label_texts_is_their_accuracy(pairs):
    given_label, true_label = np.array(pairs).T
    counts = count(np.eye(4, dtype=bool)[given_label], np.eye(4, dtype=bool)[true_label])
    assert counts.micro_f1 == pytest.approx((given_label == true_label).mean())


def test_averages_work_over_stacked_resamples():
    tp, fp, fn = (np.array(rows) for rows in ([[1, 0], [2, 2]], [[0, 1], [0, 0]], [[1, 0], [0, 0]]))
    assert f1_of(tp, fp, fn).tolist() == [[2 / 3, 0.0], [1.0, 1.0]]
    assert weighted_f1_of(tp, fp, fn).tolist() == [pytest.approx(2 / 3), 1.0]


def test_counts_of_other_shapes_are_refused():
    with pytest.raises(ShapeError, match="decided must have shape"):
        count(np.zeros((3, 2), dtype=bool), np.zeros((2, 3), dtype=bool))
    with pytest.raises(ShapeError, match="judged"):
        count(np.zeros((3, 2), dtype=bool), np.zeros((3, 2), dtype=bool), np.zeros((3, 1), dtype=bool))
    with pytest.raises(ShapeError, match="fn"):
        Counts(np.zeros(2, int), np.zeros(2, int), np.zeros(3, int), np.zeros(2, int))
    one, two = (count(np.zeros((1, k), dtype=bool), np.zeros((1, k), dtype=bool)) for k in (1, 2))
    with pytest.raises(ShapeError, match="added"):
        one + two
