"""What a study gives: its figures and its rows. It measures nothing and draws nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from goemox.data.bad_rows import BadRow
from goemox.studies.rows import Row
from goemox.wording import plural

__all__ = ["StudyReport"]


@dataclass(frozen=True, slots=True)
class StudyReport:
    """A study as plain numbers: `to_dict()` is report.json, `rows` is rows.jsonl.gz.

    content: the document itself. bad_rows: rows of the user's files that could not be used.
    """

    content: Mapping[str, object]
    rows: tuple[Row, ...]
    bad_rows: tuple[BadRow, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """The document that `report` draws."""
        return dict(self.content)

    def __repr__(self) -> str:
        """What was studied, in a line: the whole content would flood a notebook."""
        content: Mapping[str, Any] = self.content
        domains = ", ".join(f"{each['name']!r}: {plural(each['n'], 'text')}" for each in content["domains"])
        called = f"{type(self).__name__}(model {content['model']['name']!r}, domains {{{domains}}})"
        return f"<{called}; to_dict() holds all figures, goemox.write_report() draws them>"
