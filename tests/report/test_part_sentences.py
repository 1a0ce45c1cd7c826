"""Sentences about periods and groups: a difference is a finding only where the test says so."""

import re

import pytest

from goemox.report.page import render
from goemox.report.sections.breakdown import labels_by_group
from goemox.report.sections.timeline import labels_over_time
from goemox.report.sentences import parts as say


@pytest.fixture
def dated(planted):
    """A domain with a time line; `changes` replace keys of the time line."""

    def make(trends=None, source="file", **changes):
        return planted.fields(planted.domain(timeline=planted.years(trends, **changes), source=source))

    return make


@pytest.fixture
def grouped(planted):
    def make(groups=None, source="file", **changes):
        found = planted.repos(**changes) if groups is None else groups
        return planted.fields(planted.domain(groups=found, source=source))

    return make


@pytest.fixture
def silent(planted):
    """A domain whose texts are given no label at all, in groups."""
    none = dict.fromkeys(planted.SHARES, 0.0)
    groups = planted.groups({"a": 90, "b": 80}, {label: [0.0, 0.0] for label in none})
    return planted.domain(label_share=none, groups={**groups, "moved": []})


def test_a_trend_is_told_by_both_halves_and_a_peak_by_its_ends(dated):
    assert say.over_time(dated()) == (
        "On hackernews 2 of 8 labels changed beyond chance between 2012 and 2023: neutral rose (58% in the "
        "earlier half of the texts, 73% in the later) and love varied (lowest 1.8% in 2014, highest 11% in "
        "2017). The labels are unproven here: it may be words that differ, not moods."
    )


def test_a_series_within_chance_is_no_finding(dated):
    said = say.over_time(dated({}))
    assert said.startswith("On hackernews none of 8 labels changed beyond chance between 2012 and 2023;")
    assert "looked at were the most frequent: neutral, love, curiosity, " in said
    assert say.verdict(dated({}), "timeline", "neutral") == "within chance"


def test_the_verdict_of_a_panel_names_the_direction(dated):
    domain = dated({"neutral": "falling", "love": None})
    verdicts = [say.verdict(domain, "timeline", label) for label in ("neutral", "love", "joy", "pride")]
    assert verdicts == ["fell", "varied", "within chance", "not tested"]


def test_a_trend_that_its_halves_do_not_show_is_told_by_its_ends(dated):
    assert "neutral fell (lowest 55% in 2013, highest 80% in 2023)" in say.over_time(
        dated({"neutral": "falling"})
    )


def test_a_change_among_small_periods_is_told_without_ends(dated, planted):
    line = planted.years({"neutral": "rising", "love": None})
    line["tests"] = [row | {"lowest": None, "highest": None} for row in line["tests"]]
    assert "73% in the later) and love varied." in say.over_time(dated(tests=line["tests"]))


def test_more_than_three_labels_are_counted_not_listed(dated):
    trends = dict.fromkeys(("neutral", "love", "curiosity", "joy", "fear"))
    said = say.over_time(dated(trends))
    assert "5 of 8 labels changed" in said
    assert "and 2 more." in said


def test_too_few_dated_texts_and_undated_ones_are_told(dated):
    assert say.over_time(dated(n=31)) == "Only 31 texts of hackernews carry a date: too few."
    assert say.over_time(dated({}, n_undated=1)).endswith(
        " 1 text has no date, or none that can be read or is near the others."
    )
    assert say.over_time(dated({}, n_undated=1200)).endswith(
        " 1,200 texts have no date, or none that can be read or is near the others."
    )


def test_samples_are_never_evidence(dated, grouped):
    for said in (
        say.over_time(dated(source="sample")),
        say.between_groups(grouped(source="sample")),
        say.whole_groups(grouped(source="sample")),
    ):
        assert said.endswith("are never evidence.")
    assert say.moved(grouped(source="sample"), "groups") == ()
    assert say.verdict(grouped(source="sample"), "groups", "neutral") == "not tested"
    assert say.verdict(grouped(), "groups", "neutral") == "differs"


@pytest.mark.parametrize(
    ("start", "unit", "expected"),
    [
        ("2021-01-01", "year", "2021"),
        ("2021-04-01", "quarter", "Q2 2021"),
        ("2021-12-01", "quarter", "Q4 2021"),
        ("2021-05-01", "month", "May 2021"),
        ("2021-05-03", "week", "3 May 2021"),
        ("2021-09-03", "day", "3 Sep 2021"),
        ("2021-09-03T05:00Z", "hour", "3 Sep, 05:00"),
        ("<b>soon</b>", "year", "<b>soon</b>"),
    ],
)
def test_a_period_is_named_as_shortly_as_its_unit_allows(start, unit, expected):
    assert say.period_name(start, unit) == expected


