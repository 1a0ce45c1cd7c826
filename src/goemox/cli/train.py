"""`goemox train`: from labelled texts to a model folder that predicts, calibrated."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from goemox.cli.options import ModelName, Offline, Seed, is_typed, keep_apart, keep_off_the_hub, say
from goemox.errors import UsageError

if TYPE_CHECKING:
    from goemox.data.training_sets import TrainingSet
    from goemox.data.unlabelled import Unlabelled
    from goemox.training.distil import Distillation
    from goemox.training.loop import Recipe


class RecipeName(StrEnum):
    """How a model is trained."""

    plain = "plain"
    release = "release"


def train(
    ctx: typer.Context,
    output_dir: Annotated[
        Path, typer.Option("--output-dir", "-o", help="The model folder to write.", metavar="DIR")
    ],
    data: Annotated[
        str | None,
        typer.Option(help="A folder with train, dev and test splits, or `goemotions`.", metavar="PATH"),
    ] = None,
    train_file: Annotated[
        Path | None, typer.Option(help="Or one file of texts with your own labels.", metavar="FILE")
    ] = None,
    text_column: Annotated[
        str | None, typer.Option(help="Its column with the texts; guessed by name.", metavar="COLUMN")
    ] = None,
    label_column: Annotated[
        list[str] | None,
        typer.Option(
            help="Its column with the labels; guessed by name. Repeat it for one column a label.",
            metavar="COLUMN",
        ),
    ] = None,
    dev_file: Annotated[
        Path | None, typer.Option(help="Rows to choose thresholds by; else a tenth of it.", metavar="FILE")
    ] = None,
    test_file: Annotated[
        Path | None, typer.Option(help="Rows to evaluate on; else a tenth of it.", metavar="FILE")
    ] = None,
    min_rows: Annotated[
        int,
        typer.Option(
            min=1,
            help="Leave out labels that fewer of its rows have, and rows that have no other.",
            metavar="N",
        ),
    ] = 1,
    base: Annotated[
        str,
        typer.Option(
            help="What to start from: default (the bundled one), minilm, distilbert, a folder or hub id.",
            metavar="NAME",
        ),
    ] = "minilm",
    recipe: Annotated[
        RecipeName, typer.Option(help="plain: one run. release: several teachers, then a student of theirs.")
    ] = RecipeName.plain,
    unlabelled: Annotated[
        Path | None, typer.Option(help="Texts that the student learns from too.", metavar="FILE")
    ] = None,
    model_name: ModelName = None,
    work_dir: Annotated[
        Path | None,
        typer.Option(help="Keep checkpoints and teachers here, for further seeds.", metavar="DIR"),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="Passes over the training rows.", metavar="N")
    ] = None,
    batch_size: Annotated[int | None, typer.Option(min=1, help="Rows of one step.", metavar="N")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Peak of the schedule.", metavar="RATE")] = None,
    max_length: Annotated[
        int | None, typer.Option(min=8, max=512, help="Tokens a text is cut at in training.", metavar="N")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Train on the first N rows only.", metavar="N")
    ] = None,
    seed: Seed = 0,
    bundle: Annotated[
        bool, typer.Option("--bundle", help="Leave out the full weights and the fp32 graph.")
    ] = False,
    offline: Offline = False,
) -> None:
    """Fine-tune, calibrate and export a model.

    All labels of all rows; thresholds and calibration come from dev; the result is a folder for --model.
    Needs pip install 'goemox[train]'. A killed run goes on where it stopped. Epochs, batch size, learning
    rate and length are the recipe's own unless they are given; with --recipe release they are the student's.
    """
    if offline:
        keep_off_the_hub()
    import goemox.training  # noqa: F401 - says at once what is missing, before anything is read
    from goemox.data.training_sets import read_training_set, training_set_of_file
    from goemox.release import train as train_model

    if learning_rate is not None and not 0 < learning_rate < 1:
        raise UsageError(
            f"--learning-rate {learning_rate:g}: expected a number between 0 and 1, such as 5e-5"
        )
    if unlabelled and recipe is RecipeName.plain:
        raise UsageError("--unlabelled goes with --recipe release: a plain run learns from labels only")
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
            min_rows=min_rows,
            limit=limit,
            seed=seed,
            notice=say,
        )
    elif is_typed(ctx, "text_column", "label_column", "dev_file", "test_file", "min_rows"):
        raise UsageError(
            "--text-column, --label-column, --dev-file, --test-file and --min-rows go with --train-file"
        )
    else:
        splits = read_training_set(str(data), limit=limit, offline=offline, notice=say)
    texts = _unlabelled(unlabelled, splits) if unlabelled else None
    changed = {
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "max_length": max_length,
        "seed": seed,
    }
    folder = train_model(
        splits,
        output_dir,
        base=base,
        recipe=_recipe(recipe, {name: value for name, value in changed.items() if value is not None}, texts),
        unlabelled=texts,
        name=model_name,
        work=work_dir,
        bundle=bundle,
        say=say,
    )
    say(f"its card, with all figures: {folder / 'README.md'}")
    say(f'use it: goemox predict --model {quote(str(folder))} "a text"')
    typer.echo(folder)


def _unlabelled(path: Path, splits: TrainingSet) -> Unlabelled:
    from goemox.data.unlabelled import read_unlabelled

    return read_unlabelled(path, (*splits.train, *splits.dev, *splits.test), notice=say)


def _recipe(name: RecipeName, changed: dict[str, Any], texts: Unlabelled | None) -> Recipe | Distillation:
    from goemox.training.distil import Distillation
    from goemox.training.loop import Recipe

    if name is RecipeName.plain:
        return Recipe(**changed)
    plan = Distillation()
    return replace(
        plan,
        student=replace(plan.student, **changed),
        unlabelled=min(plan.unlabelled, len(texts.texts)) if texts else 0,
    )
