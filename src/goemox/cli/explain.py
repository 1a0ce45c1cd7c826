"""`goemox explain`: which words carry the labels of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from goemox.cli.options import Json, Model, say
from goemox.errors import InvalidInput, UsageError
from goemox.wording import near, printable

if TYPE_CHECKING:
    from goemox.explanation import Explanation

BAR = 20  # characters that an effect of 1 would fill
SHOWN_FROM = 0.005  # smaller effects would be written as 0.00


def explain(
    texts: Annotated[
        list[str] | None, typer.Argument(help="Texts to explain; - reads one a line.", metavar="TEXT")
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option(help="Explain this label instead of the chosen ones; repeatable.", metavar="LABEL"),
    ] = None,
    model: Model = None,
    json: Json = False,
) -> None:
    """Show which words carry the labels of a text.

    Each word is taken away in turn; its effect is how much less probable the label is without it. Words that
    stand in for each other share their effect, so that each may look weaker than it is.
    """
    from goemox.classifier import EmotionClassifier
    from goemox.explanation import explain as explain_text

    given = list(_given(texts or []))
    if not given:
        raise UsageError('name a text: goemox explain "Thank you so much!"')
    classifier = EmotionClassifier.from_pretrained(model or "default", runtime="onnxruntime")
    unknown = next((name for name in label or [] if name not in classifier.labels), None)
    if unknown is not None:
        raise InvalidInput(
            f"--label {unknown!r}: the model has no such label{near(unknown, classifier.labels) or '.'} Its "
            f"labels: {', '.join(classifier.labels)}"
        )
    found = [explain_text(classifier, text) for text in given]
    if json:
        import orjson

        typer.echo(orjson.dumps([each.to_dict() for each in found], option=orjson.OPT_INDENT_2).decode())
        return
    typer.echo("\n".join(_shown(each, label or list(each.prediction.labels)) for each in found), nl=False)


def _given(texts: list[str]) -> list[str]:
    if texts != ["-"]:
        return texts
    from goemox.cli.predict_stdin import open_stdin
    from goemox.data.files import read_records

    return [record.text for record in read_records("-", input_format="txt", notice=say, stdin=open_stdin())]


def _shown(found: Explanation, labels: list[str]) -> str:
    """The text, and for each label its probability and the words that speak for it."""
    lines = [printable(str(found.prediction.text))]
    if not labels:
        lines.append("  no label is given; --label NAME explains one")
    for name in labels:
        lines.append(f"  {name} {found.prediction.scores[name]:.2f}")
        parts = [part for part in found.strongest(name) if part.effect[name] >= SHOWN_FROM]
        words = [printable(part.word) for part in parts]
        width = max(map(len, words), default=0)
        for word, part in zip(words, parts, strict=True):
            effect = part.effect[name]
            lines.append(f"    {word.ljust(width)}  +{effect:.2f}  {'█' * round(BAR * effect)}".rstrip())
        if not parts:
            lines.append("    no single word carries it")
    return "\n".join([*lines, ""])
