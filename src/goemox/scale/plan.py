"""`Plan`: all that decides what the parts of a run hold; two runs with equal plans write equal bytes.

Threads, engine and machines are no part of it: they may change when a run is taken up again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from goemox._version import __version__
from goemox.data.columns import Columns
from goemox.data.folders import ending_of
from goemox.data.formats import InputFormat
from goemox.data.opening import OpenedRows, open_rows
from goemox.data.rows import polars_failures
from goemox.data.writers import FileFormat
from goemox.errors import InvalidInput, UsageError
from goemox.model_folder import CONFIG, TOKENIZER, ModelFolder
from goemox.scale.batches import BatchScorer
from goemox.wording import first_line

__all__ = ["PART_ROWS", "SCHEMA", "Plan", "make_plan", "model_hash"]

SCHEMA = "goemox.parts/1"

PART_ROWS = 32_768
"""Rows of the input that make up one part, where nobody asks for another number."""

_ROWS_TO_TYPE_BY = 100
_TYPE_NAMES = {str: "str", bool: "bool", int: "int", float: "float"}


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file of the input, as it was when the plan was made.

    path: as it was given. modified: nanoseconds since 1970. rows: None where only reading it would tell.
    """

    path: str
    bytes: int
    modified: int
    rows: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is read, how it is scored and how it is written; holds plain values only, so it can be sent.

    types: carried column -> str, int, float, bool or json, for Parquet made from files without types.
    is_sliced: any part can be read by itself (Parquet); else the input is read from its start.
    scoring: the model's hash and the options that scores depend on. labels: of the score columns.
    """

    files: tuple[InputFile, ...]
    columns: Columns
    types: Mapping[str, str]
    is_sliced: bool
    input_format: InputFormat | None
    encoding: str | None
    scoring: Mapping[str, Any]
    labels: tuple[str, ...]
    form: FileFormat
    part_rows: int

    @property
    def n_rows(self) -> int | None:
        """Rows of the input; None where only reading it would tell."""
        return sum(file.rows or 0 for file in self.files) if self.is_sliced else None

    @property
    def is_cascade(self) -> bool:
        """Whether each row is told which tier answered."""
        return bool(self.scoring["tier"] == "cascade")

    @property
    def n_parts(self) -> int | None:
        """Parts that there will be; None as `n_rows`."""
        return None if self.n_rows is None else -(-self.n_rows // self.part_rows)

    def to_dict(self) -> dict[str, Any]:
        """What `plan.json` holds."""
        columns = {
            "text": self.columns.text, "id": self.columns.id, "names": list(self.columns.names)
        }  # fmt: skip
        return {
            "schema": SCHEMA,
            "goemox_version": __version__,
            "input": [asdict(file) for file in self.files],
            "input_format": self.input_format,
            "encoding": self.encoding,
            "columns": columns,
            "types": dict(self.types),
            "scoring": dict(self.scoring),
            "labels": list(self.labels),
            "format": self.form,
            "part_rows": self.part_rows,
        }


def make_plan(
    path: Path,
    scorer: BatchScorer,
    *,
    form: FileFormat = "parquet",
    part_rows: int = PART_ROWS,
    text_column: str | None = None,
    id_column: str | None = None,
    input_format: InputFormat | None = None,
    encoding: str | None = None,
    notice: Callable[[str], None] | None = None,
) -> tuple[Plan, OpenedRows]:
    """Look at the input and the model; also returns the opened input, for who reads it from its start.

    Raises as `opening.open_rows` and `EmotionClassifier.from_pretrained`; UsageError for standard input,
    which cannot be read twice, and fewer than 1 row a part.
    """
    if str(path) == "-":
        raise UsageError("parts cannot be made of standard input, which no run could take up again; save it")
    if part_rows < 1:
        raise UsageError(f"--part-rows {part_rows}: a part has at least 1 row")
    opened = open_rows(
        path,
        text_column=text_column,
        id_column=id_column,
        input_format=input_format,
        encoding=encoding,
        notice=notice,
    )
    is_sliced = all(_is_parquet(file, input_format) for file in opened.files)
    lengths = _lengths(opened.files) if is_sliced else None
    first = list(islice(opened.rows, _ROWS_TO_TYPE_BY))
    types = (
        _types([row.values for row in first if row.values], opened.columns)
        if lengths is None
        else _blank_ids(opened.files, opened.columns)
    )
    plan = Plan(
        files=tuple(
            InputFile(
                str(file), file.stat().st_size, file.stat().st_mtime_ns, lengths[i] if lengths else None
            )
            for i, file in enumerate(opened.files)
        ),
        columns=opened.columns,
        types=types,
        is_sliced=lengths is not None,
        input_format=input_format,
        encoding=encoding,
        scoring=_scoring(scorer),
        labels=scorer.labels,
        form=form,
        part_rows=part_rows,
    )
    rows = iter(()) if plan.is_sliced else chain(first, opened.rows)  # let go of what nobody takes
    return plan, replace(opened, rows=rows)


def _is_parquet(file: Path, input_format: InputFormat | None) -> bool:
    return input_format == "parquet" or (input_format is None and ending_of(file) == ".parquet")


def _lengths(files: Sequence[Path]) -> list[int] | None:
    """The rows of Parquet files; None where their columns differ, so that parts cannot span them."""
    import polars as pl

    found, schemas = [], []
    for file in files:
        try:
            table = pl.scan_parquet(file, glob=False)
            schemas.append(table.collect_schema())
            found.append(int(table.select(pl.len()).collect().item()))
        except polars_failures() as error:
            raise InvalidInput(f"{file}: not a readable Parquet file ({first_line(error)})") from None
    return found if all(schema == schemas[0] for schema in schemas) else None


def _blank_ids(files: Sequence[Path], columns: Columns) -> dict[str, str]:
    """Ids that are no texts become texts in all parts where some are blank and filled."""
    import polars as pl

    if columns.id is None:
        return {}
    for file in files:
        ids = pl.scan_parquet(file, glob=False).select(pl.col(columns.id))
        if ids.collect_schema()[columns.id] == pl.String:
            continue
        with suppress(*polars_failures()):  # a damaged page is its part's to tell
            if ids.null_count().collect(engine="streaming").item():
                return {columns.id: "str"}
    return {}


def _types(rows: Sequence[Mapping[str, Any]], columns: Columns) -> dict[str, str]:
    """A type for every carried column, from the first rows: what later ones do not fit becomes JSON text."""
    types = {}
    for name in columns.names:
        kinds = {type(row[name]) for row in rows if row.get(name) is not None}
        if kinds == {int, float}:
            kinds = {float}
        types[name] = _TYPE_NAMES.get(kinds.pop(), "json") if len(kinds) == 1 else "json"
    return types


def _scoring(scorer: BatchScorer) -> dict[str, Any]:
    return {
        "model": scorer.model,
        "model_sha256": model_hash(scorer.classifier.folder),
        "tier": scorer.tier or "best",
        "runtime": scorer.settle(),
        "thresholds": dict(scorer.thresholds),
        "every_threshold": scorer.every,
        "grouping": scorer.grouping,
        "top_k": scorer.top_k,
        "long_text": scorer.long_text,
    }


def model_hash(folder: ModelFolder) -> str:
    """One hash over all files of a model folder that brings their sums, else over those that are read."""
    names = (CONFIG, TOKENIZER, folder.onnx.relative_to(folder.path).as_posix())
    sums = folder.sums or {name: folder.sha256(folder.path / name) for name in names}
    return hashlib.sha256("".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode()).hexdigest()
