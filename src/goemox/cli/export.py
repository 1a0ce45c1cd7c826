"""`goemox export`: a model folder with the graph that goemox runs, or with full weights."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from goemox.cli.options import Offline, say
from goemox.errors import UsageError


class Format(StrEnum):
    """What the new folder is for."""

    onnx = "onnx"
    hf = "hf"


def export(
    output_dir: Annotated[Path, typer.Option(help="The folder to write.", metavar="DIR")],
    model: Annotated[
        Path | None,
        typer.Option(
            envvar="GOEMOX_MODEL",
            help="The folder to export, or `default`; for --format hf the bundled model if not named.",
            metavar="DIR",
        ),
    ] = None,
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            help="onnx: a graph for a Hugging Face folder that has none. hf: full weights for a folder that "
            "has only a graph, such as the bundled one.",
        ),
    ] = Format.onnx,
    int8: Annotated[
        bool, typer.Option("--int8", help="Make an int8 graph too, if it loses nothing on --data.")
    ] = False,
    data: Annotated[
        str | None,
        typer.Option(help="With --int8: a labelled file, or a folder with a dev split.", metavar="PATH"),
    ] = None,
    offline: Offline = False,
) -> None:
    """Give a model folder the graph that goemox runs, or its full weights.

    A Hugging Face folder predicts uncalibrated: with plain sigmoids at .5, or, where it was trained to give
    one label a text, with the top label of a softmax. Full weights load in plain transformers. Needs
    pip install 'goemox[train]'.
    """
    from goemox.data.labelled import load_labelled
    from goemox.model_folder import default_folder, open_model

    if model is None and form is Format.onnx:
        raise UsageError("--model: name the Hugging Face folder that gets a graph; the bundled model has one")
    if int8 != (data is not None):
        raise UsageError(
            "--int8 and --data go together: int8 is kept only if it loses nothing on labelled rows"
        )
    source = default_folder() if model is None or str(model) == "default" else model
    if output_dir.resolve() == source.resolve():
        raise UsageError("--output-dir: name another folder than --model; the original stays as it is")
    dev = load_labelled(data, "dev", open_model(source).labels, notice=say, offline=offline) if data else None
    from goemox.training.foreign import export_folder, export_weights

    write = export_weights if form is Format.hf else export_folder
    typer.echo(write(source, output_dir, dev=dev, say=say))
