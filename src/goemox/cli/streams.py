"""Standard streams that a caller closed, and what is left of one whose reader went away."""

from __future__ import annotations

import os
import sys
from typing import TextIO, cast

__all__ = ["let_go_of_stdout", "reopen"]


def reopen() -> None:
    """Put something under every standard stream that was closed (`goemox <&- >&-`, a service, pythonw).

    Nothing is to be read from such a stdin, stderr swallows what is said, and stdout refuses it, so that
    nobody takes lost data for written. Without that the next file opened would become the stream.
    """
    if sys.stdin is None:
        sys.stdin = _opened(0, os.O_RDONLY, "r")
    if sys.stdout is None:
        sys.stdout = _opened(1, os.O_RDONLY, "w")  # a write says EBADF
    if sys.stderr is None:
        sys.stderr = _opened(2, os.O_WRONLY, "w")


def let_go_of_stdout() -> None:
    """Send what is still buffered nowhere: Python flushes it at the end, and would complain there."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _opened(descriptor: int, flags: int, mode: str) -> TextIO:
    handle = os.open(os.devnull, flags)
    if handle != descriptor:
        os.dup2(handle, descriptor)
        os.close(handle)
    return cast("TextIO", open(descriptor, mode, encoding="utf-8", closefd=False))
