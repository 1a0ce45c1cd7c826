"""Files and pipes as plain bytes: whether they are there, whether they may be read, unpacking on the way."""

from __future__ import annotations

import gzip
import io
import re
import sys
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO, cast

from goemox.errors import InvalidInput
from goemox.wording import nearest, refusal

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["PACKED", "byte_lines", "check_is_file", "check_is_there", "open_bytes", "unpacked"]

PACKED = (".gz", ".zst")
"""Endings of files that are unpacked while they are read."""

_ADDRESS = re.compile(r"[a-z][a-z0-9+]+:/", re.IGNORECASE)  # a path holds two slashes as one
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


def check_is_there(path: Path) -> None:
    """Raise InvalidInput, with the nearest name that exists, unless there is a file or folder `path`."""
    try:
        if path.exists():
            return
    except OSError as error:  # such as a name that is too long for the system
        raise InvalidInput(f"{path.parent}: no file has such a name ({error.strerror})") from None
    if not path.parent.is_dir():
        if _ADDRESS.match(str(path)):
            raise InvalidInput(f"{path}: addresses are not read; download the file first, and name it")
        raise InvalidInput(f"{path}: no such file; the folder {path.parent} does not exist either")
    names = sorted(file.name for file in path.parent.iterdir())
    if path.name in names:
        raise InvalidInput(f"{path}: is a link to a file that is gone; name the file itself")
    near = nearest(path.name, names)
    hint = f"did you mean {path.parent / near}?" if near else "check the name and the current folder"
    raise InvalidInput(f"{path}: no such file; {hint}")


def check_is_file(path: Path) -> None:
    """Raise InvalidInput unless `path` can be read as a file, not a folder."""
    check_is_there(path)
    if path.is_dir():
        raise InvalidInput(f"{path}: is a folder; name one file in it (.csv .tsv .jsonl .json .parquet .txt)")


def open_bytes(path: Path) -> IO[bytes]:
    """Open for reading; `.gz` and `.zst` are unpacked on the way. Raises InvalidInput where it is refused."""
    check_is_file(path)
    try:
        ending = path.suffix.lower()
        if ending == ".gz":
            return cast("IO[bytes]", gzip.open(path, "rb"))
        if ending == ".zst":
            return cast("IO[bytes]", zstd.open(path, "rb"))
        return path.open("rb")
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read {refusal(error)}") from error


def unpacked(stream: IO[bytes]) -> IO[bytes]:
    """What a pipe brings, unpacked if it starts as gzip or Zstandard does."""
    if not isinstance(stream, io.BufferedReader):
        stream = io.BufferedReader(cast("io.RawIOBase", stream))
    start = stream.peek(4)[:4]
    if start.startswith(_GZIP):
        return cast("IO[bytes]", gzip.open(stream, "rb"))
    if start.startswith(_ZSTD):
        return cast("IO[bytes]", zstd.open(stream, "rb"))
    return stream


def byte_lines(stream: IO[bytes], name: str, longest: int = -1) -> Iterator[bytes]:
    r"""Yield what stands before each `\n`, with it; what is longer than `longest` bytes comes in parts.

    Raises InvalidInput for a damaged archive, and where the system refuses.
    """
    try:
        yield from iter(partial(stream.readline, longest), b"")
    except (EOFError, zlib.error, gzip.BadGzipFile, zstd.ZstdError) as error:
        if "too much memory" in str(error):
            raise InvalidInput(
                f"{name}: was packed with a window of over 128 MB; unpack it first: zstd -d --long=31 {name}"
            ) from error
        raise InvalidInput(f"{name}: the archive is damaged or cut off ({error}); pack it again") from error
    except OSError as error:
        raise InvalidInput(f"{name}: cannot be read {refusal(error)}") from error
