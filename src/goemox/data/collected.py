"""A file that collected texts are appended to: JSON Lines, one row a record, each id once.

Rows are on disk as soon as they are added, so an interrupted run keeps all it had, and the next run
goes on where it stopped: ids that are there are skipped, a torn last line is cut off.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import orjson

from goemox.errors import GoemoxError, InvalidInput, UsageError
from goemox.records import TextRecord

__all__ = ["Collected", "open_collected"]

_ENDINGS = (".jsonl", ".ndjson")
_OPTIONS = orjson.OPT_APPEND_NEWLINE | orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z


@dataclass(slots=True)
class Collected:
    """An open file; n_added counts the rows of this run, n_skipped those whose id was there already."""

    name: str
    stream: IO[bytes]
    ids: set[str] = field(default_factory=set)
    n_added: int = 0
    n_skipped: int = 0

    def add(self, record: TextRecord) -> None:
        """Append one record, at once; a repeated id is skipped. Raises GoemoxError where writing fails."""
        if record.id in self.ids:
            self.n_skipped += 1
            return
        try:
            self.stream.write(_line(record))
            self.stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise GoemoxError(
                f"{self.name}: cannot be written ({error.strerror}); "
                "rows so far are kept, and the same command goes on from there"
            ) from error
        self.ids.add(record.id)
        self.n_added += 1


@contextmanager
def open_collected(path: Path | None) -> Iterator[Collected]:
    """Open a file for adding records, new or from an earlier run; None = standard output.

    Raises UsageError for a name that promises another format, InvalidInput where the file holds a line
    that is no collected row (nothing is changed then), GoemoxError where the system refuses.
    """
    if path is None:
        yield Collected("standard output", sys.stdout.buffer)
        return
    if path.suffix.lower() not in _ENDINGS:
        raise UsageError(f"{path}: collected texts are written as JSON Lines; end the name with .jsonl")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as stream:
            stream.seek(0)
            ids, end, is_whole = _read_ids(stream, path)
            stream.truncate(end)
            if not is_whole:
                stream.write(b"\n")
            yield Collected(str(path), stream, ids)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        if error.filename is None:
            raise
        raise GoemoxError(f"{path}: cannot be opened ({error.strerror})") from error


def _read_ids(stream: IO[bytes], path: Path) -> tuple[set[str], int, bool]:
    """The ids of all rows, where the last good row ends, and whether a newline stands there."""
    ids: set[str] = set()
    end, is_whole = 0, True
    for number, line in enumerate(stream, start=1):
        is_whole = line.endswith(b"\n")
        row_id = _id_of(line)
        if row_id is None and line.strip():
            if not is_whole:  # torn while it was written
                return ids, end, True
            raise InvalidInput(
                f"{path}:{number}: not a row that goemox collected (a JSON object with an id); "
                "choose another file"
            )
        if row_id is not None:
            ids.add(row_id)
        end += len(line)
    return ids, end, is_whole


def _id_of(line: bytes) -> str | None:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return str(row["id"]) if isinstance(row, dict) and "id" in row else None


def _line(record: TextRecord) -> bytes:
    meta = dict(record.meta)
    row = {
        "id": record.id,
        "text": record.text,
        "title": meta.pop("title", None),
        "body": meta.pop("body", None),
        "source": record.source,
        "url": record.url,
        "created_at": record.created_at,
    }
    return orjson.dumps({**meta, **row} if row.keys() & meta.keys() else {**row, **meta}, option=_OPTIONS)
