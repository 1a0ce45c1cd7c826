"""Texts that occur twice: inside one set, or in two that should have nothing in common."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence

from goemox.records import TextRecord

__all__ = ["duplicates", "find_overlap", "first_occurrences", "normalised", "repeated_rows", "text_keys"]

KEY_DIGITS = 12  # 48 bits: one chance pair among 20 million texts


def normalised(text: str) -> str:
    """The form in which texts are compared: NFKC, case folded, runs of white space as one space."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())  # folding can undo the first pass


def text_keys(texts: Iterable[str]) -> list[str]:
    """A short hash of each text as it is compared: tells a text again without keeping it."""
    forms = (normalised(text).encode("utf-8", "surrogatepass") for text in texts)
    return [hashlib.sha256(form).hexdigest()[:KEY_DIGITS] for form in forms]


def find_overlap(train_texts: Iterable[str], other_texts: Sequence[str]) -> list[int]:
    """Indices, rising, of the other texts that also occur among the training texts, compared `normalised`."""
    known = {normalised(text) for text in train_texts}
    return [index for index, text in enumerate(other_texts) if normalised(text) in known]


def first_occurrences(texts: Iterable[str]) -> list[int]:
    """Indices, rising, of the texts that repeat no earlier one, compared `normalised`."""
    first: dict[str, int] = {}
    for index, text in enumerate(texts):
        first.setdefault(normalised(text), index)
    return list(first.values())


def duplicates(records: Sequence[TextRecord]) -> int:
    """How many records repeat the text of an earlier one, compared `normalised`."""
    return len(records) - len(first_occurrences(record.text for record in records))


def repeated_rows(records: Sequence[TextRecord]) -> int:
    """How many records repeat the text of an earlier one with the same labels, judged alike."""
    return len(records) - len({(normalised(each.text), each.labels, each.judged) for each in records})
