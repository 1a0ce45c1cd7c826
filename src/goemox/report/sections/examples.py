"""Examples: the most telling texts of each domain, harmless whatever they hold."""

from __future__ import annotations

from goemox.report.blocks import Example, Examples, Section
from goemox.report.charts.bars import score_bar
from goemox.report.fields import Fields
from goemox.report.formats import MISSING, decimal
from goemox.report.order import domain_name, domain_note
from goemox.report.sentences.verdicts import is_sample
from goemox.report.texts import clip, long_text

__all__ = ["section"]

BUDGET = 1_500_000  # bytes that all texts together may take in the file
LEAD = (
    "Chosen for what they show, not drawn at random: only “most typical” rows stand for their domain. "
    "Characters that cannot be seen are written out in a box."
)


def section(report: Fields) -> Section:
    """Texts by domain and reason, each with its labels and its five largest probabilities."""
    domains = [domain for domain in report.rows("domains") if domain.rows("examples")]
    if not domains:
        return Section("examples", "Examples", "The report holds no example texts.")
    budget = BUDGET // sum(len(domain.rows("examples")) for domain in domains)
    shown = tuple(
        (
            index,
            domain_name(domain),
            _note(domain),
            tuple(_example(row, min(budget, 40_000)) for row in domain.rows("examples")),
        )
        for index, domain in enumerate(domains, 1)
    )
    return Section("examples", "Examples", LEAD, [Examples(shown)])


def _note(domain: Fields) -> str:
    chosen = f"{len(domain.rows('examples'))} of {domain_note(domain).removeprefix('n = ') or MISSING} texts"
    return f"{chosen}, written for goemox: never evidence" if is_sample(domain) else chosen


def _example(row: Fields, budget: int) -> Example:
    scores = sorted(row.by_name("scores").items(), key=lambda pair: -pair[1])[:5]
    return Example(
        row.text("why"),
        long_text(row.verbatim("text"), budget),
        clip(row.text("id"), 60),
        _address(row.text("url")),
        row.texts("labels"),
        tuple((label, decimal(p, 2), score_bar(p)) for label, p in scores),
        _distance(row),
    )


def _address(url: str) -> str:
    """The url if a click on it can only open a page; empty otherwise (javascript:, file:, data: …)."""
    return url if url.startswith(("https://", "http://")) else ""


def _distance(row: Fields) -> str:
    percentile, inside = row.number("domain_percentile"), row.flag("in_domain")
    if percentile is None:
        return "distance unknown"
    where = {True: ", in domain", False: ", outside", None: ""}[inside]
    return f"distance percentile {decimal(percentile, 1)}{where}"
