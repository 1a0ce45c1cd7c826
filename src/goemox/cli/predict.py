"""`goemox predict`: texts in, labels out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from goemox.cli.options import (
    Encoding,
    IdColumn,
    InputFormat,
    Model,
    RuntimeOption,
    TextColumn,
    keep_apart,
    progress_bar,
    say,
)
from goemox.cli.predict_notices import tell_of_cuts, tell_of_far_texts
from goemox.cli.predict_parts import input_of, is_folder, predict_parts
from goemox.errors import InvalidInput, UsageError
from goemox.wording import plural

if TYPE_CHECKING:
    from goemox.classifier import EmotionClassifier, GroupedClassifier
    from goemox.data.bad_rows import BadRow
    from goemox.data.files import RecordStream
    from goemox.prediction import Prediction
    from goemox.records import TextRecord
    from goemox.runtime.engine import Runtime
    from goemox.runtime.windows import LongText
    from goemox.scale.batches import BatchScorer

FILES = (".csv", ".tsv", ".jsonl", ".json", ".parquet", ".txt", ".gz", ".zst")  # no text ends so
CHUNK = 2_048  # records scored together: sorted by length within, so padding stays small
CHUNK_LONG = 256  # where one may have a hundred windows, lines should still come while others are read


class Reading(StrEnum):
    """How texts are read that are longer than the model was made for."""

    truncate = "truncate"
    chunk = "chunk"


class Tier(StrEnum):
    """Who answers."""

    best = "best"
    fast = "fast"
    cascade = "cascade"


class Engine(StrEnum):
    """What makes the parts of a folder."""

    local = "local"
    ray = "ray"


class Format(StrEnum):
    """How predictions are written."""

    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"
    table = "table"


def predict(
    texts: Annotated[list[str] | None, typer.Argument(help="Texts to read.", metavar="TEXT")] = None,
    input_file: Annotated[
        str | None, typer.Option("--input", "-i", help="A file of texts, or - for stdin.", metavar="FILE")
    ] = None,
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    input_format: InputFormat = None,
    encoding: Encoding = None,
    model: Model = None,
    top_k: Annotated[
        int | None,
        typer.Option(
            min=1, help="Give only the K highest scores, and the chosen labels among them.", metavar="K"
        ),
    ] = None,
    grouping: Annotated[
        str | None,
        typer.Option(
            help="Answer in groups of labels: ekman, sentiment, or a name that `goemox adapt` gave.",
            metavar="NAME",
        ),
    ] = None,
    threshold: Annotated[
        list[str] | None,
        typer.Option(help="A cut for all labels (P) or one (LABEL=P); repeatable.", metavar="[LABEL=]P"),
    ] = None,
    long_text: Annotated[
        Reading,
        typer.Option(
            help="Texts of over some 35 words: truncate reads them at once, to the 512th token; chunk reads "
            "all of them in windows of whole sentences, and a label scores what its strongest window does."
        ),
    ] = Reading.truncate,
    errors: Annotated[
        Path | None, typer.Option(help="List the rows that cannot be used here.", metavar="FILE")
    ] = None,
    form: Annotated[
        Format | None, typer.Option("--format", help="By the output's ending, else jsonl; of parts, parquet.")
    ] = None,
    tier: Annotated[
        Tier,
        typer.Option(
            help="best: the whole model; fast: a small one in its place; cascade: the small one where it is "
            "sure, else the whole."
        ),
    ] = Tier.best,
    runtime: RuntimeOption = "auto",
    engine: Annotated[
        Engine, typer.Option(help="For -o DIR/: this machine, or a Ray cluster (needs goemox[ray]).")
    ] = Engine.local,
    part_rows: Annotated[
        int | None, typer.Option(min=1, help="For -o DIR/: rows a part; 32,768 else.", metavar="N")
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE|DIR/",
            help="Write here instead of to stdout. Into a folder a big file goes part by part, and the same "
            "command takes up what was interrupted.",
        ),
    ] = None,
) -> None:
    """Read the emotions in texts, files or stdin.

    Files: CSV, TSV, JSON Lines, JSON, Parquet, or one text a line; their other columns are kept. Rows that
    cannot be read are left out, told, and end in exit code 4.
    """
    from goemox.data.prediction_files import write_predictions
    from goemox.data.writers import format_of, write_bad_rows

    keep_apart(("--input", input_file), ("--output", output), ("--errors", errors))
    reading = {
        "text_column": text_column,
        "id_column": id_column,
        "input_format": input_format,
        "encoding": encoding,
    }
    options = (model, tier, runtime, threshold or [], grouping, top_k, long_text)
    if output is not None and is_folder(output):
        if errors:
            raise UsageError(f"--errors: a folder of parts has its own, {output}errors-*.jsonl; leave it out")
        source = input_of(texts or [], input_file)
        predict_parts(
            source,
            Path(output),
            _scorer(*options),
            engine=engine.value,
            part_rows=part_rows,
            form=form.value if form else None,
            reading=reading,
        )
        return
    if part_rows is not None or engine is not Engine.local:
        raise UsageError("--part-rows and --engine are for parts: name a folder, as in -o predictions/")
    target = None if output in (None, "-") else Path(str(output))
    _hint_at_files(texts or [])
    chosen = form.value if form else _by_default(texts, target) or format_of(target)
    bad_rows: list[BadRow] = []
    stream = _records(texts or [], input_file, reading, bad_rows)
    classifier = _scorer(*options).classifier
    done = 0
    with progress_bar("reading emotions", None) as advance:
        pairs = _pairs(classifier, stream, top_k, advance, long_text.value)
        done = write_predictions(
            pairs,
            target,
            chosen,  # type: ignore[arg-type]
            labels=classifier.labels,
            columns=stream.columns,
            cascade=tier is Tier.cascade,
            notice=say,
        )
    if errors:
        write_bad_rows(bad_rows, errors)
    if bad_rows:
        first = f"{bad_rows[0].where}: {bad_rows[0].reason}"
        listed = f"all are listed in {errors}" if errors else "list them all with --errors FILE"
        raise InvalidInput(
            f"{len(bad_rows)} of {plural(done + len(bad_rows), 'row')} could not be read ({first}); {listed}"
        )


def _hint_at_files(texts: list[str]) -> None:
    from shlex import quote

    for text in texts:
        if len(text) < 256 and "\n" not in text and "\0" not in text and Path(text).is_file():
            say(f"{text!r} is read as a text; to read the file of that name: --input {quote(text)}")
        elif Path(text[-256:]).suffix.lower() in FILES and " " not in text:
            say(f"{text!r} is read as a text; a file is read with --input, and none of that name is here")


def _by_default(texts: list[str] | None, output: Path | None) -> str | None:
    """A table for somebody who looks at one; else None: the ending decides."""
    return "table" if texts and output is None and sys.stdout.isatty() else None


def _records(
    texts: list[str],
    input_file: str | None,
    reading: Mapping[str, Any],
    bad: list[BadRow],
) -> RecordStream:
    from goemox.data.columns import Columns
    from goemox.data.files import RecordStream, read_records
    from goemox.records import TextRecord

    if texts and input_file:
        raise UsageError("give texts or --input FILE, not both (a text or name with spaces needs quotes)")
    asked = next((name for name, value in reading.items() if value is not None), None)
    if texts and asked:
        raise UsageError(f"--{asked.replace('_', '-')} goes with --input FILE")
    if texts:
        empty = next((i for i, text in enumerate(texts, start=1) if not text.strip()), None)
        if empty:
            raise InvalidInput(f"text {empty} is empty; give at least one word")
        records = [TextRecord(str(i), text) for i, text in enumerate(texts, start=1)]
        return RecordStream(iter(records), Columns(("id", "text"), text="text", id="id"))
    if input_file is None and sys.stdin.isatty():
        raise UsageError(
            'nothing to read: give texts, --input FILE, or pipe them in. Try: goemox predict "Well done!"'
        )
    path = "-" if input_file in (None, "-") else Path(str(input_file))
    return read_records(path, bad_rows=bad, notice=say, **reading)  # type: ignore[arg-type]


def _scorer(
    model: Path | None,
    tier: Tier,
    runtime: Runtime,
    thresholds: list[str],
    grouping: str | None,
    top_k: int | None,
    long: Reading,
) -> BatchScorer:
    from goemox.decision.softmax import caveat
    from goemox.scale.batches import BatchScorer

    every, single = _parse_thresholds(thresholds)
    scorer = BatchScorer(
        model=str(model or "default"),
        tier=None if tier is Tier.best else tier.value,
        runtime=runtime,
        thresholds=single,
        every=every,
        grouping=grouping,
        top_k=top_k,
        long_text=long.value,
    )
    doubt = caveat(scorer.classifier.rule)
    if doubt:
        say(f"this model is {doubt}")
    return scorer


def _parse_thresholds(values: list[str]) -> tuple[float | None, dict[str, float]]:
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


def _pairs(
    classifier: EmotionClassifier | GroupedClassifier,
    stream: RecordStream,
    top_k: int | None,
    advance: Callable[[int], None],
    long_text: LongText,
) -> Iterator[tuple[TextRecord, Prediction]]:
    from itertools import islice

    n_cut = n_far = n = 0
    size = CHUNK if long_text == "truncate" else CHUNK_LONG
    while chunk := list(islice(stream, size)):
        for record, prediction in zip(chunk, classifier.predictions(chunk, advance, long_text), strict=True):
            n += 1
            n_cut += prediction.truncated
            n_far += prediction.in_domain is False
            yield record, prediction if top_k is None else prediction.top(top_k)
    tell_of_cuts(n_cut, long_text, classifier.folder.max_length)
    tell_of_far_texts(n_far, n)
