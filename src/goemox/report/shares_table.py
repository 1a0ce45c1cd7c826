"""`shares.csv`: how often each label was given, by domain, group and period, as a table for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from goemox.data.cells import as_bytes, csv_line

__all__ = ["COLUMNS", "SHARES", "shares_table"]

SHARES = "shares.csv"
COLUMNS = ("domain", "column", "group", "label", "n", "n_label", "share", "low", "high")
OTHERS = "(others)"  # the groups of a column that the report does not show one by one


def shares_table(content: Mapping[str, Any]) -> bytes:
    """A report.json's content as CSV, one line for each label of each set of texts.

    Sets are a domain (`column` and `group` empty), a group of the column that `--group-by` names, and a
    period (`column` is hour, day, week, ..., `group` its first day or hour), with the labels that the report
    tells of each. n: texts of the set; n_label: those that the model gave the label; low, high: Wilson's 95 %
    limits of the share, which speak of the draw of texts and not of the model's errors.
    """
    lines = (csv_line(line) for domain in content["domains"] for line in _lines_of(domain))
    return b"".join(map(as_bytes, (csv_line(COLUMNS), *lines)))


def _lines_of(domain: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    for column, group, entry in _sets(domain):
        for label, share in (entry["label_share"] or {}).items():
            low, high = entry["label_share_interval"][label]
            n = entry["n"]
            yield domain["name"], column, group, label, n, round(share * n), share, low, high


def _sets(domain: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(column, group, entry of report.json) of the domain itself, its groups and its periods."""
    yield "", "", domain
    groups, timeline = domain.get("groups"), domain.get("timeline")
    if groups:
        yield from ((groups["column"], entry["name"], entry) for entry in groups["shown"])
        if groups["others"]:
            yield groups["column"], OTHERS, groups["others"]
    if timeline:
        yield from ((timeline["unit"], entry["start"], entry) for entry in timeline["periods"])
