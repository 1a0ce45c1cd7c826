"""Texts as somebody gives them to a classifier: one or several strings, none of them blank."""

from __future__ import annotations

from collections.abc import Sequence

from goemox.errors import InvalidInput
from goemox.records import TextRecord

__all__ = ["as_records", "refuse_blank"]


def refuse_blank(texts: Sequence[str]) -> None:
    """Raise InvalidInput for a text that is empty or only spaces, as the command line does.

    What is no text at all is left to `EmotionClassifier.scores`.
    """
    given = () if isinstance(texts, str) else enumerate(texts, start=1)
    blank = next((number for number, text in given if isinstance(text, str) and not text.strip()), None)
    if blank is not None:
        raise InvalidInput(f"text {blank} is empty; leave rows without a text out")


def as_records(texts: str | Sequence[str]) -> list[TextRecord]:
    """One text or several as records, numbered from 1. Raises InvalidInput for a blank one."""
    several = [texts] if isinstance(texts, str) else list(texts)
    refuse_blank(several)
    return [TextRecord(str(number), text) for number, text in enumerate(several, start=1)]
