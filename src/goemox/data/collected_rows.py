"""Rows appended to JSON Lines one by one: on disk as soon as they are added, each id once, none torn."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import orjson

from goemox.data.file_lock import open_alone
from goemox.errors import GoemoxError, InvalidInput
from goemox.records import TextRecord

__all__ = ["Collected", "open_rows", "read_ids"]

_OPTIONS = orjson.OPT_APPEND_NEWLINE | orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z
_BEGINNING = b'{"id":'  # of each row written here, so that what is torn is known as one


@dataclass(slots=True)
class Collected:
    """An open file; n_added counts the rows of this run, n_skipped the ids that were there already.

    end: where the last whole row ends, None for a stream that cannot be cut back.
    """

    name: str
    stream: IO[bytes]
    ids: set[str] = field(default_factory=set)
    end: int | None = None
    n_added: int = 0
    _met_again: set[str] = field(default_factory=set)

    @property
    def n_skipped(self) -> int:
        """How many ids came again, or were asked for, that are there."""
        return len(self._met_again)

    def knows(self, row_id: str) -> bool:
        """Whether the id is there; counts as skipped then, so that a source need not fetch it again."""
        if row_id not in self.ids:
            return False
        self._met_again.add(row_id)
        return True

    def add(self, record: TextRecord) -> None:
        """Append one record, at once; a repeated id is skipped. Raises GoemoxError where writing fails."""
        if self.knows(record.id):
            return
        self.append(record.id, _line(record))
        self.n_added += 1

    def append(self, row_id: str, line: bytes) -> None:
        """Append a whole line with its newline; where that fails, nothing of it stays in the file."""
        try:
            left = memoryview(line)
            while left:
                left = left[self.stream.write(left) :]
            self.stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            self._cut_back()
            raise GoemoxError(
                f"{self.name}: cannot be written ({error.strerror}); rows so far are kept; make room, then "
                "the same command goes on from there"
            ) from error
        except BaseException:
            self._cut_back()
            raise
        self.ids.add(row_id)
        if self.end is not None:
            self.end += len(line)

    def _cut_back(self) -> None:
        if self.end is not None:
            with suppress(OSError):
                self.stream.truncate(self.end)


@contextmanager
def open_rows(path: Path, name: str = "", *, is_temporary: bool = False) -> Iterator[Collected]:
    """Open JSON Lines for adding records, new or from an earlier run, as the only one who does.

    name: what messages call the file. A file that was made here is removed if no row came to be in it; a
    temporary one whenever it is empty in the end.
    Raises InvalidInput where the file holds a line that is no collected row (nothing is changed then),
    GoemoxError where the system refuses or another process has the file.
    """
    is_left_over = False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        is_ours = is_temporary or not path.exists()
        stream = open_alone(path, name)
    except OSError as error:
        raise GoemoxError(f"{path}: cannot be opened ({error.strerror})") from error
    try:
        with stream:
            ids, end, is_whole = read_ids(path)
            stream.truncate(end)
            collected = Collected(name or str(path), stream, ids, end)
            if not is_whole:
                stream.write(b"\n")
                collected.end = end + 1
            try:
                yield collected
            finally:
                _settle(stream)
                is_left_over = is_ours and os.fstat(stream.fileno()).st_size == 0
                if is_left_over:
                    _remove(path)
    finally:
        if is_left_over and os.name == "nt":  # where an open file cannot be removed
            _remove(path)


def read_ids(path: Path) -> tuple[set[str], int, bool]:
    """The ids of all rows, where the last good row ends, and whether a newline stands there."""
    ids: set[str] = set()
    end, is_whole = 0, True
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            is_whole = line.endswith(b"\n")
            row_id = _id_of(line)
            if row_id is None and line.strip():
                if not is_whole and _is_torn(line):
                    return ids, end, True
                raise InvalidInput(
                    f"{path}:{number}: not a row that goemox collected (a JSON object with an id); "
                    "choose another file"
                )
            if row_id is not None:
                ids.add(row_id)
            end += len(line)
    return ids, end, is_whole


def _is_torn(line: bytes) -> bool:
    """Whether a line without its newline is the beginning of a row, or room on disk that was never filled."""
    if not line.strip(b"\0"):
        return True
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        begun = line.translate(None, b" ")
        return begun.startswith(_BEGINNING) or _BEGINNING.startswith(begun)
    return False


def _settle(stream: IO[bytes]) -> None:
    with suppress(OSError):
        os.fsync(stream.fileno())


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)


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
    if row.keys() & meta.keys():
        return orjson.dumps({**row, **meta, **row}, option=_OPTIONS)
    return orjson.dumps({**row, **meta}, option=_OPTIONS)
