"""`goemox sample`: which texts to label."""

from __future__ import annotations

import shlex
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goemox.cli.options import (
    Encoding,
    IdColumn,
    InputFormat,
    Model,
    Output,
    Seed,
    TextColumn,
    keep_apart,
    keep_outside,
    progress_bar,
    say,
)
from goemox.errors import UsageError
from goemox.wording import plural

if TYPE_CHECKING:
    from goemox.data.bad_rows import BadRowCounts
    from goemox.data.files import RecordStream
    from goemox.labelling import Selection


class Kind(StrEnum):
    """How texts are chosen."""

    random = "random"
    informative = "informative"
    both = "both"


def sample(
    source: Annotated[str, typer.Argument(help="A file or folder of texts, or - for stdin.", metavar="FILE")],
    n: Annotated[int, typer.Option("-n", "--number", min=1, help="How many texts.", metavar="N")] = 100,
    kind: Annotated[
        Kind,
        typer.Option(
            help="random: texts that stand for all of them; only they may be quoted from. informative: those "
            "that the model is least sure of, and unlike each other. both: half and half."
        ),
    ] = Kind.random,
    seed: Seed = 0,
    exclude: Annotated[
        list[Path] | None,
        typer.Option(
            help="Leave out the texts of this file, such as earlier labels; repeatable.", metavar="FILE"
        ),
    ] = None,
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    input_format: InputFormat = None,
    encoding: Encoding = None,
    model: Model = None,
    output: Output = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="Write over a file in which labels stand already.", show_default=False),
    ] = False,
) -> None:
    """Draw texts to label, each different text once.

    All columns are kept; `sampling` says how a row was chosen. Random texts are drawn without a model, from
    files of any size; of informative ones, 20,000 random texts are looked at.
    """
    from goemox.data.bad_rows import BadRowCounts
    from goemox.data.files import read_records
    from goemox.data.marked_rows import SAMPLING
    from goemox.data.writers import format_of, write_rows
    from goemox.labelling import select_rows
    from goemox.labelling.rows import carried_row

    keep_apart(("FILE", source), ("--output", output))
    keep_outside(("FILE", source), ("--output", output))
    for path in exclude or []:
        keep_apart(("--exclude", path), ("--output", output))
    form = format_of(output)
    if output is not None and not force:
        _keep_labels(output)
    bad_rows = BadRowCounts()
    stream = read_records(
        "-" if source == "-" else Path(source), text_column=text_column, id_column=id_column,
        input_format=input_format, encoding=encoding, bad_rows=bad_rows, notice=say,
    )  # fmt: skip
    classifier = None
    if kind is not Kind.random:
        from goemox.classifier import EmotionClassifier

        classifier = EmotionClassifier.from_pretrained(model or "default", runtime="onnxruntime")
    left_out = [record for path in exclude or [] for record in _excluded(path, text_column)]
    with progress_bar("reading texts", None) as advance:
        found = select_rows(
            stream, n, kind.value, seed=seed, classifier=classifier, exclude=left_out, progress=advance
        )
    if output is not None and stream.columns.text not in (None, "text"):
        say(f"the texts of column {stream.columns.text!r} are called 'text' in {output}")
    columns = list(dict.fromkeys(name for record in found.rows for name in carried_row(record, ())))
    rows = (carried_row(record, ()) for record in found.rows)
    write_rows(rows, output, form, names=[*(c for c in columns if c != SAMPLING), SAMPLING], notice=say)
    _tell(found, n, bad_rows, output, model)
    if exclude and not found.n_excluded:
        say(f"no text of {' or '.join(map(str, exclude))} occurs in {source}, so none was left out")


def _excluded(path: Path, text_column: str | None) -> RecordStream:
    """The texts of a file, from the column that is asked for where it has that one."""
    from goemox.data.bad_rows import BadRowCounts
    from goemox.data.files import read_records
    from goemox.errors import UnknownColumn

    if text_column is not None:
        with suppress(UnknownColumn):
            return read_records(path, text_column=text_column, bad_rows=BadRowCounts(), notice=say)
    return read_records(path, bad_rows=BadRowCounts(), notice=say)


def _keep_labels(output: Path) -> None:
    """Raises UsageError where the file to write over holds labels: somebody's work."""
    from goemox.labelling import n_labelled

    n = n_labelled(output)
    if n:
        raise UsageError(
            f"{output}: holds labels in {plural(n, 'row')}, which would be lost; give another name with -o, "
            "leave these texts out with --exclude, or write over them with --force"
        )


def _tell(found: Selection, n: int, bad_rows: BadRowCounts, output: Path | None, model: Path | None) -> None:
    """What was drawn from how many, what was left out, and what to do next."""
    from collections import Counter

    from goemox.data.marked_rows import RANDOM, SAMPLING

    kinds = Counter(str(record.meta[SAMPLING]) for record in found.rows)
    drawn = " and ".join(f"{number:,} {kind}" for kind, number in kinds.items())
    texts = "text" if found.n_texts == 1 else "texts"
    least, most = ("", "") if found.is_counted else ("at least ", "at most ")
    say(f"{drawn} of {most}{found.n_texts:,} different {texts}, in {plural(found.n_read, 'row')}")
    if found.n_repeats:
        repeats = plural(found.n_repeats, "row repeats", "rows repeat")
        say(f"{least}{repeats} another's text; each text is drawn once")
    if found.n_excluded:
        say(f"{plural(found.n_excluded, 'row')} with a text of --exclude left out")
    if found.is_biased and kinds[RANDOM]:
        were = plural(found.n_excluded_informative, "text left out was", "texts left out were")
        say(
            f"{were} picked as informative: the rest, and rows drawn from it, do not stand for all texts; "
            "for figures, leave out random rows only"
        )
    if found.n_scored and found.n_scored < found.n_texts - kinds[RANDOM]:
        say(f"the informative ones were looked for among {plural(found.n_scored, 'random text')}")
    if len(found.rows) < n:
        there, taken = ("is", "it was") if len(found.rows) == 1 else ("are", "all were")
        say(f"there {there} only {plural(len(found.rows), 'text')}, not {n:,}; {taken} taken")
    if bad_rows:
        n_bad = plural(bad_rows.n, "row")
        say(f"{n_bad} cannot be used; the first: {bad_rows[0].where}: {bad_rows[0].reason}")
    if output is not None:
        by = f" --model {shlex.quote(str(model))}" if model else ""
        say(f"next: goemox label {shlex.quote(str(output))}{by} -o labels.jsonl")
