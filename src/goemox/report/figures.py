"""Figures as files of their own: one SVG that any browser or editor opens, with its style inside."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from markupsafe import Markup

from goemox.report.blocks import Figure
from goemox.report.charts.reliability import ReliabilityBin, SmoothLine, SmoothPoint, reliability_curve
from goemox.report.formats import count
from goemox.report.palette import LIGHT, resolved, step_rules
from goemox.report.svg import element, text
from goemox.report.texts import width

__all__ = ["figure_file", "reliability_figure"]

GAP = 24
PAGE = 1200  # the widest that panels are set side by side
NARROWEST = 520
FLUID = 640  # of a drawing that is as wide as its place
LETTER = 6.6  # mean width of a letter of 12 units
LINE = 16
NOTES = (
    "On the dashed line a probability is a frequency.",
    "Upright lines: the 90% bands that a perfectly calibrated model would stay in; shaded: the curve's band.",
)
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Panel:
    """A drawing taken apart: what its first tag says beside its size, its size, and all after that tag."""

    attributes: str
    width: float
    height: float
    rest: str

    @classmethod
    def of(cls, drawing: Markup) -> Panel:
        """Read `<svg …>`; one without a size of its own is `FLUID` wide."""
        head, rest = str(drawing).removeprefix("<svg").split(">", 1)
        box = re.search(r' viewBox="0 0 (\S+) (\S+)"', head)
        high = re.search(r' height="([\d.]+)"', head)
        if box:
            wide, tall = float(box[1]), float(box[2])
        else:
            wide, tall = float(FLUID), float(high[1]) if high else 100.0
        return cls(re.sub(r' (?:width|height)="[^"]*"', "", head), wide, tall, rest)

    def at(self, x: float, y: float) -> Markup:
        """The same drawing with its left upper corner at (x, y)."""
        size = f' x="{x:g}" y="{y:g}" width="{self.width:g}" height="{self.height:g}"'
        return Markup(f"<svg{self.attributes}{size}>{self.rest}")  # noqa: S704 - taken from markup


def figure_file(figure: Figure) -> str:
    """A figure with its title, sentence and note, all panels in rows; light, on white."""
    notes = [figure.sentence, *([figure.note] if figure.note else [])]
    return _drawing(figure.title, notes, (*figure.panels, *figure.more))


def reliability_figure(curves: Sequence[Mapping[str, Any]], title: str) -> str:
    """The curves of an evaluation's "reliability", one panel each, "all" first; light, on white."""
    return _drawing(title, NOTES, [_curve(index, curve) for index, curve in enumerate(curves, 1)])


def _curve(index: int, curve: Mapping[str, Any]) -> Markup:
    bins = [ReliabilityBin(**each) for each in curve["bins"]]
    name = "all labels" if curve["label"] == "all" else str(curve["label"])
    smooth = SmoothLine([SmoothPoint(**each) for each in curve.get("smooth", ())], curve.get("smooth_ece"))
    note = f"n = {count(sum(each.n for each in bins))}"
    return reliability_curve(
        f"curve-{index}", name, note, "Share that was true by probability.", bins, smooth
    )


def _drawing(title: str, notes: Sequence[str], drawings: Sequence[Markup]) -> str:
    panels = [Panel.of(drawing) for drawing in drawings]
    rows = _rows(panels)
    inner = max([NARROWEST, *(sum(p.width for p in row) + GAP * (len(row) - 1) for row in rows)])
    heads = _wrapped(title, inner / (LETTER * 1.15))
    lines = [part for note in notes for part in _wrapped(note, inner / LETTER)]
    marks = [text(GAP, GAP + LINE * i, words, "strong") for i, words in enumerate(heads)]
    top = GAP + LINE * len(heads) + 2
    marks += [text(GAP, top + LINE * i, words, "muted") for i, words in enumerate(lines)]
    y = float(top + LINE * len(lines) + 6)
    for row in rows:
        x = float(GAP)
        for panel in row:
            marks.append(panel.at(x, y))
            x += panel.width + GAP
        y += max(panel.height for panel in row) + GAP
    whole = inner + 2 * GAP
    drawing = element(
        "svg",
        element("title", title),
        element("desc", " ".join(notes)),
        element("style", Markup(_style())),  # noqa: S704 - ours
        element("rect", width=whole, height=y, fill=LIGHT["page"]),
        *marks,
        xmlns="http://www.w3.org/2000/svg",
        class_="chart",
        viewBox=f"0 0 {whole:g} {y:g}",
        width=whole,
        height=y,
        role="img",
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{NOT_XML.sub(chr(0xFFFD), drawing)}\n'


def _rows(panels: Sequence[Panel]) -> list[list[Panel]]:
    """As many panels beside each other as `PAGE` holds, in their order."""
    rows: list[list[Panel]] = []
    used = 0.0
    for panel in panels:
        if not rows or used + GAP + panel.width > PAGE:
            rows.append([])
            used = -float(GAP)
        rows[-1].append(panel)
        used += GAP + panel.width
    return rows


def _wrapped(words: str, columns: float) -> list[str]:
    """`words` in lines of at most so many columns, as far as its spaces allow."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width(longer) > columns:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _style() -> str:
    style = (resources.files("goemox.report") / "templates" / "charts.css").read_text("utf-8")
    return resolved(f"{style}{step_rules()}svg{{overflow:visible}}")
