"""What a study has to say while it runs: all of it to whoever listens, and warnings to its report, too."""

from __future__ import annotations

from goemox.wording import Say

__all__ = ["Notices"]


class Notices:
    """Hand messages on, and keep those that a reader of the report has to know.

    warnings: as they came; the report's own list.
    """

    def __init__(self, listener: Say | None) -> None:
        self.warnings: list[str] = []
        self._listener = listener

    def tell(self, message: str) -> None:
        """Say what only somebody at the keyboard needs."""
        if self._listener is not None:
            self._listener(message)

    def warn(self, message: str) -> None:
        """Say it, and keep it for the report."""
        self.warnings.append(message)
        self.tell(message)
