"""Sentences about the naive model and the simpler rules: findings, flat results, few texts, samples."""

import re

import pytest

from goemox.report.page import render
from goemox.report.sections import before_after, confidence
from goemox.report.sections.side_by_side import side_by_side
from goemox.report.sentences import naive as say

FAR, NEAR = 0.54, 0.05


@pytest.fixture
def asked(planted):
    """report(*domains, home=…): a report of a study with --naive."""

    def make(*domains, home=None):
        return planted.fields(planted.asked_naive(*domains, home=home))

    return make


def test_a_naive_model_that_is_surer_on_unfamiliar_texts_is_called_so(asked, planted):
    domain = planted.with_model(planted.domain(outside=FAR), mean=0.57)
    said = say.confidence(asked(domain, home=planted.naive_model(5427, mean=0.37)))
    assert "The naive model's largest softmax averages 0.37 in domain and 0.57 on hackernews." in said
    assert "surer on hackernews, which are unfamiliar, than in domain. How often" in said
    assert "same logits" not in said


def test_that_this_model_is_surer_there_as_well_is_not_kept_back(asked, planted):
    domain = planted.with_model(planted.domain(outside=FAR, confidence=planted.sure(0.78)), mean=0.57)
    said = say.confidence(asked(domain, home=planted.naive_model(5427, mean=0.37)))
    assert "so is this model, whose calibration holds in domain alone" in said


@pytest.mark.parametrize(
    ("mean", "surer"), [(0.57, "not measurably"), (0.571, "not measurably"), (0.4, "no")]
)
def test_equal_or_lower_confidence_outside_is_no_finding(asked, planted, mean, surer):
    domain = planted.with_model(planted.domain(outside=FAR), mean=mean)
    said = say.confidence(asked(domain, home=planted.naive_model(5427, mean=0.57)))
    assert f"It is {surer} surer on unfamiliar texts than in domain." in said
    assert "So it is surer" not in said


def test_near_texts_are_not_called_unfamiliar(asked, planted):
    domain = planted.with_model(planted.domain(outside=NEAR), mean=0.8)
    said = say.confidence(asked(domain, home=planted.naive_model(5427, mean=0.37)))
    assert "unfamiliar" not in said


def test_without_labelled_texts_nothing_is_said_about_home(asked, planted):
    domain = planted.with_model(planted.domain(outside=FAR), mean=0.8)
    found = asked(domain, home=None)
    assert "How sure it is in domain is not known: that needs labelled texts (--data)." in say.confidence(
        found
    )
    assert "not asked about in-domain texts" in confidence.section(found).blocks[0].note


def test_few_texts_and_samples_are_no_evidence_of_confidence(asked, planted):
    few = planted.with_model(planted.domain("tiny", n=49, outside=FAR), mean=0.9)
    written = {**planted.with_model(planted.domain("mine", outside=FAR), mean=0.9), "source": "sample"}
    for domain, told in ((few, "tiny has 49 texts: too few"), (written, "never evidence")):
        said = say.confidence(asked(domain, home=planted.naive_model(5427, mean=0.37)))
        assert told in said
    assert "surer" not in say.confidence(asked(few, home=planted.naive_model(5427, mean=0.37)))


def right(planted, mean, accuracy, n=5427):
    half = 0.013
    return planted.naive_model(
        n, mean=mean, top1_accuracy=accuracy, top1_accuracy_interval=[accuracy - half, accuracy + half]
    )


@pytest.mark.parametrize(
    ("mean", "accuracy", "told"),
    [
        (0.58, 0.39, "surer than it is right"),
        (0.37, 0.46, "less sure than it is right"),
        (0.46, 0.46, "as sure as it is right"),
        (0.472, 0.46, "as sure as it is right"),
    ],
)
def test_sure_is_held_against_right_and_chance_is_no_finding(asked, planted, mean, accuracy, told):
    found = asked(planted.domain(), home=right(planted, mean, accuracy))
    said = say.said_and_right(found)
    assert f"The naive model says {mean:.2f} on average, and its top label is true for {accuracy:.0%}" in said
    assert said.endswith(f"it is {told}.")


