"""Labels that come together: people beside the model, then each domain; flat tables are no finding."""

from xml.etree.ElementTree import fromstring as read

import pytest

from goemox.report.page import render
from goemox.report.sections import co_occurrence as section
from goemox.report.sentences import co_occurrence as say


def marks(root, tag, class_):
    return [node for node in root.iter(tag) if class_ in (node.get("class") or "").split()]


@pytest.fixture
def told(planted):
    """The report whose in-domain block is the planted one with changes."""

    def make(*pairs, people=True, **changes):
        block = planted.co_occurrence(1000, tuple(pairs), people=people) | changes
        inside = {**planted.in_domain(), "co_occurrence": block}
        return planted.fields(planted.planted_report(in_domain=inside))

    return make


def test_a_pair_that_people_and_model_share_is_said_with_its_numbers(told):
    assert say.in_domain_together(told(("annoyance", "anger"))) == (
        "People put together, more often than chance, annoyance and anger (30 against 2.1 by chance). "
        "The model does so too."
    )


def test_pairs_of_the_model_alone_are_told_apart_from_those_of_people(told, planted):
    more = planted.co_occurrence(1000, (("love", "optimism"), ("annoyance", "anger")))["pairs"]
    said = say.in_domain_together(told(("anger", "annoyance"), pairs=more))
    assert said.endswith("The model does so too, and for love and optimism (30 against 2.1 by chance).")
    said = say.in_domain_together(told(("annoyance", "anger"), pairs=[]))
    assert said.endswith("The model does so not.")
    said = say.in_domain_together(told(pairs=more))
    assert said.startswith("People put no two labels together more often than chance, the model love and")


def test_a_flat_table_is_no_finding(told, planted):
    assert say.in_domain_together(told()) == (
        "Neither people nor the model put two labels together more often than chance."
    )
    flat = planted.domain(co_occurrence=planted.co_occurrence(900, ()))
    said = say.domains_together(planted.fields(planted.planted_report([flat])))
    assert said == "On hackernews no two labels come together more often than chance."


def test_one_label_a_text_is_said_to_be_so(told, planted):
    single = [[None if i == j else 0.0 for j in range(12)] for i in range(12)]
    said = say.in_domain_together(told(true=single, true_pairs=[]))
    assert said.startswith("People gave each text one label, so none come together.")
    said = say.in_domain_together(told(people=False, given=single))
    assert said == "The model gives each text one label, so no two can come together."
    alone = planted.domain(co_occurrence=planted.co_occurrence(900, ()) | {"given": single})
    said = say.domains_together(planted.fields(planted.planted_report([alone])))
    assert said == "On hackernews each text gets one label at most, so no two can come together."


def test_a_model_of_one_label_a_text_gets_no_empty_picture(told, planted):
    single = [[None if i == j else 0.0 for j in range(12)] for i in range(12)]
    figure = section.in_domain_together(told(("annoyance", "anger"), given=single, pairs=[]))
    assert len(figure.panels) == 1
    assert "as people gave them" in figure.panels[0]
    assert figure.sentence.startswith("People put together, more often than chance, annoyance and anger (")
    assert figure.sentence.endswith("The model gives each text one label, so no two can come together.")
    nobody = section.in_domain_together(told(given=single, pairs=[], true=single, true_pairs=[]))
    assert nobody.kind == "prose"
    alone = planted.domain(co_occurrence=planted.co_occurrence(900, ()) | {"given": single})
    beside = planted.domain("paired")
    assert section.domains_together(planted.fields(planted.planted_report([alone]))).kind == "prose"
    both = section.domains_together(planted.fields(planted.planted_report([alone, beside])))
    assert [read(panel).get("data-domain") for panel in both.panels] == ["paired"]


def test_pairs_that_hardly_come_together_are_dots_not_zeros(told, planted):
    given = [
        [None if share is None else 0.004 for share in row] for row in planted.co_occurrence(1000)["given"]
    ]
    model = read(section.in_domain_together(told(given=given)).panels[1])
    assert {node.text for node in marks(model, "text", "on-blue-0")} == {"·"}


def test_a_row_of_few_texts_has_no_shade_whatever_its_shares(told, planted):
    sizes = [*planted.co_occurrence(1000)["n_given"][:11], 9]
    model = read(section.in_domain_together(told(n_given=sizes)).panels[1])
    assert len(marks(model, "rect", "missing")) == 11 + 12
    assert any(node.text == "9" for node in marks(model, "text", "number"))


