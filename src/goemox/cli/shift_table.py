"""A shift as plain text for a terminal: the answers in words, then the numbers behind them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from goemox.cli.text_table import text_table
from goemox.wording import printable

__all__ = ["shift_table"]

WIDTH = 88
SHOWN = 8  # labels of the table; --json has all


def shift_table(content: Mapping[str, Any]) -> str:
    """All targets of a `ShiftStudy`'s dict, one after the other."""
    reference = content["reference"]
    head = (
        f"compared with {printable(reference['name'])} ({reference['n']:,} texts), {content['model']['name']}"
    )
    return "\n".join([head, *("\n".join(_target(entry)) for entry in content["targets"])]) + "\n"


def _target(entry: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield f"{printable(entry['name'])}: {entry['n']:,} texts"
    yield ""
    for answer in entry["answers"]:
        yield textwrap.fill(printable(answer), WIDTH, initial_indent="- ", subsequent_indent="  ")
    for part in (_ways(entry), _labels(entry), _tests(entry), _prevalence(entry)):
        if part:
            yield ""
            yield part.rstrip("\n")


def _ways(entry: Mapping[str, Any]) -> str:
    account = entry["neutral"]
    if account is None:
        return ""
    rows = [
        (
            way["way"], _percent(way["share"]), _percent(way["alone"]), _percent(way["nothing"]),
            _maybe(way["home"]),
        )
        for way in account["ways"]
    ]  # fmt: skip
    rows.append(("expected, if calibration holds here", _percent(account["expected"]), "", "", ""))
    if account["home_is_labelled"]:
        rows.append(("by people", "", "", "", _percent(account["home"])))
    where = "at home" if entry["reference"]["is_own"] else "in the reference"
    return text_table(("texts called", "neutral", "nothing else", "no label", f"neutral {where}"), rows)


def _labels(entry: Mapping[str, Any]) -> str:
    tests = entry["tests"]
    if not tests["available"] or not tests["moved"]:
        return ""
    by_name = {row["label"]: row for row in tests["labels"]}
    rows = []
    moved = sorted(
        tests["moved"],
        key=lambda label: -abs(by_name[label]["share_target"] - by_name[label]["share_reference"]),
    )
    for label in moved[:SHOWN]:
        row = by_name[label]
        low, high = entry["label_share_interval"][label]
        rows.append(
            (
                label, _percent(row["share_reference"]), _percent(row["share_target"]),
                f"{_percent(low)} – {_percent(high)}", _percent(entry["expected_share"][label]),
                f"{row['ks']:.2f}", _p(row["p_adjusted"]),
            )
        )  # fmt: skip
    home = "given at home" if entry["reference"]["is_own"] else "in the reference"
    head = ("labels that moved", home, "given here", "95 % interval", "expected", "KS", "p (Holm)")
    more = len(tests["moved"]) - SHOWN
    return text_table(head, rows) + (f"and {more} more; all are in --json\n" if more > 0 else "")


def _tests(entry: Mapping[str, Any]) -> str:
    """Whole texts: what differs, how much, and how surprising that is."""
    whole = entry["tests"]["whole"]
    rows = [
        (f"{name} (MMD²)", f"{found['mmd2']:.4f}", "", _drawn_p(found))
        for name, found in (("all scores", whole["scores"]), ("what the encoder sees", whole["embeddings"]))
        if found
    ]
    if whole["classifier"]:
        rows.append(
            ("words (AUROC)", *_interval(whole["classifier"]["auroc"]), _p(whole["classifier"]["p_value"]))
        )
    apart = entry["distance"]["told_apart"]
    if apart:
        rows.append(("distance (AUROC)", *_interval(apart["auroc"]), ""))
        rows.append(("length alone (AUROC)", f"{apart['length_auroc']:.3f}", "", ""))
    if apart and apart["matched"]:
        n = f"distance, same lengths, {apart['n_matched']:,} a side"
        rows.append((n, *_interval(apart["matched"]), ""))
    return text_table(("told apart from the reference by", "value", "95 % interval", "p"), rows)


def _prevalence(entry: Mapping[str, Any]) -> str:
    found = entry["prevalence"]
    if found is None:
        return ""
    rows = [
        (
            row["label"], _percent(row["reference"]), _percent(row["counted"]),
            _percent(row["expected"]["value"]), _maybe(row["adjusted_expected"]), _maybe(row["em"]),
            "–" if row["p_adjusted"] is None else _p(row["p_adjusted"], at_floor=row["p_at_floor"]),
        )
        for row in sorted(found["labels"], key=lambda row: -row["expected"]["value"])[:SHOWN]
    ]  # fmt: skip
    head = ("how often a label holds", "at home", "given", "expected", "PACC", "EM", "p of the assumption")
    return text_table(head, rows) + f"{found['reason']}\n"


def _interval(found: Mapping[str, Any]) -> tuple[str, str]:
    span = "" if found["low"] is None else f"{found['low']:.3f} – {found['high']:.3f}"
    return f"{found['value']:.3f}", span


def _maybe(share: float | None) -> str:
    return "–" if share is None else _percent(share)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _drawn_p(found: Mapping[str, Any]) -> str:
    """Of a test by permutation: where none was as extreme, p may be smaller than what is known."""
    return _p(found["p_value"], at_floor=found["p_value"] <= 1 / (1 + found["permutations"]))


def _p(value: float, *, at_floor: bool = False) -> str:
    return "< .001" if value < 0.001 else f"{'≤ ' if at_floor else ''}{value:.3f}"
