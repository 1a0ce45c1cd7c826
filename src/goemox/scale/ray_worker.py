"""What runs inside a Ray worker: the input is read into tasks, and each task becomes a part of the folder.

Nothing here knows Ray. Rows, and what is sent back, are one column of pickled objects (`packed`): a block of
one row is a part, so that Ray hands out, moves and repeats whole parts and nothing else.
"""

from __future__ import annotations

import os
import pickle
import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from goemox import atomic
from goemox._version import __version__
from goemox.data.opening import open_rows
from goemox.errors import GoemoxError, InvalidInput
from goemox.scale.batches import BatchScorer
from goemox.scale.part_rows import PartTask, part_tasks
from goemox.scale.parts import PartCounts, count_part, part_path, write_part
from goemox.scale.plan import Plan, model_hash
from goemox.scale.resume import PLAN

__all__ = [
    "ONE_CORE", "TRIES", "Ended", "Failed", "Job", "PartMaker", "Sent", "Unfit", "clear_tries",
    "packed", "read_parts", "unpacked",
]  # fmt: skip

TRIES = 3
"""Times that a part is begun before it counts as one that cannot be made; a worker's death is one."""

ITEM = "item"
ONE_CORE = {"POLARS_MAX_THREADS": "1", "RAYON_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
"""A worker has one core: without this, each library would start a thread for every core of the machine."""

Batch = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Job:
    """All that a worker has to know, sent once. version: of goemox, on the machine that asks.

    directory: where relative names of the input begin. folder: of the parts, absolute. done: parts that are
    there.
    """

    directory: Path
    folder: Path
    plan: Plan
    scorer: BatchScorer
    done: frozenset[int]
    version: str = __version__


@dataclass(frozen=True, slots=True)
class Sent:
    """A part to make. notes: what was found out about the input while its rows were read."""

    task: PartTask
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """The input was read to its end, or as far as it can be. n_parts: that there are, done ones included."""

    n_parts: int
    notes: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A part that could not be made, after all its tries."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Unfit:
    """A machine that can make no part at all, and why."""

    machine: str
    reason: str


def packed(*items: object) -> Batch:
    """Objects as a column that Ray can move."""
    return {ITEM: [pickle.dumps(item) for item in items]}


def unpacked(batch: Mapping[str, Any]) -> list[Any]:
    """The objects of `packed`, or of one row of it."""
    column = batch[ITEM]
    cells = [column] if isinstance(column, bytes) else list(column)
    return [pickle.loads(cell) for cell in cells]  # noqa: S301 - from our own workers, over Ray's own pickles


def read_parts(batch: Mapping[str, Any]) -> Iterator[Batch]:
    """Read the input of the one `Job` in the batch from its start: a row for each missing part, then `Ended`.

    Ray repeats it from the start where its worker dies, and drops what it has had: it yields the same again.
    """
    (job,) = unpacked(batch)
    _go_to(job.directory)
    notes: list[str] = []
    n_parts = 1 + max(job.done, default=-1)
    plan = job.plan
    try:
        opened = open_rows(
            [Path(file.path) for file in plan.files],
            text_column=plan.columns.text,
            id_column=plan.columns.id,
            input_format=plan.input_format,
            encoding=plan.encoding,
            notice=notes.append,
        )
        notes.clear()  # told already, where the plan was made
        for task in part_tasks(plan, opened, job.done):
            yield packed(Sent(task, tuple(notes)))
            notes.clear()
            n_parts = max(n_parts, task.number + 1)
    except (GoemoxError, OSError) as error:
        yield packed(Ended(n_parts, tuple(notes), str(error)))
        return
    yield packed(Ended(n_parts, tuple(notes)))


class PartMaker:
    """Makes parts, one at a time, with a model that it opens once. Ray keeps one a core."""

    def __init__(self, job: Job) -> None:
        os.environ.update(ONE_CORE)
        self._job, self._is_ready = job, False
        _go_to(job.directory)

    def __call__(self, batch: Mapping[str, Any]) -> Batch:
        """`Sent` -> `PartCounts`, `Failed` or `Unfit`; anything else passes. Raises nothing: an exception
        would leave its rows in Ray's next batch (https://github.com/ray-project/ray/issues/47162).
        """
        return packed(*(self._made(item) if isinstance(item, Sent) else item for item in unpacked(batch)))

    def _made(self, sent: Sent) -> PartCounts | Failed | Unfit:
        if not self._is_ready:
            try:
                _check_machine(self._job)
            except Exception as error:
                return Unfit(platform.node(), _words(error))
            self._is_ready = True
        job, number = self._job, sent.task.number
        reason = "each worker that tried died"
        try:
            while _begun(job.folder, number) <= TRIES:
                try:
                    counts = self._written(sent)
                except Exception as error:
                    reason = _words(error)
                else:
                    _tries(job.folder, number).unlink(missing_ok=True)
                    return counts
        except OSError as error:
            reason = _words(error)
        return Failed(number, reason)

    def _written(self, sent: Sent) -> PartCounts:
        job = self._job
        number = sent.task.number
        if part_path(job.folder, job.plan, number).exists():  # its worker died before it could say so
            counts = count_part(job.folder, job.plan, number)
        else:
            counts = write_part(job.folder, job.plan, sent.task.read(job.plan), job.scorer)
        return replace(counts, notes=sent.notes + counts.notes)


def clear_tries(folder: Path) -> None:
    """Forget how often parts were begun, and what dead workers left of them; while no worker is there."""
    for path in folder.glob(".part-*.tries"):
        path.unlink(missing_ok=True)
    atomic.clear_parts(folder, 0.0)


def _begun(folder: Path, number: int) -> int:
    """Note that a part is begun, where the note survives the worker, and return how often it was."""
    with _tries(folder, number).open("ab") as stream:
        stream.write(b".")
        return stream.tell()


def _tries(folder: Path, number: int) -> Path:
    return folder / f".part-{number:05d}.tries"


def _check_machine(job: Job) -> None:
    """Raise GoemoxError unless this machine would write what the others write, and to the same place."""
    if job.version != __version__:
        raise GoemoxError(f"has goemox {__version__}, not {job.version}; install the same everywhere")
    if not (job.folder / PLAN).is_file():
        raise GoemoxError(f"does not see {job.folder}; the output must lie on storage that all share")
    for file in job.plan.files:
        path = Path(file.path)
        if not path.is_file() or path.stat().st_size != file.bytes:
            raise InvalidInput(
                f"does not see {file.path} as it was; the input must lie on storage that all share"
            )
    if model_hash(job.scorer.classifier.folder) != job.plan.scoring["model_sha256"]:
        raise GoemoxError(f"has another model under the name {job.scorer.model}; give all the same")


def _go_to(directory: Path) -> None:
    with suppress(OSError):  # not there on this machine: then only absolute names are found, or told of
        os.chdir(directory)


def _words(error: BaseException) -> str:
    lines: Sequence[str] = str(error).strip().splitlines()
    first = lines[0] if lines else "no reason given"
    return first if isinstance(error, GoemoxError) else f"{type(error).__name__}: {first}"
