"""Files and folders that appear whole or not at all, even if the process is killed midway."""

from __future__ import annotations

import os
import re
import shutil
import stat
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

__all__ = [
    "clear_leftovers", "clear_parts", "new_folder", "open_binary", "put_in_place", "write_bytes",
    "write_text",
]  # fmt: skip

# Seconds between tries to take an open file's place. Elsewhere a refusal is about rights, and stays one.
WAITS_S = (0.05, 0.1, 0.2, 0.4, 0.8) if os.name == "nt" else ()
_UMASK = threading.Lock()


@contextmanager
def open_binary(path: Path) -> Iterator[IO[bytes]]:
    """Open `path` for writing; it replaces the old file only when the block ends without an error."""
    if path.exists() and not path.is_file():
        # A device or a pipe cannot be replaced, only written to; one of a shell's own has no other name.
        with path.open("wb") as stream:
            yield stream
        return
    path = path.resolve()  # a link stays a link; what it points to is replaced
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _beside(path, "part")
    try:
        with open(temporary, "xb", opener=_for_its_owner) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        is_there = path.exists()  # who may read it, is as before
        temporary.chmod(stat.S_IMODE(path.stat().st_mode) if is_there else 0o666 & ~_umask())
        put_in_place(lambda: temporary.replace(path))
        _sync_folder(path.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` to `path`, whole or not at all."""
    with open_binary(path) as stream:
        stream.write(data)


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8 with the line ends it has, whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder that takes the place of `path` when the block ends without an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _beside(path, "part")
    try:
        temporary.mkdir(0o700)
        yield temporary
        for file in temporary.rglob("*"):
            if file.is_file():
                file.chmod(0o666 & ~_umask())  # some libraries write files that only their owner can read
                with file.open("rb+") as stream:
                    os.fsync(stream.fileno())
        temporary.chmod(0o777 & ~_umask())
        if path.exists():
            _exchange(path, temporary)
        else:
            put_in_place(lambda: temporary.replace(path))
        _sync_folder(path.parent)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _exchange(path: Path, new: Path) -> None:
    """Put a folder in the place of one that holds files, for which the system has no single step."""
    aside = _beside(path, "old")
    old = aside / path.name
    try:
        aside.mkdir(0o700)
        put_in_place(lambda: path.replace(old))
        put_in_place(lambda: new.replace(path))
    finally:
        if old.exists() and not path.exists():
            put_in_place(lambda: old.replace(path))
        shutil.rmtree(aside, ignore_errors=True)


def put_in_place(rename: Callable[[], object], waits_s: Sequence[float] = WAITS_S) -> None:
    """Rename what is finished to its place, and try again after each of the waits where that is refused.

    Windows keeps a file or folder that a program has open: a virus scanner or an index lets go of it within
    a second, a spreadsheet program does not. Raises what the system said last.
    """
    for wait_s in waits_s:
        try:
            rename()
            return
        except PermissionError:
            time.sleep(wait_s)
    rename()


def clear_leftovers(path: Path) -> None:
    """Remove what killed writers of the file or folder `path` left beside it.

    A folder that was stepped aside for a new one that never came is put back first. Only for paths that
    nobody else is writing at this moment.
    """
    if not path.parent.is_dir():
        return
    for aside in _temporaries(path, "old"):
        if not path.exists() and (aside / path.name).exists():
            (aside / path.name).replace(path)
        shutil.rmtree(aside, ignore_errors=True)
    for part in _temporaries(path, "part"):
        _remove(part)


def clear_parts(folder: Path, older_than: float) -> None:
    """Remove unfinished files in `folder` that nobody has written to for `older_than` seconds."""
    for part in folder.glob(".*.part"):
        with suppress(FileNotFoundError):  # its writer has just finished it
            if time.time() - part.stat().st_mtime >= older_than:
                _remove(part)


def _remove(part: Path) -> None:
    if part.is_dir():
        shutil.rmtree(part, ignore_errors=True)
    else:
        part.unlink(missing_ok=True)


def _beside(path: Path, kind: str) -> Path:
    """A name beside `path` that nobody else has, known before there is anything to remove.

    A signal may come at any moment, and so between the making of a file and the next line.
    """
    return path.parent / f".{path.name}.{os.urandom(4).hex()}.{kind}"


def _for_its_owner(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _temporaries(path: Path, kind: str) -> list[Path]:
    """What was named for `path`: eight characters without a dot, which a longer name would bring."""
    named = re.compile(rf"\.{re.escape(path.name)}\.[a-z0-9_]{{8}}\.{kind}")
    return [beside for beside in path.parent.glob(".*") if named.fullmatch(beside.name)]


def _umask() -> int:
    """The process's umask, which is read by setting it: two threads at once would leave what was set."""
    with _UMASK:
        mask = os.umask(0o077)  # what another thread makes right now is rather closed than open to all
        os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut, where folders can be opened and synchronised.

    Windows has no such call and needs none. Elsewhere a folder may be written to and not read, and some file
    systems refuse: what was renamed is in its place all the same.
    """
    if os.name == "nt":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
