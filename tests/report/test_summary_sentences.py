"""The summary answers five questions, and its advice follows from the numbers."""

import pytest

from goemox.report.sentences.summary import (
    answers,
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


def test_a_near_domain_is_neither_accused_nor_proven(report, planted):
    found = report(planted.domain(outside=0.05))
    assert "nothing speaks against its scores, nothing proves them" in said(what_to_believe(found))
    assert "to turn likeness into proof" in said(what_next(found))


def test_a_domain_of_one_text_is_only_too_few(report, planted):
    found = report(planted.domain("tiny", n=1))
    assert "tiny has 1 text: too few" in said(what_changed(found))
    assert "unproven" not in said(what_to_believe(found))
    assert "Collect more of tiny" in said(what_next(found))
    assert "Label about" not in said(what_next(found))


def test_an_unknown_distance_proves_nothing(report, planted):
    found = report(planted.domain(distance={"available": False}))
    assert "is not known: take no score there as proven" in said(what_to_believe(found))


def test_uncalibrated_scores_are_not_read_as_chances(report, planted):
    model = {**planted.planted_report()["model"], "calibrated": False}
    found = report(model=model)
    assert "not calibrated" in said(what_to_believe(found))
    assert "Calibrate the model" in said(what_next(found))


def test_labels_that_the_test_set_hardly_holds_are_named(report):
    assert "Do not build on 4 labels" in said(what_next(report()))


def test_every_question_has_an_answer_even_in_an_empty_report(planted):
    empty = answers(planted.fields({"schema": "goemox.report/1"}))
    assert len(empty) == 5
    assert all(all(sentences) and sentences for _, sentences in empty)
