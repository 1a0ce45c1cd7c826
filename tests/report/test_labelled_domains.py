"""A page asks for labels of a domain until it has them, and then says what they are worth."""

from goemox.domain_shift.limits import LABEL_ROWS
from goemox.report.sections.glance import glance
from goemox.report.sentences.summary import answers, headline


def read(planted, *domains):
    return planted.fields(planted.planted_report(list(domains)))


def said(report):
    return " ".join([*headline(report), *(words for _, each in answers(report) for words in each)])


def issues(planted, n_labelled, name="issues"):
    return planted.domain(name, n=150, outside=0.41) | {"n_labelled": n_labelled}


def test_a_domain_whose_texts_were_labelled_is_asked_for_no_more_labels(planted):
    words = said(read(planted, issues(planted, 109)))
    assert "Label about" not in words
    assert "goemox sample FILE" not in words
    worth = (
        "109 of the 150 texts of issues are labelled, and the in-domain figures are measured on these, too: "
        "they hold for the others as far as these were drawn at random."
    )
    assert words.count(worth) == 2  # in the story, and under what can be believed
    assert "Outside texts that carry a human label are 109 of issues: a share on a domain is what" in words


def test_the_labels_that_are_missing_are_asked_for_and_those_that_are_there_told(planted):
    words = said(read(planted, issues(planted, LABEL_ROWS - 1)))
    assert "Label about 100 texts of issues (99 are labelled) before you quote a figure from there." in words
    assert "Label about 100 texts of issues (99 are labelled), drawn at random, before any score" in words
    none = said(read(planted, issues(planted, 0)))
    assert "Label about 100 texts of issues before you quote" in none
    assert "No outside text here carries a human label" in none


def test_of_a_domain_of_few_texts_no_more_labels_are_asked_for_than_it_has_texts(planted):
    def few(n_labelled):
        return read(planted, issues(planted, n_labelled) | {"n": 60})

    assert "Label " not in said(few(60))
    assert "All 60 texts of issues are labelled, and" in said(few(60))
    assert "Label all 60 texts of issues (40 are labelled) before any score there is used." in said(few(40))
    assert "label all 60 texts first" in glance(few(0)).rows[1][1].shown
    both = said(read(planted, issues(planted, 0) | {"n": 60}, issues(planted, 0, "stories")))
    assert "Label about 100 texts, or all there are, of each before you quote" in both


def test_of_several_domains_only_those_without_labels_are_asked_for(planted):
    words = said(read(planted, issues(planted, 109), issues(planted, 0, "stories")))
    assert "Label about 100 texts of stories before you quote" in words
    assert "texts of issues before" not in words


def test_the_table_of_sets_tells_how_many_are_labelled_and_what_that_makes_of_the_numbers(planted):
    def row(n_labelled):
        return [cell.shown for cell in glance(read(planted, issues(planted, n_labelled))).rows[1]]

    assert row(109)[1] == "in-domain figures are of its labelled texts, too"
    assert "109 labelled" in row(109)
    assert "label 100 texts first" in row(0)[1]
    assert "not labelled" in row(0)
