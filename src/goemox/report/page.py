"""report.json to one HTML file that opens from disk, asks for nothing and runs only its own few lines."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from goemox.errors import InvalidInput
from goemox.report.blocks import Figure, Section
from goemox.report.fields import Fields
from goemox.report.markdown import markdown_summary
from goemox.report.order import domain_name, label_order
from goemox.report.palette import resolved, step_rules, theme_rules
from goemox.report.sections import (
    before_after,
    calibration,
    confidence,
    confusions,
    distance,
    domains,
    examples,
    in_domain,
    method,
    summary,
)
from goemox.report.sentences.fitted import fitted_rows
from goemox.report.sentences.own_texts import own, study_title
from goemox.report.texts import name
from goemox.studies.report_files import SCHEMA

__all__ = ["draw", "markdown_summary", "render", "sections_of"]

SCRIPTS = ("page.js", "tables.js", "pictures.js", "filters.js")
AT_ONCE = 2_500_000  # characters of pictures up to which a page is laid out as it opens; see `controls.css`
SECTIONS = (
    summary,
    in_domain,
    confusions,
    domains,
    confidence,
    distance,
    calibration,
    examples,
    before_after,
    method,
)


def render(report: Mapping[str, object]) -> str:
    """The page as one string; the same report gives the same bytes.

    Everything that comes from data is escaped; style and script are ours alone and are let through the
    content security policy by their hashes. Raises InvalidInput for a report of another schema, or for
    a field of the wrong type; missing fields leave their part of the page out, with a sentence.
    """
    fields = Fields(report)
    if fields.text("schema") != SCHEMA:
        raise InvalidInput(
            f"this is no report of schema {SCHEMA} (found {fields.text('schema')!r}). "
            "Make one with `goemox study`."
        )
    return draw(
        title=study_title(fields),
        eyebrow=f"goemox study{_read_by(fields)}",
        made_at=fields.text("created_at"),
        version=fields.text("goemox_version"),
        choices={
            "domain": [domain_name(domain) for domain in fields.rows("domains")],
            "label": label_order(fields),
        },
        sections=sections_of(fields),
        foot="Every number here stands in report.json beside this page; the page draws, it does not measure.",
    )


def _read_by(fields: Fields) -> str:
    """Which model read the reader's texts, where the title speaks of these."""
    model = fields.fields("model")
    if not own(fields) or not model.text("name"):
        return ""
    rows = fitted_rows(model)
    fitted = f", fitted again on {rows}" if rows else ""
    return f", read by {name(model.text('name'))}{fitted}"


def sections_of(fields: Fields) -> list[Section]:
    """All sections in reading order: the reader's own texts come before the model's figures at home."""
    first = (summary, domains) if own(fields) else (summary,)
    rooms = (*first, *(room for room in SECTIONS if room not in first))
    return [room.section(fields) for room in rooms]


def draw(
    *, title: str, eyebrow: str, made_at: str, version: str, choices: Mapping[str, Sequence[str]],
    sections: Sequence[Section], foot: str,
) -> str:  # fmt: skip
    """A page of sections with the style, script and policy that all our pages have.

    choices: what the selectors offer, {"domain" | "label": names as shown}; fewer than two = no selector.
    """
    style, script = _style(), _script()
    offered = {kind: tuple(dict.fromkeys(names)) for kind, names in choices.items()}
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            title=title,
            eyebrow=eyebrow,
            made_at=made_at,
            version=version,
            choices={kind: names for kind, names in offered.items() if len(names) > 1},
            sections=sections,
            places=_places(sections),
            by_and_by=_weight(sections) > AT_ONCE,
            foot=foot,
            style=Markup(style),  # noqa: S704 - ours
            script=Markup(script),  # noqa: S704 - ours
            picture_style=resolved(_picture_style()),
            policy=_policy(style, script),
        )
    )


def _weight(sections: Sequence[Section]) -> int:
    """Characters of all pictures, which are what takes a browser's time."""
    figures = (block for section in sections for block in section.blocks if isinstance(block, Figure))
    return sum(len(panel) for figure in figures for panel in (*figure.panels, *figure.more))


def _places(sections: Sequence[Section]) -> dict[str, str]:
    """How a narrow figure (layout "half" or "one") stands in its line, by its key.

    Two that follow each other share a line ("half"); what is left over takes its line "alone", its words
    beside its picture, or across where the picture can be as wide as it likes ("one": "whole").
    """
    places: dict[str, str] = {}
    for section in sections:
        waiting = None
        for block in section.blocks:
            if not isinstance(block, Figure) or block.layout not in ("half", "one"):
                waiting = None
            elif waiting:
                places |= {waiting: "half", block.key: "half"}
                waiting = None
            else:
                places[block.key] = "alone" if block.layout == "half" else "whole"
                waiting = block.key
    return places


def _policy(style: str, script: str) -> str:
    """Nothing may be loaded or sent; one style sheet and one script, known by their SHA-256, may act."""
    hashes = [base64.b64encode(hashlib.sha256(code.encode()).digest()).decode() for code in (style, script)]
    return (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("goemox.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _file(name: str) -> str:
    return (resources.files("goemox.report") / "templates" / name).read_text(encoding="utf-8")


@cache
def _script() -> str:
    """The files of the script in one block, so that they share their names with nobody else."""
    return '"use strict";\n{\n' + "".join(_file(name) for name in SCRIPTS) + "}\n"


def _picture_style() -> str:
    return _file("charts.css") + step_rules()


@cache
def _style() -> str:
    """Light by default, dark where the system or the reader says so, light again on paper."""
    dark = theme_rules("dark")
    themes = (
        f":root{{{theme_rules('light')}}}"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}"
        f":root[data-theme=dark]{{{dark}}}"
        f"@media print{{:root:root:root{{{theme_rules('light')}}}}}"
    )
    return themes + _file("page.css") + _file("controls.css") + _picture_style()
