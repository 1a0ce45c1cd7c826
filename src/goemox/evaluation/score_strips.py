"""Score strips: where each label's cut stands among the texts that carry it and those that do not."""

from __future__ import annotations

import numpy as np

from goemox.evaluation.sample import LabelledSample
from goemox.scores import Floats

__all__ = ["score_strips"]

N_BINS = 40


def score_strips(sample: LabelledSample, thresholds: Floats | None = None) -> list[dict[str, object]]:
    """How the calibrated probabilities of each label's true and other texts are spread, label by label.

    thresholds: (k,), the cuts; None where decisions came about otherwise. Each strip is {"label", "edges",
    "positive", "negative", "threshold", "positive_above", "negative_above"}: edges of 40 bins from 0 to 1,
    (i / 40)^2, since most texts without a label lie near 0; numbers of judged texts in each bin, which
    holds its lower edge; the label's cut; and the numbers of texts at or above it (None without a cut).
    """
    edges = (np.arange(N_BINS + 1) / N_BINS) ** 2
    strips: list[dict[str, object]] = []
    for column, label in enumerate(sample.labels):
        judged = sample.judged[:, column]
        p, true = sample.probabilities[judged, column], sample.truth[judged, column]
        sides = {"positive": p[true], "negative": p[~true]}
        cut = None if thresholds is None else thresholds[column]
        strips.append(
            {"label": label, "edges": edges}
            | {side: np.histogram(scores, edges)[0] for side, scores in sides.items()}
            | {"threshold": cut}
            | {
                f"{side}_above": None if cut is None else int((scores >= cut).sum())
                for side, scores in sides.items()
            }
        )
    return strips
