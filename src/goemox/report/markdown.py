"""The same story in a few lines of Markdown, for a comment under a change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from goemox.report.fields import Fields
from goemox.report.formats import count, decimal, interval
from goemox.report.order import domain_name, top_neutral
from goemox.report.sections.in_domain import HEADLINE, METRICS
from goemox.report.sentences.own_texts import own_texts, parted, study_title
from goemox.report.sentences.references import reference_words
from goemox.report.sentences.summary import answers, headline
from goemox.report.sentences.verdicts import is_sample, too_few
from goemox.report.texts import plain
from goemox.wording import MISSING, percent, plural

__all__ = ["markdown_summary", "quiet"]

MOST = 5  # labels of a domain that are listed
SPECIAL = "\\`*_[]#<>|&@~!"
ISOLATES = (
    "\N{FIRST STRONG ISOLATE}",
    "\N{POP DIRECTIONAL ISOLATE}",
)  # `texts.isolate` puts them round names
ISOLATE = re.compile(f"({'|'.join(ISOLATES)})")
SIGNS = {"good": "✅ good", "watch": "⚠️ watch", "bad": "❌ bad", "info": "ℹ️ info"}


def markdown_summary(report: Mapping[str, object]) -> str:
    """The story in short, findings and domains in sight; answers and all figures folded below.

    Foreign words can neither format, link nor mention. Raises InvalidInput for a field of the wrong type.
    """
    fields = Fields(report)
    parts = [f"## {quiet(study_title(fields))}", quiet(" ".join(own_texts(fields)))]
    parts += [quiet(" ".join(headline(fields))), _findings(fields), _metrics(fields, HEADLINE)]
    parts += [_domains(fields), *(_moved(domain) for domain in fields.rows("domains"))]
    asked = [("How do your texts differ?", parted(fields)), *answers(fields)]
    said = [f"**{question}** {quiet(' '.join(words))}" for question, words in asked if words]
    parts += [_folded("Questions and answers", said), _folded("All in-domain figures", [_metrics(fields)])]
    warnings = [f"- {quiet(words)}" for words in fields.texts("warnings")]
    parts.append(_folded(plural(len(warnings), "warning"), ["\n".join(warnings)]))
    made = f"goemox {quiet(fields.text('goemox_version')) or MISSING}, seed {count(fields.number('seed'))}"
    return "\n\n".join([*filter(None, parts), f"<sub>{made}</sub>"]) + "\n"


def _folded(title: str, parts: Sequence[str]) -> str:
    """Behind a switch where the reader of Markdown has one, else below its title; nothing without parts."""
    kept = [part for part in parts if part]
    return "\n\n".join([f"<details><summary>{title}</summary>", *kept, "</details>"]) if kept else ""


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


def _metrics(fields: Fields, keys: Sequence[str] = ()) -> str:
    """The figures of `keys`, or all that were measured."""
    metrics = fields.fields("in_domain").fields("metrics")
    rows = []
    for key, title, _, digits in METRICS:
        metric = metrics.fields(key)
        if metric.number("value") is not None and (not keys or key in keys):
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
    head = ["| domain | texts | top label neutral | far out |", "|---|---:|---:|---:|"]
    return "\n".join([*head, *rows]) if rows else ""


def _moved(domain: Fields) -> str:
    """The labels of one domain that moved most beyond chance; nothing for samples and for few texts."""
    if is_sample(domain) or too_few(domain):
        return ""
    tests = domain.fields("tests")
    shares = {row.text("label"): row for row in tests.rows("labels")}
    moved = [shares[label] for label in tests.texts("moved") if label in shares]
    rows = [
        f"| {quiet(row.text('label'))} | {percent(row.number('share_target'))} "
        f"| {percent(row.number('share_reference'))} |"
        for row in moved[:MOST]
    ]
    if len(moved) > MOST:
        rows.append(f"| {len(moved) - MOST} more | | |")
    home = reference_words(domain.fields("reference")) or "in domain"
    head = [
        f"| {quiet(domain_name(domain, 40))}: labels that moved | here | {quiet(home)} |",
        "|---|---:|---:|",
    ]
    return "\n".join([*head, *rows]) if rows else ""
