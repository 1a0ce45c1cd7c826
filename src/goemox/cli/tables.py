"""Results as plain text for a terminal; the same numbers as `--json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["evaluation_table"]

SHOWN = (
    "macro_f1", "micro_f1", "weighted_f1", "macro_f1_common", "ekman_macro_f1", "sentiment_macro_f1",
    "mean_average_precision", "top1_accuracy", "subset_accuracy", "brier", "nll", "ece_mean",
)  # fmt: skip


def evaluation_table(content: Mapping[str, Any]) -> str:
    """Metrics with intervals, baselines, threshold rules and labels of an EvaluationReport's dict."""
    metrics = [
        (
            name,
            _f(metric["value"]),
            "" if metric["low"] is None else f"{_f(metric['low'])} – {_f(metric['high'])}",
        )
        for name in SHOWN
        if (metric := content["metrics"].get(name))
    ]
    baselines = [
        (row["name"], _f(row.get("macro_f1")), _f(row.get("micro_f1")), _f(row.get("top1_accuracy")))
        for row in content["baselines"]
    ]
    rules = [
        (row["rule"], _f(row["macro_f1"]), _f(row["micro_f1"])) for row in content["thresholds_compared"]
    ]
    labels = [
        (r["label"], str(r["support"]), _f(r["precision"]), _f(r["recall"]), _f(r["f1"]),
         f"{_f(r['f1_low'])} – {_f(r['f1_high'])}", _f(r["average_precision"]), _f(r["threshold"]))
        for r in content["per_label"]
    ]  # fmt: skip
    parts = [
        f"{content['n']:,} texts\n",
        _table(("metric", "value", "95 % interval"), metrics),
        _table(("baseline", "macro-F1", "micro-F1", "top-1"), baselines),
        _table(("thresholds", "macro-F1", "micro-F1"), rules),
        _table(("label", "support", "precision", "recall", "F1", "95 % interval", "AP", "threshold"), labels),
    ]
    return "\n".join(part for part in parts if part)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [tuple(head), *rows]
    if len(lines) == 1:
        return ""
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    text = ""
    for line in lines:
        cells = [
            cell.ljust(w) if i == 0 else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(line, widths, strict=True))
        ]
        text += "  ".join(cells).rstrip() + "\n"
    return text


def _f(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
