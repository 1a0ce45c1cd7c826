"""What goemox reads that others wrote, as functions from bytes, for the fuzzers and property tests beside it.

Each promises the same: it gives a result, or raises one of goemox.errors with a message, whatever the bytes
are, in bounded time and memory. `TARGETS` has them all; seeds are made here, none is stored.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goemox.errors import GoemoxError

__all__ = ["JUNK", "MEMORY", "SLOW_S", "Target", "from_json", "held", "made", "said"]

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Where files are made for a parser, so that no disk is waited for; None = where the system has them."""

SLOW_S = 5.0
"""Seconds of the processor that no input of a few kB may take; far above what any takes."""

MARKS = (b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PAR1", b"ARROW1")
SIGNS = tuple(bytes([code]) for code in b"\"'\\,\t;|=:#[]{}<>&%@?-\r\n\x85\x1c")
LETTERS = (b"\r\n", "\u2028\ufeff".encode(), b"\xed\xa0\x80", b"\\ud800", b"joy", b"labels", b"text")
NUMBERS = (b"0", b"-1", b"2" + b"0" * 18, b"0.1", b"1e999", b"NaN", b"Infinity", b"null", b"9" * 5_000)
DEPTHS = (b"[" * 3_000, b'{"a":' * 3_000)
MARKUP = (b"&#x110000;", b"<!--", b"```", b"](", b"![", b"../", b"%00", b"://", b"[::1]")
DATES = (b"0001-01-01T00:00:00+23:59", b"9999-12-31T23:59:59-23:59", b"Thu, 01 Jan 1970 00:00:00 GMT")
JUNK: Sequence[bytes] = (*MARKS, *SIGNS, *LETTERS, *NUMBERS, *DEPTHS, *MARKUP, *DATES)
"""Pieces that break parsers; they are put into seeds, and are the dictionary of the guided fuzzer."""


@dataclass(frozen=True, slots=True)
class Target:
    """One parser. read(data, folder): folder is empty and may be written to; its result is not looked at.

    seeds: whole inputs to begin with. keys: for rows of JSON, the names that it looks at.
    """

    name: str
    read: Callable[[bytes, Path], object]
    seeds: Sequence[bytes]
    keys: Sequence[str] = ()


def held(target: Target, data: bytes, folder: Path) -> bool:
    """Read once: True for a result, False for a refusal. Raises where the promise is broken."""
    try:
        target.read(data, folder)
    except GoemoxError as error:
        said(error)
        return False
    return True


def said(error: GoemoxError) -> None:
    """Hold a refusal to its words."""
    if not str(error).strip():
        raise AssertionError(f"{type(error).__name__} without a message") from error


def from_json(read: Callable[[Any], object]) -> Callable[[bytes, Path], object]:
    """A reader of JSON values as a reader of the answer of a server that holds one."""
    from goemox.http.answers import Answer

    return lambda data, folder: read(Answer(200, "https://api.example.org/x", {}, data).json())


def made(*rows: Mapping[str, object]) -> list[bytes]:
    """Rows as JSON."""
    return [json.dumps(row).encode() for row in rows]
