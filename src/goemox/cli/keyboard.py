"""Single keys from the terminal, none of them lost.

`click.getchar` is not used where a terminal can be set: it sets the terminal anew for each key and throws
away what was typed meanwhile (`tty.setraw` flushes), so that a fast rater's labels would be lost.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import NoReturn

from goemox.labelling.keys import Control

__all__ = ["Keyboard", "keyboard", "keys_in"]

Keyboard = Callable[[], list[str]]
"""Waits, and gives the keys that were pressed since, each a character or a `Control`; none = no more come."""

_ESCAPE_WAIT = 0.05  # seconds that the rest of an arrow key's code may come after its first byte
_CODE = re.compile(r"\x1b\[\[[A-E]|\x1b[\[O][0-9;]*[A-Za-z~]|\xe0.|\x00.|.", re.DOTALL)
_UNFINISHED = re.compile(rb"\x1b([\[O][0-9;]*)?\Z|[\xc2-\xf4][\x80-\xbf]{0,2}\Z")
_MEANINGS = {
    "\r": Control.save, "\n": Control.save, "\x7f": Control.back, "\b": Control.back, "\t": Control.skip,
    " ": Control.more, "?": Control.help, "\x1b": Control.quit, "\x04": Control.quit,
    "\x1b[A": Control.less, "\x1b[B": Control.more, "\x1b[C": Control.skip, "\x1b[D": Control.back,
    "\x1bOA": Control.less, "\x1bOB": Control.more, "\x1bOC": Control.skip, "\x1bOD": Control.back,
    "\x1b[5~": Control.less, "\x1b[6~": Control.more,
    "\xe0H": Control.less, "\xe0P": Control.more, "\xe0M": Control.skip, "\xe0K": Control.back,
}  # fmt: skip


@contextmanager
def keyboard() -> Iterator[Keyboard]:
    """Take the terminal's keys as they are pressed, unseen, until the block ends.

    Ctrl-C raises KeyboardInterrupt, as ever, and SIGTERM raises SystemExit with 143, so that whoever holds a
    screen or a file gives it back. Standard input must be a terminal, and the thread the main one.
    """
    if sys.platform == "win32":
        import typer

        yield lambda: next(filter(None, (keys_in(typer.getchar()) for _ in count())))
        return
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    handler = signal.signal(signal.SIGTERM, _end)
    signal.siginterrupt(signal.SIGINT, True)  # polars, where it is loaded, has a read go on behind Ctrl-C
    try:
        tty.setcbreak(descriptor, termios.TCSADRAIN)  # what was typed already is kept
        mode = termios.tcgetattr(descriptor)
        # Ctrl-Z is switched off: a shell gives the terminal back in its own mode, and keys would need Enter
        mode[6][termios.VSUSP] = bytes([os.fpathconf(descriptor, "PC_VDISABLE")])
        termios.tcsetattr(descriptor, termios.TCSADRAIN, mode)
        yield lambda: _pressed(descriptor)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
        signal.signal(signal.SIGTERM, handler)


def _pressed(descriptor: int) -> list[str]:
    """The keys that mean something, waited for; none where the terminal is gone."""
    while typed := _read(descriptor):
        if keys := keys_in(typed.decode("utf-8", "replace")):
            return keys
    return []


def _end(number: int, _: object) -> NoReturn:
    raise SystemExit(128 + number)


def keys_in(typed: str) -> list[str]:
    """What the codes of a terminal mean, one by one; those of other special keys mean nothing."""
    codes = _CODE.findall(typed)
    return [_MEANINGS.get(code, code) for code in codes if code in _MEANINGS or code.isprintable()]


def _read(descriptor: int) -> bytes:
    """All that was typed, at least one key; nothing where the terminal is gone."""
    import select

    try:
        typed = os.read(descriptor, 1_024)
        while _UNFINISHED.search(typed) and select.select([descriptor], [], [], _ESCAPE_WAIT)[0]:
            more = os.read(descriptor, 1_024)
            if not more:
                break
            typed += more
    except OSError:  # the window was closed
        return b""
    return typed
