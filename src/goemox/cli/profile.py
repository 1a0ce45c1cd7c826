"""`goemox profile`: what a collection of texts is like."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goemox.cli.options import (
    DateColumn,
    Encoding,
    IdColumn,
    InputFormat,
    Json,
    TextColumn,
    keep_apart,
    keep_outside,
    progress_bar,
    say,
)
from goemox.wording import plural

if TYPE_CHECKING:
    from goemox.profiling import TextProfile

__all__ = ["print_profile", "profile"]


def profile(
    source: Annotated[str, typer.Argument(help="A file or folder of texts, or - for stdin.", metavar="FILE")],
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    date_column: DateColumn = None,
    input_format: InputFormat = None,
    encoding: Encoding = None,
    mark: Annotated[
        Path | None,
        typer.Option(
            help="Write all texts here (.jsonl .csv .parquet) with columns duplicate_of and duplicate_kind.",
            metavar="FILE",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """What a collection is like: repeats, languages, lengths, times, sources, rows that cannot be used.

    Nothing is removed. Of more than 20,000 texts, tokens and languages are read on a fair sample.
    """
    from goemox.profiling import profile as look_at

    keep_apart(("FILE", source), ("--mark", mark))
    keep_outside(("FILE", source), ("--mark", mark))
    with progress_bar("reading texts", None) as advance:
        found = look_at(
            source,
            text_column=text_column,
            id_column=id_column,
            date_column=date_column,
            input_format=input_format,
            encoding=encoding,
            mark=mark,
            notice=say,
            progress=advance,
        )
    if mark is not None:
        n_marked = found.same.n + found.near.n
        say(f"{plural(found.n_texts, 'text')} written to {mark}, {n_marked:,} of them marked")
    print_profile(found, json=json)


def print_profile(found: TextProfile, *, json: bool = False) -> None:
    """Print a profile on stdout, for people or as one JSON document; also for `goemox collect --profile`."""
    import orjson

    from goemox.cli.profile_table import profile_table

    if json:
        typer.echo(orjson.dumps(found.to_dict(), option=orjson.OPT_INDENT_2).decode())
    else:
        typer.echo(profile_table(found), nl=False)