def test_being_as_sure_as_right_is_not_said_of_texts_too_few_to_tell(asked, planted):
    found = planted.naive_model(60, mean=0.6, top1_accuracy=0.55, top1_accuracy_interval=[0.42, 0.67])
    said = say.said_and_right(asked(planted.domain(), home=found))
    assert said.endswith("whether it is surer than it is right cannot be told from so few texts.")


def test_this_model_alone_is_held_against_its_truth_without_a_naive_one(planted):
    found = planted.fields(planted.planted_report())
    assert say.said_and_right(found) == (
        "This model says 0.57 on average, and its top label is true for 60% of the texts (58% to 62%): it is "
        "less sure than it is right."
    )
    report = planted.planted_report()
    report["in_domain"]["n"] = 49
    assert say.said_and_right(planted.fields(report)) == ""


def test_a_rule_on_the_same_logits_is_held_against_the_truth_under_its_own_name(planted):
    report = planted.planted_report()
    naive = {"mean_max_softmax": 0.77, "top1_accuracy": 0.65, "top1_accuracy_interval": [0.64, 0.67]}
    report["in_domain"]["naive"] = naive
    assert (
        "The largest softmax over the same logits says 0.77 on average, and its top label is true for 65% of "
        "the texts (64% to 67%): it is surer than it is right."
    ) in say.said_and_right(planted.fields(report))


def test_two_models_side_by_side_with_what_becomes_of_neutral(asked, planted):
    domain = planted.with_model(planted.domain(), neutral=0.97, lost=0.14)
    said = say.side_by_side(asked(domain, home=planted.naive_model(5427, neutral=0.64, mean=0.4)))
    assert "The naive model calls 97% of hackernews (this model, as top label: 71%) neutral." in said
    assert "64% of the texts in domain (this model, as top label: 38%); people did for 33%." in said
    assert "this model gives 14% on hackernews (14% to 14%) an emotion instead" in said


def test_two_models_that_agree_are_not_called_different(asked, planted):
    domain = planted.with_model(planted.domain(neutral=0.97), neutral=0.97, lost=0.0)
    assert "gives hardly any on hackernews an emotion instead" in say.side_by_side(asked(domain))


def test_hardly_any_neutral_texts_give_no_share_of_them(asked, planted):
    domain = planted.with_model(planted.domain(), neutral=0.002, lost=0.5)
    assert "instead" not in say.side_by_side(asked(domain))


def test_few_texts_are_not_compared_side_by_side(asked, planted):
    domain = planted.with_model(planted.domain("tiny", n=49))
    said = say.side_by_side(asked(domain))
    assert "too few" in said
    assert "97%" not in said


def test_without_a_naive_model_the_words_are_of_a_rule(planted):
    found = planted.fields(planted.planted_report([planted.domain()]))
    assert say.confidence(found) == (
        "The calibrated probability of the top label averages 0.57 in domain and 0.49 on hackernews. "
        "Softmax over the same logits says 0.69 on hackernews."
    )
    said = say.decision_rules(found)
    assert (
        "softmax calls neutral, the release rule gives an emotion in place of neutral to 14% on hackernews."
        in said
    )
    assert "without any label: 23% on hackernews" in said
    keys = [block.key for block in before_after.section(found).blocks if block.kind == "figure"]
    assert keys == ["fig-ladder", "fig-rules"]


def test_a_rule_that_changes_nothing_says_none(planted):
    naive = {**planted.domain()["naive"], "disagreement": 0.0}
    found = planted.fields(planted.planted_report([planted.domain(naive=naive)]))
    assert "gives an emotion in place of neutral to none on hackernews." in say.decision_rules(found)


