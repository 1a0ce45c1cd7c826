"""`goemox export`: a Hugging Face folder that goemox can run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goemox.errors import UsageError


def export(
    model: Annotated[
        Path, typer.Option(help="A multi-label Hugging Face folder with model.safetensors.", metavar="DIR")
    ],
    output_dir: Annotated[Path, typer.Option(help="The folder to write.", metavar="DIR")],
) -> None:
    """Give a Hugging Face folder an ONNX graph.

    The copy predicts with plain sigmoids at .5, uncalibrated, until it is fitted on labelled rows. Needs
    pip install 'goemox[train]'.
    """
    from goemox.training.foreign import export_folder

    if output_dir.resolve() == model.resolve():
        raise UsageError("--output-dir: name another folder than --model; the original stays as it is")
    typer.echo(export_folder(model, output_dir))
