"""`rows.jsonl.gz`: what the model said about every text of a study, for comparing two studies row by row."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import orjson

from goemox.atomic import open_binary
from goemox.records import TextRecord, judged_matrix, truth_matrix
from goemox.scores import Bools, Floats

__all__ = ["Row", "study_rows", "write_rows"]

Row = dict[str, object]
DIGITS = 4
HASH_DIGITS = 12  # 48 bits: one chance pair in a study of 20 million texts


def study_rows(
    domain: str,
    records: Sequence[TextRecord],
    labels: Sequence[str],
    probabilities: Floats,
    decided: Bools,
    percentiles: Floats | None,
    *,
    labelled: bool = False,
) -> Iterator[Row]:
    """One row a text: domain, id, hash of the text, labels, scores in the model's label order, percentile.

    probabilities, decided: (n, k). percentiles: (n,). labelled: whether to tell what is true, and, of a text
    that was judged for some labels only, which. Texts stay out: they are the source's; the hash tells whether
    two studies read the same one.
    """
    rounded = np.round(probabilities, DIGITS)
    truth = truth_matrix(records, labels) if labelled else None
    judged = judged_matrix(records, labels) if labelled else None
    for i, record in enumerate(records):
        row: Row = {
            "domain": domain,
            "id": record.id,
            "text_hash": _hash(record.text),
            "labels": _named(labels, decided[i]),
            "scores": rounded[i].tolist(),
            "domain_percentile": None if percentiles is None else round(float(percentiles[i]), DIGITS),
        }
        if truth is not None:
            row["true_labels"] = _named(labels, truth[i])
        if judged is not None and not judged[i].all():
            row["judged"] = _named(labels, judged[i])
        yield row


def _named(labels: Sequence[str], which: Bools) -> list[str]:
    return [labels[j] for j in np.flatnonzero(which).tolist()]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:HASH_DIGITS]


def write_rows(rows: Sequence[Row], path: Path) -> None:
    """Write rows as gzipped JSON Lines; the same rows give the same bytes."""
    with (
        open_binary(path) as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=5, mtime=0) as out,
    ):
        for row in rows:
            out.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