def test_before_and_after_reads_as_a_story(asked, planted):
    answers = {"answers": ["Mostly collapse.", "Far away."], "neutral_answers": ["Mostly collapse."]}
    domain = planted.with_model(planted.domain(**answers))
    section = before_after.section(asked(domain, home=planted.naive_model(5427, mean=0.4)))
    told = [getattr(block, "key", "") or block.title or block.paragraphs for block in section.blocks]
    assert told == [
        "hackernews", "fig-ladder", "A worse model on the same texts", "fig-two-models",
        "two-models-crossing", "two-models-labels", "fig-rules", "hackernews: what else the comparison found",
    ]  # fmt: skip


def test_the_naive_models_line_is_drawn_and_named_where_it_was_asked(asked, planted):
    domain = planted.with_model(planted.domain(), mean=0.57)
    report = planted.asked_naive(domain, home=planted.naive_model(5427, mean=0.37))
    page = render(report)
    assert "naive model, mean 0.37" in page
    assert "naive model, mean 0.57" in page
    assert "softmax, same logits" not in page
    without = render(planted.planted_report([planted.domain()]))
    assert "softmax, same logits, mean 0.69" in without
    assert "naive model, mean" not in without


def test_a_model_without_neutral_has_no_groups_to_compare(planted):
    domain = planted.with_model(planted.domain())
    report = planted.asked_naive(domain, home=None)
    report["model"] = {**report["model"], "labels": ["calm", "cross"]}
    keys = [getattr(block, "key", "") for block in before_after.section(planted.fields(report)).blocks]
    assert "fig-two-models" not in keys
    assert "two-models-labels" in keys


def test_the_crossing_parts_of_a_row_add_up(asked, planted):
    domain = planted.with_model(planted.domain(), lost=0.14)
    section = before_after.section(asked(domain))
    (table,) = [block for block in section.blocks if getattr(block, "key", "") == "two-models-crossing"]
    for row in table.rows:
        assert sum(cell.value for cell in row[3:7]) == pytest.approx(1)
    assert [row[1].shown for row in table.rows] == ["neutral", "admiration"]  # others: no text


def test_a_naive_model_with_a_nasty_name_stays_words(planted):
    report = planted.asked_naive(planted.with_model(planted.domain()), home=None)
    report["naive_model"] = {"name": "<script>alert(1)</script>\u202e"}
    page = render(report)
    assert "<script>alert(1)" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_domain_of_one_text_keeps_the_page_whole(planted):
    one = planted.with_model(planted.domain("one", n=1))
    one["naive"]["model"] |= {"mean_max_softmax_interval": None, "crossing": []}
    page = render(planted.asked_naive(one, home=planted.naive_model(1)))
    assert "one has 1 text: too few" in page


def test_every_bar_of_both_models_says_on_how_many_texts_it_stands(asked, planted):
    report = asked(planted.with_model(planted.domain(), neutral=0.97))
    figure = next(block for block in side_by_side(report) if getattr(block, "key", "") == "fig-two-models")
    n = figure.panels[0].count("n = ")
    assert n == figure.panels[0].count("model</text>") == 2


def test_a_flat_histogram_keeps_a_height_of_its_own_beside_a_steep_one(planted):
    flat = {"edges": [0.0, 0.5, 1.0], "counts": [50, 50]}
    steep = {"edges": [0.0, 0.5, 1.0], "counts": [0, 100]}
    domains = [planted.domain(name, confidence={"histogram": h}) for name, h in (("a", flat), ("b", steep))]
    figure = confidence.section(planted.fields(planted.planted_report(domains))).blocks[0]
    tops = [re.findall(r">(\d+%)<", panel)[-1] for panel in figure.panels[1:]]
    assert tops == ["50%", "100%"]


def test_what_words_and_what_pictures_call_home_is_said_where_both_stand(planted):
    reference = {"name": "the model's own domain", "n": 5426, "is_own": True}
    domain = planted.domain() | {"reference": reference}
    said = before_after.section(planted.fields(planted.planted_report([domain]))).lead
    assert said.endswith(
        "Home, in what is said in words here and in all of Distance, is 5,426 texts held out from training; "
        "other pictures and sections compare with 5,427 texts of GoEmotions test."
    )
    alone = planted.fields(planted.planted_report([domain], in_domain=None))
    assert "Home, in what" not in before_after.section(alone).lead
