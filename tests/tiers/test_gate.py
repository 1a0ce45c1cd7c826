from dataclasses import replace

import numpy as np
import pytest

from goemox.counts import count
from goemox.decision.calibration import left_out, mapped
from goemox.decision.conformal import false_negative_rates, fit_cutoff
from goemox.decision.cuts import CutRule
from goemox.decision.rule import Conformal, DecisionRule, fit_decisions, fit_rule
from goemox.errors import InvalidModel, ShapeError
from goemox.scores import ScoreMatrix, sigmoid
from goemox.tiers.choice import TOLERANCE, cascade_rule, choose_gate
from goemox.tiers.gate import Gate, fit_gate

LABELS = ("often", "seldom", "rare")
N = 3_000


@pytest.fixture(scope="module")
def rows():
    """Truth, what a good model says of it, and what a blurred one does: (n, 3) each."""
    random = np.random.default_rng(0)
    z = random.normal(size=(N, 3)) * 3.0 + np.array([0.0, -3.0, -6.0])
    truth = random.random((N, 3)) < sigmoid(z)
    best = z + random.normal(size=z.shape) * 0.2
    return truth, best, z + random.normal(size=z.shape) * 1.5


def fitted(logits, truth):
    return fit_decisions(LABELS, logits, truth, fitted_on="rows")


@pytest.fixture(scope="module")
def rules(rows):
    """What decides by the blurred model, and by the good one."""
    truth, best, fast = rows
    return fitted(fast, truth), fitted(best, truth)


def test_a_gate_keeps_macro_f1_within_its_tolerance_on_rows_that_nothing_was_fitted_on(rows, rules):
    truth, best, fast = rows
    chosen = choose_gate((fast, rules[0]), (best, rules[1]), truth)
    assert 0.02 <= chosen.share_fast <= 0.7
    assert chosen.macro_f1["cascade"] >= chosen.macro_f1["best"] - TOLERANCE
    assert chosen.macro_f1["fast"] < chosen.macro_f1["best"]


@pytest.mark.parametrize("cuts", ["cost:50", "by hand"])
def test_a_gate_is_judged_by_the_cuts_that_its_cascade_ships_with(rows, rules, cuts):
    truth, best, fast = rows
    shipped = fit_decisions(LABELS, best, truth, fitted_on="rows", cuts=CutRule.parse("cost:50"))
    if cuts == "by hand":
        shipped = rules[1].with_thresholds(dict(zip(LABELS, shipped.thresholds, strict=True)))
    by_f1, by_own = (
        count(rule.decide(sigmoid(mapped(best, rule.maps))), truth).macro_f1 for rule in (rules[1], shipped)
    )
    assert by_f1 - by_own > 0.1
    chosen = choose_gate((fast, rules[0]), (best, shipped), truth)
    assert chosen.macro_f1["best"] == pytest.approx(by_own, abs=0.01)


def test_a_gate_loses_less_than_chance_would(rows, rules):
    truth, best, fast = rows
    log_odds = mapped(fast, rules[0].maps)
    ours, theirs = (
        rules[1].decide(sigmoid(mapped(z, r.maps))) for z, r in zip((fast, best), rules, strict=True)
    )
    cost = fit_gate(log_odds, rules[1].thresholds, ours != theirs, truth.sum(axis=0)).cost(log_odds)
    sent = cost >= np.quantile(cost, 0.6)
    by_chance = np.random.default_rng(1).permutation(sent)
    found = [count(np.where(s[:, None], theirs, ours), truth).macro_f1 for s in (sent, by_chance)]
    assert found[0] > found[1] + 0.01


def test_a_fast_tier_as_good_as_the_best_is_asked_as_often_as_may_be(rows, rules):
    truth, best, _ = rows
    chosen = choose_gate((best, rules[1]), (best, rules[1]), truth)
    assert chosen.share_fast == 0.7


