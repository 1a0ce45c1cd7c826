"""Points in time as people give them to a source: `--since 2024-01-31`."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from goemox.errors import UsageError

__all__ = ["moment", "moment_of_seconds"]


def moment(name: str, value: str | date | None) -> datetime | None:
    """A date (its first second, UTC) or a date with a time (UTC where it names no zone), as UTC.

    value: ISO 8601 text, date, datetime or None. Raises UsageError that names the setting.
    """
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise UsageError(
                f"{name}={value!r} is no date; write it as 2024-01-31 or 2024-01-31T18:30:00Z"
            ) from None
    elif not isinstance(value, datetime):
        value = datetime.combine(value, time())
    try:
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except OverflowError:
        raise UsageError(f"{name}={value.isoformat()!r} lies outside the years 1 to 9999 in UTC") from None


def moment_of_seconds(seconds: object) -> datetime | None:
    """A Unix time that a source sent, as UTC; None where it is none."""
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
