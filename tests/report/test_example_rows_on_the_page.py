"""Example rows as drawn: the reason, all scores, what people and a naive model said, foreign texts."""

import pytest

from goemox.report.page import render
from goemox.report.sections.examples import section
from goemox.report.sentences.examples import KINDS, kinds, lead
from goemox.studies.examples import Kind

MANY = ", ".join(f"label{i} {0.9 - i / 40:.3f}" for i in range(28))


def shown(planted, *rows, **report):
    return section(planted.fields(planted.planted_report([planted.domain(examples=list(rows))], **report)))


def first(planted, row, **report):
    return shown(planted, row, **report).blocks[0].domains[0][3][0]


def test_all_scores_are_there_five_with_a_bar_and_the_rest_behind_a_switch(planted):
    found = first(planted, planted.example("most typical", "text", MANY, "label0"))
    assert [label for label, *_ in found.scores] == [f"label{i}" for i in range(5)]
    assert found.rest[0] == ("label5", "0.78")
    assert len(found.scores) + len(found.rest) == 28
    page = render(
        planted.planted_report([planted.domain(examples=[planted.example("w", "text", MANY, "label0")])])
    )
    assert "<summary>23 more scores</summary><p>label5 0.78, label6 0.75" in page


def test_a_row_of_few_scores_has_no_switch(planted):
    page = render(planted.planted_report([planted.domain(examples=[planted.example("w", "t", "joy .5")])]))
    assert 'class="rest"' not in page


def test_the_reason_stands_after_the_kind(planted):
    row = planted.example("most doubtful", "text", "joy .2", note="no label scores more than 0.20 (joy)")
    assert first(planted, row).note == "no label scores more than 0.20 (joy)"
    page = render(planted.planted_report([planted.domain(examples=[row])]))
    assert '<h4>most doubtful<span class="reason">: no label scores more than 0.20 (joy)</span></h4>' in page


def test_what_people_said_stands_beside_what_the_model_said(planted):
    row = planted.example("surest mistakes", "text", "joy .9", "joy", true_labels=["anger"])
    nobody = planted.example("missed", "other text", "joy .9", "joy", true_labels=[])
    page = render(planted.planted_report([planted.domain(examples=[row, nobody])]))
    assert '<span class="people">people said <span class="chip true">anger</span>' in page
    assert '<span class="people">people said nothing</span>' in page
    assert first(planted, planted.example("w", "t", "joy .5")).true_labels is None


def test_the_naive_models_answer_is_told_where_it_was_asked(planted):
    said = {"label": "neutral", "confidence": 0.93}
    assert (
        first(planted, planted.example("w", "t", "joy .5", naive=said)).naive == "naive model: neutral (0.93)"
    )
    assert first(planted, planted.example("w", "t", "joy .5", naive=None)).naive == ""


def test_in_domain_rows_stand_first_and_every_set_says_how_many_of_how_many(planted):
    inside = {**planted.in_domain(), "examples": [planted.example(Kind.RANDOM, "comment", "joy .5", "joy")]}
    sets = shown(planted, planted.example(Kind.RANDOM, "title", "joy .5"), in_domain=inside).blocks[0].domains
    assert [(name, note) for _, name, note, _ in sets] == [
        ("in domain", "1 of 5,427 texts"),
        ("hackernews", "1 of 20,000 texts"),
    ]


def test_the_lead_says_what_stands_for_all_texts_and_what_does_not(planted):
    def of(*whys):
        return lead([planted.fields({"why": why}) for why in whys])

    assert of(Kind.RANDOM).startswith("A sample of the texts, drawn at random.")
    assert "Only those drawn at random stand for all but the chosen ones" in of(Kind.RANDOM, "missed")
    assert KINDS[Kind.RANDOM].endswith("but for the few that stand under another kind.")
    assert "do not stand for all texts" in of("most typical")


def test_what_names_a_row_is_said_to_be_its_id(planted):
    domain = planted.domain() | {"examples": [planted.example(Kind.RANDOM, "t", "joy .5", id="72", url="")]}
    assert "id <bdi>72</bdi>, distance percentile" in render(planted.planted_report([domain]))


def test_each_kind_that_is_there_is_defined_and_no_other(planted):
    rows = [
        planted.fields({"why": why}) for why in ("most surprising", Kind.RANDOM, "a kind of another version")
    ]
    assert [kind for kind, _ in kinds(rows)] == [Kind.RANDOM, "most surprising"]
    page = render(planted.planted_report())
    assert "How the rows were chosen" in page
    assert KINDS["most doubtful"] in page
    assert "People err too" not in page


def test_every_kind_that_a_study_makes_is_defined():
    assert set(KINDS) == set(Kind)


def test_rows_of_older_reports_are_drawn_as_before(planted):
    page = render(planted.planted_report())
    assert page.count('<article class="example">') == 15
    assert 'class="people"' not in page


NASTY = ("<script>alert(1)</script>", "\x1b[31mred", "\u202eevil", "👩\u200d👧", "x" * 10_000)


@pytest.mark.parametrize("words", NASTY)
def test_foreign_notes_labels_and_answers_stay_words(planted, words):
    row = planted.example(
        words,
        words,
        "joy .5",
        words,
        note=words,
        true_labels=[words],
        naive={"label": words, "confidence": 1.0},
    )
    page = render(planted.planted_report([planted.domain(examples=[row])]))
    assert page.count("<script>") == 1
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert len(page) < 1_000_000


def rows_of(planted, *whys):
    return [planted.example(why, f"{why} {i}", "joy .5", id=str(i)) for i, why in enumerate(whys)]


def test_one_of_each_kind_and_some_drawn_ones_are_seen_at_once_in_lines_of_three(planted):
    chosen = [why for why in KINDS if why not in (Kind.RANDOM, "surest mistakes", "missed")]
    rows = rows_of(planted, *[Kind.RANDOM] * 6, *(why for why in chosen for _ in range(3)))
    examples = shown(planted, *rows).blocks[0].domains[0][3]
    seen = [each.why for each in examples if not each.folded]
    assert seen == [Kind.RANDOM] * 4 + chosen
    page = render(planted.planted_report([planted.domain(examples=rows)]))
    assert "<summary>12 more texts</summary>" in page
    assert page.count('<article class="example">') == 21


def test_no_switch_stands_before_a_single_text(planted):
    rows = rows_of(planted, *[Kind.RANDOM] * 5, "missed", "missed")
    assert not any(each.folded for each in shown(planted, *rows).blocks[0].domains[0][3])
