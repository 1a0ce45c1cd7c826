"""Rows that a model's rule was fitted on: figures on them are too good, and whoever reads them is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from goemox.data.splits import text_keys
from goemox.records import TextRecord, rows_sha256
from goemox.wording import plural

__all__ = ["fitted_texts", "seen_rows", "too_good"]


def fitted_texts(facts: Mapping[str, Any], grouping: str | None = None) -> frozenset[str]:
    """The keys (`text_keys`) of the texts that `adapt` or `calibrate` fitted a folder's rule on.

    facts: `goemox.json`; folders written before keys were kept have none. grouping: the rule for the groups
    of this name, None = the rule of the model's own labels.
    In the block "adapted", "texts" are those of the last fit. Where that was of outside labels ("grouping"),
    "labels_texts" are those of the model's own labels before, "earlier_texts" those of other outside labels.
    """
    block: Mapping[str, Any] = facts.get("adapted") or {}
    earlier = block.get("earlier_texts")
    if block.get("grouping") in (None, grouping):  # None: labels and groups were fitted together
        found = block.get("texts")
    elif isinstance(earlier, Mapping) and grouping in earlier:
        found = earlier[grouping]
    else:
        found = block.get("labels_texts")
    return frozenset(str(key) for key in found) if isinstance(found, list) else frozenset()


def seen_rows(
    facts: Mapping[str, Any], records: Sequence[TextRecord], fitted_on: str, grouping: str | None = None
) -> int:
    """How many of the records the rule was fitted on: those whose text it saw, or all that are just its rows.

    fitted_on: the rule's sha256 of its rows.
    """
    if rows_sha256(records) == fitted_on:
        return len(records)
    known = fitted_texts(facts, grouping)
    return sum(key in known for key in text_keys(record.text for record in records)) if known else 0


def too_good(n_seen: int, n: int) -> str:
    """`30 of 30 rows were used to fit this model's rule: figures are too good`; nothing where it saw none."""
    if not n_seen:
        return ""
    were = "was" if n_seen == 1 else "were"
    return (
        f"{n_seen:,} of {plural(n, 'row')} {were} used to fit this model's rule: figures on them are too "
        "good; judge it by rows that it has not seen"
    )
