"""What `goemox calibrate` and `goemox adapt` found, as plain text; the same numbers as `--json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from goemox.cli.text_table import text_table
from goemox.wording import plural

__all__ = ["adaptation_table", "calibration_table"]

NAMES = {
    "nll": "NLL (lower is better)",
    "brier": "Brier (lower is better)",
    "ece_mean": "mean ECE (lower is better)",
    "macro_f1": "macro-F1",
    "micro_f1": "micro-F1",
    "top1_accuracy": "top label right",
    "subset_accuracy": "all labels right",
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


def adaptation_table(content: Mapping[str, Any]) -> str:
    """Before and after, what may be quoted, sets, shares of labels; content: an AdaptReport's dict."""
    n, random = content["n"], content["n_random"]
    picked = "" if random == n else f", {random:,} of them drawn at random"
    rows, texts = plural(n, "labelled row"), plural(content["n_texts"], "unlabelled text")
    parts = [f"{rows} of {content['name']}{picked}; {texts}\n"]
    if content["metrics"]:
        parts.append(compared(content["metrics"]))
        parts.append(quoted(content["quotable"], random))
    else:
        parts.append("too few random rows to say how good the model is here\n")
    parts.append(missed(content["sets"]) + promised(content["conformal"]))
    parts.append(shares(content))
    return "\n".join(part for part in parts if part)


def quoted(figures: Mapping[str, Any], n: int) -> str:
    """The figures that may be quoted, with their intervals."""
    rows = [
        (NAMES.get(name, name), f"{row['value']:.3f}", f"{row['low']:.3f} – {row['high']:.3f}")
        for name, row in figures.items()
    ]
    head = (f"to be quoted ({n:,} random rows, cross-validated)", "", "95 % interval")
    return text_table(head, rows)


def missed(sets: Mapping[str, Any] | None) -> str:
    """What the sets missed on rows that the promise was not fitted on."""
    rows = [
        f"prediction sets {when}: {found['fnr']['value']:.3f} of the true labels missed "
        f"({found['fnr']['low']:.3f} – {found['fnr']['high']:.3f}), {found['set_size']:.1f} labels a set\n"
        for when in ("before", "after")
        if sets and (found := sets[when]) and found["fnr"]
    ]
    return "".join(rows)


def shares(content: Mapping[str, Any]) -> str:
    """How often each label occurs in the domain, and its new cut."""
    rows = []
    for label, found in content["prevalences"].items():
        classical, powered = found["classical"], found["powered"]
        rows.append(
            (label, str(content["support"][label]), _share(classical), _share(powered) if powered else "",
             "" if found["weight"] is None else f"{found['weight']:.2f}",
             f"{content['thresholds'][label]:.3f}")
        )  # fmt: skip
    head = ("label", "rows with it", "share, labels only", "prediction-powered", "weight", "threshold")
    return text_table(head, rows)


def _share(interval: Mapping[str, float]) -> str:
    return f"{interval['value']:.3f} ({interval['low']:.3f} – {interval['high']:.3f})"


def compared(metrics: Mapping[str, Any]) -> str:
    """Before and after, with the interval of the difference."""
    rows = [
        (NAMES[name], f"{row['before']:.4f}", f"{row['after']:.4f}", f"{row['difference']:+.4f}",
         f"{row['low']:+.4f} – {row['high']:+.4f}")
        for name, row in metrics.items()
        if row
    ]  # fmt: skip
    table = text_table(("", "before", "after", "difference", "95 % interval"), rows)
    return f"{table}ECE of a perfectly calibrated model on so many rows: {metrics['ece_mean']['floor']:.4f}\n"


def promised(promise: Mapping[str, Any] | None) -> str:
    """The promise in words."""
    if promise is None:
        return "prediction sets promise nothing\n"
    return (
        f"prediction sets miss at most {100 * promise['alpha']:g} % of the true labels on average, over "
        f"{promise['population']} (fitted on {promise['n']:,} rows)\n"
    )
