"""Examples: texts of each set, drawn at random and chosen, harmless whatever they hold."""

from __future__ import annotations

from collections.abc import Sequence

from goemox.report.blocks import Block, Example, Examples, Facts, Section
from goemox.report.charts.bars import score_bar
from goemox.report.fields import Fields
from goemox.report.formats import decimal
from goemox.report.order import IN_DOMAIN, domain_name, domain_note
from goemox.report.sentences import examples as sentences
from goemox.report.sentences.verdicts import is_sample
from goemox.report.texts import clip, long_text
from goemox.studies.examples import Kind
from goemox.wording import MISSING

__all__ = ["section"]

BUDGET = 1_500_000  # bytes that all texts together may take in the file
LINE = 3  # texts side by side on a wide page
BARS = 5  # scores with a bar; the others stand behind a switch


def section(report: Fields) -> Section:
    """Texts by set and reason, each with its labels and all its probabilities, the five largest first."""
    inside = report.fields("in_domain")
    sets = [(IN_DOMAIN, inside), *((domain_name(domain), domain) for domain in report.rows("domains"))]
    sets = [(shown, block) for shown, block in sets if block.rows("examples")]
    if not sets:
        return Section("examples", "Examples", "The report holds no example texts.")
    rows = [row for _, block in sets for row in block.rows("examples")]
    budget = min(BUDGET // len(rows), 40_000)
    shown = tuple(
        (index, name, _note(block), _examples(block.rows("examples"), budget))
        for index, (name, block) in enumerate(sets, 1)
    )
    blocks: list[Block] = [Examples(shown)]
    chosen = sentences.kinds(rows)
    if chosen:
        blocks.append(Facts("How the rows were chosen", chosen))
    return Section("examples", "Examples", sentences.lead(rows), blocks)


def _note(block: Fields) -> str:
    chosen = f"{len(block.rows('examples'))} of {domain_note(block).removeprefix('n = ') or MISSING} texts"
    return f"{chosen}, written for goemox: never evidence" if is_sample(block) else chosen


def _examples(rows: Sequence[Fields], budget: int) -> tuple[Example, ...]:
    """All rows; seen at once are one of each kind and three drawn ones, or more to fill lines of three."""
    whys = [row.text("why") for row in rows]
    chosen = {why for why in whys if why != Kind.RANDOM}
    drawn = LINE + (-len(chosen)) % LINE
    seen = [whys[:i].count(why) < (drawn if why == Kind.RANDOM else 1) for i, why in enumerate(whys)]
    few = len(rows) <= len(chosen) + drawn + 1  # no switch for one text
    return tuple(_example(row, budget, not (few or at_once)) for row, at_once in zip(rows, seen, strict=True))


def _example(row: Fields, budget: int, folded: bool) -> Example:
    scores = sorted(row.by_name("scores").items(), key=lambda pair: -pair[1])
    return Example(
        row.text("why"),
        long_text(row.verbatim("text"), budget),
        clip(row.text("id"), 60),
        _address(row.text("url")),
        row.texts("labels"),
        tuple((label, decimal(p, 2), score_bar(p)) for label, p in scores[:BARS]),
        _distance(row),
        clip(row.text("note"), 300),
        _rest(scores[BARS:]),
        row.texts("true_labels") if "true_labels" in row else None,
        _naive(row.fields("naive")),
        folded,
    )


def _rest(scores: Sequence[tuple[str, float]]) -> tuple[tuple[str, str], ...]:
    return tuple((label, decimal(p, 2)) for label, p in scores)


def _naive(said: Fields) -> str:
    label = said.text("label")
    return f"naive model: {label} ({decimal(said.number('confidence'), 2)})" if label else ""


def _address(url: str) -> str:
    """The url if a click on it can only open a page; empty otherwise (javascript:, file:, data: …)."""
    return url if url.startswith(("https://", "http://")) else ""


def _distance(row: Fields) -> str:
    percentile, inside = row.number("domain_percentile"), row.flag("in_domain")
    if percentile is None:
        return "distance unknown"
    where = {True: ", not far", False: ", far", None: ""}[inside]
    return f"distance percentile {decimal(percentile, 1)}{where}"
