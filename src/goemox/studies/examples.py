"""The rows of a domain that tell most: typical, certain, doubtful and far ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from goemox.labels import NEUTRAL
from goemox.records import TextRecord
from goemox.scores import Bools, Floats, Ints

__all__ = ["telling_rows"]

EACH = 4
SHOWN_SCORES = 5


def telling_rows(
    records: Sequence[TextRecord],
    labels: Sequence[str],
    probabilities: Floats,
    decided: Bools,
    percentiles: Floats | None,
    in_domain: Bools | None,
) -> list[dict[str, object]]:
    """Up to EACH rows of each kind, no row twice, as the report's `examples`.

    probabilities, decided: (n, k). percentiles, in_domain: (n,) or None.
    """
    rows: list[dict[str, object]] = []
    taken: set[int] = set()
    for why, order in _orders(labels, probabilities, percentiles):
        chosen = [int(i) for i in order if int(i) not in taken][:EACH]
        taken.update(chosen)
        for i in chosen:
            falling = np.argsort(-probabilities[i], kind="stable")
            rows.append(
                {
                    "why": why,
                    "id": records[i].id,
                    "text": records[i].text,
                    "url": records[i].url,
                    "labels": [labels[j] for j in falling if decided[i, j]],
                    "scores": {
                        labels[j]: round(float(probabilities[i, j]), 6) for j in falling[:SHOWN_SCORES]
                    },
                    "domain_percentile": None if percentiles is None else round(float(percentiles[i]), 6),
                    "in_domain": None if in_domain is None else bool(in_domain[i]),
                }
            )
    return rows


def _orders(labels: Sequence[str], p: Floats, percentiles: Floats | None) -> Iterator[tuple[str, Ints]]:
    top = p.max(axis=1)
    yield "most certain emotion", _one_a_label(labels, p)
    # Typical: scores nearest to the domain's mean scores.
    yield "most typical", np.argsort(np.abs(p - p.mean(axis=0)).sum(axis=1), kind="stable")
    yield "most doubtful", np.argsort(top, kind="stable")
    if percentiles is not None:
        yield "farthest from the training texts", np.argsort(-percentiles, kind="stable")


def _one_a_label(labels: Sequence[str], p: Floats) -> Ints:
    """The surest row of each emotion, the surest emotion first, so that one label cannot fill the list."""
    emotions = [j for j, label in enumerate(labels) if label != NEUTRAL]
    best = p[:, emotions].argmax(axis=0)
    order = np.argsort(-p[best, emotions], kind="stable")
    return np.asarray(best[order])
