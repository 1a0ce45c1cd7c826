"""Two studies side by side in a few lines of Markdown, for a comment under a change."""

from __future__ import annotations

from collections.abc import Mapping

from goemox.report.fields import Fields
from goemox.report.formats import count, decimal, points, signed
from goemox.report.markdown import quiet
from goemox.report.sentences.comparison import SURE, TITLES, answers, headline, leaning, verdict_words
from goemox.report.texts import name
from goemox.wording import MISSING, percent

__all__ = ["comparison_markdown"]

SIGNS = {"better": "✅ better", "worse": "❌ worse"}
MOST = 10  # labels whose shares moved that the table of a domain lists


def comparison_markdown(comparison: Mapping[str, object]) -> str:
    """Headline, answers, figures, labels that surely differ, and domains; foreign words cannot format.

    Raises InvalidInput for a field of the wrong type.
    """
    report = Fields(comparison, "comparison")
    parts = [f"## {quiet(headline(report))}"]
    parts += [f"**{question}** {quiet(' '.join(said))}" for question, said in answers(report)]
    parts += [_metrics(report), _labels(report), *(_domain(part) for part in report.rows("domains"))]
    made = f"goemox {quiet(report.text('goemox_version')) or MISSING}; differences are B − A"
    return "\n\n".join([*filter(None, parts), f"<sub>{made}</sub>"]) + "\n"


def _metrics(report: Fields) -> str:
    home, rows = report.fields("in_domain"), []
    if home.text("verdict") == "same":
        return ""
    for row in home.rows("metrics"):
        title, digits = TITLES.get(row.text("metric"), (quiet(row.text("metric")), 3))
        a, b = (decimal(row.number(side), digits) for side in ("a", "b"))
        ends = _ends(signed(row.number("low"), digits), signed(row.number("high"), digits))
        said = _said(row)
        rows.append(f"| {title} | {a} | {b} | {signed(row.number('difference'), digits)} | {ends} | {said} |")
    head = ["| in domain | A | B | difference | 95% interval | B is |", "|---|---:|---:|---:|---|---|"]
    return "\n".join([*head, *rows]) if rows else ""


def _said(row: Fields) -> str:
    """A verdict with its sign, or without one where it is not earned."""
    return SIGNS.get(row.text("verdict"), verdict_words(row))


def _ends(low: str, high: str) -> str:
    return MISSING if MISSING in (low, high) else f"{low} to {high}"


def _labels(report: Fields) -> str:
    rows = [
        f"| {quiet(row.text('label'))} | {decimal(row.number('a'))} | {decimal(row.number('b'))} "
        f"| {signed(row.number('difference'))} | {_said(row)} |"
        for row in report.fields("in_domain").rows("per_label")
        if leaning(row) in SURE
    ]
    head = ["| F1 of a label | A | B | difference | B is |", "|---|---:|---:|---:|---|"]
    return "\n".join([*head, *rows]) if rows else ""


def _domain(part: Fields) -> str:
    """One table a domain, of the labels whose shares moved; nothing where none did."""
    moved = [row for row in part.rows("label_share") if row.text("verdict") in ("more", "less")]
    if not moved:
        return ""
    moved.sort(key=lambda row: -abs(row.number("difference") or 0.0))
    n = f"{count(part.number('n'))} texts" if part.flag("paired") else "not paired"
    rows = [
        f"| {quiet(row.text('label'))} | {percent(row.number('a'))} | {percent(row.number('b'))} "
        f"| {points(row.number('difference'))} |"
        for row in moved[:MOST]
    ]
    if len(moved) > MOST:
        rows.append(f"| {len(moved) - MOST} more | | | |")
    head = [f"| {quiet(name(part.text('name')))}, {n} | A | B | difference |", "|---|---:|---:|---:|"]
    return "\n".join([*head, *rows])
