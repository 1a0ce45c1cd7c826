"""Rows -> one Parquet file; what its one type a column cannot hold exactly is written as JSON text."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO
from typing import IO

import numpy as np
import polars as pl

from goemox.data.cells import as_bytes, cell_text

__all__ = ["write_parquet"]


def write_parquet(
    rows: Iterable[Mapping[str, object]],
    stream: IO[bytes],
    names: Sequence[str],
    types: Mapping[str, type],
    notice: Callable[[str], None],
) -> int:
    """Write all rows at once and return how many there were; columns that turn up late come last.

    types: str, float or bool for columns whose type must not depend on the values. Columns of `float`
    are gathered compactly, 8 bytes a value. A column of mixed kinds becomes JSON text, told by `notice`.
    """
    columns: dict[str, list[object] | array[float]] = {name: _column(types.get(name)) for name in names}
    n_rows = 0
    for row in rows:
        for name in row:
            if name not in columns:
                columns[name] = _column(types.get(name))
                for _ in range(n_rows):
                    _append(columns[name], None)
        for name, values in columns.items():
            _append(values, row.get(name))
        n_rows += 1
    series = {name: _series(name, values, types.get(name), notice) for name, values in columns.items()}
    frame = pl.DataFrame(series)  # from a plain list of series, a column without a name would be given one
    frame.write_parquet(stream)
    return n_rows


def _column(kind: type | None) -> list[object] | array[float]:
    return array("d") if kind is float else []


def _append(values: list[object] | array[float], value: object) -> None:
    if isinstance(values, list):
        values.append(value)
    else:
        values.append(float(value) if isinstance(value, (int, float)) else math.nan)


def _series(
    name: str, values: list[object] | array[float], kind: type | None, notice: Callable[[str], None]
) -> pl.Series:
    if not isinstance(values, list):
        return pl.Series(name, np.frombuffer(values, dtype=np.float64)).fill_nan(None)
    if kind is not None:
        return pl.Series(name, values, dtype=pl.Boolean if kind is bool else pl.String)
    exact = _exact_series(name, _one_kind_of_number(values))
    if exact is not None:
        return exact
    notice(f"column {name!r} holds values of several kinds; written as JSON text")
    texts = [None if value is None else as_bytes(cell_text(value)).decode() for value in values]
    return pl.Series(name, texts, dtype=pl.String)


def _exact_series(name: str, values: list[object]) -> pl.Series | None:
    """A series that gives back exactly these values from a file, or None.

    polars would drop keys that the first dictionary lacks, and turn True among numbers into 1.
    """
    try:
        series = pl.Series(name, values)
        if series.dtype != pl.String and repr(series.to_list()) != repr(values):
            return None
        if series.dtype.is_nested():
            series.to_frame().write_parquet(BytesIO())  # refuses dictionaries without keys
    except (TypeError, OverflowError, UnicodeEncodeError, pl.exceptions.PolarsError):
        return None
    return series


def _one_kind_of_number(values: list[object]) -> list[object]:
    """Whole numbers among fractions as floats, where none loses a digit."""
    numbers = [value for value in values if value is not None]
    if {type(value) for value in numbers} != {int, float}:
        return values
    whole = [value for value in numbers if isinstance(value, int)]
    if any(abs(value) > 2**53 for value in whole):
        return values
    return [float(value) if isinstance(value, int) else value for value in values]
