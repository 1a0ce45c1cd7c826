import numpy as np
import pytest

from goemox.decision.cuts import F1, NEVER, CutRule, fit_cuts
from goemox.decision.rule import DecisionRule, fit_rule
from goemox.decision.thresholds import fit_thresholds
from goemox.errors import UsageError
from goemox.scores import ScoreMatrix

LABELS = ("joy", "anger", "neutral")
NOTHING = np.empty((0, 3)), np.empty((0, 3), dtype=bool)


def calibrated(n, seed=0, rates=(0.3, 0.1, 0.5)):
    """Probabilities, and truth drawn from them."""
    generator = np.random.default_rng(seed)
    p = generator.beta(1.0, 1.0 / np.array(rates) - 1.0, (n, 3))
    return p, generator.random((n, 3)) < p


@pytest.mark.parametrize("text", ["f1", "fixed:0.3", "cost:5", "cost:5,anger=20,joy=1", "precision:0.8"])
def test_what_a_user_writes_is_read_and_written_back(text):
    assert str(CutRule.parse(text)) == text
    assert CutRule.parse(f" {text} ") == CutRule.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "f2", "f1:", "f1:0.3", "fixed", "fixed:", "fixed:x", "fixed:0", "fixed:1", "fixed:nan", "cost:0",
        "cost:-5", "cost:inf", "precision:1", "precision:80", "fixed:0.3,anger", "fixed:0.3,=0.2",
        "fixed:0.3,anger=", "fixed:0.3,anger=2", "cost:5,joy=1,joy=2", "fixed:anger=0.3",
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_a_usage_error(text):
    with pytest.raises(UsageError, match="cuts"):
        CutRule.parse(text)


def test_a_value_for_a_label_that_the_model_does_not_have_is_refused_by_name():
    with pytest.raises(UsageError, match=r"glee.*joy, anger, neutral"):
        fit_cuts(CutRule.parse("fixed:0.3,glee=0.2"), LABELS, *NOTHING)


def test_fixed_and_cost_based_cuts_need_no_rows():
    fixed = fit_cuts(CutRule.parse("fixed:0.3,anger=0.2"), LABELS, *NOTHING)
    assert fixed.thresholds.tolist() == [0.3, 0.2, 0.3]
    cost = fit_cuts(CutRule.parse("cost:4,joy=1"), LABELS, *NOTHING)
    assert cost.thresholds == pytest.approx([0.5, 0.2, 0.2])
    assert [rule.needs_rows for rule in map(CutRule.parse, ("fixed:0.3", "cost:4", "f1"))] == [0, 0, 1]


def test_a_precision_is_that_of_the_cut_where_scores_are_too_close_to_one_for_it_to_part_them():
    p = np.repeat([0.99999, 0.99995, 0.99993, 0.3], [200, 40, 160, 200])
    truth = np.repeat([True, True, False, False], [200, 40, 160, 200])
    found = fit_cuts(CutRule.parse("precision:0.9"), ("a",), p[:, None], truth[:, None])
    assert found.unreached == ("a",)  # .6 of the texts above the highest cut that there is


def test_the_cost_based_cut_is_the_cheapest_one_for_calibrated_probabilities():
    p, truth = calibrated(200_000)
    chosen = fit_cuts(CutRule.parse("cost:5"), LABELS, *NOTHING).thresholds[0]

    def price(cut):
        given = p[:, 0] >= cut
        return (given & ~truth[:, 0]).sum() + 5 * (~given & truth[:, 0]).sum()

    assert price(chosen) <= min(price(cut) for cut in (chosen / 2, chosen * 0.8, chosen * 1.25, chosen * 2))


def test_a_precision_that_was_shown_holds_on_new_rows_in_nineteen_of_twenty_labels():
    new, new_truth = calibrated(100_000, seed=999)
    held = []
    for seed in range(60):
        found = fit_cuts(CutRule.parse("precision:0.7"), LABELS, *calibrated(1000, seed))
        given = new >= found.thresholds
        precision = (given & new_truth).sum(axis=0) / np.maximum(given.sum(axis=0), 1)
        held += [precision[j] >= 0.7 for j, label in enumerate(LABELS) if label not in found.unreached]
    assert len(held) > 100
    assert np.mean(held) >= 0.95


def test_the_precise_cut_is_the_lowest_that_shows_the_target():
    p = np.linspace(0.01, 0.99, 200)[:, None] * np.ones((1, 3))
    truth = p > 0.5
    found = fit_cuts(CutRule.parse("precision:0.8"), LABELS, p, truth)
    given = p[:, 0] >= found.thresholds[0]
    assert truth[given, 0].mean() > 0.8
    assert given.sum() > truth[:, 0].sum()  # a rule without confidence would give still more
    assert found.unreached == ()


def test_a_label_that_cannot_show_the_precision_is_never_given_and_is_named():
    p, truth = calibrated(400)
    truth[:, 1] = False
    truth[:3, 1], p[:3, 1] = True, 0.95  # three of three prove nothing
    found = fit_cuts(CutRule.parse("precision:0.8"), LABELS, p, truth)
    assert "anger" in found.unreached
    assert found.thresholds[1] == NEVER


def test_f1_is_the_rule_that_models_ship_with():
    p, truth = calibrated(500)
    assert (
        fit_cuts(F1, LABELS, p, truth, seed=4).thresholds.tolist()
        == fit_thresholds(p, truth, seed=4).tolist()
    )


def scored(n=600):
    p, truth = calibrated(n)
    logits = np.log(p / (1 - p)).astype(np.float32)
    return ScoreMatrix(
        tuple(map(str, range(n))), LABELS, logits, None, np.zeros(n, bool), np.ones(n, int), "abc"
    ), truth


def test_a_fitted_rule_says_how_its_cuts_were_made_and_keeps_them_without_a_fallback():
    scores, truth = scored()
    rule = fit_rule(
        scores, truth, population="planted", fitted_on="abc", alpha=0.1, cuts=CutRule.parse("fixed:0.4")
    )
    again = DecisionRule.from_facts(rule.to_facts(), LABELS, "goemox.json")
    assert (again.cuts, again.fallback, again.conformal.alpha) == ("fixed:0.4", "none", 0.1)
    assert again.thresholds.tolist() == [0.4, 0.4, 0.4]


def test_labels_that_miss_their_precision_survive_the_way_through_the_file():
    scores, truth = scored()
    truth[:, 1] = False
    rule = fit_rule(scores, truth, population="planted", fitted_on="abc", cuts=CutRule.parse("precision:0.8"))
    assert "anger" in rule.unreached
    again = DecisionRule.from_facts(rule.to_facts(), LABELS, "goemox.json")
    assert again.unreached == rule.unreached
    assert not again.decide(np.full((1, 3), 0.9999))[0, 1]


def test_a_folder_that_does_not_say_how_its_cuts_were_made_has_those_of_best_f1():
    facts = DecisionRule.unfitted(LABELS).to_facts()
    del facts["cuts"], facts["unreached"]
    assert DecisionRule.from_facts(facts, LABELS, "goemox.json").cuts == "f1"


@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.1, float("nan")])
def test_an_impossible_share_to_miss_is_refused(alpha):
    scores, truth = scored(50)
    with pytest.raises(UsageError, match="alpha"):
        fit_rule(scores, truth, population="planted", fitted_on="abc", alpha=alpha)
