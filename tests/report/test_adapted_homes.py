"""No page says that an adapted model learned from the texts it was adapted on, nor 5% where it measured."""

import re

import pytest

from goemox.domain_shift.phrases import ADAPTED_TO
from goemox.report.markdown import markdown_summary as markdown
from goemox.report.page import render
from goemox.report.sections.glance import glance
from goemox.report.sentences.distance import distance
from goemox.report.sentences.own_texts import own_texts
from goemox.report.sentences.summary import headline, what_to_believe

LEARNED = ("learned from", "those of training", "training texts", "at home 5%", "in-domain texts 5%")


def adapted(planted, outside, shared=None, **more):
    """A report of a model that was adapted on texts of `issues`; shared: those among its own texts."""
    reference = {"name": ADAPTED_TO, "n": 150, "is_own": True, "n_shared": shared or 0}
    domain = planted.domain("issues", 150, outside=outside, reference=reference, **more)
    domain["distance"] |= {"home": "adapted"}
    domain["tests"]["whole"] = {"classifier": {"auroc": {"value": 0.5}}}
    return planted.planted_report([domain], in_domain=None)


@pytest.mark.parametrize("outside", [0.047, 0.1, 0.6])
def test_texts_far_or_near_are_set_beside_the_texts_that_an_adapted_model_was_adapted_on(planted, outside):
    report = planted.fields(adapted(planted, outside))
    for told in (" ".join(headline(report)), " ".join(what_to_believe(report)), distance(report)):
        assert "it was adapted on" in told
        assert not [words for words in LEARNED if words in told]
    assert [c.title for c in glance(report).columns][-1] == "Unlike the texts it was adapted on"
    assert "How unlike the texts that the model was adapted on each text is" in render(
        adapted(planted, outside)
    )


def test_texts_that_it_was_adapted_on_are_told_from_new_ones(planted):
    told = " ".join(headline(planted.fields(adapted(planted, 0.047, shared=141))))
    assert "At least 141 of the 150 texts of issues are those that it was adapted on: what is said" in told
    assert "At least" not in " ".join(headline(planted.fields(adapted(planted, 0.047))))


def far_at_home(planted, share, n=40, measured="now"):
    inside = planted.in_domain() | {
        "dataset": "labels.jsonl",
        "split": "all rows",
        "n": n,
        "measured": measured,
    }
    if share is not None:
        inside["distance"] = {"available": True, "home": "trained", "share_outside": share}
    return planted.fields(planted.planted_report([planted.domain()], in_domain=inside))


@pytest.mark.parametrize("kind", ["adaptation", "held-out"])
def test_texts_that_distances_are_from_are_named_apart_from_the_in_domain_set(planted, kind):
    """That set may be a reader's labelled rows, of which `in domain` is said in the other sections."""
    report = adapted(planted, 0.1)
    if kind == "held-out":
        mine = planted.in_domain() | {"dataset": "labelled.csv", "split": "all rows", "measured": "now"}
        report = planted.planted_report([planted.domain()], in_domain=mine)
    distance_section = re.search(r'<section id="distance".*?</section>', render(report), re.DOTALL)[0]
    for words in (
        f">{kind} texts<", f">{kind} texts of the same lengths<", f"95% of {kind} texts lie left of it",
        f"← as {kind} texts", f">17% {kind} neighbours (50% if alike)<", f"from {kind} texts best",
        f"nearest neighbours 17% on {report['domains'][0]['name']} are {kind} texts",
    ):  # fmt: skip
        assert words in distance_section
    assert not re.findall(r"in[- ]domain(?! set)", distance_section, re.IGNORECASE)


def home_cell(report):
    return glance(report).rows[0][-1].shown


def test_labelled_texts_of_ones_own_show_their_measured_share_and_never_five_percent_by_definition(planted):
    report = far_at_home(planted, 0.425)
    assert home_cell(report) == "42%"
    assert "of held-out texts 5% do, by definition, of labels.jsonl all rows 42%" in distance(report)
    assert "by definition" not in home_cell(far_at_home(planted, None))


def test_figures_of_the_release_keep_the_share_that_holds_by_definition(planted):
    assert home_cell(far_at_home(planted, None, measured="at release")) == "5%, by definition"


def test_the_markdown_table_of_labels_that_moved_names_the_reference_of_its_shares(planted):
    assert f"labels that moved | here | 150 texts of {ADAPTED_TO} |" in markdown(adapted(planted, 0.1))
    assert "| here | in domain |" not in markdown(adapted(planted, 0.1))


def test_texts_that_a_model_was_adapted_on_are_not_called_too_few(planted):
    report = adapted(planted, 0.047, shared=141)
    report["domains"][0]["distance"]["told_apart"] = None
    report["map"]["mixing"] = []
    page = render(report)
    assert page.count(">not compared: adapted on these texts<") == 2  # in the map, and beside the distances
    assert not re.findall("too few texts (?:to tell apart|for neighbours)", page)
    few = planted.fields(adapted(planted, 0.047, shared=1))
    assert "At least 1 of the 150 texts of issues is one that it was adapted on" in " ".join(headline(few))


@pytest.mark.parametrize(
    ("shared", "told"), [(14, "lie far from"), (15, "at least 15 of them are those that")]
)
def test_the_share_far_out_of_ones_own_texts_is_told_where_few_of_them_are_known(planted, shared, told):
    (said, *_) = own_texts(planted.fields(adapted(planted, 0.047, shared=shared)))
    assert told in said
