"""`goemox shift`: what changes when a model reads texts from elsewhere."""

from __future__ import annotations

from typing import Annotated

import typer

from goemox.cli.options import (
    Json,
    Model,
    Naive,
    Output,
    Seed,
    TextColumn,
    keep_apart,
    keep_outside,
    named_files,
    progress_bar,
    say,
)
from goemox.errors import InvalidInput
from goemox.wording import plural


def shift(
    target: Annotated[
        list[str],
        typer.Option(
            help="Texts from elsewhere, under a name that fits “of 100 …”; repeatable.", metavar="NAME=FILE"
        ),
    ],
    reference: Annotated[
        str,
        typer.Option(
            help="What they are compared with: a file, or `model` for the domain that the model learned.",
            metavar="FILE",
        ),
    ] = "model",
    model: Model = None,
    naive: Naive = None,
    correct_prevalence: Annotated[
        bool,
        typer.Option(
            "--correct-prevalence",
            help="Also estimate how often each label holds as if only that had changed, and test whether so.",
            show_default=False,
        ),
    ] = False,
    text_column: TextColumn = None,
    seed: Seed = 0,
    json: Json = False,
    output: Output = None,
) -> None:
    """Say what changes on texts from elsewhere, and when not to believe the model there.

    Was it collapse into neutral, or is it the text? Which labels moved, how far do the texts lie from what
    the model learned, is it only their length, which words tell? In words first, then in numbers. Repeated
    texts, and those of the reference, are left out.
    """
    from goemox.cli.shift_table import shift_table
    from goemox.data.writers import open_output
    from goemox.studies import shift_study

    targets = named_files("--target", target)
    compared = None if reference == "model" else reference
    for path in targets.values():
        keep_apart(("--reference", compared), ("--target", path), ("--output", output))
        keep_outside(("--target", path), ("--output", output))
    keep_outside(("--reference", compared), ("--output", output))
    with progress_bar("reading texts", None) as advance:
        found = shift_study(
            reference, targets, model=model or "default", naive=naive, correct_prevalence=correct_prevalence,
            text_column=text_column, seed=seed, notice=say, progress=advance,
        )  # fmt: skip
    content = found.to_dict()
    with open_output(output) as stream:
        if json:
            import orjson

            stream.write(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        else:
            stream.write(shift_table(content).encode())
    if found.bad_rows:
        first = found.bad_rows[0]
        raise InvalidInput(
            f"{plural(len(found.bad_rows), 'row')} could not be used (first: {first.where}: {first.reason}); "
            "the others were compared"
        )
