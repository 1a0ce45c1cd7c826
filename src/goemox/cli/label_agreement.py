"""How far two raters agree, as a table for people or as one JSON document."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goemox.cli.options import keep_apart, say
from goemox.cli.text_table import text_table
from goemox.wording import plural, printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goemox.evaluation.intervals import Interval
    from goemox.labelling import Agreement
    from goemox.labelling.raters import Difference

__all__ = ["print_agreement"]

_LONGEST = 60  # characters of a text that is listed


def print_agreement(
    first: Path,
    second: Path,
    output: Path | None,
    *,
    reading: Mapping[str, Any],
    json: bool,
) -> None:
    """Read both files, compare them, print what was found, and warn where it means little.

    reading: as `load_rater_file` takes it.
    """
    import orjson

    from goemox.data.labelled import load_rater_file
    from goemox.data.writers import open_output
    from goemox.evaluation.metrics import FEWEST
    from goemox.labelling import agreement
    from goemox.labelling.raters import FEW

    for path in (first, second):
        keep_apart(("FILE", path), ("--output", output))
    one, other = (load_rater_file(path, **reading) for path in (first, second))
    found = agreement(one, other)
    with open_output(output) as stream:
        document = orjson.dumps(found.to_dict(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        stream.write(document if json else _table(found, first, second).encode())
    if found.is_too_small:
        common = plural(found.n, "common text is", "common texts are")
        say(f"{common} too few to judge two raters by; label {FEW} or more")
    if found.n_rare:
        rare = f"{found.n_rare} of {plural(len(found.per_label), 'label')}"
        say(
            f"mean kappa has no interval: {rare} {'was' if found.n_rare == 1 else 'were'} given in fewer "
            f"than {FEWEST} texts, or in all but as few, so that chance decides on it"
        )


def _table(found: Agreement, first: Path, second: Path) -> str:
    n, n_labels = len(found.differences), len(found.per_label)
    compared = f"compared on {found.n_compared} of {plural(n_labels, 'label')}: those that both looked for\n"
    columns = ("label", "texts", "first", "second", "both", "agree", "kappa", "positive")
    labels = [
        (printable(row.label), str(row.n), str(row.first), str(row.second), str(row.both),
         *map(_figure, (row.agreement, row.kappa, row.positive_agreement)))
        for row in found.per_label
    ]  # fmt: skip
    parts = (
        f"{plural(found.n, 'text')} that both labelled; first: {printable(str(first))}, "
        f"second: {printable(str(second))}\n"
        f"only the first labelled {found.n_only_first:,}, only the second {found.n_only_second:,}\n"
        + (compared if found.n_compared < n_labels else ""),
        f"mean kappa   {_with_range(found.mean_kappa)}, over the labels that either gave\n"
        f"same labels  {_with_range(found.exact)}, as a share of the texts\n",
        text_table(columns, labels)
        + "kappa: agreement beyond chance, 1 is full; positive: 2 both / (first + "
        "second); – where undefined\n"
        if labels
        else "",
        f"{plural(n, 'text was', 'texts were')} labelled differently\n"
        + "".join(map(_case, found.differences)),
    )
    return "\n".join(part for part in parts if part)


def _case(case: Difference) -> str:
    text = printable(case.text[:_LONGEST]) + ("…" if len(case.text) > _LONGEST else "")
    first, second = (
        ", ".join(sorted((*own, *case.both))) or "none" for own in (case.only_first, case.only_second)
    )
    return f"  {printable(case.id)}: {printable(first)} | {printable(second)}: {text}\n"


def _with_range(interval: Interval) -> str:
    value, low, high = map(_figure, (interval.value, interval.low, interval.high))
    return value if math.isnan(interval.low) else f"{value} (95 % interval {low} to {high})"


def _figure(value: float) -> str:
    return "–" if value != value else f"{value:.3f}"  # only NaN differs from itself