def test_differences_in_rare_labels_cost_more(rows, rules):
    truth, _, fast = rows
    z = mapped(fast, rules[0].maps)
    cuts, rare = np.array([0.5, 0.5, 0.5]), np.zeros((N, 3), dtype=bool)
    often = rare.copy()
    near = np.abs(z) < 1.0
    rare[:, 2], often[:, 0] = near[:, 2], near[:, 0]
    costs = [fit_gate(z, cuts, differ, truth.sum(axis=0)).cost(z) for differ in (rare, often)]
    assert costs[0][near[:, 2]].mean() > 2 * costs[1][near[:, 0]].mean()


def test_facts_give_the_same_gate_back():
    gate = Gate(np.array([0.1, -2.0]), np.array([0.5, 0.25, -1.0, 0.125]), 0.75, 0.5)
    again = Gate.from_facts(gate.to_facts(), 2, "here")
    z = np.random.default_rng(0).normal(size=(9, 2))
    assert np.array_equal(gate.sends(z), again.sends(z))


@pytest.mark.parametrize(
    "facts",
    [
        None,
        {},
        {"thresholds": [0, 0], "weights": [0, 0, 0], "bias": 0, "cut": 0},
        {"thresholds": [0], "weights": [0, 0], "bias": 0, "cut": 0},
        {"thresholds": [0, 0], "weights": [0, 0, 0, "x"], "bias": 0, "cut": 0},
        {"thresholds": [0, 0], "weights": [0, 0, 0, 0], "bias": float("nan"), "cut": 0},
    ],
)
def test_impossible_gates_are_refused(facts):
    with pytest.raises(InvalidModel, match="here: "):
        Gate.from_facts(facts, 2, "here")


def test_weights_must_fit_the_thresholds():
    with pytest.raises(ShapeError, match="gate weights"):
        Gate(np.zeros(2), np.zeros(2), 0.0, 0.0)


def test_the_rule_of_a_cascade_has_the_best_cuts_and_a_promise_of_its_own(rows, rules):
    truth, best, fast = rows
    ids = tuple(map(str, range(N)))
    scores = ScoreMatrix(
        ids, LABELS, best.astype(np.float32), None, np.zeros(N, dtype=bool), np.ones(N, dtype=int), "m"
    )
    rule = fit_rule(scores, truth, population="these", fitted_on="rows")
    sent = np.arange(N) % 2 == 0
    blurred = replace(scores, logits=fast.astype(np.float32))
    other = fit_rule(blurred, truth, population="these, by the fast tier", fitted_on="rows")
    behind = cascade_rule((fast, other), (best, rule), sent, truth)
    assert np.array_equal(behind.thresholds, rule.thresholds)
    assert behind.decide(sigmoid(best)).shape == truth.shape
    assert behind.conformal.cutoff != rule.conformal.cutoff
    assert behind.conformal.population == other.conformal.population != rule.conformal.population
    elsewhere = replace(rule, conformal=Conformal(0.1, 0.5, "texts of another domain", 100))
    moved = cascade_rule((fast, other), (best, elsewhere), sent, truth)
    assert (moved.conformal.alpha, moved.conformal.population) == (0.1, other.conformal.population)
    shifted = replace(rule, fitted_on="other rows", maps=rule.maps + np.array([0.0, 0.0, -1.5]))
    behind_it = cascade_rule((fast, other), (best, shifted), sent, truth)
    said = np.where(sent[:, None], sigmoid(mapped(best, shifted.maps)), left_out(fast, truth))
    missed = false_negative_rates(said >= behind_it.conformal.cutoff, truth)[truth.any(axis=1)]
    assert missed.mean() == pytest.approx(
        rule.conformal.alpha, abs=0.01
    )  # of what is said, not of another fit
    assert cascade_rule((fast, rules[0]), (best, rule), sent, truth).conformal is None
    assert np.array_equal(behind.maps, DecisionRule.unfitted(LABELS).maps)
    unseen = np.where(sent[:, None], left_out(best, truth), left_out(fast, truth))
    carrying = truth.any(axis=1)
    assert behind.conformal.cutoff == fit_cutoff(unseen[carrying], truth[carrying], rule.conformal.alpha)
