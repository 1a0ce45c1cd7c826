"""Standard streams: closed ones, narrow encodings, and what is left of one whose reader went away."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO, cast

__all__ = ["let_go_of_stdout", "lose_nothing", "reopen", "speak_utf_8"]


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


def lose_nothing() -> None:
    """Let a console or pipe that lacks a letter (cp1252 on Windows) get it as an escape, not fail."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def speak_utf_8() -> None:
    """Write UTF-8 to stdout from here on, whatever the console's encoding: JSON is read by programs."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def let_go_of_stdout() -> None:
    """Send what is still buffered nowhere: Python flushes it at the end, and would complain there."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _opened(descriptor: int, flags: int, mode: str) -> TextIO:
    handle = os.open(os.devnull, flags)
    if handle != descriptor:
        os.dup2(handle, descriptor)
        os.close(handle)
    return cast("TextIO", open(descriptor, mode, encoding="utf-8", closefd=False))