def test_only_where_another_domain_has_dates_is_their_lack_told(planted):
    with_line, without = planted.domain(timeline=planted.years()), planted.domain("plain", profile=None)
    report = planted.fields(planted.planted_report([with_line, without]))
    assert say.untimed(report) == ["plain has no time line: fewer than 50 dated texts, or all of one hour."]
    for same in ([with_line], [without]):
        assert say.untimed(planted.fields(planted.planted_report(same))) == []


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        (None, None, "no text carries a date"),
        ("2026-11-23T22:01:00Z", "2026-11-23T22:59:00Z", "all its dates fall into one hour"),
        ("2025-11-23T22:01:00Z", "2026-11-23T22:59:00Z", "fewer than 50 dated texts, or all of one hour"),
    ],
)
def test_why_a_domain_has_no_time_line_is_told_in_the_note_of_the_others(planted, first, last, why):
    with_line = planted.domain(timeline=planted.years())
    without = planted.domain("plain", profile={"first": first, "last": last})
    blocks = labels_over_time(planted.fields(planted.planted_report([with_line, without])))
    assert [block.kind for block in blocks] == ["figure"]
    assert blocks[0].note.endswith(f" plain has no time line: {why}.")


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ([15, 15, 15, 15], "; every period holds fewer than 20 texts, hence hollow points: a hint, no more."),
        ([15, 15, 20, 0], "; not drawn for fewer than 20 texts."),
    ],
)
def test_the_note_of_a_time_line_says_what_becomes_of_periods_of_few_texts(planted, sizes, said):
    line = planted.years()
    line["periods"] = [each | {"n": n} for each, n in zip(line["periods"], sizes, strict=False)]
    (figure,) = labels_over_time(planted.fields(planted.planted_report([planted.domain(timeline=line)])))
    assert said in figure.note


def test_months_sort_by_time_in_the_table_of_a_time_line(planted):
    domain = planted.domain(timeline=planted.years(unit="month"))
    (figure,) = labels_over_time(planted.fields(planted.planted_report([domain])))
    cells = [row[0] for row in figure.table.rows[:12]]
    assert [(each.shown, each.place) for each in cells] == [(f"Jan {2012 + i}", i) for i in range(12)]


def test_dates_are_not_blamed_where_no_text_is_given_a_label(planted):
    dated = {"first": "2025-11-23T22:01:00Z", "last": "2026-11-23T22:59:00Z"}
    plain = planted.domain("plain", profile=dated, label_share={"joy": 0.0, "fear": 0.0})
    report = planted.fields(planted.planted_report([planted.domain(timeline=planted.years()), plain]))
    assert say.untimed(report) == ["plain has no time line: no text is given any label."]


def test_groups_that_differ_are_told_with_both_ends_and_only_large_ones_count(grouped):
    assert say.between_groups(grouped()) == (
        "On hackernews 2 of 28 labels differ beyond chance between the 4 groups by repo of 50 texts and "
        "more: neutral (31% of microsoft/PowerToys, 70% of jestjs/jest) and gratitude (2.0% of "
        "microsoft/PowerToys, 20% of jestjs/jest). The labels are unproven here: it may be words that "
        "differ, not moods. The 5 largest of 36 groups are shown, the rest together. a/b (31) has too few "
        "texts and is shown, not compared: 50 texts are needed."
    )
    assert say.whole_groups(grouped()) == (
        "Neutral is the top label of 31% (microsoft/PowerToys) to 70% (jestjs/jest) of the texts; these "
        "shares differ beyond chance (p <0.001)."
    )


def test_groups_alike_are_no_finding(planted, grouped):
    alike = grouped(planted.groups({"open": 500, "closed": 700}, {}, column="state"))
    assert say.between_groups(alike) == (
        "On hackernews no label differs beyond chance between the 2 groups by state of 50 texts and more."
    )
    assert say.whole_groups(alike).endswith("; no difference beyond chance was found (p = 0.420).")


def test_the_top_label_is_judged_by_its_own_test_and_old_reports_have_none(grouped):
    assert say.whole_groups(grouped(top_neutral_p=0.0081)).endswith("differ beyond chance (p = 0.008).")
    assert say.whole_groups(grouped(top_neutral_p=0.081)).endswith("was found (p = 0.081).")
    assert say.whole_groups(grouped(top_neutral_p=None)).endswith("was not tested.")


