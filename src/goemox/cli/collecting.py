"""What all `goemox collect` commands share: the options, the file, the bar, and what `--dry-run` says."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goemox.cli.options import progress_bar, say
from goemox.errors import UsageError
from goemox.wording import plural

if TYPE_CHECKING:
    from goemox.data.collected import Collected
    from goemox.records import TextRecord
    from goemox.sources.forecast import Forecast, Tell

__all__ = [
    "AppendTo", "Concurrency", "DryRun", "Limit", "Profile", "Rate", "collect_into", "output_path",
    "say_forecast",
]  # fmt: skip

Limit = Annotated[
    int | None, typer.Option(min=1, help="Stop after so many; all there are otherwise.", metavar="N")
]
AppendTo = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", help="Add to this .jsonl or .parquet file, else to stdout.", metavar="FILE"
    ),
]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Say how many requests it takes and how long; collect nothing.", show_default=False
    ),
]


Rate = Annotated[
    float | None,
    typer.Option(
        min=0.001, help="At most so many requests a second; never more than the host allows.", metavar="N"
    ),
]
Concurrency = Annotated[
    int | None, typer.Option(min=1, help="At most so many requests at once.", metavar="N")
]
Profile = Annotated[
    bool,
    typer.Option("--profile", help="Say in the end what the file is like: repeats, lengths, languages."),
]


def output_path(output: Path | None) -> Path | None:
    """The file that rows go to, None for standard output, which is also written as `-`."""
    return None if output is None or str(output) == "-" else output


def collect_into(
    output: Path | None,
    total: int | None,
    collect: Callable[[Collected, Tell], Generator[TextRecord, None, None]],
    *,
    profile: bool = False,
) -> None:
    """Write the records of `collect(collected, tell)` as they come; what was written stays, come what may.

    total: how many texts there will be at most, None where only the source knows. The source may ask
    `collected.knows(id)` to leave out what is there, and calls `tell(total, note)` when it knows more.
    profile: print a profile of the whole file in the end; UsageError where rows go to standard output.
    """
    from goemox.data.collected import open_collected

    path = output_path(output)
    if profile and path is None:
        raise UsageError("--profile looks at the file in the end; name one with -o")
    with open_collected(path) as collected:
        try:
            _add_all(collected, total, collect)
        except BaseException:
            if collected.n_added and path is not None:
                say(
                    f"{plural(collected.n_added, 'text')} written to {collected.name} before that; "
                    "run the same command again to go on"
                )
            raise
    known = f"; {plural(collected.n_skipped, 'was', 'were')} there already" if collected.n_skipped else ""
    say(f"{plural(collected.n_added, 'text')} written to {collected.name}{known}")
    if profile and path is not None and path.exists():
        from goemox.cli.profile import print_profile
        from goemox.profiling import profile as look_at

        print_profile(look_at(path, notice=say))


def _add_all(
    collected: Collected,
    total: int | None,
    collect: Callable[[Collected, Tell], Generator[TextRecord, None, None]],
) -> None:
    # Closing the records ends all requests under way, also after an error or Ctrl-C.
    with progress_bar("collecting texts", total) as bar, closing(collect(collected, bar.tell)) as records:
        for record in records:
            collected.add(record)
            bar(1)


def say_forecast(forecast: Forecast) -> None:
    """What `--dry-run` answers, as one line on stderr."""
    say(f"dry run: {forecast.sentence()}; nothing was collected")
