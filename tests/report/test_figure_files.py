"""Figures as SVG files: whole, named by their keys, readable alone, and the same bytes each time."""

import re
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from goemox.report.blocks import Figure, Table
from goemox.report.figures import figure_file, reliability_figure
from goemox.report.files import figures, write_figures
from goemox.report.page import render
from goemox.report.svg import picture

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def files(planted):
    return figures(planted.planted_report())


def size(svg):
    return float(svg.get("width")), float(svg.get("height"))


def test_every_figure_of_the_page_is_a_file_of_its_key(planted, files, tmp_path):
    report = planted.planted_report()
    on_page = re.findall(r'<figure id="([^"]+)"', render(report))
    assert list(files) == on_page
    written = write_figures(report, tmp_path / "deep" / "figures")
    assert [file.name for file in written] == [f"{key}.svg" for key in on_page]
    assert written[0].read_text(encoding="utf-8") == files[on_page[0]]


def test_each_is_xml_with_title_description_and_caption_in_words(files):
    for svg in files.values():
        root = ElementTree.fromstring(svg)
        title, desc = root.find(f"{SVG}title").text, root.find(f"{SVG}desc").text
        assert title
        assert desc
        words = [node.text for node in root.findall(f"{SVG}text")]
        assert " ".join(words) == " ".join(f"{title} {desc}".split())


def test_panels_stand_in_a_grid_and_none_leaves_the_picture_or_lies_on_another(files):
    for key, svg in files.items():
        root = ElementTree.fromstring(svg)
        wide, high = size(root)
        assert wide <= 1300, key
        boxes = [(float(p.get("x")), float(p.get("y")), *size(p)) for p in root.findall(f"{SVG}svg")]
        assert boxes
        for i, (x, y, w, h) in enumerate(boxes):
            assert x + w <= wide
            assert y + h <= high
            for x2, y2, w2, h2 in boxes[:i]:
                assert x >= x2 + w2 or x2 >= x + w or y >= y2 + h2 or y2 >= y + h


def test_colours_are_written_in_so_that_no_page_is_needed(files):
    for svg in files.values():
        assert "var(--" not in svg
        assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")


def test_the_same_report_gives_the_same_bytes(planted, files):
    assert figures(planted.planted_report()) == files


def test_characters_that_xml_forbids_do_not_break_the_file():
    name = "a\ufffe\u0001 <b>&"
    drawing = picture("k-1", 264, 100, name, "d", [])
    figure = Figure("k", name, "One sentence.", (drawing,), Table("t", "c", (), ()))
    root = ElementTree.fromstring(figure_file(figure))
    assert root.find(f"{SVG}title").text == "a\ufffd\ufffd <b>&"


def test_a_drawing_as_wide_as_its_place_gets_a_size():
    drawing = Markup('<svg class="chart fluid" width="100%" height="77"><rect width="50%" height="9"/></svg>')
    figure = Figure("k", "T", "S.", (drawing, drawing), Table("t", "c", (), ()))
    first, second = ElementTree.fromstring(figure_file(figure)).findall(f"{SVG}svg")
    assert size(first) == size(second) == (640.0, 77.0)
    assert first.find(f"{SVG}rect").get("width") == "50%"
    assert float(second.get("y")) >= float(first.get("y")) + 77


def test_a_long_sentence_is_broken_into_lines_that_fit():
    drawing = picture("k-1", 264, 100, "n", "d", [])
    figure = Figure("k", "T", "word " * 120, (drawing,), Table("t", "c", (), ()))
    root = ElementTree.fromstring(figure_file(figure))
    longest = max(len(node.text) for node in root.findall(f"{SVG}text"))
    assert longest * 6.6 <= size(root)[0]


def test_reliability_curves_of_an_evaluation_are_a_picture_too(planted):
    svg = reliability_figure(planted.reliability(), "Reliability of planted on 5,427 texts")
    root = ElementTree.fromstring(svg)
    assert root.find(f"{SVG}title").text == "Reliability of planted on 5,427 texts"
    assert len(root.findall(f"{SVG}svg")) == 10
    assert "all labels" in svg
