"""The distance section's pictures: a row or panel a domain, each number where it belongs, none of few."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from goemox.report.charts.histogram import Shares
from goemox.report.charts.ridge import RidgeRow, ridge
from goemox.report.charts.scatter import Dot, scatter
from goemox.report.charts.told_apart import ApartRow, Area, told_apart
from goemox.report.page import render
from goemox.report.sections import distance
from goemox.report.sections.text_map import text_map

EDGES = tuple(float(edge) for edge in range(10, 51, 10))
FLAT = Shares(EDGES, (0.25, 0.25, 0.25, 0.25))
LEFT = Shares(EDGES, (1.0, 0.0, 0.0, 0.0))


def read(markup):
    return ElementTree.fromstring(markup)


def marks(root, tag, class_):
    return [node for node in root.iter(tag) if class_ in (node.get("class") or "").split()]


def words(root):
    return [node.text for node in root.iter("text")]


def corners(node):
    return [tuple(map(float, corner.split(","))) for corner in node.get("points").split()]


def row(name="titles", matched=(FLAT, None)):
    return RidgeRow(name, "n = 9", ("told apart 0.9",), "50% outside", FLAT, LEFT, matched)


def test_a_ridge_is_as_high_as_its_share_and_level_where_shares_are():
    root = read(ridge("k", "t", "d", [row()], cut=30.0, highest=1.0, home="held-out texts"))
    (here,) = marks(root, "polygon", "ridge-fill")
    bottom = max(y for _, y in corners(here))
    tops = {y for _, y in corners(here) if y < bottom}
    home = corners(marks(root, "polyline", "home")[0])
    assert len(tops) == 1
    assert bottom - tops.pop() == pytest.approx((bottom - home[0][1]) / 4, abs=0.5)
    assert home[-1][1] == bottom


def test_the_cut_stands_at_its_distance_in_every_row():
    root = read(ridge("k", "t", "d", [row("a"), row("b")], cut=30.0, highest=1.0, home="held-out texts"))
    _key, *cuts = marks(root, "line", "cut")
    assert [cut.get("x1") for cut in cuts] == ["200", "200"]  # the middle of 400 units: 30 on 10 to 50
    assert "95% of held-out texts lie left of it" in words(root)
    assert marks(read(ridge("k", "t", "d", [row()], None, 1.0, "held-out texts")), "line", "cut") == []


def test_each_row_belongs_to_its_domain_and_rows_do_not_overlap():
    root = read(
        ridge("k", "t", "d", [row("a"), row("b", None), row("c", (FLAT, LEFT))], 30.0, 1.0, "held-out texts")
    )
    assert [node.get("data-domain") for node in root.iter("g") if node.get("data-domain")] == ["a", "b", "c"]
    frames = [node for node in root if node.tag == "g"]
    tops = [float(next(node.iter("svg")).get("y")) for node in frames]
    assert all(b - a > 100 for a, b in pairwise(tops))


def test_the_key_names_only_what_is_drawn():
    without = words(read(ridge("k", "t", "d", [row(matched=None)], 30.0, 1.0, "held-out texts")))
    assert not [each for each in without if each and "same lengths" in each]
    both = words(read(ridge("k", "t", "d", [row(matched=(FLAT, LEFT))], 30.0, 1.0, "held-out texts")))
    assert len([each for each in both if each and "same lengths" in each]) == 2


def test_the_last_bin_says_that_it_holds_what_lies_beyond():
    hovers = [
        node.find("title").text
        for node in read(ridge("k", "t", "d", [row()], 30.0, 1.0, "held-out texts")).iter("rect")
        if node.get("class") == "unseen-bar"
    ]
    assert hovers[0] == "10.0 to 20.0: 25% here, 100% of held-out texts"
    assert hovers[-1] == "40.0 and more: 25% here, 0% of held-out texts"


def test_areas_stand_at_their_values_beside_what_length_alone_gives():
    rows = [ApartRow("titles", "", Area(0.9, 0.88, 0.92), Area(0.75), 0.7)]
    root = read(told_apart("k", "t", "d", rows))
    group = next(node for node in root.iter("g") if node.get("data-domain") == "titles")
    assert [dot.get("cx") for dot in marks(group, "circle", "dot")] == ["50.00%", "80.00%"]
    assert marks(group, "line", "tick")[0].get("x1") == "40.00%"
    assert len(marks(group, "line", "whisker")) == 1


def test_areas_below_chance_have_room():
    root = read(told_apart("k", "t", "d", [ApartRow("titles", "", Area(0.43, 0.41, 0.45), None, None)]))
    (dot,) = (node for node in marks(root, "circle", "dot") if node.find("title") is not None)
    assert float(dot.get("cx").rstrip("%")) > 5
    assert "0.3" in words(root)


def test_points_of_one_label_stand_together_and_outside_ones_are_filled():
    dots = [
        Dot(0.0, 0.0, "joy", "a", False),
        Dot(1.0, 1.0, "anger", "b", True),
        Dot(0.5, 0.5, "joy", "c", None),
    ]
    root = read(scatter("k", "titles", "3 of 9", "12% of neighbours", dots, [(0.2, 0.2)], "held-out texts"))
    assert root.get("data-domain") == "titles"
    groups = {(node.get("class"), node.get("data-label")): node for node in root.iter("g")}
    assert {kind: len(node) for kind, node in groups.items()} == {
        ("point", "joy"): 2,
        ("point far", "anger"): 1,
    }
    low, high = (float(groups[kind][0].get("cy")) for kind in (("point", "joy"), ("point far", "anger")))
    assert low > high  # upward is up


def test_a_map_of_one_or_two_domains_takes_the_width_of_the_page(planted):
    for n, layout, wide in ((1, "pair", 400), (2, "pair", 400), (3, "panels", 264)):
        report = planted.planted_report([planted.domain(f"d{i}") for i in range(n)])
        figure = text_map(planted.fields(report))
        assert (figure.layout, len(figure.panels)) == (layout, n)
        across, down = map(float, read(figure.panels[0]).get("viewBox").split()[2:])
        assert across == wide
        places = [float(node.get("cx")) for node in read(figure.panels[0]).iter("circle")]
        assert max(places) <= across
        assert down > across


def test_the_ridge_has_the_page_to_itself_and_what_tells_the_sides_apart_stands_beside_its_words(planted):
    page = render(planted.planted_report([planted.domain()]))
    assert '<figure id="fig-distance" class="whole as-wide">' in page
    assert '<figure id="fig-told-apart" class="alone as-half">' in page


def test_the_section_has_three_figures_with_their_tables(planted):
    page = render(planted.planted_report())
    for key in ("fig-distance", "fig-told-apart", "fig-map"):
        assert page.count(f'<figure id="{key}"') == 1
        assert f'id="{key}-numbers"' in page
    section = distance.section(planted.fields(planted.planted_report()))
    assert [block.kind for block in section.blocks] == ["figure"] * 3


def test_the_length_only_baseline_is_printed_beside_ours(planted):
    page = render(planted.planted_report([planted.domain()]))
    assert "told apart 0.92 (0.90 to 0.94)" in page
    assert "same length 0.88, length alone 0.72" in page


@pytest.mark.parametrize("n", [1, 49])
def test_few_texts_have_no_row_that_could_be_read_as_a_spread(planted, n):
    section = distance.section(planted.fields(planted.planted_report([planted.domain("tiny", n=n)])))
    assert "fig-distance" not in [getattr(block, "key", "") for block in section.blocks]
    assert "too few to compare" in section.blocks[0].paragraphs[0]


def test_reports_of_older_versions_keep_their_words_and_table(planted):
    report = planted.planted_report([planted.domain()], map=None)
    report["domains"][0]["distance"] |= {"ridge": None, "told_apart": None}
    section = distance.section(planted.fields(report))
    assert [block.kind for block in section.blocks] == ["prose", "table"]
    assert "54% of hackernews" in section.blocks[0].paragraphs[0]


@pytest.mark.parametrize(
    "broken",
    [
        {"target": [1, 2]}, {"edges": []}, {"target": [0] * 40}, {"matched_target": None}, {"cut": None},
        {"reference": [-1] * 40},
    ],
)  # fmt: skip
def test_a_ridge_that_contradicts_itself_is_left_out_or_drawn_without_its_part(planted, broken):
    report = planted.planted_report([planted.domain()])
    report["domains"][0]["distance"]["ridge"] |= broken
    render(report)


@pytest.mark.parametrize("key", ["label", "score", "percentile", "text", "id", "reference_x", "shown", "x"])
def test_a_map_without_a_part_is_drawn_without_it(planted, key):
    report = planted.planted_report([planted.domain()])
    report["map"]["sets"][0][key] = None
    render(report)


def test_foreign_texts_are_shown_on_hover_and_never_run(planted):
    report = planted.planted_report([planted.domain()])
    nasty = [
        "<script>alert(1)</script>",
        "evil\u202eeman \x1b[31m",
        "\U0001f600" * 80,
        "",
        "a\nb",
        "x" * 10_000,
    ]
    report["map"]["sets"][0]["text"][: len(nasty)] = nasty
    page = render(report)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "\u202e" not in page
    assert "x" * 91 not in page


def test_the_map_stays_small_however_long_its_texts_and_many_its_domains(planted):
    for count, shown in ((3, 400), (30, 40)):
        report = planted.planted_report([planted.domain(f"d{i}") for i in range(count)])
        for found in report["map"]["sets"]:
            for key in ("x", "y", "reference_x", "reference_y", "score", "percentile"):
                found[key] = (found[key] * shown)[:shown]
            found["label"], found["text"] = ["disappointment"] * shown, ["emoji é " * 11] * shown
        figure = re.search(r'<figure id="fig-map".*?</figure>', render(report), re.DOTALL)[0]
        assert len(figure.encode()) < 300_000


def test_panels_beyond_six_wait_behind_a_switch(planted):
    figure = text_map(planted.fields(planted.planted_report([planted.domain(f"d{i}") for i in range(9)])))
    assert (len(figure.panels), len(figure.more)) == (6, 3)
