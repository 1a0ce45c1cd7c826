"""What `goemox evaluate` prints: all metrics and the main ones of the other figures of `--json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from goemox.cli.text_table import text_table
from goemox.evaluation.metrics import COMMON, METRICS
from goemox.evaluation.paired import LOWER_IS_BETTER
from goemox.wording import plural

__all__ = ["evaluation_table"]

BASELINE_METRICS = ("macro_f1", "micro_f1", "top1_accuracy", "mean_average_precision", "brier")
AT_RELEASE = "* measured at release, on these same rows\n"
OPTIMISM = "optimism: macro-F1 on dev, where the cuts were chosen, minus macro-F1 here\n"
NOT_BETTER = (
    "not better: share of resamples in which this model is not better than the other\n"
    "of twenty labels that do not differ, one interval leaves out 0 by chance\n"
)


def evaluation_table(content: Mapping[str, Any]) -> str:
    """Metrics with intervals, baselines, threshold rules, labels and the other model of `goemox evaluate`.

    content: an EvaluationReport's dict, with "model" and perhaps "against" beside it.
    """
    parts = [
        _head(content),
        _metrics(content),
        _baselines(content),
        _thresholds(content["thresholds_compared"]),
        _labels(content["per_label"]),
        _sets(content.get("prediction_sets")),
        _against(content["against"]) if "against" in content else "",
    ]
    return "\n".join(part for part in parts if part)


def _head(content: Mapping[str, Any]) -> str:
    return f"{plural(content['n'], 'text')}, {_name(content['model'])}\n"


def _name(model: Mapping[str, Any]) -> str:
    how = "softmax, one label a text" if model["activation"] == "softmax" else "uncalibrated, cut at .5"
    return f"{model['name']}{'' if model['calibrated'] else f' ({how})'}"


def _metrics(content: Mapping[str, Any]) -> str:
    common = sum(row["support"] >= COMMON for row in content["per_label"])
    said = {"macro_f1_common": f"macro_f1_common ({plural(common, 'label')} with {COMMON} positives or more)"}
    rows = [
        (said.get(name, name), _f(metric["value"]), _range(metric["low"], metric["high"]))
        for name in METRICS
        if (metric := content["metrics"].get(name))
    ]
    return text_table(("metric", "value", "95 % interval"), rows)


def _baselines(content: Mapping[str, Any]) -> str:
    """The baselines, and first the model itself in the same figures."""
    if not content["baselines"]:
        return ""
    own = {name: (content["metrics"].get(name) or {}).get("value") for name in BASELINE_METRICS}
    rows = [
        (f"{row['name']}{' *' if 'measured' in row else ''}", *(_f(row.get(m)) for m in BASELINE_METRICS))
        for row in ({"name": "this model", **own}, *content["baselines"])
    ]
    table = text_table(("baseline", "macro-F1", "micro-F1", "top-1", "mAP", "Brier"), rows)
    return table + (AT_RELEASE if any("measured" in row for row in content["baselines"]) else "")


def _thresholds(compared: Sequence[Mapping[str, Any]]) -> str:
    if all(row.get("dev_macro_f1") is None for row in compared):
        rows = [(row["rule"], _f(row["macro_f1"]), _f(row["micro_f1"])) for row in compared]
        return text_table(("thresholds", "macro-F1", "micro-F1"), rows)
    beside = [
        (row["rule"], _f(row["dev_macro_f1"]), _f(row["macro_f1"]), _signed(row["optimism"]),
         _f(row["dev_micro_f1"]), _f(row["micro_f1"]))
        for row in compared
    ]  # fmt: skip
    head = ("thresholds", "macro-F1 dev", "here", "optimism", "micro-F1 dev", "here")
    return text_table(head, beside) + OPTIMISM


def _labels(per_label: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (r["label"], str(r["support"]), _f(r["precision"]), *_found(r), _f(r["average_precision"]),
         _f(r["threshold"]))
        for r in per_label
    ]  # fmt: skip
    head = ("label", "support", "precision", "recall", "F1", "95 % interval", "AP", "threshold")
    return text_table(head, rows) + _miscalibrated(per_label)


def _found(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """Recall, F1 and its interval; nothing can be said of a label without a row."""
    if not row["support"]:
        return "–", "–", "–"
    return _f(row["recall"]), _f(row["f1"]), _range(row["f1_low"], row["f1_high"])


def _sets(found: Mapping[str, Any] | None) -> str:
    """What the prediction sets promise and miss, and the labels that they miss more often than that."""
    if not found:
        return ""
    fnr, alpha = found["fnr"], found["alpha"]
    lines = (
        f"prediction sets: miss at most {alpha:.0%} of a text's true labels on average; "
        f"{found['population']}\n"
        f"here they miss {_f(fnr['value'])} ({_range(fnr['low'], fnr['high'])}) in "
        f"{plural(found['n'], 'text')}, with {found['mean_size']:.2f} labels each\n"
    )
    worse = [row for row in found["per_label"] if row["miss_rate"] is not None and row["miss_rate"] > alpha]
    rows = [
        (row["label"], str(row["support"]), _f(row["miss_rate"]), _range(row["low"], row["high"]))
        for row in sorted(worse, key=lambda row: -row["miss_rate"])
    ]
    return lines + text_table((f"missed more than {alpha:.0%}", "support", "missed", "95 % interval"), rows)


def _miscalibrated(per_label: Sequence[Mapping[str, Any]]) -> str:
    worse = [row["label"] for row in per_label if row.get("ece_above_chance")]
    return f"calibration error above what chance shows (Holm, 5 %): {', '.join(worse)}\n" if worse else ""


def _against(against: Mapping[str, Any]) -> str:
    metrics = [
        (f"{name} (lower is better)" if name in LOWER_IS_BETTER else name, *_paired(row))
        for name, row in against["metrics"].items()
        if row
    ]
    labels = [(row["label"], str(row["support"]), *_paired(row["f1"])) for row in against["per_label"]]
    columns = ("this", "other", "difference", "95 % interval", "not better")
    return "\n".join(
        (
            f"against {_name(against['model'])}, on the same texts\n",
            text_table(("metric", *columns), metrics),
            text_table(("F1 of label", "support", *columns), labels) + NOT_BETTER,
        )
    )


def _paired(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        _f(row["value"]),
        _f(row["other"]),
        _signed(row["difference"]),
        _range(row["low"], row["high"], signed=True),
        "–" if row["p_not_better"] is None else f"{row['p_not_better']:.3f}",
    )


def _f(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.4f}"


def _range(low: float | None, high: float | None, *, signed: bool = False) -> str:
    """An interval; empty where there is none."""
    if low is None or high is None:
        return ""
    written = _signed if signed else _f
    return f"{written(low)} – {written(high)}"
