"""Refits by shrinkage: few rows move little, many move all; promises are fitted on rows not seen."""

import numpy as np
import pytest
from scipy.optimize import minimize

from goemox.decision.calibration import IDENTITY, calibrate
from goemox.decision.conformal import false_negative_rates, fit_cutoff
from goemox.decision.few_rows import (
    OWN,
    SHARED,
    SLOPES,
    FewRows,
    can_promise,
    expected_f1_cuts,
    left_out,
    promise,
    refit,
    refit_cuts,
)
from goemox.decision.groups import GroupRule
from goemox.decision.label_weights import LEVEL, STRENGTH, LabelWeights, fit_weights, log_odds
from goemox.decision.rule import DecisionRule
from goemox.errors import InvalidModel, ShapeError
from goemox.scores import sigmoid

PRIOR = np.tile(np.array(IDENTITY), (4, 1))


def draw(n, seed=0, shift=-1.5, base=(-1.0, -2.0, -1.5, -4.5)):
    """Logits whose probabilities are too high by `shift` on the logit scale."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(scale=1.5, size=(n, 4)) + np.array(base)
    truth = generator.random((n, 4)) < sigmoid(logits + shift)
    return FewRows(logits, truth, np.ones((n, 4), dtype=bool))


def loss(rows, maps):
    p = calibrate(rows.logits, maps)
    return -np.log(np.where(rows.truth, p, 1 - p)).mean()


def test_newton_finds_what_a_general_optimiser_finds():
    rows = draw(80)
    features = np.stack(
        [-np.logaddexp(0, -rows.logits), np.logaddexp(0, rows.logits), np.ones((80, 4))], axis=-1
    )
    pull = np.array([SLOPES, SLOPES, 1.0])

    def minimum(x, offset, truth, weight):
        def objective(d):
            margin = np.where(truth, 1, -1) * (offset + x @ d)
            return np.logaddexp(0, -margin).sum() + weight * (d**2 @ pull)

        return minimize(objective, np.zeros(3), method="BFGS", options={"gtol": 1e-7}).x

    base = np.einsum("nkd,kd->nk", features, PRIOR)
    shared = minimum(features.reshape(-1, 3), base.ravel(), rows.truth.ravel(), SHARED)
    expected = [
        np.array(IDENTITY) + shared
        + minimum(features[:, k], base[:, k] + features[:, k] @ shared, rows.truth[:, k], OWN)
        for k in range(4)
    ]  # fmt: skip
    np.testing.assert_allclose(refit(rows, PRIOR).maps, expected, atol=1e-4)


def test_a_hundred_rows_repair_most_of_what_a_thousand_do():
    fresh = draw(20_000, seed=9)
    before, hundred, thousand = (
        loss(fresh, maps)
        for maps in (PRIOR, refit(draw(100), PRIOR).maps, refit(draw(1_000, seed=1), PRIOR).maps)
    )
    assert before - hundred > 0.6 * (before - thousand) > 0


def test_without_rows_to_learn_from_nothing_moves():
    rows = draw(40)
    blind = FewRows(rows.logits, rows.truth, np.zeros_like(rows.judged))
    np.testing.assert_array_equal(refit(blind, PRIOR).maps, PRIOR)


def test_cells_that_nobody_judged_change_nothing():
    rows = draw(60)
    judged = np.random.default_rng(1).random((60, 4)) < 0.5
    one = refit(FewRows(rows.logits, rows.truth & judged, judged), PRIOR)
    other = refit(FewRows(rows.logits, rows.truth | ~judged, judged), PRIOR)
    np.testing.assert_allclose(one.maps, other.maps, atol=1e-9)


def test_a_label_without_a_single_positive_moves_with_the_others():
    rows = draw(100)
    truth = rows.truth.copy()
    truth[:, 3] = False
    maps = refit(FewRows(rows.logits, truth, rows.judged), PRIOR).maps
    assert -4 < maps[3, 2] < 0


def test_left_out_rows_are_judged_by_fits_that_did_not_see_them():
    rows = draw(30)
    found = left_out(rows, PRIOR, n_folds=30, seed=3)
    for row in (0, 7, 29):
        others = np.arange(30) != row
        maps = refit(rows.rows(others), PRIOR).maps
        np.testing.assert_allclose(found[row], calibrate(rows.logits[[row]], maps)[0], atol=1e-6)


def test_promised_sets_miss_what_was_promised_on_average_and_cutoffs_on_seen_rows_would_not():
    base = (0.5, -0.5, 0.0, -1.5)
    fresh = draw(6_000, seed=5, base=base)
    rates, n_lower = [], 0
    for seed in range(60):
        rows = draw(120, seed=100 + seed, base=base)
        everything = np.ones(120, dtype=bool)
        assert can_promise(rows, everything)
        made = promise(rows, PRIOR, everything, alpha=0.2, population="these")
        here = rows.truth.any(axis=1)
        honest, seen = (
            fit_cutoff(p[here], rows.truth[here], 0.2)
            for p in (left_out(rows, PRIOR), calibrate(rows.logits, refit(rows, PRIOR).maps))
        )
        assert made.cutoff == honest
        n_lower += honest < seen
        sets = calibrate(fresh.logits, refit(rows, PRIOR).maps) >= made.cutoff
        carrying = fresh.truth.any(axis=1)
        rates.append(false_negative_rates(sets, fresh.truth)[carrying].mean())
    assert np.mean(rates) == pytest.approx(0.19, abs=0.02)
    assert n_lower > 45  # than the cutoff on scores that saw the rows


def test_too_few_rows_or_too_few_with_a_label_promise_nothing():
    rows = draw(120)
    assert not can_promise(rows.rows(np.arange(120) < 99), np.ones(99, dtype=bool))
    assert not can_promise(rows, np.arange(120) < 99)
    empty = FewRows(rows.logits, np.zeros_like(rows.truth), rows.judged)
    assert not can_promise(empty, np.ones(120, dtype=bool))


def test_expected_f1_cuts_are_those_that_drawn_truth_likes_best():
    p = np.random.default_rng(0).beta(0.5, 2.0, size=(40_000, 1))
    truth = np.random.default_rng(1).random(p.shape) < p
    (cut,) = expected_f1_cuts(p)

    def f1(at):
        given = p >= at
        return 2 * (given & truth).sum() / (given.sum() + truth.sum())

    assert f1(cut) >= max(f1(at) for at in np.arange(0.05, 0.9, 0.01)) - 0.002
    assert cut == pytest.approx(f1(cut) / 2, abs=0.01)  # Lipton et al. 2014: half of the best F1


def test_cuts_of_labels_with_few_rows_stay_where_they_were():
    rows = draw(150)
    start = np.full(4, 0.3)
    cuts = refit_cuts(rows, sigmoid(rows.logits), start)
    few = rows.truth.sum(axis=0) < 10
    assert few.any()
    np.testing.assert_allclose(cuts[few], 0.3)
    assert not np.allclose(cuts[~few], 0.3)


def test_weights_are_those_of_ridge_regression_on_top_of_the_maps():
    generator = np.random.default_rng(0)
    features, offset = generator.normal(size=(90, 3)), generator.normal(size=(90, 2))
    truth = generator.random((90, 2)) < sigmoid(offset + features @ np.array([[1, 0, -1], [0, 2, 0]]).T)
    cells = generator.random((1, 90, 2)) < 0.8
    weights, levels = fit_weights(features, offset[None], truth, cells.astype(float))

    def objective(d, k):
        seen = cells[0, :, k]
        margin = np.where(truth[seen, k], 1, -1) * (offset[seen, k] + features[seen] @ d[:3] + d[3])
        return np.logaddexp(0, -margin).sum() + STRENGTH * (d[:3] @ d[:3]) + LEVEL * d[3] ** 2

    for k in range(2):
        best = minimize(objective, np.zeros(4), args=(k,), method="BFGS", options={"gtol": 1e-7}).x
        np.testing.assert_allclose([*weights[0, k], levels[0, k]], best, atol=1e-4)


def test_groups_with_weights_come_back_from_a_file_as_they_were():
    labels, groups = ("a", "b", "c"), ("x", "y")
    weights = LabelWeights(
        np.array([[0.5, -1.0, 0.0], [0.0, 0.25, 2.0]]), np.zeros(3), np.array([1.0, 2.0, 0.5])
    )
    rule = DecisionRule(groups, np.tile(IDENTITY, (2, 1)), np.array([0.4, 0.6]), "none", None, "rows")
    grouped = GroupRule(np.array([[1, 1, 0], [0, 0, 1]], dtype=bool), rule, "labels", weights)
    facts = grouped.to_facts(labels)
    again = GroupRule.from_facts(facts, labels, "here")
    p = 0.3 + 0.4 * np.random.default_rng(0).random((7, 3))
    np.testing.assert_allclose(again.probabilities(p), grouped.probabilities(p))
    plain = GroupRule(grouped.columns, rule).probabilities(p)
    np.testing.assert_allclose(
        log_odds(grouped.probabilities(p)) - log_odds(plain), weights.evidence(p), atol=1e-6
    )
    for damage in ({"scale": [1.0, 0.0, 1.0]}, {"centre": [0.0]}, {"weights": {"x": [1, 2, 3]}}):
        with pytest.raises(InvalidModel, match="adapt the model again"):
            GroupRule.from_facts(facts | {"label_weights": facts["label_weights"] | damage}, labels, "here")


def test_arrays_that_disagree_are_refused():
    rows = draw(5)
    with pytest.raises(ShapeError):
        FewRows(rows.logits, rows.truth[:4], rows.judged)
    with pytest.raises(ShapeError):
        FewRows(rows.logits, rows.truth, rows.judged, np.zeros((4, 2)))
