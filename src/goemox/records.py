"""`TextRecord`: one text with where it came from, and what anybody said about it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import numpy.typing as npt

from goemox.errors import InvalidInput, UnknownLabel

__all__ = ["TextRecord", "judged_matrix", "rows_sha256", "truth_matrix"]


@dataclass(frozen=True, slots=True)
class TextRecord:
    """One text as its source wrote it; cleaning for the model happens in `runtime.tokens`.

    id: one of a kind in its source. source, url: where it comes from; "" and None where nobody says.
    labels: None = nobody looked; an empty set = somebody looked and found none.
    judged: the labels somebody looked for; None = all of them.
    created_at: in UTC, or None where the source does not say.
    meta: every other column of the source, kept as it was, never interpreted.
    """

    id: str
    text: str
    source: str = ""
    url: str | None = None
    created_at: datetime | None = None
    meta: Mapping[str, object] = field(default_factory=dict)
    labels: frozenset[str] | None = None
    judged: frozenset[str] | None = None


def truth_matrix(records: Iterable[TextRecord], labels: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Labels as an indicator matrix (n_texts, n_labels).

    Raises InvalidInput for a record without labels, UnknownLabel for one outside `labels`.
    """
    column = {label: index for index, label in enumerate(labels)}
    rows = list(records)
    truth = np.zeros((len(rows), len(labels)), dtype=np.bool_)
    for row, record in enumerate(rows):
        if record.labels is None:
            raise InvalidInput(
                f"row {row + 1} (id {record.id!r}) has no labels; evaluation and training need labelled rows"
            )
        for label in record.labels:
            if label not in column:
                raise UnknownLabel(label, f"row {row + 1} (id {record.id!r})", labels)
            truth[row, column[label]] = True
    return truth


def judged_matrix(records: Sequence[TextRecord], labels: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Whether somebody looked for each label in each text, (n_texts, n_labels)."""
    judged = np.ones((len(records), len(labels)), dtype=np.bool_)
    for row, record in enumerate(records):
        if record.judged is not None:
            judged[row] = [label in record.judged for label in labels]
    return judged


def rows_sha256(records: Iterable[TextRecord]) -> str:
    """Hash of texts and labels in their order: tells whether two runs saw the same rows."""
    digest = hashlib.sha256()
    for record in records:
        labels = ",".join(sorted(record.labels or ()))
        digest.update(f"{record.text}\t{labels}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