def test_a_single_group_small_groups_and_ids_leave_nothing_to_compare(planted, grouped):
    one = grouped(planted.groups({"github": 900}, {}, column="source"))
    assert say.between_groups(one) == (
        "All texts of hackernews with a source have the same, github: nothing to compare."
    )
    small = grouped(planted.groups({"a": 49, "b": 30}, {}))
    assert "Of the 2 groups of hackernews by repo none holds 50 texts" in say.between_groups(small)
    lone = grouped(planted.groups({"a": 80, "b": 30}, {}))
    assert "only one holds 50 texts" in say.whole_groups(lone)
    ids = grouped({"column": "id", "n_groups": 9000, "n_missing": 0, "shown": []})
    assert say.between_groups(ids) == (
        "The texts of hackernews have 9,000 different values of id, none of them on 50 texts: nothing to "
        "compare."
    )
    assert "No text" in say.between_groups(grouped({"column": "id", "n_groups": 0, "shown": []}))


def test_a_domain_without_a_label_has_no_figure_of_its_labels_by_group_and_says_why(planted, silent):
    report = planted.planted_report([silent, planted.domain("other", groups=planted.repos())])
    found = labels_by_group(planted.fields(report))
    assert all(block.panels for block in found if block.kind == "figure")
    assert [block.paragraphs for block in found if block.kind == "prose"] == [
        ("No text of hackernews is given any label, so none can differ by repo.",)
    ]
    figures = re.findall("<figure.*?</figure>", render(report), re.DOTALL)
    assert figures
    assert all("<svg" in figure for figure in figures)


def test_quartiles_and_missing_values_are_told(grouped):
    said = say.between_groups(grouped(way="quartiles", column="score", n_missing=3))
    assert "The groups are cut at the quartiles of score; equal values stay together." in said
    assert said.endswith("3 texts have no value.")


def test_a_domain_without_the_column_is_named(planted):
    report = planted.planted_report(
        [planted.domain(groups=planted.repos()), planted.domain("plain", groups=None)]
    )
    assert say.ungrouped(planted.fields(report)) == ["plain has no column repo."]


def test_the_page_shows_the_parts_in_the_domains_section(planted):
    report = planted.planted_report(
        [planted.domain(timeline=planted.years(), groups=planted.repos()), planted.domain("plain")]
    )
    page = render(report)
    for words in (
        "Over time: hackernews",
        "Top labels by repo",
        "Labels by repo",
        "plain has no column repo",
    ):
        assert words in page
    assert 'data-domain="hackernews" data-label="neutral"' in page


def test_the_page_stays_whole_with_hostile_values_and_old_reports(planted):
    names = {
        "<script>alert(1)</script>": 90,
        "\u202egnorw": 80,
        "\U0001f600" * 300: 70,
        "x" * 10_000: 60,
        "": 55,
    }
    domain = planted.domain(groups=planted.groups(names, {}, 20, column="<b>col</b>"))
    ids = planted.domain("ids", groups={"column": "<b>col</b>", "n_groups": 9, "shown": []})
    page = render(planted.planted_report([domain, ids]))
    assert "<script>alert(1)" not in page
    assert "<b>col" not in page
    assert "x" * 200 not in page
    assert render(planted.planted_report([planted.domain(timeline=None, groups=None)]))


def test_a_period_of_one_text_and_gaps_draw_without_error(planted):
    line = planted.timeline({"joy": [1.0, None, None, 0.0]}, [1, 0, 0, 60], {})
    page = render(planted.planted_report([planted.domain(timeline=line)]))
    assert "none of 1 label changed" in page
    empty = planted.years(periods=[])
    assert "Over time" not in render(planted.planted_report([planted.domain(timeline=empty)]))


def test_on_unproven_texts_the_words_of_a_label_are_named_before_a_mood_is(dated, planted):
    word = {"z": 5.0, "log_odds": 2.0, "n_with": 20, "n_without": 3}
    words = [
        {"label": "fear", "n": 26, "words": [{"word": w, **word} for w in ("panic", "engine", "<b>", "x")]}
    ]
    domain = planted.fields({**planted.domain(outside=0.6), "words": words})
    assert "go with words: fear with “panic”, “engine” and “<b>”" in say._caution(domain, ["joy", "fear"])
    near = planted.fields({**planted.domain(outside=0.05), "words": words})
    assert say._caution(near, ["fear"]) == ""
