"""Slower than a host allows, where somebody asks for that; never faster."""

from __future__ import annotations

from dataclasses import dataclass, replace

from goemox.errors import UsageError
from goemox.http import Politeness

__all__ = ["Caps"]


@dataclass(frozen=True, slots=True)
class Caps:
    """rate: requests a second at most; concurrency: requests in flight at most. None = as the host allows.

    Raises UsageError for numbers that are not above 0.
    """

    rate: float | None = None
    concurrency: int | None = None

    def __post_init__(self) -> None:
        if (self.rate is not None and not self.rate > 0) or (
            self.concurrency is not None and self.concurrency < 1
        ):
            raise UsageError(f"rate and concurrency must be above 0, were {self.rate} and {self.concurrency}")

    def on(self, politeness: Politeness) -> Politeness:
        """A host's politeness under these caps."""
        return replace(
            politeness,
            per_second=min(politeness.per_second, self.rate or politeness.per_second),
            concurrency=min(politeness.concurrency, self.concurrency or politeness.concurrency),
        )
