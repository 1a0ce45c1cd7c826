"""Bytes of a file or pipe -> lines of text: unpacking, byte order marks, encodings, line ends.

Owns what can be wrong with a file before anybody asks what its rows mean.
"""

from __future__ import annotations

import codecs
import difflib
import gzip
import io
import shlex
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO, cast

from goemox.errors import InvalidInput

__all__ = ["check_is_file", "open_bytes", "text_lines"]

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_KNOWN_BINARY = {
    b"PK\x03\x04": "a zip or Excel file: save it as CSV (UTF-8)",
    b"\x1f\x8b": "gzip-compressed: end its name with .gz",
    b"PAR1": "a Parquet file: end its name with .parquet",
    b"%PDF": "a PDF: save its text as .txt",
}
_CONTROL = bytes(code for code in range(32) if code not in b"\t\n\f\r\x1b")
_HEAD = 8_192


def check_is_file(path: Path) -> None:
    """Raise InvalidInput, with the nearest name that exists, unless `path` can be read as a file."""
    if path.is_dir():
        raise InvalidInput(f"{path}: is a folder; name one file in it (.csv .tsv .jsonl .json .parquet .txt)")
    if path.exists():
        return
    if not path.parent.is_dir():
        raise InvalidInput(f"{path}: no such file; the folder {path.parent} does not exist either")
    names = sorted(file.name for file in path.parent.iterdir())
    near = difflib.get_close_matches(path.name, names, n=1, cutoff=0.5)
    hint = f"did you mean {path.parent / near[0]}?" if near else "check the name and the current folder"
    raise InvalidInput(f"{path}: no such file; {hint}")


def open_bytes(path: Path) -> IO[bytes]:
    """Open for reading; `.gz` is unpacked on the way. Raises InvalidInput where the system refuses."""
    check_is_file(path)
    try:
        if path.suffix.lower() == ".gz":
            return cast("IO[bytes]", gzip.open(path, "rb"))
        return path.open("rb")
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read ({error.strerror})") from error


def text_lines(stream: IO[bytes], name: str) -> Iterator[str]:
    r"""Yield the lines of a text with their line ends (`\n`, `\r\n` or `\r`), as they come.

    UTF-8 is read line by line, with or without a byte order mark; UTF-16 with a mark is read at once.
    Raises InvalidInput, naming line and byte, for another encoding, binary data or a damaged archive.
    """
    pieces = _pieces(stream, name)
    first = next(pieces, b"")
    if first.startswith(_UTF16):
        yield from io.StringIO(_from_utf16(b"".join(chain([first], pieces)), name), newline="")
        return
    head = first[:_HEAD]
    if head.count(0) > 0.3 * len(head):
        raise InvalidInput(_binary(name, head))
    yield from _from_utf8(chain([first.removeprefix(codecs.BOM_UTF8)], pieces), name, head)


def _pieces(stream: IO[bytes], name: str) -> Iterator[bytes]:
    try:
        yield from stream
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InvalidInput(f"{name}: the .gz archive is damaged ({error}); pack it again") from error
    except OSError as error:
        raise InvalidInput(f"{name}: cannot be read ({error.strerror or error})") from error


def _from_utf8(pieces: Iterable[bytes], name: str, head: bytes) -> Iterator[str]:
    line, offset = 1, 0
    for piece in pieces:
        try:
            text = piece.decode("utf-8")
        except UnicodeDecodeError as error:
            if _looks_binary(head) or _looks_binary(piece[:_HEAD]):
                raise InvalidInput(_binary(name, head)) from None
            raise InvalidInput(
                f"{name}:{line}: not UTF-8 (byte {offset + error.start}); save it as UTF-8, or convert it: "
                f"iconv -f latin1 -t utf-8 {shlex.quote(name)}"
            ) from None
        offset += len(piece)
        if "\r" in text.removesuffix("\n").removesuffix(
            "\r"
        ):  # old Macintosh line ends, or a file of mixed ones
            parts = list(io.StringIO(text, newline=""))
            line += len(parts)
            yield from parts
        elif text:
            line += 1
            yield text


def _from_utf16(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-16")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{name}: starts as UTF-16 but breaks at byte {error.start}; save it as UTF-8"
        ) from None


def _looks_binary(head: bytes) -> bool:
    return len(head) - len(head.translate(None, _CONTROL)) > 0.05 * len(head)


def _binary(name: str, head: bytes) -> str:
    for magic, meaning in _KNOWN_BINARY.items():
        if head.startswith(magic):
            return f"{name}: is {meaning}"
    return f"{name}: holds binary data, not text; expected UTF-8 (or UTF-16 with a byte order mark)"
