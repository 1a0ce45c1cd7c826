"""Bytes of a file or pipe -> lines of text: byte order marks, encodings, line ends.

Owns what can be wrong with a file before anybody asks what its rows mean.
"""

from __future__ import annotations

import codecs
import io
import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import IO

from goemox.data.packed import byte_lines
from goemox.errors import InvalidInput, UsageError

__all__ = ["LONGEST_LINE", "Decoding", "text_lines", "text_pieces"]

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes of the longest line that is read; a longer one is no row of texts, and would fill the memory."""

_UTF8, _WESTERN = "utf-8", "windows-1252"
_MARK = "\ufeff"  # of the byte order; where files were joined, in the middle, too
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",  # after utf-32, whose mark starts with it
    codecs.BOM_UTF16_BE: "utf-16",
}
_KNOWN_BINARY = {
    b"PK\x03\x04": "a zip or Excel file: save it as CSV (UTF-8)",
    b"\x1f\x8b": "gzip-compressed: end its name with .gz",
    b"\x28\xb5\x2f\xfd": "Zstandard-compressed: end its name with .zst",
    b"PAR1": "a Parquet file: end its name with .parquet",
    b"ARROW1": "an Arrow file: end its name with .arrow",
    b"%PDF": "a PDF: save its text as .txt",
}
_CONTROL = bytes(code for code in range(32) if code not in b"\t\n\f\r\x1b")
_MARKS_OF_PRINT = b"\x80\x85\x91\x92\x93\x94\x95\x96\x97\xa0\xab\xbb"  # euro, ellipsis, quotes, dashes, space
_ACCENTED = bytes(code for code in range(128, 256) if code not in _MARKS_OF_PRINT)
_PLAIN_LETTERS = 4  # as if so many more stood in each line: a short one may be full of accents
_HEAD = 8_192
_PIECE = 1024 * 1024


@dataclass(slots=True)
class Decoding:
    """How bytes became text; complete when the last line was taken.

    asked_for: the encoding that somebody named; None = found out.
    encoding: the one that was used. has_mark: whether a byte order mark stood at the start.
    western_lines: lines that were not UTF-8 and were read as Windows-1252.
    """

    asked_for: str | None = None
    encoding: str = _UTF8
    has_mark: bool = False
    western_lines: int = 0

    def __str__(self) -> str:
        mark = " with a byte order mark" if self.has_mark and self.encoding == _UTF8 else ""
        lines = "1 line" if self.western_lines == 1 else f"{self.western_lines:,} lines"
        western = f", {lines} {_WESTERN}" if self.western_lines else ""
        return f"{self.encoding}{mark}{western}"


def text_lines(
    stream: IO[bytes],
    name: str,
    decoding: Decoding | None = None,
    *,
    notice: Callable[[str], None] | None = None,
) -> Iterator[str]:
    r"""Yield the lines of a text with their line ends (`\n`, `\r\n` or `\r`), as they come.

    decoding: names an encoding, or is told which was found: UTF-8 with or without a byte order mark, UTF-16
    or UTF-32 with one, else line by line Windows-1252 where it can be no other (told through `notice`).
    Raises UsageError for an encoding that does not exist; InvalidInput, naming line and byte, for one that
    cannot be told or is broken, for binary data, a damaged archive and a line that is too long.
    """
    decoding = decoding or Decoding()
    pieces = byte_lines(stream, name, LONGEST_LINE)
    first = next(pieces, b"")
    codec = _codec(first, name, decoding)
    if codec is not None:
        yield from _decoded(chain([first], pieces), name, codec)
        return
    whole = _whole_lines(chain([first], pieces), name)
    yield from _from_utf8(whole, name, first[:_HEAD], decoding, notice or (lambda message: None))


def text_pieces(stream: IO[bytes], name: str, decoding: Decoding | None = None) -> Iterator[str]:
    """Yield a text in pieces of at most 1 MB, cut at line ends where they are near enough.

    As `text_lines`, but without Windows-1252: for JSON, which is UTF-8 (RFC 8259).
    """
    decoding = decoding or Decoding()
    pieces = byte_lines(stream, name, _PIECE)
    first = next(pieces, b"")
    codec = _codec(first, name, decoding) or f"{_UTF8}-sig"
    yield from _decoded(chain([first], pieces), name, codec, whole_lines=False)


def _codec(first: bytes, name: str, decoding: Decoding) -> str | None:
    """The codec that was asked for or that a mark names; None = UTF-8, if it is text at all."""
    if decoding.asked_for is not None:
        codec = _known_encoding(decoding.asked_for)
        decoding.encoding = codec.removesuffix("-sig")
        return codec
    wide = next((encoding for mark, encoding in _MARKS.items() if first.startswith(mark)), None)
    decoding.has_mark = wide is not None or first.startswith(codecs.BOM_UTF8)
    if wide is not None:
        decoding.encoding = wide
        return wide
    head = first[:_HEAD]
    if head.count(0) > 0.3 * len(head):
        raise InvalidInput(_binary(name, head))
    return None


def _known_encoding(encoding: str) -> str:
    try:
        codecs.getincrementaldecoder(encoding)
        found = codecs.lookup(encoding)
        b"a".decode(found.name)
    except UnicodeError:  # half a character of a wide encoding
        return found.name
    except (LookupError, ValueError):
        raise UsageError(
            f"encoding {encoding!r} does not exist; such as utf-8, utf-16, windows-1252, latin-1, gb18030"
        ) from None
    return _UTF8 + "-sig" if found.name == _UTF8 else found.name


def _whole_lines(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    r"""Pieces that each end a line (`\n`, or `\r` where a piece would be too long); the rest raises."""
    rest = b""
    for number, piece in enumerate(pieces, start=1):
        line = rest + piece if rest else piece
        rest = b""
        if len(piece) >= LONGEST_LINE and not piece.endswith(b"\n"):
            cut = line.rfind(b"\r", 0, -1) + 1  # old Macintosh line ends
            if not cut:
                raise InvalidInput(
                    f"{name}:{number}: the line is longer than {LONGEST_LINE // 1024**2} MB; "
                    "a file of texts has one row a line (is a line break missing?)"
                )
            line, rest = line[:cut], line[cut:]
        yield line
    if rest:
        yield rest


def _from_utf8(
    pieces: Iterable[bytes], name: str, head: bytes, decoding: Decoding, notice: Callable[[str], None]
) -> Iterator[str]:
    """Lines of UTF-8, others as Windows-1252; that is told some lines later, when no binary data came."""
    line, offset, untold = 1, 0, ""
    for piece in pieces:
        if untold and offset >= _HEAD:
            notice(untold)
            untold = ""
        try:
            text = piece.decode()
        except UnicodeDecodeError as error:
            if _looks_binary(head) or _looks_binary(piece[:_HEAD]):
                raise InvalidInput(_binary(name, head)) from None
            text = _from_western(piece, f"{name}:{line}", offset + error.start, name)
            if not decoding.western_lines:
                untold = (
                    f"{name}:{line}: not UTF-8; this line and others that are not are read as Windows-1252. "
                    "If letters come out wrong, save the file as UTF-8"
                )
            decoding.western_lines += 1
        offset += len(piece)
        text = text.removeprefix(_MARK)
        if "\r" in text and "\r" in text.removesuffix("\n").removesuffix("\r"):
            parts = list(io.StringIO(text, newline=""))  # old Macintosh line ends, or a file of mixed ones
            line += len(parts)
            yield from parts
        elif text:
            line += 1
            yield text
    if untold:
        notice(untold)


def _from_western(line: bytes, where: str, byte: int, name: str) -> str:
    """A line as Windows-1252; InvalidInput where it is full of letters that are not ASCII, or no such text.

    In Western languages few letters have accents; in Cyrillic or Chinese encodings most bytes are high.
    Quotes, dashes and the like are no letters: a row may hold nothing else.
    """
    accented = len(line) - len(line.translate(None, _ACCENTED))
    letters = accented + sum(line.translate(_LETTERS))
    try:
        if accented > 0.4 * (letters + _PLAIN_LETTERS):
            raise UnicodeError
        return line.decode(_WESTERN)
    except UnicodeError:
        raise InvalidInput(
            f"{where}: not UTF-8 (byte {byte}) and no Western text; save it as UTF-8, or convert it: "
            f"iconv -f ENCODING -t utf-8 {shlex.quote(name)} "
            "(predict and profile read the encoding that --encoding names)"
        ) from None


_LETTERS = bytes(chr(code).isalpha() and code < 128 for code in range(256))


def _decoded(pieces: Iterator[bytes], name: str, encoding: str, *, whole_lines: bool = True) -> Iterator[str]:
    """Lines, or else pieces, in an encoding that is known; bytes that break it raise InvalidInput.

    A mark that the encoding leaves in front of a line is dropped, of pieces in front of the first.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    rest, number, offset = "", 1, 0
    for piece in chain(pieces, [b""]):
        pending = len(decoder.getstate()[0])
        try:
            text = rest + decoder.decode(piece, final=not piece)
        except UnicodeError as error:
            line = number + rest.endswith(("\n", "\r"))
            if not isinstance(error, UnicodeDecodeError):  # punycode says no more
                raise InvalidInput(f"{name}: not {encoding.upper()} ({error}); save it as UTF-8") from None
            head = (piece + next(pieces, b""))[:_HEAD]  # the first line of a picture is six bytes long
            if encoding == f"{_UTF8}-sig" and _looks_binary(head):
                raise InvalidInput(_binary(name, head)) from None
            raise InvalidInput(
                f"{name}:{line}: not {encoding.removesuffix('-sig').upper()} "
                f"(byte {offset - pending + error.start}); save it as UTF-8"
            ) from None
        offset += len(piece)
        if not whole_lines:
            if offset == len(piece):
                text = text.removeprefix(_MARK)
            number += text.count("\n")
            if text:
                yield text
            continue
        lines = list(io.StringIO(text, newline=""))
        rest = lines.pop() if piece and lines else ""  # a "\n" may follow its "\r"
        if len(rest) > LONGEST_LINE:
            raise InvalidInput(f"{name}:{number}: the line is longer than {LONGEST_LINE // 1024**2} MB")
        number += len(lines)
        yield from filter(None, (line.removeprefix(_MARK) for line in lines))


def _looks_binary(head: bytes) -> bool:
    return len(head) - len(head.translate(None, _CONTROL)) > 0.05 * len(head)


def _binary(name: str, head: bytes) -> str:
    for magic, meaning in _KNOWN_BINARY.items():
        if head.startswith(magic):
            return f"{name}: is {meaning}"
    return (
        f"{name}: holds binary data, not text; expected UTF-8, or UTF-16 with a byte order mark "
        "(predict and profile read others that --encoding names)"
    )
