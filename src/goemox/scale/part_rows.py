"""The rows of one part: read by themselves where the input allows it, the good ones apart from the bad."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, Any

from goemox.data.bad_rows import BadRow
from goemox.data.columns import Columns
from goemox.data.files import bad_row_of, record_of
from goemox.data.opening import OpenedRows
from goemox.data.rows import RawRow, polars_failures
from goemox.errors import InvalidInput
from goemox.records import TextRecord
from goemox.scale.plan import Plan
from goemox.wording import first_line

if TYPE_CHECKING:
    import polars as pl

__all__ = ["PartRows", "PartTask", "part_tasks"]

_one_at_a_time = Lock()  # a slice is unpacked with all of its row group, which may be large


@dataclass(frozen=True, slots=True)
class PartRows:
    """The usable rows of one part, in order, and the others.

    number: of the part, from 0. ids, texts: of the n usable rows. bad: the others.
    table: the usable rows' columns as the input has them, where it has types (Parquet); else records.
    """

    number: int
    ids: Sequence[str]
    texts: Sequence[str]
    bad: Sequence[BadRow]
    table: pl.DataFrame | None = None
    records: Sequence[TextRecord] = ()

    def __len__(self) -> int:
        return len(self.texts)

    def carried(self, columns: Columns) -> Iterator[Mapping[str, Any]]:
        """For every usable row the columns other than text and id, as the input has them."""
        if self.table is None:
            for record in self.records:
                yield {name: value for name, value in record.meta.items() if name != columns.id}
            return
        others = [name for name in self.table.columns if name not in (columns.text, columns.id)]
        if not others:
            yield from ({} for _ in self.texts)
            return
        yield from self.table.select(others).iter_rows(named=True)

    def given_ids(self, columns: Columns) -> Sequence[object]:
        """For every usable row the id as it is written again: a number stays one, a blank one is filled."""
        if self.table is None:
            return [record.meta.get(str(columns.id), record.id) for record in self.records]
        if columns.id is None:
            return self.ids
        given = self.table[columns.id].to_list()
        return [
            row_id if value is None or isinstance(value, str) else value
            for value, row_id in zip(given, self.ids, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class PartTask:
    """What somebody needs to know to read one part, here or elsewhere; can be pickled.

    number: of the part, from 0. start: rows of the collection before it. rows: its rows, where the input is
    read from its start; None = they are read from the plan's Parquet files.
    """

    number: int
    start: int
    rows: Sequence[RawRow] | None = None

    def read(self, plan: Plan) -> PartRows:
        """Read the rows and judge them. Raises InvalidInput for a file that cannot be read."""
        if self.rows is None:
            return _sliced(plan, self.number, self.start)
        return _judged(self.number, self.start, self.rows, plan.columns)


def part_tasks(plan: Plan, opened: OpenedRows, done: Iterable[int] = ()) -> Iterator[PartTask]:
    """The parts that are missing, in order. opened: as `make_plan` gave it; its rows are taken.

    Raises, while they are taken, InvalidInput where the input cannot be read on.
    """
    known = frozenset(done)
    if plan.n_parts is not None:
        yield from (PartTask(n, n * plan.part_rows) for n in range(plan.n_parts) if n not in known)
        return
    rows, number = iter(opened.rows), 0
    while True:
        start = number * plan.part_rows
        if number in known:
            if sum(1 for _ in islice(rows, plan.part_rows)) < plan.part_rows:
                return
        else:
            some = list(islice(rows, plan.part_rows))
            if some:
                yield PartTask(number, start, some)
            if len(some) < plan.part_rows:
                return
        number += 1


def _judged(number: int, start: int, rows: Sequence[RawRow], columns: Columns) -> PartRows:
    records: list[TextRecord] = []
    bad: list[BadRow] = []
    for row_number, row in enumerate(rows, start=start + 1):
        try:
            records.append(record_of(row, row_number, columns))
        except InvalidInput as problem:
            bad.append(bad_row_of(row, problem))
    texts = [record.text for record in records]
    return PartRows(number, [record.id for record in records], texts, bad, None, records)


def _sliced(plan: Plan, number: int, start: int) -> PartRows:
    table, places = _slice(plan, start)
    columns = plan.columns
    texts = table[columns.text].to_list()
    good = [i for i, text in enumerate(texts) if isinstance(text, str) and text and not text.isspace()]
    bad: list[BadRow] = []
    if len(good) < len(texts):
        usable = frozenset(good)
        for i in (i for i in range(len(texts)) if i not in usable):
            row = RawRow(places(i), table.row(i, named=True))
            try:
                record_of(row, start + i + 1, columns)
            except InvalidInput as problem:
                bad.append(bad_row_of(row, problem))
        table, texts = table[good], [texts[i] for i in good]
    if columns.id is None:
        ids = [str(start + i + 1) for i in good]
    else:
        given = table[columns.id].to_list()
        ids = [
            f"row-{start + i + 1}" if value is None or value == "" else str(value)
            for i, value in zip(good, given, strict=True)
        ]
    return PartRows(number, ids, texts, bad, table)


def _slice(plan: Plan, start: int) -> tuple[pl.DataFrame, Any]:
    """The rows of the collection from `start` on, and where each of them stands."""
    import polars as pl

    stop, before = start + plan.part_rows, 0
    pieces: list[pl.DataFrame] = []
    places: list[
        tuple[int, str, int]
    ] = []  # first row of a piece in the table, its file, rows before it there
    for file in plan.files:
        n_rows = file.rows or 0
        first, last = max(start, before), min(stop, before + n_rows)
        if first < last:
            places.append((first - start, file.path, first - before))
            try:
                with _one_at_a_time:
                    table = pl.scan_parquet(file.path, glob=False)
                    piece = table.slice(first - before, last - first).collect()
            except polars_failures() as error:
                problem = f"{file.path}: not a readable Parquet file ({first_line(error)})"
                raise InvalidInput(problem) from None
            pieces.append(piece)
        before += n_rows

    def place(i: int) -> str:
        at, path, skipped = next(entry for entry in reversed(places) if entry[0] <= i)
        return f"{path}:{skipped + i - at + 1}"

    return pl.concat(pieces), place
