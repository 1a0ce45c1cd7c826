"""`goemox study`: the main job, from a model and texts to one report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goemox.cli.options import (
    DateColumn,
    Figures,
    IdColumn,
    Json,
    LabelColumns,
    Model,
    Naive,
    Offline,
    Seed,
    Split,
    TextColumn,
    is_typed,
    named_files,
    progress_bar,
    say,
    split_of,
)
from goemox.errors import InvalidInput, UsageError
from goemox.wording import plural


def study(
    ctx: typer.Context,
    output_dir: Annotated[
        Path,
        typer.Option("--output-dir", "-o", help="Where the report goes; made if missing.", metavar="DIR"),
    ],
    data: Annotated[
        str | None,
        typer.Option(help="Labelled texts: a file, a folder of splits, or `goemotions`.", metavar="PATH"),
    ] = None,
    split: Split = None,
    domain: Annotated[
        list[str] | None, typer.Option(help="Outside texts to compare; repeatable.", metavar="NAME=FILE")
    ] = None,
    group_by: Annotated[
        str | None,
        typer.Option(help="Break the outside texts down by one column of their rows.", metavar="COLUMN"),
    ] = None,
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    date_column: DateColumn = None,
    label_column: LabelColumns = None,
    model: Model = None,
    naive: Naive = None,
    offline: Offline = False,
    seed: Seed = 0,
    figures: Figures = None,
    json: Json = False,
) -> None:
    """Go from a model and texts to one report.

    It says how good the model is at home, what changes on texts from elsewhere, and what to believe.
    --text-column, --id-column and --date-column are of the files of --domain; --label-column is of --data,
    and so is --text-column where --data has that column. Without --domain it reads today's Hacker News
    stories and GitHub issues, or its own samples where no network answers.
    """
    from goemox.report.files import write_report
    from goemox.studies import study as run_study

    domains = named_files("--domain", domain) if domain else None
    if domains is None:
        if is_typed(ctx, "id_column", "date_column") or (is_typed(ctx, "text_column") and not data):
            raise UsageError(
                "--text-column, --id-column and --date-column are of your own texts; name them with "
                "--domain NAME=FILE"
            )
        text_column, id_column, date_column = (text_column if data else None), None, None
    if not data:
        if is_typed(ctx, "label_column"):
            raise UsageError("--label-column is of labelled texts; name them with --data PATH")
        label_column = None
    if output_dir.exists() and not output_dir.is_dir():
        raise UsageError(f"--output-dir {output_dir}: is a file; name a folder")
    with progress_bar("reading texts", None) as advance:
        report = run_study(
            model or "default", data=data, split=split_of(data, split, "test"), domains=domains, naive=naive,
            group_by=group_by, text_column=text_column, id_column=id_column, date_column=date_column,
            label_column=label_column, offline=offline, seed=seed, notice=say, progress=advance,
        )  # fmt: skip
    content = report.to_dict()
    written = write_report(report, output_dir, figures)
    if json:
        import orjson

        typer.echo(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode())
    else:
        for finding in content["findings"]:  # type: ignore[attr-defined]
            say(f"- {finding['text']}")
        typer.echo(written)
    if report.bad_rows:
        rows, first = plural(len(report.bad_rows), "row"), report.bad_rows[0]
        raise InvalidInput(
            f"{rows} could not be used (first: {first.where}: {first.reason}); "
            "the report was made from the others"
        )
