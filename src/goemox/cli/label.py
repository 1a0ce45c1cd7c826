"""`goemox label`: a small labeller for the terminal, and how far two raters agree."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from goemox.cli.options import (
    Encoding,
    IdColumn,
    InputFormat,
    Json,
    Model,
    TextColumn,
    is_typed,
    keep_apart,
    keep_outside,
    say,
)
from goemox.errors import InvalidInput, UsageError
from goemox.wording import plural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from goemox.cli.label_screen import Suggest
    from goemox.labelling.label_file import LabelFile
    from goemox.labelling.session import Session
    from goemox.records import TextRecord


def label(
    ctx: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(
            help="The texts to label; with --agreement, the labels of two raters.", metavar="FILE"
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Where the labels go (.jsonl); the same again goes on.", metavar="FILE"
        ),
    ] = None,
    rater: Annotated[
        str | None, typer.Option(help="Who labels; every rater has a file of their own.", metavar="NAME")
    ] = None,
    labels: Annotated[
        str | None, typer.Option(help="Look for these; the model's labels otherwise.", metavar="A,B,C")
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(
            help='Look for the labels of a file {"outside label": ["goemotions label", …]}.', metavar="FILE"
        ),
    ] = None,
    model: Model = None,
    suggest: Annotated[
        bool,
        typer.Option(
            "--suggest",
            help="Show what the model says. It biases: raters follow it, and labels made so flatter it.",
            show_default=False,
        ),
    ] = False,
    agreement: Annotated[
        bool,
        typer.Option(
            "--agreement", help="Compare two raters' files instead of labelling.", show_default=False
        ),
    ] = False,
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    input_format: InputFormat = None,
    encoding: Encoding = None,
    json: Json = False,
) -> None:
    """Label texts in the terminal, a key for each label; or compare two raters (--agreement).

    Every text is on the disk as soon as it is saved; quit at any time, and the same command goes on from
    there. `?` shows all keys.
    """
    reading = {
        "text_column": text_column,
        "id_column": id_column,
        "input_format": input_format,
        "encoding": encoding,
    }
    if agreement:
        if len(files) != 2:
            raise UsageError("--agreement compares two files: goemox label --agreement A.jsonl B.jsonl")
        for option in ("rater", "labels", "mapping", "suggest"):
            if is_typed(ctx, option):
                raise UsageError(f"--{option} goes with labelling, not with --agreement; leave it out")
        from goemox.cli.label_agreement import print_agreement

        print_agreement(files[0], files[1], output, reading=reading, json=json)
        return
    if len(files) != 1:
        raise UsageError(
            "label one file at a time; to compare two raters' labels: --agreement A.jsonl B.jsonl"
        )
    if is_typed(ctx, "json"):
        raise UsageError("--json goes with --agreement")
    if output is None:
        raise UsageError(f"name a file for the labels: goemox label {files[0]} -o labels.jsonl")
    keep_apart(("FILE", files[0]), ("--output", output), ("--mapping", mapping))
    keep_outside(("FILE", files[0]), ("--output", output))
    _check_terminal(files[0])
    names, groups = _labels(labels, mapping, model)
    suggestions = _suggest(model, names, groups) if suggest else None
    is_done = _label(_read(files[0], reading), names, output, (rater or "").strip() or None, suggestions)
    if is_done and labels is None:  # the model need not know labels of one's own
        mapped = f" --mapping {shlex.quote(str(mapping))}" if mapping else ""
        by = f" --model {shlex.quote(str(model))}" if model else ""
        say(f"next: goemox adapt --data {shlex.quote(str(output))}{mapped}{by} -o adapted")


def _check_terminal(source: Path) -> None:
    if str(source) == "-":
        raise UsageError("the texts must be in a file: standard input is the keyboard here")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "label needs a terminal for its keys and its screen: run it in one, without pipes; or write the "
            "labels (joy|love) into a column `labels` with any editor, which `goemox evaluate --data` reads"
        )


def _read(source: Path, reading: Mapping[str, Any]) -> list[TextRecord]:
    from goemox.data.bad_rows import BadRowCounts
    from goemox.data.files import read_records
    from goemox.labelling.rows import with_single_ids

    bad_rows = BadRowCounts()
    records, n_renamed = with_single_ids(read_records(source, bad_rows=bad_rows, notice=say, **reading))
    if not records:
        raise InvalidInput(f"{source}: no row can be labelled; {bad_rows[0].where}: {bad_rows[0].reason}")
    if bad_rows:
        n_bad = plural(bad_rows.n, "row")
        say(f"{n_bad} cannot be labelled; the first: {bad_rows[0].where}: {bad_rows[0].reason}")
    if n_renamed:
        rows = plural(n_renamed, "row got an id of its own", "rows got ids of their own")
        say(f"{rows}, such as `7#2`, so that no row hides another")
    return records


def _labels(
    labels: str | None, mapping: Path | None, model: Path | None
) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...] | None]:
    """The labels to look for; with a mapping, the columns of the model's labels that each stands for."""
    from goemox.labels import GOEMOTIONS

    if labels is not None and mapping is not None:
        raise UsageError("--labels and --mapping both name the labels; give one of them")
    if labels is not None:
        names = tuple(name.strip() for name in labels.split(","))
        if "" in names or len(set(names)) < len(names):
            raise UsageError(
                f"--labels {labels!r}: write different names with commas between them: joy,anger"
            )
        return names, None
    known = GOEMOTIONS
    if model is not None:
        from goemox.model_folder import open_model

        known = open_model(model).labels
    if mapping is None:
        return known, None
    from goemox.evaluation.mapping import read_mapping

    found = read_mapping(mapping, known)
    return found.labels, found.columns


