from dataclasses import replace

import numpy as np
import pytest

from goemox.counts import count
from goemox.decision.calibration import IDENTITY, left_out
from goemox.decision.conformal import false_negative_rates, fit_cutoff
from goemox.decision.cuts import NEVER
from goemox.decision.rule import Conformal, DecisionRule, fit_rule
from goemox.errors import InvalidInput, InvalidModel, ShapeError, UsageError
from goemox.runtime.blas import one_blas_thread
from goemox.scores import ScoreMatrix, sigmoid

LABELS = ("joy", "anger", "neutral")


def rule(fallback="none", thresholds=(0.3, 0.4, 0.5), conformal=None):
    return DecisionRule(
        LABELS, np.tile(np.array(IDENTITY), (3, 1)), np.array(thresholds), fallback, conformal, "abc"
    )


def scores(logits):
    logits = np.asarray(logits, dtype=np.float32)
    n = len(logits)
    ids = tuple(map(str, range(n)))
    return ScoreMatrix(ids, LABELS, logits, None, np.zeros(n, bool), np.ones(n, int), "abc")


def test_labels_are_decided_independently_so_probabilities_need_not_sum_to_one():
    assert rule().probabilities(scores([[0.0, 0.0, 0.0]])).tolist() == [[0.5, 0.5, 0.5]]


def test_a_label_is_given_from_its_own_threshold_on():
    p = np.array([[0.3, 0.39, 0.5], [0.29, 0.4, 0.49]])
    assert rule().decide(p).tolist() == [[True, False, True], [False, True, False]]


def test_a_label_that_is_never_given_is_not_given_at_any_probability():
    found = replace(rule(thresholds=(0.2, NEVER, 0.6)), unreached=("anger",))
    p = np.array([[0.3, 1.0, 0.1], [0.1, NEVER, 0.9]])
    assert found.decide(p).tolist() == [[True, False, False], [False, False, True]]
    top = replace(found, fallback="top", thresholds=np.array([0.9, NEVER, 0.9]))
    assert top.decide(p).tolist() == [[True, False, False], [False, False, True]]
    assert not replace(top, unreached=LABELS).decide(p).any()


def test_the_fallback_fills_only_texts_that_would_stay_empty():
    p = np.array([[0.1, 0.2, 0.15], [0.35, 0.9, 0.1]])
    assert rule("none").decide(p)[0].sum() == 0
    assert rule("top").decide(p).tolist() == [[False, True, False], [True, True, False]]


def test_prediction_sets_are_never_empty_and_absent_without_a_promise():
    p = np.array([[0.01, 0.02, 0.03]])
    assert rule().sets(p) is None
    assert rule(conformal=Conformal(0.2, 0.5, "dev", 100)).sets(p).tolist() == [[False, False, True]]


def test_a_rule_survives_the_way_through_its_file():
    before = rule("top", conformal=Conformal(0.2, 0.11, "texts like dev", 5426))
    after = DecisionRule.from_facts(before.to_facts(), LABELS, "goemox.json")
    p = np.random.default_rng(0).random((50, 3))
    assert after.decide(p).tolist() == before.decide(p).tolist()
    assert after.conformal == before.conformal
    assert after.to_facts() == before.to_facts()


@pytest.mark.parametrize(
    "damage",
    [
        lambda f: f.pop("thresholds"),
        lambda f: f["thresholds"].pop("joy"),
        lambda f: f["thresholds"].update(joy=1.5),
        lambda f: f.update(calibrators=[[1, 1, 0]]),
        lambda f: f.update(fallback="maybe"),
        lambda f: f.update(conformal={"alpha": 0.2}),
    ],
)
def test_a_damaged_rule_is_refused_with_the_file_named(damage):
    facts = rule().to_facts()
    damage(facts)
    with pytest.raises(InvalidModel, match=r"goemox\.json"):
        DecisionRule.from_facts(facts, LABELS, "goemox.json")


def test_thresholds_can_be_replaced_one_by_one_or_all_at_once():
    changed = rule("top").with_thresholds({"joy": 0.9}, every=0.2)
    assert changed.thresholds.tolist() == [0.9, 0.2, 0.2]
    assert changed.fallback == "none"


@pytest.mark.parametrize(
    ("overrides", "every"), [({"glee": 0.5}, None), ({"joy": 0.0}, None), ({}, 1.0), ({}, float("nan"))]
)
def test_impossible_thresholds_are_a_usage_error(overrides, every):
    with pytest.raises(UsageError, match="--threshold"):
        rule().with_thresholds(overrides, every)


def test_an_unfitted_rule_is_plain_sigmoid_at_one_half_and_says_so():
    plain = DecisionRule.unfitted(LABELS)
    logits = [[-1.0, 0.1, 2.0]]
    assert not plain.calibrated
    assert plain.probabilities(scores(logits)) == pytest.approx(sigmoid(np.array(logits)))
    assert plain.decide(plain.probabilities(scores(logits))).tolist() == [[False, True, True]]


def test_a_fitted_rule_takes_the_fallback_that_scores_higher():
    generator = np.random.default_rng(0)
    truth = np.eye(3, dtype=bool)[generator.integers(0, 3, 2500)]
    logits = generator.normal(-3, 1, (2500, 3)) + 1.5 * truth
    fitted = fit_rule(scores(logits), truth, population="planted", fitted_on="abc")
    assert fitted.fallback == "top"  # every text has exactly one label here
    assert fitted.conformal.population == "planted"


