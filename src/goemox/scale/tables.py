"""Rows and what the model says of them -> the bytes of one part: `goemox predict -o FILE` by the same engine.

Parquet keeps the types of a Parquet input; columns of other inputs get the type that the plan found, so that
all parts can be read as one table. What later rows do not fit is text in its part, and told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BytesIO
from typing import IO, Any

from goemox.classifier.answers import Answers
from goemox.data.cells import as_bytes, cell_text, csv_line, json_line
from goemox.data.prediction_files import Renamed, line_keys, own_columns
from goemox.scale.part_rows import PartRows
from goemox.scale.plan import Plan

__all__ = ["write_table"]

Tell = Callable[[str], None]


def write_table(rows: PartRows, answers: Answers, plan: Plan, stream: IO[bytes], notice: Tell) -> None:
    """Write one part in the plan's format. Row i of `answers` belongs to row i of `rows`."""
    ours = line_keys(cascade=plan.is_cascade) if plan.form == "jsonl" else tuple(_own_columns(plan))
    renamed = Renamed(ours, plan.columns, notice, line=plan.form == "jsonl")
    if plan.form == "parquet":
        _write_parquet(rows, answers, plan, renamed, stream, notice)
    elif plan.form == "csv":
        stream.writelines(_csv_lines(rows, answers, plan, renamed, notice))
    else:
        stream.writelines(_json_lines(rows, answers, plan, renamed))


def _own_columns(plan: Plan) -> Mapping[str, type]:
    return own_columns(plan.labels, cascade=plan.is_cascade)


def _json_lines(rows: PartRows, answers: Answers, plan: Plan, renamed: Mapping[str, str]) -> Iterator[bytes]:
    percentiles, inside = _as_list(answers.percentiles, answers), _as_list(answers.in_domain, answers)
    probabilities, truncated = answers.probabilities.tolist(), answers.truncated.tolist()
    kept = None if answers.kept is None else answers.kept.tolist()
    asked = None if answers.sent_on is None else answers.sent_on.tolist()
    for i, carried in enumerate(rows.carried(plan.columns)):
        scores = dict(zip(answers.labels, probabilities[i], strict=True))
        if kept is not None:
            given = [label for label, is_given in zip(answers.labels, kept[i], strict=True) if is_given]
            scores = {label: scores[label] for label in sorted(given, key=scores.__getitem__, reverse=True)}
        line = {
            "id": rows.ids[i],
            "text": rows.texts[i],
            "labels": answers.chosen[i],
            "scores": scores,
            "prediction_set": answers.sets[i],
            "domain_percentile": percentiles[i],
            "in_domain": inside[i],
            "truncated": truncated[i],
            **({} if asked is None else {"tier": "best" if asked[i] else "fast"}),
        }
        yield json_line(line | {renamed[name]: value for name, value in carried.items()})


def _csv_lines(
    rows: PartRows, answers: Answers, plan: Plan, renamed: Mapping[str, str], notice: Tell
) -> Iterator[bytes]:
    columns = plan.columns
    added = () if columns.id is not None else ("id",)
    yield as_bytes(csv_line((*added, *(renamed[name] for name in columns.names), *_own_columns(plan))))
    ids = rows.given_ids(columns)
    late: dict[str, None] = {}
    known = frozenset(columns.names)
    for i, (carried, ours) in enumerate(zip(rows.carried(columns), _own_cells(answers), strict=True)):
        values = {**carried, columns.text: rows.texts[i]}
        if columns.id is not None:
            values[columns.id] = ids[i]
        late.update(dict.fromkeys(name for name in carried if name not in known))
        given = ([ids[i]] if added else []) + [values.get(name) for name in columns.names]
        yield as_bytes(f"{csv_line(given)[:-1]},{ours}\n")
    if late:
        notice(
            f"column(s) {', '.join(late)} turned up after the first rows and are not in the CSV; "
            "use --format jsonl or parquet"
        )


