"""The summary answers five questions, and its advice follows from the numbers."""

import pytest

from goemox.report.sections.glance import glance
from goemox.report.sentences.distance import distance
from goemox.report.sentences.summary import (
    answers,
    headline,
    how_good,
    what_changed,
    what_it_is,
    what_next,
    what_to_believe,
)


@pytest.fixture
def report(planted):
    def make(*domains, **more):
        return planted.fields(planted.planted_report(list(domains), **more))

    return make


def alike(planted, words=0.52, neighbours=0.49, auroc=0.51, mixed=None):
    """A domain that lies near, by a classifier of words, by neighbours and by distance."""
    n = 2000
    domain = planted.domain("comments", n, outside=0.05, has_promise=True, reference={"is_own": True})
    domain["distance"]["told_apart"] = planted.told_apart(n, auroc, auroc)
    domain["tests"]["whole"] = {"classifier": None if words is None else {"auroc": {"value": words}}}
    found = planted.text_map([("comments", n)], neighbours, 0.4 if neighbours > 0.4 else 0.001)
    return planted.fields(
        planted.planted_report([domain], map=found if mixed is None else found | {"mixing": mixed})
    )


def said(sentences):
    return " ".join(sentences)


def test_the_model_is_introduced_with_its_size_and_its_training(report):
    assert said(what_it_is(report())) == (
        "goemox default (int8) reads 28 labels from short English texts; a text can carry several at once. "
        "It is built on all-MiniLM-L6-v2 (24.5 million parameters) and was trained on "
        "GoEmotions train, 43,410 rows."
    )


def test_an_unknown_model_is_still_a_sentence(report):
    assert said(what_it_is(report(model={}))).startswith("The model reads emotions")


def test_figures_from_the_release_are_called_so(report, planted):
    assert "not in this run" in said(how_good(report()))
    now = {**planted.in_domain(), "measured": "now"}
    assert "not in this run" not in said(how_good(report(in_domain=now)))


@pytest.mark.parametrize("none", [{"predicted": 0}, {"support": 0}])
def test_a_precision_or_recall_of_no_neutral_text_is_not_told(report, planted, none):
    inside = planted.in_domain()
    rows = [row | none if row["label"] == "neutral" else row for row in inside["per_label"]]
    assert "Where it gives neutral at home" in said(what_to_believe(report(planted.domain())))
    told = said(what_to_believe(report(planted.domain(), in_domain={**inside, "per_label": rows})))
    assert "Where it gives neutral at home" not in told


def test_nothing_measured_is_one_sentence(report):
    assert how_good(report(in_domain=None)) == [
        "How good the model is on the texts it was made for was not measured."
    ]


def test_samples_change_nothing_and_prove_nothing(report, planted):
    found = report(planted.samples())
    assert "never evidence" in said(what_changed(found))
    assert "moved" not in said(what_changed(found))
    assert "nothing is known about real outside texts" in said(what_to_believe(found))
    assert "goemox study --domain" in said(what_next(found))


def test_a_far_domain_is_unproven_and_wants_labels(report, planted):
    found = report(planted.domain(outside=0.54))
    assert "its scores there are unproven" in said(what_to_believe(found))
    assert "No outside text here carries a human label" in said(what_to_believe(found))
    assert "Label about 100 texts of hackernews" in said(what_next(found))
    assert "before any score there is used" in said(what_next(found))
    assert "goemox adapt --data labels.jsonl -o adapted." in said(what_next(found))  # else none is written


def test_a_domain_that_nothing_tells_from_home_is_neither_accused_nor_proven(planted):
    found = alike(planted)
    told = said(what_to_believe(found))
    assert "By distance (5.0% lie far out, at home 5%), words and neighbours texts of comments are" in told
    assert "whether its scores hold there is not known without labels" in told
    assert "to learn whether they hold" in said(what_next(found))


def test_what_was_not_measured_of_a_near_domain_is_no_evidence_for_it(planted):
    found = alike(planted, words=None, mixed=[])
    told = said(what_to_believe(found))
    assert "By distance (5.0% lie far out, at home 5%) alone texts of comments" in told


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        ({"words": 0.99}, "words alone find the foreign one of two texts 99 times in 100 (50 would be"),
        ({"neighbours": 0.007}, "0.7% of a text’s nearest neighbours are held-out texts (about 50% if they"),
        ({"auroc": 0.9}, "the distance finds the foreign one of two texts 90 times in 100"),
    ],
)
def test_texts_that_lie_near_and_are_others_are_called_so_in_every_summary(planted, evidence, words):
    found = alike(planted, **evidence)
    for told in (said(headline(found)), said(what_to_believe(found))):
        assert "Texts of comments are other texts than those it learned from" in told
        assert words in told
        assert "Whether its probabilities hold there is not known" in told
        assert "the promise of its prediction sets is not for them" in told
    assert "before any score there is used" in said(what_next(found))
    assert "lying near proves nothing" in distance(found)
    assert str(glance(found).rows[1][1].shown) == "unproven: other texts than at home; label 100 first"


