"""Texts that occur twice: inside one set, or in two that should have nothing in common."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence

from goemox.records import TextRecord

__all__ = ["duplicates", "find_overlap", "normalised", "text_keys"]

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


def duplicates(records: Iterable[TextRecord]) -> int:
    """How many records repeat the text of an earlier one, compared `normalised`."""
    seen: set[str] = set()
    repeats = 0
    for record in records:
        text = normalised(record.text)
        repeats += text in seen
        seen.add(text)
    return repeats
