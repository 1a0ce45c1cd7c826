"""Values that a server sent: taken only where they are of the kind that was asked for."""

from __future__ import annotations

from typing import TypeGuard

__all__ = ["is_number", "string"]


def is_number(value: object) -> TypeGuard[int]:
    """Whether a value is a whole number; true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def string(value: object) -> str:
    """A value that is text, or ""."""
    return value if isinstance(value, str) else ""
