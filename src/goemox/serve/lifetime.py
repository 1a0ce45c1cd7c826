"""The life of one server process: it loads its model, answers, and ends; each is told in the log."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from starlette.applications import Starlette

from goemox.errors import GoemoxError
from goemox.serve.logs import kind_of, place_of, tell
from goemox.serve.service import Service

__all__ = ["lifetime"]

GARBAGE = 10_000  # objects made until young ones are looked through; a large request makes as many
SLOW_S = 5.0  # of loading, which takes half a second


def lifetime(
    service: Service, failed: Callable[[Exception], None], *, load_first: bool
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """What the application does before it answers and after.

    failed(error): the model cannot be loaded, so this process is of no use. load_first: nothing is answered
    before the model is there.
    """

    @asynccontextmanager
    async def living(_: Starlette) -> AsyncIterator[None]:
        loading = asyncio.create_task(_load(service, failed))
        if load_first:
            await loading
        try:
            yield
        except asyncio.CancelledError:  # asked to stop once more, uvicorn waits for nothing
            tell("warning", "stopped", "what was not finished is given up")
            service.abandon()
            return
        finally:
            service.turned_away.close()
        loading.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await loading
        await service.close()
        tell("info", "stopped", "what was accepted is finished")

    return living


async def _load(service: Service, failed: Callable[[Exception], None]) -> None:
    began = time.monotonic()
    loop = asyncio.get_running_loop()
    slow = loop.call_later(
        SLOW_S, tell, "warning", "slow-start", f"the model is not loaded after {SLOW_S:g} s; still waiting"
    )
    try:
        await service.load()
    except Exception as error:
        told = str(error) if isinstance(error, GoemoxError) else kind_of(error)
        where = place_of(error.__traceback__)
        tell("error", "load-failed", f"the model cannot be loaded: {told}", where=where)
        failed(error)
        raise
    finally:
        slow.cancel()
    _leave_out_of_collections()
    tell("info", "ready", "the model is loaded", seconds=round(time.monotonic() - began, 2))


def _leave_out_of_collections() -> None:
    """What is loaded stays; the garbage collector need not look at it again, which stops all requests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE, 20, 20)
