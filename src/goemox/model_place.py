"""Where a model is written: that nothing else stands there, and that it appears whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from goemox.atomic import clear_leftovers, new_folder
from goemox.data.file_lock import alone
from goemox.errors import InvalidModel, UsageError
from goemox.model_files import SUMS, unlisted, write_sums
from goemox.model_folder import CONFIG, FACTS
from goemox.wording import Say

__all__ = ["check_place", "check_work", "write_folder"]


def check_place(path: Path, say: Say = lambda message: None) -> None:
    """Raise UsageError where a model written to `path` would replace something else, or cannot replace it.

    say: told which model will be replaced where one stands there.
    """
    if path.name in ("", "..") or (path.is_dir() and (path.samefile(".") or os.path.ismount(path))):
        raise UsageError(
            f"{path}: cannot be replaced by a model, because you are in it or a disk is mounted there; "
            f"name a new folder in it, such as {path / 'model'}"
        )
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path}: a file is there; name a folder for the model")
    if outer := next(filter(_is_model, path.resolve().parents), None):
        raise UsageError(
            f"{path}: lies in the model folder {outer}, which would be refused with another file in it; "
            "name a folder outside it"
        )
    is_filled = path.is_dir() and any(path.iterdir())
    if is_filled and not _is_model(path):
        raise UsageError(f"{path}: holds files that are no goemox model; name an empty or new folder")
    if path.is_dir() and (other := _unlisted(path)) is not None:
        raise UsageError(
            f"{path}: holds {other}, which is no part of the model there and would be lost; move it away, or "
            "name another folder"
        )
    if is_filled:
        say(f"{path}: a model stands there{_name_of(path)}; it will be replaced by the new one")


def _is_model(path: Path) -> bool:
    """Whether goemox wrote a model there; sums alone stand beside other people's data, too."""
    return (path / FACTS).is_file() or all((path / name).is_file() for name in (CONFIG, SUMS))


def check_work(work: Path | None, output: Path) -> None:
    """Raise UsageError where checkpoints would lie in the folder that the finished model replaces."""
    if work is not None and work.resolve().is_relative_to(output.resolve()):
        raise UsageError(
            f"--work-dir {work}: lies in --output-dir ({output}), which the model replaces; name "
            "another folder"
        )


def _unlisted(path: Path) -> str | None:
    """As `unlisted`; of a folder whose sums are damaged nobody knows what is a model's."""
    try:
        return unlisted(path)
    except InvalidModel as error:
        raise UsageError(f"{error}; move the folder away, or name another one") from None


def _name_of(path: Path) -> str:
    """`, "my model"`; nothing where `goemox.json` cannot be read or gives it no name."""
    try:
        name = orjson.loads((path / FACTS).read_bytes()).get("name")
    except (OSError, ValueError, AttributeError):
        return ""
    return f", {name!r}" if name else ""


@contextmanager
def write_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder that becomes `path`, with its SHA256SUMS, when the block ends well.

    What killed writers of the same folder left behind is put back or removed first. Raises as `check_place`,
    and GoemoxError while another process writes it.
    """
    place = path.resolve()
    place.parent.mkdir(parents=True, exist_ok=True)
    lock = place.parent / f".{place.name}.lock"
    with alone(lock, str(path)):
        clear_leftovers(path)
        check_place(path)
        with new_folder(path) as folder:
            yield folder
            write_sums(folder)
