"""The bar that people see while something takes long: on a terminal only, with what the source says."""

import os
import re
import select
import struct
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from goemox.cli import progress
from goemox.cli.progress import Lines, progress_bar

pty = pytest.importorskip("pty", reason="needs a POSIX terminal")
fcntl, termios = pytest.importorskip("fcntl"), pytest.importorskip("termios")
STEERING = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


@contextmanager
def terminal(
    monkeypatch: pytest.MonkeyPatch, columns: int = 80, kind: str = "xterm"
) -> Iterator[Callable[[], str]]:
    """A real terminal as stderr; called, it gives what was shown so far."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    monkeypatch.setenv("TERM", kind)
    monkeypatch.setenv("COLUMNS", str(columns))  # rich asks the process's own streams, which are none here
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


@pytest.fixture
def impatient(monkeypatch):
    """Work that takes a twentieth of a second shows a bar."""
    monkeypatch.setattr(progress, "PATIENCE", 0.05)


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


@pytest.mark.parametrize("columns", [20, 40, 80])
def test_a_bar_keeps_to_one_line_of_a_terminal_of_any_width(monkeypatch, impatient, columns):
    with terminal(monkeypatch, columns) as shown:
        with progress_bar("reading emotions", 8) as bar:
            time.sleep(0.1)
            bar.tell(8, "12,345 rows/s")
            bar(2)
            time.sleep(0.2)
        text = shown()
    lines = [STEERING.sub("", line) for line in re.split(r"[\r\n]+", text)]
    assert "25%" in text
    assert max(map(len, lines)) <= columns
    assert "\x1b[1A\x1b[2K\x1b[1A" not in text  # nothing that takes up two lines is taken back


def test_a_terminal_that_cannot_move_back_gets_no_bar(monkeypatch, impatient):
    with terminal(monkeypatch, kind="dumb") as shown:
        with progress_bar("scoring", 2) as bar:
            time.sleep(0.1)
            bar(2)
        assert shown() == ""


def test_a_log_forecasts_nothing_from_the_first_few_in_its_first_line(capsys):
    for n in (1, 60):
        lines = Lines("scoring", 1_193, every=0.0)
        lines(n)
        lines(1)
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "scoring: 1 of 1,193"
    assert [line.endswith(" left") for line in told] == [False, True, True, True]


def test_a_log_gets_whole_lines_every_so_often(capsys):
    lines = Lines("reading emotions", None, every=0.0)
    lines(1_000)
    lines.tell(4_000, "500 rows/s")
    lines(1_000)
    told = capsys.readouterr().err
    assert "\r" not in told
    assert "\x1b" not in told
    first, second = told.splitlines()
    assert first == "reading emotions: 1,000 done"
    assert re.fullmatch(r"reading emotions \(500 rows/s\): 2,000 of 4,000, 0\.\d s left", second)
