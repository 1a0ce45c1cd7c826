"""The ladder in the report: its sentence, its picture, and what is said where there is none."""

from xml.etree import ElementTree

import pytest

from goemox.report.charts.ladder import LadderRow, Spoken
from goemox.report.charts.rungs import rungs_chart
from goemox.report.charts.sure_right import SureRow, sure_right
from goemox.report.page import render
from goemox.report.sections.ladder import ladder
from goemox.report.sentences import ladder as say


def test_the_sentence_names_the_largest_step_and_where_silence_ended(planted):
    assert say.ladder(planted.fields(planted.ladder())) == (
        "Macro-F1 went from 0.018 to 0.546, the largest step (+0.381) by “release”. Texts given no "
        "emotion fell from 100% to 27% on GoEmotions dev (neutral alone by people: 29%) and from 100% to 76% "
        "on Hacker News titles."
    )


def test_a_flat_ladder_is_no_finding(planted):
    rungs = [planted.ladder_rung(i, f"r{i}", 0.5, 0.3, 0.0, 0.9) for i in (1, 2, 3)]
    said = say.ladder(planted.fields(planted.ladder(*rungs)))
    assert "the repairs did not raise it" in said
    assert "fell" not in said
    assert "did not become fewer from 30% to 30% on GoEmotions dev" in said


def test_the_note_says_when_where_and_how_it_was_measured(planted):
    said = say.measured(planted.fields(planted.ladder()))
    assert said.startswith(
        "Not this run: measured on 5,426 texts of GoEmotions dev and 2,000 Hacker News titles, 2026-11-26, "
        "on AMD EPYC with 2 cores."
    )
    assert "mean of 3 trainings of the release recipe, not this very file" in said
    assert said.endswith("The command that repeats it stands in Method and data.")
    page = render(planted.planted_report())
    method = page[page.index('<section id="method"') :]
    assert page.count("goemox reproduce --data PATH/goemotions --output-dir DIR") == 1
    assert "goemox reproduce --data PATH/goemotions --output-dir DIR" in method
    assert say.measured(planted.fields(planted.ladder(quick=True))).startswith("Quick version")


def test_a_model_that_does_not_ship_has_a_sentence_instead(planted):
    block = ladder(planted.fields(planted.planted_report(ladder=None)))
    assert block.paragraphs == (say.NO_LADDER,)
    page = render(planted.planted_report(ladder=None))
    assert "fig-ladder" not in page
    assert "for this one it is not known" in page


def test_each_rung_stands_with_its_numbers_where_they_belong():
    rows = [
        LadderRow("naive", "first label only", 0.0, (0.0, 0.0), (Spoken(1.0, 0.0, ()), Spoken(0.5, 0.5, ()))),
        LadderRow(
            "release", "all of it " * 20, 0.3, (0.25, 0.35), (Spoken(0.25, 0.0, ()), Spoken(0.8, 0.1, ()))
        ),
    ]
    root = ElementTree.fromstring(
        rungs_chart("k", "t", "d", [("GoEmotions dev", 0.3), ("Hacker News titles", None)], rows)
    )
    words = [node.text for node in root.iter("text")]
    for shown in ("1  naive", "2  release", "0.000", "0.300", "25%", "90%", "macro-F1"):
        assert shown in words
    dots = [node.get("cx") for node in root.iter("circle")][1:]
    assert dots[0] == "1.60%"  # room for the dot at 0
    assert float(dots[1].rstrip("%")) > float(dots[0].rstrip("%"))
    bars = [node for node in root.iter("rect") if node.get("height") == "10"]
    assert [bar.get("class") for bar in bars] == [
        "neutral",
        "neutral",
        "track",
        "neutral",
        "neutral",
        "track",
    ]
    widths = [float(bar.get("width").rstrip("%")) for bar in bars]
    assert widths[0] == pytest.approx(2 * widths[1], abs=0.02)
    edges = [float(node.get("x").rstrip("%")) + w for node, w in zip(bars, widths, strict=True)]
    assert max(edges) <= 100
    ticks = [node for node in root.iter("line") if node.get("class") == "tick"]
    assert len(ticks) == 1 + len(rows)  # the key's, and people's share on the one place where it is known


def test_sure_and_right_share_an_axis():
    root = ElementTree.fromstring(sure_right("k", "t", "d", [SureRow("naive model", 0.58, 0.39, 0.36, 0.42)]))
    tick = [node for node in root.iter("line") if node.get("class") == "tick"][-1]
    assert tick.get("x1") == "58.00%"
    assert [node.get("cx") for node in root.iter("circle")][-1] == "39.00%"
    assert "says 0.58, true 0.39" in [node.text for node in root.iter("text")]
    assert "naive model: says 0.58, true 0.39 (0.36 to 0.42)" in [node.text for node in root.iter("title")]
