"""What the ladder shows, in sentences: where the collapse into neutral ended, and where the F1 came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

__all__ = ["findings"]


def findings(
    rungs: Sequence[Mapping[str, Any]], truth: Mapping[str, float], outside: Mapping[str, str], split: str
) -> list[dict[str, str]]:
    """Sentences with their topic: {"about", "text"}.

    rungs: as in ladder.json, lowest first. truth: `truth_shares` of the evaluated rows. outside: {key: name}.
    """
    first, last = rungs[0], rungs[-1]
    texts = {"start": _start(first, truth, outside, split)}
    places = {"evaluated": (f"{split} texts", None)} | {key: (name, key) for key, name in outside.items()}
    for place, (name, key) in places.items():
        texts[f"collapse_{place}"] = _collapse(rungs, name, key)
    gains = [_mean(b, "macro_f1") - _mean(a, "macro_f1") for a, b in pairwise(rungs)]
    best = max(range(len(gains)), key=gains.__getitem__)
    texts["macro_f1"] = (
        f"Macro-F1 went from {_mean(first, 'macro_f1'):.3f} to {_mean(last, 'macro_f1'):.3f}; the largest "
        f"step, {gains[best]:+.3f}, was rung {rungs[best + 1]['number']} ({rungs[best + 1]['title']})."
    )
    empty = max(rungs, key=lambda rung: _mean(rung, "no_label_share"))
    if _mean(empty, "no_label_share") > 0.05:
        texts["cut"] = (
            f"Less neutral is not yet better: rung {empty['number']} ({empty['title']}) leaves "
            f"{_percent(_mean(empty, 'no_label_share'))} of {split} texts without any label, because few "
            "probabilities reach one half; that is why neutral and no label are counted together here."
        )
    return [{"about": about, "text": text} for about, text in texts.items()]


def _start(
    rung: Mapping[str, Any], truth: Mapping[str, float], outside: Mapping[str, str], split: str
) -> str:
    elsewhere = ", ".join(f"{_percent(_silent(rung, key))} of {name}" for key, name in outside.items())
    return (
        f"The naive model calls {_percent(_silent(rung, None))} of {split} texts neutral, where people said "
        f"so of {_percent(truth['neutral_share'])}; and {elsewhere}."
    )


def _collapse(rungs: Sequence[Mapping[str, Any]], name: str, key: str | None) -> str:
    """Where the share of texts without an emotion fell most from one rung to the next."""
    shares = [_silent(rung, key) for rung in rungs]
    falls = [before - after for before, after in pairwise(shares)]
    largest = max(range(len(falls)), key=falls.__getitem__)
    ends = f"{_percent(shares[0])} on the first rung, {_percent(shares[-1])} on the last"
    if falls[largest] <= 0:
        return f"{name} without an emotion (neutral alone, or no label): {ends}; no rung lowered it."
    rung = rungs[largest + 1]
    return (
        f"{name} without an emotion (neutral alone, or no label): {ends}; the largest fall, from "
        f"{_percent(shares[largest])} to {_percent(shares[largest + 1])}, came with rung {rung['number']} "
        f"({rung['title']})."
    )


def _silent(rung: Mapping[str, Any], key: str | None) -> float:
    """Mean share of texts that are given no emotion: neutral alone, or nothing."""
    shares = rung["summary"] if key is None else rung["summary"]["outside"][key]
    return float(shares["neutral_share"]["mean"]) + float(shares["no_label_share"]["mean"])


def _mean(rung: Mapping[str, Any], name: str) -> float:
    return float(rung["summary"][name]["mean"])


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
