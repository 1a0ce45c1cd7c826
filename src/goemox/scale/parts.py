"""The parts of an output folder: `part-00000.parquet` (.csv, .jsonl), with `errors-00000.jsonl` beside it.

A part exists if and only if it is done: it is written whole or not at all, after its errors. A part without
bad rows has no errors file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from goemox import atomic
from goemox.classifier.answers import Answers
from goemox.data.cells import json_line
from goemox.data.rows import polars_failures
from goemox.errors import GoemoxError, InvalidInput
from goemox.scale.batches import BatchScorer
from goemox.scale.part_rows import PartRows
from goemox.scale.plan import Plan
from goemox.scale.tables import write_table
from goemox.wording import first_line, refusal

__all__ = ["PartCounts", "count_part", "done_parts", "errors_path", "part_path", "write_part"]


@dataclass(frozen=True, slots=True)
class PartCounts:
    """What one part holds: usable rows, bad ones, texts outside the domain and texts that were cut.

    notes: what is worth knowing about it, each in one line.
    """

    number: int
    rows: int
    bad: int
    outside: int
    cut: int
    notes: tuple[str, ...] = ()


def part_path(folder: Path, plan: Plan, number: int) -> Path:
    """Where a part's rows are, or will be."""
    return folder / f"part-{number:05d}.{plan.form}"


def errors_path(folder: Path, number: int) -> Path:
    """Where a part's bad rows are listed, as by `goemox predict --errors`."""
    return folder / f"errors-{number:05d}.jsonl"


def done_parts(folder: Path, plan: Plan) -> frozenset[int]:
    """The numbers of all parts that are there."""
    name = re.compile(rf"part-(\d{{5,}})\.{plan.form}")
    found = (name.fullmatch(path.name) for path in folder.iterdir())
    return frozenset(int(match[1]) for match in found if match)


def write_part(
    folder: Path,
    plan: Plan,
    rows: PartRows,
    scorer: BatchScorer,
    progress: Callable[[int], None] | None = None,
) -> PartCounts:
    """Score the rows of one part and write it with its errors; the same bytes whoever does it, and when.

    progress: as `BatchScorer.answers`; what it raises leaves no part behind.
    Raises GoemoxError where the folder cannot be written to, and as the scorer.
    """
    answers = scorer.answers(rows.texts, progress)
    notes: dict[str, None] = {}
    if rows.bad:
        with _open(errors_path(folder, rows.number)) as stream:
            stream.writelines(json_line(row.to_dict()) for row in rows.bad)
    with _open(part_path(folder, plan, rows.number)) as stream:
        write_table(rows, answers, plan, stream, lambda note: notes.setdefault(note))
    return PartCounts(
        rows.number, len(rows), len(rows.bad), _n_outside(answers), int(answers.truncated.sum()), tuple(notes)
    )


def count_part(folder: Path, plan: Plan, number: int) -> PartCounts:
    """What a part holds that is done already.

    Raises InvalidInput for a part that is damaged.
    """
    import polars as pl

    path, errors = part_path(folder, plan, number), errors_path(folder, number)
    kinds = {"in_domain": pl.Boolean(), "truncated": pl.Boolean()}
    try:
        if plan.form == "parquet":
            table = pl.read_parquet(path, columns=list(kinds), glob=False)
        elif plan.form == "csv":
            table = pl.read_csv(path, columns=list(kinds), schema_overrides=kinds, glob=False)
        else:
            lines = path.read_bytes()  # a path would be taken for a pattern
            table = pl.read_ndjson(lines, schema=kinds) if lines else pl.DataFrame(schema=kinds)
        bad = errors.read_bytes().count(b"\n") if errors.exists() else 0
    except polars_failures() as error:
        raise InvalidInput(
            f"{path}: is damaged ({first_line(error)}); remove it, and the same command makes it again"
        ) from None
    outside = int((~table["in_domain"].fill_null(value=True)).sum())
    return PartCounts(number, len(table), bad, outside, int(table["truncated"].sum()))


def _n_outside(answers: Answers) -> int:
    return 0 if answers.in_domain is None else int((~answers.in_domain).sum())


@contextmanager
def _open(path: Path) -> Iterator[IO[bytes]]:
    """As `atomic.open_binary`, but what the system refuses is told as ours."""
    try:
        with atomic.open_binary(path) as stream:
            yield stream
    except OSError as error:
        raise GoemoxError(f"{path}: cannot be written {refusal(error)}") from error
