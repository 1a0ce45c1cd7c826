"""One value as a cell of CSV or a line of JSON, so that it can be read back as it was."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import date, time

import orjson

__all__ = ["as_bytes", "as_written", "cell_text", "csv_line", "json_line", "json_text"]

# What a spreadsheet would run (ASVS 1.2.10, OWASP's page on CSV injection), also after spaces, in full width,
# and after apostrophes that are somebody's own, so that `as_written` can tell ours from theirs.
_WOULD_RUN = re.compile("'*(?:[\t\r\n\0]|[\\s\0\ufeff]*[=+\\-@＝＋－＠])")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_NUMBERS = (bool, int, float)
_IN_JSON = (bool, int, float, list, tuple, dict)
_QUOTED = re.compile('[",\r\n]|^\ufeff')  # a mark at the start of a line would be taken for the file's own


def csv_line(values: Iterable[object], *, escape_formulas: bool = True) -> str:
    r"""One CSV record (RFC 4180, but `\n` at its end).

    escape_formulas: put `'` before text that a spreadsheet would run, that is text that starts with one of
    = + - @ TAB CR LF NUL and is not a plain number
    (https://owasp.org/www-community/attacks/CSV_Injection). `as_written` takes it away again.
    """
    cells = []
    for value in values:
        cell = cell_text(value)
        if escape_formulas and not isinstance(value, _NUMBERS) and _would_run(cell):
            cell = f"'{cell}"
        cells.append('"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) else cell)
    return ",".join(cells) + "\n"


def as_written(cell: str) -> str:
    """A cell of a CSV without the apostrophe that `csv_line` put before it; any other as it is.

    Exact for what goemox wrote. In a file of others a text that begins like `'=` loses the apostrophe: there,
    too, nearly all such cells are formulas that somebody defused.
    """
    return cell[1:] if cell.startswith("'") and _would_run(cell[1:]) else cell


def cell_text(value: object) -> str:
    """A value as CSV writes it: text as it is, null and what is no number as nothing, the rest as in JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if type(value) is float:  # as json_text, without its price
        return repr(value) if math.isfinite(value) else ""
    plain = value if isinstance(value, _IN_JSON) else _as_json(value)
    return plain if isinstance(plain, str) else json_text(plain)


def json_line(row: Mapping[str, object]) -> bytes:
    """A row as one line of JSON Lines."""
    try:
        return orjson.dumps(row, default=_as_json, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # a whole number of more than 64 bits, or half a surrogate pair
        return as_bytes(f"{json_text(row)}\n")


def as_bytes(text: str) -> bytes:
    r"""UTF-8; half a surrogate pair, which has none, as `\udc80` is written in JSON."""
    return text.encode("utf-8", "backslashreplace")


def json_text(value: object) -> str:
    """A value as JSON; NaN and infinities, which JSON lacks, as null; bytes as base64."""
    return json.dumps(_finite(value), ensure_ascii=False, separators=(",", ":"), default=_as_json)


def _would_run(cell: str) -> bool:
    return bool(_WOULD_RUN.match(cell)) and not _NUMBER.fullmatch(cell)


def _finite(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): _finite(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(inner) for inner in value]
    return value


def _as_json(value: object) -> object:
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)
