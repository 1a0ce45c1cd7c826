"""What `goemox calibrate` and `goemox adapt` found, as plain text; the same numbers as `--json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from goemox.adaptation.measuring import has_interval, surely_worse
from goemox.cli.text_table import text_table
from goemox.wording import plural

__all__ = ["NOT_WRITTEN", "adaptation_table", "calibration_table"]

NAMES = {
    "nll": "NLL (lower is better)",
    "brier": "Brier (lower is better)",
    "ece_mean": "mean ECE (lower is better)",
    "macro_f1": "macro-F1",
    "micro_f1": "micro-F1",
    "top1_accuracy": "top label right",
    "subset_accuracy": "all labels right",
}

NOT_WRITTEN = "no model was written; to keep this one, run the same again with -o DIR"

QUOTED_COVERAGE = (  # docs/adapting.md
    "measured: intervals made like these held the truth in 93 to 97 % of draws of 100 rows, for {} (two "
    "outside sets, 200 draws each)\n"
)
FEW_ROWS = "none: labels of too few rows"
COVERED = ("macro_f1", "micro_f1")  # the figures that this was measured for


def calibration_table(content: Mapping[str, Any]) -> str:
    """Old rule against new, the promise, and the labels; content: a CalibrateReport's dict."""
    head = f"{content['n']:,} rows of {content['name']}; every row judged by a rule fitted without it\n"
    labels = [
        (label, str(content["support"][label]), _cut(content, label, cut))
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


def _cut(content: Mapping[str, Any], label: str, cut: float) -> str:
    written = "never given" if label in content["unreached"] else f"{cut:.3f}"
    return f"{written} kept" if label in content["kept"] else written


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
    parts.append(missed(content["sets"]) + promised(content["conformal"]) + scattered(content["conformal"]))
    parts.append(shares(content))
    return "\n".join(part for part in parts if part)


def quoted(figures: Mapping[str, Any], n: int) -> str:
    """The figures that may be quoted, with their intervals."""
    rows = [(NAMES.get(name, name), f"{row['value']:.3f}", _ends(row)) for name, row in figures.items()]
    head = (f"to be quoted ({n:,} random rows, cross-validated)", "", "95 % interval")
    covered = [NAMES[name] for name in COVERED if name in figures and figures[name]["low"] is not None]
    return text_table(head, rows) + QUOTED_COVERAGE.format(" and ".join(covered))


def _ends(interval: Mapping[str, float | None]) -> str:
    low, high = interval["low"], interval["high"]
    return FEW_ROWS if low is None or high is None else f"{low:.3f} – {high:.3f}"


def missed(sets: Mapping[str, Any] | None) -> str:
    """What the sets missed on rows that the promise was not fitted on."""
    named = {
        "before": "prediction sets before",
        "after": "prediction sets after, by this method on rows like these",
    }
    rows = [
        f"{name}: {found['fnr']['value']:.3f} of the true labels missed "
        f"({found['fnr']['low']:.3f} – {found['fnr']['high']:.3f}), {found['set_size']:.1f} labels a set\n"
        for when, name in named.items()
        if sets and (found := sets[when]) and found["fnr"]
    ]
    return "".join(rows)


def scattered(promise: Mapping[str, Any] | None) -> str:
    """How far one folder may lie off its promise: that holds on average over draws of rows.

    A cutoff taken from n rows moves the share missed by alpha (1 - alpha) / n of variance, at most.
    """
    if promise is None:
        return ""
    half = 1.96 * (promise["alpha"] * (1 - promise["alpha"]) / promise["n"]) ** 0.5
    return (
        f"on average means over draws of rows: the folder of any one draw of {promise['n']:,} lies within "
        f"about ± {half:.2f} of it\n"
    )


def shares(content: Mapping[str, Any]) -> str:
    """How often each label occurs in the domain, and its new cut."""
    rows = []
    for label, found in content["prevalences"].items():
        classical, powered = found["classical"], found["powered"]
        rows.append(
            (label, str(content["support"][label]), _share(classical), _share(powered) if powered else "–",
             "–" if found["weight"] is None else f"{found['weight']:.2f}",
             f"{content['thresholds'][label]:.3f}")
        )  # fmt: skip
    partly = any(found["n"] < content["n_random"] for found in content["prevalences"].values())
    alone = "share among rows judged for it" if partly else "share, labels only"
    head = ("label", "rows with it", alone, "prediction-powered", "weight", "threshold")
    return text_table(head, rows)


def _share(interval: Mapping[str, float]) -> str:
    return f"{interval['value']:.3f} ({interval['low']:.3f} – {interval['high']:.3f})"


def compared(metrics: Mapping[str, Any]) -> str:
    """Before and after, with the interval of the difference."""
    rows = [
        (NAMES[name], f"{row['before']:.4f}", f"{row['after']:.4f}", f"{row['difference']:+.4f}",
         f"{row['low']:+.4f} – {row['high']:+.4f}" if has_interval(row) else FEW_ROWS)
        for name, row in metrics.items()
        if row
    ]  # fmt: skip
    table = text_table(("", "before", "after", "difference", "95 % interval"), rows)
    worse = [NAMES[name].removesuffix(" (lower is better)") for name in surely_worse(metrics)]
    if worse:
        table += f"surely worse than before: {', '.join(worse)}\n"
    return f"{table}ECE of a perfectly calibrated model on so many rows: {metrics['ece_mean']['floor']:.4f}\n"


def promised(promise: Mapping[str, Any] | None) -> str:
    """The promise in words."""
    if promise is None:
        return "prediction sets promise nothing\n"
    return (
        f"prediction sets miss at most {100 * promise['alpha']:g} % of the true labels on average, over "
        f"{promise['population']} (fitted on {promise['n']:,} rows)\n"
    )
