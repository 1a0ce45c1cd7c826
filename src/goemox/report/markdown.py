"""The same story in a few lines of Markdown, for a comment under a change."""

from __future__ import annotations

import re
from collections.abc import Mapping

from goemox.report.fields import Fields
from goemox.report.formats import MISSING, count, decimal, interval, percent
from goemox.report.order import domain_name, top_neutral
from goemox.report.sections.in_domain import METRICS
from goemox.report.sentences.summary import answers
from goemox.report.sentences.verdicts import is_sample, too_few
from goemox.report.texts import plain

__all__ = ["markdown_summary", "quiet"]

SPECIAL = "\\`*_[]#<>|&@~!"
ISOLATES = (
    "\N{FIRST STRONG ISOLATE}",
    "\N{POP DIRECTIONAL ISOLATE}",
)  # `texts.isolate` puts them round names
ISOLATE = re.compile(f"({'|'.join(ISOLATES)})")
SIGNS = {"good": "✅ good", "watch": "⚠️ watch", "bad": "❌ bad", "info": "ℹ️ info"}


def markdown_summary(report: Mapping[str, object]) -> str:
    """Summary, findings, metrics and domains; foreign words can neither format, link nor mention.

    Raises InvalidInput for a field of the wrong type.
    """
    fields = Fields(report)
    parts = [f"## Study of {quiet(fields.fields('model').text('name')) or 'an unnamed model'}"]
    for question, said in answers(fields):
        parts.append(f"**{question}** {quiet(' '.join(said))}")
    parts += [_findings(fields), _metrics(fields), _domains(fields)]
    warnings = [f"- {quiet(words)}" for words in fields.texts("warnings")]
    if warnings:
        parts.append("**Warnings**\n\n" + "\n".join(warnings))
    made = f"goemox {quiet(fields.text('goemox_version')) or MISSING}, seed {count(fields.number('seed'))}"
    return "\n\n".join([*filter(None, parts), f"<sub>{made}</sub>"]) + "\n"


def quiet(words: str) -> str:
    """One line whose characters mean themselves, in Markdown and in HTML; our own isolates stay."""
    # between two letters, so that `plain` leaves the spaces at the ends
    parts = [part if part in ISOLATES else plain(f"x{part}x")[1:-1] for part in ISOLATE.split(words)]
    return "".join(f"&#{ord(c)};" if c in SPECIAL else c for c in "".join(parts))


def _findings(fields: Fields) -> str:
    rows = [
        f"- {SIGNS.get(row.text('level'), SIGNS['info'])}: {quiet(row.text('text'))}"
        for row in fields.rows("findings")
        if row.text("text")
    ]
    return "\n".join(rows)


def _metrics(fields: Fields) -> str:
    metrics = fields.fields("in_domain").fields("metrics")
    rows = []
    for key, title, _, digits in METRICS:
        metric = metrics.fields(key)
        if metric.number("value") is not None:
            spread = interval(metric.number("low"), metric.number("high"), digits)
            rows.append(f"| {title} | {decimal(metric.number('value'), digits)} | {spread} |")
    return "\n".join(["| in domain | value | 95% interval |", "|---|---:|---|", *rows]) if rows else ""


def _domains(fields: Fields) -> str:
    rows = []
    for domain in fields.rows("domains"):
        caution = (
            " (samples, never evidence)" if is_sample(domain) else " (too few)" if too_few(domain) else ""
        )
        rows.append(
            f"| {quiet(domain_name(domain, 40))}{caution} | {count(domain.number('n'))} "
            f"| {percent(top_neutral(fields, domain))} "
            f"| {percent(domain.fields('distance').number('share_outside'))} |"
        )
    head = ["| domain | texts | top label neutral | outside |", "|---|---:|---:|---:|"]
    return "\n".join([*head, *rows]) if rows else ""
