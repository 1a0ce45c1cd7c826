"""`goemox evaluate`: how good a model is on labelled texts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from goemox.cli.options import Json, Model, Offline, Output, keep_apart, progress_bar, say

FEW = 100


def evaluate(
    data: Annotated[
        str, typer.Option(help="A labelled file, a folder of splits, or `goemotions`.", metavar="PATH")
    ],
    split: Annotated[str, typer.Option(help="Which split of a folder.")] = "test",
    model: Model = None,
    mapping: Annotated[
        Path | None, typer.Option(help='{"outside label": ["goemotions label", …]}', metavar="FILE")
    ] = None,
    text_column: Annotated[
        str | None, typer.Option(help="The column with the texts; guessed by name.")
    ] = None,
    label_column: Annotated[
        str | None, typer.Option(help="The column with the labels; guessed by name.")
    ] = None,
    json: Json = False,
    output: Output = None,
    offline: Offline = False,
) -> None:
    """Score labelled texts, with 95% intervals.

    F1, average precision, accuracy and calibration, beside baselines that never read the text.
    """
    import orjson

    from goemox.assessment import assess
    from goemox.classifier import EmotionClassifier
    from goemox.cli.tables import evaluation_table
    from goemox.data.labelled import load_labelled
    from goemox.data.writers import open_output
    from goemox.evaluation.mapping import read_mapping

    keep_apart(("--data", data), ("--mapping", mapping), ("--output", output))
    classifier = EmotionClassifier.from_pretrained(model or "default")
    outside = read_mapping(mapping, classifier.labels) if mapping else None
    records = load_labelled(
        data,
        split,
        outside.labels if outside else classifier.labels,
        text_column=text_column,
        label_column=label_column,
        notice=say,
        offline=offline,
    )
    with progress_bar("scoring", len(records)) as advance:
        content = assess(classifier, records, mapping=outside, progress=advance).report.to_dict()
    _warn(content)
    with open_output(output) as stream:
        document = orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        stream.write(document if json else evaluation_table(content).encode())


def _warn(content: Mapping[str, Any]) -> None:
    """What makes these figures worth less than they look."""
    absent = sum(row["support"] == 0 for row in content["per_label"])
    if absent:
        say(
            f"{absent} of {len(content['per_label'])} labels have no true row here; macro-F1 counts each as 0"
        )
    if content["n"] < FEW:
        say(f"{content['n']} texts are too few to judge a model by; label {FEW} or more")
