"""The engine of many machines: parts are made by Ray Data's actors, one a core, into a shared folder.

`BatchScorer` and `write_part` do the work, as on one machine, so the parts are the same, byte for byte. What
Ray moves are tasks and counts, not predictions. Ray is imported nowhere else, and only when it is asked for.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

from goemox.classifier import GroupedClassifier
from goemox.data.opening import OpenedRows
from goemox.errors import GoemoxError, InvalidInput, MissingExtra
from goemox.runtime.engine import is_installed
from goemox.runtime.session import Scorer
from goemox.scale.batches import BatchScorer
from goemox.scale.part_rows import PartTask, part_tasks
from goemox.scale.parts import PartCounts
from goemox.scale.ray_cluster import SETTINGS, cluster
from goemox.scale.ray_worker import (
    TRIES,
    Ended,
    Failed,
    Job,
    PartMaker,
    Sent,
    Unfit,
    clear_tries,
    packed,
    read_parts,
    unpacked,
)
from goemox.scale.resume import PartFolder
from goemox.wording import first_line, plural

if find_spec("ray") is None or find_spec("pyarrow") is None:  # before a run has made a folder
    raise MissingExtra("--engine ray", "ray")

__all__ = ["run_ray"]

SHOWN = 3  # parts that failed, in one message


def run_ray(
    folder: PartFolder,
    opened: OpenedRows,
    scorer: BatchScorer,
    *,
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
    told: Callable[[PartCounts], None] | None = None,
    taken: Callable[[PartTask], None] | None = None,
) -> dict[int, PartCounts]:
    """Make all parts that are missing and return what they hold, by their number; as `local.run_local`.

    The cluster is the one that RAY_ADDRESS names, else one that is started on this machine and ended again.
    opened: as `make_plan` gave it; workers read Parquet themselves, and other inputs anew.
    workers: actors, one core each; None = all cores of the cluster. progress, told: called as parts are done,
    in any order. taken: called for parts of Parquet.
    Raises GoemoxError where a machine cannot take part, Ray ends or, when all others are done, parts
    cannot be made after some tries; InvalidInput where the input cannot be read on.
    """
    ray = _imported()
    plan = folder.plan
    tasks = list(part_tasks(plan, opened, folder.done)) if plan.is_sliced else None
    if tasks == []:
        return {}
    for task in tasks or ():
        if taken:
            taken(task)
    sent = replace(scorer, threads=1, runtime=_settled(scorer))
    job = Job(Path.cwd(), folder.path.absolute(), plan, sent, folder.done)
    clear_tries(folder.path)
    outcome = _Outcome(plan.n_parts, folder.done)
    with cluster(ray) as cores:
        limit = min(workers or cores, len(tasks) if tasks else cores)
        try:
            with closing(_rows(job, tasks, limit)) as rows:
                for row in rows:
                    for item in unpacked(row):
                        outcome.take(item, progress, told)
        except Exception as error:
            _give_up(ray, error)
    clear_tries(folder.path)
    outcome.check(folder.path, plan.part_rows)
    return outcome.made


class _Outcome:
    """What came back from the workers."""

    def __init__(self, n_parts: int | None, done: frozenset[int]) -> None:
        self.made: dict[int, PartCounts] = {}
        self._failed: dict[int, str] = {}
        self._n_parts, self._done = n_parts, done
        self._problem: str | None = None

    def take(
        self,
        item: object,
        progress: Callable[[int], None] | None,
        told: Callable[[PartCounts], None] | None,
    ) -> None:
        """Note one part, or the end of the input. Raises GoemoxError for a machine that is unfit."""
        if isinstance(item, Unfit):
            raise GoemoxError(f"the machine {item.machine} cannot take part: {item.reason}")
        if isinstance(item, Failed):
            self._failed[item.number] = item.reason
        elif isinstance(item, Ended):
            self._n_parts, self._problem = item.n_parts, item.problem
            if told and item.notes:
                told(PartCounts(item.n_parts, 0, 0, 0, 0, item.notes))
        elif isinstance(item, PartCounts):
            self.made[item.number] = item
            if progress:
                progress(item.rows + item.bad)
            if told:
                told(item)

    def check(self, folder: Path, part_rows: int) -> None:
        """Raise what kept parts from being made."""
        expected = range(self._n_parts or 0)
        lost = {n: "Ray lost it" for n in expected if n not in self._done and n not in self.made}
        bad = sorted((lost | self._failed).items())
        if self._n_parts is None:
            raise GoemoxError(f"{folder}: Ray did not read the input to its end; the same command goes on")
        if bad:
            named = "; ".join(
                f"part {n} (rows {n * part_rows + 1:,} to {(n + 1) * part_rows:,}): {reason}"
                for n, reason in bad[:SHOWN]
            )
            more = f"; and {len(bad) - SHOWN} more" if len(bad) > SHOWN else ""
            raise GoemoxError(
                f"{folder}: {plural(len(bad), 'part')} could not be made in {TRIES} tries: {named}{more}. "
                "All others are done; the same command tries these again"
            )
        if self._problem:
            raise InvalidInput(self._problem)


def _imported() -> Any:
    """Ray with Ray Data, quiet."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    import ray
    import ray.data

    return ray


def _settled(scorer: BatchScorer) -> str:
    """The engine that runs the graph on every machine: what this one takes; each might take another."""
    if scorer.runtime not in (None, "auto"):
        return str(scorer.runtime)
    if scorer.tier in (None, "best") and is_installed("openvino"):
        opened = scorer.classifier
        whole = opened.classifier if isinstance(opened, GroupedClassifier) else opened
        if isinstance(whole.scorer, Scorer):
            return whole.scorer.settle()
    return "onnxruntime"


def _rows(job: Job, tasks: list[PartTask] | None, actors: int) -> Generator[dict[str, Any], None, None]:
    """A row for every part, as it is done; the work begins when the first is asked for."""
    from ray.data import ActorPoolStrategy, DataContext, TaskPoolStrategy, from_items

    context = DataContext.get_current()
    context.enable_progress_bars = context.print_on_execution_start = False
    context.max_errored_blocks = -1  # a part that is lost must not keep the others from being made
    context.target_max_block_size = 1  # bytes; so that each row is a block, and each block a task
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)
    if tasks is None:
        # A core of its own would be taken from the actors, who need them all.
        source = from_items([{"item": packed(job)["item"][0]}]).map_batches(
            read_parts, batch_size=1, compute=TaskPoolStrategy(size=1), num_cpus=0
        )
    else:
        rows = [{"item": item} for item in packed(*map(Sent, tasks))["item"]]
        source = from_items(rows, override_num_blocks=len(rows))
    made = source.map_batches(
        PartMaker,
        fn_constructor_args=(job,),
        batch_size=1,
        compute=ActorPoolStrategy(size=actors),
        num_cpus=1,
    )
    yield from made.iter_rows()


def _give_up(ray: Any, error: Exception) -> NoReturn:
    """Raise what ended the run as an error of ours, where it is Ray's."""
    if isinstance(error, GoemoxError):
        raise error
    if isinstance(error, ray.exceptions.RayError):
        if "No module named 'goemox" in str(error):
            raise GoemoxError(
                "a machine of the Ray cluster has no goemox; install the same goemox[ray] on all of them"
            ) from None
        raise GoemoxError(
            f"Ray ended the run ({first_line(error)}); the same command goes on where it stopped"
        ) from error
    raise error
