"""Collecting into Parquet: rows gather in JSON Lines beside it; the file itself appears whole at the end.

A remote source that fails is such an end, too. An interrupted run leaves the rows file, and the next run goes
on from it and from the Parquet file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import polars as pl

from goemox.data.cells import json_line
from goemox.data.collected_rows import Collected, open_rows
from goemox.data.folders import WAITING
from goemox.data.rows import polars_failures
from goemox.data.writers import write_rows
from goemox.errors import InvalidInput, SourceError
from goemox.wording import first_line

__all__ = ["open_parquet", "parquet_ids", "rows_file"]

# Their type must not depend on whether a run happened to bring a value.
_TYPES = dict.fromkeys(("id", "text", "title", "body", "source", "url", "created_at"), str)


def rows_file(path: Path) -> Path:
    """Where rows wait until the Parquet file is written."""
    return path.with_name(path.name + WAITING)


@contextmanager
def open_parquet(path: Path) -> Iterator[Collected]:
    """Open a Parquet file for adding records; raises as `collected_rows.open_rows`."""
    waiting = rows_file(path)
    with open_rows(waiting, str(path), is_temporary=True) as collected:
        if path.exists():
            _take_back(path, collected)
        try:
            yield collected
        except SourceError:  # such as one repository that is gone: every later run would end like this one
            _finish(collected, waiting, path)
            raise
        _finish(collected, waiting, path)


def parquet_ids(path: Path) -> set[str]:
    """The ids of all rows. Raises InvalidInput for a file that goemox did not collect."""
    return {str(row_id) for row_id in _read(path, ["id"])["id"]}


def _finish(collected: Collected, waiting: Path, path: Path) -> None:
    """Write the Parquet file from the rows that waited, none of which waits then."""
    if collected.ids:
        write_rows(_rows(waiting), path, "parquet", types=_TYPES)
    collected.stream.truncate(0)


def _take_back(path: Path, collected: Collected) -> None:
    """Let the rows of an earlier run, which are in the Parquet file only, wait with the others."""
    for row in _read(path).iter_rows(named=True):
        row_id = str(row["id"])
        if row_id not in collected.ids:
            collected.append(row_id, json_line(row))


def _read(path: Path, columns: list[str] | None = None) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(path, columns=columns, glob=False)
    except polars_failures() as error:
        raise InvalidInput(
            f"{path}: not a Parquet file that goemox collected ({first_line(error)})"
        ) from None
    wrong = [name for name in columns or _TYPES if frame.schema.get(name) not in (pl.String, pl.Null)]
    if wrong:
        raise InvalidInput(
            f"{path}: not a file that goemox collected (no column {wrong[0]} of texts); choose another file"
        )
    return frame


def _rows(path: Path) -> Iterator[dict[str, object]]:
    with path.open("rb") as stream:
        for line in stream:
            if line.strip():
                yield orjson.loads(line)
