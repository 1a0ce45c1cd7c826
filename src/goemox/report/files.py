"""The files of a report: report.json, report.html and rows.jsonl.gz, each whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson

from goemox.atomic import write_bytes, write_text
from goemox.report.page import render
from goemox.studies.rows import Row, write_rows

__all__ = ["write_report"]


def write_report(content: Mapping[str, object], rows: Sequence[Row], folder: Path) -> Path:
    """Write a study's files into `folder` and return the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes(
        folder / "report.json", orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    )
    write_rows(rows, folder / "rows.jsonl.gz")
    page = folder / "report.html"
    write_text(page, render(content))
    return page
