"""Groups of labels: their probability, their own cut, and how they travel in goemox.json."""

from dataclasses import replace

import numpy as np
import pytest

from goemox.classifier import EmotionClassifier
from goemox.counts import count
from goemox.decision.groups import UNFITTED, GroupRule, fit_group_rule, fit_groupings
from goemox.decision.rule import DecisionRule
from goemox.errors import InvalidModel
from goemox.labels import GOEMOTIONS, GROUPINGS
from goemox.scores import sigmoid

LABELS = ("anger", "annoyance", "joy")
MEMBERS = {"cross": ("anger", "annoyance"), "glad": ("joy",)}


def blurred(n: int, seed: int = 0):
    """Probabilities that are calibrated, and cannot tell anger from annoyance: (n, 3), with truth."""
    generator = np.random.default_rng(seed)
    cross = generator.normal(-1.0, 2.0, n)
    p = sigmoid(np.stack([cross - 1.2, cross - 1.2, generator.normal(-1.0, 2.0, n)], axis=1))
    return p, generator.random(p.shape) < p


def fitted(n: int = 4000) -> GroupRule:
    p, truth = blurred(n)
    return fit_group_rule(MEMBERS, LABELS, p, truth, fitted_on="rows")


def test_a_group_of_independent_labels_keeps_its_calibrated_probability():
    rule, (p, truth) = fitted(), blurred(20_000, seed=1)
    found, goal = rule.probabilities(p), rule.truth(truth)
    assert found.shape == goal.shape == (20_000, 2)
    assert np.abs(found[:, 0] - (1 - (1 - p[:, 0]) * (1 - p[:, 1]))).max() < 0.03
    for group in range(2):
        for low, high in ((0.0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 1.0)):
            here = (found[:, group] >= low) & (found[:, group] < high)
            assert abs(found[here, group].mean() - goal[here, group].mean()) < 0.03


def test_a_text_can_have_a_group_without_passing_any_of_its_labels():
    assert fitted().decide(np.array([[0.35, 0.35, 0.01]])).tolist() == [[True, False]]


def test_deciding_groups_beats_groups_of_decided_labels_where_labels_blur():
    from goemox.decision.thresholds import fit_thresholds

    train, truth = blurred(4000)
    cuts, rule = fit_thresholds(train, truth), fitted()
    p, unseen = blurred(20_000, seed=2)
    goal = rule.truth(unseen)
    by_label = count(rule.truth(p >= cuts), goal).macro_f1
    assert count(rule.decide(p), goal).macro_f1 > by_label


def test_a_group_rule_comes_back_from_its_facts():
    rule, (p, _) = fitted(), blurred(300, seed=3)
    again = GroupRule.from_facts(rule.to_facts(LABELS), LABELS, "goemox.json")
    assert again.names == ("cross", "glad")
    np.testing.assert_array_equal(again.decide(p), rule.decide(p))
    np.testing.assert_allclose(again.probabilities(p), rule.probabilities(p), atol=1e-5)


@pytest.mark.parametrize(
    "broken",
    [
        {"members": {"cross": ["rage"]}},
        {"members": {"cross": []}},
        {"members": {"cross": "anger"}},
        {"members": None},
        {},
        {"members": {"cross": ["anger"]}},
        [],
    ],
)
def test_facts_that_name_no_labels_of_the_model_are_refused(broken):
    with pytest.raises(InvalidModel, match=r"goemox\.json.*export the model again"):
        GroupRule.from_facts(broken, LABELS, "goemox.json")


def test_goemotions_has_ekmans_groups_and_sentiments_and_other_labels_have_none():
    p = np.random.default_rng(0).random((400, 28))
    found = fit_groupings(GOEMOTIONS, p, p > 0.5, fitted_on="rows")
    assert {name: rule.names for name, rule in found.items()} == {
        name: tuple(members) for name, members in GROUPINGS.items()
    }
    assert fit_groupings(LABELS, p[:, :3], p[:, :3] > 0.5, fitted_on="rows") == {}


def test_groupings_fitted_behind_one_calibration_do_not_stand_behind_another(classifier):
    assert classifier.groupings
    other = EmotionClassifier(classifier.folder, rule=DecisionRule.unfitted(classifier.labels))
    assert other.groupings == {}


def test_groups_of_labels_whose_rule_nobody_fitted_stand_behind_that_rule_when_they_are_read_again():
    unfitted = DecisionRule.unfitted(LABELS)
    rule = replace(fitted(), behind=UNFITTED)
    again = GroupRule.from_facts(rule.to_facts(LABELS), LABELS, "goemox.json")
    assert again.stands_behind(unfitted)
    assert not again.stands_behind(replace(unfitted, fitted_on="rows"))
