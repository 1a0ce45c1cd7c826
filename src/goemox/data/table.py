"""Predictions as a table for people, in which no text can move the cursor or hide a character."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from goemox.data.writers import open_output
from goemox.prediction import Prediction
from goemox.records import TextRecord
from goemox.wording import printable

__all__ = ["write_table"]

_LONGEST_TEXT = 200
_FILE_WIDTH = 120


def write_table(
    pairs: Iterable[tuple[TextRecord, Prediction]], output: Path | None, stdout: IO[bytes] | None = None
) -> int:
    """Write a table of id, text, labels with their probabilities, and the percentile of the distance.

    output None = standard output (or `stdout`), as wide as the terminal, in colour where it is one.
    Returns the number of rows; raises as `writers.open_output`.
    """
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("id", no_wrap=True, overflow="ellipsis", max_width=16)
    table.add_column("text", no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column("labels")
    table.add_column("farther than", no_wrap=True)
    for record, prediction in pairs:
        table.add_row(
            Text(printable(record.id)),
            Text(_shortened(record.text)),
            Text(
                ", ".join(f"{label} {prediction.scores[label]:.2f}" for label in prediction.labels) or "none"
            ),
            _domain(prediction),
        )
    to_terminal = output is None and stdout is None and sys.stdout.isatty()
    width = _FILE_WIDTH if output is not None else shutil.get_terminal_size().columns
    sheet = io.StringIO()
    Console(file=sheet, width=width, force_terminal=to_terminal, legacy_windows=False).print(table)
    encoding = sys.stdout.encoding if output is None and stdout is None else "utf-8"
    with open_output(output, stdout) as stream:
        stream.write(sheet.getvalue().encode(encoding, "backslashreplace"))
    return table.row_count


def _shortened(text: str) -> str:
    return printable(text[:_LONGEST_TEXT]) + ("…" if len(text) > _LONGEST_TEXT else "")


def _domain(prediction: Prediction) -> Text:
    if prediction.domain_percentile is None:
        return Text("unknown", style="dim")
    share = f"{prediction.domain_percentile:.1f} %"
    return Text(f"{share} outside", style="yellow") if prediction.in_domain is False else Text(share)
