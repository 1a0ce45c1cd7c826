"""`goemox export`: a model folder with the graph that goemox runs, with full weights, or with a fast tier."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from goemox.cli.options import Offline, is_typed, say
from goemox.errors import UsageError


class Format(StrEnum):
    """What the new folder is for."""

    onnx = "onnx"
    hf = "hf"
    fast = "fast"


def export(
    ctx: typer.Context,
    output_dir: Annotated[
        Path, typer.Option("--output-dir", "-o", help="The folder to write.", metavar="DIR")
    ],
    model: Annotated[
        Path | None,
        typer.Option(
            envvar="GOEMOX_MODEL",
            help="The folder to export, or `default`: the bundled model, also for hf and fast if not named.",
            metavar="DIR",
        ),
    ] = None,
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            help="onnx: a graph for a Hugging Face folder that has none. hf: full weights for a folder that "
            "has only a graph, such as the bundled one. fast: a fast tier and a cascade for either kind that "
            "goemox calibrated.",
        ),
    ] = Format.onnx,
    int8: Annotated[
        bool, typer.Option("--int8", help="Make an int8 graph too, if it loses nothing on --data.")
    ] = False,
    data: Annotated[
        str | None,
        typer.Option(
            help="With --int8: a labelled file, or a folder with a dev split. With --format fast: the rows "
            "that the model was trained with: a folder of splits, `goemotions`, or the file of --train-file.",
            metavar="PATH",
        ),
    ] = None,
    text_column: Annotated[
        str | None,
        typer.Option(help="Where --data is a file: its column with the texts.", metavar="COLUMN"),
    ] = None,
    label_column: Annotated[
        list[str] | None,
        typer.Option(
            help="Its column with the labels. Repeat it for one column a label.",
            metavar="COLUMN",
        ),
    ] = None,
    unlabelled: Annotated[
        Path | None, typer.Option(help="More texts that the fast tier learns from.", metavar="FILE")
    ] = None,
    offline: Offline = False,
) -> None:
    """Give a model folder the graph that goemox runs, its full weights, or a fast tier.

    A Hugging Face folder predicts uncalibrated: with plain sigmoids at .5, or, where it was trained to give
    one label a text, with the top label of a softmax. Full weights load in plain transformers. Needs
    pip install 'goemox[train]'.
    """
    from goemox.data.labelled import load_labelled
    from goemox.model_folder import default_folder, open_model
    from goemox.model_place import check_place

    if model is None and form is Format.onnx:
        raise UsageError("--model: name the Hugging Face folder that gets a graph; the bundled model has one")
    if unlabelled and form is not Format.fast:
        raise UsageError("--unlabelled goes with --format fast: only a fast tier learns from texts here")
    if form is Format.fast and (int8 or data is None):
        raise UsageError("--format fast: name the rows it learns from with --data, and leave --int8 out")
    if form is not Format.fast and int8 != (data is not None):
        raise UsageError(
            "--int8 and --data go together: int8 is kept only if it loses nothing on labelled rows"
        )
    takes_columns = form is Format.fast and Path(str(data)).is_file()
    if is_typed(ctx, "text_column", "label_column") and not takes_columns:
        raise UsageError("--text-column and --label-column go with --format fast and a file as --data")
    source = default_folder() if model is None or str(model) == "default" else model
    if output_dir.resolve() == source.resolve():
        raise UsageError("--output-dir: name another folder than --model; the original stays as it is")
    check_place(output_dir, say)
    if form is Format.fast:
        columns = (text_column, tuple(label_column or ()))
        typer.echo(_add_tiers(source, output_dir, str(data), columns, unlabelled, offline=offline))
        return
    dev = load_labelled(data, "dev", open_model(source).labels, notice=say, offline=offline) if data else None
    from goemox.training.foreign import export_folder, export_weights

    write = export_weights if form is Format.hf else export_folder
    typer.echo(write(source, output_dir, dev=dev, say=say))


def _add_tiers(
    source: Path,
    output: Path,
    data: str,
    columns: tuple[str | None, tuple[str, ...]],
    unlabelled: Path | None,
    *,
    offline: bool,
) -> Path:
    import goemox.training  # noqa: F401 - says at once what is missing, before anything is read
    from goemox.data.training_sets import read_training_set, training_set_of_file
    from goemox.data.unlabelled import read_unlabelled
    from goemox.release_tiers import add_tiers, seed_of_split

    if Path(data).is_file():  # divided as `goemox train --train-file` did
        text, labels = columns
        splits = training_set_of_file(
            Path(data), text_column=text, label_columns=labels, seed=seed_of_split(source), notice=say
        )
    else:
        splits = read_training_set(data, offline=offline, notice=say)
    every = (*splits.train, *splits.dev, *splits.test)
    texts = read_unlabelled(unlabelled, every, notice=say).texts if unlabelled else ()
    return add_tiers(source, output, splits, texts, say=say)
