"""Texts as somebody gives them to a classifier: one or several strings, none of them blank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from goemox.errors import InvalidInput, UsageError
from goemox.records import TextRecord

__all__ = ["as_records", "given_texts", "numbered", "refuse_blank", "refuse_no_texts", "refuse_tables"]

Given = TypeVar("Given")
BYTES = (bytes, bytearray)


def given_texts(texts: Iterable[Given]) -> list[Given]:
    """All that is given, as a list: of a list, a column of a data frame, an array (n,) or a generator.

    Raises as `refuse_tables`. Whether each item is a text is not looked at.
    """
    refuse_tables(texts)
    return list(texts)


def refuse_tables(texts: object) -> None:
    """Raise for what is no list of texts, or the like, and would be read as one.

    UsageError for one bare string, InvalidInput for bytes, for a data frame or a dict, which would be read
    as the names of their columns, for an array of rows, and for what holds nothing to go through.
    """
    if isinstance(texts, str):
        raise UsageError("give a list of texts: one string would be read letter by letter")
    if isinstance(texts, BYTES):
        raise InvalidInput("bytes are no text; decode them first: given.decode('utf-8')")
    kind = type(texts).__name__
    has_columns = hasattr(type(texts), "columns")  # to ask an instance makes polars warn
    if isinstance(texts, Mapping) or has_columns:
        raise InvalidInput(f"a {kind} is no list of texts; give one column of it: table['text']")
    if getattr(texts, "ndim", 1) > 1:
        raise InvalidInput(f"a {kind} of several columns is no list of texts; give one: array[:, 0]")
    if not isinstance(texts, Iterable) or getattr(texts, "ndim", 1) == 0:
        raise InvalidInput(f"{kind} is no list of texts; give a list, or one string to call the model with")


def refuse_no_texts(texts: Sequence[object]) -> None:
    """Raise InvalidInput for an item that is no text, named by its number from 1."""
    wrong = next((i for i, text in enumerate(texts) if not isinstance(text, str)), None)
    if wrong is not None:
        is_bytes, kind = isinstance(texts[wrong], BYTES), type(texts[wrong]).__name__
        remedy = "decode it: .decode('utf-8')" if is_bytes else "leave rows without a text out"
        raise InvalidInput(f"text {wrong + 1} is {kind}, not text; {remedy}")


def refuse_blank(texts: Sequence[object]) -> None:
    """Raise InvalidInput for a text that is empty or only spaces, as the command line does.

    What is no text at all is left to `refuse_no_texts`.
    """
    given = enumerate(texts, start=1)
    blank = next((number for number, text in given if isinstance(text, str) and not text.strip()), None)
    if blank is not None:
        raise InvalidInput(f"text {blank} is empty; leave rows without a text out")


def as_records(texts: str | Sequence[str]) -> list[TextRecord]:
    """One text or several as records, numbered from 1. Raises as `given_texts`, and for a blank one."""
    several = [texts] if isinstance(texts, str) else given_texts(texts)
    refuse_blank(several)
    return numbered(several)


def numbered(texts: Iterable[str] | Iterable[TextRecord]) -> list[TextRecord]:
    """Records as they are, and texts as records, numbered from 1. Raises as `given_texts`."""
    given: list[str | TextRecord] = given_texts(texts)
    return [
        text if isinstance(text, TextRecord) else TextRecord(str(number), text)
        for number, text in enumerate(given, start=1)
    ]
