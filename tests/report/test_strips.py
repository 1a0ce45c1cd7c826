"""Score strips: counts become shapes, and only labels of enough texts become findings."""

from xml.etree.ElementTree import fromstring as read

import pytest

from goemox.report.charts.strips import Strip, strips
from goemox.report.page import render
from goemox.report.sections.strips import strip_figure
from goemox.report.sentences.strips import score_strips


def marks(root, tag, class_):
    return [node for node in root.iter(tag) if class_ in (node.get("class") or "").split()]


@pytest.fixture
def told(planted):
    def make(*found, **scores):
        rows = [
            {"label": label, "precision": p, "recall": r, "support": 90, "f1": 0.5}
            for label, (p, r) in scores.items()
        ]
        inside = {**planted.in_domain(), "score_strips": list(found), "per_label": rows}
        return planted.fields(planted.planted_report(in_domain=inside))

    return make


def test_a_label_that_is_parted_from_the_rest_stands_clear(told, planted):
    report = told(planted.score_strip("IT issue", 90), **{"IT issue": (0.9, 0.95)})
    assert score_strips(report) == (
        "The label IT issue stands clear of the rest: at least 75% of what is given is right, "
        "and 75% of what is true is found."
    )


def test_a_hopeless_label_never_stands_clear_and_its_cut_is_said_to_miss(told, planted):
    report = told(planted.score_strip("joy", 90, parted=False), joy=(0.0, 0.0))
    assert score_strips(report) == "At least half of the true texts lie below the cut for joy (100%)."


def test_between_the_two_there_is_no_finding(told, planted):
    report = told(planted.score_strip("joy", 90), joy=(0.5, 0.9))
    assert score_strips(report).startswith("No label stands clear of the rest, and no cut leaves")


@pytest.mark.parametrize("support", [0, 3, 29])
def test_labels_of_few_true_texts_are_no_finding_and_are_drawn_as_outlines(told, planted, support):
    report = told(planted.score_strip("joy", support), joy=(1.0, 1.0))
    assert score_strips(report) == "No label has 30 true texts, so no strip can be trusted."
    drawn = read(strip_figure(report).panels[0])
    assert len(marks(drawn, "path", "hollow")) == (1 if support else 0)
    words = [node.text for node in drawn.iter("text")]
    assert ("– · no true text" in words) == (support == 0)


def test_many_labels_below_their_cuts_are_counted_after_the_third(told, planted):
    labels = ("joy", "fear", "love", "anger", "grief")
    found = [planted.score_strip(label, 90, parted=False) for label in labels]
    assert score_strips(told(*found)).endswith("joy (100%), fear (100%), love (100%) and 2 other labels.")


def test_labels_without_a_cut_have_strips_without_one(told, planted):
    strip = planted.score_strip("joy", 90) | {"threshold": None, "positive_above": None}
    report = told(strip, joy=(0.5, 0.5))
    assert not marks(read(strip_figure(report).panels[0]), "line", "tick")[1:]  # the first is the key's
    assert "No label stands clear" in score_strips(report)


def test_a_strip_is_as_high_as_its_fullest_bin_on_each_side_and_the_cut_stands_at_its_root():
    row = Strip("joy", "", "h", (0.0, 0.25, 1.0), (1, 4), (50, 5), cut=0.25)
    root = read(strips("k", "t", "d", [row], "n"))
    up, down = (node.get("d") for node in root.iter("path"))
    assert up == "M0 13L0 10.0H200L200 1.0H400V13Z"
    assert down == "M0 13L0 25.0H200L200 14.2H400V13Z"
    assert marks(root, "line", "tick")[1].get("x1") == "50.00%"
    assert [node.get("data-label") for node in root.iter("g")] == ["joy"]


def test_strips_whose_bins_and_counts_disagree_are_left_out(told, planted):
    broken = planted.score_strip("joy", 90) | {"positive": [1, 2]}
    assert strip_figure(told(broken)) is None
    assert strip_figure(told()) is None
    assert 'id="fig-strips"' not in render(planted.planted_report(in_domain={"score_strips": [broken]}))


def test_every_label_has_its_strip_in_panels_of_seven(planted):
    figure = strip_figure(planted.fields(planted.planted_report()))
    assert [panel.count("data-label=") for panel in figure.panels] == [7, 7, 7, 7]
    assert len(figure.table.rows) == 28
