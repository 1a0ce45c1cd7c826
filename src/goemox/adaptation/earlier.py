"""What an earlier fit of a folder's label rule forbids: rows that it saw would be counted twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from goemox.adaptation.rows import LabelledRows
from goemox.classifier import EmotionClassifier
from goemox.domain import hash_words
from goemox.errors import InvalidInput
from goemox.evaluation.seen_rows import seen_rows
from goemox.wording import plural

__all__ = ["fitted_by", "in_reference", "refuse_twice_adapted", "refuse_twice_fitted"]


def fitted_by(classifier: EmotionClassifier) -> str | None:
    """What fitted the rule of the model's labels last: "adapt", "calibrate", None = its training.

    An adaptation to outside labels leaves that rule alone, and writes down what had fitted it.
    """
    facts: Mapping[str, Any] = classifier.folder.facts or {}
    block = facts.get("adapted") or {}
    found = block.get("labels_by") if block.get("grouping") else block.get("by")
    return None if found is None else str(found)


def in_reference(classifier: EmotionClassifier, rows: LabelledRows) -> int:
    """How many of the rows stand among the reference texts of the model, all but surely."""
    profile = classifier.profile
    if profile is None or profile.words is None:
        return 0
    return int(hash_words(rows.texts).found_in(profile.words).sum())


def refuse_twice_adapted(classifier: EmotionClassifier) -> None:
    """Raises InvalidInput for a model whose label rule `adapt` made, where it is to be fitted once more.

    Every figure would then rest on rows that the rule may have seen: over five rounds on the same hundred
    rows, a quoted micro-F1 of .34 climbs to .46.
    """
    if fitted_by(classifier) == "adapt":
        raise InvalidInput(
            f"{classifier.folder.path}: its rule was made by `goemox adapt`, and fitted again it would be "
            "judged by rows that it may have seen; adapt the model that it was made from (--model), with all "
            "labelled rows together in one file"
        )


def refuse_twice_fitted(classifier: EmotionClassifier, rows: LabelledRows) -> None:
    """Raises InvalidInput for rows that a rule of `adapt` or `calibrate` saw: no fit could leave them out.

    Seen are rows whose text the folder knows again, rows among the reference texts, and all where the rule
    was fitted on just these.
    """
    by = fitted_by(classifier)
    if by is None:
        return
    known = seen_rows(classifier.folder.facts or {}, rows.records, classifier.rule.fitted_on)
    n = max(known, in_reference(classifier, rows))
    if n:
        were = "was" if n == 1 else "were"
        raise InvalidInput(
            f"{n} of {plural(len(rows), 'labelled row')} {were} seen when `goemox {by}` "
            f"made {classifier.folder.path}, so that every figure would be flattered; leave them out, or "
            "adapt the model that it was made from (--model)"
        )
