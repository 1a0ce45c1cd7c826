"""Texts as somebody gives them to a classifier: one or several strings, none of them blank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from goemox.errors import InvalidInput
from goemox.records import TextRecord

__all__ = ["as_records", "refuse_blank", "refuse_table"]


def refuse_table(texts: object) -> None:
    """Raise InvalidInput for a data frame or a dict: they would be read as the names of their columns."""
    if isinstance(texts, Mapping) or hasattr(texts, "columns"):
        raise InvalidInput(
            f"a {type(texts).__name__} is no list of texts; give one column of it: table['text']"
        )


def refuse_blank(texts: Sequence[str]) -> None:
    """Raise InvalidInput for a table, and for a text that is empty or only spaces, as the command line does.

    What is no text at all is left to `EmotionClassifier.scores`.
    """
    refuse_table(texts)
    given = () if isinstance(texts, str) else enumerate(texts, start=1)
    blank = next((number for number, text in given if isinstance(text, str) and not text.strip()), None)
    if blank is not None:
        raise InvalidInput(f"text {blank} is empty; leave rows without a text out")


def as_records(texts: str | Sequence[str]) -> list[TextRecord]:
    """One text or several as records, numbered from 1. Raises InvalidInput for a blank one."""
    refuse_table(texts)
    several = [texts] if isinstance(texts, str) else list(texts)
    refuse_blank(several)
    return [TextRecord(str(number), text) for number, text in enumerate(several, start=1)]
