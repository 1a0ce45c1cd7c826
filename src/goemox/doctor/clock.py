"""The clock, beside what is at hand: when this version was written, and the dates of files.

A clock that is far off makes every certificate look expired or not yet valid, and cached answers too old or
never old. No network is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from goemox.cache_folder import cache_dir
from goemox.doctor.finding import Finding
from goemox.errors import UsageError

__all__ = ["WRITTEN", "clock"]

WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)
"""No clock that is right shows an earlier time to this version."""

SLACK = timedelta(days=1)  # zones are mixed up, and machines set their clocks late after a start
LIFETIME = timedelta(days=3_650)
MENDS = "set the clock: until then https, tokens and cached answers may be refused"
PACKAGE = Path(__file__).parents[1]


def clock(now: datetime | None = None) -> Finding:
    """now: what the clock shows, in UTC; asked where None."""
    now = now or datetime.now(UTC)
    shown = f"{now:%Y-%m-%d %H:%M} UTC"
    if now < WRITTEN:
        return Finding(
            "clock", "problem", f"shows {shown}, before this goemox was written ({WRITTEN:%Y-%m})", MENDS
        )
    newest = max(_dated([*PACKAGE.glob("*.py"), *_cached()]), default=None)
    if newest is not None and newest[0] > now + SLACK:
        dated, file = newest
        detail = f"shows {shown}, and {file} is of {dated:%Y-%m-%d %H:%M}: one of them is wrong"
        return Finding("clock", "problem", detail, f"{MENDS}; if it is right: touch {file}")
    if now > WRITTEN + LIFETIME:
        detail = f"shows {shown}, ten years after this goemox was written"
        return Finding("clock", "warning", detail, f"{MENDS}; if it is right: pip install --upgrade goemox")
    return Finding("clock", "ok", shown)


def _cached() -> Iterable[Path]:
    with suppress(OSError, UsageError):
        return [*cache_dir().glob("*"), *cache_dir().glob("*/*")]
    return ()


def _dated(files: Iterable[Path]) -> list[tuple[datetime, Path]]:
    found = []
    for file in files:
        with suppress(OSError, OverflowError, ValueError):  # gone, or a date that no calendar has
            found.append((datetime.fromtimestamp(file.stat().st_mtime, UTC), file))
    return found
