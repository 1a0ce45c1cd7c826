"""The words that go with labels: the sentence on planted cases, the figure, its table, foreign words."""

import re

import pytest

from goemox.report.charts.word_rows import WordMark, WordRow, n_lines, word_rows
from goemox.report.page import render
from goemox.report.sections.words import label_words as figure
from goemox.report.sentences.words import label_words as sentence


def said(planted, domains, **inside):
    report = planted.planted_report(domains)
    report["in_domain"] = {**report["in_domain"], **inside}
    return sentence(planted.fields(report))


def drawn(planted, domains, **inside):
    report = planted.planted_report(domains)
    report["in_domain"] = {**report["in_domain"], **inside}
    return figure(planted.fields(report))


def test_a_finding_names_the_plainest_word_with_both_shares(planted):
    assert said(planted, [planted.domain("titles")]) == (
        "On titles 3 of 28 labels go with certain words, most plainly amusement with “lol” (in 43% of 980 "
        "texts, in <0.1% of the others)."
    )


def test_a_single_label_with_words_is_not_called_the_plainest(planted):
    words = planted.label_words(2_000, {"fear": (("panic", 0.85, 0.002),)})
    assert said(planted, [planted.domain("issues", 2_000, words=words)]) == (
        "On issues 1 of 28 labels goes with certain words, fear with “panic” (in 86% of 28 texts, in 0.2% of "
        "the others)."
    )


def test_a_flat_result_is_no_finding_and_has_no_picture(planted):
    flat = planted.domain("titles", words=planted.label_words(20_000, {}))
    assert said(planted, [flat]) == "On titles no word goes with any label beyond chance."
    assert drawn(planted, [flat]).kind == "prose"
    assert "no word goes with any label beyond chance" in render(planted.planted_report([flat]))


def test_too_few_texts_are_called_so_and_show_no_word(planted):
    """Whatever an older or a wrong report.json says of them."""
    few = planted.domain("tiny", 49, words=planted.label_words(20_000))
    assert said(planted, [few]) == "tiny has 49 texts: too few to compare (at least 50 are needed)."
    assert drawn(planted, [few]).kind == "prose"
    found = drawn(planted, [few, planted.domain("titles")])
    assert not any('data-domain="tiny"' in panel for panel in (*found.panels, *found.more))
    assert "tiny" not in {row[0].shown for row in found.table.rows}


def test_samples_are_never_evidence(planted):
    assert said(planted, [planted.samples()]).endswith(
        "These are samples written for goemox, never evidence."
    )
    both = said(planted, [planted.samples(), planted.domain("titles")])
    assert both.startswith("On titles ")
    assert "samples" not in both


def test_in_domain_words_stand_first_and_say_what_people_did(planted):
    words = planted.label_words(planted.N, people=True)
    assert said(planted, [planted.domain("titles")], words=words).startswith("In domain 3 of 28 labels go")
    found = drawn(planted, [planted.domain("titles")], words=words)
    assert 'data-domain="in domain"' in found.panels[0]
    assert (
        "lol: in 43% of the 266 texts given amusement, in &lt;0.1% of the 5,161 others. " in found.panels[0]
    )
    assert "texts with it people gave amusement to 103" in found.panels[0]
    assert [row[7].shown for row in found.table.rows[:1]] == [f"{round(0.9 * 0.14 * 505)}"]


def test_reports_that_did_not_look_leave_the_figure_out(planted):
    old = planted.domain("titles")
    del old["words"]
    assert drawn(planted, [old]) is None
    assert said(planted, [old]) == "Which words go with the labels was not looked at."
    assert "fig-words" not in render(planted.planted_report([old]))


def test_labels_with_words_outside_are_seen_first_and_no_label_is_lost(planted):
    home = planted.label_words(planted.N, dict.fromkeys(planted.LABELS, (("word", 0.5, 0.1),)))
    words = planted.label_words(20_000, {"fear": (("panic", 0.85, 0.002),)})
    found = drawn(planted, [planted.domain("issues", words=words)], words=home)
    first = re.findall(r'data-label="(\w+)"', found.panels[0])
    rest = re.findall(r'data-label="(\w+)"', found.more[0])
    assert len(first) == 10
    assert "fear" in first
    assert sorted([*first, *rest]) == sorted(planted.LABELS)
    assert first == re.findall(r'data-label="(\w+)"', found.panels[1])


def test_rows_of_one_label_stand_at_one_height_in_all_panels(planted):
    many = {"curiosity": tuple((f"word{i}", 0.3, 0.01) for i in range(8)), "amusement": (("lol", 0.4, 0.0),)}
    domains = [planted.domain("a", words=planted.label_words(20_000, many)), planted.domain("b")]
    panels = drawn(planted, domains).panels
    heights = [
        re.findall(r'<text x="0" y="([\d.]+)" class="strong">(\w+)<', panel.replace(' y="12"', ""))
        for panel in panels
    ]
    assert len(heights[0]) == 3
    assert heights[0] == heights[1]


@pytest.mark.parametrize("n", [0, 1, 19, 20])
def test_a_label_of_few_texts_says_why_it_has_no_words(planted, n):
    words = planted.label_words(20_000)
    row = next(each for each in words if each["label"] == "joy")
    row.update(n=n, n_others=20_000 - n)
    why = {0: "given to no text", 20: "no word beyond chance"}.get(n, "too few texts to tell")
    panel = next(iter(drawn(planted, [planted.domain("titles", words=words)]).more))
    joy = re.search(r'data-label="joy">(.*?)</g>', panel)[1]
    assert why in joy


NASTY = {
    "markup": "<script>alert(1)</script>",
    "ansi": "\x1b[31mred",
    "bidi": "\u202eevil\u2066",
    "right to left": "שלום",
    "emoji": "👩\u200d👧",
    "long": "a" * 10_000,
    "nothing": "",
}


@pytest.mark.parametrize("kind", NASTY)
def test_foreign_words_stay_words(planted, kind):
    words = planted.label_words(20_000, {"joy": ((NASTY[kind], 0.5, 0.01),)})
    page = render(planted.planted_report([planted.domain("titles", words=words)]))
    assert page.count("<script>") == 1
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert "a" * 100 not in page
    if kind == "right to left":
        assert "\u2068שלום\u2069" in re.search(r'<figure id="fig-words".*?</figure>', page, re.S)[0]


def test_long_words_break_the_line_and_stay_in_the_panel():
    long = tuple(WordMark("wwwwwwwwwwwwwwwwwwwwww", "25%", "hover", True) for _ in range(4))
    assert n_lines(WordRow("joy", "", long)) == 4
    assert n_lines(WordRow("joy", "", tuple(WordMark("a", "", "", False) for _ in range(8)))) == 1
    assert n_lines(WordRow("joy", "", (), "none")) == 1
    assert "<svg" in word_rows("k", "name", "n = 2", "said", [WordRow("joy", "", long)], [4])
