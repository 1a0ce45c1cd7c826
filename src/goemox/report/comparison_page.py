"""goemox.comparison/1 as a page of the same kind as a study's, and as Markdown for a comment."""

from __future__ import annotations

from collections.abc import Mapping

from goemox.comparison import SCHEMA
from goemox.errors import InvalidInput
from goemox.report.fields import Fields
from goemox.report.order import domain_name
from goemox.report.page import draw
from goemox.report.sections.compared import sections
from goemox.report.texts import name

__all__ = ["render_comparison"]


def render_comparison(comparison: Mapping[str, object]) -> str:
    """The page as one string; the same comparison gives the same bytes.

    Raises InvalidInput for a document of another schema, or for a field of the wrong type.
    """
    report = Fields(comparison, "comparison")
    if report.text("schema") != SCHEMA:
        raise InvalidInput(f"this is no comparison of schema {SCHEMA} (found {report.text('schema')!r})")
    models = [name(report.fields(side).fields("model").text("name")) for side in ("a", "b")]
    same = models[0] == models[1]
    return draw(
        title=f"Two studies of {models[0]}" if same else f"A: {models[0]}, B: {models[1]}",
        eyebrow="goemox report: two studies side by side",
        made_at="",
        version=report.text("goemox_version"),
        sections=sections(report),
        choices={
            "domain": [domain_name(domain) for domain in report.rows("domains")],
            "label": report.fields("comparable").texts("labels"),
        },
        foot="Every number on this page can be printed with --json; the page draws, it does not measure.",
    )
