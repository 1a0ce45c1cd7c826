"""`rows.jsonl.gz`: what the model said about every text of a study, for comparing two studies row by row."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import orjson

from goemox.atomic import open_binary
from goemox.scores import Bools, Floats

__all__ = ["Row", "study_rows", "write_rows"]

Row = dict[str, object]
DIGITS = 4


def study_rows(
    domain: str,
    ids: Sequence[str],
    labels: Sequence[str],
    probabilities: Floats,
    decided: Bools,
    percentiles: Floats | None,
    truth: Bools | None = None,
) -> Iterator[Row]:
    """One row a text: domain, id, labels, scores in the model's label order, percentile, truth if known.

    probabilities, decided, truth: (n, k). percentiles: (n,). Texts stay out: they are the source's.
    """
    rounded = np.round(probabilities, DIGITS)
    for i, row_id in enumerate(ids):
        row: Row = {
            "domain": domain,
            "id": row_id,
            "labels": [labels[j] for j in np.flatnonzero(decided[i]).tolist()],
            "scores": rounded[i].tolist(),
            "domain_percentile": None if percentiles is None else round(float(percentiles[i]), DIGITS),
        }
        if truth is not None:
            row["true_labels"] = [labels[j] for j in np.flatnonzero(truth[i]).tolist()]
        yield row


def write_rows(rows: Sequence[Row], path: Path) -> None:
    """Write rows as gzipped JSON Lines; the same rows give the same bytes."""
    with (
        open_binary(path) as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=5, mtime=0) as out,
    ):
        for row in rows:
            out.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
