"""What `goemox calibrate` and `goemox adapt` found, as plain text; the same numbers as `--json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from goemox.cli.text_table import text_table

__all__ = ["calibration_table"]

NAMES = {
    "nll": "NLL (lower is better)",
    "brier": "Brier (lower is better)",
    "ece_mean": "mean ECE (lower is better)",
    "macro_f1": "macro-F1",
    "micro_f1": "micro-F1",
    "top1_accuracy": "top label right",
}


def calibration_table(content: Mapping[str, Any]) -> str:
    """Old rule against new, the promise, and the labels; content: a CalibrateReport's dict."""
    head = f"{content['n']:,} rows of {content['name']}; every row judged by a rule fitted without it\n"
    labels = [
        (label, str(content["support"][label]), f"{cut:.3f}{' kept' if label in content['kept'] else ''}")
        for label, cut in content["thresholds"].items()
    ]
    return "\n".join(
        (
            head,
            compared(content["metrics"]),
            promised(content["conformal"]),
            text_table(("label", "rows with it", "threshold"), labels),
        )
    )


def compared(metrics: Mapping[str, Any]) -> str:
    """Before and after, with the interval of the difference."""
    rows = [
        (NAMES[name], f"{row['before']:.4f}", f"{row['after']:.4f}", f"{row['difference']:+.4f}",
         f"{row['low']:+.4f} – {row['high']:+.4f}")
        for name, row in metrics.items()
        if row
    ]  # fmt: skip
    return text_table(("", "before", "after", "difference", "95 % interval"), rows)


def promised(promise: Mapping[str, Any] | None) -> str:
    """The promise in words."""
    if promise is None:
        return "prediction sets promise nothing\n"
    return (
        f"prediction sets miss at most {promise['alpha']:.0%} of the true labels on average, over "
        f"{promise['population']} (fitted on {promise['n']:,} rows)\n"
    )
