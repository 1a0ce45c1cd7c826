"""`goemox predict`: texts in, labels out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from goemox.cli.options import (
    Encoding,
    IdColumn,
    InputFormat,
    Model,
    RuntimeOption,
    TextColumn,
    TierOption,
    is_typed,
    keep_apart,
    keep_outside,
)
from goemox.cli.predict_file import predict_file
from goemox.cli.predict_parts import input_of, is_folder, predict_parts
from goemox.errors import UsageError

Texts = Annotated[list[str] | None, typer.Argument(help="Texts to read, or - for stdin.", metavar="TEXT")]
InputFile = Annotated[
    str | None, typer.Option("--input", "-i", help="A file of texts, or - for stdin.", metavar="FILE")
]
TopK = Annotated[
    int | None,
    typer.Option(
        min=1, help="Give only the K highest scores, and the chosen labels among them.", metavar="K"
    ),
]
Grouping = Annotated[
    str | None,
    typer.Option(
        help="Answer in groups of labels: ekman, sentiment, or a name that `goemox adapt` gave.",
        metavar="NAME",
    ),
]
Thresholds = Annotated[
    list[str] | None,
    typer.Option(help="A cut for all labels (P) or one (LABEL=P); repeatable.", metavar="[LABEL=]P"),
]
LongText = Annotated[
    Literal["truncate", "chunk"],
    typer.Option(
        help="Texts of over some 35 words: truncate reads them at once, to the 512th token; chunk reads all "
        "of them in windows of whole sentences, and a label scores what its strongest window does."
    ),
]
Errors = Annotated[Path | None, typer.Option(help="List the rows that cannot be used here.", metavar="FILE")]
Form = Annotated[
    Literal["jsonl", "csv", "parquet", "table"] | None,
    typer.Option("--format", help="By the output's ending, else jsonl; of parts, parquet."),
]
Engine = Annotated[
    Literal["local", "ray"],
    typer.Option(help="For -o DIR/: this machine, or a Ray cluster (needs goemox[ray])."),
]
PartRows = Annotated[
    int | None, typer.Option(min=1, help="For -o DIR/: rows a part; 32,768 else.", metavar="N")
]
Target = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE|DIR/",
        help="Write here instead of to stdout. Into a folder a big file goes part by part, and the same "
        "command takes up what was interrupted.",
    ),
]


def predict(
    ctx: typer.Context,
    texts: Texts = None,
    input_file: InputFile = None,
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    input_format: InputFormat = None,
    encoding: Encoding = None,
    model: Model = None,
    top_k: TopK = None,
    grouping: Grouping = None,
    threshold: Thresholds = None,
    long_text: LongText = "truncate",
    errors: Errors = None,
    form: Form = None,
    tier: TierOption = "best",
    runtime: RuntimeOption = "auto",
    engine: Engine = "local",
    part_rows: PartRows = None,
    output: Target = None,
) -> None:
    """Read the emotions in texts, files or stdin.

    Files: CSV, TSV, JSON Lines, JSON, Parquet, or one text a line; their other columns are kept. Rows that
    cannot be read are left out, told, and end in exit code 4.
    """
    from goemox.scale.batches import BatchScorer

    if texts == ["-"] and input_file is None:
        texts, input_file = None, "-"
    keep_apart(("--input", input_file), ("--output", output), ("--errors", errors))
    keep_outside(("--input", input_file), ("--output", output), ("--errors", errors))
    if errors is not None and errors.is_dir():
        raise UsageError(
            f"--errors {errors}: is a folder; name a file for the list of rows that cannot be read"
        )
    every, single = _parse_thresholds(threshold or [])
    scorer = BatchScorer(
        model=str(model or "default"), tier=None if tier == "best" else tier, runtime=runtime,
        thresholds=single, every=every, grouping=grouping, top_k=top_k, long_text=long_text,
    )  # fmt: skip
    reading = {
        "text_column": text_column, "id_column": id_column,
        "input_format": input_format, "encoding": encoding,
    }  # fmt: skip
    if texts:
        reading = {option: value for option, value in reading.items() if is_typed(ctx, option)}
    if output is not None and is_folder(output):
        if errors:
            raise UsageError(f"--errors: a folder of parts has its own, {output}errors-*.jsonl; leave it out")
        source = input_of(texts or [], input_file)
        keep_outside(("FILE", source), ("--output", output))
        predict_parts(
            source, Path(output), scorer, engine=engine, part_rows=part_rows, form=form, reading=reading
        )
        return
    if part_rows is not None or engine != "local":
        raise UsageError("--part-rows and --engine are for parts: name a folder, as in -o predictions/")
    target = None if output in (None, "-") else Path(str(output))
    predict_file(texts or [], input_file, target, scorer, form=form, errors=errors, reading=reading)


def _parse_thresholds(values: list[str]) -> tuple[float | None, dict[str, float]]:
    """The cut of all labels, and those of single ones."""
    every: float | None = None
    single: dict[str, float] = {}
    for value in values:
        label, equals, number = value.rpartition("=")
        try:
            cut = float(number)
        except ValueError:
            raise UsageError(f"--threshold {value!r}: expected a number or LABEL=number") from None
        if equals:
            single[label] = cut
        else:
            every = cut
    return every, single
