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
    Output,
    TextColumn,
    keep_apart,
    progress_bar,
    say,
)
from goemox.errors import InvalidInput, UsageError
from goemox.wording import plural

if TYPE_CHECKING:
    from goemox.classifier import EmotionClassifier, GroupedClassifier
    from goemox.data.bad_rows import BadRow
    from goemox.data.files import RecordStream
    from goemox.prediction import Prediction
    from goemox.records import TextRecord
    from goemox.runtime.windows import LongText

CHUNK = 2_048  # records scored together: sorted by length within, so padding stays small
CHUNK_LONG = 256  # where one may have a hundred windows, lines should still come while others are read


class Reading(StrEnum):
    """How texts are read that are longer than the model was made for."""

    truncate = "truncate"
    chunk = "chunk"


class Format(StrEnum):
    """How predictions are written."""

    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"
    table = "table"


def predict(
    texts: Annotated[list[str] | None, typer.Argument(help="Texts to read.", metavar="[TEXT]...")] = None,
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
        typer.Option(min=1, help="Give only the K highest scores, and the chosen labels among them."),
    ] = None,
    grouping: Annotated[
        str | None,
        typer.Option(
            help="Answer in groups of labels: ekman, sentiment, or a name that `goemox adapt` gave.",
            metavar="NAME",
        ),
    ] = None,
    threshold: Annotated[
        list[str] | None, typer.Option(help="A cut for all labels (P) or one (LABEL=P); repeatable.")
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
        Format | None, typer.Option("--format", help="By the output's ending, else jsonl.")
    ] = None,
    output: Output = None,
) -> None:
    """Read the emotions in texts, files or stdin.

    Files: CSV, TSV, JSON Lines, JSON, Parquet, or one text a line; their other columns are kept. Rows that
    cannot be read are left out, told, and end in exit code 4.
    """
    from goemox.data.prediction_files import write_predictions
    from goemox.data.writers import format_of, write_bad_rows

    keep_apart(("--input", input_file), ("--output", output), ("--errors", errors))
    _hint_at_files(texts or [])
    chosen = form.value if form else _by_default(texts, output) or format_of(output)
    bad_rows: list[BadRow] = []
    reading = {
        "text_column": text_column,
        "id_column": id_column,
        "input_format": input_format,
        "encoding": encoding,
    }
    stream = _records(texts or [], input_file, reading, bad_rows)
    classifier = _classifier(model, grouping, threshold or [])
    done = 0
    with progress_bar("reading emotions", None) as advance:
        pairs = _pairs(classifier, stream, top_k, advance, long_text.value)
        done = write_predictions(
            pairs,
            output,
            chosen,  # type: ignore[arg-type]
            labels=classifier.labels,
            columns=stream.columns,
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
    for text in texts:
        if len(text) < 256 and "\n" not in text and "\0" not in text and Path(text).is_file():
            say(f"{text!r} is read as a text; to read the file of that name: --input {text}")


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
        raise UsageError("give texts or --input FILE, not both")
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


def _classifier(
    model: Path | None, grouping: str | None, thresholds: list[str]
) -> EmotionClassifier | GroupedClassifier:
    from goemox.classifier import EmotionClassifier
    from goemox.decision.softmax import caveat

    opened = EmotionClassifier.from_pretrained(model or "default")
    classifier = opened.grouped(grouping) if grouping else opened
    if thresholds:
        every, single = _parse_thresholds(thresholds)
        classifier.rule = classifier.rule.with_thresholds(single, every)
    doubt = caveat(classifier.rule)
    if doubt:
        say(f"this model is {doubt}")
    return classifier


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
    if n_cut:
        _tell_of_cuts(n_cut, long_text, classifier.folder.max_length)
    if n_far:
        lie, their, get = ("lies", "its", "it gets") if n_far == 1 else ("lie", "their", "they get")
        say(
            f"{n_far:,} of {plural(n, 'text')} {lie} outside the model's domain: read {their} scores as a "
            f"ranking; {get} no prediction set (goemox shift says more)"
        )


def _tell_of_cuts(n: int, long_text: LongText, max_length: int) -> None:
    from goemox.runtime.tokens import MAX_CHARACTERS

    texts = plural(n, "text was", "texts were")
    if long_text == "chunk":
        say(f"{texts} read to {MAX_CHARACTERS:,} characters only; split longer ones before")
    else:
        say(f"{texts} cut after {max_length} tokens; to read the rest as well: --long-text chunk")
