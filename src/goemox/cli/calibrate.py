"""`goemox calibrate`: the decision rule fitted again on labelled rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from goemox.cli.options import (
    Json,
    LabelColumns,
    Model,
    ModelName,
    Offline,
    Split,
    TextColumn,
    progress_bar,
    say,
    split_of,
)
from goemox.errors import UnknownLabel, UsageError


def calibrate(
    data: Annotated[
        str, typer.Option(help="A labelled file, a folder of splits, or `goemotions`.", metavar="PATH")
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="The model folder to write; without it, only reported.", metavar="DIR"
        ),
    ] = None,
    split: Split = None,
    model: Model = None,
    cuts: Annotated[
        str,
        typer.Option(
            help="How thresholds are chosen: f1, fixed:P, cost:R (a miss costs R false alarms), precision:P; "
            "single labels as in cost:5,anger=20.",
            metavar="RULE",
        ),
    ] = "f1",
    alpha: Annotated[
        float, typer.Option(help="Share of the true labels that prediction sets may miss.", metavar="SHARE")
    ] = 0.2,
    model_name: ModelName = None,
    text_column: TextColumn = None,
    label_column: LabelColumns = None,
    json: Json = False,
    offline: Offline = False,
) -> None:
    """Fit calibration, thresholds and prediction sets again on labelled rows, and write the model with them.

    The rows must be a random sample of the texts that the model is for, with its own labels, and none that it
    was trained on. What changes is measured by five-fold cross-fitting: no rule is judged by rows it saw. For
    about a hundred rows or other labels: goemox adapt.
    """
    import sys
    from shlex import quote

    import orjson

    from goemox.adaptation import calibrate as fit
    from goemox.classifier import EmotionClassifier
    from goemox.cli.adaptation_tables import NOT_WRITTEN, calibration_table
    from goemox.data.labelled import load_labelled
    from goemox.decision.cuts import CutRule

    if not 0 < alpha < 1:
        raise UsageError(
            f"--alpha {alpha:g}: expected a share between 0 and 1, without the ends, such as 0.2"
        )
    rule = CutRule.parse(cuts)
    classifier = EmotionClassifier.from_pretrained(model or "default", runtime="onnxruntime")
    split = split_of(data, split, "dev")
    with _foreign_labels():
        records = load_labelled(
            data, split, classifier.labels, text_column=text_column, label_column=label_column, notice=say,
            offline=offline,
        )  # fmt: skip
    name = _name(data, split)
    if name == "GoEmotions train":
        say(
            "the bundled model was trained on these rows: a rule fitted on them is too sure; take --split dev"
        )
    with _foreign_labels(), progress_bar("scoring", len(records)) as advance:
        report = fit(
            classifier, records, name=name, cuts=rule, alpha=alpha, output=output, model_name=model_name,
            say=say, progress=advance,
        )  # fmt: skip
    content = report.to_dict()
    document = orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    sys.stdout.write(document.decode() if json else calibration_table(content))
    say(NOT_WRITTEN if output is None else f"written: {output}; use it with --model {quote(str(output))}")


@contextmanager
def _foreign_labels() -> Iterator[None]:
    """Labels that the model does not have are `goemox adapt`'s business: this command takes no mapping."""
    try:
        yield
    except UnknownLabel as error:
        remedy = "For rows with other labels: goemox adapt --mapping FILE."
        raise UnknownLabel(error.label, error.where, error.known, remedy) from None


def _name(data: str, split: str) -> str:
    """What the promise calls these texts: the file's name without its path, or the data set's split."""
    from goemox.data.goemotions import is_goemotions_folder
    from goemox.data.labelled import HUB_WORD

    path = Path(data)
    if data == HUB_WORD or (path.is_dir() and is_goemotions_folder(path)):
        return f"GoEmotions {split}"
    return f"{path.resolve().name} {split}" if path.is_dir() else path.name
