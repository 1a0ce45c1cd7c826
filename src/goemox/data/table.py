"""Predictions as a table for people, in which no text can move the cursor or hide a character."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO

from rich.cells import cell_len
from rich.console import Console, Group, OverflowMethod, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from goemox.data.writers import open_output
from goemox.prediction import Prediction
from goemox.records import TextRecord
from goemox.wording import fitted, printable

__all__ = ["write_table"]

Row = tuple[str, str, str, Text]  # id, text, labels, distance

_LONGEST_TEXT = 200
_FILE_WIDTH = 120
_WIDE = 64  # columns from which four stand side by side; below, what is said of a text stands under it
_GAP = 2


def write_table(
    pairs: Iterable[tuple[TextRecord, Prediction]], output: Path | None, stdout: IO[bytes] | None = None
) -> int:
    """Write a table of id, text, labels with their probabilities, and the percentile of the distance.

    output None = standard output (or `stdout`), as wide as the terminal, in colour where it is one that has
    colours and NO_COLOR is not set. Where there is little room texts are cut, never labels.
    Returns the number of rows; raises as `writers.open_output`.
    """
    width = _FILE_WIDTH if output is not None else shutil.get_terminal_size().columns
    rows = [
        (printable(record.id), _shortened(record.text), _labels(prediction), _domain(prediction))
        for record, prediction in pairs
    ]
    encoding = sys.stdout.encoding if output is None and stdout is None else "utf-8"
    dots = _can_write("…", encoding)
    is_coloured = output is None and stdout is None and _shows_colours()
    sheet = io.StringIO()
    console = Console(
        file=sheet, width=width, force_terminal=is_coloured, no_color=not is_coloured, legacy_windows=False
    )
    console.print(_table(rows, width, dots) if width >= _WIDE else _blocks(rows, width, dots))
    with open_output(output, stdout) as stream:
        shown = "".join(f"{line.rstrip()}\n" for line in sheet.getvalue().splitlines())
        stream.write(shown.encode(encoding, "backslashreplace"))
    return len(rows)


def _table(rows: Sequence[Row], width: int, dots: bool) -> Table:
    """Four columns; labels get what they need, up to two fifths, and are broken between two of them."""
    cut: OverflowMethod = "ellipsis" if dots else "crop"
    n_id = max(len("id"), min(16 if width >= 80 else 8, _widest(row[0] for row in rows)))
    n_labels = max(_widest(part for row in rows for part in row[2].split(", ")) + 1, len("labels"))
    n_labels = max(n_labels, min(_widest(row[2] for row in rows), width * 2 // 5))
    n_domain = max(_widest(row[3].plain for row in rows), len("farther than"))
    n_text = max(8, min(_widest(row[1] for row in rows), width - n_id - n_labels - n_domain - 3 * _GAP))
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    table.add_column("id", no_wrap=True, overflow=cut, width=n_id)
    table.add_column("text", no_wrap=True, overflow=cut, width=n_text)
    table.add_column("labels", width=n_labels)
    table.add_column("farther than", no_wrap=True, overflow=cut, width=n_domain)
    for identity, text, labels, domain in rows:
        table.add_row(Text(identity), Text(text), Text(_broken(labels, n_labels)), domain)
    return table


def _blocks(rows: Sequence[Row], width: int, dots: bool) -> Group:
    """Each text on a line, and below it what is said of it; for terminals too narrow for a table."""
    cut: OverflowMethod = "ellipsis" if dots else "crop"
    lines: list[RenderableType] = []
    for identity, text, labels, domain in rows:
        first = Text(f"{identity}  {text}", style="bold")
        first.truncate(width, overflow=cut)
        below = Text("\n").join([Text(_broken(labels, width - 2)), Text("farther than ") + domain])
        lines += [first, Padding(below, (0, 0, 0, 2))]
    return Group(*lines)


def _broken(labels: str, room: int) -> str:
    """No line break between a label and its probability."""
    return "\n".join(fitted(labels.replace(", ", ",\0").split("\0"), room, " "))


def _widest(cells: Iterable[str]) -> int:
    return max(map(cell_len, cells), default=0)


def _shows_colours() -> bool:
    """A terminal, unless somebody does not want colours there (https://no-color.org), or it has none."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _can_write(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _shortened(text: str) -> str:
    return printable(text[:_LONGEST_TEXT]) + ("…" if len(text) > _LONGEST_TEXT else "")


def _labels(prediction: Prediction) -> str:
    return ", ".join(f"{label} {prediction.scores[label]:.2f}" for label in prediction.labels) or "none"


def _domain(prediction: Prediction) -> Text:
    if prediction.domain_percentile is None:
        return Text("unknown", style="dim")
    share = f"{prediction.domain_percentile:.1f} %"
    return Text(f"{share} outside", style="yellow") if prediction.in_domain is False else Text(share)
