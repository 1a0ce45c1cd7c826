"""Arrow files, as the `datasets` library keeps them -> rows, with the names of label numbers put in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from goemox.data.rows import RawRow, polars_failures
from goemox.errors import InvalidInput, NoRows
from goemox.wording import first_line

__all__ = ["arrow_rows"]

_INFO = "dataset_info.json"


def arrow_rows(path: Path) -> Iterator[RawRow]:
    """Yield the rows of an Arrow IPC file or stream, which is read whole.

    Columns whose features in a `dataset_info.json` beside it are `ClassLabel`s, or lists of them, give names
    instead of numbers; -1, which stands for no label there, gives null.
    Raises NoRows for a file that is empty, InvalidInput for one that is not Arrow.
    """
    import polars as pl  # here, since most calls never meet an Arrow file and loading polars takes time

    with path.open("rb") as check:
        is_file = check.read(6) == b"ARROW1"
    with path.open("rb") as stream:  # a path would be taken for a pattern
        try:
            table = pl.read_ipc(stream) if is_file else pl.read_ipc_stream(stream)
        except polars_failures() as error:
            raise InvalidInput(f"{path}: not a readable Arrow file ({first_line(error)})") from None
    if not len(table):
        raise NoRows(f"{path}: the file has no rows")
    named = _label_names(path.parent / _INFO)
    for number, values in enumerate(table.iter_rows(named=True), start=1):
        for column, name_of in named.items():
            if column in values:
                values[column] = name_of(values[column])
        yield RawRow(f"{path}:{number}", values)


def _label_names(info: Path) -> Mapping[str, Callable[[object], object]]:
    """Column -> what gives its cells their names."""
    try:
        features = json.loads(info.read_text("utf-8")).get("features")
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}
    found: dict[str, Callable[[object], object]] = {}
    for column, feature in features.items() if isinstance(features, dict) else ():
        inner = feature.get("feature", feature) if isinstance(feature, dict) else None
        names = inner.get("names") if isinstance(inner, dict) and inner.get("_type") == "ClassLabel" else None
        if isinstance(names, list) and all(isinstance(name, str) for name in names) and names:
            found[column] = _Naming(names)
    return found


class _Naming:
    """Gives label numbers, alone or in lists, their names."""

    def __init__(self, names: list[str]) -> None:
        self._names = names

    def __call__(self, cell: object) -> object:
        if isinstance(cell, list):
            return [self(item) for item in cell]
        if not isinstance(cell, int):
            return cell
        return self._names[cell] if 0 <= cell < len(self._names) else None
