"""The files of a report: report.json and what is made of it (page, table, figures); whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import orjson

from goemox.atomic import write_bytes, write_text
from goemox.comparison import SCHEMA as COMPARISON
from goemox.errors import UsageError
from goemox.report.blocks import Figure
from goemox.report.comparison_page import render_comparison
from goemox.report.fields import Fields
from goemox.report.figures import figure_file
from goemox.report.page import render, sections_of
from goemox.report.sections.compared import sections as compared
from goemox.report.shares_table import SHARES, shares_table
from goemox.studies.report_files import REPORT, ROWS
from goemox.studies.rows import write_rows
from goemox.studies.study_report import StudyReport

__all__ = [
    "figures", "json_bytes", "schema_text", "write_comparison", "write_figures", "write_page", "write_report",
]  # fmt: skip


def write_report(report: StudyReport, folder: str | Path, figures: str | Path | None = None) -> Path:
    """Write a study's page, report.html, and the data behind it into `folder`; return the page.

    figures: a folder for all figures as SVG files, too. Folders that are not there are made. Raises OSError
    where they cannot be written, UsageError for anything but a study.
    """
    if not isinstance(report, StudyReport):
        raise UsageError(
            f"report is {type(report).__name__}; a page is made of what goemox.study(...) returns"
        )
    folder, content = Path(folder), report.to_dict()
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes(folder / REPORT, json_bytes(content))
    write_rows(report.rows, folder / ROWS)
    write_bytes(folder / SHARES, shares_table(content))
    if figures is not None:
        write_figures(content, Path(figures))
    return write_page(content, folder / "report.html")


def write_page(content: Mapping[str, object], page: Path) -> Path:
    """Draw a report.json's content to `page`. Raises InvalidInput for another schema or wrong types."""
    write_text(page, render(content))
    return page


def write_comparison(content: Mapping[str, object], page: Path) -> Path:
    """Draw a comparison of two studies to `page`. Raises as `render_comparison`."""
    write_text(page, render_comparison(content))
    return page


def write_figures(content: Mapping[str, object], folder: Path) -> tuple[Path, ...]:
    """Write every figure of a report or a comparison as KEY.svg into `folder`; return the files.

    Other files there stay. Raises InvalidInput for fields of the wrong type.
    """
    drawn = figures(content)
    folder.mkdir(parents=True, exist_ok=True)
    files = tuple(folder / f"{key}.svg" for key in drawn)
    for file, svg in zip(files, drawn.values(), strict=True):
        write_text(file, svg)
    return files


def figures(content: Mapping[str, object]) -> dict[str, str]:
    """{key of the figure: its SVG}, in the order of the page; the same content gives the same text."""
    fields = Fields(content)
    sections = compared(fields) if content.get("schema") == COMPARISON else sections_of(fields)
    blocks = [block for section in sections for block in section.blocks if isinstance(block, Figure)]
    return {block.key: figure_file(block) for block in blocks if block.panels}


def json_bytes(content: Mapping[str, object]) -> bytes:
    """A document as report.json holds it: indented, keys in their order, a line end last."""
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def schema_text() -> str:
    """The JSON Schema (draft 2020-12) of report.json."""
    return (resources.files("goemox.report") / "report-1.schema.json").read_text("utf-8")
