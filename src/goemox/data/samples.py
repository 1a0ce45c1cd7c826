"""Texts that were written for goemox, so that it can show itself without a network or a data set.

They follow the style of Reddit comments, Hacker News story titles and GitHub issue titles. They are
samples and a smoke test, never evidence: nobody else has judged their labels.
"""

from __future__ import annotations

import json
from importlib.resources import files

from goemox.errors import UsageError
from goemox.records import TextRecord

__all__ = ["STYLES", "load_samples"]

STYLES = ("reddit", "story", "issue")


def load_samples(style: str | None = None) -> list[TextRecord]:
    """The samples of one style, or of all: ids `sample-STYLE-NNN`, one to three GoEmotions labels each.

    Raises UsageError for a style that does not exist.
    """
    if style is not None and style not in STYLES:
        raise UsageError(f"no sample texts in style {style!r}; styles: {', '.join(STYLES)}")
    lines = files("goemox.data").joinpath("samples.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [
        TextRecord(
            id=row["id"],
            text=row["text"],
            source="sample",
            meta={"style": row["style"], "written_for": row["written_for"]},
            labels=frozenset(row["labels"]),
        )
        for row in rows
        if style in (None, row["style"])
    ]