def test_the_fallback_is_chosen_on_rows_that_the_thresholds_were_not_chosen_by():
    """Noisy rows on which their own thresholds make "none" look better, and held-out rows say "top"."""
    generator = np.random.default_rng(20)
    labels = tuple("abcdef")
    truth = np.eye(6, dtype=bool)[generator.integers(0, 6, 240)]
    logits = (generator.normal(-2.5, 1.2, (240, 6)) + 1.2 * truth).astype(np.float32)
    ids = tuple(map(str, range(240)))
    seen = ScoreMatrix(ids, labels, logits, None, np.zeros(240, bool), np.ones(240, int), "abc")
    fitted = fit_rule(seen, truth, population="planted", fitted_on="abc")
    p = fitted.probabilities(seen)
    flattered = {f: count(replace(fitted, fallback=f).decide(p), truth) for f in ("none", "top")}
    assert flattered["none"].macro_f1 > flattered["top"].macro_f1
    assert fitted.fallback == "top"


@pytest.mark.parametrize("n", [1, 3, 4])
def test_a_handful_of_rows_gives_a_rule_that_promises_nothing(n):
    truth = np.eye(3, dtype=bool)[np.arange(n) % 3]
    fitted = fit_rule(scores(np.where(truth, 1.0, -1.0)), truth, population="planted", fitted_on="abc")
    assert ((fitted.thresholds > 0) & (fitted.thresholds < 1)).all()
    assert fitted.sets(fitted.probabilities(scores([[-9.0, -9.0, -9.0]]))) is None


def partly_labelled(n, share, seed=0):
    """Scores and truth of n rows, of which about a share carries one label or more."""
    generator = np.random.default_rng(seed)
    truth = (generator.random((n, 3)) < 0.4) & (generator.random((n, 1)) < share / (1 - 0.6**3))
    return scores(generator.normal(-1.5, 1, (n, 3)) + 1.5 * truth), truth


def test_the_promise_holds_for_texts_with_a_label_where_many_rows_have_none():
    new, new_truth = partly_labelled(20_000, 0.6, seed=999)
    with_label = new_truth.any(axis=1)
    missed = []
    for seed in range(15):
        seen, truth = partly_labelled(600, 0.6, seed)
        fitted = fit_rule(seen, truth, population="texts like mine", fitted_on="abc")
        included = fitted.probabilities(new) >= fitted.conformal.cutoff
        missed.append(false_negative_rates(included, new_truth)[with_label].mean())
        assert fitted.conformal.n == truth.any(axis=1).sum() < 450
        assert fitted.conformal.population == "texts like mine, with at least one label"
    assert np.mean(missed) == pytest.approx(0.2, abs=0.015)


def weakly_told(n, seed):
    """Scores that say little of which of eight labels each of n rows carries, and the truth."""
    generator = np.random.default_rng(seed)
    truth = np.eye(8, dtype=bool)[generator.integers(0, 8, n)]
    logits = (generator.normal(-2, 1, (n, 8)) + 0.3 * truth).astype(np.float32)
    ids = tuple(map(str, range(n)))
    return ScoreMatrix(ids, tuple("abcdefgh"), logits, None, np.zeros(n, bool), np.ones(n, int), "abc"), truth


@one_blas_thread(with_scipy=True)
def test_the_promise_of_few_rows_holds_on_new_ones_though_the_maps_were_fitted_on_the_same_few():
    new, new_truth = weakly_told(20_000, seed=999)
    missed = []
    for seed in range(20):
        fitted = fit_rule(*weakly_told(100, seed), population="p", fitted_on="abc", alpha=0.1)
        included = fitted.probabilities(new) >= fitted.conformal.cutoff
        missed.append(false_negative_rates(included, new_truth).mean())
    assert np.mean(missed) == pytest.approx(0.1, abs=0.01)  # .12 by probabilities that saw the rows


def test_of_five_thousand_rows_the_promise_is_made_by_the_rules_own_probabilities():
    few, truth = partly_labelled(5_000, 0.6)
    carrying = truth.any(axis=1)
    for n, own in ((5_000, True), (4_999, False)):
        seen, there, counted = few.rows(slice(n)), truth[:n], carrying[:n]
        fitted = fit_rule(seen, there, population="p", fitted_on="abc")
        cutoff = fit_cutoff(fitted.probabilities(seen)[counted], there[counted], 0.2)
        assert (fitted.conformal.cutoff == cutoff) == own


def test_where_every_row_carries_a_label_all_of_them_make_the_promise():
    seen, truth = partly_labelled(800, 0.6)
    carrying = truth.any(axis=1)
    seen, truth = seen.rows(carrying), truth[carrying]
    fitted = fit_rule(seen, truth, population="texts like mine", fitted_on="abc")
    assert fitted.conformal.population == "texts like mine"
    assert fitted.conformal.n == len(truth)
    assert fitted.conformal.cutoff == fit_cutoff(left_out(seen.logits, truth), truth, 0.2)


def test_fewer_than_fifty_rows_with_a_label_promise_nothing():
    seen, truth = partly_labelled(400, 0.6)
    truth[np.flatnonzero(truth.any(axis=1))[50:]] = False
    assert fit_rule(seen, truth, population="p", fitted_on="abc").conformal.n == 50
    truth[np.flatnonzero(truth.any(axis=1))[49:]] = False
    assert fit_rule(seen, truth, population="p", fitted_on="abc").conformal is None


def test_no_rows_and_rows_of_other_labels_are_refused():
    with pytest.raises(InvalidInput, match="no labelled rows"):
        fit_rule(scores(np.empty((0, 3))), np.empty((0, 3), bool), population="planted", fitted_on="abc")
    with pytest.raises(ShapeError, match="truth"):
        fit_rule(scores(np.zeros((9, 3))), np.zeros((9, 2), bool), population="planted", fitted_on="abc")
