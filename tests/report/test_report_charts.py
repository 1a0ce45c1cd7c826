"""Charts put each number where it belongs."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from goemox.report.charts.bars import DotRow, StackedRow, dot_rows, interval_bar, stacked_bars
from goemox.report.charts.dots import LabelDot, label_dots
from goemox.report.charts.heatmap import Grid, heatmap
from goemox.report.charts.histogram import HistogramPanel, Shares, histogram
from goemox.report.charts.panels import KeyLine
from goemox.report.charts.reliability import ReliabilityBin, SmoothLine, SmoothPoint, reliability_curve


def read(markup):
    return ElementTree.fromstring(markup)


def marks(root, tag, class_):
    return [node for node in root.iter(tag) if class_ in (node.get("class") or "").split()]


def test_stacked_bars_are_as_long_as_their_shares_and_write_only_what_fits():
    rows = [StackedRow("here", "n = 9", {"neutral": 0.6, "admiration": 0.05, "others": 0.35})]
    root = read(stacked_bars("k", "t", "d", rows))
    assert [part.get("width") for part in marks(root, "rect", "part")] == ["60.00%", "5.00%", "35.00%"]
    assert [part.get("x") for part in marks(root, "rect", "part")] == ["0.00%", "60.00%", "65.00%"]
    words = [node.text for node in root.iter("text")]
    assert "60%" in words
    assert "5.0%" not in words
    below = next(node for node in root.iter("text") if node.text == "admiration 5.0%")
    assert float(below.get("y")) > float(marks(root, "rect", "part")[0].get("y")) + 22
    assert root.get("height") == "102"


def test_bars_without_narrow_parts_leave_no_room_below():
    rows = [StackedRow("here", "n = 9", {"neutral": 0.5, "admiration": 0.0, "others": 0.5})]
    assert read(stacked_bars("k", "t", "d", rows)).get("height") == "80"


def test_no_rows_make_an_empty_picture_not_an_error():
    assert read(stacked_bars("k", "t", "d", [])).get("height") == "30"


def test_a_dot_sits_inside_its_whisker():
    root = read(dot_rows("k", "t", "d", [DotRow("model", 0.5, 0.4, 0.6, strong=True)], top=1.0))
    whisker = marks(root, "line", "whisker")[0]
    assert (whisker.get("x1"), marks(root, "circle", "dot")[0].get("cx"), whisker.get("x2")) == (
        "40.00%", "50.00%", "60.00%",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("top", "ticks"),
    [
        (1.0, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (0.6, ["0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6"]),
        (0.15, ["0", "0.05", "0.10", "0.15"]),
        (0.02, ["0", "0.005", "0.010", "0.015", "0.020"]),
    ],
)
def test_the_axis_of_dots_has_round_steps_whatever_its_end(top, ticks):
    root = read(dot_rows("k", "t", "d", [DotRow("model", 0.01)], top=top))
    axis = [node.text for node in marks(root, "text", "muted")]
    assert axis == ticks


def test_a_dot_lies_nearer_to_its_own_name_than_to_the_next():
    root = read(dot_rows("k", "t", "d", [DotRow("one", 0.5), DotRow("two", 0.4)]))
    names = {node.text: float(node.get("y")) for node in root.iter("text")}
    dot = float(marks(root, "circle", "dot")[0].get("cy"))
    letters = 12
    assert dot - names["one"] < (names["two"] - letters - dot) * 1.4
    assert all(float(node.get("y1")) > names["one"] for node in marks(root, "line", "grid"))


def test_an_interval_bar_without_interval_has_no_whisker_and_is_silent():
    root = read(interval_bar(0.5, None, None))
    assert marks(root, "line", "whisker") == []
    assert root.get("aria-hidden") == "true"


def test_histogram_bars_are_as_high_as_their_share_of_the_axis():
    bars = Shares((0.0, 0.5, 1.0), (0.25, 0.75))
    panel = HistogramPanel("x", "", bars, (KeyLine("box", "calibrated", "a"),), outline=bars, levels=(0.5,))
    root = read(histogram("k", "d", panel, highest=1.0, x_label="p"))
    low, high = (float(node.get("height")) for node in marks(root, "rect", "calibrated")[1:])
    assert high == pytest.approx(3 * low)
    assert len(marks(root, "path", "softmax-line")) == 1
    assert len(marks(root, "line", "reference")) == 1


def grid(values, **more):
    names = [f"l{i}" for i in range(len(values))]
    return Grid(names, names, values, lambda v: f"{v:.1f}", lambda i, j: f"{i},{j}", **more)


def test_a_cell_is_shaded_by_its_value_and_says_it():
    root = read(heatmap("k", "t", "d", grid([[0.0, 1.0], [0.5, None]], outlined=True)))
    cells = [node.get("class") for node in root.iter("rect")]
    assert cells == ["blue-0", "blue-10", "blue-5", "missing", "frame", "frame"]
    assert [node.text for node in marks(root, "text", "number")] == ["0.0", "1.0", "0.5"]


def test_letters_are_as_large_beside_few_cells_as_beside_many():
    few, many = (read(heatmap("k", "t", "d", grid([[0.0] * n] * n))).get("viewBox") for n in (3, 11))
    assert float(few.split()[2]) == pytest.approx(float(many.split()[2]), rel=0.06)


def test_a_large_number_of_texts_keeps_clear_of_the_last_cell():
    root = read(heatmap("k", "t", "d", grid([[0.0]], aside=("n", ["1,234,567"]))))
    words = next(node for node in root.iter("text") if node.text == "1,234,567")
    cell = next(root.iter("rect"))
    assert float(words.get("x")) - 9 * 6.2 > float(cell.get("x")) + float(cell.get("width"))


def test_a_negative_correlation_takes_the_other_hue():
    root = read(heatmap("k", "t", "d", grid([[-1.0]])))
    assert next(root.iter("rect")).get("class") == "orange-10"


def test_a_heatmap_of_many_sets_asks_for_room_to_scroll():
    sizes = {n: read(heatmap("k", "t", "d", grid([[0.0] * n] * n))).get("class") for n in (4, 16, 28)}
    assert sizes == {4: "chart", 16: "chart broad", 28: "chart vast"}


def test_a_label_that_did_not_move_is_hollow():
    dots = [LabelDot("joy", 0.04, 0.03, 0.05, 0.04, full=False), LabelDot("fear", 0.16, None, None, 0.01)]
    root = read(label_dots("k", "x", "", "d", dots, (), highest=1.0))
    joy, fear = marks(root, "circle", "dot")
    assert "hollow" in joy.get("class").split()
    assert "hollow" not in fear.get("class").split()


def test_a_long_label_is_cut_where_it_is_drawn_and_whole_in_its_hover():
    label = "customer_is_grateful"
    root = read(label_dots("k", "x", "", "d", [LabelDot(label, 0.04, None, None, None)], (), highest=1.0))
    assert "customer_is_g…" in [node.text for node in root.iter("text")]
    assert [node.text for node in root.iter("title")][1:] == [f"{label}: 4.0%"]
    assert [node.get("data-label") for node in root.iter("g")] == [label]


def test_label_dots_stand_on_a_square_root_axis():
    dots = [LabelDot("a", share, None, None, None) for share in (0.0, 0.04, 0.16)]
    root = read(label_dots("k", "x", "", "d", dots, (), highest=1.0))
    none, small, large = (float(node.get("cx")) for node in marks(root, "circle", "dot"))
    assert large - none == pytest.approx(2 * (small - none), abs=0.02)


def test_no_two_ticks_of_the_label_axis_touch():
    for highest in (0.02, 0.05, 0.1, 0.2, 0.3, 0.6, 1.0):
        root = read(label_dots("k", "x", "", "d", [], (), highest))
        ticks = [float(n.get("x")) for n in root.iter("text") if (n.text or "").endswith("%")]
        assert min(b - a for a, b in pairwise(ticks)) > 24


def test_a_perfect_bin_lies_on_the_diagonal():
    bins = [ReliabilityBin(0.25, 0.25, 10, 0.1, 0.4), ReliabilityBin(0.5, 0.9, 10, None, None)]
    root = read(reliability_curve("k", "x", "", "d", bins))
    line = marks(root, "line", "reference")[0]
    x1, y1, x2, y2 = (float(line.get(key)) for key in ("x1", "y1", "x2", "y2"))
    first = marks(root, "circle", "dot")[0]
    part = (float(first.get("cx")) - x1) / (x2 - x1)
    assert (float(first.get("cy")) - y1) / (y2 - y1) == pytest.approx(part, abs=0.001)
    assert len(marks(root, "line", "band")) == 1
    assert not marks(root, "polyline", "smooth-line")  # evaluations from before there was a curve


def test_a_smooth_curve_lies_within_its_band_and_says_its_error():
    points = [
        SmoothPoint(0.0, 0.0, 0.0, 0.1),
        SmoothPoint(0.5, 0.5, 0.4, 0.6),
        SmoothPoint(1.0, 1.0, 0.9, 1.0),
    ]
    root = read(reliability_curve("k", "x", "", "d", [], SmoothLine(points, 0.0123)))
    diagonal = marks(root, "line", "reference")[0]
    corners = [
        corner.split(",") for corner in marks(root, "polyline", "smooth-line")[0].get("points").split()
    ]
    assert float(corners[0][1]) == pytest.approx(float(diagonal.get("y1")), abs=0.1)
    assert float(corners[-1][0]) == pytest.approx(float(diagonal.get("x2")), abs=0.1)
    (ribbon,) = marks(root, "polygon", "ribbon")
    assert len(ribbon.get("points").split()) == 6
    assert any("smooth error 0.012" in (node.text or "") for node in root.iter("text"))
