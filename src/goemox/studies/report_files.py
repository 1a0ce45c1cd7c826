"""A study's files: their names, the schema of report.json, and both read back; `report.files` writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from goemox.data.packed import byte_lines, check_is_file, open_bytes
from goemox.errors import InvalidInput
from goemox.studies.rows import Row
from goemox.wording import refusal

__all__ = ["REPORT", "ROWS", "SCHEMA", "read_report", "read_rows", "report_path"]

SCHEMA = "goemox.report/1"
REPORT = "report.json"
ROWS = "rows.jsonl.gz"


def report_path(path: Path) -> Path:
    """The report.json that `path` means: itself, or the one in a folder that `goemox study` wrote."""
    return path / REPORT if path.is_dir() else path


def read_report(path: Path) -> dict[str, Any]:
    """The document of `goemox study` at `path`, a file or its folder.

    Raises InvalidInput for a file that is missing, torn, no JSON, or of another or a newer schema.
    """
    path = report_path(path)
    check_is_file(path)
    if path.suffix.lower() in {".html", ".md"}:
        raise InvalidInput(f"{path}: a page, to be read by people; name the {REPORT} that lies beside it")
    try:
        content = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise InvalidInput(
            f"{path}: not JSON ({error}); name a {REPORT}, or write it again with `goemox study`"
        ) from None
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read {refusal(error)}") from error
    schema = content.get("schema") if isinstance(content, dict) else None
    if isinstance(content, dict) and schema == SCHEMA:
        return content
    if isinstance(schema, str) and re.fullmatch(r"goemox\.report/\d+", schema):
        raise InvalidInput(
            f"{path}: written by a newer goemox ({schema}); this one reads {SCHEMA}: upgrade it"
        )
    found = f"found schema {schema!r}" if schema else "it names no schema"
    raise InvalidInput(f"{path}: not a report of `goemox study` (schema {SCHEMA}; {found})")


def read_rows(path: Path) -> Iterator[tuple[str, Row]]:
    """Yield each row of a rows.jsonl.gz with the words that say where it stands.

    Raises InvalidInput for a damaged or cut archive and for a line that is no JSON object.
    """
    with open_bytes(path) as stream:
        for number, line in enumerate(byte_lines(stream, str(path)), 1):
            where = f"{path}: line {number}"
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise InvalidInput(
                    f"{where}: not JSON ({error}); write it again with `goemox study`"
                ) from None
            if not isinstance(row, dict):
                raise InvalidInput(f"{where}: not an object; rows are what `goemox study` writes")
            yield where, row