def test_a_cell_in_which_model_and_people_lie_far_apart_is_named(told, planted):
    given = [list(row) for row in planted.co_occurrence(1000, ())["given"]]
    labels = planted.co_occurrence(1000, ())["labels"]
    given[labels.index("neutral")][1], given[labels.index("joy")][0] = 0.62, 0.9
    said = say.in_domain_together(told(given=given))
    assert said.endswith(
        "Most apart: the model gives admiration to 62% of its neutral texts, people to 5.0% of theirs."
    )  # joy lies farther apart, on 30 texts


@pytest.mark.parametrize("n", [1, 49])
def test_too_few_texts_say_nothing(told, planted, n):
    assert say.in_domain_together(told(n=n)) == "Too few texts to say which labels come together."
    tiny = planted.fields(planted.planted_report([planted.domain("tiny", n=n)]))
    assert section.domains_together(tiny) is None
    assert "too few to compare" in say.domains_together(tiny)


def test_samples_are_never_evidence(planted):
    beside = planted.fields(planted.planted_report([planted.domain(), planted.samples()]))
    assert "samples" not in say.domains_together(beside)
    alone = say.domains_together(planted.fields(planted.planted_report([planted.samples()])))
    assert alone.endswith("These are samples written for goemox, never evidence.")


def test_sure_pairs_are_framed_in_both_directions_and_shades_run_from_0_to_100(told):
    figure = section.in_domain_together(told(("annoyance", "anger")))
    people, model = map(read, figure.panels)
    for root in (people, model):
        assert len(marks(root, "rect", "frame")) == 2
        assert len(marks(root, "rect", "blue-5")) == 2
        assert root.get("data-domain") == "in domain"


def test_the_table_lists_pairs_with_what_chance_would_give(told):
    table = section.in_domain_together(told(("annoyance", "anger"))).table
    assert len(table.rows) == 60
    assert len({column.title for column in table.columns}) == len(table.columns)
    pair = next(row for row in table.rows if {row[0].shown, row[1].shown} == {"annoyance", "anger"})
    assert [cell.shown for cell in pair[2:]] == ["30", "2.1", "<0.001"] * 2
    assert {cell.shown for row in table.rows if row is not pair for cell in (row[4], row[7])} == {"≥0.05"}


def test_every_pair_that_a_sentence_can_name_stands_in_the_numbers(told, planted):
    rare = {"labels": ["gratitude", "sadness"], "n": 6, "expected": 0.2, "p_adjusted": 0.002}
    matrix = planted.co_occurrence(1000, ())["given"]
    empty = [[None if i == j else 0.0 for j in range(12)] for i in range(12)]
    block = planted.co_occurrence(1000, ())
    rare["labels"] = [block["labels"][10], block["labels"][11]]
    found = told(pairs=[rare], given=matrix, true=empty, true_pairs=[rare])
    for table in (
        section.in_domain_together(found).table,
        section.domains_together(
            planted.fields(planted.planted_report([planted.domain(co_occurrence=block | {"pairs": [rare]})]))
        ).table,
    ):
        assert any({*rare["labels"]} <= {cell.shown for cell in row} for row in table.rows)


def test_pairs_on_fewer_than_ten_texts_are_not_called_sure(told):
    few = {"labels": ["joy", "love"], "n": 9, "expected": 0.01, "p_adjusted": 1e-6}
    some = {"labels": ["anger", "love"], "n": 10, "expected": 0.1, "p_adjusted": 0.01}
    many = {"labels": ["anger", "annoyance"], "n": 90, "expected": 20.0, "p_adjusted": 1e-6}
    block = told(pairs=[few, some, many]).fields("in_domain").fields("co_occurrence")
    assert [pair.n for pair in say.sure_pairs(block)] == [10, 90]
    assert [pair.n for pair in say.pairs_beyond_chance(block)] == [9, 10, 90]


def test_domains_have_a_picture_each_and_reports_without_the_key_have_none(planted):
    names = ("a", "b", "日本語🙂 نص", "d", "e")
    figure = section.domains_together(
        planted.fields(planted.planted_report([planted.domain(name) for name in names]))
    )
    assert (len(figure.panels), len(figure.more)) == (4, 1)
    old = planted.planted_report([planted.domain(co_occurrence=None)], in_domain={"n": 9})
    assert 'id="fig-together"' not in render(old)
    assert 'id="fig-away-together"' not in render(old)


def test_many_domains_with_pairs_are_counted_after_the_third(planted):
    report = planted.fields(planted.planted_report([planted.domain(f"d{i}") for i in range(5)]))
    said = say.domains_together(report)
    assert said.count("annoyance and anger") == 3
    assert said.endswith("So do labels on 2 other domains.")
