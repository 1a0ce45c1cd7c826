"""A clock that a test sets."""

from __future__ import annotations

import asyncio

from goemox.http import Clock


class FakeTime:
    """Time that passes only in waits; `steps` sets the wall clock back or forward after each second."""

    def __init__(self, step: float = 0.0) -> None:
        self.wall, self.steady, self.step = 1_700_000_000.0, 50.0, step
        self.clock = Clock(lambda: self.wall, lambda: self.steady, self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.wall += seconds + self.step
        self.steady += seconds
        await asyncio.sleep(0)
