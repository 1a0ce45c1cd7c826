"""What is fitted on dev never decides on the rows that it was fitted on."""

from dataclasses import replace

import numpy as np

from goemox.counts import count
from goemox.decision.rule import DecisionRule
from goemox.labels import GOEMOTIONS
from goemox.reproduce.decisions import FITS, by_rule, cross_fitted, cut_half, folds_of, softmax_top

LABELS = ("a", "b")


def test_no_row_is_decided_by_a_rule_that_was_fitted_on_it():
    n = 103
    logits = np.stack([np.linspace(-3, 3, n), np.zeros(n)], axis=1)  # the first column tells the rows apart
    seen = []

    def fit(rows, truth):
        """A rule that adds its own number to every logit, so that it signs what it decides."""
        seen.append(set(rows[:, 0]))
        rule = DecisionRule.unfitted(LABELS)
        return replace(rule, maps=np.array([[1.0, 1.0, float(len(seen))]] * 2))

    found = cross_fitted(fit, logits, np.zeros((n, 2), dtype=bool), [str(i) for i in range(n)])
    p = found.probabilities[:, 0]
    signed = np.rint(np.log(p / (1 - p)) - logits[:, 0]).astype(int)
    assert sorted(set(signed)) == [1, 2, 3, 4, 5]
    for row, number in enumerate(signed):
        assert logits[row, 0] not in seen[number - 1]
        assert all(logits[row, 0] in rows for i, rows in enumerate(seen, 1) if i != number)


def test_a_cut_that_only_knows_its_own_rows_wins_nothing_once_it_is_cross_fitted():
    """Every label is true of one row: a cut just below it is right there, and nobody else can know it."""
    logits = np.random.default_rng(0).normal(size=(100, 2))
    truth = np.zeros((100, 2), dtype=bool)
    truth[[7, 60], [0, 1]] = True

    def fit(rows, true):
        p = 1 / (1 + np.exp(-rows))
        cuts = [p[true[:, label], label].min(initial=0.999) - 1e-6 for label in range(2)]
        return replace(DecisionRule.unfitted(LABELS), thresholds=np.array(cuts))

    leaking = count(by_rule(fit(logits, truth), logits).given, truth)
    honest = count(cross_fitted(fit, logits, truth, [str(i) for i in range(100)]).given, truth)
    assert leaking.tp.tolist() == [1, 1]
    assert honest.tp.tolist() == [0, 0]


def test_equal_texts_are_never_in_two_folds():
    texts = [f"text {i % 40}" if i % 2 else f"TEXT  {i % 40}" for i in range(400)]
    fold = folds_of(texts)
    assert all(len(set(fold[[i % 40 == number for i in range(400)]])) == 1 for number in range(40))
    assert set(fold) == set(range(5))


def test_the_softmax_decision_gives_exactly_one_label_and_shares_that_sum_to_one():
    found = softmax_top(np.array([[0.0, 800.0, 1.0], [-900.0, -901.0, -900.5]]))
    assert found.given.tolist() == [[False, True, False], [True, False, False]]
    assert np.allclose(found.probabilities.sum(axis=1), 1)


def test_the_half_cut_can_leave_a_text_without_a_label():
    assert cut_half(np.array([[-1.0, -0.1], [0.0, 2.0]])).given.tolist() == [[False, False], [True, True]]


def test_thresholds_leave_the_probabilities_alone_and_calibration_does_not():
    random = np.random.default_rng(1)
    logits, truth = random.normal(size=(300, 28)), random.random((300, 28)) < 0.1
    texts = [str(i) for i in range(300)]
    cut = cross_fitted(FITS["thresholds"], logits, truth, texts)
    calibrated = cross_fitted(FITS["calibrated"], logits, truth, texts)
    assert np.allclose(cut.probabilities, cut_half(logits).probabilities)
    errors = [abs(found.probabilities.mean() - truth.mean()) for found in (calibrated, cut)]
    assert errors[0] < 0.06 < 0.2 < errors[1]
    assert len(GOEMOTIONS) == cut.given.shape[1]
