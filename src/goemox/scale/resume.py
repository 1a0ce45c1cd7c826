"""The folder that a run writes into: its plan, its lock, which parts are done, and that it is finished."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goemox import atomic
from goemox.data.file_lock import open_alone
from goemox.errors import GoemoxError, InvalidInput, UsageError
from goemox.runtime.engine import ENGINES, EngineName, is_installed
from goemox.scale.parts import PartCounts, count_part, done_parts
from goemox.scale.plan import SCHEMA, Plan
from goemox.wording import plural, refusal

__all__ = ["DONE", "PLAN", "PartFolder", "Totals", "open_folder"]

PLAN, DONE, LOCK = "plan.json", "done.json", ".lock"


@dataclass(frozen=True, slots=True)
class Totals:
    """What all parts together hold; see `PartCounts`. empty: numbers of the parts without a usable row."""

    parts: int
    rows: int
    bad: int
    outside: int
    cut: int
    empty: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """What `done.json` holds beside the name of its schema."""
        return {
            "parts": self.parts,
            "rows": self.rows,
            "bad_rows": self.bad,
            "outside_domain": self.outside,
            "truncated": self.cut,
            "empty_parts": list(self.empty),
        }


@dataclass(frozen=True, slots=True)
class PartFolder:
    """A folder that this process alone writes into. done: numbers of the parts that were there at first."""

    path: Path
    plan: Plan
    done: frozenset[int]
    is_finished: bool

    def finish(self, made: Mapping[int, PartCounts]) -> Totals:
        """Count what all parts hold and say in `done.json` that there are no more.

        made: the parts that this run wrote. Raises InvalidInput where the input has changed meanwhile, or a
        part is missing or damaged.
        """
        for file in self.plan.files:
            found = Path(file.path).stat() if Path(file.path).exists() else None
            if found is None or (found.st_size, found.st_mtime_ns) != (file.bytes, file.modified):
                raise InvalidInput(
                    f"{file.path}: was changed while it was read; write into another folder, or restore it"
                )
        numbers = self.done | frozenset(made)
        if numbers != frozenset(range(len(numbers))):
            raise GoemoxError(f"{self.path}: parts are missing; the same command makes them")
        counts = [made.get(n) or count_part(self.path, self.plan, n) for n in sorted(numbers)]
        totals = Totals(
            len(counts),
            sum(part.rows for part in counts),
            sum(part.bad for part in counts),
            sum(part.outside for part in counts),
            sum(part.cut for part in counts),
            tuple(part.number for part in counts if not part.rows),
        )
        _write_json(self.path / DONE, {"schema": SCHEMA, **totals.to_dict()})
        return totals


@contextmanager
def open_folder(path: Path, plan: Plan) -> Iterator[PartFolder]:
    """Make the folder or take it up again, and keep others out while the block lasts.

    Raises UsageError, before anything is written, for a folder with other files or with the parts of
    another plan, whose differences are named; GoemoxError where another process has it or the system refuses.
    """
    found = _plan_of(path)
    if found is not None:
        _check_is_same(path, found, plan.to_dict())
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = open_alone(path / LOCK)
    except GoemoxError:
        raise GoemoxError(
            f"{path}: another goemox is writing into this folder; wait for it, or choose another folder"
        ) from None
    except OSError as error:
        raise GoemoxError(f"{path}: cannot be written {refusal(error)}") from error
    with lock:
        found = _plan_of(path)  # another process may have made it since
        if found is None:
            _write_json(path / PLAN, plan.to_dict())
        else:
            _check_is_same(path, found, plan.to_dict())
        atomic.clear_parts(path, 0.0)
        try:
            done = done_parts(path, plan)
            yield PartFolder(path, plan, done, _is_finished(path, done))
        finally:
            with suppress(OSError):  # Windows removes no file that is open
                (path / LOCK).unlink(missing_ok=True)


def _is_finished(path: Path, done: frozenset[int]) -> bool:
    """Whether `done.json` tells of these parts; one that tells of others is taken away: it holds no more."""
    try:
        if done == frozenset(range(json.loads((path / DONE).read_bytes())["parts"])):
            return True
    except FileNotFoundError:
        return False
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        pass  # it is damaged
    with suppress(OSError):  # `finish` says what is wrong with it
        (path / DONE).unlink()
    return False


def engine_of_parts(path: Path) -> EngineName | None:
    """The engine that made the parts of a folder, where it is installed; None where there are none yet.

    A run that chooses by itself goes on with it: measured again, or elsewhere, the choice may be another.
    """
    with suppress(UsageError):
        scoring = (_plan_of(path) or {}).get("scoring")
        name = scoring.get("runtime") if isinstance(scoring, dict) else None
        return next((one for one in ENGINES if one == name and is_installed(one)), None)
    return None


def _plan_of(path: Path) -> dict[str, Any] | None:
    """What stands in the folder's plan; None where the folder is new or empty."""
    if not path.exists():
        return None
    if not path.is_dir():
        raise UsageError(f"{path}: is a file; name a folder for the parts")
    try:
        content = json.loads((path / PLAN).read_bytes())
    except FileNotFoundError:
        others = sorted(entry.name for entry in path.iterdir() if not entry.name.startswith("."))
        if others:
            files = plural(len(others), "file that is no part", "files that are no parts")
            raise UsageError(f"{path}: holds {files} ({others[0]}); name a new or an empty folder") from None
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path / PLAN}: cannot be read ({error}); name another folder") from None
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise UsageError(f"{path / PLAN}: is no plan of parts that this goemox makes; name another folder")
    return content


def _check_is_same(path: Path, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raise UsageError that names what differs between two plans."""
    there, now = _flat(found), _flat(json.loads(json.dumps(wanted)))
    names = [name for name in dict.fromkeys((*now, *there)) if there.get(name) != now.get(name)]
    differences = [f"{name} {_short(there.get(name))}, now {_short(now.get(name))}" for name in names]
    if differences:
        more = f", and {len(names) - 3} more" if len(names) > 3 else ""
        raise UsageError(
            f"{path}: holds the parts of another run ({'; '.join(differences[:3])}{more}); "
            "give the same input and options to go on, or name another folder"
        )


def _flat(value: Any, name: str = "") -> dict[str, Any]:
    """Nested tables as `input.0.bytes`: value."""
    if isinstance(value, list) and all(isinstance(item, dict) for item in value) and value:
        value = {str(i): item for i, item in enumerate(value)}
    if not isinstance(value, dict) or not value:
        return {name: value}
    return {
        key: inner
        for part, nested in value.items()
        for key, inner in _flat(nested, f"{name}.{part}" if name else part).items()
    }


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"...{text[-57:]}"  # of a path the end tells more


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    try:
        atomic.write_text(path, json.dumps(content, indent=1) + "\n")
    except OSError as error:
        raise GoemoxError(f"{path}: cannot be written {refusal(error)}") from error
