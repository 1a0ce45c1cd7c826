"""`Finding`: one thing that was looked at, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

__all__ = ["Finding", "State"]

State = Literal["ok", "missing", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. remedy: what mends it, where something is to be mended.

    state: "ok"; "missing", optional and not installed; "warning", works, and is hardly meant or slow; or
    "problem", something fails because of it.
    """

    name: str
    state: State
    detail: str
    remedy: str = ""

    def to_dict(self) -> dict[str, str]:
        """The finding as JSON."""
        return asdict(self)
