"""A text as a row to label or to keep: its id as it was, the text, its other columns under free names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from goemox.data.writers import kept_name
from goemox.records import TextRecord

__all__ = ["carried_row", "with_single_ids"]


def carried_row(record: TextRecord, own_names: Collection[str]) -> dict[str, object]:
    """A record as a row: id, text, then every other column.

    own_names: names that the caller writes itself; such a column gets `input_` before its name.
    """
    row: dict[str, object] = {"id": record.id, "text": record.text}
    taken = {"id", "text", *own_names}
    for name, value in record.meta.items():
        if name == "id" and str(value) == record.id:
            row["id"] = value  # a number stays a number
        else:
            row[kept_name(name, taken, record.meta)] = value
    return row


def with_single_ids(records: Iterable[TextRecord]) -> tuple[list[TextRecord], int]:
    """The records, each with an id of its own, and how many had to get another one.

    The second row with the id `7` is called `7#2`, so that no row hides another. In the same order of the
    same rows the names come out the same.
    """
    rows = list(records)
    taken = {record.id for record in rows}
    met: set[str] = set()
    times: dict[str, int] = {}
    n_renamed = 0
    for place, record in enumerate(rows):
        if record.id not in met:
            met.add(record.id)
            continue
        n = times.get(record.id, 1) + 1
        while f"{record.id}#{n}" in taken:
            n += 1
        times[record.id] = n
        name = f"{record.id}#{n}"
        taken.add(name)
        rows[place] = replace(record, id=name, meta=_without_id(record.meta, record.id))
        n_renamed += 1
    return rows, n_renamed


def _without_id(meta: Mapping[str, object], row_id: str) -> dict[str, object]:
    """All but the number that the id was: it would be written in the new id's place."""
    return {name: value for name, value in meta.items() if not (name == "id" and str(value) == row_id)}
