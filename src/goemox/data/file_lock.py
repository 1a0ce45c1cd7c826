"""One writer a file: a lock of the operating system's, gone when the file is closed or the process dies."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from goemox.errors import GoemoxError

__all__ = ["alone", "open_alone"]

_TAKEN = {errno.EACCES, errno.EAGAIN, errno.EDEADLK, errno.EWOULDBLOCK}
_FAR_BEHIND = 2**31 - 2  # Windows keeps others from reading what is locked, so a byte far behind the rows is


def open_alone(path: Path, name: str = "") -> IO[bytes]:
    """Open a file for appending, unbuffered, as the only one who may; it is made where there is none.

    name: what messages call the file. A file system without locks is used without.
    Raises GoemoxError where another process has it.
    """
    while True:
        stream = path.open("a+b", buffering=0)
        try:
            _lock(stream.fileno(), name or str(path))
            if _is_still_there(stream, path):
                return stream
        except BaseException:
            stream.close()
            raise
        stream.close()  # it was removed by its last writer while we waited to open it


@contextmanager
def alone(lock: Path, name: str) -> Iterator[None]:
    """Hold a lock file beside what is written and replaced now and then; it is gone at the end.

    Raises as `open_alone`.
    """
    try:
        with open_alone(lock, name):
            try:
                yield
            finally:
                _remove(lock)  # while it is held: whoever waits for it sees that it is gone
    finally:
        if sys.platform == "win32":  # which removes no open file; elsewhere it may be another's by now
            _remove(lock)


def _remove(lock: Path) -> None:
    with suppress(OSError):
        lock.unlink(missing_ok=True)


def _lock(descriptor: int, name: str) -> None:
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, _FAR_BEHIND, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _TAKEN:
            raise GoemoxError(
                f"{name}: another goemox is writing there; wait for it, or choose another place"
            ) from None


def _is_still_there(stream: IO[bytes], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(stream.fileno()), path.stat())
    except FileNotFoundError:
        return False
