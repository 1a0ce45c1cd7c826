"""The engine of one machine: parts are read one after the other and scored side by side, by threads.

onnxruntime, numpy and polars work without Python's lock. At most one part more than there are threads is in
memory, whatever the input's length.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

from goemox.data.opening import OpenedRows
from goemox.errors import GoemoxError
from goemox.scale.batches import BatchScorer
from goemox.scale.part_rows import PartTask, part_tasks
from goemox.scale.parts import PartCounts, write_part
from goemox.scale.resume import PartFolder

__all__ = ["run_local"]

SIDE_BY_SIDE = 2  # parts at a time: while one is read or written, the cores score the other


class _Stopped(Exception):
    """The run was ended; what a thread was doing is dropped."""


def run_local(
    folder: PartFolder,
    opened: OpenedRows,
    scorer: BatchScorer,
    *,
    workers: int = SIDE_BY_SIDE,
    progress: Callable[[int], None] | None = None,
    told: Callable[[PartCounts], None] | None = None,
    taken: Callable[[PartTask], None] | None = None,
) -> dict[int, PartCounts]:
    """Make all parts that are missing and return what they hold, by their number.

    opened: the input as `make_plan` gave it. workers: parts that are made at a time.
    progress(n): so many rows of the input are done since the last call; from any thread. told: gets each
    part as it is done, in order; taken: each task before it is begun. Ctrl-C and errors end the parts in
    flight, and leave those that are done.
    """
    scorer.classifier  # noqa: B018 - opened once, here, so that its errors come first
    stop = Event()
    made: dict[int, PartCounts] = {}
    waiting: deque[Future[PartCounts]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="goemox-part")

    def take() -> None:
        counts = waiting.popleft().result()
        made[counts.number] = counts
        if told:
            told(counts)

    try:
        for task in part_tasks(folder.plan, opened, folder.done):
            if taken:
                taken(task)
            waiting.append(pool.submit(_make, folder, task, scorer, stop, progress))
            if len(waiting) > workers:
                take()
        while waiting:
            take()
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)
    return made


def _make(
    folder: PartFolder,
    task: PartTask,
    scorer: BatchScorer,
    stop: Event,
    progress: Callable[[int], None] | None,
) -> PartCounts:
    def tell(n: int) -> None:
        if stop.is_set():
            raise _Stopped
        if progress and n:
            progress(n)

    try:
        rows = task.read(folder.plan)
        counts = write_part(folder.path, folder.plan, rows, scorer, tell)
    except MemoryError:
        raise GoemoxError("the memory is full; take fewer rows at a time with --part-rows") from None
    tell(counts.bad)
    return counts
