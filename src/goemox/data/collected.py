"""A file that collected texts are added to, each id once: JSON Lines, or Parquet.

Rows are on disk as soon as they are added, so an interrupted run keeps all it had, and the next run
goes on where it stopped: ids that are there are skipped, a torn last line is cut off. One process at a time.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from goemox.data.collected_rows import Collected, open_rows, read_ids
from goemox.errors import GoemoxError, UsageError

__all__ = ["Collected", "collected_ids", "open_collected"]

_ENDINGS = (".jsonl", ".ndjson")


@contextmanager
def open_collected(path: Path | None) -> Iterator[Collected]:
    """Open a file for adding records, new or from an earlier run; None = standard output.

    Raises UsageError for a name that promises another format, InvalidInput where the file holds a line
    that is no collected row (nothing is changed then), GoemoxError where the system refuses or another
    process is collecting into the file.
    """
    if path is None:
        _check_stdout()
        yield Collected("standard output", sys.stdout.buffer)
        return
    if _is_parquet(path):
        from goemox.data.collected_parquet import open_parquet  # here, since loading polars takes time

        with open_parquet(path) as collected:
            yield collected
        return
    with open_rows(path) as collected:
        yield collected


def collected_ids(path: Path | None) -> set[str]:
    """The ids that a file holds, read without taking it; none where there is no file."""
    if path is None:
        return set()
    if not _is_parquet(path):
        return read_ids(path)[0] if path.exists() else set()
    from goemox.data.collected_parquet import parquet_ids, rows_file

    waiting = rows_file(path)
    ids = parquet_ids(path) if path.exists() else set()
    return ids | (read_ids(waiting)[0] if waiting.exists() else set())


def _is_parquet(path: Path) -> bool:
    ending = path.suffix.lower()
    if ending != ".parquet" and ending not in _ENDINGS:
        raise UsageError(
            f"{path}: collected texts are written as JSON Lines or Parquet; "
            "end the name with .jsonl or .parquet"
        )
    return ending == ".parquet"


def _check_stdout() -> None:
    """Find out before anything is fetched that nobody could be given it."""
    try:
        if sys.stdout is not None:
            os.write(sys.stdout.fileno(), b"")
            return
    except OSError as error:  # also where tests put a stream without a descriptor
        if error.errno != errno.EBADF:
            return
    raise GoemoxError("standard output is closed; name a file with -o")
