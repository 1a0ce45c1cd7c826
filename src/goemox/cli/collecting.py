"""What all `goemox collect` commands share: the options, the file, the bar, and what `--dry-run` says."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goemox.cli.options import progress_bar, say

if TYPE_CHECKING:
    from goemox.records import TextRecord
    from goemox.sources.forecast import Forecast, Tell

__all__ = ["AppendTo", "DryRun", "Limit", "collect_into", "say_forecast"]

Limit = Annotated[
    int | None, typer.Option(min=1, help="Stop after so many; all there are otherwise.", metavar="N")
]
AppendTo = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Append to this JSON Lines file, else to stdout.", metavar="FILE"),
]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Say how many requests it takes and how long; collect nothing.", show_default=False
    ),
]


def collect_into(
    output: Path | None, total: int | None, collect: Callable[[Tell], Generator[TextRecord, None, None]]
) -> None:
    """Write the records of `collect(tell)` as they come; what was written stays, whatever happens next.

    total: how many texts there will be at most, None where only the source knows. The source calls
    `tell(total, note)` when it knows more; a total of None leaves the last one as it is.
    """
    from goemox.data.collected import open_collected

    path = None if output is None or str(output) == "-" else output
    with progress_bar("collecting texts", total) as bar:
        records = collect(bar.tell)
        # Closing the records ends all requests under way, also after an error or Ctrl-C.
        with closing(records), open_collected(path) as collected:
            for record in records:
                collected.add(record)
                bar(1)
    known = f"; {collected.n_skipped:,} were there already" if collected.n_skipped else ""
    say(f"{collected.n_added:,} texts written to {collected.name}{known}")


def say_forecast(forecast: Forecast) -> None:
    """What `--dry-run` answers, as one line on stderr."""
    say(f"dry run: {forecast.sentence()}; nothing was collected")
