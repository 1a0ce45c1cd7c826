"""`goemox predict` for one file, stdin or texts of the call: rows in, written while others are read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goemox.cli.options import progress_bar, say
from goemox.cli.predict_notices import tell_of_cuts, tell_of_far_texts, tell_of_model
from goemox.cli.predict_stdin import as_they_come, open_stdin
from goemox.errors import InvalidInput, UsageError
from goemox.wording import nearest, plural

if TYPE_CHECKING:
    from goemox.data.bad_rows import BadRow
    from goemox.data.files import RecordStream
    from goemox.prediction import Prediction
    from goemox.records import TextRecord
    from goemox.scale.batches import BatchScorer

__all__ = ["predict_file"]

FILES = (".csv", ".tsv", ".jsonl", ".json", ".parquet", ".txt", ".gz", ".zst")  # no text ends so
LONGEST_NAME = 256  # characters; a longer text names no file
CHUNK = 2_048  # records scored together: sorted by length within, so padding stays small
CHUNK_LONG = 256  # where one may have a hundred windows, lines should still come while others are read


def predict_file(
    texts: list[str],
    input_file: str | None,
    target: Path | None,
    scorer: BatchScorer,
    *,
    form: str | None,
    errors: Path | None,
    reading: Mapping[str, Any],
) -> None:
    """Read texts of the call, a file or stdin, and write what the model says of them in their order.

    target: None = stdout. form: None = by the target's ending. errors: where unusable rows are listed.
    reading: what `read_records` is told of the file. Raises UsageError for a call that cannot be meant, and
    InvalidInput at the end where rows could not be read.
    """
    from goemox.data.bad_rows import BadRowCounts
    from goemox.data.prediction_files import write_predictions
    from goemox.data.writers import format_of, write_bad_rows

    chosen = form or ("table" if texts and target is None and sys.stdout.isatty() else format_of(target))
    bad_rows: list[BadRow] = [] if errors else BadRowCounts()
    stream = _records(texts, input_file, reading, bad_rows)
    size = CHUNK if scorer.long_text == "truncate" else CHUNK_LONG
    is_pipe = not texts and input_file in (None, "-")
    chunks = as_they_come(stream, size) if is_pipe else _full_chunks(stream, size)
    _tell_of_files(texts)
    tell_of_model(scorer.classifier, scorer.grouping)
    with progress_bar("reading emotions", None) as advance:
        done = write_predictions(
            _pairs(scorer, chunks, 1 if is_pipe else size, advance),
            target,
            chosen,  # type: ignore[arg-type]
            labels=scorer.labels,
            columns=stream.columns,
            cascade=scorer.tier == "cascade",
            notice=say,
        )
    if errors:
        write_bad_rows(bad_rows, errors)
    if bad_rows:
        n_bad = bad_rows.n if isinstance(bad_rows, BadRowCounts) else len(bad_rows)
        first = f"{bad_rows[0].where}: {bad_rows[0].reason}"
        listed = f"all are listed in {errors}" if errors else "list them all with --errors FILE"
        raise InvalidInput(
            f"{n_bad:,} of {plural(done + n_bad, 'row')} could not be read ({first}); {listed}"
        )


def _tell_of_files(texts: list[str]) -> None:
    """Refuse the name of a data file where a text is expected; tell of other words that may name one."""
    from shlex import quote

    for text in texts:
        ends_so = Path(text[-LONGEST_NAME:]).suffix.lower() in FILES
        if len(text) < LONGEST_NAME and "\n" not in text and "\0" not in text and Path(text).is_file():
            if ends_so:
                raise UsageError(
                    f"{text!r} is a file; to read the texts in it: --input {quote(text)}. As a text it can "
                    "be piped in"
                )
            say(f"{text!r} is read as a text; to read the file of that name: --input {quote(text)}")
        elif len(text.split()) == 1 and (meant := _file_like(text)):
            say(f"{text!r} is read as a text; no file is called so: did you mean --input {quote(meant)}?")
        elif ends_so and " " not in text:
            say(f"{text!r} is read as a text; a file is read with --input, and none of that name is here")


def _file_like(text: str) -> str | None:
    """The data file whose name one word with an ending comes near, such as that of `texts.csvv`."""
    word = Path(text)
    if len(text) >= LONGEST_NAME or "\0" in text or not word.suffix:
        return None
    try:
        names = [file.name for file in word.parent.iterdir() if file.suffix.lower() in FILES]
    except OSError:  # no such folder, or none that can be looked into
        return None
    found = nearest(word.name, names)
    return None if found is None else str(word.with_name(found))


def _records(
    texts: list[str],
    input_file: str | None,
    reading: Mapping[str, Any],
    bad: list[BadRow],
) -> RecordStream:
    from goemox.data.columns import PLAIN
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
        return RecordStream(iter(records), PLAIN)
    if input_file is None and sys.stdin.isatty():
        raise UsageError(
            'nothing to read: give texts, --input FILE, or pipe them in. Try: goemox predict "Well done!"'
        )
    if input_file in (None, "-"):
        return read_records("-", bad_rows=bad, notice=say, stdin=open_stdin(), **reading)
    return read_records(Path(str(input_file)), bad_rows=bad, notice=say, **reading)


def _full_chunks(records: Iterator[TextRecord], size: int) -> Iterator[list[TextRecord]]:
    while chunk := list(islice(records, size)):
        yield chunk


def _pairs(
    scorer: BatchScorer,
    chunks: Iterator[list[TextRecord]],
    n_first: int,
    advance: Callable[[int], None],
) -> Iterator[tuple[TextRecord, Prediction]]:
    """n_first: records of the first chunk from which on others may come; by it an engine is taken for all."""
    top_k, long_text = scorer.top_k, scorer.long_text
    n_cut = n_far = n = 0
    for chunk in chunks:
        if not n and len(chunk) >= n_first:
            scorer.settle_by([record.text for record in chunk])
        found = scorer.classifier.predictions(chunk, advance, long_text)
        for record, prediction in zip(chunk, found, strict=True):
            n += 1
            n_cut += prediction.truncated
            n_far += prediction.in_domain is False
            yield record, prediction if top_k is None else prediction.top(top_k)
    tell_of_cuts(n_cut, long_text, scorer.classifier.folder.max_length)
    tell_of_far_texts(n_far, n)
