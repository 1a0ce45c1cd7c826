"""`goemox train`: from labelled texts to a model folder that predicts, calibrated."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goemox.cli.options import Offline, keep_apart, say
from goemox.errors import UsageError


def train(
    output_dir: Annotated[Path, typer.Option(help="The model folder to write.", metavar="DIR")],
    data: Annotated[
        str | None,
        typer.Option(help="A folder with train, dev and test splits, or `goemotions`.", metavar="PATH"),
    ] = None,
    train_file: Annotated[
        Path | None, typer.Option(help="Or one file of texts with your own labels.", metavar="FILE")
    ] = None,
    text_column: Annotated[
        str | None, typer.Option(help="Its column with the texts; guessed by name.")
    ] = None,
    label_column: Annotated[
        list[str] | None,
        typer.Option(help="Its column with the labels; guessed by name. Repeat it for one column a label."),
    ] = None,
    dev_file: Annotated[
        Path | None, typer.Option(help="Rows to choose thresholds by; else a tenth of it.", metavar="FILE")
    ] = None,
    test_file: Annotated[
        Path | None, typer.Option(help="Rows to evaluate on; else a tenth of it.", metavar="FILE")
    ] = None,
    base: Annotated[
        str,
        typer.Option(
            help="default (the bundled one), minilm, distilbert, a folder or hub id.", metavar="NAME"
        ),
    ] = "minilm",
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the training rows.")] = 3,
    batch_size: Annotated[int, typer.Option(min=1, help="Rows of one step.")] = 64,
    learning_rate: Annotated[float, typer.Option(help="Peak of the schedule.")] = 2e-4,
    max_length: Annotated[
        int, typer.Option(min=8, max=512, help="Tokens a text is cut at in training.")
    ] = 64,
    limit: Annotated[int | None, typer.Option(min=1, help="Train on the first N rows only.")] = None,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 0,
    bundle: Annotated[
        bool, typer.Option("--bundle", help="Leave out the full weights and the fp32 graph.")
    ] = False,
    offline: Offline = False,
) -> None:
    """Fine-tune, calibrate and export a model.

    All labels of all rows; thresholds and calibration come from dev; the result is a folder for --model.
    Needs pip install 'goemox[train]'. A killed run goes on where it stopped.
    """
    from goemox.data.training_sets import read_training_set, training_set_of_file
    from goemox.release import train as train_model
    from goemox.training.loop import Recipe

    if not 0 < learning_rate < 1:
        raise UsageError(f"--learning-rate {learning_rate}: must lie between 0 and 1")
    recipe = Recipe(
        epochs=epochs, batch_size=batch_size, learning_rate=learning_rate, max_length=max_length, seed=seed
    )
    if (data is None) == (train_file is None):
        raise UsageError("give the rows with --data or with --train-file, one of them")
    if train_file is not None:
        keep_apart(("--train-file", train_file), ("--dev-file", dev_file), ("--test-file", test_file))
        splits = training_set_of_file(
            train_file,
            text_column=text_column,
            label_columns=label_column or (),
            dev_file=dev_file,
            test_file=test_file,
            limit=limit,
            seed=seed,
            notice=say,
        )
    elif text_column or label_column or dev_file or test_file:
        raise UsageError("--text-column, --label-column, --dev-file and --test-file go with --train-file")
    else:
        splits = read_training_set(str(data), limit=limit, offline=offline)
    folder = train_model(splits, output_dir, base=base, recipe=recipe, bundle=bundle, say=say)
    typer.echo(folder)
