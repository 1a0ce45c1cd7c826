"""The file that a rater's labels are in: on the disk as soon as they are given, each row once, one writer."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from goemox import atomic
from goemox.data.bad_rows import BadRowCounts
from goemox.data.cells import json_line
from goemox.data.columns import LABEL_NAMES
from goemox.data.file_lock import alone
from goemox.data.files import read_records
from goemox.data.label_cells import parse_labels
from goemox.data.marked_rows import SUGGESTED
from goemox.data.rows import loads
from goemox.errors import GoemoxError, InvalidInput, UsageError
from goemox.labelling.rows import carried_row
from goemox.records import TextRecord
from goemox.wording import refusal

__all__ = ["LabelFile", "n_labelled", "open_labels"]

_OWN_NAMES = ("labels", "judged", "rater", "labelled_at", SUGGESTED, "prediction_set", "domain_percentile")
_ENDINGS = (".jsonl", ".ndjson")


@dataclass(slots=True)
class LabelFile:
    """Rows with the labels that one rater gave them; those of earlier runs are there, too.

    labels: all that the rater looks for. rater: a name, or None. suggested: whether the model's are shown.
    """

    path: Path
    labels: tuple[str, ...]
    rater: str | None = None
    suggested: bool = False
    _lines: dict[str, bytes] = field(default_factory=dict)  # by id, in the order of the file

    def saved(self, records: Sequence[TextRecord]) -> dict[int, frozenset[str]]:
        """{place among the records: labels} of those that are labelled, in the order of the file.

        Raises InvalidInput where the file has another text under the id of one of them.
        """
        places = {record.id: place for place, record in enumerate(records)}
        found = {}
        for row_id, line in self._lines.items():
            place = places.get(row_id)
            if place is None:
                continue
            row = cast(dict[str, Any], loads(line.decode()))
            if row.get("text") != records[place].text:
                raise InvalidInput(
                    f"{self.path}: holds another text under id {row_id!r}; it has another file's labels; "
                    "choose another with -o"
                )
            found[place] = parse_labels(row["labels"], self.labels, str(self.path))
        return found

    def save(self, record: TextRecord, labels: frozenset[str]) -> None:
        """Write a row, or another in its place; GoemoxError where that fails, and the others are kept."""
        line = json_line(self._row(record, labels))
        is_new = record.id not in self._lines
        if is_new and self._lines:
            self._append(line)
        else:
            self._rewrite({**self._lines, record.id: line})
        self._lines[record.id] = line

    def take_back(self, record: TextRecord) -> None:
        """Take a row out again. Raises as `save`."""
        self._rewrite({row_id: line for row_id, line in self._lines.items() if row_id != record.id})
        self._lines.pop(record.id, None)

    def _row(self, record: TextRecord, labels: frozenset[str]) -> dict[str, object]:
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return {
            **carried_row(record, _OWN_NAMES),
            "labels": [label for label in self.labels if label in labels],
            "judged": list(self.labels),
            "rater": self.rater,
            "labelled_at": now,
            **({SUGGESTED: True} if self.suggested else {}),
        }

    def _append(self, line: bytes) -> None:
        try:
            with self.path.open("ab", buffering=0) as stream:
                end = stream.seek(0, os.SEEK_END)
                try:
                    if stream.write(line) < len(line):
                        raise OSError(0, "the disk is full")
                    os.fsync(stream.fileno())
                except OSError:  # an interruption leaves the row, which is whole
                    with suppress(OSError):
                        stream.truncate(end)
                    raise
        except OSError as error:
            raise self._refused(error) from error

    def _rewrite(self, lines: dict[str, bytes]) -> None:
        try:
            atomic.write_bytes(self.path, b"".join(lines.values()))
        except OSError as error:
            raise self._refused(error) from error

    def _refused(self, error: OSError) -> GoemoxError:
        return GoemoxError(
            f"{self.path}: cannot be written ({error.strerror or error}); the rows before are kept; make "
            "room, then the same command goes on from there"
        )


@contextmanager
def open_labels(
    path: Path,
    labels: Sequence[str],
    rater: str | None = None,
    *,
    suggested: bool = False,
    notice: Callable[[str], None] | None = None,
) -> Iterator[LabelFile]:
    """Open a rater's file, new or from an earlier run, as the only one who writes to it.

    A last line that was torn by a power cut is cut off, which is told. The file is made with its first row.
    Raises UsageError for a name that promises another format, InvalidInput where the file holds something
    else, other labels or another rater's (nothing is changed then), GoemoxError where another process has it.
    """
    if path.suffix.lower() not in _ENDINGS:
        raise UsageError(f"{path}: labels are written as JSON Lines; end the name with .jsonl")
    lock = path.with_name(f".{path.name}.lock")  # beside it: the file itself is replaced now and then
    with ExitStack() as stack:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(alone(lock, str(path)))
        except OSError as error:
            raise GoemoxError(f"{path}: cannot be written {refusal(error)}") from error
        file = LabelFile(path, tuple(labels), rater, suggested)
        if path.exists():
            _take_in(file, notice or (lambda message: None))
        yield file


def _take_in(file: LabelFile, notice: Callable[[str], None]) -> None:
    """Read what is there, check it, and only then mend its end."""
    try:
        lines = file.path.read_bytes().splitlines(keepends=True)
    except OSError as error:
        raise InvalidInput(f"{file.path}: cannot be read {refusal(error)}") from error
    is_torn = False
    for number, line in enumerate(lines, start=1):
        where = f"{file.path}:{number}"
        try:
            row_id = _checked_id(line, file, where)
        except (ValueError, RecursionError):
            is_torn = number == len(lines) and not line.endswith(b"\n")
            if is_torn:
                break
            raise InvalidInput(
                f"{where}: not a row of labels; mend the line, or choose another file with -o"
            ) from None
        if row_id in file._lines:
            raise InvalidInput(f"{where}: id {row_id!r} is there twice; take one of the rows out")
        if row_id is not None:
            file._lines[row_id] = line if line.endswith(b"\n") else line + b"\n"
    if is_torn:
        notice(f"{file.path}: its last row was torn while it was written and is left out; label it again")
    mended = b"".join(file._lines.values())
    if mended != b"".join(lines):
        atomic.write_bytes(file.path, mended)


def _checked_id(line: bytes, file: LabelFile, where: str) -> str | None:
    """The id of a row that this rater may go on from; None for a blank line."""
    if not line.strip():
        return None
    row = loads(line.decode())
    if not isinstance(row, dict) or not {"id", "text", "labels"} <= row.keys():
        raise InvalidInput(
            f"{where}: not a row of labels (an object with id, text and labels); choose another file with -o"
        )
    judged = None if row.get("judged") is None else sorted(parse_labels(row["judged"], None, where))
    if judged is not None and set(judged) != set(file.labels):
        raise InvalidInput(
            f"{where}: was labelled with {_listed(judged)}, this session has {_listed(file.labels)}; "
            "use the same labels, or another file with -o"
        )
    parse_labels(row["labels"], file.labels, where)
    rater = row.get("rater")
    if rater != file.rater:
        go_on = "without --rater" if rater is None else f"with --rater {shlex.quote(str(rater))}"
        raise InvalidInput(
            f"{where}: was labelled {_by(rater)}, this session is {_by(file.rater)}; go on {go_on}, or give "
            "every rater a file of their own with -o (--agreement compares two)"
        )
    return str(row["id"])


def _listed(labels: Sequence[str]) -> str:
    number = "1 label" if len(labels) == 1 else f"{len(labels)} labels"
    return f"{number} ({', '.join(labels[:3])}{', …' if len(labels) > 3 else ''})"


def _by(rater: object) -> str:
    return "without a rater's name" if rater is None else f"by {rater!r}"


def n_labelled(path: Path) -> int:
    """Rows of a file in which labels stand, whatever else is in it; 0 where it is none, or cannot be read."""
    if not path.is_file():
        return 0
    try:
        rows = read_records(path, label_column=LABEL_NAMES, bad_rows=BadRowCounts())
        return sum(bool(record.labels) or bool(record.meta.get("labelled_at")) for record in rows)
    except InvalidInput:
        return 0
