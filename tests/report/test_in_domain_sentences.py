"""Sentences about the in-domain set say what the planted numbers say, and no more."""

import pytest

from goemox.report.sentences import in_domain as say
from goemox.studies import findings


def metric(value, low, high):
    return {"macro_f1": {"value": value, "low": low, "high": high}}


def test_the_headline_has_value_interval_texts_and_labels(told):
    assert told(say.headline) == (
        "On 5,427 texts of GoEmotions test its macro-F1, the mean over 28 labels, is 0.533 "
        "(95% interval 0.515 to 0.551)."
    )


def test_a_headline_on_few_texts_says_so(told):
    assert told(say.headline, n=12).endswith("too few texts for a figure to stand on.")


def test_missing_metrics_are_said_to_be_missing(told):
    assert "was not measured" in told(say.headline, metrics=None)
    assert told(say.baselines, metrics={}) == "There is nothing to compare the model with."


@pytest.mark.parametrize(
    ("value", "low", "high", "words"),
    [
        (0.533, 0.515, 0.551, "below the whole interval"),
        (0.05, 0.03, 0.07, "not clearly better"),
        (0.03, 0.02, 0.04, "no better than"),
        (0.533, None, None, "the lead is unproven"),
    ],
)
def test_the_model_beats_a_baseline_only_with_its_whole_interval(told, value, low, high, words):
    assert words in told(say.baselines, metrics=metric(value, low, high))


def test_labels_with_few_rows_are_never_called_worst(told):
    said = told(say.per_label)
    best_and_worst, rest = said.split("true rows. ", 1)
    assert "grief" not in best_and_worst
    poor, rare = rest.split("rely on. ", 1)
    assert poor == "The labels disappointment and realization have F1s below 0.3: too low to "
    assert rare.startswith("The labels grief, nervousness, pride and relief have fewer than 30 true rows")


def test_names_of_labels_keep_their_letters_where_a_sentence_begins_with_them(told):
    rows = [{"label": label, "support": 90, "f1": 0.1} for label in ("HR complaint", "iOS")]
    assert told(say.poor_labels, per_label=rows).startswith("The labels HR complaint and iOS have F1s")
    rows[0]["support"] = 4
    assert told(say.rare_labels, per_label=rows).startswith("The label HR complaint has fewer than 30")


def test_no_label_is_called_too_low_to_rely_on_at_or_above_the_findings_limit(told):
    rows = [{"label": "joy", "support": 90, "f1": 0.3}, {"label": "fear", "support": 29, "f1": 0.1}]
    assert told(say.poor_labels, per_label=rows) == ""
    assert (say.POOR, say.RARE) == (findings.WEAK_F1, findings.COMMON)


def test_many_rare_labels_are_counted_and_the_first_three_named(told, planted):
    rows = [{**row, "support": 4 if index > 5 else 90} for index, row in enumerate(planted.per_label())]
    said = told(say.rare_labels, per_label=rows)
    assert said.startswith("22 labels have fewer than 30 true rows (")
    assert said.endswith("and 19 more): their F1s are hints, no more.")


def test_no_label_with_enough_rows_means_no_judgement(told, planted):
    rows = [{**row, "support": 4} for row in planted.per_label()]
    assert (
        told(say.per_label, per_label=rows) == "No label has 30 true rows, so no label's F1 can be trusted."
    )


def test_a_handful_of_labels_is_simply_listed(told, planted):
    rows = [row for row in planted.per_label() if row["label"] in ("joy", "love")]
    assert (
        told(say.per_label, per_label=rows)
        == "Labels with at least 30 true rows, by F1: love (0.80) and joy (0.58)."
    )


def test_labels_that_nobody_looked_for_have_no_f1_that_is_a_hint(told):
    judged = [{"label": f"l{i}", "judged": 500, "support": 90 if i else 0, "f1": 0.4} for i in range(7)]
    others = [{"label": f"o{i}", "judged": 0, "support": 0, "f1": None} for i in range(21)]
    said = told(say.headline, per_label=[*judged, *others])
    assert "its macro-F1, the mean over 7 labels, 1 without a true row counted as 0, is" in said
    assert told(say.rare_labels, per_label=[*judged, *others]).startswith(
        "The label l0 has fewer than 30 true"
    )


def rules(*values):
    return [{"rule": rule, "macro_f1": f1} for rule, f1 in zip(("0.5", "chosen"), values, strict=False)]


def test_equal_threshold_rules_are_no_finding(told):
    assert "hardly matters" in told(say.thresholds, thresholds_compared=rules(0.531, 0.533))
    assert "macro-F1 is 0.533 with the cut chosen for each label" in told(
        say.thresholds, thresholds_compared=rules(0.44, 0.533)
    )
    assert "not compared" in told(say.thresholds, thresholds_compared=rules(0.44))


def test_a_handful_of_texts_ranks_no_rules_and_the_fallback_is_told(planted, told):
    assert "do not tell which rule" in told(say.thresholds, n=99, thresholds_compared=rules(0.44, 0.533))
    report = planted.planted_report(
        in_domain={**planted.in_domain(), "thresholds_compared": rules(0.44, 0.533)}
    )
    report["model"]["fallback"] = "top"
    assert "Not all of that is the cut: under the chosen rule" in say.thresholds(planted.fields(report))
    report["model"]["fallback"] = "none"
    assert "Not all of that" not in say.thresholds(planted.fields(report))


def test_a_rule_that_is_not_known_keeps_its_name(told):
    named = [{"rule": "Youden", "macro_f1": 0.6}, *rules(0.44)]
    assert "0.600 with “Youden” and" in told(say.thresholds, thresholds_compared=named)


def test_scores_that_have_no_scale_of_their_own_stand_beside_what_knows_nothing(planted, told):
    metrics = planted.fields(planted.in_domain()["metrics"])
    assert say.beside_reference(metrics, "brier") == "39% better than base rates alone (0.0379)"
    assert say.beside_reference(metrics, "nll") == "39% better than base rates alone (0.1412)"
    assert say.beside_reference(metrics, "ece_mean") == "a perfectly calibrated model would show 0.0040"
    assert say.beside_reference(metrics, "macro_f1") == ""

    def beside(value, base):
        found = {"brier": {"value": value}, "brier_base_rate": {"value": base}}
        return say.beside_reference(planted.fields(found), "brier")

    assert beside(0.05, 0.04) == "25% worse than base rates alone (0.0400)"
    assert beside(0.04, 0.04) == "as good as base rates alone (0.0400)"
    assert beside(0.0, 0.0) == beside(0.05, None) == beside(None, 0.04) == ""
