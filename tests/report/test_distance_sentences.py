"""Sentences about distance: told apart is a finding only beyond chance and beyond length."""

import pytest

from goemox.report.sentences import distance as say
from goemox.report.sentences.domains import NO_DOMAIN


@pytest.fixture
def report(planted):
    def make(*domains, **more):
        return planted.fields(planted.planted_report(list(domains), **more))

    return make


def test_a_distance_that_is_not_available_is_said_to_be_so(report, planted):
    found = report(planted.domain(distance={"available": False}), planted.domain("issues"))
    assert "For hackernews the distance is not available" in say.distance(found)
    assert "54% of issues" in say.distance(found)


def test_a_flat_share_outside_never_reads_as_a_finding(report, planted):
    said = say.distance(report(planted.domain(neutral=0.37, moved=(), outside=0.05)))
    assert "No more texts of hackernews lie outside than of in-domain texts" in said
    assert "new to the model" not in said


def test_lengths_name_the_reference_and_say_why_they_matter(report, planted):
    assert say.lengths(report(planted.domain())) == (
        "The median text has 12 words in domain, 9 on hackernews: length alone can move the distance."
    )
    assert say.lengths(report()) == ""


@pytest.mark.parametrize("sentence", [say.distance, say.told_apart, say.neighbours])
def test_no_domain_is_said_in_the_same_words_as_everywhere(report, sentence):
    assert sentence(report()) == NO_DOMAIN


@pytest.mark.parametrize("n", [1, 12, 49])
@pytest.mark.parametrize("sentence", [say.distance, say.told_apart, say.neighbours])
def test_fewer_than_fifty_texts_are_too_few_to_compare(report, planted, sentence, n):
    said = sentence(report(planted.domain("tiny", n=n)))
    assert "too few to compare" in said
    assert "54%" not in said
