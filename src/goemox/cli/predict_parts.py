"""`goemox predict -o DIR/`: a big input into a folder of parts, with its pace, and how to go on after."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from goemox.cli.options import progress_bar, say
from goemox.cli.predict_notices import tell_of_cuts, tell_of_far_texts, tell_of_model
from goemox.cli.progress import Bar, Lines
from goemox.errors import GoemoxError, InvalidInput, UsageError
from goemox.wording import duration, plural

if TYPE_CHECKING:
    from goemox.scale.batches import BatchScorer
    from goemox.scale.part_rows import PartTask
    from goemox.scale.parts import PartCounts
    from goemox.scale.plan import Plan
    from goemox.scale.resume import PartFolder, Totals

__all__ = ["input_of", "is_folder", "predict_parts"]


def is_folder(output: str | None) -> bool:
    """Whether an output is a folder for parts: it ends in a slash, or is one already."""
    return output is not None and (output.endswith(("/", "\\")) or Path(output).is_dir())


def input_of(texts: list[str], input_file: str | None) -> Path:
    """What is read into a folder: --input, or the one argument. Raises UsageError for anything else."""
    if input_file is not None and not texts:
        return Path(input_file)
    if input_file is None and len(texts) == 1:
        return Path(texts[0])
    raise UsageError("-o DIR/ takes one file, or a folder of files: goemox predict FILE -o DIR/")


def predict_parts(
    source: Path,
    folder: Path,
    scorer: BatchScorer,
    *,
    engine: str,
    part_rows: int | None,
    form: str | None,
    reading: dict[str, Any],
) -> None:
    """Score a file part by part, tell the pace and the outcome.

    Raises InvalidInput at the end where rows could not be read, UsageError where the folder is another run's.
    """
    from goemox.runtime.engine import runtime_of
    from goemox.scale.plan import PART_ROWS, make_plan
    from goemox.scale.resume import engine_of_parts, open_folder

    if form == "table":
        raise UsageError("--format table is for people; a folder of parts is parquet, csv or jsonl")
    if source.resolve() == folder.resolve():
        raise UsageError(f"--input and --output are the same folder ({folder}); nothing was written")
    if runtime_of(scorer.runtime) == "auto":
        scorer.runtime = engine_of_parts(folder) or scorer.runtime
    tell_of_model(scorer.classifier, scorer.grouping)
    run = _engine(engine)
    started = time.monotonic()
    plan, opened = make_plan(
        source,
        scorer,
        form=form or "parquet",  # type: ignore[arg-type]
        part_rows=PART_ROWS if part_rows is None else part_rows,
        notice=say,
        **reading,
    )
    with open_folder(folder, plan) as parts:
        if parts.done and not parts.is_finished:
            say(f"{folder}: goes on; {_of_parts(len(parts.done), plan)} done before")
        try:
            with progress_bar("reading emotions", None) as bar:
                pace = Pace(bar, plan, len(parts.done))
                made = run(parts, opened, scorer, progress=pace, told=_tell_once(), taken=pace.taken)
            totals = parts.finish(made)
        except (KeyboardInterrupt, GoemoxError):
            _tell_how_to_go_on(parts)
            raise
    _tell_outcome(folder, totals, len(made), time.monotonic() - started, pace.n_rows)
    tell_of_far_texts(totals.outside, totals.rows)
    tell_of_cuts(totals.cut, scorer.long_text, scorer.classifier.folder.max_length)
    if totals.bad:
        _refuse_bad_rows(folder, totals)


class Pace:
    """Counts rows as they are done, from any thread, and shows how fast and how long still."""

    def __init__(self, bar: Bar | Lines, plan: Plan, n_done: int) -> None:
        self._bar, self._plan, self._lock = bar, plan, Lock()
        self._before = n_done * plan.part_rows
        self._started = time.monotonic()
        self._read = self._characters = 0
        self.n_rows = 0

    def __call__(self, n: int) -> None:
        """So many more rows are done."""
        with self._lock:
            self.n_rows += n
            now = time.monotonic()
            rate = self.n_rows / max(now - self._started, 1e-3)
            left = self._rows_left()
            self._bar.tell(left, f"{rate:,.0f} rows/s")
            self._bar(n)

    def taken(self, task: PartTask) -> None:
        """A part was read from an input whose rows nobody has counted: its length tells the others'."""
        if task.rows is not None:
            with self._lock:
                self._read += len(task.rows)
                self._characters += sum(len(row.raw) for row in task.rows)

    def _rows_left(self) -> int | None:
        """Rows that this run has to do, those done included; None where nothing tells."""
        from goemox.data.packed import PACKED

        if self._plan.n_rows is not None:
            return max(self._plan.n_rows - self._before, self.n_rows)
        if not self._characters or any(file.path.endswith(PACKED) for file in self._plan.files):
            return None
        size = sum(file.bytes for file in self._plan.files)
        return max(int(size * self._read / self._characters) - self._before, self.n_rows)


def _engine(name: str) -> Callable[..., dict[int, PartCounts]]:
    if name == "local":
        from goemox.scale.local import run_local

        return run_local
    from goemox.scale.ray import run_ray

    return run_ray


def _tell_once() -> Callable[[PartCounts], None]:
    """Tell what parts have to say, the same thing once."""
    known: set[str] = set()

    def told(counts: PartCounts) -> None:
        for note in counts.notes:
            if note not in known:
                known.add(note)
                say(note)

    return told


def _tell_how_to_go_on(parts: PartFolder) -> None:
    from goemox.scale.parts import done_parts

    n_done = len(done_parts(parts.path, parts.plan))
    say(f"{parts.path}: {_of_parts(n_done, parts.plan)} done and stay; the same command goes on from there")


def _of_parts(n: int, plan: Plan) -> str:
    whole = "" if plan.n_parts is None else f" of {plan.n_parts:,}"
    return f"{n:,}{whole} parts are" if whole else plural(n, "part is", "parts are")


def _tell_outcome(folder: Path, totals: Totals, n_made: int, seconds: float, n_rows: int) -> None:
    if not n_made:
        say(f"{folder}: was complete already: {plural(totals.rows, 'row')} in {plural(totals.parts, 'part')}")
        return
    now = "" if n_made == totals.parts else f", {plural(n_made, 'part')} of them now"
    say(
        f"{folder}: {plural(totals.rows, 'row')} in {plural(totals.parts, 'part')}{now}; "
        f"{duration(seconds)}, {n_rows / max(seconds, 1e-3):,.0f} rows a second"
    )


def _refuse_bad_rows(folder: Path, totals: Totals) -> None:
    first = json.loads(min(folder.glob("errors-*.jsonl")).read_bytes().split(b"\n", 1)[0])
    raise InvalidInput(
        f"{totals.bad} of {plural(totals.rows + totals.bad, 'row')} could not be read "
        f"({first['where']}: {first['reason']}); all are listed in {folder}/errors-*.jsonl"
    )
