"""The map: texts of each domain over the reference's, placed by what the encoder sees."""

from __future__ import annotations

from markupsafe import Markup

from goemox.report.blocks import Cell, Column, Figure, Table, number_cell, share_cell, text_cell
from goemox.report.charts.scatter import LARGE, SMALL, Dot, scatter
from goemox.report.fields import Fields
from goemox.report.formats import count, decimal, interval, p_value
from goemox.report.order import domain_name
from goemox.report.sentences import distance as sentences
from goemox.report.sentences.evidence import mixing as mixed
from goemox.report.sentences.known_texts import home_kind, not_compared
from goemox.report.texts import clip
from goemox.wording import percent

__all__ = ["text_map"]

OUTSIDE = 95.0  # percentile of distance above which a text counts as outside
HOVER_COLUMNS = 90
PANELS = 6  # shown at once
FEW = 2  # panels that share the width of the page
NOTE = (
    "Across: the direction that tells the domain's texts from {home} texts best, learned on other texts "
    "than the ones it places, so that like texts lie one over the other. Upward: the direction in which they "
    "spread most besides. Read who lies among whom, not distances, and compare no two panels. The few "
    "at the edge lie farther out still. Neighbours are counted in all directions; in the numbers, “In the "
    "picture” counts them among the dots, where fewer are {home} texts: the direction across is the one "
    "that parts the two. The texts shown are drawn by lot; point at one to read it."
)


def text_map(report: Fields) -> Figure | None:
    """One panel a domain; None where the model brings no coordinates."""
    sets = _sets(report)
    drawn = [
        (domain, found)
        for domain in report.rows("domains")
        if (found := sets.get(domain.text("name"))) is not None and _places(found, "")
    ]
    if not drawn:
        return None
    side = LARGE if len(drawn) <= FEW else SMALL
    panels = [
        _panel(f"fig-map-{index}", report, domain, found, side)
        for index, (domain, found) in enumerate(drawn, 1)
    ]
    return Figure(
        "fig-map", "A map of the texts", sentences.neighbours(report), tuple(panels[:PANELS]),
        _table(report), "pair" if len(drawn) <= FEW else "panels",
        NOTE.format(home=home_kind(report)), tuple(panels[PANELS:]),
    )  # fmt: skip


def _sets(report: Fields) -> dict[str, Fields]:
    return {each.text("name"): each for each in report.fields("map").rows("sets")}


def _panel(key: str, report: Fields, domain: Fields, found: Fields, side: float) -> Markup:
    name, shown, n = domain_name(domain), found.number("shown"), found.number("n")
    mixing, kind = mixed(report, domain), home_kind(report)
    neighbours = not_compared(domain, "too few texts for neighbours")
    if mixing is not None:
        neighbours = f"{percent(mixing.share)} {kind} neighbours ({percent(mixing.expected)} if alike)"
    note = f"{count(shown)} of {count(n)}" if shown != n else f"n = {count(n)}"
    return scatter(
        key, name, note, neighbours, _dots(found), _places(found, "reference_"), f"{kind} texts", side
    )


def _places(found: Fields, whose: str) -> list[tuple[float, float]]:
    return [
        (x, y)
        for x, y in zip(found.numbers(f"{whose}x"), found.numbers(f"{whose}y"), strict=False)
        if x is not None and y is not None
    ]


def _dots(found: Fields) -> list[Dot]:
    places, labels = _places(found, ""), found.texts("label")
    scores, percentiles, texts = found.numbers("score"), found.numbers("percentile"), found.texts("text")
    dots = []
    for index, (x, y) in enumerate(places):
        label = labels[index] if index < len(labels) else ""
        far = percentiles[index] if index < len(percentiles) else None
        score = scores[index] if index < len(scores) else None
        words = [clip(texts[index], HOVER_COLUMNS)] if index < len(texts) else []
        words.append(f"{label} {decimal(score, 2)}" + ("" if far is None else f", percentile {far:.0f}"))
        dots.append(Dot(x, y, label, "\n".join(words), None if far is None else far > OUTSIDE))
    return dots


def _table(report: Fields) -> Table:
    columns = (
        Column("Domain", numeric=False), Column("Texts"), Column("Shown"),
        Column(f"{home_kind(report).capitalize()} neighbours"), Column("If alike"),
        Column("95% interval, if alike", numeric=False), Column("Adjusted p"),
        Column("Texts compared, each side"), Column("In the picture"),
    )  # fmt: skip
    sets = _sets(report)
    rows: list[tuple[Cell, ...]] = []
    for domain in report.rows("domains"):
        found, mixing = sets.get(domain.text("name")), mixed(report, domain)
        rows.append(
            (
                text_cell(domain_name(domain), foreign=True),
                number_cell(domain.number("n"), None),
                number_cell(0 if found is None else found.number("shown"), None),
                share_cell(None if mixing is None else mixing.share),
                share_cell(None if mixing is None else mixing.expected),
                text_cell("" if mixing is None else interval(mixing.low, mixing.high, 2)),
                Cell(p_value(mixing.p, mixing.at_floor), mixing.p) if mixing else Cell(p_value(None)),
                number_cell(None if mixing is None else mixing.n, None),
                share_cell(None if mixing is None else mixing.in_picture),
            )
        )
    return Table("fig-map-numbers", "Nearest neighbours of the texts", columns, tuple(rows))
