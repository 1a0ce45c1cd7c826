"""Predictions beside the columns they were made from, as JSON Lines, CSV, Parquet or a table to look at.

JSON Lines: the keys of `Prediction.to_dict`, then the input's other columns.
CSV, Parquet: the input's columns under their own names and in their order (an id column is added where
the input has none), then `labels` (joined by `|`), `score_<label>`, `prediction_set` (joined by `|`),
`domain_percentile`, `in_domain`, `truncated`, and in a cascade `tier`. An input column that bears one of
these names gets `input_` before it, and that is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import IO, Literal

from goemox.data.columns import Columns
from goemox.data.writers import FileFormat, Row, free_name, write_rows
from goemox.prediction import Prediction
from goemox.records import TextRecord

__all__ = ["PredictionFormat", "Renamed", "line_keys", "own_columns", "write_predictions"]

PredictionFormat = FileFormat | Literal["table"]
Pair = tuple[TextRecord, Prediction]

LINE_KEYS = (
    "id", "text", "labels", "scores", "prediction_set", "domain_percentile", "in_domain", "truncated",
)  # fmt: skip


def write_predictions(
    pairs: Iterable[Pair],
    output: Path | None,
    form: PredictionFormat,
    *,
    labels: Sequence[str],
    columns: Columns | None = None,
    cascade: bool = False,
    escape_formulas: bool = True,
    notice: Callable[[str], None] | None = None,
    stdout: IO[bytes] | None = None,
) -> int:
    """Write each record with its prediction, in order, and return how many there were.

    labels: all labels of the model, in its order; they name the score columns.
    columns: the input's, as `read_records` found them; None = id, text and what the first record carries.
    cascade: the predictions say which tier answered.
    escape_formulas: in CSV, keep a spreadsheet from running texts (see `cells.csv_line`).
    output None = standard output, or `stdout`. Raises as `writers.write_rows`.
    """
    if form == "table":
        from goemox.data.table import write_table  # here, since only people need it

        return write_table(pairs, output, stdout)
    tell = notice or (lambda _: None)
    if columns is None:
        pairs = iter(pairs)
        first = next(pairs, None)
        carried = () if first is None else first[0].meta
        columns = Columns(
            ("id", "text", *(name for name in carried if name not in ("id", "text"))), text="text", id="id"
        )
        pairs = pairs if first is None else chain([first], pairs)
    types = own_columns(labels, cascade=cascade)
    own_names = line_keys(cascade=cascade) if form == "jsonl" else tuple(types)
    renamed = Renamed(own_names, columns, tell, line=form == "jsonl")
    if form == "jsonl":
        rows: Iterator[Row] = (_line(record, prediction, renamed, columns) for record, prediction in pairs)
        return write_rows(rows, output, form, stdout=stdout)
    rows = (_wide_row(record, prediction, renamed, columns) for record, prediction in pairs)
    added = () if columns.id is not None else ("id",)
    names = (*added, *(renamed[name] for name in columns.names), *types)
    return write_rows(
        rows,
        output,
        form,
        names=names,
        types=types,
        escape_formulas=escape_formulas,
        notice=notice,
        stdout=stdout,
    )


class Renamed(dict[str, str]):
    """Input column -> the name it is written under; found out, and told, when first asked for."""

    def __init__(
        self, own_names: Sequence[str], columns: Columns, notice: Callable[[str], None], *, line: bool
    ) -> None:
        super().__init__()
        # in a line, text and id stand under their fixed keys, so that their columns' names are free
        inputs = [name for name in columns.names if not (line and name in (columns.text, columns.id))]
        self._own, self._notice = frozenset(own_names), notice
        self._taken = self._own | frozenset(inputs)

    def __missing__(self, name: str) -> str:
        if name in self._own:
            self[name] = free_name(name, self._taken | frozenset(self.values()))
            self._notice(f"the input's column {name!r} is written as {self[name]!r}")
        else:
            self[name] = name
        return self[name]


def line_keys(*, cascade: bool) -> tuple[str, ...]:
    """The keys of a JSON line that are ours. cascade: the predictions say which tier answered."""
    return (*LINE_KEYS, "tier") if cascade else LINE_KEYS


def own_columns(labels: Sequence[str], *, cascade: bool) -> Mapping[str, type]:
    """The columns of CSV and Parquet that are ours, in their order, with their types.

    cascade: the predictions say which tier answered.
    """
    return {
        "labels": str,
        **{f"score_{label}": float for label in labels},
        "prediction_set": str,
        "domain_percentile": float,
        "in_domain": bool,
        "truncated": bool,
        **({"tier": str} if cascade else {}),
    }


def _line(record: TextRecord, prediction: Prediction, renamed: Mapping[str, str], columns: Columns) -> Row:
    carried = {renamed[name]: value for name, value in record.meta.items() if name != columns.id}
    return {**prediction.to_dict(), "text": record.text, **carried}


def _wide_row(
    record: TextRecord, prediction: Prediction, renamed: Mapping[str, str], columns: Columns
) -> Row:
    row: dict[str, object] = {renamed[name]: value for name, value in record.meta.items()}
    if columns.id is None:
        row["id"] = record.id
    else:
        row[renamed[columns.id]] = record.meta.get(columns.id, record.id)
    row[renamed[columns.text]] = record.text
    chosen = prediction.prediction_set
    row.update(
        {
            "labels": "|".join(prediction.labels),
            **{f"score_{label}": p for label, p in prediction.scores.items()},
            "prediction_set": None if chosen is None else "|".join(chosen),
            "domain_percentile": prediction.domain_percentile,
            "in_domain": prediction.in_domain,
            "truncated": prediction.truncated,
            **({} if prediction.tier is None else {"tier": prediction.tier}),
        }
    )
    return row
