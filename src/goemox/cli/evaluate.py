"""`goemox evaluate`: how good a model is on labelled texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from goemox.cli.options import (
    Json,
    LabelColumns,
    Model,
    Offline,
    Output,
    RuntimeOption,
    Split,
    TextColumn,
    TierOption,
    keep_apart,
    progress_bar,
    say,
    split_of,
)
from goemox.errors import UsageError
from goemox.wording import plural

if TYPE_CHECKING:
    from goemox.classifier import EmotionClassifier
    from goemox.decision.rule import DecisionRule
    from goemox.decision.softmax import SoftmaxRule
    from goemox.evaluation.mapping import LabelMapping
    from goemox.records import TextRecord


def evaluate(
    data: Annotated[
        str, typer.Option(help="A labelled file, a folder of splits, or `goemotions`.", metavar="PATH")
    ],
    split: Split = None,
    model: Model = None,
    tier: TierOption = "best",
    runtime: RuntimeOption = "onnxruntime",
    against: Annotated[
        str | None,
        typer.Option(help="Another model folder, or `default`, to compare on the same texts.", metavar="DIR"),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(
            help='Other labels of the rows, in those of either model: {"label": ["model\'s label", …]}',
            metavar="FILE",
        ),
    ] = None,
    grouping: Annotated[
        str | None,
        typer.Option(
            help="Judge groups of labels: ekman, sentiment, or a name that `goemox adapt` gave.",
            metavar="NAME",
        ),
    ] = None,
    text_column: TextColumn = None,
    label_column: LabelColumns = None,
    reliability: Annotated[
        Path | None, typer.Option(help="Write the reliability curves to an SVG file.", metavar="FILE.svg")
    ] = None,
    json: Json = False,
    output: Output = None,
    offline: Offline = False,
) -> None:
    """Score labelled texts, with 95% intervals.

    F1, average precision, accuracy and calibration, beside baselines that never read the text. Top-1 accuracy
    counts a text without a label as a miss. With --against, the differences to another model and their
    intervals too. A Hugging Face folder without an ONNX graph is exported for this call where 'goemox[train]'
    is installed.
    """
    from goemox.cli.runnable import runnable
    from goemox.data.labelled import load_labelled

    keep_apart(("--data", data), ("--mapping", mapping), ("--reliability", reliability), ("--output", output))
    if reliability and reliability.suffix.lower() != ".svg":
        raise UsageError(f"--reliability {reliability}: the curves are an SVG; name a file that ends in .svg")
    if mapping and grouping:
        raise UsageError("--mapping and --grouping both say what the labels are; give one of them")
    with ExitStack() as stack:
        classifier = runnable(str(model or "default"), stack, tier, runtime)
        other = runnable(against, stack, runtime=runtime) if against else None
        if grouping and other:
            other.grouped(grouping)  # told before anything is scored
        ours, theirs = (None, None) if grouping else _mappings(mapping, classifier, other)
        records = load_labelled(
            data, split_of(data, split, "test"), None if ours or grouping else classifier.labels,
            text_column=text_column, label_column=label_column, notice=say, offline=offline,
        )  # fmt: skip
        records = _renamed(records, classifier, ours, grouping)
        content = _measure(records, (classifier, ours), (other, theirs) if other else None, grouping)
    _warn(content, records)
    _write(content, reliability, output, json=json)


def _mappings(
    path: Path | None, classifier: EmotionClassifier, other: EmotionClassifier | None
) -> tuple[LabelMapping | None, LabelMapping | None]:
    """A mapping for each model; without one, the two must have the same labels."""
    from goemox.assessment import same_labels
    from goemox.evaluation.mapping import read_mappings

    if path:
        ours, *theirs = read_mappings(path, *(model.labels for model in (classifier, other) if model))
        return ours, theirs[0] if theirs else None
    if other:
        same_labels(classifier.labels, other.labels)
    return None, None


def _renamed(
    records: list[TextRecord],
    classifier: EmotionClassifier,
    mapping: LabelMapping | None,
    grouping: str | None,
) -> list[TextRecord]:
    """The records with the labels that are judged: the mapping's, the grouping's, or their own."""
    from goemox.evaluation.mapping import in_groups, only_named

    if mapping:
        return only_named(records, mapping.labels, "the mapping", say)
    if grouping:
        members = classifier.grouped(grouping).groups.members(classifier.labels)
        return in_groups(records, members, classifier.labels, say)
    return records


def _measure(
    records: Sequence[TextRecord],
    this: tuple[EmotionClassifier, LabelMapping | None],
    other: tuple[EmotionClassifier, LabelMapping | None] | None,
    grouping: str | None,
) -> dict[str, Any]:
    """What is printed: the report of this model, and how the other one differs."""
    from goemox.assessment import assess, compare, model_facts
    from goemox.data.marked_rows import counted
    from goemox.evaluation.seen_rows import seen_rows

    classifier, mapping = this
    with progress_bar("scoring", len(records) * (2 if other else 1)) as advance:
        found = assess(classifier, records, mapping=mapping, grouping=grouping, progress=advance)
        facts = {"model": model_facts(classifier), "n_fitted_on": found.n_seen, **counted(records)}
        content = found.report.to_dict() | facts
        if other:
            rival, mapping = other
            paired = compare(found, rival, records, mapping=mapping, grouping=grouping, progress=advance)
            seen = seen_rows(rival.folder.facts or {}, records, _rule_of(rival, grouping).fitted_on, grouping)
            content["against"] = {"model": model_facts(rival), "n_fitted_on": seen, **paired.to_dict()}
    return content


def _rule_of(classifier: EmotionClassifier, grouping: str | None) -> DecisionRule | SoftmaxRule:
    return classifier.grouped(grouping).rule if grouping else classifier.rule


def _write(content: Mapping[str, Any], reliability: Path | None, output: Path | None, *, json: bool) -> None:
    import orjson

    from goemox.atomic import write_text
    from goemox.cli.tables import evaluation_table
    from goemox.data.writers import open_output
    from goemox.report.figures import reliability_figure

    if reliability:
        title = f"Reliability of {content['model']['name']} on {plural(content['n'], 'text')}"
        write_text(reliability, reliability_figure(content["reliability"], title))
    with open_output(output) as stream:
        document = orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        stream.write(document if json else evaluation_table(content).encode())


def _warn(content: Mapping[str, Any], records: Sequence[TextRecord]) -> None:
    """What makes these figures worth less than they look."""
    from goemox.data.marked_rows import figures_mislead
    from goemox.data.splits import repeated_rows
    from goemox.evaluation.few_rows import macro_f1_notes, repeats, too_few
    from goemox.evaluation.seen_rows import too_good

    if content["n_fitted_on"]:
        say(too_good(content["n_fitted_on"], content["n"]))
    if "against" in content and content["against"]["n_fitted_on"]:
        rival = content["against"]
        say(f"{rival['model']['name']}, beside it: {too_good(rival['n_fitted_on'], content['n'])}")
    if note := figures_mislead(content["n_informative"], content["n_suggested"], content["n"]):
        say(note)
    supports = [row["support"] for row in content["per_label"] if row["judged"]]
    common = " and macro_f1_common" if content["metrics"]["macro_f1_common"] else ""
    for note in macro_f1_notes(supports, f"micro-F1{common}"):
        say(note)
    if note := repeats(repeated_rows(records), len(records)):
        say(note)
    n_without = sum(not record.labels for record in records)
    if n_without and content["metrics"]["top1_accuracy"]:
        of = f"{n_without:,} of {plural(content['n'], 'row')}"
        say(f"{of} {'has' if n_without == 1 else 'have'} no label; top-1 accuracy counts each as a miss")
    if note := too_few(content["n"]):
        say(note)
    for model in (content["model"], *([content["against"]["model"]] if "against" in content else ())):
        if model["caveat"]:
            say(f"{model['name']} is {model['caveat']}")
