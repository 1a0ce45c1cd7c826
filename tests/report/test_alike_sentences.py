import pytest

from goemox.report.sentences import alike as say
from goemox.report.sentences.domains import NO_DOMAIN

SENTENCES = (say.correlation, say.emotions, say.likeness)


@pytest.fixture
def told(planted):
    """The three sentences about one domain, hackernews, from values against the in-domain set."""

    def make(r=0.95, js=0.4, emotions=None, noise=None, half=0.02, domain=None, names=("hackernews",)):
        size = range(len(names) + 1)

        def table(value, own):
            return [[own if i == j else value for j in size] for i in size]

        def ends(value):
            spread = None if value is None else [value - half, value + half]
            return [[None if i == j else spread for j in size] for i in size]

        found = {
            "names": ["GoEmotions test", *names],
            "pearson": table(r, 1.0),
            "jensen_shannon": table(js, 0.0),
        }
        if emotions is not None:
            found |= {"pearson_emotions": table(emotions, 1.0), "pearson_emotions_interval": ends(emotions)}
        if noise is not None:
            found |= {"noise": table(noise, None), "pearson_interval": ends(r)}
            found["jensen_shannon_interval"] = ends(js)
        domains = [domain or planted.domain(each) for each in names]
        report = planted.fields(planted.planted_report(domains, correlation=found))
        return {sentence.__name__: sentence(report) for sentence in SENTENCES}

    return make


def test_a_correlation_that_neutral_alone_makes_is_said_to_be_so(told):
    assert told(emotions=0.31, noise=0.04)["correlation"] == (
        "The shares on hackernews correlate 0.95 (0.93 to 0.97) with those of GoEmotions test. "
        "Without neutral it is 0.31 (0.29 to 0.33): neutral alone makes it look high."
    )


def test_a_correlation_that_stays_high_without_neutral_is_no_finding(told):
    said = told(r=0.97, emotions=0.96, noise=0.04)
    assert said["correlation"].endswith("Without neutral it is 0.96 (0.94 to 0.98).")
    assert "The same emotions lead on hackernews." in said["emotions"]


def test_a_low_correlation_needs_no_warning(told):
    assert "neutral" not in told(r=0.4, emotions=0.3, noise=0.04)["correlation"]


def test_other_emotions_and_too_few_of_them_are_told_apart(told):
    assert "Other emotions lead on hackernews." in told(emotions=0.31, noise=0.04)["emotions"]
    unclear = told(emotions=0.31, noise=0.04, half=0.4)["emotions"]
    assert "On hackernews too few texts carry an emotion to tell." in unclear
    assert "lead" not in unclear


def test_a_distance_within_the_noise_never_reads_as_a_difference(told):
    said = told(js=0.06, noise=0.07)["likeness"]
    assert said == (
        "No set differs from GoEmotions test by more than samples of one set would: "
        "hackernews (0.06, chance 0.07)."
    )


def test_a_distance_beyond_the_noise_is_said_with_its_interval_and_with_what_chance_reaches(told):
    assert told(js=0.4, noise=0.07)["likeness"] == (
        "The labels of hackernews differ most from those of GoEmotions test: "
        "distance 0.40 of 1 (0.38 to 0.42), where chance reaches 0.07."
    )
    assert "nearly the same labels" in told(js=0.04, noise=0.01)["likeness"]
    assert "differ somewhat" in told(js=0.1, noise=0.01)["likeness"]


def test_a_set_within_chance_is_not_among_those_that_are_said_to_be_alike(planted):
    names, values, noise = ("titles", "notes"), (0.04, 0.35), (0.01, 0.4)
    found = {
        "names": ["GoEmotions test", *names],
        "jensen_shannon": [[0.0, *values], *([each, 0.0, 0.0] for each in values)],
        "noise": [[None, *noise], *([each, None, None] for each in noise)],
    }
    domains = [planted.domain(each) for each in names]
    report = planted.fields(planted.planted_report(domains, correlation=found))
    assert say.likeness(report) == (
        "The labels of titles are nearly those of GoEmotions test: the distance is 0.04 of 1. "
        "Within chance: notes (0.35, chance 0.40)."
    )


def test_reports_without_intervals_noise_or_emotions_are_still_read(told):
    said = told(r=0.97, js=0.4)
    assert "0.97 with those of" in said["correlation"]
    assert "looks high only because one label outweighs" in said["correlation"]
    assert said["likeness"].endswith("distance 0.40 of 1.")
    assert said["emotions"] == "There are no two sets of texts large enough to compare."


def test_nothing_but_neutral_is_the_reason_where_sets_are_large_and_have_no_emotion(planted):
    found = planted.planted_report([planted.domain()])
    names = found["correlation"]["names"]
    found["correlation"]["pearson_emotions"] = [[None] * len(names) for _ in names]
    assert say.emotions(planted.fields(found)) == (
        "In one of the sets nothing but neutral leads, so there is nothing to correlate."
    )


def test_a_domain_of_too_few_texts_is_not_compared(told, planted):
    for sentence in told(emotions=0.3, noise=0.1, domain=planted.domain(n=49)).values():
        assert sentence == (
            "There are no two sets of texts large enough to compare. "
            "hackernews has 49 texts: too few to compare (at least 50 are needed)."
        )


def test_samples_are_compared_only_alone_and_are_said_to_be_no_evidence(planted):
    beside = planted.fields(planted.planted_report([planted.domain(), planted.samples()]))
    alone = planted.fields(planted.planted_report([planted.samples()]))
    for sentence in (say.correlation, say.likeness):
        assert "samples" not in sentence(beside)
        assert sentence(alone).endswith("These are samples written for goemox, never evidence.")


def test_without_domains_there_is_nothing_to_compare(planted):
    report = planted.fields(planted.planted_report([], correlation=None))
    assert {sentence(report) for sentence in SENTENCES} == {NO_DOMAIN}


def test_names_in_unicode_stay_isolated_in_the_sentences(told):
    name = "日本語🙂 نص"
    assert f"\N{FIRST STRONG ISOLATE}{name}" in told(emotions=0.3, noise=0.1, names=(name,))["likeness"]


def test_many_sets_are_counted_not_listed(told):
    said = told(emotions=0.3, noise=0.5, names=tuple(f"set {i}" for i in range(9)))
    assert said["emotions"] == (
        "Without neutral, shares of labels correlate from 0.30 (0.28 to 0.32) on set 0 "
        "to 0.30 (0.28 to 0.32) on set 8 with those of GoEmotions test. "
        "Other emotions lead on set 0, set 1, set 2 and 6 more."
    )
    assert said["likeness"].endswith("set 2 (0.40, chance 0.50) and 6 more.")