def _suggest(model: Path | None, names: Sequence[str], groups: tuple[tuple[int, ...], ...] | None) -> Suggest:
    from functools import cache

    from goemox.classifier import EmotionClassifier

    classifier = EmotionClassifier.from_pretrained(model or "default", runtime="onnxruntime")
    unknown = [name for name in names if name not in classifier.labels]
    if groups is None and unknown:
        raise UsageError(
            f"--suggest: the model does not know {unknown[0]!r}; leave --suggest out, or group the labels "
            "that it knows with --mapping"
        )
    columns = groups or tuple((classifier.labels.index(name),) for name in names)

    @cache
    def suggest(text: str) -> list[tuple[str, float]]:
        row = classifier.predict_proba([text])[0]
        scored = [(name, float(row[list(group)].max())) for name, group in zip(names, columns, strict=True)]
        return sorted(scored, key=lambda pair: -pair[1])[:3]

    return suggest


def _label(
    records: Sequence[TextRecord],
    names: Sequence[str],
    output: Path,
    rater: str | None,
    suggest: Suggest | None,
) -> bool:
    """Run the session on the terminal, say afterwards how far it came, and give whether all is labelled."""
    from goemox.labelling.label_file import open_labels
    from goemox.labelling.session import Session

    with open_labels(output, names, rater, suggested=suggest is not None, notice=say) as file:
        session = Session(len(records), names, file.saved(records))
        try:
            _run(session, records, file, suggest)
        except (KeyboardInterrupt, SystemExit):
            _tell(len(file.saved(records)), len(records), output)
            raise
    _tell(len(session.saved), len(records), output)
    return len(session.saved) == len(records)


def _tell(n: int, n_texts: int, output: Path) -> None:
    """How many texts are labelled, and how to go on."""
    from goemox.wording import printable

    texts = plural(n_texts, "text is", "texts are")
    say(f"{n:,} of {texts} labelled, in {printable(str(output))}")
    if n < n_texts:
        say(f"the same command goes on with the other {n_texts - n:,}")


def _run(session: Session, records: Sequence[TextRecord], file: LabelFile, suggest: Suggest | None) -> None:
    from rich.console import Console, Group
    from rich.control import Control

    from goemox.cli.keyboard import keyboard
    from goemox.cli.label_screen import screen_lines
    from goemox.labelling.session import Save

    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a terminal may lack characters
    console = Console(highlight=False, markup=False, emoji=False)
    texts = [record.text for record in records]
    with keyboard() as pressed, console.screen() as screen:
        while not session.is_over:
            console.control(Control.home())
            screen.update(Group(*screen_lines(session, texts, str(file.path), console, suggest)))
            keys = pressed()
            if not keys:
                return
            for key in keys:
                step = session.press(key)
                if isinstance(step, Save):
                    file.save(records[step.row], step.labels)
                elif step is not None:
                    file.take_back(records[step.row])
                if session.is_over:
                    return