def _own_cells(answers: Answers) -> Iterator[str]:
    """Our cells of each row, joined by commas."""
    known: dict[str | None, str] = {}

    def quoted(value: str | None) -> str:
        if value not in known:
            known[value] = csv_line([value])[:-1]
        return known[value]

    found = answers.columns()
    sets, percentiles = found["prediction_set"], _as_list(answers.percentiles, answers)
    inside, truncated = _as_list(answers.in_domain, answers), answers.truncated.tolist()
    kept = None if answers.kept is None else answers.kept.tolist()
    tiers = [found["tier"]] if "tier" in found else []
    for i, row in enumerate(answers.probabilities.tolist()):
        cells: Iterable[str] = map(repr, row)
        if kept is not None:
            cells = (cell if given else "" for cell, given in zip(cells, kept[i], strict=True))
        yield ",".join(
            (quoted(found["labels"][i]), *cells, quoted(sets[i]), cell_text(percentiles[i]),
             cell_text(inside[i]), cell_text(truncated[i]), *(column[i] for column in tiers))
        )  # fmt: skip


def _write_parquet(
    rows: PartRows,
    answers: Answers,
    plan: Plan,
    renamed: Mapping[str, str],
    stream: IO[bytes],
    notice: Tell,
) -> None:
    import polars as pl

    kinds = {str: pl.String(), float: pl.Float64(), bool: pl.Boolean()}
    theirs = _typed(rows, plan) if rows.table is not None else _from_records(rows, plan, notice)
    series = [column.alias(renamed[name]) for name, column in theirs.items()]
    if plan.columns.id is None:
        series.insert(0, pl.Series("id", rows.ids, dtype=pl.String))
    found = answers.columns()
    for name, kind in _own_columns(plan).items():
        column = pl.Series(name, found[name], dtype=kinds[kind])
        series.append(column.fill_nan(None) if kind is float else column)
    frame = pl.DataFrame({column.name: column for column in series})
    whole = BytesIO()  # polars would tell a full disk in words of its own
    frame.write_parquet(whole, row_group_size=max(1, len(frame)))
    stream.write(whole.getbuffer())


def _typed(rows: PartRows, plan: Plan) -> dict[str, Any]:
    """The input's own columns, with blank ids filled."""
    import polars as pl

    assert rows.table is not None  # noqa: S101 - for the type checker; the caller looked
    columns = {column.name: column for column in rows.table.get_columns()}
    name = plan.columns.id
    if name is not None:
        if columns[name].dtype == pl.String:
            columns[name] = pl.Series(name, rows.ids, dtype=pl.String)
        elif plan.types.get(name) == "str":  # some are blank, in whichever part
            texts = [cell_text(value) for value in rows.given_ids(plan.columns)]
            columns[name] = pl.Series(name, texts, dtype=pl.String)
    return columns


def _from_records(rows: PartRows, plan: Plan, notice: Tell) -> dict[str, Any]:
    """The columns of rows that came without types; those that turned up after the first rows come last."""
    columns = plan.columns
    carried = list(rows.carried(columns))
    late = dict.fromkeys(name for values in carried for name in values if name not in plan.types)
    found: dict[str, Any] = {}
    for name in (*columns.names, *late):
        if name == columns.text:
            values: list[object] = list(rows.texts)
        elif name == columns.id:
            values = list(rows.given_ids(columns))
        else:
            values = [row.get(name) for row in carried]
        found[name] = _column(name, values, plan.types.get(name, "json"), notice)
    return found


def _column(name: str, values: list[object], kind: str, notice: Tell) -> Any:
    """Values as a column of a kind (`Plan.types`); as JSON text, and told, where one does not fit."""
    import polars as pl

    python_type = {"str": str, "bool": bool, "int": int, "float": float}.get(kind)
    dtype = {"str": pl.String(), "bool": pl.Boolean(), "int": pl.Int64(), "float": pl.Float64()}.get(kind)
    if kind == "float":
        values = [float(v) if type(v) is int and abs(v) <= 2**53 else v for v in values]
    if python_type is not None and all(v is None or type(v) is python_type for v in values):
        try:
            return pl.Series(name, values, dtype=dtype)
        except (OverflowError, TypeError, UnicodeEncodeError, pl.exceptions.PolarsError):
            pass
    if any(value is not None for value in values):
        notice(f"column {name!r} holds values of several kinds; written as JSON text")
    texts = [None if value is None else as_bytes(cell_text(value)).decode() for value in values]
    return pl.Series(name, texts, dtype=pl.String)


def _as_list(column: Any, answers: Answers) -> list[Any]:
    """A column as Python values; None for each row where it is not known."""
    return [None] * len(answers) if column is None else column.tolist()
