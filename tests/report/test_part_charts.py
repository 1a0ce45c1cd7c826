"""Pictures of periods and groups put each number in its place, and show what is missing as missing."""

from xml.etree import ElementTree

import pytest

from goemox.report.charts.group_dots import GroupDot, group_dots
from goemox.report.charts.timeline import Period, time_panel


def marks(root, tag, class_):
    return [node for node in root.iter(tag) if class_ in (node.get("class") or "").split()]


def words(root):
    return [node.text for node in root.iter("text")]


def period(name, n, share, few=False):
    around = None if share is None else 0.1
    return Period(name, n, share, around and max(share - around, 0), around and share + around, few)


def drawn(periods, home=None, highest=1.0):
    panel = time_panel("k", "joy", "rose", "d", periods, home, highest, domain="issues", moved=True)
    return ElementTree.fromstring(panel)


def test_the_line_breaks_where_a_period_is_empty_and_time_goes_on():
    sizes = [("2019", 50, 0.2), ("2020", 60, 0.4), ("2021", 0, None), ("2022", 50, 0.3), ("2023", 80, 0.5)]
    root = drawn([period(*each) for each in sizes])
    lines = [node.get("points").split() for node in marks(root, "polyline", "smooth-line")]
    assert [len(points) for points in lines] == [2, 2]
    x = [float(point.split(",")[0]) for points in lines for point in points]
    assert x[2] - x[1] == pytest.approx(2 * (x[1] - x[0]), abs=0.2)
    assert len(marks(root, "polygon", "ribbon")) == 2
    assert len(marks(root, "rect", "track")) == 4


def test_higher_shares_stand_higher():
    root = drawn([period("2019", 50, 0.1), period("2020", 60, 0.5), period("2021", 70, 0.9)])
    y = [float(node.get("cy")) for node in marks(root, "circle", "dot")]
    assert y == sorted(y, reverse=True)


def test_a_period_of_few_texts_has_its_numbers_but_no_point_unless_all_are_so():
    root = drawn([period("2019", 9, 0.9, few=True), period("2020", 60, 0.5), period("2021", 70, 0.4)])
    assert len(marks(root, "circle", "dot")) == 2
    assert marks(root, "rect", "unseen-bar")[0][0].text.startswith("2019: 90%")
    thin = drawn([period(str(year), 9, 0.5, few=True) for year in range(2010, 2016)])
    assert len(marks(thin, "circle", "hollow")) == 6


def test_a_period_between_gaps_is_a_point_with_its_interval():
    root = drawn([period("2019", 60, 0.2), period("2020", 0, None), period("2021", 70, 0.4)])
    assert marks(root, "polyline", "smooth-line") == []
    assert len(marks(root, "line", "band")) == len(marks(root, "circle", "dot")) == 2


def test_each_period_says_its_numbers_and_the_panel_names_what_it_is_about():
    root = drawn([period("2019", 60, 0.2), period("2020", 0, None)], home=0.3)
    hovers = [node[0].text for node in marks(root, "rect", "unseen-bar")]
    assert hovers == ["2019: 20% (10% to 30%) of 60 texts", "2020: 0 texts"]
    assert (root.get("data-domain"), root.get("data-label")) == ("issues", "joy")
    assert {"joy", "rose", "in domain 30%", "2019", "2020", "60"} <= set(words(root))


@pytest.mark.parametrize("home", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("level", [0.02, 0.5, 0.98])
def test_the_name_of_the_dashed_line_stays_inside_and_off_the_line_where_it_can(home, level):
    root = drawn([period(str(2000 + i), 60, level) for i in range(12)], home=home)
    (label,) = (node for node in root.iter("text") if (node.text or "").startswith("in domain"))
    assert 24 <= float(label.get("y")) <= 116
    assert 36 <= float(label.get("x")) <= 254
    line = float(marks(root, "circle", "dot")[0].get("cy"))
    assert abs(line - (float(label.get("y")) - 4)) >= 5


def test_long_lines_carry_no_dots():
    root = drawn([period(str(i), 60, 0.5) for i in range(30)])
    assert marks(root, "circle", "dot") == []
    assert len(marks(root, "polyline", "smooth-line")) == 1


def test_groups_stand_in_their_order_and_those_not_compared_are_hollow():
    dots = [
        GroupDot("a", "a long name", 90, 0.2, 0.1, 0.3, full=True),
        GroupDot("b", "b", 9, 0.6, 0.2, 1.0, full=False),
        GroupDot("c", "c", 0, None, None, None, full=False),
    ]
    root = ElementTree.fromstring(
        group_dots("k", "joy", "differs", "d", dots, 0.25, 0.8, domain="issues", moved=True)
    )
    first, second = marks(root, "circle", "dot")
    assert float(first.get("cx")) < float(second.get("cx"))
    assert "hollow" not in first.get("class")
    assert "hollow" in second.get("class")
    reference = float(marks(root, "line", "reference")[0].get("x1"))
    assert float(first.get("cx")) < reference < float(second.get("cx"))
    assert "a long name: joy 20% (10% to 30%) of 90 texts" in [node.text for node in root.iter("title")]
    # an interval that is wider than the axis ends with it
    assert max(float(node.get("x2")) for node in marks(root, "line", "whisker")) <= 254
