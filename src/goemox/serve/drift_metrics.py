"""What the texts were given, as Prometheus reads it: made of `Drift`'s counts when it asks, so reading a text
costs nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from goemox.scores import Floats, Ints
from goemox.serve.drift import PERCENTILES, USUAL, Drift

__all__ = ["drift_metrics"]


def drift_metrics(drift: Drift) -> Iterator[Metric]:
    """Counts since the start, then the comparison of the last texts with the model's own."""
    seen = drift.total
    yield CounterMetricFamily("goemox_texts", "Texts read", seen.n)
    yield CounterMetricFamily("goemox_texts_truncated", "Texts cut at the model's length", seen.n_truncated)
    yield CounterMetricFamily("goemox_texts_placed", "Texts whose distance is known", seen.n_placed)
    yield CounterMetricFamily("goemox_texts_outside", "Texts outside the model's domain", seen.n_outside)
    labels = CounterMetricFamily("goemox_labels", "Texts given each label", labels=["label"])
    # Sums, not bins: ten bins of 28 labels would take longer to write than a text takes to be read.
    scores = CounterMetricFamily("goemox_label_scores", "Sum of each label's scores", labels=["label"])
    for j, label in enumerate(drift.labels):
        labels.add_metric([label], float(seen.given[j]))
        scores.add_metric([label], float(seen.sums[j]))
    yield labels
    yield scores
    yield HistogramMetricFamily(
        "goemox_domain_percentile", "Distance of texts from the training texts",
        _buckets(PERCENTILES, seen.places), seen.far,
    )  # fmt: skip
    yield from _compared(drift)


def _compared(drift: Drift) -> Iterator[Metric]:
    last = drift.last()
    yield GaugeMetricFamily("goemox_drift_texts", "Last texts that are compared with the model's own", last.n)
    share = last.n_outside / last.n_placed if last.n_placed else float("nan")
    yield GaugeMetricFamily("goemox_drift_outside_share", "Share of the last texts outside the domain", share)
    yield GaugeMetricFamily("goemox_reference_outside_share", "That share among the model's own texts", USUAL)
    moved = GaugeMetricFamily("goemox_drift_label_moved", "Whether a label's scores moved", labels=["label"])
    home = GaugeMetricFamily(
        "goemox_reference_label_share", "Share of the model's own texts with each label", labels=["label"]
    )
    shares, told = drift.shares_reference, drift.moved(drift.p_values(last))
    for j, label in enumerate(drift.labels):
        moved.add_metric([label], float(label in told))
        if shares is not None:
            home.add_metric([label], float(shares[j]))
    yield moved
    yield home


def _buckets(ends: Floats, counts: Ints) -> list[tuple[str, float]]:
    """Texts up to each end, as Prometheus counts them; the last end holds all, and so does +Inf."""
    up_to = np.cumsum(counts).tolist()
    named = [repr(round(float(end), 6)) for end in ends]
    return [*zip(named, up_to, strict=True), ("+Inf", up_to[-1])]
