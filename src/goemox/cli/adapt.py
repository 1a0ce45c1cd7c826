"""`goemox adapt`: a hundred labelled rows of another domain, and what they change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goemox.cli.options import (
    Json,
    LabelColumns,
    Model,
    ModelName,
    TextColumn,
    is_typed,
    keep_apart,
    progress_bar,
    say,
)
from goemox.errors import UsageError
from goemox.wording import plural

if TYPE_CHECKING:
    from goemox.records import TextRecord


def adapt(
    ctx: typer.Context,
    data: Annotated[
        Path, typer.Option(help="Labelled rows of the domain, as `goemox label` writes them.", metavar="FILE")
    ],
    mapping: Annotated[
        Path | None,
        typer.Option(help='Where they carry other labels: {"outside label": ["label", …]}', metavar="FILE"),
    ] = None,
    texts: Annotated[
        Path | None,
        typer.Option(help="More texts of the domain, unlabelled, a random sample too.", metavar="FILE"),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            help="What to call the domain and its labels; else the mapping's or the file's name.",
            metavar="NAME",
        ),
    ] = None,
    model: Model = None,
    model_name: ModelName = None,
    alpha: Annotated[
        float, typer.Option(help="Share of the true labels that prediction sets may miss.", metavar="SHARE")
    ] = 0.1,
    text_column: TextColumn = None,
    texts_column: Annotated[
        str | None,
        typer.Option(
            help="The column of --texts with the texts; else the one of --text-column, else guessed by name.",
            metavar="COLUMN",
        ),
    ] = None,
    label_column: LabelColumns = None,
    json: Json = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="The model folder to write; without it, only reported.", metavar="DIR"
        ),
    ] = None,
) -> None:
    """Fit the rule to another domain on about a hundred labelled rows, and say how good it is there.

    Calibration, thresholds and prediction sets move only as far as the rows justify. Figures are
    cross-validated and rest on rows drawn at random; with --texts, how often each label occurs is estimated
    with a prediction-powered interval. With fewer than 100 random rows nothing is promised.
    """
    import sys
    from shlex import quote

    import orjson

    from goemox.adaptation import adapt as fit
    from goemox.classifier import EmotionClassifier
    from goemox.cli.adaptation_tables import NOT_WRITTEN, adaptation_table
    from goemox.data.labelled import load_labelled_file
    from goemox.evaluation.mapping import read_groups, read_mapping

    keep_apart(("--data", data), ("--mapping", mapping), ("--texts", texts))
    if not 0 < alpha < 1:
        raise UsageError(
            f"--alpha {alpha:g}: expected a share between 0 and 1, without the ends, such as 0.2"
        )
    if texts is None and is_typed(ctx, "texts_column"):
        raise UsageError("--texts-column goes with --texts FILE")
    classifier = EmotionClassifier.from_pretrained(model or "default", runtime="onnxruntime")
    groups = None
    if mapping:
        read_mapping(mapping, classifier.labels)  # refused here with the file's name, before any row is read
        groups = read_groups(mapping)
    records = load_labelled_file(
        data, None if groups else classifier.labels, text_column=text_column, label_column=label_column,
        notice=say,
    )  # fmt: skip
    others = _texts(texts, texts_column or text_column)
    grouping = (name or _stem(mapping)) if mapping else None
    with progress_bar("scoring", len(records) + len(others)) as advance:
        report = fit(
            classifier, records, name=name or data.name, mapping=groups, grouping=grouping, texts=others,
            alpha=alpha, output=output, model_name=model_name, say=say, progress=advance,
        )  # fmt: skip
    content = report.to_dict()
    document = orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    sys.stdout.write(document.decode() if json else adaptation_table(content))
    option = f" --grouping {quote(grouping)}" if grouping else ""
    written = f"written: {output}; use it with --model {quote(str(output))}{option}"
    say(NOT_WRITTEN if output is None else written)


def _texts(path: Path | None, text_column: str | None) -> list[TextRecord]:
    """Unlabelled texts; rows without a usable one are told and left out."""
    from goemox.data.bad_rows import BadRowCounts
    from goemox.data.files import read_records
    from goemox.errors import UnknownColumn

    if path is None:
        return []
    bad_rows = BadRowCounts()
    try:
        found = list(read_records(path, text_column=text_column, bad_rows=bad_rows, notice=say))
    except UnknownColumn as error:
        raise UnknownColumn(str(path), error.column, error.columns, "--texts-column") from None
    if bad_rows:
        n_bad = plural(bad_rows.n, "row")
        say(f"--texts: {n_bad} cannot be used; the first: {bad_rows[0].where}: {bad_rows[0].reason}")
    return found


def _stem(mapping: Path | None) -> str:
    """`isear.mapping.json` is called isear."""
    return "" if mapping is None else mapping.name.split(".")[0]
