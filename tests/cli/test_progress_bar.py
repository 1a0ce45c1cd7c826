"""The bar that people see while something takes long: on a terminal only, with what the source says."""

import os
import select
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from goemox.cli.options import progress_bar

pty = pytest.importorskip("pty", reason="needs a POSIX terminal")


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """A real terminal as stderr; called, it gives what was shown so far."""
    ours, theirs = pty.openpty()
    monkeypatch.setenv("TERM", "xterm")
    with os.fdopen(theirs, "w") as stream, monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        yield lambda: everything(ours)
    os.close(ours)


def everything(terminal: int) -> str:
    """What the other side wrote; a terminal hands it over piece by piece, a moment later."""
    parts = []
    while select.select([terminal], [], [], 0.5)[0]:
        parts.append(os.read(terminal, 100_000))
    return b"".join(parts).decode()


def test_a_terminal_shows_share_and_the_note_of_the_source(monkeypatch):
    with terminal(monkeypatch) as shown:
        with progress_bar("collecting texts", None) as bar:
            bar.tell(8, "59 requests left")
            time.sleep(2.1)
            bar(2)
            bar.tell(None, "58 requests left")
        text = shown()
    assert "collecting texts (58 requests left)" in text
    assert "25%" in text


def test_work_that_is_done_at_once_shows_nothing(monkeypatch):
    with terminal(monkeypatch) as shown:
        with progress_bar("collecting texts", 2) as bar:
            bar(2)
        sys.stderr.write("end")
        sys.stderr.flush()
        text = shown()
    assert text == "end"


def test_nothing_is_shown_where_nobody_looks(capsys):
    with progress_bar("collecting texts", 2) as bar:
        bar.tell(3, "note")
        bar(2)
    assert capsys.readouterr().err == ""