def test_a_domain_of_one_text_is_only_too_few(report, planted):
    found = report(planted.domain("tiny", n=1))
    assert "tiny has 1 text: too few" in said(what_changed(found))
    assert "unproven" not in said(what_to_believe(found))
    assert "Collect more of tiny" in said(what_next(found))
    assert "Label about" not in said(what_next(found))


def test_an_unknown_distance_proves_nothing(report, planted):
    found = report(planted.domain(distance={"available": False}), map=None)
    assert "is not known: take no score there as proven" in said(what_to_believe(found))


def test_uncalibrated_scores_are_not_read_as_chances(report, planted):
    model = {**planted.planted_report()["model"], "calibrated": False}
    found = report(model=model)
    assert "not calibrated" in said(what_to_believe(found))
    assert "Calibrate the model" in said(what_next(found))


def test_what_is_not_known_of_an_uncalibrated_model_is_named(report, planted):
    unknown = report(planted.domain(distance=None), map=None)
    assert "Whether its probabilities hold on hackernews is not known." in headline(unknown)
    assert "they" not in said(headline(unknown))


def test_labels_that_the_test_set_hardly_holds_are_counted_where_they_are_many(report, planted):
    rows = [{**row, "support": 4 if index > 5 else 90} for index, row in enumerate(planted.per_label())]
    told = said(what_next(report(in_domain={**planted.in_domain(), "per_label": rows})))
    assert "Do not build on 22 labels that the test set hardly holds: " in told
    assert "and 19 more." in told


def test_labels_that_the_test_set_hardly_holds_are_named(report):
    assert "Do not build on 4 labels" in said(what_next(report()))


def test_every_question_has_an_answer_even_in_an_empty_report(planted):
    empty = answers(planted.fields({"schema": "goemox.report/1"}))
    assert len(empty) == 5
    assert all(all(sentences) and sentences for _, sentences in empty)


def test_the_headline_says_how_good_where_not_and_what_to_do(report, planted):
    found = said(
        headline(report(planted.domain("titles", outside=0.54), planted.domain("issues", outside=0.6)))
    )
    assert found == (
        "On texts like GoEmotions test the model's top label is one that people gave for 60%; its macro-F1 "
        "is 0.533 (1 is perfect), above the best simple baseline (0.036). On titles and issues its "
        "probabilities are unproven: 54% and 60% of those texts are unlike what it learned from (at home 5% "
        "are). Label about 100 texts of each before you quote a figure from there."
    )


def test_a_headline_accuses_no_domain_that_is_like_home(planted):
    found = said(headline(alike(planted)))
    assert "Nothing measured here tells texts of comments from those" in found
    assert "whether its probabilities hold there only labels can say" in found
    assert "unlike" not in found


def test_a_headline_of_nothing_measured_and_nothing_studied_is_still_honest(report):
    found = said(headline(report(in_domain=None)))
    assert found.startswith("How good the model is was not measured.")
    assert "nothing is known" in found


def test_samples_stand_in_no_headline_as_evidence(report, planted):
    assert "No outside texts of yours were studied" in said(headline(report(planted.samples())))


def test_being_surer_on_stranger_texts_is_said_and_not_praised(report, planted):
    surer = planted.domain(confidence=planted.sure(0.78))
    assert "0.78 on average against 0.57), which is no sign of being right" in said(
        what_to_believe(report(surer))
    )
    assert "surer" not in said(what_to_believe(report(planted.domain(confidence=planted.sure(0.58)))))


def test_being_surer_is_said_only_of_enough_texts_and_beyond_chance(report, planted):
    far = {"n": 60, "confidence": planted.sure(0.61, 60)}
    assert "surer" not in said(what_to_believe(report(planted.domain(**far))))
    far = {"n": 600, "confidence": planted.sure(0.61, 600)}
    assert "surer" in said(what_to_believe(report(planted.domain(**far))))


def test_neutral_at_home_is_told_with_its_intervals_and_of_enough_rows(planted):
    def told(n):
        row = {"label": "neutral", "predicted": n, "support": n, "precision": 0.6, "recall": 0.7}
        inside = {**planted.in_domain(), "per_label": [row]}
        return said(what_to_believe(planted.fields(planted.planted_report(in_domain=inside))))

    assert (
        "people agree in 60% (50% to 69%) of the cases; of their neutral texts it finds 70% (60% to"
        in told(100)
    )
    assert "of their neutral texts" not in told(29)


def test_every_set_has_a_row_at_a_glance_and_only_home_was_measured(report, planted):
    found = glance(
        report(planted.domain("titles"), planted.domain("tiny", n=1), planted.domain("like", outside=0.05),
               planted.samples())
    )  # fmt: skip
    uses = [str(row[1].shown) for row in found.rows]
    assert uses == [
        "measured against what people said", "a ranking at best; label 100 texts first",
        "too few to say anything", "unproven: other texts than at home; label 100 first",
        "a demonstration, never evidence",
    ]  # fmt: skip
