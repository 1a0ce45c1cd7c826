"""What `goemox predict` says about the model, texts that were cut, and those outside the model's domain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from goemox.cli.options import say
from goemox.wording import plural

if TYPE_CHECKING:
    from goemox.classifier import EmotionClassifier, GroupedClassifier
    from goemox.runtime.windows import LongText

__all__ = ["tell_of_cuts", "tell_of_far_texts", "tell_of_model"]


def tell_of_model(classifier: EmotionClassifier | GroupedClassifier, grouping: str | None) -> None:
    """Say what makes every answer of a model worth less, and for which groups of labels it was adapted.

    grouping: what was asked for.
    """
    from shlex import quote

    from goemox.decision.softmax import caveat

    doubt = caveat(classifier.rule)
    if doubt:
        say(f"this model is {doubt}")
    facts: Mapping[str, Any] = classifier.folder.facts or {}
    adapted: Mapping[str, Any] = facts.get("adapted") or {}
    own = adapted.get("grouping")
    if own and grouping is None:
        say(f"this model was adapted for groups of labels; to be answered in them: --grouping {quote(own)}")


def tell_of_cuts(n: int, long_text: LongText, max_length: int) -> None:
    """Say that n texts were cut, and what reads the rest as well; nothing where none was."""
    from goemox.runtime.tokens import MAX_CHARACTERS

    if not n:
        return
    texts = plural(n, "text was", "texts were")
    if long_text == "chunk":
        say(f"{texts} read to {MAX_CHARACTERS:,} characters only; split longer ones before")
    else:
        say(f"{texts} cut after {max_length} tokens; to read the rest as well: --long-text chunk")


def tell_of_far_texts(n_far: int, n: int) -> None:
    """Say that n_far of n texts lie outside the model's domain; nothing where none does."""
    if not n_far:
        return
    lie, their, get = ("lies", "its", "it gets") if n_far == 1 else ("lie", "their", "they get")
    say(
        f"{n_far:,} of {plural(n, 'text')} {lie} outside the model's domain: read {their} scores as a "
        f"ranking; {get} no prediction set (goemox shift says more)"
    )
